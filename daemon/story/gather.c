/* SPDX-License-Identifier: Apache-2.0 */
#include "story/gather.h"

#include <stdlib.h>
#include <string.h>

#include "digest/digest.h"

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

/* One file into the intake; `round` is the one its URL or path says, if a rule is there. */
static int read_file(const struct gather *g, struct intake *intake,
                     const struct gather_body *body, struct jh_err *err)
{
    const struct source_conf *source = body->source;
    struct mapping mapping = source->mapping;
    int rc = 0;
    if (source->round_rule)
        rc = round_rule_apply(source->round_rule, body->url, &mapping.round, err);
    if (rc)
        return rc;
    const struct jh_plugin *format =
        loader_find(g->loader, JH_FORMAT, source->format, err);
    if (!format)
        return JH_ENOENT;
    struct feed feed = {intake, err};
    struct loader_rows rows = {feed_row, &feed};
    struct jh_blob blob = {.size = sizeof blob,
                           .body = {body->bytes, body->n},
                           .url = body->url,
                           .name = body->name,
                           .type = body->type,
                           .etag = "",
                           .last_modified = ""};
    rc = intake_file(intake, body->name, body->sha256, source->part, &mapping, err);
    if (!rc)
        rc = loader_parse(format, source->format_conf, &blob, &rows, err);
    return rc ? rc : intake_file_end(intake, err);
}

/* The same from the archive. */
static int read_submission(const struct gather *g, struct intake *intake,
                           const struct store_submission *sub, struct jh_err *err)
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
        rc = read_file(g, intake, &body, err);
    }
    free(bytes);
    free(packed);
    return rc;
}

static bool has_county(const struct store_submission *sub, const char *county)
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

static const char *shared_county(const struct store_submission *a,
                                 const struct store_submission *b)
{
    for (size_t i = 0; i < a->n_counties; i++)
        if (has_county(b, a->counties[i]))
            return a->counties[i];
    return NULL;
}

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

/*
 * Adds to `parts` every archived submission of the round that shares a county with one that is
 * in already, until nothing is added: only whole unions give whole counties.
 */
static int join_related(const struct gather *g, const struct store_submission *archive,
                        size_t n_archive, struct store_submission *parts, size_t *n_parts,
                        struct jh_err *err)
{
    bool *in = arena_array(g->arena, n_archive, sizeof *in);
    if (!in)
        return JH_ENOMEM;
    for (size_t next = 0; next < *n_parts; next++) {
        const struct store_submission *sub = &parts[next];
        for (size_t i = 0; i < n_archive; i++) {
            const struct store_submission *other = &archive[i];
            if (in[i] || other->id == sub->id || superseded_by(other, &parts[0]) ||
                !config_source(g->config, other->source))
                continue;
            const char *county = shared_county(sub, other);
            if (!county)
                continue;
            if (!strcmp(sub->part, other->part) &&
                strcmp(sub->source, other->source) != 0)
                return refuse_same_part(sub, other, county, err);
            if (*n_parts == PARTS_MAX)
                return err_set(err, JH_ELIMIT, "more than %d parts in a round",
                               PARTS_MAX);
            in[i] = true;
            parts[(*n_parts)++] = *other;
        }
    }
    return 0;
}

/* The next older round of the series, if the archive has one. */
static int round_before(const struct gather *g, struct round round, struct round *ret,
                        struct jh_err *err)
{
    struct round *rounds;
    size_t n;
    int rc = store_rounds(g->reader, round.month != 0, g->arena, &rounds, &n, err);
    *ret = (struct round){0};
    for (size_t i = 0; !rc && i < n; i++)
        if (round_cmp(rounds[i], round) < 0)
            *ret = rounds[i]; /* oldest first: the last that is older */
    return rc;
}

static bool shares_any(const struct store_submission *sub,
                       const struct store_submission *parts, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (shared_county(sub, &parts[i]))
            return true;
    return false;
}

/* Ends an attempt: what could not be read is left out of the next one. */
static int leave_out(struct gathered *to, bool *skip, const struct jh_err *why)
{
    *skip = true;
    if (!to->before_lost.code)
        to->before_lost = *why;
    return JH_EBUSY;
}

/* One attempt at the wanted submissions. JH_EBUSY: one more is skipped now, try again. */
static int try_before(const struct gather *g, const struct store_submission *subs,
                      size_t n, bool *skip, struct gathered *to, struct jh_err *err)
{
    size_t read = 0;
    int rc = 0;
    struct intake *intake = intake_new(g->config->aliases, NULL);
    if (!intake)
        return err_set(err, JH_ENOMEM, "out of memory");
    for (size_t i = 0; !rc && i < n; i++) {
        struct jh_err why = {0};
        if (skip[i])
            continue;
        rc = read_submission(g, intake, &subs[i], &why);
        if (rc && rc != JH_ENOMEM)
            rc = leave_out(to, &skip[i], &why);
        else if (rc && err)
            *err = why;
        read += !rc;
    }
    if (!rc && read)
        rc = intake_finish(intake, NULL, 0, &to->before, err);
    intake_free(intake);
    return rc;
}

/*
 * The round before, for the counties at hand. It only serves comparisons: a submission that
 * today's configuration cannot read any more is left out, by itself, and told.
 */
static int read_before(const struct gather *g, struct gathered *to, struct jh_err *err)
{
    struct round before;
    struct store_submission *subs;
    size_t n;
    int rc = round_before(g, to->round, &before, err);
    if (rc || !before.year)
        return rc;
    rc = store_submissions(g->reader, before, g->arena, &subs, &n, err);
    if (rc)
        return rc;
    bool *skip = arena_array(g->arena, n, sizeof *skip);
    if (!skip)
        return err_set(err, JH_ENOMEM, "out of memory");
    for (size_t i = 0; i < n; i++)
        skip[i] = !config_source(g->config, subs[i].source) ||
                  !shares_any(&subs[i], to->parts, to->n_parts);
    do
        rc = try_before(g, subs, n, skip, to, err);
    while (rc == JH_EBUSY);
    return rc;
}

/* Reads the archived parts from `first` on and ends the intake. */
static int read_parts(const struct gather *g, struct intake *intake, size_t first,
                      struct gathered *to, struct jh_err *err)
{
    int rc = 0;
    for (size_t i = first; !rc && i < to->n_parts; i++)
        rc = read_submission(g, intake, &to->parts[i], err);
    if (!rc)
        rc = read_before(g, to, err);
    if (!rc)
        rc = intake_finish(intake, to->before.datasets, to->before.n, &to->now, err);
    if (rc)
        intake_result_done(&to->before);
    return rc;
}

static int archived(const struct gather *g, struct round round, struct gathered *to,
                    struct store_submission **ret, size_t *ret_n, struct jh_err *err)
{
    int rc = store_submissions(g->reader, round, g->arena, ret, ret_n, err);
    if (!rc)
        to->parts = arena_array(g->arena, *ret_n + 1, sizeof *to->parts);
    return rc ? rc : to->parts ? 0 : err_set(err, JH_ENOMEM, "out of memory");
}

static bool has_parts(const struct config *config)
{
    for (size_t i = 1; i < config->n_sources; i++)
        if (strcmp(config->sources[i].part, config->sources[0].part) != 0)
            return true;
    return false;
}

/* Once a job: a county after the other asks what it may still wait for. */
static int load_archive(const struct gather *g, struct gathered *to, struct jh_err *err)
{
    if (!has_parts(g->config))
        return 0;
    return store_submissions(g->reader, (struct round){0}, g->arena, &to->all, &to->n_all,
                             err);
}

int gather_body(const struct gather *g, const struct gather_body *body,
                struct gathered *ret, struct jh_err *err)
{
    struct gathered got = {0};
    struct store_submission *archive;
    size_t n_archive;
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
    if (!rc)
        rc = archived(g, got.round, &got, &archive, &n_archive, err);
    if (!rc) {
        got.parts[got.n_parts++] = sub;
        rc = join_related(g, archive, n_archive, got.parts, &got.n_parts, err);
    }
    if (!rc)
        rc = load_archive(g, &got, err);
    if (!rc)
        rc = read_parts(g, intake, 1, &got, err);
    intake_free(intake);
    if (rc)
        return rc;
    *ret = got;
    return 0;
}

int gather_round(const struct gather *g, struct round round, const char *county,
                 struct gathered *ret, struct jh_err *err)
{
    struct gathered got = {.round = round};
    struct store_submission *archive;
    size_t n_archive;
    int rc = archived(g, round, &got, &archive, &n_archive, err);
    if (rc)
        return rc;
    for (size_t i = 0; i < n_archive; i++) {
        if (!config_source(g->config, archive[i].source))
            continue;
        if (!county || (!got.n_parts && has_county(&archive[i], county)))
            got.parts[got.n_parts++] = archive[i];
    }
    if (!got.n_parts)
        return err_set(err, JH_ENOENT, "the archive has no data of this round");
    if (county) {
        rc = join_related(g, archive, n_archive, got.parts, &got.n_parts, err);
        if (rc)
            return rc;
    }
    rc = load_archive(g, &got, err);
    if (rc)
        return rc;
    struct intake *intake = intake_new(g->config->aliases, NULL);
    rc = intake ? read_parts(g, intake, 0, &got, err) : JH_ENOMEM;
    intake_free(intake);
    if (rc)
        return rc;
    *ret = got;
    return 0;
}

void gathered_done(struct gathered *gathered)
{
    intake_result_done(&gathered->now);
    intake_result_done(&gathered->before);
}

static bool covers(const struct source_conf *source, const char *county)
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
            has_county(&gathered->parts[i], county))
            return true;
    return false;
}

/* Is the source one of the county's: has it delivered it, or may it still? */
static bool expects(const struct gathered *gathered, const struct source_conf *source,
                    const char *county)
{
    bool heard = false;
    for (size_t i = 0; i < gathered->n_all; i++) {
        const struct store_submission *sub = &gathered->all[i];
        if (strcmp(sub->source, source->name) != 0)
            continue;
        heard = true;
        if (has_county(sub, county))
            return true;
    }
    return !heard && covers(source, county);
}

int gather_absent(const struct gather *g, const struct gathered *gathered,
                  const char *county, const char *const **ret, struct jh_err *err)
{
    const char **absent = arena_array(g->arena, g->config->n_sources + 1, sizeof *absent);
    size_t n = 0;
    if (!absent)
        return err_set(err, JH_ENOMEM, "out of memory");
    for (size_t i = 0; i < g->config->n_sources; i++) {
        const struct source_conf *source = &g->config->sources[i];
        if (!part_present(gathered, county, source->part) &&
            expects(gathered, source, county))
            absent[n++] = source->part;
    }
    *ret = n ? absent : NULL;
    return 0;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void gather_sha256(const struct gathered *gathered, const char *county, char hex[65])
{
    const char *hashes[PARTS_MAX];
    size_t n = 0;
    for (size_t i = 0; i < gathered->n_parts; i++)
        if (has_county(&gathered->parts[i], county))
            hashes[n++] = gathered->parts[i].sha256;
    if (n == 1) {
        memcpy(hex, hashes[0], 65);
        return;
    }
    qsort(hashes, n, sizeof *hashes, by_text);
    struct sha256 *h = sha256_new();
    for (size_t i = 0; i < n; i++) {
        sha256_add(h, hashes[i], 64);
        sha256_add(h, "\n", 1);
    }
    sha256_end(h, hex);
}
