/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `junhengctl inspect FILE|URL`: what junheng understands of a file nobody has configured yet:
 * format and encoding, what each column is taken for, first rows, what was found wrong, which
 * figures could be computed, and a source to begin with. Main thread.
 */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "model/intake_describe.h"
#include "model/standard.h"

enum { INSPECT_ROWS = 3, INSPECT_STANDARDS = 8, INSPECT_LACK_MAX = 16 };

/* A row as the format gave it. */
struct inspect_row {
    uint32_t line;
    const char *const *cells;
    size_t n;
};

/* Which figures of a standard the columns give. */
struct inspect_standard {
    const struct standard *standard;
    size_t able;                        /* of n_indicators */
    const char *lack[INSPECT_LACK_MAX]; /* fields that no column gives */
    size_t n_lack;
};

struct inspection {
    const char *place; /* path or URL as given */
    const char *name;  /* of the table: the place, or a file that is packed in it */
    const char *member, *sheet; /* as asked for, or NULL */
    const char *format;         /* name of the plugin */
    const char *encoding;       /* of text, "" for the others */
    size_t bytes, rows;         /* rows below the header */
    char sha256[65];
    struct intake_description columns;
    struct inspect_row first[INSPECT_ROWS];
    size_t n_first;
    struct intake_result result; /* empty when refused */
    struct jh_err refused;       /* code 0: the file would be taken */
    struct inspect_standard standards[INSPECT_STANDARDS];
    size_t n_standards;
    const char *columns_file; /* of --columns, or NULL */
};

#define INSPECT_USAGE                                                                    \
    "[--columns FILE] [--round ROUND] [--member GLOB] [--sheet NAME] "                   \
    "[--format text|json] FILE|URL\n"                                                    \
    "  FILE|URL             rows of schools; of an https or http URL the body\n"         \
    "  --member GLOB        which file of a zip is meant, as *.csv\n"                    \
    "  --sheet NAME         which sheet of a workbook is meant\n"                        \
    "  --columns FILE       what your columns mean: YAML with columns and defaults\n"    \
    "  --round ROUND        of data that do not say it: 2025 or 2025-10\n"

int inspect_run(int argc, char **argv);

/* A block for `sources:` of junheng.yaml, with what is left to say as comments. */
void inspect_source(const struct inspection *in, struct buf *out);
void inspect_text(const struct inspection *in, struct buf *out);
/* The same in JSON; 0 or JH_ENOMEM. */
int inspect_json(const struct inspection *in, struct buf *out);
/* Is the place a URL and no path? */
bool inspect_is_url(const struct inspection *in);
/* Is the field, or its family, given by a column or a constant? */
bool inspect_has(const struct inspection *in, const char *id);
