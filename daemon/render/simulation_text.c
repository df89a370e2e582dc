/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "base/num.h"
#include "render/simulation.h"
#include "render/table.h"

enum { CELL = 96, ADDITION_COLUMNS = 5, ADDITIONS_MAX = 30 };

/* One county being told of. */
struct telling {
    const struct simulation *s;
    const struct simulation_county *c;
    const struct messages *m;
    struct buf *out;
};

static const char *mark(const struct telling *t, enum outcome outcome)
{
    static const char *const keys[] = {"", "mark_pass", "mark_unknown", "mark_fail",
                                       "mark_unknown"};
    return outcome == OUTCOME_NONE ? "" : messages_phrase(t->m, keys[outcome]);
}

/* A column's own unit: "m2" of "m2/pupil". */
static int unit_len(const char *unit)
{
    size_t len = strcspn(unit, "/");
    return len < 16 ? (int)len : 0;
}

static void add_amount(double v, struct buf *out)
{
    char text[NUM_TEXT];
    num_print(v, text);
    buf_str(out, isnan(v) ? "-" : text);
}

/* ---- before and after --------------------------------------------------------------------- */

static void head_line(const struct telling *t)
{
    const struct county_result *r = t->c->before;
    char round[ROUND_TEXT];
    round_print(r->data->round, round);
    buf_fmt(t->out, "%s %s   %s   %s   %s", r->data->county_name, r->data->county_code,
            round, r->standard->id, messages_phrase(t->m, outcome_id(r->outcome)));
    if (t->c->n_set)
        buf_fmt(t->out, " \u2192 %s",
                messages_phrase(t->m, outcome_id(t->c->after->outcome)));
    buf_char(t->out, '\n');
}

static void set_lines(const struct telling *t)
{
    for (size_t i = 0; i < t->c->n_set; i++) {
        const struct simulate_cell *cell = &t->c->set[i];
        const struct school *s = &t->c->before->data->schools[cell->row];
        buf_fmt(t->out, "  %s%s%s %s%s%s: ", s->code, *s->campus ? "/" : "", s->campus,
                s->name, *s->name ? " " : "", field_id(cell->field));
        add_amount(dataset_value(t->c->before->data, cell->field, cell->row), t->out);
        buf_str(t->out, " \u2192 ");
        add_amount(cell->value, t->out);
        buf_char(t->out, '\n');
    }
}

/* "0.701 ✘ → 0.648 ✔" */
static void figure_cell(const struct telling *t, const struct figure *f,
                        const struct figure *g, char cell[CELL])
{
    char before[NUM_TEXT], after[NUM_TEXT];
    unsigned digits = t->s->standard->rounding.cv;
    num_fixed(f->cv, digits, before);
    num_fixed(g->cv, digits, after);
    snprintf(cell, CELL, "%.20s%s%.8s \u2192 %.20s%s%.8s", before,
             f->outcome == OUTCOME_NONE ? "" : " ", mark(t, f->outcome), after,
             g->outcome == OUTCOME_NONE ? "" : " ", mark(t, g->outcome));
}

/* Schools that keep the school rule: "25/27 ✘ → 27/27 ✔" */
static void school_cell(const struct telling *t, size_t stage, char cell[CELL])
{
    size_t pass[2] = {0};
    enum outcome all[2] = {OUTCOME_NONE, OUTCOME_NONE};
    const struct stage_result *s[] = {&t->c->before->stages[stage],
                                      &t->c->after->stages[stage]};
    for (int i = 0; i < 2; i++)
        for (size_t u = 0; u < s[i]->n_units; u++) {
            pass[i] += s[i]->units[u].outcome == OUTCOME_PASS;
            all[i] = outcome_join(all[i], s[i]->units[u].outcome);
        }
    snprintf(cell, CELL, "%zu/%zu %.8s \u2192 %zu/%zu %.8s", pass[0], s[0]->n_units,
             mark(t, all[0]), pass[1], s[1]->n_units, mark(t, all[1]));
}

/* The row of indicator k; behind the indicators the composite, then the school rule. */
static bool compare_row(const struct telling *t, struct table *table, size_t k)
{
    const struct standard *st = t->s->standard;
    const char *title = k < st->n_indicators    ? st->indicators[k].title
                        : k == st->n_indicators ? messages_phrase(t->m, "composite")
                                                : messages_phrase(t->m, "school_rule");
    char cells[STAGE_COUNT][CELL];
    const char *row[1 + STAGE_COUNT] = {title};
    for (size_t i = 0; i < t->c->before->n_stages; i++) {
        const struct stage_result *s = &t->c->before->stages[i],
                                  *a = &t->c->after->stages[i];
        if (k < st->n_indicators)
            figure_cell(t, &s->figures[k], &a->figures[k], cells[i]);
        else if (k == st->n_indicators)
            figure_cell(t, &s->composite, &a->composite, cells[i]);
        else
            school_cell(t, i, cells[i]);
        row[1 + i] = cells[i];
    }
    return table_row(table, row) == 0;
}

static void compare_table(const struct telling *t)
{
    const struct standard *st = t->s->standard;
    size_t n = t->c->before->n_stages;
    struct table *table = table_new(1 + n, NULL);
    const char *head[1 + STAGE_COUNT] = {""};
    for (size_t i = 0; i < n; i++)
        head[1 + i] = messages_phrase(t->m, stage_id(t->c->before->stages[i].stage));
    bool good = table && table_row(table, head) == 0;
    for (size_t k = 0; good && k < st->n_indicators + 1 + st->has_school_rule; k++)
        good = compare_row(t, table, k);
    if (good)
        table_print(table, 2, t->out);
    else
        t->out->failed = true;
    table_free(table);
}

/* ---- answers ------------------------------------------------------------------------------- */

static const char *status_phrase(const struct telling *t, enum solve_status status)
{
    char key[CELL];
    snprintf(key, sizeof key, "solve_%s", solve_status_id(status));
    const char *phrase = messages_phrase(t->m, key);
    return phrase == key ? solve_status_id(status) : phrase;
}

static void answer_line(const struct telling *t, const struct solve_answer *a)
{
    const struct county_result *r = t->c->after;
    const struct indicator *ind = &r->standard->indicators[a->indicator];
    const struct figure *f = simulation_figure(r, a);
    char before[NUM_TEXT], after[NUM_TEXT];
    buf_fmt(t->out, "  %s ", messages_phrase(t->m, stage_id(r->stages[a->stage].stage)));
    buf_str(t->out, f ? ind->title : messages_phrase(t->m, "school_rule"));
    if (f && a->after) {
        const struct figure *g = simulation_figure(a->after, a);
        buf_str(t->out, " +");
        add_amount(a->total, t->out);
        if (unit_len(ind->unit))
            buf_fmt(t->out, " %.*s", unit_len(ind->unit), ind->unit);
        num_fixed(f->cv, r->standard->rounding.cv, before);
        num_fixed(g->cv, r->standard->rounding.cv, after);
        buf_fmt(t->out, ": %s %s %s \u2192 %s %s",
                r->standard->applies == CV_COMPOSITE ? messages_phrase(t->m, "composite")
                                                     : messages_phrase(t->m, "cv"),
                before, mark(t, f->outcome), after, mark(t, g->outcome));
    } else if (!f && a->after) {
        buf_str(t->out, ":");
    }
    if (a->status != SOLVE_SOLVED)
        buf_fmt(t->out, ": %s", status_phrase(t, a->status));
    if (a->after)
        buf_fmt(t->out, " (%s)", messages_phrase(t->m, outcome_id(a->after->outcome)));
    buf_char(t->out, '\n');
}

static bool addition_row(const struct telling *t, const struct solve_addition *x,
                         struct table *table)
{
    const struct dataset *data = t->c->after->data;
    const struct school *s = &data->schools[x->row];
    const struct indicator *ind = &t->s->standard->indicators[x->indicator];
    char amount[CELL], change[CELL], more[NUM_TEXT], from[NUM_TEXT], to[NUM_TEXT];
    double before = dataset_value(data, x->field, x->row);
    num_print(x->amount, more);
    num_print(before, from);
    num_print(before + x->amount, to);
    snprintf(amount, CELL, "+%s %.*s", more, unit_len(ind->unit), ind->unit);
    snprintf(change, CELL, "%s \u2192 %s", from, to);
    const char *row[ADDITION_COLUMNS] = {s->code, s->name, field_id(x->field), amount,
                                         change};
    return table_row(table, row) == 0;
}

static void addition_table(const struct telling *t, const struct solve_addition *all,
                           size_t n)
{
    static const enum table_align ALIGN[ADDITION_COLUMNS] = {
        TABLE_LEFT, TABLE_LEFT, TABLE_LEFT, TABLE_RIGHT, TABLE_RIGHT};
    struct table *table = table_new(ADDITION_COLUMNS, ALIGN);
    bool good = table != NULL;
    for (size_t i = 0; good && i < n && i < ADDITIONS_MAX; i++)
        good = addition_row(t, &all[i], table);
    if (good)
        table_print(table, 4, t->out);
    else
        t->out->failed = true;
    if (n > ADDITIONS_MAX)
        buf_fmt(t->out, "    %s %zu\n", messages_phrase(t->m, "and_more"),
                n - ADDITIONS_MAX);
    table_free(table);
}

static void fail_lines(const struct telling *t, const struct county_result *r)
{
    size_t n = r->standard->n_indicators;
    for (size_t s = 0; s < r->n_stages; s++)
        for (size_t k = 0; k < n + 3; k++)
            if (simulation_fails(r, s, k))
                buf_fmt(t->out, "    %s %s %s\n",
                        messages_phrase(t->m, "solve_still_fails"),
                        messages_phrase(t->m, stage_id(r->stages[s].stage)),
                        k < n        ? r->standard->indicators[k].title
                        : k == n     ? messages_phrase(t->m, "composite")
                        : k == n + 1 ? messages_phrase(t->m, "school_rule")
                                     : messages_phrase(t->m, "solve_no_schools"));
}

static void joint_lines(const struct telling *t, const struct solve_joint *j)
{
    const struct county_result *after = j->after ? j->after : t->c->after;
    buf_fmt(t->out, "  %s", messages_phrase(t->m, "solve_joint"));
    if (j->status == SOLVE_OTHERS)
        buf_fmt(t->out, " %s", messages_phrase(t->m, "solve_joint_not_enough"));
    else if (j->status != SOLVE_SOLVED)
        buf_fmt(t->out, " %s", status_phrase(t, j->status));
    buf_fmt(t->out, " (%s)\n", messages_phrase(t->m, outcome_id(after->outcome)));
    if (j->n)
        addition_table(t, j->additions, j->n);
    if (j->status != SOLVE_SOLVED)
        fail_lines(t, after);
}

/* What passed and would not any more: shared amounts go to the other stage, too. */
static void break_lines(const struct telling *t, const struct solve_answer *a)
{
    const struct county_result *r = t->c->after;
    size_t n = r->standard->n_indicators;
    for (size_t s = 0; s < r->n_stages; s++)
        for (size_t k = 0; k <= n; k++)
            if (simulation_breaks(r, a, s, k))
                buf_fmt(t->out, "    %s %s %s\n", messages_phrase(t->m, "solve_breaks"),
                        messages_phrase(t->m, stage_id(r->stages[s].stage)),
                        k < n ? r->standard->indicators[k].title
                              : messages_phrase(t->m, "school_rule"));
}

/* Of a composite each answer alone is enough; of figures judged by themselves all are due. */
static bool any_will_do(const struct simulation_county *c)
{
    size_t solved = 0;
    for (size_t i = 0; i < c->n_answers; i++)
        solved += c->answers[i].status == SOLVE_SOLVED && !c->answers[i].school_rule;
    return solved > 1 && c->before->standard->applies == CV_COMPOSITE;
}

void simulation_text(const struct simulation *s, const struct messages *m,
                     struct buf *out)
{
    struct telling t = {.s = s, .m = m, .out = out};
    for (size_t i = 0; i < s->n; i++) {
        t.c = &s->counties[i];
        if (i)
            buf_char(out, '\n');
        head_line(&t);
        set_lines(&t);
        if (t.c->n_set)
            compare_table(&t);
        if (any_will_do(t.c))
            buf_fmt(out, "  %s\n", messages_phrase(m, "solve_any"));
        for (size_t k = 0; k < t.c->n_answers; k++) {
            answer_line(&t, &t.c->answers[k]);
            if (t.c->answers[k].n)
                addition_table(&t, t.c->answers[k].additions, t.c->answers[k].n);
            break_lines(&t, &t.c->answers[k]);
        }
        if (t.c->joint)
            joint_lines(&t, t.c->joint);
        if (s->solve && !t.c->n_answers)
            buf_fmt(out, "  %s\n", messages_phrase(m, "solve_nothing"));
    }
}
