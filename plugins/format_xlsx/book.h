/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A workbook: its sheets, where their parts lie, and what cells refer to: shared strings and
 * styles. Owns all of it until book_close(). One thread.
 */
#pragma once

#include "styles.h"
#include "texts.h"

enum { BOOK_SHEETS_MAX = 256, BOOK_ID_MAX = 64, BOOK_NAME_MAX = 200 };

struct book_sheet {
    char name[BOOK_NAME_MAX], id[BOOK_ID_MAX], path[PACKAGE_PATH_MAX];
    bool hidden;
};

struct book {
    struct package package;
    char path[PACKAGE_PATH_MAX]; /* of the workbook itself */
    char strings_path[PACKAGE_PATH_MAX], styles_path[PACKAGE_PATH_MAX];
    struct book_sheet *sheets;
    size_t n;
    bool from_1904;
    struct texts strings;
    struct styles styles;
};

/* book_close() in every case. */
int book_open(struct book *book, const char *name, struct jh_slice body, size_t max,
              struct jh_err *err);
void book_close(struct book *book);
/* The names of the sheets, as far as they fit, for a message. */
void book_names(const struct book *book, char *text, size_t size);
