/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/check.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>

enum { MEMORY = 8 << 20, COLUMNS_MAX = 128, ROWS_MAX = 2000 };

void check_init(struct check *check)
{
    *check = (struct check){.name = "", .value = NAN};
    check->memory = calloc(1, MEMORY);
    check->next = check->memory + 8; /* offset 0 means: not there */
}

void check_done(struct check *check)
{
    free(check->memory);
}

static void fail(struct check *check, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void fail(struct check *check, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(check->text, sizeof check->text, fmt, ap);
    va_end(ap);
    check->bad = true;
}

/* Zeroed memory that lives as long as the views. */
static void *take(lua_State *lua, struct check *check, size_t n)
{
    n = (n + 7) & ~(size_t)7;
    if (!check->memory || n > (size_t)(check->memory + MEMORY - check->next))
        luaL_error(lua, "the rows of this test are too large");
    void *p = check->next;
    check->next += n;
    return p;
}

static uint64_t take_text(lua_State *lua, struct check *check, const char *text)
{
    char *p = take(lua, check, strlen(text) + 1);
    memcpy(p, text, strlen(text));
    return (uint64_t)(p - check->memory);
}

/* ---- rows to a view -------------------------------------------------------------------------- */

struct table {
    lua_State *lua;
    struct check *check;
    struct view *view;
    struct pack_school *schools;
    struct pack_column *columns; /* by header */
    size_t n_columns, n;
};

static double *new_values(struct table *t)
{
    double *values = take(t->lua, t->check, t->n * sizeof *values);
    for (size_t i = 0; i < t->n; i++)
        values[i] = NAN;
    return values;
}

/* The column of this name, made when it is new. */
static double *values_of(struct table *t, enum stage stage, const char *name)
{
    bool staged = false;
    size_t len = strlen(name);
    enum field f = field_family(name, len, &staged);
    if (f != FIELD_NONE) {
        f = staged ? f + stage : f;
        if (!t->view->col[f])
            t->view->col[f] = new_values(t);
        return (double *)(uintptr_t)t->view->col[f]; /* ours */
    }
    enum field full = field_of(name, len);
    if (full != FIELD_NONE)
        luaL_error(t->lua, "rows: '%s': leave the stage out: '%s'", name,
                   field_family_id(full));
    for (size_t i = 0; i < t->n_columns; i++)
        if (strcmp(t->check->memory + t->columns[i].name, name) == 0)
            return (double *)(void *)(t->check->memory + t->columns[i].values);
    if (t->n_columns == COLUMNS_MAX)
        luaL_error(t->lua, "rows: more than %d columns", COLUMNS_MAX);
    double *values = new_values(t);
    struct pack_column *c = &t->columns[t->n_columns++];
    c->field = FIELD_NONE;
    c->name = take_text(t->lua, t->check, name);
    c->values = (uint64_t)((char *)values - t->check->memory);
    return values;
}

static int word_of(struct table *t, const char *key, const char *text)
{
    size_t len = strlen(text);
    int word = strcmp(key, "kind") == 0 ? kind_of(text, len) : setting_of(text, len);
    if (word < 0)
        luaL_error(t->lua, "rows: %s: \"%s\" is not known", key, text);
    return word;
}

/* What is said of the school itself; the value is on top. False: no such thing, a column. */
static bool set_attribute(struct table *t, struct pack_school *s, const char *key)
{
    static const char *const texts[] = {"code", "name", "campus", "parent_code"};
    uint64_t *const places[] = {&s->code, &s->name, &s->campus, &s->parent};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (strcmp(key, texts[i]) == 0) {
            *places[i] = take_text(t->lua, t->check, luaL_checkstring(t->lua, -1));
            return true;
        }
    if (strcmp(key, "kind") == 0)
        s->kind = (uint8_t)word_of(t, key, luaL_checkstring(t->lua, -1));
    else if (strcmp(key, "setting") == 0)
        s->setting = (uint8_t)word_of(t, key, luaL_checkstring(t->lua, -1));
    else if (strcmp(key, "owner") == 0)
        s->owner = (uint8_t)luaL_checkinteger(t->lua, -1);
    else if (strcmp(key, "built_year") == 0)
        s->built_year = (int16_t)luaL_checkinteger(t->lua, -1);
    else if (strcmp(key, "boarding") == 0)
        s->boarding = (int8_t)lua_toboolean(t->lua, -1);
    else if (strcmp(key, "dense_centre") == 0)
        s->dense_centre = (int8_t)lua_toboolean(t->lua, -1);
    else
        return false;
    return true;
}

/* The row's table is on top. */
static void read_row(struct table *t, enum stage stage, size_t i)
{
    lua_State *lua = t->lua;
    struct pack_school *s = &t->schools[i];
    luaL_checktype(lua, -1, LUA_TTABLE);
    *s = (struct pack_school){.owner = OWNER_DEFAULT,
                              .kind = stage == STAGE_JUNIOR ? KIND_JUNIOR : KIND_PRIMARY,
                              .stage = STAGE_NONE,
                              .boarding = -1,
                              .dense_centre = -1};
    char code[24];
    snprintf(code, sizeof code, "row %zu", i + 1);
    s->code = take_text(lua, t->check, code);
    s->name = s->campus = s->parent = take_text(lua, t->check, "");
    for (lua_pushnil(lua); lua_next(lua, -2); lua_pop(lua, 1)) {
        if (lua_type(lua, -2) != LUA_TSTRING)
            luaL_error(lua, "rows: row %d has an entry without a name", (int)i + 1);
        const char *key = lua_tostring(lua, -2);
        if (set_attribute(t, s, key))
            continue;
        if (lua_type(lua, -1) != LUA_TNUMBER)
            luaL_error(lua, "rows: row %d: %s is not a number", (int)i + 1, key);
        values_of(t, stage, key)[i] = lua_tonumber(lua, -1);
    }
}

/* The list of rows is on top; every row is a unit. */
static void read_rows(lua_State *lua, struct check *check, struct view *view,
                      const char *round)
{
    size_t n = lua_rawlen(lua, -1);
    if (n > ROWS_MAX)
        luaL_error(lua, "rows: at most %d", ROWS_MAX);
    *view = (struct view){.base = check->memory,
                          .code = "000000",
                          .name = "test",
                          .round = round,
                          .n_schools = n};
    struct table t = {.lua = lua, .check = check, .view = view, .n = n};
    t.schools = take(lua, check, n * sizeof *t.schools);
    t.columns = take(lua, check, COLUMNS_MAX * sizeof *t.columns);
    struct pack_unit *units = take(lua, check, n * sizeof *units);
    struct pack_member *members = take(lua, check, n * sizeof *members);
    for (size_t i = 0; i < n; i++) {
        lua_rawgeti(lua, -1, (lua_Integer)i + 1);
        read_row(&t, check->stage, i);
        lua_pop(lua, 1);
        units[i] = (struct pack_unit){(uint32_t)i, (uint32_t)i, 1};
        members[i] = (struct pack_member){1, (uint32_t)i, 1};
    }
    view->schools = t.schools;
    view->columns = t.columns;
    view->n_columns = t.n_columns;
    view->units[check->stage] = (struct view_units){units, members, n};
}

/* ---- the test ---------------------------------------------------------------------------------- */

static int get(lua_State *lua, const char *key)
{
    lua_pushstring(lua, key);
    return lua_rawget(lua, -2);
}

/* A text of the test's table, which keeps it alive. */
static const char *get_text(lua_State *lua, const char *key, const char *def)
{
    int type = get(lua, key);
    const char *p = type == LUA_TSTRING ? lua_tostring(lua, -1) : def;
    lua_pop(lua, 1);
    if (type != LUA_TSTRING && type != LUA_TNIL)
        luaL_error(lua, "%s: a text is wanted", key);
    return p;
}

static void check_keys(lua_State *lua)
{
    static const char *const keys[] = {"name",   "stage", "rows", "expect", "previous",
                                       "school", "value", "text", "round",  NULL};
    for (lua_pushnil(lua); lua_next(lua, -2); lua_pop(lua, 1)) {
        const char *key = lua_type(lua, -2) == LUA_TSTRING ? lua_tostring(lua, -2) : "";
        size_t i = 0;
        while (keys[i] && strcmp(keys[i], key) != 0)
            i++;
        if (!keys[i])
            luaL_error(lua, "a test has no key '%s'", key);
    }
}

static void read_expectation(lua_State *lua, struct check *check)
{
    const char *expect = get_text(lua, "expect", "");
    int outcome = outcome_of(expect);
    if (outcome <= OUTCOME_NONE)
        luaL_error(lua, "expect: \"%s\" is none of: pass fail unknown broken", expect);
    check->expect = (enum outcome)outcome;
    check->want_text = get_text(lua, "text", NULL);
    if (get(lua, "value") != LUA_TNIL)
        check->value = luaL_checknumber(lua, -1);
    lua_pop(lua, 1);
    if (get(lua, "school") != LUA_TNIL)
        check->unit = (size_t)luaL_checkinteger(lua, -1) - 1;
    lua_pop(lua, 1);
    if (check->unit >= check->view.n_schools)
        luaL_error(lua, "there is no such row as `school`");
}

void check_read(lua_State *lua, int tests_ref, lua_Integer n, struct check *check)
{
    lua_rawgeti(lua, LUA_REGISTRYINDEX, tests_ref);
    if (lua_rawgeti(lua, -1, n) != LUA_TTABLE)
        luaL_error(lua, "tests: entry %d is not a table", (int)n);
    check->name = get_text(lua, "name", "");
    check_keys(lua);
    const char *stage = get_text(lua, "stage", "primary");
    int s = stage_of(stage, strlen(stage));
    if (s < 0)
        luaL_error(lua, "stage: \"%s\" is none of: primary junior", stage);
    check->stage = (enum stage)s;
    if (get(lua, "rows") != LUA_TTABLE)
        luaL_error(lua, "rows: { { pupils = 100, ... }, ... } is wanted");
    read_rows(lua, check, &check->view, get_text(lua, "round", "2025"));
    lua_pop(lua, 1);
    int before = get(lua, "previous");
    check->has_before = before == LUA_TTABLE;
    if (check->has_before)
        read_rows(lua, check, &check->before, "2024");
    else if (before != LUA_TNIL)
        luaL_error(lua, "previous: rows are wanted");
    lua_pop(lua, 1);
    read_expectation(lua, check);
    lua_pop(lua, 1); /* the list of tests stays and keeps the texts */
}

void check_compare(struct check *check, const struct indicator_answer *got)
{
    double near = 1e-9 * fmax(1, fabs(check->value));
    if (got->outcome != check->expect)
        fail(check, "expected %s, got %s: %s", outcome_id(check->expect),
             outcome_id(got->outcome), got->text);
    else if (!isnan(check->value) && !(fabs(got->value - check->value) <= near))
        fail(check, "expected the value %.12g, got %.12g", check->value, got->value);
    else if (check->want_text && !strstr(got->text, check->want_text))
        fail(check, "the text does not say \"%s\": %s", check->want_text, got->text);
}
