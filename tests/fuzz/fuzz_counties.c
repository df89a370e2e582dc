/* SPDX-License-Identifier: Apache-2.0 */
/* Hostile county data through scanner and intake, then judged by the shipped standards: what
 * is not there is never met, and nothing crashes. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "conf/county_words.h"
#include "conf/standard.h"
#include "eval/eval.h"
#include "fuzz/target.h"
#include "scan.h"

struct feed {
    struct county_intake *in;
    struct jh_err err;
};

static int take_row(void *arg, const struct jh_row *row)
{
    struct feed *feed = arg;
    return county_intake_row(feed->in, row, &feed->err);
}

static void check_data(const struct county_data *data)
{
    HOLDS(data->n && *data->county_code);
    for (size_t i = 0; i < data->n; i++) {
        const struct county_value *v = &data->values[i];
        HOLDS(*v->item && v->evidence && v->line && v->what <= COUNTY_BAD);
        HOLDS(i == 0 || strcmp(data->values[i - 1].item, v->item) < 0);
        HOLDS(v->what == COUNTY_NUMBER ? v->number >= 0 && v->number <= 1e12
                                       : isnan(v->number));
        HOLDS(county_data_find(data, v->item, NULL) == v);
    }
}

static void check_judged(const struct county_data *reports, const struct standard *st,
                         struct arena *arena)
{
    static const struct dataset none = {.round = {2025, 0},
                                        .county_code = "1",
                                        .county_name = "",
                                        .parts_complete = true};
    const struct eval_options options = {.county = reports};
    struct county_result result;
    HOLDS(eval_county(st, &none, &options, arena, &result) == 0);
    for (size_t i = 0; i < result.items.n; i++) {
        const struct item_result *r = &result.items.list[i];
        bool said = r->given != NULL;
        for (size_t k = 0; k < r->item->n_inputs; k++)
            said |= county_data_find(reports, r->item->id, r->item->inputs[k]) != NULL;
        HOLDS(r->outcome != OUTCOME_PASS || said ||
              (r->item->rule->form != RULE_EVIDENCE && r->reason == ITEM_COMPUTED));
    }
    HOLDS(result.certifiable != OUTCOME_PASS);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct scan_conf conf = {',', 4096};
    static const char *const IDS[] = {"quality-2017", "basic-2012"};
    struct arena *arena = arena_new(64 << 20);
    struct errs errs;
    struct jh_err err = {0};
    struct text text = {0};
    errs_init(&errs, 10);
    const struct county_words *words = county_words_load(arena, &errs);
    HOLDS(words);
    struct county_intake_result result = {0};
    struct feed feed = {.in = county_intake_new(words)};
    int rc = county_intake_file(feed.in, "f", NULL, &err);
    struct jh_slice bytes = {(const char *)data, size};
    if (!rc && text_init(&text, "f", bytes, TEXT_AUTO, &err) == 0) {
        rc = scan_rows(&text, &conf, take_row, &feed, &err);
        if (!rc && !county_intake_file_end(feed.in, &err) &&
            !county_intake_finish(feed.in, &result, &err))
            for (size_t i = 0; i < result.n; i++)
                check_data(result.list[i]);
    }
    for (size_t k = 0; k < 2 && result.n; k++)
        check_judged(result.list[0], standard_find(IDS[k], NULL, arena, &errs), arena);
    text_done(&text);
    county_intake_free(feed.in);
    county_intake_result_done(&result);
    errs_done(&errs);
    arena_free(arena);
    return 0;
}
