/* SPDX-License-Identifier: Apache-2.0 */
#include "story/before.h"

#include <stdlib.h>
#include <string.h>

#include "model/kin.h"

enum { ROUND_BYTES = 256 << 20 }; /* lists of one older round */

/* Looking back, a round at a time. */
struct look {
    const struct gather *g;
    const char **lacking; /* counties whose last round is not found yet, sorted */
    size_t n_lacking;
    struct previous found;
    struct jh_err lost;
};

/* What was found, and why some could not be read. */
struct before {
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
        store_submissions_holding(look->g->reader, STORE_SCHOOL, round, look->lacking,
                                  look->n_lacking, arena, &older.subs, &older.n, err);
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

static int read_own(const struct gather *g, struct round round,
                    const char *const *counties, size_t n, struct before *ret,
                    struct jh_err *err)
{
    struct look look = {.g = g, .n_lacking = n, .found = ret->found, .lost = ret->lost};
    look.lacking = arena_array(g->arena, n + 1, sizeof *look.lacking);
    if (!look.lacking)
        return err_set(err, JH_ENOMEM, "out of memory");
    if (n)
        memcpy(look.lacking, counties, n * sizeof *counties);
    int rc = read_rounds(&look, round, g->arena, err);
    ret->found = look.found;
    ret->lost = look.lost;
    return rc;
}

/* ---- counties that have come of others ---------------------------------------------------- */

static int place(void *kin, const char *county, const char *school)
{
    return kin_place(kin, county, school);
}

static bool is_read(const struct before_now *now, const struct store_submission *sub)
{
    const struct store_submission *body = now->n_parts ? &now->parts[0] : NULL;
    for (size_t i = 0; i < now->n_parts; i++)
        if (now->parts[i].id == sub->id)
            return true;
    return body && !body->id && strcmp(body->source, sub->source) == 0 &&
           strcmp(body->name, sub->name) == 0; /* which takes its place */
}

static bool holds(const struct store_submission *sub, const struct entity_codes *codes)
{
    for (size_t i = 0; i < codes->n; i++)
        if (gather_has_county(sub, codes->list[i]))
            return true;
    return false;
}

/* What cannot be read tells of no school; who misses them is incomplete. */
static int place_submission(const struct gather *g, const struct store_submission *sub,
                            struct kin *kin, struct jh_err *err)
{
    struct jh_err why;
    struct intake *intake = intake_new(g->config->aliases, NULL);
    int rc = intake ? gather_submission(g, intake, sub, &why) : JH_ENOMEM;
    if (!rc)
        rc = intake_places(intake, place, kin);
    intake_free(intake);
    return rc == JH_ENOMEM ? err_set(err, rc, "out of memory") : 0;
}

/* Where the schools of all that are concerned are in this round. */
static int place_all(const struct gather *g, const struct before_now *now,
                     const struct entity_codes *codes, struct kin *kin,
                     struct jh_err *err)
{
    struct store_submission *subs;
    size_t n;
    if (intake_places(now->intake, place, kin))
        return err_set(err, JH_ENOMEM, "out of memory");
    int rc = store_submissions(g->reader, now->round, g->arena, &subs, &n, err);
    for (size_t i = 0; !rc && i < n; i++)
        if (holds(&subs[i], codes) && !is_read(now, &subs[i]) &&
            follow_reader(g->config, &subs[i]))
            rc = place_submission(g, &subs[i], kin, err);
    return rc;
}

static int read_kin(const struct gather *g, const struct before_now *now,
                    struct before *ret, struct jh_err *err)
{
    struct entity_codes older, here;
    struct kin *kin = kin_new(&g->config->changes, now->round, &ret->found);
    int rc =
        kin ? kin_wanted(kin, now->counties, now->n, g->arena, &older, &here) : JH_ENOMEM;
    if (rc)
        err_set(err, rc, "out of memory");
    else if (older.n)
        rc = read_own(g, now->round, older.list, older.n, ret, err);
    if (!rc && here.n)
        rc = place_all(g, now, &here, kin, err);
    if (!rc && here.n && kin_join(kin, now->counties, now->n, &ret->found))
        rc = err_set(err, JH_ENOMEM, "out of memory");
    kin_free(kin);
    return rc;
}

int before_read(const struct gather *g, const struct before_now *now,
                struct previous *ret, struct jh_err *ret_lost, struct jh_err *err)
{
    struct before before = {0};
    int rc = read_own(g, now->round, now->counties, now->n, &before, err);
    if (!rc && g->config->changes.n)
        rc = read_kin(g, now, &before, err);
    if (rc) {
        previous_done(&before.found);
        return rc;
    }
    *ret = before.found;
    *ret_lost = before.lost;
    return 0;
}
