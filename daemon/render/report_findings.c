/* SPDX-License-Identifier: Apache-2.0 */
#include "render/report_findings.h"

#include <string.h>

enum { CODES_MAX = 32, SHOWN = 5, KEY = 64 };

/* Of the data, of what the standard shows of them, of what the county reports. */
struct lists {
    const struct county_result *r;
    const struct finding *of[3];
    size_t n[3];
};

struct tally {
    const char *code;
    size_t n;
};

static bool is_warning(const struct finding *x)
{
    return strcmp(x->severity, "warning") == 0;
}

/* "finding_teachers_zero" or, where nobody gave it words, the code. */
static const char *title(const char *code, const struct messages *m)
{
    char key[KEY];
    snprintf(key, sizeof key, "finding_%s", code);
    const char *words = messages_phrase(m, key);
    return words == key ? code : words;
}

static size_t count(struct tally tally[CODES_MAX], size_t n, const struct finding *x)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(tally[i].code, x->code) == 0) {
            tally[i].n++;
            return n;
        }
    }
    if (n < CODES_MAX)
        tally[n++] = (struct tally){x->code, 1};
    return n;
}

/* "疑点 7 处: 举办者类型为空 5, 教师数为零 2": warnings first. */
static void count_line(const struct lists *l, const struct messages *m, struct buf *out)
{
    struct tally tally[CODES_MAX];
    size_t n = 0, all = 0;
    for (int notice = 0; notice < 2; notice++)
        for (int k = 0; k < 3; k++)
            for (size_t i = 0; i < l->n[k]; i++)
                if (is_warning(&l->of[k][i]) == !notice) {
                    n = count(tally, n, &l->of[k][i]);
                    all++;
                }
    buf_fmt(out, "%s %zu%s:", messages_phrase(m, "findings"), all,
            messages_phrase(m, "findings_unit"));
    for (size_t i = 0; i < n; i++)
        buf_fmt(out, "%s %s %zu", i ? "," : "", title(tally[i].code, m), tally[i].n);
    buf_char(out, '\n');
}

static const char *school_name(const struct dataset *data, const struct finding *x)
{
    for (size_t i = 0; *x->school && i < data->n; i++)
        if (strcmp(data->schools[i].code, x->school) == 0)
            return data->schools[i].name;
    return "";
}

/* The line of its file, which of several is named; reports are a file of their own. */
static void place(const struct lists *l, int k, const struct finding *x,
                  const struct messages *m, struct buf *out)
{
    const struct dataset *data = l->r->data;
    if (!x->line)
        return;
    buf_str(out, " (");
    if (k == 2)
        buf_fmt(out, "%s, ", messages_phrase(m, "findings_reported"));
    else if (data->n_files > 1 && x->file < data->n_files)
        buf_fmt(out, "%s, ", data->files[x->file].name);
    buf_fmt(out, "%s %u)", messages_phrase(m, "line"), x->line);
}

static void finding_line(const struct lists *l, int k, const struct finding *x,
                         const struct messages *m, struct buf *out)
{
    const char *name = school_name(l->r->data, x);
    buf_fmt(out, "  %s:", title(x->code, m));
    if (*x->school)
        buf_fmt(out, " %s%s%s%s%s:", x->school, *x->campus ? "/" : "", x->campus,
                *name ? " " : "", name);
    buf_fmt(out, " %s", x->text);
    place(l, k, x, m, out);
    buf_char(out, '\n');
}

void report_findings(const struct county_result *r, const struct messages *m,
                     struct buf *out)
{
    const struct lists l = {r,
                            {r->data->findings, r->findings, r->items.findings},
                            {r->data->n_findings, r->n_findings, r->items.n_findings}};
    size_t all = l.n[0] + l.n[1] + l.n[2], shown = 0;
    if (!all)
        return;
    count_line(&l, m, out);
    for (int notice = 0; notice < 2; notice++)
        for (int k = 0; k < 3; k++)
            for (size_t i = 0; i < l.n[k] && shown < SHOWN; i++)
                if (is_warning(&l.of[k][i]) == !notice) {
                    finding_line(&l, k, &l.of[k][i], m, out);
                    shown++;
                }
    if (all > shown)
        buf_fmt(out, "  %s %zu%s\n", messages_phrase(m, "and_more"), all - shown,
                messages_phrase(m, "findings_unit"));
}
