/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Line and column of places that come in order. Counted on the way and not from the start of
 * the line, because a file of 100 MB may be one line. Points into the text of the caller. Pure.
 */
#pragma once

#include <stdint.h>

struct place {
    const char *at;
    uint32_t line, col;
};

static inline void place_move(struct place *place, const char *to)
{
    for (const char *p = place->at; p < to; p++) {
        if (*p == '\n') {
            place->line++;
            place->col = 1;
        } else {
            place->col += ((unsigned char)*p & 0xC0) != 0x80;
        }
    }
    place->at = to;
}
