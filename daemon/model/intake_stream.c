/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A few counties at a time, for data that lie county by county: a county is whole when a row of
 * another follows, and kept until some are worth a judge's while. What cannot be told without the rows of before is not
 * guessed at: the caller is sent to collect them all. Of each school before, the hash of its
 * code remains, in which a second one of the same code shows at the end.
 */
#include <stdlib.h>
#include <string.h>

#include "model/intake_internal.h"

enum { BYTES = 256, FEW = 24 };

int intake_stream(struct intake *in, size_t rows, intake_counties_fn *fn, void *arg)
{
    struct arena *texts = arena_new(in->limits.max_bytes),
                 *before = texts ? arena_new(in->limits.max_bytes) : NULL;
    if (!before) {
        arena_free(texts);
        return JH_ENOMEM;
    }
    in->texts = texts;
    in->stream = (struct intake_stream){.fn = fn,
                                        .arg = arg,
                                        .batch = rows,
                                        .open = INTAKE_COUNTY_NONE,
                                        .before = {.texts = before}};
    return 0;
}

void intake_stream_done(struct intake *in)
{
    struct intake_rows *rows = &in->stream.before;
    free(rows->schools);
    free(rows->county);
    free(rows->missing);
    for (size_t i = 0; i < INTAKE_COLUMNS; i++)
        free(rows->col[i]);
    arena_free(rows->texts);
    free(in->stream.kept);
    free(in->stream.start);
    free(in->stream.seen);
}

void intake_stream_findings(struct intake *in)
{
    in->stream.findings = true;
}

int intake_stream_collect(struct intake *in, struct jh_err *err)
{
    err_set(&in->refused, JH_EBUSY, "these rows have to be seen together");
    if (err)
        *err = in->refused;
    return JH_EBUSY;
}

int intake_stream_code(struct intake *in, uint64_t hash)
{
    struct intake_stream *s = &in->stream;
    if (!s->fn)
        return 0;
    int rc = INTAKE_ROOM(in, s->seen, s->cap_seen, s->n_seen + 1);
    if (!rc)
        s->seen[s->n_seen++] = hash;
    return rc;
}

/* ---- counties that are whole --------------------------------------------------------------- */

/* What is refused is told at the end: its texts move to where they last. */
static int keep_rejected(struct intake *in)
{
    for (size_t i = in->stream.rejected; i < in->n_rejected; i++) {
        struct rejected *r = &in->rejected[i];
        r->value = arena_str(in->arena, r->value);
        r->school = arena_str(in->arena, r->school);
        if (!r->value || !r->school)
            return JH_ELIMIT;
    }
    in->stream.rejected = in->n_rejected;
    return 0;
}

/* The next counties' rows lie where those of the ones before these did. */
static int turn_over(struct intake *in)
{
    struct intake_rows rows = in->stream.before, *now = &in->stream.before;
    *now = (struct intake_rows){.cap = in->cap,
                                .cap_missing = in->cap_missing,
                                .schools = in->schools,
                                .county = in->county,
                                .missing = in->missing,
                                .texts = in->texts};
    memcpy(now->col, in->col, sizeof now->col);
    in->cap = rows.cap;
    in->cap_missing = rows.cap_missing;
    in->schools = rows.schools;
    in->county = rows.county;
    in->missing = rows.missing;
    in->texts = rows.texts;
    memcpy(in->col, rows.col, sizeof in->col);
    int rc = 0;
    for (uint32_t i = 0; i < INTAKE_COLUMNS && !rc; i++)
        if (now->col[i])
            rc = intake_column(in, i);
    return rc;
}

/* A county that comes later: the texts move to where they last. */
static bool keep_finding(struct intake *in, size_t from, size_t to)
{
    struct finding *x = &in->findings[to];
    *x = in->findings[from];
    in->finding_county[to] = in->finding_county[from];
    x->school = arena_str(in->arena, x->school);
    x->campus = arena_str(in->arena, x->campus);
    x->text = arena_str(in->arena, x->text);
    return x->school && x->campus && x->text;
}

/* Those of a county go with it, in `texts`; the others move up. */
static int take_findings(struct intake *in, uint32_t county, struct dataset *ds)
{
    size_t own = 0, left = 0;
    for (size_t i = 0; i < in->n_findings; i++)
        own += in->finding_county[i] == county;
    struct finding *list = arena_array(in->texts, own, sizeof *list);
    if (!list)
        return JH_ENOMEM;
    for (size_t i = 0; i < in->n_findings; i++) {
        if (in->finding_county[i] == county) {
            list[ds->n_findings++] = in->findings[i];
            continue;
        }
        in->findings[left] = in->findings[i];
        in->finding_county[left++] = in->finding_county[i];
    }
    in->n_findings = left;
    ds->findings = list;
    return 0;
}

/* Each county gets its own; those of no county are not told. */
static int lay_findings(struct intake *in, struct dataset *list)
{
    struct intake_stream *s = &in->stream;
    size_t left = 0;
    int rc = 0;
    for (size_t k = 0; s->findings && k < s->n_kept && !rc; k++) {
        intake_check(in, s->kept[k], &list[k], NULL);
        rc = take_findings(in, s->kept[k], &list[k]);
    }
    for (size_t i = 0; i < in->n_findings && !rc; i++)
        if (in->finding_county[i] != INTAKE_COUNTY_NONE)
            rc = keep_finding(in, i, left++) ? 0 : JH_ENOMEM;
    in->n_findings = left;
    return rc;
}

static int forget_rows(struct intake *in)
{
    struct intake_stream *s = &in->stream;
    s->rows += in->n;
    in->n = in->n_missing = s->first = 0;
    for (; s->n_kept; s->n_kept--) {
        struct intake_county *county = &in->counties[s->kept[s->n_kept - 1]];
        county->name = ""; /* it lay among the texts */
        county->closed = true;
    }
    int rc = turn_over(in);
    if (rc)
        return rc;
    arena_reset(in->texts);
    if (!map_count(in->by_key))
        return 0;
    map_free(in->by_key);
    in->by_key = map_new(16);
    return in->by_key ? 0 : JH_ENOMEM;
}

static int hand_over(struct intake *in, struct jh_err *err)
{
    struct intake_stream *s = &in->stream;
    size_t n = s->n_kept;
    if (!n)
        return 0;
    struct dataset *list = arena_array(in->texts, n, sizeof *list);
    int rc = list ? keep_rejected(in) : JH_ENOMEM;
    if (rc)
        return intake_fail(in, err, rc);
    s->start[n] = in->n;
    rc = intake_finish_counties(in, s->kept, s->start, n, list, err);
    if (!rc && (rc = lay_findings(in, list)))
        return intake_fail(in, err, rc);
    if (!rc)
        rc = s->fn(s->arg, list, n);
    if (rc)
        return rc;
    rc = forget_rows(in);
    return rc ? intake_fail(in, err, rc) : 0;
}

/* The rows of the open county have all come. */
static int end_county(struct intake *in, struct jh_err *err)
{
    struct intake_stream *s = &in->stream;
    if (s->open == INTAKE_COUNTY_NONE)
        return 0;
    struct intake_county *county = &in->counties[s->open];
    if (!county->rows) /* no dataset: its dropped rows may be of any other county */
        return county->dropped ? intake_stream_collect(in, err) : 0;
    if (INTAKE_ROOM(in, s->kept, s->cap_kept, s->n_kept + 1) ||
        INTAKE_ROOM(in, s->start, s->cap_start, s->n_kept + 2))
        return intake_fail(in, err, JH_ENOMEM);
    s->kept[s->n_kept] = s->open;
    s->start[s->n_kept++] = s->first;
    s->first = in->n;
    county->ended = true;
    return 0;
}

int intake_stream_row(struct intake *in, uint32_t county, struct jh_err *err)
{
    struct intake_stream *s = &in->stream;
    if (!s->fn || county == s->open)
        return 0;
    if (in->counties[county].ended)
        return intake_stream_collect(in, err);
    int rc = end_county(in, err);
    if (!rc && in->n >= s->batch)
        rc = hand_over(in, err);
    s->open = county;
    return rc;
}

/* ---- the end ------------------------------------------------------------------------------- */

/* Puts numbers with the same byte at `shift` side by side, in place: begin[k] is byte k's first. */
static void part(uint64_t *seen, size_t n, int shift, size_t begin[BYTES + 1])
{
    size_t next[BYTES] = {0}, end[BYTES];
    for (size_t i = 0; i < n; i++)
        next[seen[i] >> shift & (BYTES - 1)]++;
    begin[0] = 0;
    for (size_t k = 0; k < BYTES; k++) {
        end[k] = begin[k + 1] = begin[k] + next[k];
        next[k] = begin[k];
    }
    for (size_t k = 0; k < BYTES; k++)
        while (next[k] < end[k]) {
            uint64_t v = seen[next[k]];
            for (size_t of; (of = v >> shift & (BYTES - 1)) != k;) {
                uint64_t other = seen[next[of]];
                seen[next[of]++] = v;
                v = other;
            }
            seen[next[k]++] = v;
        }
}

/*
 * Is any number there twice? Hashes part well, so two levels leave a few to compare. In place:
 * fresh memory for a nation's would take longer than the looking.
 */
static bool any_twice(uint64_t *seen, size_t n, int shift)
{
    size_t begin[BYTES + 1];
    bool twice = false;
    if (n > FEW && shift < 0)
        return true;
    if (n > FEW) {
        part(seen, n, shift, begin);
        for (size_t k = 0; k < BYTES && !twice; k++)
            twice = any_twice(seen + begin[k], begin[k + 1] - begin[k], shift - 8);
        return twice;
    }
    for (size_t i = 1; i < n; i++)
        for (size_t k = 0; k < i; k++)
            twice |= seen[k] == seen[i];
    return twice;
}

int intake_stream_end(struct intake *in, struct intake_result *ret, struct jh_err *err)
{
    struct intake_stream *s = &in->stream;
    int rc = end_county(in, err);
    if (!rc)
        rc = hand_over(in, err);
    if (rc)
        return rc;
    if (any_twice(s->seen, s->n_seen, 56))
        return intake_stream_collect(in, err);
    struct intake_result out = {.round = in->round,
                                .rejected_total = in->rejected_total,
                                .n_rejected = in->n_rejected,
                                .arena = in->arena};
    struct rejected *rejected = arena_array(in->arena, in->n_rejected, sizeof *rejected);
    void **blocks = arena_array(in->arena, 1, sizeof *blocks);
    out.pool = rejected && blocks ? dataset_pool_new(in->arena, blocks, 0) : NULL;
    if (!out.pool)
        return intake_fail(in, err, JH_ENOMEM);
    if (in->n_rejected)
        memcpy(rejected, in->rejected, in->n_rejected * sizeof *rejected);
    out.rejected = rejected;
    in->arena = NULL;
    err_set(&in->refused, JH_EINVAL, "this intake has ended");
    *ret = out;
    return 0;
}
