/* SPDX-License-Identifier: Apache-2.0 */
#include "render/rows.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"

enum { WORDS = 400, DECIMALS = 9 };

struct writer {
    struct buf *to;
    size_t n; /* rows so far */
};

static void open_row(struct writer *w, struct round round, const char *county)
{
    char text[ROUND_TEXT];
    round_print(round, text);
    buf_fmt(w->to, "%s{\"round\":\"%s\",\"county_code\":", w->n++ ? "," : "", text);
    buf_json(w->to, county);
}

static void put_text(struct writer *w, const char *name, const char *value)
{
    if (!*value)
        return;
    buf_char(w->to, ',');
    buf_json(w->to, name);
    buf_char(w->to, ':');
    buf_json(w->to, value);
}

/* Readers take no exponents: what is that small is written out. */
static void put_number(struct writer *w, const char *name, double value)
{
    char text[NUM_TEXT];
    num_print(value, text);
    if (strchr(text, 'e'))
        snprintf(text, sizeof text, "%.*f", 2 * DECIMALS, value);
    buf_char(w->to, ',');
    buf_json(w->to, name);
    buf_fmt(w->to, ":%s", text); /* null where it is missing */
}

static void put_small(struct writer *w, const char *name, int value)
{
    buf_fmt(w->to, ",\"%s\":%d", name, value);
}

/* ---- schools ----------------------------------------------------------------------------- */

static void put_school(struct writer *w, const struct dataset *ds, const struct school *s)
{
    if (strcmp(ds->county_name, ds->county_code) != 0)
        put_text(w, text_field_id(TEXT_COUNTY_NAME), ds->county_name);
    put_text(w, text_field_id(TEXT_SCHOOL_CODE), s->code);
    put_text(w, text_field_id(TEXT_SCHOOL_NAME), s->name);
    put_text(w, text_field_id(TEXT_CAMPUS), s->campus);
    put_text(w, text_field_id(TEXT_PARENT_CODE), s->parent_code);
    put_text(w, text_field_id(TEXT_KIND), kind_id((enum kind)s->kind));
    if (s->stage != STAGE_NONE)
        put_text(w, text_field_id(TEXT_STAGE), stage_id((enum stage)s->stage));
    put_small(w, text_field_id(TEXT_OWNER), s->owner);
    put_text(w, text_field_id(TEXT_SETTING), setting_id((enum setting)s->setting));
    if (s->built_year)
        put_small(w, text_field_id(TEXT_BUILT_YEAR), s->built_year);
    if (s->boarding >= 0)
        put_small(w, text_field_id(TEXT_BOARDING), s->boarding);
    if (s->dense_centre >= 0)
        put_small(w, text_field_id(TEXT_DENSE_CENTRE), s->dense_centre);
}

/* What a level below said stays there, and so does what the level above cannot read. */
static bool stays_here(const struct rows_beside *beside, const char *header)
{
    if (strnlen(header, ROWS_HEADER + 1) > ROWS_HEADER)
        return true;
    for (size_t i = 0; i < beside->n_marks; i++)
        if (strcmp(beside->marks[i].header, header) == 0)
            return true;
    return strncmp(header, ROWS_VERDICT, sizeof ROWS_VERDICT - 1) == 0;
}

static void put_row(struct writer *w, const struct dataset *ds, size_t i,
                    const struct rows_beside *beside)
{
    open_row(w, ds->round, ds->county_code);
    put_school(w, ds, &ds->schools[i]);
    for (size_t f = 0; f < FIELD_COUNT; f++)
        if (ds->col[f])
            put_number(w, field_id((enum field)f), ds->col[f][i]);
    for (size_t e = 0; e < ds->n_extra; e++)
        if (!stays_here(beside, ds->extra[e].header))
            put_number(w, ds->extra[e].header, ds->extra[e].values[i]);
    for (size_t m = 0; m < beside->n_marks; m++)
        put_number(w, beside->marks[m].header, beside->marks[m].value);
    buf_char(w->to, '}');
}

/*
 * Its kind is none, and says why: a reader must drop the row, and lists it with those words. It
 * may be the county's only row, and one without pupils would be no table of schools.
 */
static void put_dropped(struct writer *w, struct round round, const char *county,
                        const char *school, const char *why)
{
    open_row(w, round, county);
    put_text(w, text_field_id(TEXT_SCHOOL_CODE), *school ? school : "?");
    put_text(w, text_field_id(TEXT_KIND), why);
    put_number(w, field_id(FIELD_pupils_primary), NAN);
    put_number(w, field_id(FIELD_pupils_junior), NAN);
    buf_char(w->to, '}');
}

static void put_rejected(struct writer *w, const struct dataset *ds,
                         const struct rejected *r)
{
    char why[WORDS];
    snprintf(why, sizeof why, "dropped below: %s %s, line %u", r->column, r->reason,
             r->line);
    put_dropped(w, ds->round, ds->county_code, r->school, why);
}

void rows_schools(struct buf *to, struct round round, const char *county,
                  const struct dataset *ds, const struct rows_beside *beside,
                  size_t *ret_n)
{
    struct writer w = {.to = to};
    size_t told = 0;
    for (size_t i = 0; ds && i < ds->n; i++)
        put_row(&w, ds, i, beside);
    for (size_t i = 0; ds && i < ds->n_rejected && told < ds->rows_dropped; i++) {
        if (!ds->rejected[i].row)
            continue;
        put_rejected(&w, ds, &ds->rejected[i]);
        told++;
    }
    if (ds && told < ds->rows_dropped)
        put_dropped(&w, round, county, "", "dropped below: rows that are not listed");
    if (beside->incomplete)
        put_dropped(&w, round, county, "", beside->incomplete);
    *ret_n = w.n;
}

/* ---- what counties report ---------------------------------------------------------------- */

void rows_reported(struct buf *to, struct round round, const struct county_data *data,
                   size_t *ret_n)
{
    struct writer w = {.to = to};
    for (size_t i = 0; i < data->n; i++) {
        const struct county_value *v = &data->values[i];
        open_row(&w, round, data->county_code);
        put_text(&w, "item", v->item);
        if (v->what == COUNTY_NUMBER)
            put_number(&w, "value", v->number);
        else /* one that is of no use here is of none there: it is reported, and bad */
            put_text(&w, "value", county_what_id(v->what));
        put_text(&w, "unit", v->percent ? "%" : "");
        put_text(&w, "evidence", v->evidence);
        buf_char(to, '}');
    }
    *ret_n = w.n;
}
