/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Items of a standard as data (docs/standards.md 10): what is asked of a county beyond its
 * figures, as a tree of rules over expressions. Read from YAML by conf/standard_items, judged
 * by eval/items. Lives in the standard's arena; immutable and shared by all threads.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/num.h"
#include "model/field.h"

struct school_filter;

enum {
    ITEMS_MAX = 64,
    ITEM_INPUTS_MAX = 16,
    ITEM_ID_MAX = 32,    /* bytes of an item's id, and of an input's name */
    EXPR_TEXT_MAX = 200, /* bytes of an expression */
    EXPR_OPS_MAX = 64,
    EXPR_DEPTH_MAX = 16, /* of the stack that evaluates it */
    RULE_OF_MAX = 16,    /* rules that one combines */
    RULE_DEPTH_MAX = 4,
    ITEM_DIGITS_MAX = 6
};

enum expr_code {
    EXPR_NUMBER,
    EXPR_INPUT, /* of the county data */
    EXPR_FIELD, /* of the school that is judged */
    EXPR_SUM,   /* of a field over the schools that count */
    EXPR_ADD,
    EXPR_SUBTRACT,
    EXPR_MULTIPLY,
    EXPR_DIVIDE,
    EXPR_CEIL
};

struct expr_op {
    enum expr_code code;
    bool family;    /* field is a staged family's primary column: stages are added up */
    uint16_t input; /* index into the item's inputs */
    enum field field;
    double number;
};

/* A postfix program; n 0 = there is none. Names are resolved, the depth is checked. */
struct expr {
    const struct expr_op *ops;
    size_t n;
    const char *text; /* as written */
};

enum rule_form {
    RULE_EVIDENCE, /* met or unmet as reported */
    RULE_COMPARE,
    RULE_ALL_OF,
    RULE_ANY_OF,
    RULE_KNOWN_OF, /* sources of one fact: all that are known hold, and one is known */
    RULE_N_OF      /* n hold, the others reach their floor */
};

enum rule_compare { RULE_AT_LEAST, RULE_AT_MOST, RULE_BELOW, RULE_ABOVE, RULE_COMPARES };

enum rule_each {
    EACH_COUNTY, /* once, for the county */
    EACH_SCHOOL, /* every school with all its stages */
    EACH_STAGE   /* every school at each of its stages */
};

struct item_rule {
    enum rule_form form;
    enum rule_each each;               /* whom the rest of it is asked of */
    bool everybody;                    /* population: all */
    bool none_passes;                  /* none: pass, where no school is concerned */
    uint32_t stages;                   /* bit per stage; 0 = those of the standard */
    const struct school_filter *where; /* schools concerned; NULL = every one */
    enum rule_compare compare;
    struct expr value;      /* none: the number that the item itself has */
    struct expr limit_expr; /* none: `limit` */
    struct decimal limit;
    int digits;       /* of the form; -1: compared unrounded */
    const char *unit; /* "" */
    const struct item_rule *of;
    size_t n_of;
    int n; /* n_of */
    bool has_floor;
    struct decimal floor;
};

enum item_level { ITEM_OF_COUNTY, ITEM_OF_SCHOOL };

struct item {
    const char *id, *title;
    enum item_level level;            /* which of the two lists of mending it goes on */
    const char *clause, *departments; /* words, may be "" */
    const char *inputs[ITEM_INPUTS_MAX]; /* ZF11.eligible is "eligible" of ZF11 */
    size_t n_inputs;
    const struct item_rule *rule; /* never NULL */
    bool veto;                    /* what it says must not be */
    bool precondition;
    bool scored;           /* counts by its points and not by itself */
    struct decimal points; /* 0 where the standard gives none */
};

/* `score:` of a standard. */
struct item_score {
    bool there, has_points;
    struct decimal pass;
};

const char *rule_compare_id(enum rule_compare compare); /* "at_least" */
