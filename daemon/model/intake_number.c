/* SPDX-License-Identifier: Apache-2.0 */
/* The numbers of a row: pupils first, which may drop it, then columns, then bare figures
 * that belong to the row's one stage. */
#include <math.h>

#include "model/intake_reading.h"

static int note_missing(struct intake_reading *r, enum field field,
                        const struct jh_cell *cell, enum missing_reason why,
                        const char *reason)
{
    struct intake *in = r->in;
    if (INTAKE_ROOM(in, in->missing, in->cap_missing, in->n_missing + 1))
        return intake_fail(in, r->err, JH_ELIMIT);
    in->missing[in->n_missing++] =
        (struct missing){.school = (uint32_t)in->n,
                         .field = field,
                         .line = intake_row_line(r, cell),
                         .col = intake_row_col(r, cell),
                         .why = why,
                         .value = why == MISSING_EMPTY ? "" : intake_row_value(r, cell),
                         .reason = reason};
    return 0;
}

static struct missing *find_missing(struct intake_reading *r, enum field field)
{
    for (size_t i = r->in->n_missing; i > r->missing_before; i--)
        if (r->in->missing[i - 1].field == field)
            return &r->in->missing[i - 1];
    return NULL;
}

static void forget_missing(struct intake_reading *r, enum field field)
{
    struct missing *m = find_missing(r, field);
    if (m)
        *m = r->in->missing[--r->in->n_missing];
}

/* A slot's number: of one cell, or the sum of several, none of which may be missing. */
static enum cell_what slot_number(struct intake_reading *r,
                                  const struct intake_slot *slot, double *ret,
                                  const struct jh_cell **ret_cell,
                                  const char **ret_reason)
{
    double sum = 0;
    *ret_cell = NULL;
    if (slot->plain && slot->cells[0] < r->row->n) {
        const struct jh_cell *cell = *ret_cell = &r->row->cells[slot->cells[0]];
        return cell_number(cell->p, cell->len, slot->factor, ret, ret_reason);
    }
    if (!slot->n_cells) {
        *ret = slot->constant;
        return CELL_NUMBER;
    }
    enum cell_what all = CELL_NUMBER;
    for (uint16_t i = 0; i < slot->n_cells; i++) {
        const struct jh_cell *cell = intake_row_cell(r, slot->cells[i]);
        struct jh_slice s =
            cell ? (struct jh_slice){cell->p, cell->len} : (struct jh_slice){"", 0};
        if (slot->map)
            s = intake_row_translate(slot->map, cell_text(s.p, s.len));
        double v;
        enum cell_what one = cell_number(s.p, s.len, slot->factor, &v, ret_reason);
        if (one > all || i == 0)
            *ret_cell = cell;
        all = one > all ? one : all;
        sum += v;
    }
    *ret = all == CELL_NUMBER ? sum + slot->add : NAN;
    if (all == CELL_NUMBER && (*ret < 0 || *ret > 1e12)) {
        *ret_reason = *ret < 0 ? "negative" : "over 10^12";
        *ret = NAN;
        all = CELL_BAD;
    }
    return all;
}

/* Is the emptiness of this field worth a line? Not at a stage the school does not have. */
static bool concerns(const struct intake_reading *r, enum field field)
{
    enum stage stage;
    if (field == FIELD_pupils_preschool || field == FIELD_pupils_primary ||
        field == FIELD_pupils_junior)
        return false; /* none, or needed: read_pupils() says */
    if (field == FIELD_pupils_senior)
        return r->school.stage == STAGE_NONE &&
               (r->school.kind == KIND_COMPLETE_SECONDARY ||
                r->school.kind == KIND_TWELVE_YEAR);
    return !field_staged(field, &stage, NULL) || r->has[stage];
}

/* On a row of one stage, figures of the other belong to another row. */
static bool of_other_stage(struct intake_reading *r, uint32_t dest, double v)
{
    enum stage stage;
    if (r->school.stage == STAGE_NONE || !field_staged((enum field)dest, &stage, NULL) ||
        stage == (enum stage)r->school.stage)
        return false;
    if (v > 0 && !r->other_stage_told) {
        struct intake_what w = intake_row_what(r);
        r->other_stage_told = true;
        intake_find(
            r->in, &w, "other_stage", "warning",
            "%s on a row of stage %s: figures of the other stage are not read here",
            field_id((enum field)dest), stage_id((enum stage)r->school.stage));
    }
    return true;
}

/* Bad pupils drop the row where they are needed: check_pupils() lists them. */
static bool by_pupils(uint32_t dest)
{
    return dest == FIELD_pupils_primary || dest == FIELD_pupils_junior;
}

struct intake_slot intake_number_slot(struct intake_slot slot)
{
    enum stage stage = STAGE_NONE;
    (void)field_staged((enum field)slot.dest, &stage, NULL);
    slot.stage = (uint8_t)stage;
    slot.quiet = slot.dest == FIELD_pupils_preschool || by_pupils(slot.dest);
    slot.cell = slot.plain && !slot.family ? slot.cells[0] : UINT32_MAX;
    return slot;
}

/* Is an empty cell nothing to note: there are no pupils whom it would concern? */
static inline bool nobody_minds(const struct intake_reading *r,
                                const struct intake_slot *slot)
{
    return slot->quiet || (slot->stage != STAGE_NONE && !r->has[slot->stage]);
}

/*
 * Columns from the i-th on as long as their cells are what nearly all are on a whole school's
 * row: numbers, or empty where nobody minds. The first that wants a closer look, or `end`.
 */
static size_t quick_columns(struct intake_reading *r, size_t i, size_t end)
{
    const struct jh_row row = *r->row; /* in registers, where these are asked for often */
    const size_t at = r->in->n;
    double *const *col = r->in->col;
    const char *reason;
    for (struct intake_slot *slot = &r->in->now.slots[i]; i < end; i++, slot++) {
        if (slot->cell >= row.n)
            break;
        const struct jh_cell *cell = &row.cells[slot->cell];
        double v = NAN;
        if (!cell->len) {
            if (!nobody_minds(r, slot))
                break;
        } else if (cell_number_of(&row, cell, slot->factor, &v, &reason) == CELL_NUMBER) {
            slot->seen = true;
        } else {
            break;
        }
        col[slot->dest][at] = v;
    }
    return i;
}

static int read_column(struct intake_reading *r, struct intake_slot *slot)
{
    struct intake *in = r->in;
    double v = NAN;
    const char *reason = "";
    const struct jh_cell *cell;
    double *to = &in->col[slot->dest][in->n];
    *to = NAN;
    if (slot->dead)
        return 0;
    enum cell_what is = slot_number(r, slot, &v, &cell, &reason);
    if (of_other_stage(r, slot->dest, v))
        return 0;
    if (is == CELL_NUMBER) {
        *to = v;
        slot->seen = true;
        return 0;
    }
    bool field = slot->dest < FIELD_COUNT;
    if (is == CELL_EMPTY)
        return field && concerns(r, (enum field)slot->dest)
                   ? note_missing(r, (enum field)slot->dest, cell, MISSING_EMPTY, "empty")
                   : 0;
    if (!slot->seen) {
        slot->dead = true; /* a column of words */
        slot->cell = UINT32_MAX;
        return 0;
    }
    if (!by_pupils(slot->dest))
        intake_row_reject(r, cell, intake_column_id(in, slot->dest), reason, false);
    return field ? note_missing(r, (enum field)slot->dest, cell, MISSING_BAD, reason) : 0;
}

/* ---- bare families ----------------------------------------------------------------------- */

/* The one stage a bare figure of this row can mean, or STAGE_NONE. */
static enum stage only_stage(const struct intake_reading *r, bool pupils)
{
    if (r->school.stage != STAGE_NONE)
        return (enum stage)r->school.stage;
    if (!pupils && r->has[STAGE_PRIMARY] && r->has[STAGE_JUNIOR])
        return STAGE_NONE;
    switch (r->school.kind) {
    case KIND_PRIMARY:
    case KIND_TEACHING_POINT:
        return STAGE_PRIMARY;
    case KIND_JUNIOR:
        return STAGE_JUNIOR;
    default:
        return STAGE_NONE;
    }
}

static void find_total(struct intake_reading *r, enum field family, double total,
                       double sum)
{
    struct intake_what w = intake_row_what(r);
    if (fabs(total - sum) > 1e-9 * (total + sum))
        intake_find(r->in, &w, "total_differs", "warning",
                    "%s is %.10g, but its stages give %.10g, which are taken",
                    field_family_id(family), total, sum);
}

static int fill_stage(struct intake_reading *r, enum field field, enum cell_what is,
                      double v, const struct jh_cell *cell, const char *reason)
{
    double *to = &r->in->col[field][r->in->n];
    if (!isnan(*to)) {
        if (is == CELL_NUMBER)
            find_total(r, field, v, *to);
        return 0;
    }
    const struct missing *m = find_missing(r, field);
    if (m && m->why == MISSING_BAD)
        return 0; /* the exact column was there, and bad: nothing stands in for it */
    if (is == CELL_NUMBER) {
        *to = v;
        forget_missing(r, field);
        return 0;
    }
    if (is == CELL_BAD) {
        forget_missing(r, field);
        if (!by_pupils(field))
            intake_row_reject(r, cell, field_family_id(field), reason, false);
        return note_missing(r, field, cell, MISSING_BAD, reason);
    }
    return m || !concerns(r, field)
               ? 0
               : note_missing(r, field, cell, MISSING_EMPTY, "empty");
}

/* A combined school's total: checked against its stages, or of no use without them. */
static int read_total(struct intake_reading *r, enum field family, double total,
                      const struct jh_cell *cell)
{
    double sum = 0;
    bool whole = true;
    for (int s = 0; s < STAGE_COUNT; s++) {
        double v = r->in->col[family + (unsigned)s][r->in->n];
        if (r->has[s] || family == FIELD_pupils_primary)
            sum += v;
        whole = whole && (!isnan(v) || !r->has[s]);
    }
    if (whole && !isnan(sum)) {
        bool adds = family != FIELD_largest_class_primary &&
                    r->school.kind != KIND_COMPLETE_SECONDARY &&
                    r->school.kind != KIND_TWELVE_YEAR; /* those have senior pupils too */
        if (adds && (sum > 0 || total == 0))
            find_total(r, family, total, sum);
        return 0;
    }
    struct intake_what w = intake_row_what(r);
    intake_find(r->in, &w, "stage_unclear", "warning",
                "%s is given as one figure, %.10g: say which stage it belongs to",
                field_family_id(family), total);
    int rc = 0;
    for (int s = 0; s < STAGE_COUNT && !rc; s++) {
        enum field field = family + (unsigned)s;
        if (!isnan(r->in->col[field][r->in->n]) || !r->has[s])
            continue;
        const struct missing *m = find_missing(r, field);
        if (m && m->why == MISSING_BAD)
            continue;
        forget_missing(r, field);
        rc =
            note_missing(r, field, cell, MISSING_AMBIGUOUS, "one figure for both stages");
    }
    return rc;
}

static int read_family(struct intake_reading *r, struct intake_slot *slot)
{
    double v = NAN;
    const char *reason = "";
    const struct jh_cell *cell;
    enum field family = (enum field)slot->dest;
    bool pupils = family == FIELD_pupils_primary;
    enum cell_what is = slot_number(r, slot, &v, &cell, &reason);
    enum stage stage = only_stage(r, pupils);
    if (stage != STAGE_NONE)
        return fill_stage(r, family + (unsigned)stage, is, v, cell, reason);
    if (is == CELL_BAD && !pupils)
        intake_row_reject(r, cell, field_family_id(family), reason, false);
    bool may = kind_may_have((enum kind)r->school.kind, STAGE_PRIMARY) ||
               kind_may_have((enum kind)r->school.kind, STAGE_JUNIOR);
    if (is != CELL_NUMBER || !may)
        return 0; /* a senior school's figures are of no stage here */
    return read_total(r, family, v, cell);
}

/* ---- pupils ------------------------------------------------------------------------------ */

/* The cell that should have told the pupils of a stage, for the place of a complaint. */
static const struct jh_cell *pupils_cell(struct intake_reading *r, enum field field)
{
    const struct jh_cell *cell = NULL;
    const char *reason;
    double v;
    for (size_t i = 0; i < r->in->now.n_pupils; i++) {
        const struct intake_slot *slot = &r->in->now.slots[i];
        bool exact = !slot->family && slot->dest == field;
        if (slot->n_cells && (exact || (slot->family && !cell)))
            slot_number(r, slot, &v, &cell,
                        &reason); /* of a sum, the cell that fails it */
        if (exact)
            break;
    }
    return cell;
}

static int check_stage(struct intake_reading *r, enum field field, bool needed)
{
    const struct missing *m = find_missing(r, field);
    bool bad = m && m->why == MISSING_BAD;
    if (!bad && !needed)
        return 0;
    const struct jh_cell *cell = pupils_cell(r, field);
    if (bad) {
        intake_row_reject(r, cell, field_id(field), m->reason, needed);
        return needed ? INTAKE_DROPPED : 0;
    }
    bool total = cell && cell_text(cell->p, cell->len).len;
    return intake_row_drop(r, cell, field_id(field),
                           total  ? "one figure for both stages, each is needed"
                           : cell ? "empty"
                                  : "no such column, and a school of this kind needs it");
}

static int check_pupils(struct intake_reading *r)
{
    struct intake *in = r->in;
    int rc = 0;
    for (int s = 0; s < STAGE_COUNT && !rc; s++) {
        enum field field = FIELD_pupils_primary + (unsigned)s;
        bool needed = r->school.stage != STAGE_NONE
                          ? (int)r->school.stage == s
                          : kind_needs_pupils((enum kind)r->school.kind, (enum stage)s);
        double pupils = in->col[field] ? in->col[field][in->n] : NAN;
        r->has[s] = pupils > 0;
        if (isnan(pupils))
            rc = check_stage(r, field, needed);
    }
    return rc;
}

static int read_slots(struct intake_reading *r, size_t i, size_t end)
{
    bool whole = r->school.stage == STAGE_NONE;
    for (;; i++) {
        if (whole)
            i = quick_columns(r, i, end);
        if (i >= end)
            return 0;
        struct intake_slot *slot = &r->in->now.slots[i];
        int rc = slot->family ? read_family(r, slot) : read_column(r, slot);
        if (rc)
            return rc;
    }
}

int intake_number_read(struct intake_reading *r)
{
    const struct intake_open *now = &r->in->now;
    for (size_t i = 0; i < now->n_absent; i++)
        r->in->col[now->absent[i]][r->in->n] = NAN;
    int rc = read_slots(r, 0, now->n_pupils);
    if (!rc)
        rc = check_pupils(r);
    return rc ? rc : read_slots(r, now->n_pupils, now->n_slots);
}
