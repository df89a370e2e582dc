/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A row under way, between intake_row.c (which school it is) and intake_number.c (its
 * figures). Lives for one call of intake_row(); one thread.
 */
#pragma once

#include "model/intake_internal.h"

/* A row's fate beside 0 and errors. */
enum { INTAKE_DROPPED = 1, INTAKE_BLANK = 2 };

struct intake_reading {
    struct intake *in;
    const struct jh_row *row;
    struct jh_err *err;
    uint32_t county;
    struct school school;
    bool by_name; /* no school codes: the name is the key */
    bool other_stage_told;
    bool has[STAGE_COUNT]; /* pupils at the stage */
    size_t missing_before; /* entries of earlier rows */
};

/* All numbers of the row into the columns; INTAKE_DROPPED when needed pupils are bad. */
int intake_number_read(struct intake_reading *r);

/*
 * Is the row something else than a school: a section's name, a note, a total by its name?
 * INTAKE_BLANK then, and it is told; INTAKE_DROPPED when it has a school's code and a total's
 * name, for nobody knows which it is.
 */
int intake_aside_row(struct intake_reading *r);

/* The text a mapping puts in the place of another. */
struct jh_slice intake_row_translate(const struct mapping_column *map, struct jh_slice s);
/* A cell of the row, or NULL; its place, or the row's. */
static inline const struct jh_cell *intake_row_cell(const struct intake_reading *r,
                                                    int cell)
{
    return cell >= 0 && (uint32_t)cell < r->row->n ? &r->row->cells[cell] : NULL;
}
uint32_t intake_row_line(const struct intake_reading *r, const struct jh_cell *cell);
uint32_t intake_row_col(const struct intake_reading *r, const struct jh_cell *cell);
/* The cell as written, cut, in the arena. */
const char *intake_row_value(struct intake_reading *r, const struct jh_cell *cell);
/* Whom a finding is about. */
struct intake_what intake_row_what(const struct intake_reading *r);
/* Lists a refused cell, or the row with it; drop() returns INTAKE_DROPPED. */
void intake_row_reject(struct intake_reading *r, const struct jh_cell *cell,
                       const char *column, const char *reason, bool row);
int intake_row_drop(struct intake_reading *r, const struct jh_cell *cell,
                    const char *column, const char *reason);

/* Does the file say this field at all: by a column, or a constant? */
static inline bool intake_row_given(const struct intake_reading *r, enum text_field field)
{
    const struct intake_source *source = &r->in->now.text[field];
    return source->cell >= 0 || source->constant.p;
}

/* A text of the row, trimmed; empty where it is missing. */
static inline struct jh_slice intake_row_text(const struct intake_reading *r,
                                              enum text_field field)
{
    const struct intake_source *source = &r->in->now.text[field];
    if (source->cell < 0)
        return source->constant;
    const struct jh_cell *cell = intake_row_cell(r, source->cell);
    if (!cell)
        return (struct jh_slice){"", 0};
    struct jh_slice s = cell_text(cell->p, cell->len);
    return source->map ? intake_row_translate(source->map, s) : s;
}
