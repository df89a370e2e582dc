/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The event interface of libyaml is used and not its documents: they forget anchors and tags,
 * which are refused here, and share the nodes of aliases.
 */
#include "conf/yaml.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <yaml.h>

#include "base/file.h"
#include "base/map.h"
#include "base/utf8.h"

enum { MEMORY = -1 }; /* of read_node(): stop, said already */

struct child {
    const struct yaml_node *node;
    struct child *next;
};

/* One file being read. */
struct reading {
    const char *file;
    const char *bytes;
    struct arena *arena;
    struct errs *errs;
    yaml_parser_t parser;
    unsigned depth;
};

/* ---- messages ------------------------------------------------------------------------- */

static void say(enum err_kind kind, const struct yaml_node *node, struct errs *errs,
                const char *fmt, va_list ap)
{
    struct jh_err err = {.code = JH_EINVAL, .line = node->line, .col = node->col};
    snprintf(err.file, sizeof err.file, "%s", node->file);
    err.file[utf8_cut(err.file, strlen(err.file), sizeof err.file - 1)] = '\0';
    vsnprintf(err.text, sizeof err.text, fmt, ap);
    err.text[utf8_cut(err.text, strlen(err.text), sizeof err.text - 1)] = '\0';
    errs_add(errs, kind, &err);
}

void yaml_error(const struct yaml_node *node, struct errs *errs, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    say(ERR_ERROR, node, errs, fmt, ap);
    va_end(ap);
}

void yaml_warning(const struct yaml_node *node, struct errs *errs, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    say(ERR_WARNING, node, errs, fmt, ap);
    va_end(ap);
}

void yaml_pass_on(const struct yaml_node *at, const char *path, const struct errs *from,
                  struct errs *errs)
{
    for (size_t i = 0; i < from->n; i++) {
        const struct errs_item *item = &from->items[i];
        if (item->err.line)
            errs_add(errs, item->kind, &item->err);
        else
            yaml_error(at, errs, "%s: %s%s%s", path, item->err.file,
                       *item->err.file ? ": " : "", item->err.text);
    }
}

const char *yaml_quote(const char *text, char out[YAML_SHOW])
{
    size_t len = strlen(text), keep = utf8_cut(text, len, YAML_SHOW - 8);
    snprintf(out, YAML_SHOW, "\"%.*s%s\"", (int)keep, text, keep < len ? "..." : "");
    for (char *p = out; *p; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            *p = ' ';
    return out;
}

const char *yaml_show(const struct yaml_node *node, char out[YAML_SHOW])
{
    if (node->kind == YAML_MAP)
        return "a map";
    if (node->kind == YAML_LIST)
        return "a list";
    return yaml_is_null(node) ? "nothing" : yaml_quote(node->text, out);
}

/* ---- before libyaml ------------------------------------------------------------------- */

/* Line and column, in characters, of a byte. */
static void place(const char *bytes, size_t at, unsigned *ret_line, unsigned *ret_col)
{
    *ret_line = *ret_col = 1;
    for (size_t i = 0; i < at; i++) {
        if (bytes[i] == '\n') {
            ++*ret_line;
            *ret_col = 1;
        } else if (((unsigned char)bytes[i] & 0xC0) != 0x80) {
            ++*ret_col;
        }
    }
}

static bool check_bytes(const char *file, const char *bytes, size_t n, struct errs *errs)
{
    unsigned line, col;
    if (n > YAML_MAX_BYTES) {
        errs_at(errs, ERR_ERROR, file, 0, 0, "larger than %d bytes", YAML_MAX_BYTES);
        return false;
    }
    size_t bad = utf8_check(bytes, n);
    if (bad < n) {
        place(bytes, bad, &line, &col);
        errs_at(errs, ERR_ERROR, file, line, col,
                "byte 0x%02x is not UTF-8: save the file as UTF-8",
                (unsigned)(unsigned char)bytes[bad]);
        return false;
    }
    const char *tab = memchr(bytes, '\t', n);
    if (tab) {
        place(bytes, (size_t)(tab - bytes), &line, &col);
        errs_at(errs, ERR_ERROR, file, line, col, "a tab: indent with spaces");
        return false;
    }
    return true;
}

/* ---- the tree ------------------------------------------------------------------------- */

static struct yaml_node *node_new(struct reading *r, enum yaml_kind kind,
                                  const yaml_event_t *event)
{
    struct yaml_node *node = arena_alloc(r->arena, sizeof *node);
    if (!node) {
        errs_at(r->errs, ERR_ERROR, r->file, 0, 0, "too large");
        return NULL;
    }
    node->kind = kind;
    node->file = r->file;
    node->line = (unsigned)event->start_mark.line + 1;
    node->col = (unsigned)event->start_mark.column + 1;
    node->text = "";
    return node;
}

static void syntax_error(struct reading *r)
{
    const yaml_parser_t *p = &r->parser;
    const char *problem = p->problem ? p->problem : "out of memory";
    unsigned line = (unsigned)p->problem_mark.line + 1;
    unsigned col = (unsigned)p->problem_mark.column + 1;
    if (p->error == YAML_READER_ERROR) {
        place(r->bytes, p->problem_offset, &line, &col);
        errs_at(r->errs, ERR_ERROR, r->file, line, col, "%s (0x%02x)", problem,
                (unsigned)p->problem_value);
    } else if (p->context && p->context_mark.line != p->problem_mark.line) {
        errs_at(r->errs, ERR_ERROR, r->file, line, col, "%s (%s of line %zu)", problem,
                p->context, p->context_mark.line + 1);
    } else {
        errs_at(r->errs, ERR_ERROR, r->file, line, col, "%s%s%s", problem,
                p->context ? " " : "", p->context ? p->context : "");
    }
}

/* The next event; false after a syntax error, which is told. */
static bool next(struct reading *r, yaml_event_t *ret)
{
    if (yaml_parser_parse(&r->parser, ret))
        return true;
    syntax_error(r);
    return false;
}

static void refuse_marks(struct reading *r, const struct yaml_node *node,
                         const yaml_char_t *anchor, const yaml_char_t *tag)
{
    if (anchor)
        yaml_error(node, r->errs, "anchors (&%s) are not read: write the value out",
                   (const char *)anchor);
    if (tag)
        yaml_error(node, r->errs, "tags (%s) are not read", (const char *)tag);
}

static struct yaml_node *read_scalar(struct reading *r, const yaml_event_t *event)
{
    struct yaml_node *node = node_new(r, YAML_SCALAR, event);
    if (!node)
        return NULL;
    const char *value = (const char *)event->data.scalar.value;
    size_t len = event->data.scalar.length;
    refuse_marks(r, node, event->data.scalar.anchor, event->data.scalar.tag);
    if (memchr(value, '\0', len))
        yaml_error(node, r->errs, "text with a NUL character");
    if (utf8_check(value, len) < len) {
        yaml_error(node, r->errs, "text with an escape that is no character");
        len = 0;
    }
    node->text = arena_strn(r->arena, value, len);
    node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    return node->text ? node : NULL;
}

static struct yaml_node *read_node(struct reading *r, const yaml_event_t *event);

/* Nodes up to the end of the list or map; their number, or MEMORY. */
static ptrdiff_t read_children(struct reading *r, yaml_event_type_t end,
                               struct child *first)
{
    ptrdiff_t n = 0;
    for (struct child *last = first;; n++) {
        yaml_event_t event;
        if (!next(r, &event))
            return MEMORY;
        bool stop = event.type == end;
        const struct yaml_node *node = stop ? NULL : read_node(r, &event);
        yaml_event_delete(&event);
        if (stop)
            return n;
        last->next = node ? arena_alloc(r->arena, sizeof *last) : NULL;
        if (!last->next)
            return MEMORY;
        last = last->next;
        last->node = node;
    }
}

static struct yaml_node *read_list(struct reading *r, const yaml_event_t *event)
{
    struct yaml_node *list = node_new(r, YAML_LIST, event);
    if (!list)
        return NULL;
    refuse_marks(r, list, event->data.sequence_start.anchor,
                 event->data.sequence_start.tag);
    struct child first = {0};
    ptrdiff_t n = read_children(r, YAML_SEQUENCE_END_EVENT, &first);
    if (n < 0)
        return NULL;
    const struct yaml_node **items = arena_array(r->arena, (size_t)n, sizeof *items);
    if (!items)
        return NULL;
    for (const struct child *c = first.next; c; c = c->next)
        items[list->n++] = c->node;
    list->items = items;
    return list;
}

static void refuse_duplicates(struct reading *r, const struct yaml_node *map)
{
    struct map *seen = map->n > 1 ? map_new(map->n) : NULL;
    for (size_t i = 0; seen && i < map->n; i++) {
        const struct yaml_node *key = map->pairs[i].key;
        char shown[YAML_SHOW];
        int64_t at;
        if (key->kind != YAML_SCALAR ||
            map_add(seen, key->text, strlen(key->text), (int64_t)i, &at) != 0 ||
            at == (int64_t)i)
            continue;
        yaml_error(key, r->errs, "%s is there twice: first on line %u",
                   yaml_quote(key->text, shown), map->pairs[at].key->line);
    }
    map_free(seen);
}

static struct yaml_node *read_map(struct reading *r, const yaml_event_t *event)
{
    struct yaml_node *map = node_new(r, YAML_MAP, event);
    if (!map)
        return NULL;
    refuse_marks(r, map, event->data.mapping_start.anchor, event->data.mapping_start.tag);
    struct child first = {0};
    ptrdiff_t n = read_children(r, YAML_MAPPING_END_EVENT, &first);
    if (n < 0)
        return NULL;
    struct yaml_pair *pairs = arena_array(r->arena, (size_t)n / 2, sizeof *pairs);
    if (!pairs)
        return NULL;
    for (const struct child *c = first.next; c; c = c->next->next, map->n++) {
        pairs[map->n] = (struct yaml_pair){c->node, c->next->node};
        if (c->node->kind != YAML_SCALAR)
            yaml_error(c->node, r->errs, "a key must be text, not %s",
                       c->node->kind == YAML_MAP ? "a map" : "a list");
    }
    map->pairs = pairs;
    refuse_duplicates(r, map);
    return map;
}

static struct yaml_node *read_nested(struct reading *r, const yaml_event_t *event)
{
    if (r->depth == YAML_MAX_DEPTH) {
        errs_at(r->errs, ERR_ERROR, r->file, (unsigned)event->start_mark.line + 1,
                (unsigned)event->start_mark.column + 1, "nested deeper than %d levels",
                YAML_MAX_DEPTH);
        return NULL;
    }
    r->depth++;
    struct yaml_node *node = event->type == YAML_MAPPING_START_EVENT
                                 ? read_map(r, event)
                                 : read_list(r, event);
    r->depth--;
    return node;
}

/* The node an event begins; NULL when reading cannot go on, which is told. */
static struct yaml_node *read_node(struct reading *r, const yaml_event_t *event)
{
    struct yaml_node *node;
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return read_scalar(r, event);
    case YAML_MAPPING_START_EVENT:
    case YAML_SEQUENCE_START_EVENT:
        return read_nested(r, event);
    default: /* an alias stands in for a node, so that the rest is checked too */
        node = node_new(r, YAML_SCALAR, event);
        if (node)
            yaml_error(node, r->errs, "aliases (*%s) are not read: write the value out",
                       (const char *)event->data.alias.anchor);
        return node;
    }
}

static const struct yaml_node *empty_map(struct reading *r)
{
    struct yaml_node *map = node_new(r, YAML_MAP, &(yaml_event_t){0});
    return map;
}

/* Events of the whole stream: one document, or none. */
static const struct yaml_node *read_stream(struct reading *r)
{
    const struct yaml_node *root = NULL;
    for (bool more = true; more;) {
        yaml_event_t event;
        if (!next(r, &event))
            return NULL;
        bool ok = true;
        switch (event.type) {
        case YAML_STREAM_START_EVENT:
        case YAML_DOCUMENT_END_EVENT:
            break;
        case YAML_DOCUMENT_START_EVENT:
            ok = !root;
            if (!ok)
                errs_at(r->errs, ERR_ERROR, r->file, (unsigned)event.start_mark.line + 1,
                        1, "a second document (---): one file holds one");
            break;
        case YAML_STREAM_END_EVENT:
            more = false;
            break;
        default:
            root = read_node(r, &event);
            ok = root;
        }
        yaml_event_delete(&event);
        if (!ok)
            return NULL;
    }
    if (!root || yaml_is_null(root))
        return empty_map(r);
    return root;
}

const struct yaml_node *yaml_parse(const char *file, const char *bytes, size_t n,
                                   struct arena *arena, struct errs *errs)
{
    size_t before = errs->errors;
    if (n >= 3 && !memcmp(bytes, "\xEF\xBB\xBF", 3)) {
        bytes += 3;
        n -= 3;
    }
    if (!check_bytes(file, bytes, n, errs))
        return NULL;
    struct reading r = {
        .file = arena_str(arena, file), .bytes = bytes, .arena = arena, .errs = errs};
    if (!r.file || !yaml_parser_initialize(&r.parser)) {
        errs_at(errs, ERR_ERROR, file, 0, 0, "out of memory");
        return NULL;
    }
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)bytes, n);
    const struct yaml_node *root = read_stream(&r);
    yaml_parser_delete(&r.parser);
    if (!root && errs->errors == before)
        errs_at(errs, ERR_ERROR, file, 0, 0, "too large");
    return errs->errors == before ? root : NULL;
}

const struct yaml_node *yaml_load(const char *path, struct arena *arena,
                                  struct errs *errs)
{
    char *bytes;
    size_t n;
    struct jh_err err;
    if (file_read(path, YAML_MAX_BYTES, &bytes, &n, &err) != 0) {
        errs_add(errs, ERR_ERROR, &err);
        return NULL;
    }
    const struct yaml_node *root = yaml_parse(path, bytes, n, arena, errs);
    free(bytes);
    return root;
}

/* ---- looking -------------------------------------------------------------------------- */

const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key)
{
    if (!map || map->kind != YAML_MAP)
        return NULL;
    for (size_t i = 0; i < map->n; i++)
        if (map->pairs[i].key->kind == YAML_SCALAR &&
            !strcmp(map->pairs[i].key->text, key))
            return map->pairs[i].value;
    return NULL;
}

bool yaml_is_null(const struct yaml_node *node)
{
    return node->kind == YAML_SCALAR && !node->quoted &&
           (!*node->text || !strcmp(node->text, "~") || !strcmp(node->text, "null"));
}
