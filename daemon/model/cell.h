/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a cell may hold, by the rules of docs/data.md section 3: blanks around it do not
 * count, some marks mean missing (never 0), numbers are plain decimals of at most 10^12.
 * Nothing is kept: results point into what was given. Pure; any thread.
 */
#pragma once

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <junheng/plugin.h>

/* The three below where it is not plain to see that there is nothing to do. */
struct jh_slice cell_trim_ends(const char *p, size_t len);
struct jh_slice cell_text_short(struct jh_slice cell);
bool cell_is_error_word(struct jh_slice cell);

/* Without the ASCII and U+3000 blanks around it. */
static inline struct jh_slice cell_trim(const char *p, size_t len)
{
    const unsigned char *u = (const unsigned char *)p;
    bool plain =
        len && u[0] > ' ' && u[0] != 0xE3 && u[len - 1] > ' ' && u[len - 1] != 0x80;
    return plain || !len ? (struct jh_slice){p, len} : cell_trim_ends(p, len);
}

/* Trimmed; empty where the cell holds one of the marks for missing: - — / null. */
static inline struct jh_slice cell_text(const char *p, size_t len)
{
    struct jh_slice cell = cell_trim(p, len);
    bool mark = cell.len && cell.len <= 4 && (unsigned char)(cell.p[0] - '0') >= 10;
    return mark ? cell_text_short(cell) : cell;
}

/* What a spreadsheet writes where a formula failed, as #N/A: no text of any kind. */
static inline bool cell_is_error(struct jh_slice cell)
{
    return cell.len && *cell.p == '#' && cell_is_error_word(cell);
}

enum cell_what { CELL_NUMBER, CELL_EMPTY, CELL_BAD };

/*
 * A number times factor. CELL_EMPTY when it is missing, CELL_BAD with the reason in words
 * when it is none; *ret is NaN then.
 */
enum cell_what cell_number(const char *p, size_t len, double factor, double *ret,
                           const char **ret_reason);

/* v / power * factor, rounded once, as cell_number() has it; false: not the quick way. */
bool cell_scale(uint64_t v, double power, double factor, double *ret);

/*
 * The same for a cell of a row, quicker where it is up to eight digits, perhaps with two
 * decimals: eight bytes at once, of which those before the cell do not count.
 */
static inline enum cell_what cell_number_of(const struct jh_row *row,
                                            const struct jh_cell *cell, double factor,
                                            double *ret, const char **ret_reason)
{
    const uint64_t zeros = 0x3030303030303030, high = 0xF0F0F0F0F0F0F0F0;
    size_t len = cell->len;
    if (len - 1 >= 8 || cell->p != cell->at || cell->p + len - row->body.p < 8)
        return cell_number(cell->p, len, factor, ret, ret_reason);
    uint64_t w;
    memcpy(&w, cell->p + len - 8, 8);
    w = le64toh(w); /* the last byte is the highest */
    uint64_t mine = ~UINT64_C(0) << (64 - 8 * len);
    w = (w & mine) | (zeros & ~mine);
    bool cents = len > 3 && (w >> 40 & 0xFF) == '.';
    if (cents)
        w = (w & 0xFFFF000000000000) | (w & 0x000000FFFFFFFFFF) << 8 | '0';
    if (((w & high) ^ zeros) | (((w + 0x0606060606060606) & high) ^ zeros))
        return cell_number(cell->p, len, factor, ret, ret_reason);
    w = (w & ~high) * 2561 >> 8; /* ten times the one and the other: pairs, fours, all */
    w = (w & 0x00FF00FF00FF00FF) * 6553601 >> 16;
    w = (w & 0x0000FFFF0000FFFF) * 42949672960001 >> 32;
    if (factor != 1 && !cell_scale(w, cents ? 100 : 1, factor, ret))
        return cell_number(cell->p, len, factor, ret, ret_reason);
    if (factor == 1) /* rounded once, as cell_number() does */
        *ret = cents ? (double)w / 100 : (double)w;
    return CELL_NUMBER;
}
