/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/indicator.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>

#include "base/num.h"
#include "base/utf8.h"
#include "model/field.h"
#include "sandbox/guard.h"

static const char INDICATOR[] =
    "junheng.indicator"; /* metatable of what jh.indicator makes */
static const char ANSWER[] = "junheng.answer";

/* ---- jh ---------------------------------------------------------------------------------------- */

/* Marks the table and remembers the line. */
static int jh_indicator(lua_State *lua)
{
    luaL_checktype(lua, 1, LUA_TTABLE);
    lua_settop(lua, 1);
    lua_createtable(lua, 2, 0);
    lua_pushvalue(lua, 1);
    lua_rawseti(lua, 2, 1);
    luaL_setmetatable(lua, INDICATOR);
    return 1;
}

static int push_answer(lua_State *lua, enum outcome outcome, int value_arg, int fmt_arg)
{
    double value = NAN;
    if (value_arg && !lua_isnoneornil(lua, value_arg)) {
        value = luaL_checknumber(lua, value_arg);
        luaL_argcheck(lua, isfinite(value), value_arg,
                      "the value is not a finite number");
    }
    int n = lua_gettop(lua) - fmt_arg + 1;
    if (n > 0 && !lua_isnil(lua, fmt_arg)) {
        luaL_checktype(lua, fmt_arg, LUA_TSTRING);
        lua_pushvalue(lua, lua_upvalueindex(1)); /* string.format, the guarded one */
        lua_insert(lua, fmt_arg);
        lua_call(lua, n, 1);
    } else {
        lua_pushliteral(lua, "");
    }
    lua_createtable(lua, 3, 0);
    lua_pushinteger(lua, outcome);
    lua_rawseti(lua, -2, 1);
    lua_pushnumber(lua, value);
    lua_rawseti(lua, -2, 2);
    lua_pushvalue(lua, -2);
    lua_rawseti(lua, -2, 3);
    luaL_setmetatable(lua, ANSWER);
    return 1;
}

/* jh.verdict(ok, value, fmt, ...): ok must say yes or no; nil is neither. */
static int jh_verdict(lua_State *lua)
{
    luaL_checktype(lua, 1, LUA_TBOOLEAN);
    return push_answer(lua, lua_toboolean(lua, 1) ? OUTCOME_PASS : OUTCOME_FAIL, 2, 3);
}

static int jh_pass(lua_State *lua)
{
    return push_answer(lua, OUTCOME_PASS, 1, 2);
}

static int jh_fail(lua_State *lua)
{
    return push_answer(lua, OUTCOME_FAIL, 1, 2);
}

static int jh_unknown(lua_State *lua)
{
    return push_answer(lua, OUTCOME_UNKNOWN, 0, 1);
}

static void make_metatable(lua_State *lua, const char *name)
{
    luaL_newmetatable(lua, name);
    lua_pushboolean(lua, 0);
    lua_setfield(lua, -2, "__metatable");
    lua_pop(lua, 1);
}

void indicator_open(lua_State *lua)
{
    static const luaL_Reg functions[] = {
        {"indicator", jh_indicator}, {"verdict", jh_verdict}, {"pass", jh_pass},
        {"fail", jh_fail},           {"unknown", jh_unknown}, {NULL, NULL}};
    make_metatable(lua, INDICATOR);
    make_metatable(lua, ANSWER);
    lua_getfield(lua, LUA_REGISTRYINDEX, ENV_LIBRARY);
    lua_newtable(lua);
    lua_getfield(lua, -2, "string");
    lua_getfield(lua, -1, "format");
    lua_remove(lua, -2);
    luaL_setfuncs(lua, functions, 1);
    lua_setfield(lua, -2, "jh");
    lua_pop(lua, 1);
}

static bool has_metatable(lua_State *lua, const char *name)
{
    if (lua_type(lua, -1) != LUA_TTABLE || !lua_getmetatable(lua, -1))
        return false;
    luaL_getmetatable(lua, name);
    bool same = lua_rawequal(lua, -1, -2);
    lua_pop(lua, 2);
    return same;
}

bool indicator_answer(struct env *env, struct indicator_answer *ret)
{
    lua_State *lua = env->lua;
    if (!has_metatable(lua, ANSWER)) {
        snprintf(env->text, sizeof env->text,
                 "%s: evaluate must return jh.verdict(...) or jh.unknown(...), not a %s",
                 env->name, luaL_typename(lua, -1));
        return false;
    }
    lua_rawgeti(lua, -1, 1);
    lua_rawgeti(lua, -2, 2);
    lua_rawgeti(lua, -3, 3);
    ret->outcome = (enum outcome)lua_tointeger(lua, -3);
    ret->value = lua_tonumber(lua, -2);
    ret->text = lua_tostring(lua, -1);
    if (!ret->text)
        ret->text = "";
    lua_pop(lua, 3); /* the answer on the stack keeps the text alive */
    return true;
}

/* ---- reading the table --------------------------------------------------------------------------- */

struct reader {
    struct env *env;
    lua_State *lua;
    int table; /* index of the indicator's table */
    const char *source;
    const struct indicator_sink *sink;
    bool bad;
};

/* The first line on which the key stands before a '='; 0 = not found. */
static unsigned line_of(const char *source, const char *key)
{
    static const char word[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    size_t len = strlen(key);
    unsigned line = 1;
    for (const char *p = source; *p && len; p++) {
        line += *p == '\n';
        if (strncmp(p, key, len) != 0 || (p > source && strchr(word, p[-1])))
            continue;
        const char *next = p + len + strspn(p + len, " \t\"]");
        if (next[0] == '=' && next[1] != '=')
            return line;
    }
    return 0;
}

/* Where the indicator begins; 0 = not found. */
static unsigned line_of_call(const char *source)
{
    const char *at = strstr(source, "jh.indicator");
    unsigned line = at != NULL;
    for (const char *p = source; at && p < at; p++)
        line += *p == '\n';
    return line;
}

static void mistake(struct reader *r, const char *key, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void mistake(struct reader *r, const char *key, const char *fmt, ...)
{
    char text[512];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    unsigned line = key ? line_of(r->source, key) : 0;
    r->sink->mistake(r->sink->arg, line ? line : line_of_call(r->source), text);
    r->bad = true;
}

/* Pushes the value of a key and returns its type. */
static int field(struct reader *r, const char *key)
{
    lua_pushstring(r->lua, key);
    return lua_rawget(r->lua, r->table);
}

static const char *read_text(struct reader *r, const char *key, const char *def)
{
    int type = field(r, key);
    size_t len = 0;
    const char *p = type == LUA_TSTRING ? lua_tolstring(r->lua, -1, &len) : NULL;
    lua_pop(r->lua, 1); /* the table keeps it */
    if (p && (strlen(p) != len || utf8_check(p, len) < len || len > 256)) {
        mistake(r, key, "%s: not a text of at most 256 bytes of UTF-8", key);
        return "";
    }
    if (p && *p)
        return p;
    if (type == LUA_TNIL && def)
        return def;
    mistake(r, key, type == LUA_TNIL ? "%s is missing" : "%s: a text is wanted", key);
    return "";
}

static void read_id(struct reader *r, struct indicator_script *s)
{
    s->id = read_text(r, "id", NULL);
    size_t len = strlen(s->id);
    if (len > INDICATOR_ID_MAX ||
        strspn(s->id, "abcdefghijklmnopqrstuvwxyz0123456789_") != len ||
        (len && !(s->id[0] >= 'a' && s->id[0] <= 'z')))
        mistake(r, "id",
                "id: small letters, digits and _ are wanted, at most %d, not \"%s\"",
                INDICATOR_ID_MAX, s->id);
}

/* Is it one of the words, which have a blank between them? */
static bool is_word(const char *word, const char *words)
{
    size_t len = strlen(word);
    for (const char *p = words; *p; p += strcspn(p, " "), p += *p == ' ')
        if (strcspn(p, " ") == len && strncmp(p, word, len) == 0)
            return true;
    return false;
}

static void check_word(struct reader *r, const char *key, const char *word,
                       const char *words)
{
    if (*word && !is_word(word, words))
        mistake(r, key, "%s: \"%s\" is none of: %s", key, word, words);
}

static void add_stage(struct reader *r, struct indicator_script *s)
{
    size_t len = 0;
    const char *p =
        lua_type(r->lua, -1) == LUA_TSTRING ? lua_tolstring(r->lua, -1, &len) : "";
    int stage = stage_of(p, len);
    if (stage < 0)
        mistake(r, "stage", "stage: \"%s\" is none of: primary junior", p);
    else
        s->stages |= 1u << stage;
}

/* A text or a list of texts. */
static void read_stages(struct reader *r, struct indicator_script *s)
{
    int type = field(r, "stage");
    if (type == LUA_TNIL)
        s->stages = (1u << STAGE_COUNT) - 1;
    else if (type == LUA_TSTRING)
        add_stage(r, s);
    else if (type != LUA_TTABLE || lua_rawlen(r->lua, -1) == 0)
        mistake(r, "stage", "stage: { \"primary\", \"junior\" } is wanted");
    for (int i = 1; type == LUA_TTABLE && i <= (int)lua_rawlen(r->lua, -1); i++) {
        lua_rawgeti(r->lua, -1, i);
        add_stage(r, s);
        lua_pop(r->lua, 1);
    }
    lua_pop(r->lua, 1);
}

static void read_needs(struct reader *r, struct indicator_script *s)
{
    int type = field(r, "needs");
    if (type != LUA_TNIL && type != LUA_TTABLE)
        mistake(r, "needs", "needs: a list of fields is wanted");
    size_t n = type == LUA_TTABLE ? lua_rawlen(r->lua, -1) : 0;
    if (n > INDICATOR_NEEDS_MAX) {
        mistake(r, "needs", "needs: at most %d", INDICATOR_NEEDS_MAX);
        n = 0;
    }
    for (size_t i = 0; i < n; i++) {
        size_t len = 0;
        const char *p = lua_rawgeti(r->lua, -1, (lua_Integer)i + 1) == LUA_TSTRING
                            ? lua_tolstring(r->lua, -1, &len)
                            : NULL;
        lua_pop(r->lua, 1);
        if (!p || strlen(p) != len || len > 256) {
            mistake(r, "needs", "needs: entry %zu is not the name of a field", i + 1);
            continue;
        }
        enum field full = field_of(p, len);
        if (full < FIELD_COUNT && field_staged(full, NULL, NULL))
            mistake(r, "needs", "needs: \"%s\": leave the stage out: \"%s\"", p,
                    field_family_id(full));
        bool staged = false;
        s->needs[s->n_needs].name = p;
        s->needs[s->n_needs].family = field_family(p, len, &staged);
        s->needs[s->n_needs++].staged = staged;
    }
    lua_pop(r->lua, 1);
}

/* ---- parameters ------------------------------------------------------------------------------------ */

static void check_params(struct reader *r)
{
    for (lua_pushnil(r->lua); lua_next(r->lua, -2); lua_pop(r->lua, 1)) {
        int type = lua_type(r->lua, -1);
        if (lua_type(r->lua, -2) != LUA_TSTRING)
            mistake(r, "params", "params: every parameter has a name");
        else if (type != LUA_TNUMBER && type != LUA_TSTRING && type != LUA_TBOOLEAN)
            mistake(r, lua_tostring(r->lua, -2),
                    "params.%s: a number, a text, true or false is wanted",
                    lua_tostring(r->lua, -2));
    }
}

/* Puts one parameter of the configuration over the script's own; params on top. */
static void override(struct reader *r, const struct indicator_param *p)
{
    double number = 0;
    bool is_flag = strcmp(p->value, "true") == 0 || strcmp(p->value, "false") == 0;
    const char *digits = p->value + (p->value[0] == '-');
    bool is_number = p->is_number && num_parse(digits, strlen(digits), &number) == 0;
    if (digits > p->value)
        number = -number;
    lua_pushstring(r->lua, p->name);
    int type = lua_rawget(r->lua, -2);
    lua_pop(r->lua, 1);
    lua_pushstring(r->lua, p->name);
    if (type == LUA_TNUMBER && is_number)
        lua_pushnumber(r->lua, number);
    else if (type == LUA_TBOOLEAN && is_flag)
        lua_pushboolean(r->lua, p->value[0] == 't');
    else if (type == LUA_TSTRING)
        lua_pushstring(r->lua, p->value);
    else {
        lua_pop(r->lua, 1);
        mistake(
            r, "params",
            type == LUA_TNIL
                ? "the configuration sets %s = %s, but the script has no such parameter"
                : "the configuration sets %s = %s, which is of another type",
            p->name, p->value);
        return;
    }
    lua_rawset(r->lua, -3);
}

static bool has_param(struct reader *r, const char *name)
{
    lua_pushstring(r->lua, name);
    bool has = lua_rawget(r->lua, -2) != LUA_TNIL;
    lua_pop(r->lua, 1);
    return has;
}

static void read_params(struct reader *r, struct indicator_script *s,
                        const struct indicator_param *params, size_t n)
{
    int type = field(r, "params");
    if (type != LUA_TTABLE) {
        if (type != LUA_TNIL)
            mistake(r, "params", "params: { name = value, ... } is wanted");
        lua_pop(r->lua, 1);
        lua_newtable(r->lua);
    }
    check_params(r);
    for (size_t i = 0; i < n; i++) {
        if (strcmp(params[i].indicator, s->id) != 0)
            continue;
        if (strcmp(params[i].name, "severity") == 0 && !has_param(r, "severity"))
            s->severity = params[i].value;
        else
            override(r, &params[i]);
    }
    s->params = luaL_ref(r->lua, LUA_REGISTRYINDEX);
}

void indicator_push_params(lua_State *lua, const struct indicator_script *script)
{
    lua_rawgeti(lua, LUA_REGISTRYINDEX, script->params);
    lua_newtable(lua);
    for (lua_pushnil(lua); lua_next(lua, -3);) {
        lua_pushvalue(lua, -2);
        lua_insert(lua, -2); /* params, copy, key, key, value */
        lua_rawset(lua, -4);
    }
    lua_remove(lua, -2);
}

/* ---- all of it --------------------------------------------------------------------------------------- */

static const char KEYS[] =
    "id title scope stage needs params severity population evaluate tests";

static void check_keys(struct reader *r)
{
    for (lua_pushnil(r->lua); lua_next(r->lua, r->table); lua_pop(r->lua, 1)) {
        const char *key =
            lua_type(r->lua, -2) == LUA_TSTRING ? lua_tostring(r->lua, -2) : "";
        if (!*key)
            mistake(r, NULL, "an entry without a name");
        else if (!is_word(key, KEYS))
            mistake(r, key, "unknown key \"%s\"; known are: %s", key, KEYS);
    }
}

static int read_function(struct reader *r)
{
    if (field(r, "evaluate") != LUA_TFUNCTION)
        mistake(r, "evaluate", "evaluate: a function is wanted");
    return luaL_ref(r->lua, LUA_REGISTRYINDEX);
}

static int read_tests(struct reader *r, struct indicator_script *s)
{
    int type = field(r, "tests");
    if (type != LUA_TTABLE && type != LUA_TNIL)
        mistake(r, "tests",
                "tests: { { name = ..., rows = ..., expect = ... }, ... } is wanted");
    size_t n = type == LUA_TTABLE ? lua_rawlen(r->lua, -1) : 0;
    if (n > INDICATOR_TESTS_MAX)
        mistake(r, "tests", "tests: at most %d", INDICATOR_TESTS_MAX);
    s->n_tests = (uint32_t)n;
    return luaL_ref(r->lua, LUA_REGISTRYINDEX);
}

static void read_all(struct reader *r, const struct indicator_param *params,
                     size_t n_params, struct indicator_script *s)
{
    check_keys(r);
    read_id(r, s);
    s->title = read_text(r, "title", NULL);
    s->severity = read_text(r, "severity", "notice");
    s->population = read_text(r, "population", "");
    const char *scope = read_text(r, "scope", "county");
    check_word(r, "scope", scope, "county school");
    s->per_school = strcmp(scope, "school") == 0;
    read_stages(r, s);
    read_needs(r, s);
    read_params(r, s, params, n_params);
    check_word(r, "severity", s->severity, "critical warning notice");
    s->evaluate = read_function(r);
    s->tests = read_tests(r, s);
}

bool indicator_read(struct env *env, const char *source,
                    const struct indicator_param *params, size_t n_params,
                    const struct indicator_sink *sink, struct indicator_script *ret)
{
    lua_State *lua = env->lua;
    struct reader r = {.env = env, .lua = lua, .source = source, .sink = sink};
    struct indicator_script s = {0};
    if (!has_metatable(lua, INDICATOR)) {
        mistake(&r, NULL, "the file must end with: return jh.indicator { ... }");
        return false;
    }
    lua_rawgeti(lua, -1, 1); /* stays on the stack: it keeps the texts */
    r.table = lua_gettop(lua);
    read_all(&r, params, n_params, &s);
    if (!r.bad)
        *ret = s;
    return !r.bad;
}
