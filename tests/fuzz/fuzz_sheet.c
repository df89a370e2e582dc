/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of sources and divisions come from spreadsheets: whatever is in them, reading ends,
 * every cell is terminated UTF-8 with a place within the file, and a row is never empty. */
#define _GNU_SOURCE 1
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/utf8.h"
#include "conf/sheet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define HOLDS(cond)                                                                      \
    do {                                                                                 \
        if (!(cond))                                                                     \
            abort();                                                                     \
    } while (0)

static void read_rows(struct sheet *sheet)
{
    struct sheet_cell cells[SHEET_COLUMNS_MAX];
    unsigned line = 1;
    int n;
    while ((n = sheet_row(sheet, cells)) > 0) {
        HOLDS(n <= SHEET_COLUMNS_MAX && (n > 1 || *cells[0].text));
        for (int i = 0; i < n; i++) {
            size_t len = strlen(cells[i].text);
            HOLDS(len <= SHEET_CELL_MAX && utf8_check(cells[i].text, len) == len);
            HOLDS(cells[i].line >= line && cells[i].col >= 1);
            line = cells[i].line;
        }
    }
    HOLDS(n == 0 || sheet->errs->errors);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(64 * 1024 * 1024);
    struct sheet sheet;
    struct errs errs;
    struct jh_err err = {0};
    char path[64];
    int fd = memfd_create("sheet", MFD_CLOEXEC);
    if (!arena || fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    errs_init(&errs, 5);
    if (sheet_open(&sheet, path, arena, &errs, &err) == 0) {
        read_rows(&sheet);
        sheet_close(&sheet);
    } else {
        HOLDS(*err.text);
    }
    errs_done(&errs);
    arena_free(arena);
    close(fd);
    return 0;
}
