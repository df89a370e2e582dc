/* SPDX-License-Identifier: Apache-2.0 */
/* An inspection for people: aligned tables, the longest texts cut. */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "ctl/inspect.h"
#include "render/table.h"

enum { SHOWN = 32, TOLD_MAX = 8, SAMPLES = 3 };

/* A text of at most SHOWN bytes, dots where something is missing. */
static const char *cut(const char *text, char out[SHOWN + 4])
{
    size_t len = strlen(text), keep = utf8_cut(text, len, SHOWN);
    memcpy(out, text, keep);
    memcpy(out + keep, keep < len ? "..." : "", keep < len ? 4 : 1);
    return out;
}

static void print_file(const struct inspection *in, struct buf *out)
{
    char round[ROUND_TEXT] = "not said";
    if (in->result.round.year)
        round_print(in->result.round, round);
    buf_fmt(out, "file       %s\n", in->name);
    buf_fmt(out, "format     %s%s%s, %zu bytes, SHA-256 %.12s...\n", in->format,
            *in->encoding ? ", " : "", in->encoding, in->bytes, in->sha256);
    if (!in->refused.code)
        buf_fmt(out, "round      %s\n", round);
    if (in->columns.header_line && in->columns.n)
        buf_fmt(out, "header     line %u, %zu columns\n", in->columns.header_line,
                in->columns.n);
    buf_fmt(out, "rows       %zu%s\n", in->rows,
            in->refused.code ? " before the refusal" : "");
    if (in->result.n)
        buf_fmt(out, "counties   %zu, %s to %s\n", in->result.n,
                in->result.datasets[0]->county_code,
                in->result.datasets[in->result.n - 1]->county_code);
}

static const char *use_of(const struct intake_heading *h)
{
    return h->id ? h->id : h->use == INTAKE_KEPT ? "?" : "-";
}

static void print_columns(const struct inspection *in, struct buf *out)
{
    static const enum table_align ALIGN[] = {TABLE_RIGHT, TABLE_LEFT, TABLE_LEFT,
                                             TABLE_LEFT, TABLE_LEFT};
    struct table *t = in->columns.n ? table_new(5, ALIGN) : NULL;
    if (!t)
        return;
    for (size_t i = 0; i < in->columns.n; i++) {
        const struct intake_heading *h = &in->columns.headings[i];
        char number[24], header[SHOWN + 4], sample[SHOWN + 4], note[256] = "";
        snprintf(number, sizeof number, "%zu", i + 1);
        if (h->use == INTAKE_KEPT && h->nearest)
            snprintf(note, sizeof note, "did you mean %s (%s)?", h->nearest,
                     h->meaning ? h->meaning : "");
        else if (h->use == INTAKE_VALUE)
            snprintf(note, sizeof note, "values of an indicator");
        bool there = in->n_first && i < in->first[0].n;
        const char *cells[] = {number, cut(h->header, header), use_of(h),
                               cut(there ? in->first[0].cells[i] : "", sample), note};
        table_row(t, cells);
    }
    buf_fmt(out, "\ncolumns: number, header, read as, first value\n");
    table_print(t, 2, out);
    table_free(t);
}

static void print_first(const struct inspection *in, struct buf *out)
{
    char cell[SHOWN + 4];
    if (in->n_first)
        buf_fmt(out, "\nfirst rows\n");
    for (size_t i = 0; i < in->n_first; i++) {
        const struct inspect_row *row = &in->first[i];
        buf_fmt(out, "  %u:", row->line);
        for (size_t k = 0; k < row->n; k++)
            buf_fmt(out, " %s%s", cut(row->cells[k], cell), k + 1 < row->n ? " |" : "");
        buf_char(out, '\n');
    }
}

static void print_standards(const struct inspection *in, struct buf *out)
{
    buf_fmt(out, "\nfigures that the columns are enough for\n");
    for (size_t i = 0; i < in->n_standards; i++) {
        const struct inspect_standard *s = &in->standards[i];
        buf_fmt(out, "  %s: %zu of %zu", s->standard->id, s->able,
                s->standard->n_indicators);
        for (size_t k = 0; k < s->n_lack; k++)
            buf_fmt(out, "%s%s", k ? ", " : "; no column of ", s->lack[k]);
        buf_char(out, '\n');
    }
}

/* ---- what was found -------------------------------------------------------------------- */

static void print_rejected(const struct inspection *in, struct buf *out)
{
    char value[SHOWN + 4];
    size_t n = in->result.n_rejected;
    if (in->result.rejected_total)
        buf_fmt(out, "\nrefused cells and rows: %zu\n", in->result.rejected_total);
    for (size_t i = 0; i < n && i < TOLD_MAX; i++) {
        const struct rejected *r = &in->result.rejected[i];
        buf_fmt(out, "  %u:%u: %s \"%s\": %s%s\n", r->line, r->col, r->column,
                cut(r->value, value), r->reason, r->row ? " (row dropped)" : "");
    }
    if (in->result.rejected_total > TOLD_MAX)
        buf_fmt(out, "  and %zu more\n", in->result.rejected_total - TOLD_MAX);
}

static bool first_of_code(const struct finding *list, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (!strcmp(list[k].code, list[i].code))
            return false;
    return true;
}

static void print_findings(const struct inspection *in, struct buf *out)
{
    const struct finding *list = in->result.findings;
    size_t n = in->result.n_findings;
    if (n)
        buf_fmt(out, "\nfindings: %zu\n", n);
    for (size_t i = 0; i < n; i++) {
        size_t same = 1, told = 0;
        if (!first_of_code(list, i))
            continue;
        for (size_t k = i + 1; k < n; k++)
            same += !strcmp(list[k].code, list[i].code);
        buf_fmt(out, "  %s (%s): %zu\n", list[i].code, list[i].severity, same);
        for (size_t k = i; k < n && told < SAMPLES; k++) {
            if (strcmp(list[k].code, list[i].code) != 0)
                continue;
            told++;
            buf_fmt(out, "    line %u%s%s: %s\n", list[k].line,
                    *list[k].school ? ", school " : "", list[k].school, list[k].text);
        }
    }
}

void inspect_text(const struct inspection *in, struct buf *out)
{
    print_file(in, out);
    print_columns(in, out);
    print_first(in, out);
    print_standards(in, out);
    print_rejected(in, out);
    print_findings(in, out);
    if (in->refused.code)
        buf_fmt(out, "\nrefused: %s\n", in->refused.text);
    buf_fmt(out, "\nfor junheng.yaml\n\n");
    inspect_source(in, out);
}
