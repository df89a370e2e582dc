/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads messages.zh.yaml: two maps of texts, `phrases` and `templates`. A user's own file is
 * laid over the built-in one, so it holds only what it changes. conf/yaml is a sibling that
 * may not be used here, and this file needs none of what it does beyond libyaml: no types, no
 * options, only texts and where they stand.
 */
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/embedded.h"
#include "base/file.h"
#include "render/messages.h"

enum { MESSAGES_FILE_MAX = 1024 * 1024, PHRASES_MAX = 1024 };

static const char *const TEMPLATE_NAMES[MESSAGE_TEMPLATES] = {
    [MESSAGE_SUBJECT] = "subject",
    [MESSAGE_TEXT] = "text",
    [MESSAGE_COUNTY_SUBJECT] = "county_subject",
    [MESSAGE_COUNTY_TEXT] = "county_text",
    [MESSAGE_SYSTEM_SUBJECT] = "system_subject",
    [MESSAGE_SYSTEM_TEXT] = "system_text",
    [MESSAGE_MANY_SUBJECT] = "many_subject",
    [MESSAGE_MANY_TEXT] = "many_text",
    [MESSAGE_DIGEST_TEXT] = "digest_text",
    [MESSAGE_SILENCE_SUBJECT] = "silence_subject",
    [MESSAGE_SILENCE_TEXT] = "silence_text",
};

struct loading {
    struct messages *m;
    bool own;                      /* the user's file: replaces, adds nothing */
    bool seen_phrase[PHRASES_MAX]; /* in this file, by index */
    bool seen[MESSAGE_TEMPLATES];
    const char *file, *text;
    size_t len;
    yaml_document_t *doc;
    struct errs *errs;
};

static void complain(const struct loading *l, const yaml_node_t *node, const char *what,
                     const char *word)
{
    errs_at(l->errs, ERR_ERROR, l->file, (unsigned)node->start_mark.line + 1,
            (unsigned)node->start_mark.column + 1, "%s%s", what, word);
}

static const char *scalar(const yaml_node_t *node)
{
    return node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value : NULL;
}

/* Each entry of a map whose keys and values are texts. */
static void each_text(struct loading *l, const yaml_node_t *map,
                      void (*take)(struct loading *l, const yaml_node_t *key,
                                   const yaml_node_t *value))
{
    if (map->type != YAML_MAPPING_NODE) {
        complain(l, map, "expected a map of texts", "");
        return;
    }
    const yaml_node_pair_t *p = map->data.mapping.pairs.start;
    for (; p < map->data.mapping.pairs.top; p++) {
        const yaml_node_t *key = yaml_document_get_node(l->doc, p->key);
        const yaml_node_t *value = yaml_document_get_node(l->doc, p->value);
        if (!scalar(key) || !scalar(value))
            complain(l, value, "expected a text", "");
        else
            take(l, key, value);
    }
}

static size_t phrase_index(const struct messages *m, const char *key)
{
    size_t i = 0;
    while (i < m->n_phrases && strcmp(m->phrases[i].key, key) != 0)
        i++;
    return i;
}

static struct phrase *new_phrase(struct messages *m, const char *key)
{
    struct phrase *more = realloc(m->phrases, (m->n_phrases + 1) * sizeof *more);
    if (!more)
        return NULL;
    m->phrases = more;
    struct phrase *p = &more[m->n_phrases];
    *p = (struct phrase){.key = strdup(key)};
    if (!p->key)
        return NULL;
    m->n_phrases++;
    return p;
}

static void take_phrase(struct loading *l, const yaml_node_t *key,
                        const yaml_node_t *value)
{
    struct messages *m = l->m;
    size_t i = phrase_index(m, scalar(key));
    struct phrase *p = i < m->n_phrases ? &m->phrases[i] : NULL;
    if ((p && l->seen_phrase[i]) || i == PHRASES_MAX || (!p && l->own)) {
        complain(l, key,
                 p        ? "duplicate key "
                 : l->own ? "unknown phrase "
                          : "too many at ",
                 scalar(key));
        return;
    }
    l->seen_phrase[i] = true;
    char *text = strdup(scalar(value));
    if (!p)
        p = new_phrase(m, scalar(key));
    if (!p || !text) {
        free(text);
        complain(l, key, "out of memory", "");
        return;
    }
    free(p->text);
    p->text = text;
}

/* The text of a line; marks of libyaml count characters, so its index is no offset. */
static const char *line_text(const struct loading *l, size_t line)
{
    const char *p = l->text, *end = l->text + l->len;
    while (line-- && p) {
        p = memchr(p, '\n', (size_t)(end - p));
        p = p ? p + 1 : NULL;
    }
    return p ? p : end;
}

/* Where a text begins: of a block (|) on the next line, behind its indentation. */
static void text_place(const struct loading *l, const yaml_node_t *value,
                       unsigned *ret_line, unsigned *ret_indent)
{
    bool block = value->data.scalar.style == YAML_LITERAL_SCALAR_STYLE;
    size_t line = value->start_mark.line + block;
    const char *p = line_text(l, line), *end = l->text + l->len;
    *ret_line = (unsigned)line + 1;
    *ret_indent = block ? 0 : (unsigned)value->start_mark.column;
    for (; block && p < end && *p == ' '; p++)
        ++*ret_indent;
}

static void take_template(struct loading *l, const yaml_node_t *key,
                          const yaml_node_t *value)
{
    size_t i = 0;
    while (i < MESSAGE_TEMPLATES && strcmp(TEMPLATE_NAMES[i], scalar(key)) != 0)
        i++;
    if (i == MESSAGE_TEMPLATES || l->seen[i]) {
        complain(l, key, i == MESSAGE_TEMPLATES ? "unknown template " : "duplicate key ",
                 scalar(key));
        return;
    }
    l->seen[i] = true;
    struct jh_err err = {0};
    unsigned line, indent;
    text_place(l, value, &line, &indent);
    template_free(l->m->templates[i]);
    l->m->templates[i] = template_compile(l->file, line, scalar(value), &err);
    if (l->m->templates[i])
        return;
    err.col += indent;
    errs_add(l->errs, ERR_ERROR, &err);
}

static void take_document(struct loading *l)
{
    const yaml_node_t *root = yaml_document_get_root_node(l->doc);
    if (!root || root->type != YAML_MAPPING_NODE) {
        errs_at(l->errs, ERR_ERROR, l->file, 1, 1, "expected phrases: and templates:");
        return;
    }
    const yaml_node_pair_t *p = root->data.mapping.pairs.start;
    for (; p < root->data.mapping.pairs.top; p++) {
        const yaml_node_t *key = yaml_document_get_node(l->doc, p->key);
        const yaml_node_t *value = yaml_document_get_node(l->doc, p->value);
        const char *name = scalar(key);
        if (name && strcmp(name, "phrases") == 0)
            each_text(l, value, take_phrase);
        else if (name && strcmp(name, "templates") == 0)
            each_text(l, value, take_template);
        else
            complain(l, key, "unknown key ", name ? name : "");
    }
    for (size_t i = 0; i < MESSAGE_TEMPLATES && !l->own; i++)
        if (!l->seen[i])
            errs_at(l->errs, ERR_ERROR, l->file, 1, 1, "templates: %s is missing",
                    TEMPLATE_NAMES[i]);
}

static void parse(struct loading *l)
{
    yaml_parser_t parser;
    yaml_document_t doc;
    if (!yaml_parser_initialize(&parser)) {
        errs_at(l->errs, ERR_ERROR, l->file, 0, 0, "out of memory");
        return;
    }
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)l->text, l->len);
    if (yaml_parser_load(&parser, &doc)) {
        l->doc = &doc;
        take_document(l);
        l->doc = NULL;
        yaml_document_delete(&doc);
    } else {
        errs_at(l->errs, ERR_ERROR, l->file, (unsigned)parser.problem_mark.line + 1,
                (unsigned)parser.problem_mark.column + 1, "%s",
                parser.problem ? parser.problem : "cannot be read");
    }
    yaml_parser_delete(&parser);
}

static const struct embedded_file *embedded(const char *name)
{
    const struct embedded_file *f = embedded_files;
    while (f->name && strcmp(f->name, name) != 0)
        f++;
    return f->name ? f : NULL;
}

static void load_embedded(struct messages *m, struct errs *errs)
{
    const struct embedded_file *file = embedded("messages.zh.yaml");
    struct loading l = {.m = m, .errs = errs, .file = "messages.zh.yaml"};
    if (!file) {
        errs_at(errs, ERR_ERROR, l.file, 0, 0, "is not built in");
        return;
    }
    l.text = (const char *)file->data;
    l.len = file->size;
    parse(&l);
}

static void load_own(struct messages *m, const char *path, struct errs *errs)
{
    char *text = NULL;
    struct loading l = {.m = m, .errs = errs, .file = path, .own = true};
    struct jh_err err = {0};
    if (file_read(path, MESSAGES_FILE_MAX, &text, &l.len, &err)) {
        errs_add(errs, ERR_ERROR, &err);
        return;
    }
    l.text = text;
    parse(&l);
    free(text);
}

struct messages *messages_load(const char *path, struct errs *errs)
{
    size_t before = errs->errors;
    struct messages *m = calloc(1, sizeof *m);
    if (m)
        load_embedded(m, errs);
    else
        errs_at(errs, ERR_ERROR, path, 0, 0, "out of memory");
    if (path && errs->errors == before)
        load_own(m, path, errs);
    if (errs->errors == before)
        return m;
    messages_free(m);
    return NULL;
}

void messages_free(struct messages *m)
{
    if (!m)
        return;
    for (size_t i = 0; i < m->n_phrases; i++) {
        free(m->phrases[i].key);
        free(m->phrases[i].text);
    }
    for (size_t i = 0; i < MESSAGE_TEMPLATES; i++)
        template_free(m->templates[i]);
    free(m->phrases);
    free(m);
}

const char *messages_phrase(const struct messages *m, const char *key)
{
    size_t i = phrase_index(m, key);
    return i < m->n_phrases ? m->phrases[i].text : key;
}
