/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/make.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tap/tap.h"

static struct decimal decimal(const char *text)
{
    struct decimal d;
    if (decimal_parse(text, strlen(text), &d))
        bail("a limit that is no number");
    return d;
}

void make_init(struct make *m)
{
    *m = (struct make){.arena = arena_new(64 << 20)};
    if (!m->arena)
        bail("no memory");
    m->data = (struct dataset){.round = {2025, 0},
                               .county_code = "340103",
                               .county_name = "",
                               .schools = m->schools,
                               .missing = m->missing,
                               .parts_complete = true};
    m->standard = (struct standard){.id = "test",
                                    .rounding = {2, 3, false},
                                    .coverage = 1,
                                    .vanished_max = 0.05,
                                    .has_stage = {true, true}};
    make_limits(m, CV_EACH, "0.50", "0.45");
    make_set(m, 0, FIELD_pupils_primary,
             NAN); /* the columns of pupils are always there */
    make_set(m, 0, FIELD_pupils_junior, NAN);
}

void make_done(struct make *m)
{
    arena_free(m->arena);
}

void make_set(struct make *m, size_t row, enum field field, double v)
{
    if (!m->data.col[field]) {
        for (size_t i = 0; i < MAKE_ROWS; i++)
            m->col[field][i] = NAN;
        m->data.col[field] = m->col[field];
    }
    m->col[field][row] = v;
}

size_t make_school(struct make *m, enum kind kind, double primary, double junior,
                   double senior)
{
    size_t row = m->data.n++;
    if (row >= MAKE_ROWS)
        bail("too many rows");
    snprintf(m->codes[row], sizeof m->codes[row], "21340%05zu", row + 1);
    m->schools[row] = (struct school){.code = m->codes[row],
                                      .campus = "",
                                      .name = "",
                                      .parent_code = "",
                                      .kind = (uint8_t)kind,
                                      .owner = OWNER_DEFAULT,
                                      .stage = STAGE_NONE,
                                      .line = (uint32_t)row + 2};
    make_set(m, row, FIELD_pupils_primary, primary);
    make_set(m, row, FIELD_pupils_junior, junior);
    if (!isnan(senior))
        make_set(m, row, FIELD_pupils_senior, senior);
    return row;
}

void make_missing(struct make *m, size_t row, enum field field, enum missing_reason why)
{
    size_t at = m->data.n_missing++;
    if (at >= MAKE_CELLS)
        bail("too many missing cells");
    make_set(m, row, field, NAN);
    struct missing cell = {.school = (uint32_t)row,
                           .field = field,
                           .line = m->schools[row].line,
                           .col = 1 + (uint32_t)field,
                           .why = why,
                           .value = "",
                           .reason = why == MISSING_EMPTY ? "empty" : "not a number"};
    for (; at && (m->missing[at - 1].school > row ||
                  (m->missing[at - 1].school == row && m->missing[at - 1].field > field));
         at--)
        m->missing[at] = m->missing[at - 1];
    m->missing[at] = cell;
}

void make_term(struct make *m, size_t indicator, const char *field, int sign)
{
    struct indicator *ind = &m->standard.indicators[indicator];
    size_t t = ind->n_terms++;
    ind->terms[t].sign = sign;
    ind->terms[t].field = field_family(field, strlen(field), &ind->terms[t].staged);
    if (ind->terms[t].field == FIELD_NONE)
        bail("no such field");
}

size_t make_indicator(struct make *m, const char *id, const char *numerator, int per,
                      bool split)
{
    size_t k = m->standard.n_indicators++;
    struct indicator *ind = &m->standard.indicators[k];
    *ind =
        (struct indicator){.id = id, .title = id, .unit = "", .per = per, .split = split};
    make_term(m, k, numerator, 1);
    return k;
}

void make_min(struct make *m, size_t indicator, const char *primary, const char *junior)
{
    struct indicator *ind = &m->standard.indicators[indicator];
    ind->has_min[STAGE_PRIMARY] = ind->has_min[STAGE_JUNIOR] = true;
    ind->min[STAGE_PRIMARY] = decimal(primary);
    ind->min[STAGE_JUNIOR] = decimal(junior);
}

void make_limits(struct make *m, enum cv_applies applies, const char *primary,
                 const char *junior)
{
    m->standard.applies = applies;
    m->standard.limit[STAGE_PRIMARY] = decimal(primary);
    m->standard.limit[STAGE_JUNIOR] = decimal(junior);
}

void make_school_rule(struct make *m, int at_least, const char *floor)
{
    m->standard.has_school_rule = true;
    m->standard.at_least = at_least;
    m->standard.floor = decimal(floor);
}

const struct stage_result *make_eval(struct make *m, enum stage stage)
{
    arena_reset(m->arena);
    if (eval_county(&m->standard, &m->data, &m->options, m->arena, &m->result))
        bail("eval_county failed");
    for (size_t i = 0; i < m->result.n_stages; i++) {
        if (m->result.stages[i].stage == stage)
            return &m->result.stages[i];
    }
    return NULL;
}
