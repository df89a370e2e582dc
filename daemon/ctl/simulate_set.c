/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/simulate_set.h"

#include <math.h>
#include <string.h>

#include "conf/option.h"
#include "model/cell.h"

enum { NAMED_MAX = 8 };

/* One --set being understood. */
struct reading {
    struct given *g;
    const char *text;
    const char *school, *campus; /* campus: NULL = not said */
    struct alias_hit field;
    double value;
};

static int refuse(const struct reading *r, const char *why, const char *what,
                  const char *more)
{
    struct jh_err err;
    err_set(&err, JH_EINVAL, "--set %s: %s%s%s%s%s", r->text, why, what ? " \"" : "",
            what ? what : "", what ? "\"" : "", more);
    return command_fail(COMMAND_REFUSED, &err);
}

/* ---- the three parts ----------------------------------------------------------------------- */

static int read_value(struct reading *r, const char *text)
{
    const char *reason = "";
    switch (cell_number(text, strlen(text), r->field.factor, &r->value, &reason)) {
    case CELL_NUMBER:
        return 0;
    case CELL_EMPTY:
        return refuse(r, "no value: say how much there would be, 0 for none", NULL, "");
    case CELL_BAD:
        break;
    }
    return refuse(r, "the value", text,
                  " is no amount: a number of 0 or more is expected");
}

static int read_field(struct reading *r, const char *text)
{
    if (!alias_header(r->g->aliases, text, strlen(text), &r->field)) {
        const char *near = alias_suggest(r->g->aliases, text, strlen(text));
        char mean[OPTION_MEAN] = " (docs/data.md lists the fields)";
        if (near)
            option_mean(text, &near, 1, mean);
        return refuse(r, "unknown field", text, mean);
    }
    if (r->field.is_text)
        return refuse(r, "the field", text, " holds words: only amounts can be set");
    return 0;
}

static int read_parts(struct reading *r)
{
    char *copy = arena_str(r->g->arena, r->text);
    if (!copy)
        return given_no_memory();
    char *value = strrchr(copy, '=');
    if (value)
        *value++ = '\0';
    char *field = strrchr(copy, '.');
    if (!value || !field || field == copy)
        return command_usage("simulate",
                             "--set: expected SCHOOL[/CAMPUS].FIELD=VALUE, got \"%s\"",
                             r->text);
    *field++ = '\0';
    r->school = copy;
    int status = read_field(r, field);
    return status ? status : read_value(r, value);
}

/* ---- the row ------------------------------------------------------------------------------- */

/* The first row of a school's code; the others follow it. False: there is none. */
static bool find_school(const struct reading *r, size_t *ret_county, size_t *ret_row)
{
    const struct intake_result *now = &r->g->input.now;
    for (size_t c = 0; c < now->n; c++) {
        const struct dataset *ds = now->datasets[c];
        size_t low = 0, high = ds->n;
        while (low < high) {
            size_t mid = low + (high - low) / 2;
            if (strcmp(ds->schools[mid].code, r->school) < 0)
                low = mid + 1;
            else
                high = mid;
        }
        if (low == ds->n || strcmp(ds->schools[low].code, r->school) != 0)
            continue;
        *ret_county = c;
        *ret_row = low;
        return true;
    }
    return false;
}

/* The code of a school with that name, or the code nearest to a wrong one. */
static const char *nearest(const struct reading *r)
{
    const struct intake_result *now = &r->g->input.now;
    size_t all = 0, n = 0;
    for (size_t c = 0; c < now->n; c++)
        all += now->datasets[c]->n;
    const char **codes = arena_array(r->g->arena, all, sizeof *codes);
    for (size_t c = 0; codes && c < now->n; c++)
        for (size_t i = 0; i < now->datasets[c]->n; i++) {
            const struct school *s = &now->datasets[c]->schools[i];
            if (strcmp(s->name, r->school) == 0)
                return s->code;
            codes[n++] = s->code;
        }
    return codes ? option_suggest(r->school, codes, n) : NULL;
}

static int unknown_school(const struct reading *r)
{
    const char *near = nearest(r);
    char quoted[YAML_SHOW], more[OPTION_MEAN] = ": its code is expected";
    if (near)
        snprintf(more, sizeof more, " (did you mean %s?)", yaml_quote(near, quoted));
    return refuse(r, "no school has the code", r->school, more);
}

/* Is it the stage the row must be of? A row of all stages is of each. */
static bool stage_fits(const struct reading *r, const struct school *s)
{
    enum stage stage = STAGE_NONE;
    if (s->stage == STAGE_NONE || r->field.family)
        return true;
    return !field_staged(r->field.field, &stage, NULL) || stage == (enum stage)s->stage;
}

/* The campus is the one named; or the row's stage is, where a school has a row for each. */
static bool campus_fits(const struct reading *r, const struct school *s)
{
    return !r->campus || strcmp(s->campus, r->campus) == 0 ||
           (s->stage != STAGE_NONE &&
            strcmp(stage_id((enum stage)s->stage), r->campus) == 0);
}

/* The rows there are, for whoever must choose. */
static int choose(const struct reading *r, const struct dataset *ds, size_t first)
{
    struct buf list;
    buf_init(&list, 1024);
    size_t n = 0;
    for (size_t i = first;
         i < ds->n && strcmp(ds->schools[i].code, r->school) == 0 && n < NAMED_MAX; i++) {
        const struct school *s = &ds->schools[i];
        bool staged = s->stage != STAGE_NONE && !*s->campus;
        buf_fmt(&list, "%s%s/%s", n++ ? ", " : "", r->school,
                staged ? stage_id((enum stage)s->stage) : s->campus);
    }
    int status = refuse(r, r->campus ? "no campus" : "which row is meant? say one of",
                        r->campus, "");
    fprintf(stderr, "%s: there are: %s\n", COMMAND_PROGRAM, buf_text(&list));
    buf_done(&list);
    return status;
}

/* A family without a stage means the only stage that the row has. */
static int pick_field(const struct reading *r, const struct dataset *ds, size_t row,
                      enum field *ret)
{
    enum stage stage = (enum stage)ds->schools[row].stage;
    *ret = r->field.field;
    if (!r->field.family)
        return 0;
    if (stage == STAGE_NONE) {
        bool primary = dataset_value(ds, FIELD_pupils_primary, row) > 0;
        bool junior = dataset_value(ds, FIELD_pupils_junior, row) > 0;
        if (primary == junior)
            return refuse(r, "the school has both stages or none: say", NULL,
                          " the field with _primary or _junior");
        stage = primary ? STAGE_PRIMARY : STAGE_JUNIOR;
    }
    *ret += stage;
    return 0;
}

static int find_row(struct reading *r, struct simulate_set *ret)
{
    size_t first = 0, found = 0, n = 0;
    char *slash = strrchr(r->school, '/');
    if (!find_school(r, &ret->county, &first)) {
        if (!slash)
            return unknown_school(r);
        *slash = '\0';
        r->campus = slash + 1;
        if (!find_school(r, &ret->county, &first))
            return unknown_school(r);
    }
    const struct dataset *ds = r->g->input.now.datasets[ret->county];
    for (size_t i = first; i < ds->n && strcmp(ds->schools[i].code, r->school) == 0; i++)
        if (stage_fits(r, &ds->schools[i]) && campus_fits(r, &ds->schools[i])) {
            found = i;
            n++;
        }
    if (n != 1)
        return choose(r, ds, first);
    ret->cell.row = (uint32_t)found;
    ret->cell.value = r->value;
    return pick_field(r, ds, found, &ret->cell.field);
}

int simulate_set_read(struct given *g, const char *text, struct simulate_set *ret)
{
    struct reading r = {.g = g, .text = text, .school = ""};
    int status = read_parts(&r);
    return status ? status : find_row(&r, ret);
}
