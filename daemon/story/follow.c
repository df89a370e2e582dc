/* SPDX-License-Identifier: Apache-2.0 */
#include "story/follow.h"

#include <stdlib.h>
#include <string.h>

/* Looking ahead, a round at a time. */
struct look {
    struct store *store;
    const struct config *config;
    struct arena *arena;
    const char **lacking; /* counties whose next round is not found yet, sorted */
    bool *found;          /* beside `lacking`: in the round at hand */
    size_t n_lacking;
    struct jh_err *err;
};

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const struct source_conf *follow_reader(const struct config *config,
                                        const struct store_submission *sub)
{
    const struct source_conf *source = config_source(config, sub->source);
    return source && source->county == (sub->holds == STORE_COUNTY) ? source : NULL;
}

static bool find(struct look *look, const struct store_submission *sub)
{
    bool any = false;
    for (size_t i = 0; i < sub->n_counties; i++) {
        const char **county = bsearch(&sub->counties[i], look->lacking, look->n_lacking,
                                      sizeof *county, by_text);
        if (!county)
            continue;
        if (!any && !follow_reader(look->config, sub))
            return false;
        any = look->found[county - look->lacking] = true;
    }
    return any;
}

/* Counties of the round at hand leave the list, for good. */
static int take_found(struct look *look, struct follow *ret)
{
    size_t kept = 0, n = 0;
    const char **counties = arena_array(look->arena, look->n_lacking, sizeof *counties);
    if (!counties)
        return err_set(look->err, JH_ENOMEM, "out of memory");
    for (size_t i = 0; i < look->n_lacking; i++) {
        if (look->found[i])
            counties[n++] = look->lacking[i];
        else
            look->lacking[kept++] = look->lacking[i];
        look->found[i] = false;
    }
    look->n_lacking = kept;
    ret->counties = counties;
    ret->n = n;
    return 0;
}

static int mark_round(struct look *look, struct follow *ret)
{
    struct store_submission *subs;
    size_t n;
    int rc =
        store_submissions_holding(look->store, STORE_SCHOOL, ret->round, look->lacking,
                                  look->n_lacking, look->arena, &subs, &n, look->err);
    for (size_t i = 0; !rc && i < n; i++)
        if (find(look, &subs[i]))
            rc = store_submission_retuple(look->store, subs[i].id, subs[i].part, "",
                                          look->err);
    return rc ? rc : take_found(look, ret);
}

static bool reaches(const struct follow *from, enum follow_reach reach,
                    struct round round)
{
    int order = round_cmp(round, from->round);
    return (order == 0 && reach != FOLLOW_NEWER) || (order > 0 && reach != FOLLOW_ITSELF);
}

static int mark_rounds(struct look *look, const struct follow *from,
                       enum follow_reach reach, struct follow_list *ret)
{
    struct round *rounds;
    struct follow_list marked = {0};
    size_t n;
    int rc = store_rounds(look->store, from->round.month != 0, look->lacking,
                          look->n_lacking, look->arena, &rounds, &n, look->err);
    if (rc)
        return rc;
    marked.list = arena_array(look->arena, n + 1, sizeof *marked.list);
    if (!marked.list)
        return err_set(look->err, JH_ENOMEM, "out of memory");
    for (size_t i = 0; !rc && i < n && look->n_lacking; i++) {
        struct follow *next = &marked.list[marked.n];
        if (!reaches(from, reach, rounds[i]))
            continue;
        next->round = rounds[i];
        rc = mark_round(look, next);
        marked.n += next->n > 0;
    }
    if (!rc)
        *ret = marked;
    return rc;
}

/* What came of a county is compared with it, too. */
static int add_related(struct look *look, const struct follow *from)
{
    static const struct date ever = {INT16_MAX, 12, 31};
    const struct entity_changes *changes = &look->config->changes;
    struct entity_codes all = {look->lacking, look->n_lacking}, some;
    int rc = 0;
    for (size_t i = 0; !rc && i < from->n; i++) {
        rc = entity_related(changes, from->counties[i], ever, look->arena, &some);
        if (!rc && some.n > 1)
            rc = entity_join(&all, &some, look->arena);
    }
    look->lacking = all.list;
    look->n_lacking = all.n;
    look->found = arena_array(look->arena, all.n + 1, sizeof *look->found);
    return !rc && look->found ? 0 : err_set(look->err, JH_ENOMEM, "out of memory");
}

int follow_mark(struct store *store, const struct config *config,
                const struct follow *from, enum follow_reach reach, struct arena *arena,
                struct follow_list *ret, struct jh_err *err)
{
    struct look look = {.store = store,
                        .config = config,
                        .arena = arena,
                        .lacking = arena_array(arena, from->n + 1, sizeof *look.lacking),
                        .found = arena_array(arena, from->n + 1, sizeof *look.found),
                        .n_lacking = from->n,
                        .err = err};
    if (!look.lacking || !look.found)
        return err_set(err, JH_ENOMEM, "out of memory");
    if (from->n)
        memcpy(look.lacking, from->counties, from->n * sizeof *look.lacking);
    int rc = reach != FOLLOW_ITSELF && config->changes.n ? add_related(&look, from) : 0;
    return !rc && from->n ? mark_rounds(&look, from, reach, ret) : rc;
}
