/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/units.h"

#include <math.h>
#include <string.h>

#include <junheng/plugin.h>

#include "eval/given.h"

/* An indicator's numerator at this stage, made ready: columns instead of fields. */
struct numerator {
    struct {
        const double *col; /* NULL = the column is absent */
        enum field field;
        double sign;
        bool staged, shared; /* shared: of all stages, and split among them */
    } terms[STANDARD_TERMS_MAX];
    size_t n_terms;
    bool split;
    double per;
    struct given given; /* a column that holds X_i itself */
};

/* A numerator that a relaxation in force puts in place of indicator k's. */
struct milder {
    const struct relaxation *relaxation;
    size_t i, k; /* of the relaxation, of the indicator */
    struct numerator numerator;
};

/*
 * Reading the rows. The first time over missing cells and excluded schools are counted, the
 * second time, if there are any, listed.
 */
struct reader {
    const struct population *p;
    const struct relax *relax;
    struct arena *arena;
    struct numerator *numerators;
    size_t n; /* indicators */
    struct milder milder[STANDARD_RELAXATIONS_MAX];
    size_t n_milder;
    struct units *out;
    const struct numerator *plain[STANDARD_INDICATORS_MAX]; /* where nothing is relaxed */
    bool *notable; /* by the first row of a group: there is something of it to list */
    size_t n_missing;
    bool listing;
    bool any_given; /* values of indicators stand beside the raw amounts */
};

static void numerator_init(struct numerator *num, const struct population *p,
                           const struct indicator *ind)
{
    num->n_terms = ind->n_terms;
    num->split = ind->split;
    num->per = ind->per;
    num->given = given_find(p->data, ind);
    for (size_t t = 0; t < ind->n_terms; t++) {
        bool staged = ind->terms[t].staged;
        enum field field = ind->terms[t].field + (staged ? p->stage : 0);
        num->terms[t].staged = staged;
        num->terms[t].shared = ind->split && !staged;
        num->terms[t].sign = ind->terms[t].sign;
        num->terms[t].field = field;
        num->terms[t].col = p->data->col[field];
    }
}

static int reader_init(struct reader *r)
{
    const struct population *p = r->p;
    const struct standard *st = p->standard;
    r->n = st->n_indicators;
    r->numerators = arena_array(r->arena, r->n, sizeof *r->numerators);
    r->notable = arena_array(r->arena, p->data->n, sizeof *r->notable);
    if (!r->numerators || !r->notable)
        return JH_ENOMEM;
    for (size_t k = 0; k < r->n; k++) {
        numerator_init(&r->numerators[k], p, &st->indicators[k]);
        r->plain[k] = &r->numerators[k];
        r->any_given |= given_is(&r->numerators[k].given);
    }
    for (size_t i = 0; i < st->n_relaxations; i++) {
        const struct relaxation *relaxation = &st->relaxations[i];
        struct milder *m = &r->milder[r->n_milder];
        if (!relaxation->instead || !(r->relax->in_force >> i & 1))
            continue;
        *m = (struct milder){
            .relaxation = relaxation, .i = i, .k = (size_t)relaxation->indicator};
        numerator_init(&m->numerator, p, relaxation->instead);
        r->n_milder++;
    }
    return 0;
}

static void note_missing(struct reader *r, size_t k, size_t row, enum field field)
{
    size_t n = r->out->missing[k].n++;
    r->n_missing++;
    if (!r->listing)
        return;
    const struct dataset *ds = r->p->data;
    struct figure_missing *m = &r->out->missing[k].list[n];
    const struct missing *why = dataset_missing(ds, row, field);
    *m = (struct figure_missing){(uint32_t)row, field, 0, "column absent"};
    if (why) {
        m->line = why->line;
        m->reason = why->reason;
    } else if (ds->col[field]) {
        m->line = ds->schools[row].line;
        m->reason = "empty";
    }
}

/* A form may give an indicator's value instead of the amounts: of a row with one stage. */
static double given_amount(const struct reader *r, size_t k, size_t row)
{
    const struct numerator *num = &r->numerators[k];
    bool unclear = false;
    double value = given_value(r->p, &num->given, row);
    return isnan(value) ? NAN : value * population_pupils(r->p, row, &unclear) / num->per;
}

/* What the row lacks of an indicator. */
static void note_lacks(struct reader *r, size_t k, size_t row,
                       struct population_part part)
{
    const struct numerator *num = &r->numerators[k];
    bool shared = false;
    for (size_t t = 0; t < num->n_terms; t++) {
        shared |= !num->terms[t].staged;
        if (!num->terms[t].col || isnan(num->terms[t].col[row]))
            note_missing(r, k, row, num->terms[t].field);
    }
    if (shared && num->split && isnan(part.share))
        note_missing(r, k, row, part.unknown);
}

/* x of one row by a numerator; NaN when something is missing. */
static inline double amount(const struct numerator *num, size_t row,
                            struct population_part part)
{
    double x = 0;
    for (size_t t = 0; t < num->n_terms; t++) {
        double v = num->terms[t].col ? num->terms[t].col[row] : NAN;
        if (!part.counts && (!num->terms[t].staged || isnan(v)))
            continue; /* its other stages' things */
        x += num->terms[t].sign * v * (num->terms[t].shared ? part.share : 1);
    }
    return x;
}

/* What the row gives instead; what is missing is noted. */
static double other_amount(struct reader *r, size_t k, size_t row,
                           struct population_part part)
{
    double given = part.counts ? given_amount(r, k, row) : NAN;
    if (isnan(given))
        note_lacks(r, k, row, part);
    return given;
}

static double group_amount(const struct reader *r, const struct numerator *num,
                           const struct population_group *g)
{
    double x = 0;
    for (size_t row = g->begin; row < g->end; row++)
        x += amount(num, row, population_part(r->p, g, row));
    return x;
}

/* Does the unit rely on a milder numerator? Only where that is known and says otherwise. */
static bool relies(const struct reader *r, const struct milder *m,
                   const struct population_group *g)
{
    if (!relax_holds(r->relax, m->i, g->begin, g->end))
        return false;
    double mild = group_amount(r, &m->numerator, g);
    return !isnan(mild) && mild != group_amount(r, &r->numerators[m->k], g);
}

static void note_relaxed(struct reader *r, const struct milder *m,
                         const struct population_group *g)
{
    size_t n = r->out->n_relaxed++;
    if (r->listing)
        r->out->relaxed[n] =
            (struct relaxed){m->relaxation, (uint32_t)g->first, r->p->stage};
}

/* The numerators that hold for a unit: of several relaxations the first. */
static void choose(struct reader *r, const struct population_group *g,
                   const struct numerator **by)
{
    memcpy(by, r->plain, sizeof r->plain);
    for (size_t i = 0; i < r->n_milder; i++) {
        const struct milder *m = &r->milder[i];
        if (by[m->k] != &r->numerators[m->k] || !relies(r, m, g))
            continue;
        by[m->k] = &m->numerator;
        note_relaxed(r, m, g);
    }
}

/* Adds one group's rows to the unit's amounts. */
static void read_group(struct reader *r, const struct population_group *g, double *raw)
{
    const struct numerator *chosen[STANDARD_INDICATORS_MAX], *const *by = r->plain;
    if (r->n_milder)
        choose(r, g, chosen), by = chosen;
    for (size_t row = g->begin; row < g->end; row++) {
        struct population_part part = population_part(r->p, g, row);
        for (size_t k = 0; k < r->n; k++) {
            double x = amount(by[k], row, part);
            raw[k] += isnan(x) ? other_amount(r, k, row, part) : x;
        }
    }
}

static void make_unit(struct reader *r, const struct population_group *g, double *raw)
{
    struct units *u = r->out;
    double *value = raw + r->n;
    read_group(r, g, raw);
    for (size_t k = 0; k < r->n; k++) /* whole amounts: one rounding, in the division */
        value[k] = raw[k] * r->numerators[k].per / g->pupils;
    u->list[u->n++] = (struct unit){.school = (uint32_t)g->first,
                                    .pupils = g->pupils,
                                    .value = value,
                                    .raw = raw,
                                    .met = -1,
                                    .of = -1};
    u->pupils += g->pupils;
}

/* A unit has at least one row with pupils. */
static size_t most_units(const struct population *p)
{
    const double *pupils = p->data->col[FIELD_pupils_primary + p->stage];
    size_t n = 0;
    for (size_t row = 0; pupils && row < p->data->n; row++)
        n += pupils[row] > 0;
    return n;
}

/* Entries of all lists, as far as they are counted. */
static size_t entries(const struct reader *r)
{
    return r->n_missing + r->out->n_excluded + r->out->n_relaxed;
}

static int make_units(struct reader *r)
{
    struct units *u = r->out;
    size_t most = most_units(r->p);
    double *amounts = arena_array(r->arena, most, 2 * r->n * sizeof *amounts);
    u->list = arena_array(r->arena, most, sizeof *u->list);
    if (!u->list || !amounts)
        return JH_ENOMEM;
    for (size_t row = 0; row < r->p->data->n;) {
        struct population_group g = population_group(r->p, row);
        enum population_fate fate = population_fate(r->p, &g, NULL);
        size_t before = entries(r);
        row = g.end;
        if (fate == FATE_UNIT)
            make_unit(r, &g, amounts + 2 * r->n * u->n);
        u->n_excluded += fate == FATE_EXCLUDED;
        r->notable[g.begin] = entries(r) > before;
        u->unclear |= fate != FATE_EXCLUDED && g.unclear;
    }
    return 0;
}

/* Room for what was counted, and the counts back to zero. */
static int lists_alloc(struct reader *r)
{
    struct units *u = r->out;
    u->excluded = arena_array(r->arena, u->n_excluded, sizeof *u->excluded);
    u->relaxed = arena_array(r->arena, u->n_relaxed, sizeof *u->relaxed);
    bool full = !u->excluded || !u->relaxed;
    for (size_t k = 0; k < r->n; k++) {
        u->missing[k].list =
            arena_array(r->arena, u->missing[k].n, sizeof *u->missing[k].list);
        full |= !u->missing[k].list;
        u->missing[k].n = 0;
    }
    u->n_excluded = u->n_relaxed = 0;
    return full ? JH_ENOMEM : 0;
}

static void fill_lists(struct reader *r)
{
    struct units *u = r->out;
    double again[STANDARD_INDICATORS_MAX];
    r->listing = true;
    for (size_t row = 0; row < r->p->data->n; row++) {
        if (!r->notable[row])
            continue;
        struct population_group g = population_group(r->p, row);
        struct excluded excluded;
        enum population_fate fate = population_fate(r->p, &g, &excluded);
        if (fate == FATE_UNIT)
            read_group(r, &g, memset(again, 0, sizeof again));
        else if (fate == FATE_EXCLUDED)
            u->excluded[u->n_excluded++] = excluded;
    }
}

/* ---- values beside amounts --------------------------------------------------------------- */

/* Is the given value what a relaxation in force makes of the amounts? */
static bool is_milder(const struct reader *r, size_t k, size_t row,
                      struct population_part part, double pupils)
{
    for (size_t i = 0; i < r->n_milder; i++) {
        const struct numerator *num = &r->milder[i].numerator;
        double x = amount(num, row, part) * num->per / pupils;
        if (r->milder[i].k == k && !isnan(x) &&
            !given_far(r->p, &r->numerators[k].given, row, x))
            return true;
    }
    return false;
}

static void compare_group(struct reader *r, const struct population_group *g,
                          struct given_findings *f, size_t *counts)
{
    for (size_t row = g->begin; row < g->end; row++) {
        struct population_part part = population_part(r->p, g, row);
        bool unclear = false;
        double pupils = population_pupils(r->p, row, &unclear);
        for (size_t k = 0; part.counts && pupils > 0 && k < r->n; k++) {
            const struct numerator *num = &r->numerators[k];
            double x = amount(num, row, part) * num->per / pupils;
            if (given_far(r->p, &num->given, row, x) &&
                !is_milder(r, k, row, part, pupils))
                given_differs(f, &r->p->standard->indicators[k], &num->given, row, x,
                              counts[k]++);
        }
    }
}

/* Both are there, and raw amounts won: where do they differ? */
static int compare_given(struct reader *r)
{
    struct units *u = r->out;
    size_t counts[STANDARD_INDICATORS_MAX] = {0};
    struct given_findings f = {.p = r->p, .arena = r->arena};
    f.list = arena_array(r->arena, r->n * (GIVEN_LISTED + 2), sizeof *f.list);
    if (!f.list)
        return JH_ENOMEM;
    for (size_t row = 0; row < r->p->data->n;) {
        struct population_group g = population_group(r->p, row);
        row = g.end;
        if (population_fate(r->p, &g, NULL) == FATE_UNIT)
            compare_group(r, &g, &f, counts);
    }
    for (size_t k = 0; k < r->n; k++)
        given_total(&f, &r->p->standard->indicators[k], &r->numerators[k].given,
                    counts[k]);
    u->findings = f.list;
    u->n_findings = f.n;
    return 0;
}

int units_build(const struct population *p, const struct relax *relax,
                struct arena *arena, struct units *ret)
{
    struct units u = {0};
    struct reader r = {.p = p, .relax = relax, .arena = arena, .out = &u};
    int rc = reader_init(&r);
    if (!rc)
        rc = make_units(&r);
    if (!rc)
        rc = lists_alloc(&r);
    if (rc)
        return rc;
    fill_lists(&r);
    if (r.any_given && (rc = compare_given(&r)))
        return rc;
    *ret = u;
    return 0;
}
