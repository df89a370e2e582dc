/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cells that are merged over rows: their text is of every row they cover, where only the first
 * has it. A number is not: to which of the rows it belongs, nobody can know. Owns copies of the
 * texts; one thread.
 */
#pragma once

#include "sheet.h"

struct merged_text {
    uint32_t row, end; /* of the merged cells; end 0: none in this column */
    char *text;
    uint32_t len;
};

struct merged {
    const struct sheet_reader *reader;
    const struct sheet_shape *shape;
    size_t next, n_active;
    struct merged_text *active; /* by column */
};

/* merged_done() in every case. */
int merged_init(struct merged *merged, const struct sheet_reader *reader,
                const struct sheet_shape *shape);
void merged_done(struct merged *merged);
/* Gives the cells of a row what they have of rows above, and keeps what is for those below. */
int merged_fill(struct merged *merged, const struct jh_row *row, struct jh_cell *cells);
