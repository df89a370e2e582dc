/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A county made in memory (make.h) with what it reports, for tests of items. The standard is
 * copied into the rig, so that a test may change it. Main thread.
 */
#pragma once

#include "eval/make.h"
#include "model/county_data.h"

enum { REPORTS = 48 };

/* A county with what it reports. */
struct county {
    struct make m;
    struct county_data reports;
    struct county_value values[REPORTS];
    char names[REPORTS][40];
};

void county_init(struct county *c, const struct standard *st);
void county_done(struct county *c);
/* Says it, or says it otherwise. The value, to change what else it holds. */
struct county_value *county_report(struct county *c, const char *item,
                                   enum county_what what, double number);
void county_number(struct county *c, const char *item, double v);
/* Evaluates afresh; the item's result. */
const struct item_result *county_judged(struct county *c, const char *id);
/* The item's outcome is that. */
void county_is(struct county *c, const char *id, const char *outcome, const char *what);
/* A shipped standard; one that is read from text, in the arena. */
const struct standard *county_standard(const char *id, struct arena *arena);
const struct standard *county_standard_of(const char *text, struct arena *arena);
