/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A script's own test: { name = ..., stage = "primary", rows = { { pupils = 100, ... }, ... },
 * expect = "fail" }, and optionally previous (rows), round, school (which row, for scope
 * "school"), value and text. The rows become a view in memory of its own; the answer is compared.
 * In the child; check_done() frees.
 */
#pragma once

#include "sandbox/indicator.h"
#include "sandbox/view.h"

struct check {
    const char *name;
    enum stage stage;
    struct view view, before;
    bool has_before;
    size_t unit; /* for scope "school" */
    enum outcome expect;
    double value; /* NaN = not looked at */
    const char *want_text;
    bool bad; /* wrong, or failed: text says why */
    char text[1024];
    char *memory, *next; /* of the views */
};

void check_init(struct check *check);
void check_done(struct check *check);
/* Reads entry n of the list behind the reference; raises Lua errors, sets `bad`. */
void check_read(lua_State *lua, int tests_ref, lua_Integer n, struct check *check);
void check_compare(struct check *check, const struct indicator_answer *got);
