/* SPDX-License-Identifier: Apache-2.0 */
/* Our own writer, because jansson prints 0.65 as 0.65000000000000002 or not exactly. */
#include <inttypes.h>

#include "render/json.h"

static bool dump(const json_t *v, struct buf *out, unsigned depth);

static bool dump_list(const json_t *v, struct buf *out, unsigned depth)
{
    bool good = true;
    buf_char(out, '[');
    for (size_t i = 0; i < json_array_size(v) && good; i++) {
        if (i)
            buf_char(out, ',');
        good = dump(json_array_get(v, i), out, depth);
    }
    buf_char(out, ']');
    return good;
}

static bool dump_map(const json_t *v, struct buf *out, unsigned depth)
{
    const char *key;
    json_t *item;
    bool good = true, first = true;
    buf_char(out, '{');
    json_object_foreach((json_t *)v, key, item) /* reads only; jansson forgot its const */
    {
        if (!first)
            buf_char(out, ',');
        first = false;
        buf_json(out, key);
        buf_char(out, ':');
        good = good && dump(item, out, depth);
    }
    buf_char(out, '}');
    return good;
}

static bool dump(const json_t *v, struct buf *out, unsigned depth)
{
    if (depth == 0)
        return false;
    switch (json_typeof(v)) {
    case JSON_OBJECT:
        return dump_map(v, out, depth - 1);
    case JSON_ARRAY:
        return dump_list(v, out, depth - 1);
    case JSON_STRING:
        buf_json(out, json_string_value(v));
        break;
    case JSON_INTEGER:
        buf_fmt(out, "%" PRId64, (int64_t)json_integer_value(v));
        break;
    case JSON_REAL:
        buf_double(out, json_real_value(v));
        break;
    case JSON_TRUE:
        buf_str(out, "true");
        break;
    case JSON_FALSE:
        buf_str(out, "false");
        break;
    case JSON_NULL:
        buf_str(out, "null");
        break;
    }
    return !out->failed;
}

int json_dump(const json_t *value, struct buf *out)
{
    return value && dump(value, out, JSON_DUMP_DEPTH) && !out->failed ? 0 : JH_ELIMIT;
}

char *json_text(const json_t *value, size_t max)
{
    struct buf out;
    buf_init(&out, max);
    if (json_dump(value, &out) == 0)
        return buf_take(&out);
    buf_done(&out);
    return NULL;
}

json_t *json_number(double v)
{
    return __builtin_isfinite(v) ? json_real(v) : json_null();
}
