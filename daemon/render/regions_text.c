/* SPDX-License-Identifier: Apache-2.0 */
/* The text form for people, in Chinese. */
#include <math.h>
#include <string.h>

#include "render/regions.h"
#include "render/table.h"

enum { CELL = 128, COLUMNS = 11, NAMES = 10, WORST = 3 };

/* ---- lines ---------------------------------------------------------------------------------- */

static void verdict_words(const struct rollup_count *c, const struct messages *m,
                          struct buf *out)
{
    char share[NUM_TEXT];
    num_fixed(100 * regions_share(c), 1, share);
    buf_fmt(out, "%s %zu (%s%%)   %s %zu   %s %zu", messages_phrase(m, "pass"),
            c->outcomes[OUTCOME_PASS], share, messages_phrase(m, "fail"),
            c->outcomes[OUTCOME_FAIL], messages_phrase(m, "unknown"),
            c->outcomes[OUTCOME_UNKNOWN]);
}

static void turned_words(const struct rollup_count *c, const struct messages *m,
                         struct buf *out)
{
    if (!c->compared)
        return;
    buf_fmt(out, "   %s (%zu%s): %s %zu, %s %zu, %s %zu",
            messages_phrase(m, "since_last"), c->compared,
            messages_phrase(m, "counties_unit"), messages_phrase(m, "to_fail"),
            c->to_fail, messages_phrase(m, "to_pass"), c->to_pass,
            messages_phrase(m, "to_unknown"), c->to_unknown);
}

/* A line with the names of the first few: of those without data, or of all. */
static void names_line(const struct rollup *r, bool all, const struct messages *m,
                       struct buf *out)
{
    size_t n = all ? r->n : r->n - r->with_data, shown = 0;
    if (!n)
        return;
    buf_fmt(out, "  %s %zu:", messages_phrase(m, all ? "among_them" : "no_data"), n);
    for (size_t i = 0; i < r->n && shown < NAMES; i++) {
        if (!all && r->counties[i]->has_data)
            continue;
        buf_fmt(out, "%s %s %s", shown++ ? "," : "", r->counties[i]->name,
                r->counties[i]->code);
    }
    if (n > shown)
        buf_fmt(out, ", %s %zu", messages_phrase(m, "and_more"), n - shown);
    buf_char(out, '\n');
}

/* "X 34   2024   basic-2012"; of counties in no prefecture "34 …", with their province. */
static void title(const struct regions *r, const struct region *x, bool nowhere,
                  const struct messages *m, struct buf *out)
{
    char round[ROUND_TEXT];
    round_print(r->round, round);
    if (nowhere)
        buf_fmt(out, "%s%s%s", x->parent, *x->parent ? " " : "",
                messages_phrase(m, strcmp(x->level, "province") == 0 ? "no_province"
                                                                     : "no_prefecture"));
    else
        buf_fmt(out, "%s%s%s", *x->name ? x->name : messages_phrase(m, x->level),
                *x->code ? " " : "", x->code);
    buf_fmt(out, "   %s   %s\n", round, r->standard->id);
}

static void region_head(const struct regions *r, const struct region *x,
                        const struct messages *m, struct buf *out)
{
    bool nowhere = !*x->code && strcmp(x->level, "nation") != 0;
    title(r, x, nowhere, m, out);
    buf_fmt(out, "  %zu%s   ", x->rollup.n, messages_phrase(m, "counties_unit"));
    verdict_words(&x->rollup.verdict, m, out);
    turned_words(&x->rollup.verdict, m, out);
    buf_char(out, '\n');
    if (x->rollup.certifiable.outcomes[OUTCOME_NONE] < x->rollup.n) {
        buf_fmt(out, "  %s: ", messages_phrase(m, "certifiable"));
        verdict_words(&x->rollup.certifiable, m, out);
        buf_char(out, '\n');
    }
    if (nowhere)
        names_line(&x->rollup, true, m, out);
    names_line(&x->rollup, false, m, out);
}

static void stage_head(const struct rollup_stage *s, enum stage stage,
                       const struct messages *m, struct buf *out)
{
    char pupils[NUM_TEXT];
    num_print(s->pupils, pupils);
    buf_fmt(out, "  %s (%zu%s, %zu%s, %s%s)   ", messages_phrase(m, stage_id(stage)),
            s->verdict.counties, messages_phrase(m, "counties_unit"), s->schools,
            messages_phrase(m, "schools_unit"), pupils,
            messages_phrase(m, "pupils_unit"));
    verdict_words(&s->verdict, m, out);
    turned_words(&s->verdict, m, out);
    buf_char(out, '\n');
}

/* ---- the table of a stage -------------------------------------------------------------------- */

struct cells {
    char text[COLUMNS][CELL];
    size_t n;
};

static void add_number(struct cells *c, double v, unsigned digits)
{
    num_fixed(v, digits, c->text[c->n++]);
}

/* "0.31/0.38/0.47" */
static void add_quartiles(struct cells *c, const double q[3], unsigned digits)
{
    char text[3][NUM_TEXT];
    for (int i = 0; i < 3; i++)
        num_fixed(q[i], digits, text[i]);
    snprintf(c->text[c->n++], CELL, "%s/%s/%s", text[0], text[1], text[2]);
}

/* "0.402 (8)": a mean never stands without how many it is of. */
static void add_mean(struct cells *c, double v, const char *sign, size_t n,
                     unsigned digits)
{
    char text[NUM_TEXT];
    num_fixed(v, digits, text);
    snprintf(c->text[c->n++], CELL, "%s%s (%zu)", sign, text, n);
}

/* -0.0004 is printed as 0.000 and has no sign. */
static const char *sign_of(double v, unsigned digits)
{
    if (!(num_round(fabs(v), digits) > 0))
        return "";
    return v < 0 ? "-" : "+";
}

static void add_counts(struct cells *c, const struct rollup_count *n, bool judged)
{
    char *text = c->text[c->n++];
    if (judged)
        snprintf(text, CELL, "%zu/%zu/%zu", n->outcomes[OUTCOME_PASS],
                 n->outcomes[OUTCOME_FAIL], n->outcomes[OUTCOME_UNKNOWN]);
}

static bool figure_row(struct table *t, const struct standard *st, enum stage stage,
                       size_t k, const struct rollup_figure *f, const struct messages *m)
{
    struct cells c = {.n = 1};
    unsigned digits = st->rounding.cv;
    double limit = regions_limit(st, stage, k);
    const char *row[COLUMNS] = {k < st->n_indicators ? st->indicators[k].title
                                                     : messages_phrase(m, "composite")};
    if (!isnan(limit))
        num_print(limit, c.text[c.n]);
    c.n++;
    add_counts(&c, &f->count, !isnan(limit));
    add_mean(&c, f->cv.mean, "", f->cv.counties, digits);
    add_number(&c, f->cv.weighted_mean, digits);
    add_number(&c, f->cv.min, digits);
    add_quartiles(&c, f->cv.quartiles, digits);
    add_quartiles(&c, f->cv.weighted_quartiles, digits);
    add_number(&c, f->cv.max, digits);
    if (f->change.counties)
        add_mean(&c, fabs(f->change.mean), sign_of(f->change.mean, digits),
                 f->change.counties, digits);
    else
        c.n++;
    if (f->count.compared && !isnan(limit))
        snprintf(c.text[c.n], CELL, "%zu/%zu", f->count.to_fail, f->count.to_pass);
    for (size_t i = 1; i < COLUMNS; i++)
        row[i] = c.text[i];
    return table_row(t, row) == 0;
}

static bool head_row(struct table *t, bool compared, const struct messages *m)
{
    static const char *const keys[COLUMNS - 1] = {
        "column_limit", "column_verdicts",  "column_mean",        "column_weighted",
        "column_min",   "column_quartiles", "column_w_quartiles", "column_max",
        "column_since", "column_crossed"};
    const char *row[COLUMNS] = {""};
    for (size_t i = 0; i < COLUMNS - 1 - (compared ? 0 : 2); i++)
        row[1 + i] = messages_phrase(m, keys[i]);
    return table_row(t, row) == 0;
}

static void stage_table(const struct standard *st, const struct rollup_stage *s,
                        enum stage stage, const struct messages *m, struct buf *out)
{
    enum table_align align[COLUMNS] = {TABLE_LEFT};
    for (int i = 1; i < COLUMNS; i++)
        align[i] = TABLE_RIGHT;
    struct table *t = table_new(COLUMNS, align);
    bool good = t && head_row(t, s->verdict.compared > 0, m);
    for (size_t k = 0; good && k <= st->n_indicators; k++)
        good = figure_row(t, st, stage, k, &s->figures[k], m);
    if (good)
        table_print(t, 4, out);
    else
        out->failed = true; /* half a table is worse than none */
    table_free(t);
}

/* ---- who is worst ---------------------------------------------------------------------------- */

static const char *mark(enum outcome outcome, const struct messages *m)
{
    static const char *const keys[] = {NULL, "mark_pass", "mark_unknown", "mark_fail",
                                       "mark_unknown"};
    return keys[outcome] ? messages_phrase(m, keys[outcome]) : "";
}

static void worst_line(const struct standard *st, const struct rollup_figure *f,
                       enum stage stage, size_t k, const struct messages *m,
                       struct buf *out)
{
    char text[NUM_TEXT];
    buf_fmt(out, "    %s %s:", messages_phrase(m, "worst"),
            k < st->n_indicators ? st->indicators[k].title
                                 : messages_phrase(m, "composite"));
    for (size_t i = 0; i < f->n_worst && i < WORST; i++) {
        const struct rollup_county *c = f->worst[i];
        const struct rollup_cell *cell = &c->stages[stage].cells[k];
        bool bound = isnan(cell->cv);
        num_fixed(bound ? cell->bound : cell->cv, st->rounding.cv, text);
        buf_fmt(out, "%s %s %s %s%s %s", i ? "," : "", c->name, c->code,
                bound ? messages_phrase(m, "at_least") : "", text,
                mark(cell->outcome, m));
    }
    buf_char(out, '\n');
}

/* ---- all of it ------------------------------------------------------------------------------- */

static void stage_text(const struct standard *st, const struct rollup_stage *s,
                       enum stage stage, const struct messages *m, struct buf *out)
{
    stage_head(s, stage, m, out);
    if (!s->verdict.counties)
        return;
    stage_table(st, s, stage, m, out);
    for (size_t k = 0; k <= st->n_indicators; k++)
        if (s->figures[k].n_worst && !isnan(regions_limit(st, stage, k)))
            worst_line(st, &s->figures[k], stage, k, m, out);
}

void regions_text(const struct regions *r, const struct messages *m, struct buf *out)
{
    for (size_t i = 0; i < r->n; i++) {
        if (i)
            buf_char(out, '\n');
        region_head(r, &r->list[i], m, out);
        for (enum stage stage = 0; stage < STAGE_COUNT; stage++)
            if (r->standard->has_stage[stage])
                stage_text(r->standard, &r->list[i].rollup.stages[stage], stage, m, out);
    }
}
