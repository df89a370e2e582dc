/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows that add up other rows are no schools: a total in the population would lower every CV
 * and let a failing county pass. One that says so only by its figures is dropped, and its
 * county cannot pass; for those that say so by their name see intake_aside.c.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/intake_internal.h"

enum { OTHERS_MIN = 3 }; /* schools that a row must be the sum of */

/* What the rows of a county that came in one file are at a stage. */
struct sums {
    double pupils, most;
    uint32_t n, top; /* schools with pupils; the row that has the most */
};

struct finder {
    struct intake *in;
    struct sums *sums; /* per file */
    uint64_t *gone;    /* bit per row */
    size_t n_gone;
    uint32_t county; /* its rows, as in->county is of the order they came in: */
    size_t begin, end;
    enum stage stage;
};

static const double *pupils_of(const struct finder *f)
{
    return f->in->col[FIELD_pupils_primary + f->stage];
}

/*
 * Is the row's figure what the other rows of its county and file give? Those with pupils at
 * the stage in `among`, or all: a subtotal stands for its stage, a total for the county.
 */
static bool adds_up(const struct finder *f, const double *col, const double *among,
                    size_t row)
{
    const struct school *schools = f->in->schools;
    double sum = 0;
    for (size_t i = f->begin; i < f->end; i++)
        if (i != row && schools[i].file == schools[row].file && !isnan(col[i]) &&
            (!among || among[i] > 0))
            sum += col[i];
    return col[row] > 0 && fabs(col[row] - sum) <= 1e-9 * col[row];
}

/* A second column that adds up as well, or FIELD_NONE: then the pupils did so by chance. */
static enum field also_adds_up(const struct finder *f, size_t row)
{
    for (int i = 0; i < FIELD_COUNT; i++) {
        enum stage stage;
        enum field family;
        const double *col = f->in->col[i];
        bool staged = field_staged((enum field)i, &stage, &family);
        if (!col || (staged && (stage != f->stage || family == FIELD_pupils_primary)))
            continue;
        if (adds_up(f, col, pupils_of(f), row) || (!staged && adds_up(f, col, NULL, row)))
            return (enum field)i;
    }
    return FIELD_NONE;
}

static int reject_total(struct finder *f, const struct sums *sums, enum field also)
{
    struct intake *in = f->in;
    const struct school *s = &in->schools[sums->top];
    const char *reason = arena_fmt(
        in->arena,
        "equals the sum of the county's other %u rows here, and so does %s: a total is no "
        "school; take the row out, or name it as a total",
        sums->n - 1, field_id(also));
    const char *value = arena_fmt(in->arena, "%.10g", sums->most);
    if (!reason || !value)
        return JH_ENOMEM;
    struct rejected rejected = {.file = s->file,
                                .line = s->line,
                                .col = 1,
                                .column = field_id(FIELD_pupils_primary + f->stage),
                                .value = value,
                                .reason = reason,
                                .row = true,
                                .county = in->counties[f->county].code,
                                .school = s->code};
    intake_reject(in, &rejected, f->county);
    in->counties[f->county].rows--;
    intake_mark(f->gone, sums->top);
    f->n_gone++;
    return 0;
}

/* The county's total of one file at one stage, if there is one and the other stage had none. */
static int judge_file(struct finder *f, const struct sums *s)
{
    if (s->n <= OTHERS_MIN || fabs(2 * s->most - s->pupils) > 1e-9 * s->pupils ||
        intake_marked(f->gone, s->top))
        return 0;
    enum field also = also_adds_up(f, s->top);
    return also == FIELD_NONE ? 0 : reject_total(f, s, also);
}

/* One county at one stage. */
static int judge_county(struct finder *f)
{
    const struct school *schools = f->in->schools;
    const double *pupils = pupils_of(f);
    int rc = 0;
    for (size_t i = f->begin; i < f->end; i++)
        f->sums[schools[i].file] = (struct sums){0};
    for (size_t i = f->begin; i < f->end; i++) {
        struct sums *s = &f->sums[schools[i].file];
        if (!(pupils[i] > 0))
            continue;
        s->n++;
        s->pupils += pupils[i];
        if (pupils[i] > s->most) {
            s->most = pupils[i];
            s->top = (uint32_t)i;
        }
    }
    for (size_t i = f->begin; i < f->end && !rc; i++) {
        struct sums *s = &f->sums[schools[i].file];
        rc = judge_file(f, s);
        s->n = 0; /* once a file */
    }
    return rc;
}

/* Rows move up over those that go, and what is missing in them with them. */
static void close_gaps(struct finder *f)
{
    struct intake *in = f->in;
    size_t kept = 0, missing = 0, m = 0;
    for (size_t i = 0; i < in->n; i++) {
        bool gone = intake_marked(f->gone, (uint32_t)i);
        for (; m < in->n_missing && in->missing[m].school == i; m++)
            if (!gone) {
                in->missing[missing] = in->missing[m];
                in->missing[missing++].school = (uint32_t)kept;
            }
        if (gone)
            continue;
        in->schools[kept] = in->schools[i];
        for (size_t c = 0; c < INTAKE_COLUMNS; c++)
            if (in->col[c])
                in->col[c][kept] = in->col[c][i];
        kept++;
    }
    in->n = kept;
    in->n_missing = missing;
}

int intake_total_drop(struct intake *in, const uint32_t *order, size_t *start, size_t n)
{
    struct finder f = {.in = in,
                       .sums = calloc(in->n_files + 1, sizeof *f.sums),
                       .gone = calloc(in->n / 64 + 1, sizeof *f.gone)};
    int rc = f.sums && f.gone ? 0 : JH_ENOMEM;
    for (int s = 0; s < STAGE_COUNT; s++) {
        f.stage = (enum stage)s;
        for (size_t k = 0; k < n && pupils_of(&f) && !rc; k++) {
            f.county = order[k];
            f.begin = start[k];
            f.end = start[k + 1];
            rc = f.end - f.begin > OTHERS_MIN ? judge_county(&f) : 0;
        }
    }
    if (!rc && f.n_gone) {
        close_gaps(&f);
        for (size_t k = 0; k < n; k++)
            start[k + 1] = start[k] + in->counties[order[k]].rows;
    }
    free(f.sums);
    free(f.gone);
    return rc;
}
