/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A note above the header says in which unit a table gives its amounts. It holds for columns of
 * money and area whose headers say no unit themselves; where it is not plain for which
 * columns, the file is refused: a unit missed is a figure off by ten thousand.
 */
#include "model/intake_internal.h"

void intake_unit_note(struct intake *in, const struct jh_row *row)
{
    struct alias_units_note note, *all = &in->now.units;
    for (uint32_t i = 0; i < row->n; i++) {
        const struct jh_cell *cell = &row->cells[i];
        if (!cell->len || !alias_units_note(in->aliases, cell->p, cell->len, &note))
            continue;
        in->now.units_line = row->line;
        all->any = true;
        for (int k = 0; k < UNIT_KINDS; k++) {
            all->twice[k] |= note.twice[k] || (all->factor[k] > 0 && note.factor[k] > 0 &&
                                               all->factor[k] != note.factor[k]);
            if (note.factor[k] > 0)
                all->factor[k] = note.factor[k];
        }
    }
}

/* The entry of `columns:` that fills the slot, or NULL. */
static const struct mapping_column *mapped(const struct intake *in,
                                           const struct intake_slot *slot)
{
    const struct mapping *m = in->now.mapping;
    for (size_t i = 0; m && i < m->n_columns; i++) {
        bool staged = false;
        size_t len = strlen(m->columns[i].target);
        enum field field = field_of(m->columns[i].target, len);
        if (field == FIELD_NONE)
            field = field_family(m->columns[i].target, len, &staged);
        if ((uint32_t)field == slot->dest && staged == slot->family)
            return &m->columns[i];
    }
    return NULL;
}

static bool has_unit(const struct intake *in, const struct intake_slot *slot)
{
    struct jh_slice header = in->now.headers[slot->cells[0]];
    struct alias_hit hit;
    return alias_header(in->aliases, header.p, header.len, &hit) && hit.unit;
}

static int apply(struct intake *in, struct intake_slot *slot, struct jh_err *err)
{
    struct intake_open *now = &in->now;
    enum field_unit kind = field_unit((enum field)slot->dest);
    const struct mapping_column *m = mapped(in, slot);
    if (kind >= UNIT_KINDS || (!now->units.twice[kind] && (now->units.factor[kind] <= 0 ||
                                                           now->units.factor[kind] == 1)))
        return 0;
    if (m ? m->factor > 0 : has_unit(in, slot))
        return 0;
    if (m)
        return intake_refuse_mapping(
            in, err, m->line, m->col,
            "%s: the note in line %u of %s says in which unit its amounts are: say here "
            "with `unit:` whether that holds for this column",
            m->target, now->units_line, in->files[now->index].name);
    if (now->units.twice[kind] || kind == UNIT_COUNT)
        return intake_refuse(
            in, err, now->units_line, 1,
            "the note of units does not say which columns it means by units of %s, and "
            "\"%.*s\" has none: write it in brackets behind the header",
            field_unit_id(kind), (int)now->headers[slot->cells[0]].len,
            now->headers[slot->cells[0]].p);
    slot->factor *= now->units.factor[kind];
    now->units_used = true;
    return 0;
}

int intake_unit_apply(struct intake *in, struct jh_err *err)
{
    struct intake_open *now = &in->now;
    struct intake_what what = {
        .county = INTAKE_COUNTY_NONE, .file = now->index, .line = now->units_line};
    int rc = 0;
    for (size_t i = 0; now->units.any && i < now->n_slots && !rc; i++)
        if (now->slots[i].n_cells && now->slots[i].dest < FIELD_COUNT)
            rc = apply(in, &now->slots[i], err);
    if (now->units_used && !rc)
        intake_find(in, &what, "unit_note", "notice",
                    "the note of units holds for the columns of money and area whose "
                    "headers say none");
    return rc;
}
