/* SPDX-License-Identifier: Apache-2.0 */
/*
 * YAML as a tree that keeps line and column on every node. Scalars stay text: what they mean
 * is the option table's to say, so a county code 010 is text where text is asked for. Refused:
 * duplicate keys, anchors and aliases, tags, tabs, several documents, more than max bytes.
 * Errors go to an errs list, all of them. Immutable after loading; lives in an arena.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"

enum yaml_kind { YAML_SCALAR, YAML_MAP, YAML_LIST };

struct yaml_node;

struct yaml_pair {
    const struct yaml_node *key; /* a scalar */
    const struct yaml_node *value;
};

struct yaml_node {
    enum yaml_kind kind;
    const char *file;
    unsigned line, col;
    const char *text; /* scalar: terminated, no NUL inside */
    bool quoted;      /* scalar in quotes: "" is text, plain empty or ~ is null */
    size_t n;         /* pairs or items */
    const struct yaml_pair *pairs;
    const struct yaml_node *const *items;
};

enum { YAML_MAX_BYTES = 8 * 1024 * 1024, YAML_MAX_DEPTH = 32, YAML_SHOW = 80 };

/* NULL when there was an error (then errs->errors > 0). An empty file is an empty map. */
const struct yaml_node *yaml_parse(const char *file, const char *bytes, size_t n,
                                   struct arena *arena, struct errs *errs);
const struct yaml_node *yaml_load(const char *path, struct arena *arena,
                                  struct errs *errs);

/* Value of a key in a map, or NULL. */
const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key);
bool yaml_is_null(const struct yaml_node *node);
void yaml_error(const struct yaml_node *node, struct errs *errs, const char *fmt, ...)
    PRINTF(3, 4);
void yaml_warning(const struct yaml_node *node, struct errs *errs, const char *fmt, ...)
    PRINTF(3, 4);
/* Errors of a file that `at` asked for: those without a line of their own get its place. */
void yaml_pass_on(const struct yaml_node *at, const char *path, const struct errs *from,
                  struct errs *errs);
/* For messages: the text in quotes, shortened, on one line. */
const char *yaml_quote(const char *text, char out[YAML_SHOW]);
/* The same for a node, or "a map", "a list", "nothing". */
const char *yaml_show(const struct yaml_node *node, char out[YAML_SHOW]);
