/* SPDX-License-Identifier: Apache-2.0 */
/* What the columns of a file mean: the mapping first, then aliases, then defaults. */
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "model/intake_internal.h"

enum {
    NAME_MAX_SHOWN = 48,
    HEADER_BYTES = 512,                  /* of a folded header, as in alias.c */
    KEYS = TEXT_COUNT + 2 * FIELD_COUNT, /* text fields, columns, bare families */
    HELP_MAX = 700,
    UNITS_NAMED = 16,
};

/* What a header, or a mapping's target, stands for. */
struct target {
    bool is_text, family, extra;
    enum text_field text;
    enum field field;
    const char *name; /* of an extra column */
    double factor;
};

struct reader {
    struct intake *in;
    const struct jh_row *row;
    struct jh_err *err;
    bool *used;      /* headers that mean something */
    int taken[KEYS]; /* header that a field has, or -1 */
    bool by_mapping[KEYS];
    size_t max_slots;
};

/* A header as a person wrote it, short enough for a message. */
struct shown {
    int len;
    const char *p;
};

static struct shown show(const struct reader *r, size_t i)
{
    struct jh_slice s = cell_trim(r->row->cells[i].p, r->row->cells[i].len);
    return (struct shown){(int)utf8_cut(s.p, s.len, NAME_MAX_SHOWN), s.p};
}

static uint32_t col_of(const struct reader *r, size_t i)
{
    return jh_cell_col(r->row, &r->row->cells[i]);
}

static int key_of(const struct target *t)
{
    if (t->is_text)
        return (int)t->text;
    return TEXT_COUNT + (int)t->field + (t->family ? FIELD_COUNT : 0);
}

static const char *target_id(const struct target *t)
{
    return t->is_text  ? text_field_id(t->text)
           : t->extra  ? t->name
           : t->family ? field_family_id(t->field)
                       : field_id(t->field);
}

/* ---- taking fields ----------------------------------------------------------------------- */

static void find_unused(struct reader *r, size_t i, const char *code,
                        const char *severity, const char *why)
{
    struct intake_what what = {
        .county = INTAKE_COUNTY_NONE, .file = r->in->now.index, .line = r->row->line};
    struct shown s = show(r, i);
    intake_find(r->in, &what, code, severity, "column %zu \"%.*s\" is not read: %s",
                i + 1, s.len, s.p, why);
}

/* Extra columns are found again by their header, over all files. */
static int extra_dest(struct reader *r, const char *name, uint32_t *ret)
{
    struct intake *in = r->in;
    size_t i = 0;
    while (i < in->n_extra && strcmp(in->extra[i].header, name) != 0)
        i++;
    if (i == in->n_extra) {
        if (i == INTAKE_EXTRA_MAX)
            return intake_refuse(in, r->err, r->row->line, 1,
                                 "more than %d columns that are no field",
                                 INTAKE_EXTRA_MAX);
        struct intake_extra *extra = &in->extra[i];
        extra->header = arena_str(in->arena, name);
        int rc = extra->header ? alias_value(in->aliases, name, strlen(name), in->arena,
                                             &extra->value)
                               : JH_ENOMEM;
        if (rc)
            return intake_fail(in, r->err, rc);
        in->n_extra++;
    }
    *ret = (uint32_t)(FIELD_COUNT + i);
    return 0;
}

/* A column of an indicator's values: one of numbers, whatever its first cell holds. */
static bool is_value(struct reader *r, size_t i, uint32_t dest)
{
    const struct alias_value *v = &r->in->extra[dest - FIELD_COUNT].value;
    if (v->odd_bracket)
        find_unused(r, i, "unit_unknown", "warning",
                    "its bracket holds no unit that is known; convert it, or name the "
                    "column under `columns:`");
    return v->indicator != NULL;
}

/* Allocates what the slot will write and puts it on the list. */
static int add_slot(struct reader *r, struct intake_slot slot)
{
    struct intake *in = r->in;
    struct intake_file_info *info = &in->infos[in->now.index];
    for (uint32_t i = 0; i < (slot.family ? STAGE_COUNT : 1u); i++) {
        int rc = intake_column(in, slot.dest + i);
        if (rc)
            return intake_fail(in, r->err, rc);
        intake_mark(info->has, slot.dest + i);
    }
    in->now.slots[in->now.n_slots++] = intake_number_slot(slot);
    return 0;
}

/*
 * Gives a field its cells. Whoever comes second is refused, unless the mapping came first:
 * it is the office's own word on the matter. i is the header, or the mapping's first.
 */
static int take(struct reader *r, const struct target *t, size_t i,
                const struct mapping_column *map, uint16_t *cells, uint16_t n)
{
    struct intake_open *now = &r->in->now;
    uint32_t dest = (uint32_t)t->field;
    bool value = false;
    if (t->extra) {
        int rc = extra_dest(r, t->name, &dest);
        if (rc)
            return rc;
        value = is_value(r, i, dest);
        if (intake_marked(r->in->infos[now->index].has, dest)) {
            find_unused(r, i, "header_repeated", "notice", "its header stands twice");
            return 0;
        }
    } else {
        int key = key_of(t), other = r->taken[key];
        if (other >= 0 && r->by_mapping[key] && !map) {
            find_unused(r, i, "column_unused", "notice",
                        "`columns:` takes this field from elsewhere");
            return 0;
        }
        if (other >= 0) {
            struct shown a = show(r, i), b = show(r, (size_t)other);
            return intake_refuse(
                r->in, r->err, r->row->line, col_of(r, i),
                "\"%.*s\" and \"%.*s\" (%u:%u) are both %s: drop one, or say "
                "under `columns:` which to take",
                a.len, a.p, b.len, b.p, r->row->line, col_of(r, (size_t)other),
                target_id(t));
        }
        r->taken[key] = (int)i;
        r->by_mapping[key] = map != NULL;
    }
    if (t->is_text) {
        now->text[t->text] = (struct intake_source){.cell = (int)i, .map = map};
        return 0;
    }
    return add_slot(r, (struct intake_slot){
                           .dest = dest,
                           .cells = cells,
                           .n_cells = n,
                           .family = t->family,
                           .plain = n == 1 && (!map || (!map->map_from && map->add == 0)),
                           .seen = map != NULL || !t->extra || value,
                           .factor = t->factor,
                           .add = map ? map->add : 0,
                           .map = map && map->map_from ? map : NULL});
}

/* ---- the mapping ------------------------------------------------------------------------- */

static struct target target_of(const char *name)
{
    size_t len = strlen(name);
    int text = text_field_of(name, len);
    bool staged = false;
    if (text >= 0)
        return (struct target){
            .is_text = true, .text = (enum text_field)text, .factor = 1};
    enum field field = field_of(name, len);
    if (field == FIELD_NONE)
        field = field_family(name, len, &staged);
    return (struct target){.field = field,
                           .family = staged,
                           .extra = field == FIELD_NONE,
                           .name = name,
                           .factor = 1};
}

/* Index of the header a mapping names, -1 if it is not there, -2 if it is there twice. */
static int find_header(const struct reader *r, const char *name)
{
    char folded[HEADER_BYTES];
    size_t len;
    int found = -1;
    if (alias_fold(name, strlen(name), folded, sizeof folded, &len))
        return -1;
    for (size_t i = 0; i < r->in->now.n_headers; i++) {
        struct jh_slice h = r->in->now.headers[i];
        if (h.len == len && memcmp(h.p, folded, len) == 0)
            found = found == -1 ? (int)i : -2;
    }
    return found;
}

static int mapping_cells(struct reader *r, const struct mapping_column *m,
                         uint16_t *cells, uint16_t *ret_n)
{
    size_t wanted = 0;
    const char *absent = NULL;
    for (; m->columns[wanted]; wanted++) {
        int at = find_header(r, m->columns[wanted]);
        if (at == -2)
            return intake_refuse_mapping(
                r->in, r->err, m->line, m->col, "%s: two columns of %s are headed \"%s\"",
                m->target, r->in->files[r->in->now.index].name, m->columns[wanted]);
        if (at < 0)
            absent = absent ? absent : m->columns[wanted];
        else
            cells[(*ret_n)++] = (uint16_t)at;
    }
    if (absent && *ret_n) /* a sum of some of its parts would be a wrong number */
        return intake_refuse_mapping(
            r->in, r->err, m->line, m->col,
            "%s: %s has no column \"%s\", so the sum is not whole", m->target,
            r->in->files[r->in->now.index].name, absent);
    if (absent) {
        struct intake_what what = {
            .county = INTAKE_COUNTY_NONE, .file = r->in->now.index, .line = r->row->line};
        intake_find(r->in, &what, "column_absent", "notice",
                    "`columns:` takes %s from \"%s\", which is not in the header",
                    m->target, absent);
    }
    return 0;
}

static int read_mapping(struct reader *r, const struct mapping_column *m)
{
    size_t max = 0;
    uint16_t n = 0;
    while (m->columns[max])
        max++;
    uint16_t *cells = arena_array(r->in->now.arena, max, sizeof *cells);
    if (!cells)
        return intake_fail(r->in, r->err, JH_ENOMEM);
    struct target t = target_of(m->target);
    if (t.is_text && max > 1)
        return intake_refuse_mapping(r->in, r->err, m->line, m->col,
                                     "%s is text: it comes from one column", m->target);
    int rc = mapping_cells(r, m, cells, &n);
    if (rc || !n)
        return rc;
    for (uint16_t i = 0; i < n; i++)
        r->used[cells[i]] = true;
    t.factor = m->factor > 0 ? m->factor : 1;
    return take(r, &t, cells[0], m, cells, n);
}

/* ---- headers that speak for themselves --------------------------------------------------- */

/* Never silently a column that nobody knows: the figures would be sought elsewhere. */
static void find_bracket(struct reader *r, size_t i, const struct alias_hit *hit)
{
    const char *units[UNITS_NAMED];
    struct buf why;
    size_t n = hit->is_text ? 0
                            : alias_units(r->in->aliases, field_unit(hit->field), units,
                                          UNITS_NAMED);
    struct target t = {.is_text = hit->is_text,
                       .text = hit->text,
                       .field = hit->field,
                       .family = hit->family};
    buf_init(&why, HELP_MAX);
    buf_fmt(&why, "its bracket holds no unit of %s", target_id(&t));
    for (size_t k = 0; k < n; k++)
        buf_fmt(&why, "%s%s", k ? ", " : " (those are ", units[k]);
    buf_fmt(&why, "%s; convert it, or name the column under `columns:`", n ? ")" : "");
    find_unused(r, i, "unit_unknown", "warning", buf_text(&why));
    buf_done(&why);
}

static int read_header(struct reader *r, size_t i)
{
    struct intake *in = r->in;
    const struct jh_cell *cell = &r->row->cells[i];
    struct alias_hit hit;
    if (!in->now.headers[i].len)
        return 0; /* nobody can ask for a column without a name */
    uint16_t *cells = arena_array(in->now.arena, 1, sizeof *cells);
    if (!cells)
        return intake_fail(in, r->err, JH_ENOMEM);
    *cells = (uint16_t)i;
    struct target t = {.factor = 1};
    if (alias_header(in->aliases, cell->p, cell->len, &hit)) {
        t = (struct target){.is_text = hit.is_text,
                            .text = hit.text,
                            .field = hit.field,
                            .family = hit.family,
                            .factor = hit.factor};
        r->used[i] = true;
    } else {
        struct jh_slice name = cell_trim(cell->p, cell->len);
        if (alias_bracket(in->aliases, cell->p, cell->len, &hit))
            find_bracket(r, i, &hit);
        t.extra = true;
        t.name = arena_strn(in->now.arena, name.p, name.len);
        if (!t.name)
            return intake_fail(in, r->err, JH_ENOMEM);
    }
    return take(r, &t, i, NULL, cells, 1);
}

/* ---- defaults ---------------------------------------------------------------------------- */

/* Is the constant one that a cell of this field could hold? */
static bool good_text(const struct intake *in, enum text_field field, struct jh_slice s)
{
    struct round round;
    char folded[HEADER_BYTES];
    size_t len;
    switch (field) {
    case TEXT_ROUND:
        return alias_fold(s.p, s.len, folded, sizeof folded, &len) == 0 &&
               round_parse(folded, len, &round) == 0;
    case TEXT_KIND:
    case TEXT_OWNER:
    case TEXT_STAGE:
    case TEXT_SETTING:
    case TEXT_BOARDING:
    case TEXT_DENSE_CENTRE:
        return alias_word(in->aliases, field, s.p, s.len) >= 0;
    default:
        return s.len > 0 && s.len <= INTAKE_CODE_MAX;
    }
}

static int read_default(struct reader *r, const struct mapping_default *d)
{
    struct intake *in = r->in;
    struct target t = target_of(d->target);
    struct jh_slice value = cell_text(d->value, strlen(d->value));
    double number;
    const char *reason = "empty";
    if (!t.extra && r->taken[key_of(&t)] >= 0)
        return 0; /* a column has it */
    if (t.is_text) {
        if (!good_text(in, t.text, value))
            return intake_refuse_mapping(in, r->err, d->line, d->col,
                                         "defaults: \"%s\" is no value for %s", d->value,
                                         d->target);
        in->now.text[t.text] = (struct intake_source){.cell = -1, .constant = value};
        return 0;
    }
    if (cell_number(value.p, value.len, 1, &number, &reason) != CELL_NUMBER)
        return intake_refuse_mapping(in, r->err, d->line, d->col,
                                     "defaults: %s: \"%s\" is %s", d->target, d->value,
                                     reason);
    uint32_t dest = (uint32_t)t.field;
    int rc = t.extra ? extra_dest(r, t.name, &dest) : 0;
    if (rc)
        return rc;
    if (!t.extra)
        r->taken[key_of(&t)] = 0;
    return add_slot(
        r, (struct intake_slot){
               .dest = dest, .family = t.family, .seen = true, .constant = number});
}

/* ---- what must be there ------------------------------------------------------------------ */

static void help_names(struct buf *help, const struct intake *in, struct alias_hit like)
{
    const char *names[8];
    size_t n = alias_names(in->aliases, like, names, 8);
    for (size_t i = 0; i < n; i++)
        buf_fmt(help, "%s%s", help->len ? ", " : "", names[i]);
}

static bool wanted(const struct alias_hit *hit, const struct alias_hit *want, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (hit->is_text == want[i].is_text && hit->family == want[i].family &&
            (hit->is_text ? hit->text == want[i].text : hit->field == want[i].field))
            return true;
    return false;
}

/* A header nobody knows that nearly is one of those wanted; -1 if there is none. */
static int nearest(const struct reader *r, const struct alias_hit *want, size_t n)
{
    struct alias_hit hit;
    for (size_t i = 0; i < r->in->now.n_headers; i++) {
        struct jh_slice h = r->in->now.headers[i];
        const char *near = r->used[i] ? NULL : alias_suggest(r->in->aliases, h.p, h.len);
        if (near && alias_header(r->in->aliases, near, strlen(near), &hit) &&
            wanted(&hit, want, n))
            return (int)i;
    }
    return -1;
}

/* The mapping's own attempt at one of them, which the header did not bear out. */
static const struct mapping_column *mapped(const struct reader *r,
                                           const struct alias_hit *want, size_t n)
{
    const struct mapping *m = r->in->now.mapping;
    for (size_t i = 0; m && i < m->n_columns; i++) {
        struct target t = target_of(m->columns[i].target);
        struct alias_hit hit = {
            .is_text = t.is_text, .text = t.text, .field = t.field, .family = t.family};
        if (!t.extra && wanted(&hit, want, n))
            return &m->columns[i];
    }
    return NULL;
}

static int refuse_without(struct reader *r, const char *what,
                          const struct alias_hit *want, size_t n)
{
    struct buf help;
    buf_init(&help, HELP_MAX);
    for (size_t i = 0; i < n; i++)
        help_names(&help, r->in, want[i]);
    int near = nearest(r, want, n);
    if (near >= 0) {
        struct shown s = show(r, (size_t)near);
        buf_fmt(&help, "; did you mean it by \"%.*s\" in column %d?", s.len, s.p,
                near + 1);
    }
    const struct mapping_column *m = mapped(r, want, n);
    if (m)
        buf_fmt(&help, "; `columns:` looks for \"%s\" in vain", m->columns[0]);
    int rc =
        intake_refuse(r->in, r->err, r->row->line, 1,
                      "no %s column (%s); name one under `columns:`, or give a constant "
                      "under `defaults:`",
                      what, buf_text(&help));
    buf_done(&help);
    return rc;
}

static void keep_refusal(struct reader *r, int refused)
{
    if (!refused)
        return;
    r->in->now.no_kind = r->in->refused;
    r->in->refused = (struct jh_err){0};
    if (r->err)
        *r->err = (struct jh_err){0};
}

static bool has_text(const struct reader *r, enum text_field field)
{
    const struct intake_source *s = &r->in->now.text[field];
    return s->cell >= 0 || s->constant.p;
}

static int check_wanted(struct reader *r)
{
#define TEXT(f)                                                                          \
    {                                                                                    \
        .is_text = true, .text = TEXT_##f, .factor = 1                                   \
    }
#define NUMBER(f, bare)                                                                  \
    {                                                                                    \
        .field = FIELD_##f, .family = (bare), .factor = 1                                \
    }
    static const struct alias_hit COUNTY[] = {TEXT(COUNTY_CODE), TEXT(COUNTY_NAME)};
    static const struct alias_hit SCHOOL[] = {TEXT(SCHOOL_CODE), TEXT(SCHOOL_NAME)};
    static const struct alias_hit KIND[] = {TEXT(KIND)};
    static const struct alias_hit PUPILS[] = {NUMBER(pupils_primary, false),
                                              NUMBER(pupils_junior, false),
                                              NUMBER(pupils_primary, true)};
    const uint64_t *has = r->in->infos[r->in->now.index].has;
    if (!has_text(r, TEXT_COUNTY_CODE) && !has_text(r, TEXT_COUNTY_NAME))
        return refuse_without(r, "county", COUNTY, 2);
    if (!has_text(r, TEXT_SCHOOL_CODE) && !has_text(r, TEXT_SCHOOL_NAME))
        return refuse_without(r, "school", SCHOOL, 2);
    if (!intake_marked(has, FIELD_pupils_primary) &&
        !intake_marked(has, FIELD_pupils_junior))
        return refuse_without(r, "pupils", PUPILS, 3);
    if (!has_text(
            r, TEXT_KIND)) /* sections may say it: held against the first row of none */
        keep_refusal(r, refuse_without(r, "kind", KIND, 1));
    return 0;
}

/* ---- order of work ----------------------------------------------------------------------- */

static bool counts_pupils(const struct intake_slot *slot)
{
    return slot->dest == FIELD_pupils_primary || slot->dest == FIELD_pupils_junior ||
           slot->dest == FIELD_pupils_senior || slot->dest == FIELD_pupils_preschool;
}

/* Pupils first, they decide what else must be there; a bare family after its columns. */
static int sort_slots(struct reader *r)
{
    struct intake_open *now = &r->in->now;
    struct intake_slot *sorted =
        arena_array(now->arena, now->n_slots + 1, sizeof *sorted);
    if (!sorted)
        return intake_fail(r->in, r->err, JH_ENOMEM);
    size_t n = 0;
    for (int pass = 0; pass < 4; pass++) {
        for (size_t i = 0; i < now->n_slots; i++) {
            const struct intake_slot *s = &now->slots[i];
            if (counts_pupils(s) == (pass < 2) && s->family == (pass % 2 == 1))
                sorted[n++] = *s;
        }
        if (pass == 1)
            now->n_pupils = n;
    }
    now->slots = sorted;
    return 0;
}

/* Columns that no slot of this file writes by itself: every row makes them NaN first. */
static int list_absent(struct reader *r)
{
    struct intake *in = r->in;
    struct intake_open *now = &in->now;
    uint64_t written[INTAKE_WORDS] = {0};
    now->absent = arena_array(now->arena, INTAKE_COLUMNS, sizeof *now->absent);
    if (!now->absent)
        return intake_fail(in, r->err, JH_ENOMEM);
    for (size_t i = 0; i < now->n_slots; i++)
        if (!now->slots[i].family)
            intake_mark(written, now->slots[i].dest);
    for (uint32_t d = 0; d < INTAKE_COLUMNS; d++)
        if (in->col[d] && !intake_marked(written, d))
            now->absent[now->n_absent++] = d;
    return 0;
}

static int fold_headers(struct reader *r)
{
    struct intake *in = r->in;
    size_t n = r->row->n;
    in->now.header_line = r->row->line;
    in->now.n_headers = n;
    if (n > in->limits.max_columns)
        return intake_refuse(in, r->err, r->row->line, 1, "%zu columns, at most %zu", n,
                             in->limits.max_columns);
    const struct mapping *m = in->now.mapping;
    r->max_slots = n + (m ? m->n_columns + m->n_defaults : 0) + 1;
    r->used = arena_array(in->now.arena, n, sizeof *r->used);
    in->now.headers = arena_array(in->now.arena, n, sizeof *in->now.headers);
    in->now.slots = arena_array(in->now.arena, r->max_slots, sizeof *in->now.slots);
    if (!r->used || !in->now.headers || !in->now.slots)
        return intake_fail(in, r->err, JH_ENOMEM);
    for (size_t i = 0; i < n; i++) {
        char folded[HEADER_BYTES];
        size_t len = 0;
        const struct jh_cell *cell = &r->row->cells[i];
        if (alias_fold(cell->p, cell->len, folded, sizeof folded, &len))
            return intake_refuse(in, r->err, r->row->line, col_of(r, i),
                                 "a header longer than %d bytes", HEADER_BYTES);
        const char *copy = arena_strn(in->now.arena, folded, len);
        if (!copy)
            return intake_fail(in, r->err, JH_ENOMEM);
        in->now.headers[i] = (struct jh_slice){copy, len};
    }
    return 0;
}

int intake_header_read(struct intake *in, const struct jh_row *row, struct jh_err *err)
{
    struct reader r = {.in = in, .row = row, .err = err};
    const struct mapping *m = in->now.mapping;
    for (int k = 0; k < KEYS; k++)
        r.taken[k] = -1;
    for (int f = 0; f < TEXT_COUNT; f++)
        in->now.text[f] = (struct intake_source){.cell = -1};
    int rc = fold_headers(&r);
    for (size_t i = 0; m && i < m->n_columns && !rc; i++)
        rc = read_mapping(&r, &m->columns[i]);
    for (size_t i = 0; i < row->n && !rc; i++)
        rc = r.used[i] ? 0 : read_header(&r, i);
    for (size_t i = 0; m && i < m->n_defaults && !rc; i++)
        rc = read_default(&r, &m->defaults[i]);
    rc = rc ? rc : check_wanted(&r);
    rc = rc ? rc : sort_slots(&r);
    return rc ? rc : list_absent(&r);
}
