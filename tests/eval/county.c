/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/county.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/standard.h"
#include "tap/tap.h"

void county_init(struct county *c, const struct standard *st)
{
    make_init(&c->m);
    c->m.standard = *st;
    c->reports = (struct county_data){
        .round = {2025, 0}, .county_code = "340103", .values = c->values, .file = ""};
    c->m.options.county = &c->reports;
}

void county_done(struct county *c)
{
    make_done(&c->m);
}

static int by_item(const void *a, const void *b)
{
    return strcmp(((const struct county_value *)a)->item,
                  ((const struct county_value *)b)->item);
}

static struct county_value *find(struct county *c, const char *item)
{
    for (size_t i = 0; i < c->reports.n; i++)
        if (strcmp(c->values[i].item, item) == 0)
            return &c->values[i];
    return NULL;
}

struct county_value *county_report(struct county *c, const char *item,
                                   enum county_what what, double number)
{
    struct county_value *v = find(c, item);
    if (!v) {
        size_t n = c->reports.n++;
        if (n == REPORTS)
            bail("too many reports");
        snprintf(c->names[n], sizeof c->names[n], "%s", item);
        c->values[n] =
            (struct county_value){.item = c->names[n], .evidence = "", .line = 7};
        qsort(c->values, c->reports.n, sizeof *c->values, by_item);
        v = find(c, item);
    }
    v->what = what;
    v->number = number;
    return v;
}

void county_number(struct county *c, const char *item, double v)
{
    county_report(c, item, COUNTY_NUMBER, v);
}

const struct item_result *county_judged(struct county *c, const char *id)
{
    make_eval(&c->m, STAGE_PRIMARY);
    int at = standard_item(&c->m.standard, id, strlen(id));
    if (at < 0)
        bail(id);
    return &c->m.result.items.list[at];
}

void county_is(struct county *c, const char *id, const char *outcome, const char *what)
{
    char name[200];
    snprintf(name, sizeof name, "%s: %s", id, what);
    is_str(outcome_id(county_judged(c, id)->outcome), outcome, name);
}

static const struct standard *checked(const struct standard *st, struct errs *errs,
                                      const char *what)
{
    if (!st)
        errs_print(stderr, "test", errs);
    errs_done(errs);
    if (!st)
        bail(what);
    return st;
}

const struct standard *county_standard(const char *id, struct arena *arena)
{
    struct errs errs;
    errs_init(&errs, 10);
    return checked(standard_find(id, NULL, arena, &errs), &errs, id);
}

const struct standard *county_standard_of(const char *text, struct arena *arena)
{
    struct errs errs;
    errs_init(&errs, 10);
    return checked(standard_parse("f", text, strlen(text), arena, &errs), &errs, text);
}
