/* SPDX-License-Identifier: Apache-2.0 */
#include "story/before.h"

#include <stdlib.h>
#include <string.h>

enum { ROUND_BYTES = 256 << 20 }; /* lists of one older round */

/* Looking back, a round at a time. */
struct look {
    const struct gather *g;
    const char **lacking; /* counties whose last round is not found yet, sorted */
    size_t n_lacking;
    struct previous found;
    struct jh_err lost;
};

/* One older round. */
struct older {
    struct store_submission *subs;
    size_t n;
    bool *skip;
};

static bool wanted(const struct look *look, const struct store_submission *sub)
{
    for (size_t i = 0; i < sub->n_counties; i++)
        if (bsearch(&sub->counties[i], look->lacking, look->n_lacking, sizeof(char *),
                    gather_by_text))
            return follow_reader(look->g->config, sub) != NULL;
    return false;
}

/* What cannot be read spoils the intake: JH_EBUSY, begin anew without it. */
static int read_wanted(struct look *look, struct older *older, struct intake *intake,
                       struct jh_err *err)
{
    for (size_t i = 0; i < older->n; i++) {
        struct jh_err why = {0};
        if (older->skip[i])
            continue;
        int rc = gather_submission(look->g, intake, &older->subs[i], &why);
        if (rc == JH_ENOMEM)
            return err_set(err, rc, "out of memory");
        if (!rc)
            continue;
        older->skip[i] = true;
        if (!look->lost.code)
            look->lost = why;
        return JH_EBUSY;
    }
    return 0;
}

static int try_read(struct look *look, struct older *older, struct jh_err *err)
{
    struct intake_result result = {0};
    struct intake *intake = intake_new(look->g->config->aliases, NULL);
    if (!intake)
        return err_set(err, JH_ENOMEM, "out of memory");
    int rc = read_wanted(look, older, intake, err);
    if (!rc)
        rc = intake_finish(intake, NULL, 0, &result, err);
    if (!rc && previous_add(&look->found, &result))
        rc = err_set(err, JH_ENOMEM, "out of memory");
    intake_result_done(&result);
    intake_free(intake);
    return rc;
}

/* The round's submissions that hold a county which still lacks its last round. */
static int read_round(struct look *look, struct round round, struct arena *arena,
                      struct jh_err *err)
{
    struct older older;
    size_t n_wanted;
    int rc =
        store_submissions_holding(look->g->reader, round, look->lacking, look->n_lacking,
                                  arena, &older.subs, &older.n, err);
    if (rc)
        return rc;
    older.skip = arena_array(arena, older.n + 1, sizeof *older.skip);
    if (!older.skip)
        return err_set(err, JH_ENOMEM, "out of memory");
    for (size_t i = 0; i < older.n; i++)
        older.skip[i] = !wanted(look, &older.subs[i]);
    do {
        n_wanted = 0;
        for (size_t i = 0; i < older.n; i++)
            n_wanted += !older.skip[i];
        rc = n_wanted ? try_read(look, &older, err) : 0;
    } while (rc == JH_EBUSY);
    return rc;
}

/* Newest first, until every county has its own. */
static int read_rounds(struct look *look, struct round than, struct arena *arena,
                       struct jh_err *err)
{
    struct round *rounds;
    size_t n;
    int rc = store_rounds(look->g->reader, than.month != 0, look->lacking,
                          look->n_lacking, arena, &rounds, &n, err);
    while (!rc && n-- > 0 && look->n_lacking) {
        if (round_cmp(rounds[n], than) >= 0)
            continue;
        struct arena *scratch = arena_new(ROUND_BYTES);
        rc = scratch ? read_round(look, rounds[n], scratch, err)
                     : err_set(err, JH_ENOMEM, "out of memory");
        arena_free(scratch);
        look->n_lacking = previous_lacking(&look->found, look->lacking, look->n_lacking);
    }
    return rc;
}

int before_read(const struct gather *g, struct round round, const char *const *counties,
                size_t n, struct previous *ret, struct jh_err *ret_lost,
                struct jh_err *err)
{
    struct look look = {.g = g, .n_lacking = n};
    look.lacking = arena_array(g->arena, n + 1, sizeof *look.lacking);
    if (!look.lacking)
        return err_set(err, JH_ENOMEM, "out of memory");
    if (n)
        memcpy(look.lacking, counties, n * sizeof *counties);
    int rc = read_rounds(&look, round, g->arena, err);
    if (rc) {
        previous_done(&look.found);
        return rc;
    }
    *ret = look.found;
    *ret_lost = look.lost;
    return 0;
}
