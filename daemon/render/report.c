/* SPDX-License-Identifier: Apache-2.0 */
#include "render/report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "base/utf8.h"
#include "render/report_findings.h"
#include "render/report_items.h"
#include "render/table.h"

enum { CELL = 160, MISSING_LINES = 10, RELAXED_LINES = 10, TITLE_WIDTH = 60 };

/* ---- csv ---------------------------------------------------------------------------------- */

void report_csv_head(struct buf *out)
{
    buf_str(out, "county_code,stage,indicator,mean,sd,cv,limit,verdict,borderline\n");
}

void report_csv_text(const char *text, struct buf *out)
{
    if (!text[strcspn(text, ",\"\r\n")]) {
        buf_str(out, text);
        return;
    }
    buf_char(out, '"');
    for (const char *p = text; *p; p++) {
        if (*p == '"')
            buf_char(out, '"');
        buf_char(out, *p);
    }
    buf_char(out, '"');
}

/* One of ours, which needs no quotes. */
static void csv_word(const char *word, struct buf *out)
{
    buf_char(out, ',');
    buf_str(out, word);
}

static void csv_number(double v, struct buf *out)
{
    buf_char(out, ',');
    if (isfinite(v))
        buf_double(out, v);
}

static void csv_figure(const struct county_result *r, const struct stage_result *stage,
                       const char *id, const struct figure *f, bool has_mean,
                       struct buf *out)
{
    report_csv_text(r->data->county_code, out);
    csv_word(stage_id(stage->stage), out);
    buf_char(out, ',');
    report_csv_text(id, out);
    csv_number(has_mean ? f->mean : NAN, out);
    csv_number(has_mean ? f->sd : NAN, out);
    csv_number(f->cv, out);
    csv_number(f->limit, out);
    csv_word(outcome_id(f->outcome), out);
    csv_word(f->borderline ? "true\n" : "false\n", out);
}

void report_csv(const struct county_result *r, struct buf *out)
{
    for (size_t s = 0; s < r->n_stages; s++) {
        const struct stage_result *stage = &r->stages[s];
        for (size_t i = 0; i < r->standard->n_indicators; i++)
            csv_figure(r, stage, r->standard->indicators[i].id, &stage->figures[i], true,
                       out);
        csv_figure(r, stage, "composite", &stage->composite, false, out);
    }
}

/* ---- text --------------------------------------------------------------------------------- */

/* A cell of the table: text in a fixed place, cut between characters. */
struct cell {
    char text[CELL];
};

static void cell_add(struct cell *cell, const char *text)
{
    size_t len = strlen(cell->text);
    size_t n = utf8_cut(text, strlen(text), sizeof cell->text - 1 - len);
    memcpy(cell->text + len, text, n);
    cell->text[len + n] = '\0';
}

static void cell_count(struct cell *cell, double v)
{
    char text[NUM_TEXT];
    num_print(v, text);
    cell_add(cell, text);
}

static const char *mark(enum outcome outcome, const struct messages *m)
{
    switch (outcome) {
    case OUTCOME_PASS:
        return messages_phrase(m, "mark_pass");
    case OUTCOME_FAIL:
        return messages_phrase(m, "mark_fail");
    case OUTCOME_UNKNOWN:
    case OUTCOME_BROKEN:
        return messages_phrase(m, "mark_unknown");
    case OUTCOME_NONE:
        break;
    }
    return "";
}

/* "0.701  > 0.65  ✘", "≥ 0.250 (… 3)  ?" */
static struct cell figure_cell(const struct county_result *r, const struct figure *f,
                               const struct messages *m)
{
    struct cell cell = {""};
    char text[NUM_TEXT];
    bool bound = isnan(f->cv) && isfinite(f->bound);
    num_fixed(bound ? f->bound : f->cv, r->standard->rounding.cv, text);
    cell_add(&cell, bound ? messages_phrase(m, "at_least") : "");
    cell_add(&cell, text);
    if (f->n_missing) {
        cell_add(&cell, " (");
        cell_add(&cell, messages_phrase(m, "missing"));
        cell_count(&cell, (double)f->n_missing);
        cell_add(&cell, ")");
    }
    if (f->outcome == OUTCOME_NONE)
        return cell;
    if (f->outcome == OUTCOME_PASS || f->outcome == OUTCOME_FAIL) {
        cell_add(&cell, f->outcome == OUTCOME_PASS ? "  \u2264 " : "  > ");
        num_print(f->limit, text);
        cell_add(&cell, text);
    }
    cell_add(&cell, "  ");
    cell_add(&cell, mark(f->outcome, m));
    if (f->borderline)
        cell_add(&cell, messages_phrase(m, "borderline"));
    return cell;
}

static struct cell stage_head(const struct stage_result *stage, const struct messages *m)
{
    struct cell cell = {""};
    cell_add(&cell, messages_phrase(m, stage_id(stage->stage)));
    cell_add(&cell, " (");
    cell_count(&cell, (double)stage->n_units);
    cell_add(&cell, messages_phrase(m, "schools_unit"));
    cell_add(&cell, ", ");
    cell_count(&cell, stage->pupils);
    cell_add(&cell, messages_phrase(m, "pupils_unit"));
    cell_add(&cell, ")");
    return cell;
}

/* "25/27  ✘": schools that keep the school rule, of all. */
static struct cell school_cell(const struct stage_result *stage, const struct messages *m)
{
    struct cell cell = {""};
    size_t pass = 0;
    enum outcome all = OUTCOME_NONE;
    for (size_t i = 0; i < stage->n_units; i++) {
        pass += stage->units[i].outcome == OUTCOME_PASS;
        all = outcome_join(all, stage->units[i].outcome);
    }
    cell_count(&cell, (double)pass);
    cell_add(&cell, "/");
    cell_count(&cell, (double)stage->n_units);
    cell_add(&cell, "  ");
    cell_add(&cell, mark(all, m));
    return cell;
}

static bool add_row(struct table *t, const char *title, const struct cell *cells,
                    size_t n)
{
    const char *row[1 + STAGE_COUNT] = {title};
    for (size_t i = 0; i < n; i++)
        row[1 + i] = cells[i].text;
    return table_row(t, row) == 0;
}

static bool figure_rows(struct table *t, const struct county_result *r,
                        const struct messages *m)
{
    struct cell cells[STAGE_COUNT];
    bool good = true;
    for (size_t i = 0; i < r->standard->n_indicators; i++) {
        for (size_t s = 0; s < r->n_stages; s++)
            cells[s] = figure_cell(r, &r->stages[s].figures[i], m);
        good = good && add_row(t, r->standard->indicators[i].title, cells, r->n_stages);
    }
    for (size_t s = 0; s < r->n_stages; s++)
        cells[s] = figure_cell(r, &r->stages[s].composite, m);
    return good && add_row(t, messages_phrase(m, "composite"), cells, r->n_stages);
}

static bool school_row(struct table *t, const struct county_result *r,
                       const struct messages *m)
{
    struct cell cells[STAGE_COUNT];
    for (size_t s = 0; s < r->n_stages; s++)
        cells[s] = school_cell(&r->stages[s], m);
    return !r->standard->has_school_rule ||
           add_row(t, messages_phrase(m, "school_rule"), cells, r->n_stages);
}

static bool head_row(struct table *t, const struct county_result *r,
                     const struct messages *m)
{
    struct cell cells[STAGE_COUNT];
    for (size_t s = 0; s < r->n_stages; s++)
        cells[s] = stage_head(&r->stages[s], m);
    return add_row(t, "", cells, r->n_stages);
}

static void head_line(const struct county_result *r, const struct messages *m,
                      struct buf *out)
{
    char round[ROUND_TEXT];
    round_print(r->data->round, round);
    size_t start = out->len;
    buf_fmt(out, "%s %s   %s   %s", r->data->county_name, r->data->county_code, round,
            r->standard->id);
    size_t width = out->failed ? 0 : utf8_width(out->p + start, out->len - start);
    do
        buf_char(out, ' ');
    while (++width < TITLE_WIDTH + 3);
    buf_str(out, messages_phrase(m, outcome_id(r->outcome)));
    if (!r->complete)
        buf_fmt(out, " (%s)", messages_phrase(m, "incomplete"));
    buf_char(out, '\n');
}

/* Of several files a line alone says nothing. */
static void missing_place(const struct county_result *r, const struct figure_missing *x,
                          const struct messages *m, struct buf *out)
{
    uint16_t file = r->data->schools[x->school].file;
    bool several = r->data->n_files > 1 && file < r->data->n_files;
    if (!x->line && !several)
        return;
    buf_fmt(out, " (%s", several ? r->data->files[file].name : "");
    if (x->line)
        buf_fmt(out, "%s%s %u", several ? ", " : "", messages_phrase(m, "line"), x->line);
    buf_char(out, ')');
}

/* The first few cells that are missing, so that a person knows where to look. */
static void missing_lines(const struct county_result *r, const struct messages *m,
                          struct buf *out)
{
    size_t shown = 0;
    for (size_t s = 0; s < r->n_stages; s++) {
        for (size_t i = 0; i < r->standard->n_indicators; i++) {
            const struct figure *f = &r->stages[s].figures[i];
            for (size_t k = 0; k < f->n_missing && shown < MISSING_LINES; k++, shown++) {
                const struct figure_missing *x = &f->missing[k];
                const struct school *school = &r->data->schools[x->school];
                buf_fmt(out, "%s%s %s %s: %s", messages_phrase(m, "missing"),
                        school->code, school->name, field_id(x->field), x->reason);
                missing_place(r, x, m, out);
                buf_char(out, '\n');
            }
        }
    }
}

/* A milder rule is told beside the verdict that it made possible. */
static void relaxation_lines(const struct county_result *r, const struct messages *m,
                             struct buf *out)
{
    for (size_t i = 0; i < r->n_relaxed && i < RELAXED_LINES; i++) {
        const struct relaxed *x = &r->relaxed[i];
        const struct school *school = &r->data->schools[x->school];
        const struct relaxation *of = x->relaxation;
        buf_fmt(out, "%s %s %s %s%s%s: %s\n", messages_phrase(m, "relaxation"), of->id,
                school->code, school->name, x->stage == STAGE_NONE ? "" : " ",
                x->stage == STAGE_NONE ? "" : messages_phrase(m, stage_id(x->stage)),
                of->indicator >= 0 ? r->standard->indicators[of->indicator].title
                                   : r->standard->items[of->item].title);
    }
    if (r->n_relaxed > RELAXED_LINES)
        buf_fmt(out, "%s %s %zu\n", messages_phrase(m, "relaxation"),
                messages_phrase(m, "and_more"), r->n_relaxed - RELAXED_LINES);
    for (size_t i = 0; i < r->n_duties; i++) {
        char date[DATE_TEXT];
        date_print(r->duties[i].until, date);
        buf_fmt(out, "%s %s: %s%s\n", messages_phrase(m, "duty"),
                r->duties[i].relaxation->id, date, messages_phrase(m, "before"));
    }
}

void report_text(const struct county_result *r, const struct messages *m, struct buf *out)
{
    head_line(r, m, out);
    struct table *t = table_new(1 + r->n_stages, NULL);
    if (t && head_row(t, r, m) && figure_rows(t, r, m) && school_row(t, r, m))
        table_print(t, 0, out);
    else
        out->failed = true; /* half a table is worse than none */
    table_free(t);
    relaxation_lines(r, m, out);
    missing_lines(r, m, out);
    if (r->items.n)
        report_items(r, m, out);
    report_findings(r, m, out);
}
