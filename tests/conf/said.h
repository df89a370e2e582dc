/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a check said, as one text: the messages of an errs list, one a line, warnings marked.
 * The text lives in the arena. For tests of conf/, which compare whole messages because
 * people act on their words. One thread.
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"

static inline const char *said(const struct errs *errs, struct arena *arena)
{
    const char *all = "";
    for (size_t i = 0; i < errs->n; i++) {
        char line[1200];
        err_format(&errs->items[i].err, line, sizeof line);
        all = arena_fmt(arena, "%s%s%s%s", all, i ? "\n" : "",
                        errs->items[i].kind == ERR_WARNING ? "warning: " : "", line);
    }
    return all;
}
