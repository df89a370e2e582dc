/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside of the county intake, for its own files only: county_intake.c (rows, files, the end)
 * and county_intake_header.c (what the columns mean). Rows are malloc'ed, texts are in the
 * arena, which passes to the pool of what was made. One thread at a time.
 */
#pragma once

#include "base/map.h"
#include "model/county_intake.h"

enum { COUNTY_FOLDED = 256 }; /* bytes of a folded word */

/* A value with where it belongs; sorted at the end. */
struct county_row {
    const char *county;
    struct county_value value;
    uint16_t file;
};

/* Where a column of the file under way comes from. */
struct county_source {
    int cell;                         /* -1: no cell */
    struct jh_slice constant;         /* p NULL: none */
    const struct mapping_column *map; /* NULL: the header alone said so */
};

struct county_intake {
    const struct county_words *words;
    struct arena *arena;
    struct map *names; /* of counties and items: kept once */
    const char **texts;
    size_t n_texts, cap_texts;
    struct county_row *rows;
    size_t n, cap;
    struct rejected *rejected;
    size_t n_rejected, cap_rejected;
    const char **files;
    size_t n_files, cap_files;
    struct round round; /* year 0: nothing has told it yet */
    struct jh_err refused;
    /* the file under way */
    const struct mapping *mapping;
    struct county_source from[COUNTY_COLUMNS];
    uint32_t titles, header_line; /* 0: the header has not come yet */
};

/* Refuses the file: keeps the error for later calls and hands it out. */
int county_intake_refuse(struct county_intake *in, struct jh_err *err, unsigned line,
                         unsigned col, const char *fmt, ...) PRINTF(5, 6);
/* False where it is too long to be any word. */
bool county_intake_fold(struct jh_slice s, char out[COUNTY_FOLDED], struct jh_slice *ret);
const struct county_word *county_intake_word(const struct county_word *list, size_t n,
                                             struct jh_slice folded);
/* Takes the row as the header, or as a title before it. */
int county_intake_header(struct county_intake *in, const struct jh_row *row,
                         struct jh_err *err);
