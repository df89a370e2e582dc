/* SPDX-License-Identifier: Apache-2.0 */
#include "story/gather.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "digest/digest.h"
#include "story/await.h"
#include "story/before.h"
#include "story/finding.h"

enum { PARTS_MAX = 10000 };

/* Rows of one file on their way into the intake. */
struct feed {
    struct intake *intake;
    struct jh_err *err;
};

static int feed_row(void *arg, const struct jh_row *row)
{
    struct feed *feed = arg;
    return intake_row(feed->intake, row, feed->err);
}

int gather_mapping(const struct gather_body *body, struct mapping *ret,
                   struct jh_err *err)
{
    const struct source_conf *source = body->source;
    *ret = source->mapping;
    return source->round_rule
               ? round_rule_apply(source->round_rule, body->url, &ret->round, err)
               : 0;
}

int gather_parse(const struct gather *g, const struct gather_body *body,
                 const struct loader_rows *rows, struct jh_err *err)
{
    const struct source_conf *source = body->source;
    const struct jh_plugin *format =
        loader_find(g->loader, JH_FORMAT, source->format, err);
    struct jh_blob blob = {.size = sizeof blob,
                           .body = {body->bytes, body->n},
                           .url = body->url,
                           .name = body->name,
                           .type = body->type,
                           .etag = "",
                           .last_modified = ""};
    return format ? loader_parse(format, source->format_conf, &blob, rows, err)
                  : JH_ENOENT;
}

/* One file into the intake. */
static int read_file(const struct gather *g, struct intake *intake,
                     const struct gather_body *body, struct jh_err *err)
{
    struct mapping mapping;
    struct feed feed = {intake, err};
    const struct loader_rows rows = {feed_row, &feed};
    int rc = gather_mapping(body, &mapping, err);
    if (!rc)
        rc = intake_file(intake, body->name, body->sha256, body->source->part, &mapping,
                         err);
    if (!rc)
        rc = gather_parse(g, body, &rows, err);
    return rc ? rc : intake_file_end(intake, err);
}

int gather_archived(const struct gather *g, const struct store_submission *sub,
                    gather_use_fn *use, void *arg, struct jh_err *err)
{
    void *packed = NULL, *bytes = NULL;
    size_t n_packed, n, raw;
    struct gather_body body = {.source = config_source(g->config, sub->source),
                               .name = sub->name,
                               .url = sub->url,
                               .type = sub->type,
                               .received_ms = sub->received_ms};
    int rc = store_body_get(g->reader, sub->sha256, &packed, &n_packed, &raw, err);
    if (!rc && zstd_unpack(packed, n_packed, raw, &bytes, &n))
        rc = err_set(err, JH_EIO, "archived body %s is damaged", sub->sha256);
    if (!rc) {
        body.bytes = bytes;
        body.n = n;
        memcpy(body.sha256, sub->sha256, sizeof body.sha256);
        rc = use(arg, g, &body, err);
    }
    free(bytes);
    free(packed);
    return rc;
}

/* For gather_archived(). */
static int read_archived(void *arg, const struct gather *g,
                         const struct gather_body *body, struct jh_err *err)
{
    return read_file(g, arg, body, err);
}

int gather_submission(const struct gather *g, struct intake *intake,
                      const struct store_submission *sub, struct jh_err *err)
{
    return gather_archived(g, sub, read_archived, intake, err);
}

int gather_by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

bool gather_has_county(const struct store_submission *sub, const char *county)
{
    size_t lo = 0, hi = sub->n_counties;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        int order = strcmp(sub->counties[mid], county);
        if (order == 0)
            return true;
        if (order < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return false;
}

static bool shares_county(const struct store_submission *a,
                          const struct store_submission *b)
{
    for (size_t i = 0; i < a->n_counties; i++)
        if (gather_has_county(b, a->counties[i]))
            return true;
    return false;
}

/* What the archive has of a round. */
struct archive {
    struct store_submission *subs;
    size_t n;
    bool *seen; /* joined, or not to be */
};

/* Does the archived one give way to a new body of the same source, round and name? */
static bool superseded_by(const struct store_submission *old,
                          const struct store_submission *sub)
{
    return strcmp(old->source, sub->source) == 0 && strcmp(old->name, sub->name) == 0;
}

static int refuse_same_part(const struct store_submission *sub,
                            const struct store_submission *other, const char *county,
                            struct jh_err *err)
{
    char round[ROUND_TEXT];
    round_print(sub->round, round);
    return err_at(
        err, JH_EREFUSED, sub->name, 0, 0,
        "source %s delivers part \"%s\" of county %s in round %s, which source %s has"
        " delivered already; give one of them another part, or remove it",
        sub->source, sub->part, county, round, other->source);
}

/* Which submission holds this part of which county? An earlier one of another source: refused. */
static int hold(struct map *held, struct arena *arena, const struct gathered *to,
                size_t part, struct jh_err *err)
{
    const struct store_submission *sub = &to->parts[part];
    for (size_t i = 0; i < sub->n_counties; i++) {
        int64_t first;
        const char *key = arena_fmt(arena, "%s\n%s", sub->counties[i], sub->part);
        if (!key || map_add(held, key, strlen(key), (int64_t)part, &first))
            return err_set(err, JH_ENOMEM, "out of memory");
        if (strcmp(to->parts[first].source, sub->source) != 0)
            return refuse_same_part(sub, &to->parts[first], sub->counties[i], err);
    }
    return 0;
}

/* Two sources for one part of one county: the later is refused. A new body comes last. */
static int check_parts(const struct gather *g, const struct gathered *to,
                       struct jh_err *err)
{
    struct map *held = map_new(1024);
    int rc = held ? 0 : err_set(err, JH_ENOMEM, "out of memory");
    size_t archived = to->n_parts && to->parts[0].id == 0 ? 1 : 0;
    for (size_t i = archived; !rc && i < to->n_parts; i++)
        rc = hold(held, g->arena, to, i, err);
    if (!rc && archived)
        rc = hold(held, g->arena, to, 0, err);
    map_free(held);
    return rc;
}

/*
 * A submission is of the part that its source declares today, whatever it was called when it
 * came. False: no source reads it any more.
 */
static bool take_part(const struct gather *g, const struct store_submission *sub,
                      struct gathered *to)
{
    const struct source_conf *source = follow_reader(g->config, sub);
    if (!source)
        return false;
    to->parts[to->n_parts] = *sub;
    to->parts[to->n_parts++].part = source->part;
    return true;
}

/*
 * Adds every archived submission of the round that shares a county with one that is in
 * already, until nothing is added: only whole unions give whole counties.
 */
static int join_related(const struct gather *g, const struct archive *archive,
                        struct gathered *to, struct jh_err *err)
{
    for (size_t next = 0; next < to->n_parts; next++) {
        const struct store_submission *sub = &to->parts[next];
        for (size_t i = 0; i < archive->n; i++) {
            const struct store_submission *other = &archive->subs[i];
            if (archive->seen[i] || !shares_county(sub, other))
                continue;
            archive->seen[i] = true;
            if (to->n_parts == PARTS_MAX)
                return err_set(err, JH_ELIMIT, "more than %d parts in a round",
                               PARTS_MAX);
            (void)take_part(g, other, to);
        }
    }
    return 0;
}

/* Today's mapping may read another round out of what was archived. */
static int refuse_other_round(const struct gathered *to, struct round round,
                              struct jh_err *err)
{
    char was[ROUND_TEXT], is[ROUND_TEXT];
    round_print(to->round, was);
    round_print(round, is);
    return err_at(
        err, JH_EREFUSED, to->parts[0].name, 0, 0,
        "came as round %s, and would be of round %s as source %s reads it today", was, is,
        to->parts[0].source);
}

/* Reads the archived parts from `first` on, and what the round is compared with. */
static int read_parts(const struct gather *g, struct intake *intake, size_t first,
                      struct gathered *to, struct jh_err *err)
{
    const char *const *counties;
    size_t n;
    struct round round;
    int rc = 0;
    for (size_t i = first; !rc && i < to->n_parts; i++)
        rc = gather_submission(g, intake, &to->parts[i], err);
    if (!rc)
        rc = intake_peek(intake, g->arena, &round, &counties, &n, err);
    if (!rc && round_cmp(round, to->round) != 0)
        rc = refuse_other_round(to, round, err);
    const struct before_now now = {to->round, counties,  n,
                                   intake,    to->parts, to->n_parts};
    if (!rc)
        rc = before_read(g, &now, &to->before, &to->before_lost, err);
    if (!rc)
        rc = reported_read(g, to->round, to->whole ? NULL : counties, n, &to->reported,
                           err);
    struct finding_rules rules;
    if (!rc)
        rc = finding_rules_load(g, to, &rules, err);
    intake_policy(intake, finding_policy, &rules);
    intake_closed(intake, &g->config->closed);
    if (!rc)
        rc = intake_finish(intake, to->before.datasets, to->before.n, &to->now, err);
    if (rc) {
        previous_done(&to->before);
        reported_done(&to->reported);
    }
    return rc;
}

/* Of the round what has to do with these counties and this source: of none, all of it. */
static int load_round(const struct gather *g, const struct follow *which,
                      const char *source, struct gathered *to, struct archive *ret,
                      struct jh_err *err)
{
    int rc =
        which->n || source
            ? store_submissions_near(g->reader, which->round, which->counties, which->n,
                                     source, g->arena, &ret->subs, &ret->n, err)
            : store_submissions(g->reader, which->round, g->arena, &ret->subs, &ret->n,
                                err);
    if (rc)
        return rc;
    /* room for all, and for a new body */
    ret->seen = arena_array(g->arena, ret->n + 1, sizeof *ret->seen);
    to->parts = arena_array(g->arena, ret->n + 1, sizeof *to->parts);
    return ret->seen && to->parts ? 0 : err_set(err, JH_ENOMEM, "out of memory");
}

static bool held_elsewhere(const struct archive *archive, const char *county)
{
    for (size_t i = 0; i < archive->n; i++)
        if (!archive->seen[i] && gather_has_county(&archive->subs[i], county))
            return true;
    return false;
}

/*
 * A county that the new body leaves out, and nothing else in the round holds, is judged as one
 * without data: the verdict it had rests on what is not in force any more.
 */
static int expect_lost(const struct archive *archive, const struct gathered *to,
                       struct intake *intake, struct jh_err *err)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < to->n_gone; i++)
        if (!held_elsewhere(archive, to->gone[i]))
            rc = intake_expect(intake, to->gone[i]);
    return rc ? err_set(err, rc, "out of memory") : 0;
}

/* What the new body takes the place of is left out; counties that it held may be gone with it. */
static int supersede(const struct gather *g, const struct archive *archive,
                     struct gathered *to, struct jh_err *err)
{
    const struct store_submission *sub = &to->parts[0];
    size_t most = 0;
    for (size_t i = 0; i < archive->n; i++) {
        archive->seen[i] = superseded_by(&archive->subs[i], sub);
        most += archive->seen[i] ? archive->subs[i].n_counties : 0;
    }
    to->gone = arena_array(g->arena, most + 1, sizeof *to->gone);
    if (!to->gone)
        return err_set(err, JH_ENOMEM, "out of memory");
    for (size_t i = 0; i < archive->n; i++) {
        const struct store_submission *old = &archive->subs[i];
        for (size_t k = 0; archive->seen[i] && k < old->n_counties; k++)
            if (!gather_has_county(sub, old->counties[k]))
                to->gone[to->n_gone++] = old->counties[k];
    }
    return 0;
}

static int join_body(const struct gather *g, const struct store_submission *sub,
                     struct intake *intake, struct gathered *to, struct jh_err *err)
{
    struct archive archive;
    const struct follow own = {sub->round, sub->counties, sub->n_counties};
    int rc = load_round(g, &own, sub->source, to, &archive, err);
    if (rc)
        return rc;
    to->parts[to->n_parts++] = *sub;
    rc = supersede(g, &archive, to, err);
    if (!rc)
        rc = expect_lost(&archive, to, intake, err);
    if (!rc)
        rc = join_related(g, &archive, to, err);
    return rc ? rc : check_parts(g, to, err);
}

/* The counties, and what they came from by the round. */
static int with_roots(const struct gather *g, const struct gathered *to,
                      struct entity_codes *ret)
{
    const struct intake_result *now = &to->now;
    struct entity_codes some;
    *ret = (struct entity_codes){arena_array(g->arena, now->n + 1, sizeof *ret->list), 0};
    int rc = ret->list ? 0 : JH_ENOMEM;
    for (size_t i = 0; !rc && i < now->n; i++)
        ret->list[ret->n++] = now->datasets[i]->county_code;
    for (size_t i = 0; !rc && g->config->changes.n && i < now->n; i++) {
        rc = entity_roots(&g->config->changes, now->datasets[i]->county_code,
                          round_reference(to->round), g->arena, &some);
        if (!rc && some.n > 1)
            rc = entity_join(ret, &some, g->arena);
    }
    return rc;
}

/* What else the sources of its counties have delivered, ever: only where there are parts. */
static int load_ever(const struct gather *g, struct gathered *to, struct jh_err *err)
{
    struct entity_codes counties;
    if (!g->await)
        return 0;
    if (with_roots(g, to, &counties))
        return err_set(err, JH_ENOMEM, "out of memory");
    return store_submissions_holding(g->reader, STORE_SCHOOL, (struct round){0},
                                     counties.list, counties.n, g->arena, &to->ever,
                                     &to->n_ever, err);
}

static int end_gathering(const struct gather *g, struct gathered *got,
                         struct gathered *ret, struct jh_err *err)
{
    int rc = load_ever(g, got, err);
    if (rc)
        gathered_done(got);
    else
        *ret = *got;
    return rc;
}

int gather_body(const struct gather *g, const struct gather_body *body,
                struct gathered *ret, struct jh_err *err)
{
    struct gathered got = {0};
    struct store_submission sub = {.source = body->source->name,
                                   .part = body->source->part,
                                   .name = body->name,
                                   .url = body->url,
                                   .type = body->type,
                                   .sha256 = body->sha256,
                                   .received_ms = body->received_ms};
    struct intake_limits limits = {.today = g->today};
    struct intake *intake = intake_new(g->config->aliases, &limits);
    int rc = intake ? read_file(g, intake, body, err) : JH_ENOMEM;
    if (!rc)
        rc = intake_peek(intake, g->arena, &got.round, &sub.counties, &sub.n_counties,
                         err);
    sub.round = got.round;
    if (!rc && g->meets)
        g->meets(g->meets_arg, sub.counties, sub.n_counties);
    if (!rc)
        rc = store_submission_review_of(g->reader, &sub, &sub.review, err);
    if (!rc)
        rc = join_body(g, &sub, intake, &got, err);
    if (!rc)
        rc = read_parts(g, intake, 1, &got, err);
    intake_free(intake);
    return rc ? rc : end_gathering(g, &got, ret, err);
}

static bool has_any(const struct store_submission *sub, const struct follow *which)
{
    for (size_t i = 0; i < which->n; i++)
        if (gather_has_county(sub, which->counties[i]))
            return true;
    return which->n == 0;
}

static int join_round(const struct gather *g, const struct follow *which,
                      struct gathered *to, struct jh_err *err)
{
    struct archive archive;
    int rc = load_round(g, which, NULL, to, &archive, err);
    if (rc)
        return rc;
    for (size_t i = 0; i < archive.n; i++) {
        archive.seen[i] = has_any(&archive.subs[i], which);
        if (archive.seen[i])
            (void)take_part(g, &archive.subs[i], to);
    }
    if (!to->n_parts)
        return JH_ENOENT;
    if (which->n)
        rc = join_related(g, &archive, to, err);
    return rc ? rc : check_parts(g, to, err);
}

/* A round of county data alone: they have been read, and wait for their schools. */
static int no_schools(const struct gather *g, struct gathered *got, struct gathered *ret,
                      struct jh_err *err)
{
    int rc = got->whole ? reported_read(g, got->round, NULL, 0, &got->reported, err) : 0;
    if (rc)
        return rc;
    if (!got->reported.n_subs && !got->reported.lost.code)
        return err_set(err, JH_ENOENT, "the archive has no data of this round");
    *ret = *got;
    return 0;
}

int gather_round(const struct gather *g, const struct follow *which, struct gathered *ret,
                 struct jh_err *err)
{
    struct gathered got = {.round = which->round, .whole = which->n == 0};
    int rc = join_round(g, which, &got, err);
    if (rc == JH_ENOENT)
        return no_schools(g, &got, ret, err);
    if (rc)
        return rc;
    struct intake *intake = intake_new(g->config->aliases, NULL);
    rc = intake ? read_parts(g, intake, 0, &got, err) : JH_ENOMEM;
    intake_free(intake);
    return rc ? rc : end_gathering(g, &got, ret, err);
}

void gathered_done(struct gathered *gathered)
{
    intake_result_done(&gathered->now);
    previous_done(&gathered->before);
    reported_done(&gathered->reported);
}

bool gather_covers(const struct source_conf *source, const char *county)
{
    for (size_t i = 0; i < source->n_covers; i++)
        if (strncmp(county, source->covers[i], strlen(source->covers[i])) == 0)
            return true;
    return source->n_covers == 0;
}

static bool part_present(const struct gathered *gathered, const char *county,
                         const char *part)
{
    for (size_t i = 0; i < gathered->n_parts; i++)
        if (!strcmp(gathered->parts[i].part, part) &&
            gather_has_county(&gathered->parts[i], county))
            return true;
    return false;
}

static bool has_any_of(const struct store_submission *sub,
                       const struct entity_codes *codes)
{
    for (size_t i = 0; i < codes->n; i++)
        if (gather_has_county(sub, codes->list[i]))
            return true;
    return false;
}

/*
 * Is the source one of the county's: has it delivered it, or what it came from, or may it
 * still?
 */
static bool expects(const struct gather *g, const struct gathered *gathered,
                    const struct source_conf *source, const char *county,
                    const struct entity_codes *roots)
{
    if (!g->await || await_silent(g->await, source))
        return gather_covers(source, county);
    for (size_t i = 0; i < gathered->n_ever; i++) {
        const struct store_submission *sub = &gathered->ever[i];
        if (strcmp(sub->source, source->name) == 0 && has_any_of(sub, roots))
            return true;
    }
    return false;
}

static bool is_awaited(const struct gather *g, const struct gathered *gathered,
                       const char *county, const char *part,
                       const struct entity_codes *roots)
{
    for (size_t i = 0; i < g->config->n_sources; i++) {
        const struct source_conf *source = &g->config->sources[i];
        if (!source->county && strcmp(source->part, part) == 0 &&
            expects(g, gathered, source, county, roots))
            return true;
    }
    return false;
}

int gather_absent(const struct gather *g, const struct gathered *gathered,
                  const char *county, const char *const **ret, struct jh_err *err)
{
    const char **absent = arena_array(g->arena, g->config->n_parts + 1, sizeof *absent);
    struct entity_codes roots;
    size_t n = 0;
    if (!absent || entity_roots(&g->config->changes, county,
                                round_reference(gathered->round), g->arena, &roots))
        return err_set(err, JH_ENOMEM, "out of memory");
    for (size_t i = 0; i < g->config->n_parts; i++)
        if (!part_present(gathered, county, g->config->parts[i]) &&
            is_awaited(g, gathered, county, g->config->parts[i], &roots))
            absent[n++] = g->config->parts[i];
    *ret = n ? absent : NULL;
    return 0;
}

void gather_sha256(const struct gathered *gathered, const char *county, char hex[65])
{
    const char *hashes[PARTS_MAX];
    size_t n = 0;
    for (size_t i = 0; i < gathered->n_parts; i++)
        if (gather_has_county(&gathered->parts[i], county))
            hashes[n++] = gathered->parts[i].sha256;
    if (n == 1) {
        memcpy(hex, hashes[0], 65);
        return;
    }
    qsort(hashes, n, sizeof *hashes, gather_by_text);
    struct sha256 *h = sha256_new();
    for (size_t i = 0; i < n; i++) {
        sha256_add(h, hashes[i], 64);
        sha256_add(h, "\n", 1);
    }
    sha256_end(h, hex);
}
