/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What becomes of a finding: told, or what it doubts is taken out of the data, as if the cell
 * had not been there. A doubt about pupils, a school or the county as a whole cannot be laid to
 * one figure: then the county cannot pass, as with a row that was dropped.
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "model/intake_internal.h"

/* "12 10": what a person accepts; other figures are another finding. */
static const char *value_text(struct intake *in, const struct intake_doubt *d)
{
    char text[2 * NUM_TEXT + 2] = "";
    size_t n = 0;
    for (size_t i = 0; i < 2 && !isnan(d->value[i]); i++) {
        char number[NUM_TEXT];
        num_print(d->value[i], number);
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%s", i ? " " : "", number);
    }
    return intake_text(in, (struct jh_slice){text, n}, sizeof text);
}

static bool is_pupils(enum field f)
{
    return f == FIELD_pupils_preschool || f == FIELD_pupils_primary ||
           f == FIELD_pupils_junior || f == FIELD_pupils_senior;
}

static void add_block(const struct intake_check *c, enum doubt check, size_t row,
                      enum field f)
{
    struct intake *in = c->in;
    if (INTAKE_ROOM(in, in->blocks, in->cap_blocks, in->n_blocks + 1))
        c->ds->doubts++; /* no memory for the cell: the county answers for it */
    else
        in->blocks[in->n_blocks++] = (struct intake_block){row, f, check};
}

static void block(const struct intake_check *c, const struct intake_doubt *d)
{
    bool any = false;
    for (size_t i = 0; i < 2 && d->row != INTAKE_NO_ROW; i++) {
        if (d->cells[i] == FIELD_NONE || is_pupils(d->cells[i]))
            continue;
        add_block(c, d->check, d->row, d->cells[i]);
        any = true;
    }
    c->ds->doubts += !any;
}

void intake_doubt(const struct intake_check *c, const struct intake_doubt *doubt,
                  const char *fmt, ...)
{
    struct intake *in = c->in;
    const struct school *s = doubt->school;
    const char *code = doubt_id(doubt->check), *severity = doubt_severity(doubt->check);
    bool row = s && doubt->row != INTAKE_NO_ROW;
    struct intake_what w = {c->county, s ? s->code : NULL, s ? s->campus : NULL,
                            row ? s->file : 0, row ? s->line : 0};
    struct finding f = {.code = code,
                        .severity = severity,
                        .county = c->ds->county_code,
                        .school = s ? s->code : "",
                        .campus = s ? s->campus : "",
                        .file = w.file,
                        .line = w.line,
                        .text = "",
                        .value = value_text(in, doubt)};
    char text[512];
    va_list ap;
    if (doubt->cells[0] != FIELD_NONE)
        f.field = field_id(doubt->cells[0]);
    if (in->policy)
        f.policy = in->policy(in->policy_arg, in->round, doubt->check, &f);
    if (f.policy == DOUBT_BLOCK)
        block(c, doubt);
    if (f.policy == DOUBT_OFF)
        return;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    size_t n = in->n_findings;
    intake_find(in, &w, code, severity, "%s", text);
    if (in->n_findings == n)
        return; /* there are too many: only counted by what they block */
    in->findings[n].field = f.field;
    in->findings[n].value = f.value;
    in->findings[n].policy = f.policy;
}

/* ---- what was blocked ---------------------------------------------------------------------- */

static int by_cell(const void *a, const void *b)
{
    const struct missing *x = a, *y = b;
    if (x->school != y->school)
        return x->school < y->school ? -1 : 1;
    return x->field < y->field ? -1 : x->field > y->field;
}

static const char *reason(struct intake *in, enum doubt check)
{
    char text[64];
    int n = snprintf(text, sizeof text, "blocked: %s", doubt_id(check));
    return intake_text(in, (struct jh_slice){text, (size_t)n}, sizeof text);
}

static void take_out(const struct intake_check *c, const struct intake_block *b,
                     struct missing *list, size_t *n)
{
    const struct school *s = &c->ds->schools[b->row];
    double *cell = &((double *)c->ds->col[b->field])[b->row];
    char text[NUM_TEXT];
    if (isnan(*cell))
        return; /* another check blocks it too */
    num_print(*cell, text);
    const char *value =
        intake_text(c->in, (struct jh_slice){text, strlen(text)}, sizeof text);
    const char *why = reason(c->in, b->check);
    list[(*n)++] = (struct missing){.school = (uint32_t)b->row,
                                    .field = b->field,
                                    .line = s->line,
                                    .why = MISSING_BLOCKED,
                                    .value = value,
                                    .reason = why};
    *cell = NAN;
}

/* The list keeps its order, by which cells are found. */
int intake_block(const struct intake_check *c)
{
    struct intake *in = c->in;
    struct dataset *ds = c->ds;
    size_t n = ds->n_missing;
    if (!in->n_blocks)
        return 0;
    struct missing *list = arena_array(in->arena, n + in->n_blocks, sizeof *list);
    if (!list)
        return JH_ENOMEM;
    if (n)
        memcpy(list, ds->missing, n * sizeof *list);
    for (size_t i = 0; i < in->n_blocks; i++)
        take_out(c, &in->blocks[i], list, &n);
    qsort(list, n, sizeof *list, by_cell);
    ds->missing = list;
    ds->n_missing = n;
    return 0;
}
