/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An old workbook turned into XLSX by LibreOffice, a program of its own: in a process group that
 * is killed at the time limit, with a folder and a profile that are made for the one file and
 * removed, without macros and links. Blocks; any thread, several at once.
 */
#pragma once

#include <stddef.h>

#include <junheng/plugin.h>

struct convert {
    const char *program;
    int64_t timeout_ms;
    size_t max_bytes; /* of what comes out */
};

/* Is there such a program? */
bool convert_possible(const struct convert *convert);
/* ret is malloc'ed. What fails is in err: JH_EREFUSED, JH_ELIMIT, JH_ETIMEOUT, JH_EIO. */
int convert_run(const struct convert *convert, const char *name, struct jh_slice body,
                struct jh_slice *ret, struct jh_err *err);
