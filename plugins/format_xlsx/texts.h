/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Texts of a spreadsheet: the shared strings, held as one block with a bound, and how a text is
 * put together of runs, without the readings (rPh) that East Asian ones may carry. Owns its
 * memory until texts_done(). One thread.
 */
#pragma once

#include "package.h"

enum { TEXTS_BYTES_MAX = 256 << 20, TEXTS_MAX = 8 << 20 };

/* A text under way. */
struct texts_one {
    char *p;
    size_t len, cap, max;
    bool in_text;   /* within <t> */
    unsigned aside; /* within <rPh> */
};

/* The events of one <si> or <is>. False: longer than max, or no memory. */
void texts_start(struct texts_one *text, const char *name);
void texts_end(struct texts_one *text, const char *name);
bool texts_add(struct texts_one *text, const char *p, size_t n);
/* Undoes _x000D_ and its like, by which characters are written that XML cannot hold. */
size_t texts_undo(char *p, size_t n);

struct texts {
    struct texts_one text;
    uint32_t *start; /* n + 1 offsets */
    size_t n, cap;
    const struct package *package; /* while reading */
};

int texts_read(struct texts *strings, struct package *package, const char *path);
void texts_done(struct texts *strings);
/* False: there is none of this number. */
bool texts_get(const struct texts *strings, size_t i, struct jh_slice *ret);
