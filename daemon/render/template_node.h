/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A compiled template, shared by template.c (compiles) and template_render.c (fills in).
 * Slices point into the template's own copy of the text. Immutable once compiled.
 */
#pragma once

#include "render/template.h"

enum { TEMPLATE_NODES_MAX = 4096, TEMPLATE_DEPTH_MAX = 16, TEMPLATE_FILTERS_MAX = 4 };

enum node_kind { NODE_TEXT, NODE_VALUE, NODE_SECTION, NODE_INVERTED };

enum filter_kind {
    FILTER_FIXED,
    FILTER_PERCENT,
    FILTER_DATE,
    FILTER_MONTH,
    FILTER_GROUP,
    FILTER_JOIN,
    FILTER_DEFAULT
};

struct template_filter {
    enum filter_kind kind;
    unsigned digits;
    struct jh_slice text;
};

struct template_node {
    enum node_kind kind;
    struct jh_slice text; /* the text itself, or a path */
    size_t end;           /* of a section: index after its last node */
    struct template_filter filters[TEMPLATE_FILTERS_MAX];
    size_t n_filters;
};

struct template
{
    char *text;
    struct template_node *nodes;
    size_t n, cap;
};
