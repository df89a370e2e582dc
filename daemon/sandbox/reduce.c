/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/reduce.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>

#include "eval/cv.h"
#include "sandbox/env.h"
#include "sandbox/frame.h"

enum { NAMED_MAX = 5, NAMES_MAX = 600 };

/* What a reduction goes over; it lives on the Lua stack. */
struct amounts {
    size_t n;
    const double *x;   /* amounts */
    const double *per; /* what they are divided by, or NULL */
};

/* Which schools lack it, in words. */
static int end_missing(lua_State *lua, const struct frame *frame, const char *field,
                       const double *x, bool zero)
{
    size_t n = frame_count(frame), missing = 0;
    char names[NAMES_MAX];
    size_t len = 0;
    names[0] = 0;
    for (size_t i = 0; i < n; i++) {
        if (zero ? x[i] > 0 : !isnan(x[i]))
            continue;
        if (missing++ < NAMED_MAX && len < sizeof names)
            len += (size_t)snprintf(names + len, sizeof names - len, "%s%s",
                                    missing > 1 ? ", " : "", frame_school_name(frame, i));
    }
    return env_unknown(lua, "%s is %s at %zu of %zu schools: %s%s", field,
                       zero ? "zero" : "missing", missing, n, names,
                       missing > NAMED_MAX ? ", ..." : "");
}

/* The whole column in memory of Lua's, so that it counts and goes away. */
static const double *read_column(lua_State *lua, const struct frame *frame, int arg)
{
    struct view_column col = frame_column(lua, frame, arg);
    const char *field = lua_tostring(lua, arg);
    if (!col.values)
        env_unknown(lua, "the data have no column %s", field);
    double *x = lua_newuserdatauv(lua, frame_count(frame) * sizeof *x, 0);
    if (view_fill(&frame->view, frame->stage, &col, x) > 0)
        end_missing(lua, frame, field, x, false);
    return x;
}

/* { per = "pupils" } at arg: the divisors; none may be 0. NULL: not given. */
static const double *read_per(lua_State *lua, const struct frame *frame, int arg)
{
    if (lua_isnoneornil(lua, arg))
        return NULL;
    luaL_checktype(lua, arg, LUA_TTABLE);
    for (lua_pushnil(lua); lua_next(lua, arg); lua_pop(lua, 1))
        if (lua_type(lua, -2) != LUA_TSTRING || strcmp(lua_tostring(lua, -2), "per") != 0)
            luaL_error(lua, "the only option is { per = \"field\" }");
    if (lua_getfield(lua, arg, "per") == LUA_TNIL)
        return NULL;
    int at = lua_gettop(lua);
    const double *per = read_column(lua, frame, at);
    for (size_t i = 0, n = frame_count(frame); i < n; i++)
        if (!(per[i] > 0))
            end_missing(lua, frame, lua_tostring(lua, at), per, true);
    return per;
}

static struct amounts read_amounts(lua_State *lua, int per_arg)
{
    const struct frame *frame = frame_check(lua, 1);
    lua_settop(lua, per_arg);
    struct amounts a = {.n = frame_count(frame)};
    a.x = read_column(lua, frame, 2);
    a.per = read_per(lua, frame, per_arg);
    return a;
}

static int end_empty(lua_State *lua, const char *what)
{
    return env_unknown(lua, "%s of %s: no schools", what, lua_tostring(lua, 2));
}

static double total(const double *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i];
    return sum;
}

static int reduce_sum(lua_State *lua)
{
    struct amounts a = read_amounts(lua, 3);
    luaL_argcheck(lua, !a.per, 3, "a sum has no per");
    lua_pushnumber(lua, total(a.x, a.n));
    return 1;
}

/* With per: total over total, the mean of the texts (docs/standards.md 1). */
static int reduce_mean(lua_State *lua)
{
    struct amounts a = read_amounts(lua, 3);
    if (!a.n)
        return end_empty(lua, "mean");
    double by = a.per ? total(a.per, a.n) : (double)a.n;
    lua_pushnumber(lua, total(a.x, a.n) / by);
    return 1;
}

static int reduce_cv(lua_State *lua)
{
    struct amounts a = read_amounts(lua, 3);
    if (!a.n)
        return end_empty(lua, "cv");
    if (!a.per) {
        double *ones = lua_newuserdatauv(lua, a.n * sizeof *ones, 0);
        for (size_t i = 0; i < a.n; i++)
            ones[i] = 1;
        a.per = ones;
    }
    struct cv cv = cv_weighted(a.x, a.per, a.n, 1);
    if (isnan(cv.cv))
        return env_unknown(lua, "cv of %s is not defined: the mean is 0",
                           lua_tostring(lua, 2));
    lua_pushnumber(lua, cv.cv);
    return 1;
}

/* ---- order ------------------------------------------------------------------------------------- */

static double ratio(const struct amounts *a, size_t i)
{
    return a->per ? a->x[i] / a->per[i] : a->x[i];
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Linear between the two nearest (type 7 of Hyndman and Fan, what R and numpy give). */
static double quantile(lua_State *lua, const struct amounts *a, double q)
{
    double *sorted = lua_newuserdatauv(lua, a->n * sizeof *sorted, 0);
    for (size_t i = 0; i < a->n; i++)
        sorted[i] = ratio(a, i);
    qsort(sorted, a->n, sizeof *sorted, ascending);
    double at = q * (double)(a->n - 1);
    size_t low = (size_t)at;
    size_t high = low + 1 < a->n ? low + 1 : low;
    return sorted[low] + (at - (double)low) * (sorted[high] - sorted[low]);
}

static int reduce_median(lua_State *lua)
{
    struct amounts a = read_amounts(lua, 3);
    if (!a.n)
        return end_empty(lua, "median");
    lua_pushnumber(lua, quantile(lua, &a, 0.5));
    return 1;
}

static int reduce_quantile(lua_State *lua)
{
    double q = luaL_checknumber(lua, 3);
    luaL_argcheck(lua, q >= 0 && q <= 1, 3, "from 0 to 1");
    struct amounts a = read_amounts(lua, 4);
    if (!a.n)
        return end_empty(lua, "quantile");
    lua_pushnumber(lua, quantile(lua, &a, q));
    return 1;
}

/* The value and the school it belongs to (the first of equals). */
static int extreme(lua_State *lua, const char *what, int sign)
{
    struct amounts a = read_amounts(lua, 3);
    if (!a.n)
        return end_empty(lua, what);
    size_t best = 0;
    for (size_t i = 1; i < a.n; i++)
        if (sign * ratio(&a, i) > sign * ratio(&a, best))
            best = i;
    lua_pushnumber(lua, ratio(&a, best));
    lua_pushinteger(lua, (lua_Integer)best + 1);
    return 2;
}

static int reduce_min(lua_State *lua)
{
    return extreme(lua, "min", -1);
}

static int reduce_max(lua_State *lua)
{
    return extreme(lua, "max", 1);
}

void reduce_open(lua_State *lua)
{
    static const luaL_Reg methods[] = {
        {"sum", reduce_sum},           {"mean", reduce_mean}, {"median", reduce_median},
        {"quantile", reduce_quantile}, {"cv", reduce_cv},     {"min", reduce_min},
        {"max", reduce_max},           {NULL, NULL}};
    luaL_setfuncs(lua, methods, 0);
}
