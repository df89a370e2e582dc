/* SPDX-License-Identifier: Apache-2.0 */
#include "render/json_relax.h"

#include <string.h>

#include "render/json_make.h"

json_t *json_relax_schools(const struct county_result *r)
{
    json_t *list = json_array();
    for (size_t i = 0; i < r->n_relaxed; i++) {
        const struct relaxed *x = &r->relaxed[i];
        const struct relaxation *relaxation = x->relaxation;
        const struct school *s = &r->data->schools[x->school];
        bool figure = relaxation->indicator >= 0;
        const char *what = figure ? r->standard->indicators[relaxation->indicator].id
                                  : r->standard->items[relaxation->item].id;
        json_t *map =
            json_pack("{s:o,s:o,s:o,s:o}", "id", json_words(relaxation->id), "school",
                      json_words(s->code), "campus",
                      json_words(r->standard->campus_merge ? "" : s->campus), "stage",
                      json_maybe(x->stage == STAGE_NONE ? NULL : stage_id(x->stage)));
        list = json_add(list,
                        json_put(map, figure ? "indicator" : "item", json_words(what)));
    }
    return list;
}

/* A school counts once, whichever of its stages rely on it. */
static size_t count_schools(const struct county_result *r, const struct relaxation *of)
{
    size_t n = 0;
    for (size_t i = 0; i < r->n_relaxed; i++) {
        bool again = r->relaxed[i].relaxation != of;
        for (size_t k = 0; k < i && !again; k++)
            again = r->relaxed[k].relaxation == of &&
                    r->relaxed[k].school == r->relaxed[i].school;
        n += !again;
    }
    return n;
}

json_t *json_relax_counts(const struct county_result *r)
{
    json_t *list = json_array();
    for (size_t i = 0; i < r->standard->n_relaxations; i++) {
        const struct relaxation *of = &r->standard->relaxations[i];
        size_t n = count_schools(r, of);
        if (n)
            list = json_add(list,
                            json_pack("{s:o,s:o,s:I}", "id", json_words(of->id), "clause",
                                      json_words(of->clause), "schools", (json_int_t)n));
    }
    return list;
}

json_t *json_relax_duties(const struct county_result *r)
{
    json_t *list = json_array();
    for (size_t i = 0; i < r->n_duties; i++) {
        char date[DATE_TEXT];
        date_print(r->duties[i].until, date);
        list = json_add(list, json_pack("{s:o,s:s}", "id",
                                        json_words(r->duties[i].relaxation->id), "until",
                                        date));
    }
    return list;
}
