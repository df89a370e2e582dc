/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/given.h"

#include <math.h>
#include <string.h>

#include "eval/split.h"
#include "model/alias.h"

enum { TITLE_MAX = 512 };

static bool same(const char *a, const char *b, size_t len)
{
    return a && strlen(a) == len && memcmp(a, b, len) == 0;
}

static enum field_unit unit_of(const struct indicator *ind)
{
    return ind->n_terms ? field_unit(ind->terms[0].field) : UNIT_NONE;
}

static bool in_its_unit(const struct extra_column *x, const struct indicator *ind)
{
    return !x->factor || x->unit == UNIT_NONE || x->unit == unit_of(ind);
}

struct given given_find(const struct dataset *ds, const struct indicator *ind)
{
    char title[TITLE_MAX];
    size_t len = 0;
    struct given given = {0};
    if (ds->n_extra && (!ind->title || alias_fold(ind->title, strlen(ind->title), title,
                                                  TITLE_MAX, &len)))
        len = 0;
    for (size_t i = 0; i < ds->n_extra && !given.values; i++) {
        const struct extra_column *x = &ds->extra[i];
        bool is = strcmp(x->header, ind->id) == 0 ||
                  same(x->stem, ind->id, strlen(ind->id)) ||
                  same(x->indicator, ind->id, strlen(ind->id)) ||
                  (len && (same(x->stem, title, len) || same(x->folded, title, len)));
        if (is && in_its_unit(x, ind))
            given = (struct given){x->values, x->factor ? x->factor : 1, NULL};
        else if (is)
            given.odd = x;
    }
    return given;
}

double given_value(const struct population *p, const struct given *g, size_t row)
{
    if (!g->values || (p->data->schools[row].stage == STAGE_NONE &&
                       split_share(p->data, row, p->stage) != 1))
        return NAN;
    return g->values[row] * g->factor;
}

/* s NULL: of all schools. Findings are a help, no duty: memory may be short. */
static void add(struct given_findings *f, const char *code, const struct school *s,
                const char *text)
{
    if (text)
        f->list[f->n++] = (struct finding){.code = code,
                                           .severity = "warning",
                                           .county = f->p->data->county_code,
                                           .school = s ? s->code : "",
                                           .campus = s ? s->campus : "",
                                           .file = s ? s->file : 0,
                                           .line = s ? s->line : 0,
                                           .text = text};
}

bool given_far(const struct population *p, const struct given *g, size_t row, double raw)
{
    double half = 0.5 * pow(10, -(double)p->standard->rounding.value) * g->factor;
    return fabs(raw - given_value(p, g, row)) > half + 1e-9 * fabs(raw);
}

void given_differs(struct given_findings *f, const struct indicator *ind,
                   const struct given *g, size_t row, double raw, size_t count)
{
    if (count < GIVEN_LISTED)
        add(f, "value_mismatch", &f->p->data->schools[row],
            arena_fmt(
                f->arena,
                "%s is given as %.10g, but the raw amounts give %.10g, which is taken",
                ind->id, given_value(f->p, g, row), raw));
}

void given_total(struct given_findings *f, const struct indicator *ind,
                 const struct given *g, size_t count)
{
    if (g->odd)
        add(f, "unit_unknown", NULL,
            arena_fmt(f->arena,
                      "column \"%s\" is not read as %s: its unit is one of %s, and the "
                      "indicator's are of %s",
                      g->odd->header, ind->id, field_unit_id(g->odd->unit),
                      field_unit_id(unit_of(ind))));
    if (count > GIVEN_LISTED)
        add(f, "value_mismatch", NULL,
            arena_fmt(f->arena,
                      "%s: given values and raw amounts differ at %zu schools in all",
                      ind->id, count));
}
