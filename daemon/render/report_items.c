/* SPDX-License-Identifier: Apache-2.0 */
/* Items for people: what fails with its reason, what is not known in one line. */
#include "render/report_items.h"

#include <math.h>

#include "base/num.h"

enum { SCHOOLS_SHOWN = 3, SCHOOLS_EXPLAINED = 10 };

static const char *mark(const struct item_result *x, const struct messages *m)
{
    return x->outcome == OUTCOME_FAIL      ? messages_phrase(m, "mark_fail")
           : x->outcome == OUTCOME_PASS    ? messages_phrase(m, "mark_pass")
           : x->outcome == OUTCOME_UNKNOWN ? messages_phrase(m, "mark_unknown")
                                           : " ";
}

/* A value in the digits of its form; unrounded where the rule compares it so. */
static void value(double v, const struct item_rule *by, struct buf *out)
{
    char text[NUM_TEXT];
    if (by && by->digits >= 0)
        num_fixed(v, (unsigned)by->digits, text);
    else
        num_print(v, text);
    buf_str(out, text);
}

/* "  9.9 %, 须 ≥ 10 %" */
static void comparison(const struct item_result *x, const struct messages *m,
                       struct buf *out)
{
    static const char *const SIGNS[RULE_COMPARES] = {"\u2265 ", "\u2264 ", "< ", "> "};
    if (!x->by || isnan(x->value) || isnan(x->limit))
        return;
    buf_str(out, "  ");
    value(x->value, x->by, out);
    buf_fmt(out, "%s%s%s", *x->by->unit ? " " : "", x->by->unit,
            messages_phrase(m, "item_must"));
    buf_str(out, SIGNS[x->by->compare]);
    value(x->limit, NULL, out);
    if (x->borderline)
        buf_str(out, messages_phrase(m, "borderline"));
}

static size_t count_schools(const struct item_result *x, enum outcome outcome)
{
    size_t n = 0;
    for (size_t i = 0; i < x->n_schools; i++)
        n += x->schools[i].outcome == outcome;
    return n;
}

static void one_school(const struct county_result *r, const struct item_school *is,
                       const struct messages *m, struct buf *out)
{
    const struct school *s = &r->data->schools[is->school];
    buf_fmt(out, "%s%s%s", s->code, *s->name ? " " : "", s->name);
    if (is->stage != STAGE_NONE)
        buf_fmt(out, " %s", messages_phrase(m, stage_id(is->stage)));
    if (isnan(is->value))
        return;
    buf_char(out, ' ');
    value(is->value, NULL, out);
    if (!isnan(is->limit)) {
        buf_str(out, " / ");
        value(is->limit, NULL, out);
    }
}

/* "  2 所: 2134000002 … 2001 / 2000; …" of those with the item's own outcome. */
static void schools(const struct county_result *r, const struct item_result *x,
                    size_t most, const struct messages *m, struct buf *out)
{
    size_t n = count_schools(x, x->outcome), shown = 0;
    if (!n)
        return;
    buf_fmt(out, "  %zu%s: ", n, messages_phrase(m, "schools_unit"));
    for (size_t i = 0; i < x->n_schools && shown < most; i++) {
        if (x->schools[i].outcome != x->outcome)
            continue;
        buf_str(out, shown++ ? "; " : "");
        one_school(r, &x->schools[i], m, out);
    }
    buf_str(out, shown < n ? " …" : "");
}

static const char *reason(const struct item_result *x, const struct messages *m)
{
    static const char *const KEYS[ITEM_REASONS] = {"",
                                                   "item_reported",
                                                   "item_mismatch",
                                                   "item_not_reported",
                                                   "item_not_readable",
                                                   "item_data_missing",
                                                   "item_data_absent",
                                                   "item_no_school",
                                                   "incomplete",
                                                   "item_no_points"};
    const char *key = KEYS[x->reason];
    return *key ? messages_phrase(m, key) : "";
}

static void item_line(const struct county_result *r, const struct item_result *x,
                      size_t most, const struct messages *m, struct buf *out)
{
    const char *why = reason(x, m);
    buf_fmt(out, "  %s %s %s", mark(x, m), x->item->id, x->item->title);
    comparison(x, m, out);
    if (*why)
        buf_fmt(out, "  %s", why);
    schools(r, x, most, m, out);
    buf_char(out, '\n');
}

static size_t count_items(const struct county_result *r, enum outcome outcome)
{
    size_t n = 0;
    for (size_t i = 0; i < r->items.n; i++)
        n += r->items.list[i].outcome == outcome;
    return n;
}

static void score_line(const struct county_result *r, const struct messages *m,
                       struct buf *out)
{
    const struct items_score *score = &r->items.score;
    if (!score->there)
        return;
    buf_fmt(out, "%s ", messages_phrase(m, "score"));
    value(score->known, NULL, out);
    if (score->missing > 0) {
        buf_fmt(out, " (%s", messages_phrase(m, "missing"));
        value(score->missing, NULL, out);
        buf_char(out, ')');
    }
    buf_str(out, messages_phrase(m, "item_must"));
    buf_str(out, "\u2265 ");
    value(decimal_double(r->standard->score.pass), NULL, out);
    buf_fmt(out, "  %s\n", messages_phrase(m, outcome_id(score->outcome)));
}

void report_items(const struct county_result *r, const struct messages *m,
                  struct buf *out)
{
    size_t open = 0;
    buf_fmt(out, "%s  %s  (%s %zu, %s %zu, %s %zu)\n", messages_phrase(m, "items"),
            messages_phrase(m, outcome_id(r->items.outcome)), messages_phrase(m, "pass"),
            count_items(r, OUTCOME_PASS), messages_phrase(m, "fail"),
            count_items(r, OUTCOME_FAIL), messages_phrase(m, "unknown"),
            count_items(r, OUTCOME_UNKNOWN));
    for (size_t i = 0; i < r->items.n; i++)
        if (r->items.list[i].outcome == OUTCOME_FAIL)
            item_line(r, &r->items.list[i], SCHOOLS_SHOWN, m, out);
    for (size_t i = 0; i < r->items.n; i++) {
        const struct item_result *x = &r->items.list[i];
        if (x->outcome != OUTCOME_UNKNOWN)
            continue;
        if (!open++)
            buf_fmt(out, "  %s", mark(x, m));
        buf_fmt(out, " %s", x->item->id);
    }
    buf_str(out, open ? "\n" : "");
    score_line(r, m, out);
    buf_fmt(out, "%s  %s\n", messages_phrase(m, "certifiable"),
            messages_phrase(m, outcome_id(r->certifiable)));
}

static void inputs(const struct item_result *x, struct buf *out)
{
    bool any = false;
    for (size_t i = 0; i < x->item->n_inputs; i++) {
        if (isnan(x->inputs[i].value))
            continue;
        buf_fmt(out, "%s%s = ", any ? ", " : "      ", x->inputs[i].name);
        value(x->inputs[i].value, NULL, out);
        any = true;
    }
    buf_str(out, any ? "\n" : "");
}

void report_items_explain(const struct county_result *r, const struct messages *m,
                          struct buf *out)
{
    for (size_t i = 0; i < r->items.n; i++) {
        const struct item_result *x = &r->items.list[i];
        item_line(r, x, SCHOOLS_EXPLAINED, m, out);
        if (*x->item->clause)
            buf_fmt(out, "      %s\n", x->item->clause);
        if (x->given && *x->given->evidence)
            buf_fmt(out, "      %s%s\n", messages_phrase(m, "item_evidence"),
                    x->given->evidence);
        inputs(x, out);
    }
}
