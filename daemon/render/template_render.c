/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <string.h>

#include "base/date.h"
#include "base/num.h"
#include "base/utf8.h"
#include "render/template_node.h"

/* What names mean inside a section: looked up in it first, then in those around it. */
struct frame {
    const json_t *value;
    const struct frame *up;
    bool in_list, first, last;
};

/* ---- names -------------------------------------------------------------------------------- */

static const json_t *member(const json_t *map, struct jh_slice key)
{
    return json_is_object(map) ? json_object_getn(map, key.p, key.len) : NULL;
}

static const json_t *list_mark(const struct frame *frame, bool first)
{
    while (frame && !frame->in_list)
        frame = frame->up;
    return frame && (first ? frame->first : frame->last) ? json_true() : json_false();
}

static const json_t *lookup(const struct frame *frame, struct jh_slice path)
{
    if (path.len == 1 && path.p[0] == '.')
        return frame->value;
    if (path.p[0] == '@')
        return list_mark(frame, path.len == strlen("@first"));
    const char *end = path.p + path.len, *dot = memchr(path.p, '.', path.len);
    struct jh_slice key = {path.p, (size_t)((dot ? dot : end) - path.p)};
    const json_t *v = NULL;
    for (; frame && !v; frame = frame->up)
        v = member(frame->value, key);
    while (v && dot) {
        key.p = dot + 1;
        dot = memchr(key.p, '.', (size_t)(end - key.p));
        key.len = (size_t)((dot ? dot : end) - key.p);
        v = member(v, key);
    }
    return v;
}

static bool is_empty(const json_t *v)
{
    return !v || json_is_null(v) || json_is_false(v) ||
           (json_is_string(v) && json_string_length(v) == 0) ||
           (json_is_array(v) && json_array_size(v) == 0) ||
           (json_is_object(v) && json_object_size(v) == 0);
}

/* ---- values ------------------------------------------------------------------------------- */

static void plain(const json_t *v, struct buf *out)
{
    if (json_is_string(v))
        buf_str(out, json_string_value(v));
    else if (json_is_integer(v))
        buf_fmt(out, "%" PRId64, (int64_t)json_integer_value(v));
    else if (json_is_real(v))
        buf_double(out, json_real_value(v));
    else if (json_is_true(v))
        buf_str(out, "true");
}

static void join(const json_t *v, struct jh_slice between, struct buf *out)
{
    if (!json_is_array(v)) {
        plain(v, out);
        return;
    }
    for (size_t i = 0; i < json_array_size(v); i++) {
        if (i)
            buf_add(out, between.p, between.len);
        plain(json_array_get(v, i), out);
    }
}

/* 18,306; below 100 one decimal, unless it is a whole number. */
static void group(double v, struct buf *out)
{
    char text[NUM_TEXT];
    num_fixed(v, v > -100 && v < 100 && v != (double)(int)v ? 1 : 0, text);
    const char *p = text;
    if (*p == '-')
        buf_char(out, *p++);
    for (size_t left = strcspn(p, "."); left; left--, p++) {
        buf_char(out, *p);
        if (left > 1 && left % 3 == 1)
            buf_char(out, ',');
    }
    buf_str(out, p);
}

/* A date as written (of a stamp its first part), or the day in Shanghai of milliseconds. */
static void date(const json_t *v, size_t len, struct buf *out)
{
    char text[DATE_TEXT];
    const char *p = text;
    if (json_is_integer(v))
        date_print(date_of_ms(json_integer_value(v)), text);
    else
        p = json_is_string(v) ? json_string_value(v) : "";
    buf_add(out, p, utf8_cut(p, strlen(p), len));
}

static void number(const json_t *v, const struct template_filter *f, struct buf *out)
{
    char text[NUM_TEXT];
    double d = json_number_value(v);
    if (f->kind == FILTER_GROUP) {
        group(d, out);
        return;
    }
    num_fixed(f->kind == FILTER_PERCENT ? d * 100 : d, f->digits, text);
    buf_str(out, text);
    if (f->kind == FILTER_PERCENT)
        buf_char(out, '%');
}

static void filter(const json_t *v, const struct template_filter *f, struct buf *out)
{
    switch (f->kind) {
    case FILTER_FIXED:
    case FILTER_PERCENT:
    case FILTER_GROUP:
        if (json_is_number(v))
            number(v, f, out);
        else
            plain(v, out);
        break;
    case FILTER_DATE:
        date(v, strlen("2017-09-01"), out);
        break;
    case FILTER_MONTH:
        date(v, strlen("2017-09"), out);
        break;
    case FILTER_JOIN:
        join(v, f->text, out);
        break;
    case FILTER_DEFAULT:
        plain(v, out);
        break;
    }
}

static void print_value(const struct template_node *node, const json_t *v,
                        struct buf *out)
{
    size_t start = out->len;
    if (node->n_filters)
        filter(v, &node->filters[0], out);
    else
        plain(v, out);
    for (size_t i = 0; i < node->n_filters && out->len == start; i++)
        if (node->filters[i].kind == FILTER_DEFAULT)
            buf_add(out, node->filters[i].text.p, node->filters[i].text.len);
}

/* ---- sections ----------------------------------------------------------------------------- */

static void render(const struct template *t, size_t i, size_t end,
                   const struct frame *frame, struct buf *out);

static void section(const struct template *t, size_t i, const struct frame *frame,
                    struct buf *out)
{
    const struct template_node *node = &t->nodes[i];
    const json_t *v = lookup(frame, node->text);
    if (is_empty(v) != (node->kind == NODE_INVERTED))
        return;
    if (node->kind == NODE_INVERTED || json_is_true(v)) {
        render(t, i + 1, node->end, frame, out);
        return;
    }
    size_t n = json_is_array(v) ? json_array_size(v) : 1;
    for (size_t k = 0; k < n && !out->failed; k++) {
        struct frame inner = {json_is_array(v) ? json_array_get(v, k) : v, frame,
                              json_is_array(v), k == 0, k + 1 == n};
        render(t, i + 1, node->end, &inner, out);
    }
}

/* Depth is bounded by TEMPLATE_DEPTH_MAX, which the compiler enforces. */
static void render(const struct template *t, size_t i, size_t end,
                   const struct frame *frame, struct buf *out)
{
    while (i < end && !out->failed) {
        const struct template_node *node = &t->nodes[i];
        if (node->kind == NODE_TEXT)
            buf_add(out, node->text.p, node->text.len);
        else if (node->kind == NODE_VALUE)
            print_value(node, lookup(frame, node->text), out);
        else
            section(t, i, frame, out);
        i = node->kind == NODE_TEXT || node->kind == NODE_VALUE ? i + 1 : node->end;
    }
}

int template_render(const struct template *t, const json_t *context, struct buf *out)
{
    struct frame frame = {.value = context};
    render(t, 0, t->n, &frame, out);
    return out->failed ? JH_ELIMIT : 0;
}
