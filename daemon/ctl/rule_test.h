/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file of unit tests of rules, read and checked: for each test the steps, with verbs and claims
 * filled in. It lives in the arena of its reader. docs/rule-tests.md is the format. Main thread.
 */
#pragma once

#include "ctl/claim.h"
#include "ctl/verb.h"

enum { RULE_TEST_CLAIMS = 16 };

/* A verb and everything it is done to. */
struct rule_act {
    const struct verb *verb;
    const struct yaml_node *const *maps;
    const void *const *confs;
    size_t n;
};

struct rule_step {
    const struct yaml_node *at; /* where it stands */
    int64_t ms;
    struct rule_act act;                    /* verb NULL: time passes */
    struct claims claims[RULE_TEST_CLAIMS]; /* as CLAIMS; `at` NULL: not asked for */
};

struct rule_test {
    const char *name;
    const struct yaml_node *at;
    const struct rule_step *steps;
    size_t n_steps;
};

/* The list `tests:` of a file; mistakes are in r->errs. NULL: it is no list. */
const struct rule_test *rule_test_read(const struct scene_reader *r,
                                       const struct yaml_node *root, size_t *ret_n);
