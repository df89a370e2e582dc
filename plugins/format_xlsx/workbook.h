/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rows of one sheet of a workbook (format_xlsx, and what format_xls has made of an old
 * one). The options are those of README.md. Keeps nothing; any thread, several at once.
 */
#pragma once

#include <stddef.h>

#include <junheng/plugin.h>

struct workbook_conf {
    char *sheet; /* NULL: the one visible sheet that holds a table */
    int64_t max_cell, max_unpacked;
};

/* For the table of a format whose configuration has `workbook` in it. */
#define WORKBOOK_OPTIONS(conf)                                                           \
    {.name = "sheet",                                                                    \
     .type = JH_STRING,                                                                  \
     .offset = offsetof(conf, workbook.sheet),                                           \
     .help = "Name of the sheet; absent: the one visible sheet that holds a table."},    \
        {.name = "max_cell",                                                             \
         .type = JH_SIZE,                                                                \
         .offset = offsetof(conf, workbook.max_cell),                                    \
         .def = "64KiB",                                                                 \
         .min = 64,                                                                      \
         .max = 16 << 20,                                                                \
         .help = "Longest cell, in bytes of UTF-8."},                                    \
    {                                                                                    \
        .name = "max_unpacked", .type = JH_SIZE,                                         \
        .offset = offsetof(conf, workbook.max_unpacked), .def = "1GiB", .min = 1 << 20,  \
        .max = INT64_C(16) << 30,                                                        \
        .help = "Most bytes of XML that are read of a file; each sheet is read twice.",  \
    }

int workbook_parse(const struct workbook_conf *conf, const struct jh_blob *blob,
                   const struct jh_host *host, struct jh_ctx *ctx, struct jh_err *err);
