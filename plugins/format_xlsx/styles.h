/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What number formats the cell styles of a workbook have, as far as they change what a number
 * means: dates, times, codes with zeros in front. Owns its memory until styles_done().
 */
#pragma once

#include "number.h"
#include "package.h"

enum { STYLES_MAX = 65536 };

struct styles {
    uint8_t *kinds;   /* enum number_kind by the style's index */
    uint8_t *formats; /* by the number format's id; while reading */
    size_t n;
    bool of_cells; /* within cellXfs, while reading */
    const struct package *package;
};

int styles_read(struct styles *styles, struct package *package, const char *path);
void styles_done(struct styles *styles);
/* An index that is not there is plain. */
uint8_t styles_kind(const struct styles *styles, unsigned long i);
