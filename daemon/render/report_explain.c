/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "base/num.h"
#include "eval/change.h"
#include "eval/explain.h"
#include "render/report.h"
#include "render/report_items.h"
#include "render/table.h"

enum {
    ARENA_BYTES = 64 * 1024 * 1024,
    TOP = 5,    /* schools told of by their share */
    BELOW = 10, /* … and besides because they are below the line */
    COLUMNS = 5,
    CELL = 64
};

/* One figure of a stage being told of. */
struct telling {
    const struct county_result *r, *before; /* before: NULL = none */
    size_t stage, indicator;
    const struct messages *m;
    struct arena *arena;
    struct explain_share *shares;
    struct explain_lack *lacks;
    size_t n_shares, n_lacks;
    struct table *table;
    bool good;
};

/* ---- what changed ------------------------------------------------------------------------- */

static void signed_number(double v, unsigned digits, struct buf *out)
{
    char text[NUM_TEXT];
    num_fixed(fabs(v), digits, text);
    bool zero = !text[strspn(text, "0.")];
    buf_fmt(out, "%s%s", zero ? "\u00b1" : v < 0 ? "-" : "+", text);
}

static void part(const struct telling *t, const char *phrase, double v, struct buf *out)
{
    buf_fmt(out, "%s ", messages_phrase(t->m, phrase));
    signed_number(v, t->r->standard->rounding.cv, out);
}

/* "2024 0.500 -> 2025 0.550 (+0.050: …, …, …)" */
static void change_line(const struct telling *t, const struct change *c, struct buf *out)
{
    char then[ROUND_TEXT], now[ROUND_TEXT], before[NUM_TEXT], after[NUM_TEXT];
    unsigned digits = t->r->standard->rounding.cv;
    if (isnan(c->after))
        return;
    round_print(t->before->data->round, then);
    round_print(t->r->data->round, now);
    num_fixed(c->before, digits, before);
    num_fixed(c->after, digits, after);
    buf_fmt(out, "    %s  %s %s \u2192 %s %s (", messages_phrase(t->m, "change"), then,
            before, now, after);
    signed_number(c->after - c->before, digits, out);
    buf_str(out, ": ");
    part(t, "part_enrolment", c->enrolment, out);
    buf_str(out, ", ");
    part(t, "part_resource", c->resource, out);
    buf_str(out, ", ");
    part(t, "part_schools", c->schools, out);
    buf_str(out, ")\n");
}

static void moved_line(const struct telling *t, const struct county_result *r,
                       const char *phrase, const uint32_t *units, size_t n,
                       struct buf *out)
{
    if (!n)
        return;
    buf_fmt(out, "    %s ", messages_phrase(t->m, phrase));
    for (size_t i = 0; i < n && i < BELOW; i++) {
        const struct unit *u = &r->stages[t->stage].units[units[i]];
        const struct school *s = &r->data->schools[u->school];
        buf_fmt(out, "%s%s %s", i ? ", " : "", s->code, s->name);
    }
    if (n > BELOW)
        buf_fmt(out, ", %s %zu%s", messages_phrase(t->m, "and_more"), n - BELOW,
                messages_phrase(t->m, "schools_unit"));
    buf_char(out, '\n');
}

/* ---- which schools ------------------------------------------------------------------------ */

static const struct explain_lack *lack_of(const struct telling *t, uint32_t unit)
{
    for (size_t i = 0; i < t->n_lacks; i++)
        if (t->lacks[i].unit == unit)
            return &t->lacks[i];
    return NULL;
}

/* What a whole is counted in: "m2" of "m2/pupil". */
static int raw_unit(const char *unit)
{
    return (int)strcspn(unit, "/");
}

static void school_row(struct telling *t, uint32_t unit, double share)
{
    const struct indicator *ind = &t->r->standard->indicators[t->indicator];
    const struct unit *u = &t->r->stages[t->stage].units[unit];
    const struct school *s = &t->r->data->schools[u->school];
    const struct explain_lack *lack = lack_of(t, unit);
    char part[CELL] = "", value[CELL], less[CELL] = "", number[NUM_TEXT];
    num_fixed(share * 100, 1, number);
    if (share > 0)
        snprintf(part, CELL, "%s %%", number);
    num_fixed(u->value[t->indicator], t->r->standard->rounding.value, number);
    snprintf(value, CELL, "%.30s%s%.24s", number, *ind->unit ? " " : "", ind->unit);
    if (lack && !isnan(lack->amount)) {
        num_fixed(lack->amount, fmod(lack->amount, 1) != 0 ? 2 : 0, number);
        snprintf(less, CELL, "%.16s %.24s %.*s", messages_phrase(t->m, "lacks"), number,
                 raw_unit(ind->unit) < 16 ? raw_unit(ind->unit) : 0, ind->unit);
    } else if (lack) {
        snprintf(less, CELL, "%.16s ?", messages_phrase(t->m, "lacks"));
    }
    const char *cells[COLUMNS] = {s->code, s->name, part, value, less};
    t->good = t->good && table_row(t->table, cells) == 0;
}

static bool among_top(const struct telling *t, uint32_t unit)
{
    for (size_t i = 0; i < t->n_shares && i < TOP; i++)
        if (t->shares[i].unit == unit)
            return true;
    return false;
}

static double share_of(const struct telling *t, uint32_t unit)
{
    for (size_t i = 0; i < t->n_shares; i++)
        if (t->shares[i].unit == unit)
            return t->shares[i].share;
    return 0;
}

/* The largest shares, then others below the line; how many of these do not fit. */
static size_t school_rows(struct telling *t)
{
    size_t told = 0, left = 0;
    for (size_t i = 0; i < t->n_shares && i < TOP; i++)
        school_row(t, t->shares[i].unit, t->shares[i].share);
    for (size_t i = 0; i < t->n_lacks; i++) {
        uint32_t unit = t->lacks[i].unit;
        if (among_top(t, unit))
            continue;
        if (told++ < BELOW)
            school_row(t, unit, share_of(t, unit));
        else
            left++;
    }
    return left;
}

/* ---- all of it ---------------------------------------------------------------------------- */

static void head_line(const struct telling *t, const char *title, double cv,
                      struct buf *out)
{
    char text[NUM_TEXT];
    num_fixed(cv, t->r->standard->rounding.cv, text);
    buf_fmt(out, "  %s %s  %s\n",
            messages_phrase(t->m, stage_id(t->r->stages[t->stage].stage)), title, text);
}

static void tell_figure(struct telling *t, const struct stage_change *change,
                        struct buf *out)
{
    static const enum table_align ALIGN[COLUMNS] = {TABLE_LEFT, TABLE_LEFT, TABLE_RIGHT,
                                                    TABLE_RIGHT, TABLE_LEFT};
    const struct standard *st = t->r->standard;
    size_t k = t->indicator;
    t->good = t->good &&
              !explain_shares(t->r, t->stage, k, t->arena, &t->shares, &t->n_shares) &&
              !explain_lacks(t->r, t->stage, k, t->arena, &t->lacks, &t->n_lacks);
    bool changed = change->figures && !isnan(change->figures[k].after);
    if (!t->good || (!t->n_shares && !t->n_lacks && !changed))
        return;
    head_line(t, st->indicators[k].title, t->r->stages[t->stage].figures[k].cv, out);
    if (changed)
        change_line(t, &change->figures[k], out);
    t->table = table_new(COLUMNS, ALIGN);
    t->good = t->table != NULL;
    size_t left = t->good ? school_rows(t) : 0;
    if (t->good)
        table_print(t->table, 4, out);
    if (left)
        buf_fmt(out, "    %s %zu%s\n", messages_phrase(t->m, "and_more"), left,
                messages_phrase(t->m, "schools_unit"));
    table_free(t->table);
}

static void tell_stage(struct telling *t, struct buf *out)
{
    const struct stage_result *s = &t->r->stages[t->stage];
    struct stage_change change = {0};
    if (t->before)
        t->good = change_stage(t->r, t->before, t->stage, t->arena, &change) == 0;
    if (!t->good || !s->n_units)
        return;
    if (t->before && !isnan(change.composite.after)) {
        head_line(t, messages_phrase(t->m, "composite"), s->composite.cv, out);
        change_line(t, &change.composite, out);
        moved_line(t, t->r, "came", change.came, change.n_came, out);
        moved_line(t, t->before, "went", change.went, change.n_went, out);
    }
    for (t->indicator = 0; t->indicator < t->r->standard->n_indicators; t->indicator++)
        tell_figure(t, &change, out);
}

void report_explain(const struct county_result *result,
                    const struct county_result *before, const struct messages *m,
                    struct buf *out)
{
    struct telling t = {.r = result,
                        .before = before && before->data ? before : NULL,
                        .m = m,
                        .arena = arena_new(ARENA_BYTES)};
    t.good = t.arena != NULL;
    for (t.stage = 0; t.good && t.stage < result->n_stages; t.stage++)
        tell_stage(&t, out);
    report_items_explain(result, m, out);
    if (!t.good)
        out->failed = true;
    arena_free(t.arena);
}
