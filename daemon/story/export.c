/* SPDX-License-Identifier: Apache-2.0 */
#include "story/export.h"

#include <stdlib.h>
#include <string.h>

#include "digest/digest.h"
#include "render/rows.h"

/* ---- a round ----------------------------------------------------------------------------- */

/* Everything that is in force of a round. */
struct state {
    struct store_submission *subs, *reported;
    size_t n_subs, n_reported;
    struct store_verdict *verdicts;
    size_t n_verdicts;
    const char **accepted;
    size_t n_accepted;
    const char **ever; /* counties of which anything ever came, in force or not */
    size_t n_ever;
};

/* What no source of today reads is not in force, whatever its verdict was. */
static size_t keep_read(const struct config *config, struct store_submission *subs,
                        size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (follow_reader(config, &subs[i]))
            subs[kept++] = subs[i];
    return kept;
}

static int load(const struct config *config, struct store *reader, struct round round,
                struct arena *arena, struct state *s, struct jh_err *err)
{
    int rc = store_submissions(reader, round, arena, &s->subs, &s->n_subs, err);
    if (!rc)
        rc = store_submissions_of(reader, STORE_COUNTY, round, arena, &s->reported,
                                  &s->n_reported, err);
    if (!rc)
        rc = store_counties_ever(reader, round, arena, &s->ever, &s->n_ever, err);
    if (rc)
        return rc;
    s->n_subs = keep_read(config, s->subs, s->n_subs);
    s->n_reported = keep_read(config, s->reported, s->n_reported);
    if (!rc)
        rc = store_verdicts(reader, round, arena, &s->verdicts, &s->n_verdicts, err);
    return rc ? rc
              : store_findings_accepted(reader, round, arena, &s->accepted,
                                        &s->n_accepted, err);
}

static bool is_here(const struct state *s, const char *code)
{
    for (size_t i = 0; i < s->n_subs; i++)
        if (gather_has_county(&s->subs[i], code))
            return true;
    return false;
}

/* Of what the county is in force by: each submission that comes is another. */
static int revision_of(const struct store_submission *subs, size_t n, const char *code)
{
    int revision = 0;
    for (size_t i = 0; i < n; i++)
        if (subs[i].revision > revision && gather_has_county(&subs[i], code))
            revision = subs[i].revision;
    return revision;
}

static void hash_submissions(struct sha256 *h, const struct store_submission *subs,
                             size_t n)
{
    for (size_t i = 0; i < n; i++) {
        sha256_add_str(h, subs[i].source);
        sha256_add_str(h, subs[i].part);
        sha256_add_str(h, subs[i].name);
        sha256_add_str(h, subs[i].sha256);
        sha256_add_str(h, subs[i].tuple ? subs[i].tuple : "");
    }
}

static void hash_state(const struct state *s, char hex[65])
{
    struct sha256 *h = sha256_new();
    hash_submissions(h, s->subs, s->n_subs);
    for (size_t i = 0; i < s->n_ever; i++) /* taken back, and judged by no standard */
        if (!is_here(s, s->ever[i]))
            sha256_add_str(h, s->ever[i]);
    for (size_t i = 0; i < s->n_accepted; i++)
        sha256_add_str(h, s->accepted[i]);
    for (size_t i = 0; i < s->n_verdicts; i++) {
        const struct store_verdict *v = &s->verdicts[i];
        const unsigned char words[] = {(unsigned char)v->outcome, v->complete,
                                       v->retracted};
        sha256_add_str(h, v->county);
        sha256_add_str(h, v->standard);
        sha256_add_str(h, v->standard_sha256 ? v->standard_sha256 : "");
        sha256_add_str(h, v->county_sha256 ? v->county_sha256 : "");
        sha256_add(h, words, sizeof words);
    }
    sha256_end(h, hex);
}

static void hash_reported(const struct state *s, char hex[65])
{
    struct sha256 *h = sha256_new();
    hash_submissions(h, s->reported, s->n_reported);
    sha256_end(h, hex);
}

/*
 * Codes of all counties in the submissions, sorted, each once; with those that were judged, and
 * of which anything ever came.
 */
static int list_codes(const struct store_submission *subs, size_t n,
                      const struct state *with, struct arena *arena, const char ***ret,
                      size_t *ret_n)
{
    size_t most = with ? with->n_verdicts + with->n_ever : 0, used = 0, kept = 0;
    for (size_t i = 0; i < n; i++)
        most += subs[i].n_counties;
    const char **codes = arena_array(arena, most + 1, sizeof *codes);
    if (!codes)
        return JH_ENOMEM;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < subs[i].n_counties; k++)
            codes[used++] = subs[i].counties[k];
    for (size_t i = 0; with && i < with->n_verdicts; i++)
        codes[used++] = with->verdicts[i].county;
    for (size_t i = 0; with && i < with->n_ever; i++)
        codes[used++] = with->ever[i];
    qsort(codes, used, sizeof *codes, gather_by_text);
    for (size_t i = 0; i < used; i++)
        if (!kept || strcmp(codes[kept - 1], codes[i]) != 0)
            codes[kept++] = codes[i];
    *ret = codes;
    *ret_n = kept;
    return 0;
}

/* Verdicts are ordered as the codes are. */
static int list_counties(const struct state *s, struct arena *arena,
                         struct export_round *ret)
{
    const char **codes;
    size_t at = 0;
    int rc = list_codes(s->subs, s->n_subs, s, arena, &codes, &ret->n);
    ret->counties = rc ? NULL : arena_array(arena, ret->n + 1, sizeof *ret->counties);
    if (!ret->counties)
        return JH_ENOMEM;
    for (size_t i = 0; i < ret->n; i++) {
        struct export_county *c = &ret->counties[i];
        *c = (struct export_county){.code = codes[i],
                                    .name = "",
                                    .here = is_here(s, codes[i]),
                                    .verdicts = s->verdicts + at};
        for (; at < s->n_verdicts && strcmp(s->verdicts[at].county, codes[i]) == 0;
             at++) {
            c->n_verdicts++;
            if (s->verdicts[at].county_name)
                c->name = s->verdicts[at].county_name;
        }
        c->revision = c->n_verdicts ? c->verdicts[0].revision
                                    : revision_of(s->subs, s->n_subs, codes[i]);
    }
    return 0;
}

static int list_reported(const struct state *s, struct arena *arena,
                         struct export_round *ret)
{
    int rc = list_codes(s->reported, s->n_reported, NULL, arena, &ret->reported,
                        &ret->n_reported);
    int *revisions =
        rc ? NULL : arena_array(arena, ret->n_reported + 1, sizeof *revisions);
    for (size_t i = 0; revisions && i < ret->n_reported; i++)
        revisions[i] = revision_of(s->reported, s->n_reported, ret->reported[i]);
    ret->revisions = revisions;
    return revisions ? 0 : JH_ENOMEM;
}

int export_round(const struct config *config, struct store *reader, struct round round,
                 struct arena *arena, struct export_round *ret, struct jh_err *err)
{
    struct state s = {0};
    *ret = (struct export_round){.round = round};
    int rc = load(config, reader, round, arena, &s, err);
    if (rc)
        return rc;
    if (list_counties(&s, arena, ret) || list_reported(&s, arena, ret))
        return err_set(err, JH_ENOMEM, "out of memory");
    hash_state(&s, ret->sha256);
    if (s.n_reported)
        hash_reported(&s, ret->reported_sha256);
    return 0;
}

bool export_retracted(const struct export_county *county)
{
    for (size_t i = 0; i < county->n_verdicts; i++)
        if (!county->verdicts[i].retracted)
            return false;
    return !county->here;
}

/* ---- its rows ---------------------------------------------------------------------------- */

static const struct dataset *find(const struct gathered *gathered, const char *code)
{
    for (size_t i = 0; i < gathered->now.n; i++)
        if (strcmp(gathered->now.datasets[i]->county_code, code) == 0)
            return gathered->now.datasets[i];
    return NULL;
}

/* What dropped rows do not tell of already. NULL: nothing. */
static int incomplete(const struct gather *g, const struct gathered *gathered,
                      const struct export_county *county, const struct dataset *ds,
                      const char **ret, struct jh_err *err)
{
    const char *const *absent;
    int rc = gather_absent(g, gathered, county->code, &absent, err);
    *ret = NULL;
    if (rc)
        return rc;
    if (!ds || !ds->n)
        *ret = "incomplete below: no schools are in force";
    else if (absent)
        *ret = arena_fmt(g->arena, "incomplete below: part %s is absent", absent[0]);
    else if (ds->doubts)
        *ret = "incomplete below: findings block it";
    for (size_t i = 0; !*ret && !ds->rows_dropped && i < county->n_verdicts; i++)
        if (!county->verdicts[i].complete)
            *ret = "incomplete below: schools of the last round are not there";
    return 0;
}

static enum rows_verdict verdict_of(enum outcome outcome)
{
    return outcome == OUTCOME_PASS   ? ROWS_PASS
           : outcome == OUTCOME_FAIL ? ROWS_FAIL
                                     : ROWS_UNKNOWN;
}

static int make_marks(struct arena *arena, const struct export_county *county,
                      const struct rows_mark **ret)
{
    struct rows_mark *marks = arena_array(arena, county->n_verdicts + 1, sizeof *marks);
    for (size_t i = 0; marks && i < county->n_verdicts; i++) {
        const struct store_verdict *v = &county->verdicts[i];
        marks[i].header = arena_fmt(arena, ROWS_VERDICT "%s:%.*s", v->standard,
                                    ROWS_STANDARD, v->standard_sha256);
        marks[i].value = (int)verdict_of(v->outcome);
        if (!marks[i].header)
            return JH_ENOMEM;
    }
    *ret = marks;
    return marks ? 0 : JH_ENOMEM;
}

int export_rows(const struct gather *g, const struct gathered *gathered,
                const struct export_county *county, struct buf *to, size_t *ret_n,
                struct jh_err *err)
{
    const struct dataset *ds = find(gathered, county->code);
    struct rows_beside beside = {.n_marks = county->n_verdicts};
    if (make_marks(g->arena, county, &beside.marks))
        return err_set(err, JH_ENOMEM, "out of memory");
    int rc = incomplete(g, gathered, county, ds, &beside.incomplete, err);
    if (!rc)
        rows_schools(to, gathered->round, county->code, ds, &beside, ret_n);
    return rc;
}
