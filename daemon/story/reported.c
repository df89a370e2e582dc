/* SPDX-License-Identifier: Apache-2.0 */
#include "story/reported.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "story/gather.h"

/* Rows of one file on their way into the intake. */
struct feed {
    struct county_intake *intake;
    struct jh_err *err;
};

static int feed_row(void *arg, const struct jh_row *row)
{
    struct feed *feed = arg;
    return county_intake_row(feed->intake, row, feed->err);
}

/* What is read of a round, one submission after the other. */
struct reading {
    const struct gather *g;
    struct round round;
    struct reported *to;
    struct map *held; /* "county\nitem" -> index of the submission */
};

/* ---- one body ------------------------------------------------------------------------------ */

static int read_file(const struct gather *g, const struct gather_body *body,
                     struct county_intake *intake, struct jh_err *err)
{
    struct mapping mapping;
    struct feed feed = {intake, err};
    const struct loader_rows rows = {feed_row, &feed};
    int rc = gather_mapping(body, &mapping, err);
    if (!rc)
        rc = county_intake_file(intake, body->name, &mapping, err);
    if (!rc)
        rc = gather_parse(g, body, &rows, err);
    return rc ? rc : county_intake_file_end(intake, err);
}

static int read_body(const struct gather *g, const struct gather_body *body,
                     struct county_intake_result *ret, struct jh_err *err)
{
    struct county_intake *intake = county_intake_new(g->config->county_words);
    int rc = intake ? read_file(g, body, intake, err)
                    : err_set(err, JH_ENOMEM, "out of memory");
    if (!rc)
        rc = county_intake_finish(intake, ret, err);
    county_intake_free(intake);
    return rc;
}

/* For gather_archived(). */
static int read_archived(void *arg, const struct gather *g,
                         const struct gather_body *body, struct jh_err *err)
{
    return read_body(g, body, arg, err);
}

/* ---- joining ------------------------------------------------------------------------------- */

static const char *key_of(const struct reading *r, const char *county, const char *item)
{
    return arena_fmt(r->g->arena, "%s\n%s", county, item);
}

static int refuse_twice(const struct reading *r, const struct store_submission *sub,
                        const struct county_data *data, const struct county_value *value,
                        int64_t first, struct jh_err *err)
{
    const struct store_submission *other = &r->to->subs[first];
    char round[ROUND_TEXT];
    round_print(r->round, round);
    return err_at(err, JH_EREFUSED, sub->name, value->line, 0,
                  "source %s reports %s of county %s in round %s, which source %s has "
                  "reported already (%s); remove it from one of them",
                  sub->source, value->item, data->county_code, round, other->source,
                  other->name);
}

/* Does an earlier one tell the same of a county? Then the later is refused. */
static int check_held(const struct reading *r, const struct store_submission *sub,
                      const struct county_data *data, struct jh_err *err)
{
    for (size_t i = 0; i < data->n; i++) {
        const char *key = key_of(r, data->county_code, data->values[i].item);
        if (!key)
            return err_set(err, JH_ENOMEM, "out of memory");
        int64_t first = map_get(r->held, key, strlen(key));
        if (first != MAP_NONE)
            return refuse_twice(r, sub, data, &data->values[i], first, err);
    }
    return 0;
}

static int check_all_held(const struct reading *r, const struct store_submission *sub,
                          const struct county_intake_result *result, struct jh_err *err)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < result->n; i++)
        rc = check_held(r, sub, result->list[i], err);
    return rc;
}

static int hold(const struct reading *r, const struct county_intake_result *result,
                size_t at, struct jh_err *err)
{
    for (size_t i = 0; i < result->n; i++) {
        const struct county_data *data = result->list[i];
        for (size_t k = 0; k < data->n; k++) {
            int64_t first;
            const char *key = key_of(r, data->county_code, data->values[k].item);
            if (!key || map_add(r->held, key, strlen(key), (int64_t)at, &first))
                return err_set(err, JH_ENOMEM, "out of memory");
        }
    }
    return 0;
}

static int check_round(const struct reading *r, const struct store_submission *sub,
                       struct round round, struct jh_err *err)
{
    char was[ROUND_TEXT], is[ROUND_TEXT];
    if (round_cmp(round, r->round) == 0)
        return 0;
    round_print(r->round, was);
    round_print(round, is);
    return err_at(
        err, JH_EREFUSED, sub->name, 0, 0,
        "came as round %s, and would be of round %s as source %s reads it today", was,
        round.year ? is : "none", sub->source);
}

/* One submission: read, checked, added. Whatever is wrong with it leaves the others alone. */
static int take(struct reading *r, const struct store_submission *sub, struct jh_err *err)
{
    struct county_intake_result result = {0};
    struct reported *to = r->to;
    int rc = gather_archived(r->g, sub, read_archived, &result, err);
    if (!rc)
        rc = check_round(r, sub, result.round, err);
    if (!rc)
        rc = check_all_held(r, sub, &result, err);
    if (!rc)
        rc = hold(r, &result, to->n_subs, err);
    if (rc) {
        county_intake_result_done(&result);
        return rc;
    }
    to->subs[to->n_subs] = *sub;
    to->results[to->n_subs++] = result;
    return 0;
}

static bool tells_of(const struct store_submission *sub, const char *const *counties,
                     size_t n)
{
    for (size_t i = 0; counties && i < sub->n_counties; i++)
        if (n &&
            bsearch(&sub->counties[i], counties, n, sizeof *counties, gather_by_text))
            return true;
    return !counties;
}

/* Superseded by a new body? */
static bool gives_way(const struct store_submission *old,
                      const struct store_submission *sub)
{
    return sub && !strcmp(old->source, sub->source) && !strcmp(old->name, sub->name);
}

static int take_all(struct reading *r, const struct store_submission *subs, size_t n,
                    const char *const *counties, size_t n_counties,
                    const struct store_submission *instead, struct jh_err *err)
{
    struct reported *to = r->to;
    to->subs = arena_array(r->g->arena, n + 1, sizeof *to->subs);
    to->results = arena_array(r->g->arena, n + 1, sizeof *to->results);
    if (!to->subs || !to->results)
        return err_set(err, JH_ENOMEM, "out of memory");
    for (size_t i = 0; i < n; i++) {
        struct jh_err why = {0};
        if (!follow_reader(r->g->config, &subs[i]) || gives_way(&subs[i], instead) ||
            !tells_of(&subs[i], counties, n_counties))
            continue;
        int rc = take(r, &subs[i], &why);
        if (rc == JH_ENOMEM)
            return err_set(err, rc, "out of memory");
        if (rc && !to->lost.code)
            to->lost = why;
    }
    return 0;
}

static int by_county(const void *a, const void *b)
{
    const struct county_data *const *x = a, *const *y = b;
    return strcmp((*x)->county_code, (*y)->county_code);
}

static int by_item(const void *a, const void *b)
{
    const struct county_value *x = a, *y = b;
    return strcmp(x->item, y->item);
}

/* One county of several submissions; in the arena, so nobody counts references to it. */
static const struct county_data *join(const struct county_data *const *list, size_t n,
                                      struct arena *arena)
{
    struct county_data *all = arena_array(arena, 1, sizeof *all);
    size_t total = 0;
    for (size_t i = 0; i < n; i++)
        total += list[i]->n;
    struct county_value *values = arena_array(arena, total + 1, sizeof *values);
    if (!all || !values)
        return NULL;
    *all = (struct county_data){list[0]->round, list[0]->county_code, 0, values,
                                list[0]->file};
    for (size_t i = 0; i < n; i++) {
        if (list[i]->n)
            memcpy(values + all->n, list[i]->values, list[i]->n * sizeof *values);
        all->n += list[i]->n;
    }
    qsort(values, all->n, sizeof *values, by_item);
    return all;
}

static int join_all(const struct gather *g, struct reported *to, struct jh_err *err)
{
    size_t n = 0;
    for (size_t i = 0; i < to->n_subs; i++)
        n += to->results[i].n;
    to->list = arena_array(g->arena, n + 1, sizeof *to->list);
    if (!to->list)
        return err_set(err, JH_ENOMEM, "out of memory");
    n = 0;
    for (size_t i = 0; i < to->n_subs; i++)
        for (size_t k = 0; k < to->results[i].n; k++)
            to->list[n++] = to->results[i].list[k];
    if (n)
        qsort(to->list, n, sizeof *to->list, by_county);
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && !by_county(&to->list[i], &to->list[end]);)
            end++;
        const struct county_data *one =
            end == i + 1 ? to->list[i] : join(&to->list[i], end - i, g->arena);
        if (!one)
            return err_set(err, JH_ENOMEM, "out of memory");
        to->list[to->n++] = one;
    }
    return 0;
}

/* ---- the archive ---------------------------------------------------------------------------- */

int reported_read(const struct gather *g, struct round round, const char *const *counties,
                  size_t n, struct reported *ret, struct jh_err *err)
{
    struct reported to = {0};
    struct store_submission *subs;
    size_t n_subs;
    int rc = counties ? store_submissions_reported(g->reader, round, counties, n, NULL,
                                                   g->arena, &subs, &n_subs, err)
                      : store_submissions_of(g->reader, STORE_COUNTY, round, g->arena,
                                             &subs, &n_subs, err);
    if (rc)
        return rc;
    struct reading r = {g, round, &to, map_new(1024)};
    rc = r.held ? take_all(&r, subs, n_subs, counties, n, NULL, err)
                : err_set(err, JH_ENOMEM, "out of memory");
    map_free(r.held);
    if (!rc)
        rc = join_all(g, &to, err);
    if (rc)
        reported_done(&to);
    else
        *ret = to;
    return rc;
}

void reported_done(struct reported *reported)
{
    for (size_t i = 0; i < reported->n_subs; i++)
        county_intake_result_done(&reported->results[i]);
    *reported = (struct reported){0};
}

const struct county_data *reported_find(const struct reported *reported,
                                        const char *county)
{
    const struct county_data key = {.county_code = county}, *wanted = &key;
    const struct county_data **found = reported->n
                                           ? bsearch(&wanted, reported->list, reported->n,
                                                     sizeof *reported->list, by_county)
                                           : NULL;
    return found ? *found : NULL;
}

/* ---- a new body ----------------------------------------------------------------------------- */

static int check_new(const struct gather *g, const struct gather_body *body,
                     const struct county_intake_result *data, struct jh_err *err)
{
    char round[ROUND_TEXT], begins[DATE_TEXT], today[DATE_TEXT];
    if (!data->n)
        return err_at(err, JH_EINVAL, body->name, 0, 0,
                      "no row says anything of a county");
    if (!data->round.year)
        return err_at(err, JH_EINVAL, body->name, 0, 0,
                      "nothing tells the round: it needs a column round, or `round:` at "
                      "source %s",
                      body->source->name);
    if (!g->today.year || !round_is_future(data->round, g->today))
        return 0;
    round_print(data->round, round);
    date_print(round_reference(data->round), begins);
    date_print(g->today, today);
    return err_at(err, JH_EINVAL, body->name, 0, 0,
                  "round %s is in the future: it begins on %s, and today is %s", round,
                  begins, today);
}

static int list_counties(const struct gather *g, struct reported_body *b,
                         struct jh_err *err)
{
    const char **codes = arena_array(g->arena, b->data.n + 1, sizeof *codes);
    if (!codes)
        return err_set(err, JH_ENOMEM, "out of memory");
    for (size_t i = 0; i < b->data.n; i++) {
        codes[i] = arena_str(g->arena, b->data.list[i]->county_code);
        if (!codes[i])
            return err_set(err, JH_ENOMEM, "out of memory");
    }
    b->sub.counties = codes;
    b->sub.n_counties = b->data.n;
    return 0;
}

/* With the counties that an older body told of, and this one may not. */
static int touch(const struct gather *g, const struct store_submission *subs, size_t n,
                 struct reported_body *b, struct jh_err *err)
{
    size_t most = b->sub.n_counties, total = 0, kept = 0;
    for (size_t i = 0; i < n; i++)
        most += gives_way(&subs[i], &b->sub) ? subs[i].n_counties : 0;
    const char **codes = arena_array(g->arena, most + 1, sizeof *codes);
    if (!codes)
        return err_set(err, JH_ENOMEM, "out of memory");
    for (size_t i = 0; i < b->sub.n_counties; i++)
        codes[total++] = b->sub.counties[i];
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; gives_way(&subs[i], &b->sub) && k < subs[i].n_counties; k++)
            codes[total++] = subs[i].counties[k];
    qsort(codes, total, sizeof *codes, gather_by_text);
    for (size_t i = 0; i < total; i++)
        if (!kept || strcmp(codes[kept - 1], codes[i]) != 0)
            codes[kept++] = codes[i];
    b->touched = codes;
    b->n_touched = kept;
    return 0;
}

/* Against what others have reported of the round. */
static int check_others(const struct gather *g, const struct store_submission *subs,
                        size_t n, const struct reported_body *b, struct jh_err *err)
{
    struct reported others = {0};
    struct reading r = {g, b->sub.round, &others, map_new(1024)};
    int rc = r.held
                 ? take_all(&r, subs, n, b->sub.counties, b->sub.n_counties, &b->sub, err)
                 : err_set(err, JH_ENOMEM, "out of memory");
    if (!rc)
        rc = check_all_held(&r, &b->sub, &b->data, err);
    map_free(r.held);
    reported_done(&others);
    return rc;
}

int reported_body(const struct gather *g, const struct gather_body *body,
                  struct reported_body *ret, struct jh_err *err)
{
    struct store_submission *subs;
    size_t n;
    struct reported_body b = {.sub = {.holds = STORE_COUNTY,
                                      .source = body->source->name,
                                      .part = body->source->part,
                                      .name = body->name,
                                      .url = body->url,
                                      .type = body->type,
                                      .sha256 = body->sha256,
                                      .received_ms = body->received_ms}};
    int rc = read_body(g, body, &b.data, err);
    if (!rc)
        rc = check_new(g, body, &b.data, err);
    b.sub.round = b.data.round;
    if (!rc)
        rc = store_submission_review_of(g->reader, &b.sub, &b.sub.review, err);
    if (!rc)
        rc = list_counties(g, &b, err);
    if (!rc)
        rc = store_submissions_reported(g->reader, b.sub.round, b.sub.counties,
                                        b.sub.n_counties, body->source->name, g->arena,
                                        &subs, &n, err);
    if (!rc)
        rc = touch(g, subs, n, &b, err);
    if (!rc)
        rc = check_others(g, subs, n, &b, err);
    if (rc)
        county_intake_result_done(&b.data);
    else
        *ret = b;
    return rc;
}

void reported_body_done(struct reported_body *body)
{
    county_intake_result_done(&body->data);
}
