/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/standard_print.h"
#include "base/buf.h"
#include "base/date.h"
#include "base/num.h"
#include "conf/standard.h"

#include <ctype.h>
#include <string.h>

enum { PRINT_MAX = 1024 * 1024 };

/* Is it text, and nothing else, when it stands there without quotes? */
static bool plain(const char *text)
{
    static const char *const WORDS[] = {"null", "true", "false", "yes", "no", NULL};
    unsigned char first = (unsigned char)*text;
    for (size_t i = 0; WORDS[i]; i++)
        if (!strcmp(text, WORDS[i]))
            return false;
    for (const char *p = text; *p; p++)
        if ((unsigned char)*p < 0x80 && !isalnum((unsigned char)*p) && !strchr("-_/", *p))
            return false;
    return first >= 0x80 || isalpha(first);
}

void standard_print_text(struct buf *to, const char *key, const char *value)
{
    buf_fmt(to, "%s: ", key);
    if (plain(value))
        buf_str(to, value);
    else
        buf_json(to, value);
    buf_char(to, '\n');
}

static void decimal(struct buf *to, const char *key, struct decimal d)
{
    char digits[NUM_TEXT];
    decimal_print(d, digits);
    buf_fmt(to, "%s: %s\n", key, digits);
}

static void share(struct buf *to, const char *key, double v)
{
    char digits[NUM_TEXT];
    num_print(v, digits);
    buf_fmt(to, "%s: %s\n", key, digits);
}

static void print_exclude(struct buf *to, const struct exclude *e)
{
    bool first = true;
    buf_str(to, "    - ");
    if (e->kinds) {
        buf_str(to, "kind: [");
        for (int kind = 0; kind < KIND_COUNT; kind++) {
            if (!(e->kinds & UINT32_C(1) << kind))
                continue;
            buf_fmt(to, "%s%s", first ? "" : ", ", kind_id((enum kind)kind));
            first = false;
        }
        buf_str(to, "]\n      ");
    }
    if (e->pupils_below > 0)
        buf_fmt(to, "pupils_below: %.0f\n      ", e->pupils_below);
    standard_print_text(to, "reason", e->reason);
}

static void print_population(struct buf *to, const struct standard *st)
{
    buf_fmt(to, "population:\n  campus: %s\n", st->campus_merge ? "merge" : "separate");
    if (st->n_exclude)
        buf_str(to, "  exclude:\n");
    for (size_t i = 0; i < st->n_exclude; i++)
        print_exclude(to, &st->exclude[i]);
    if (!st->owners)
        return;
    const char *glue = "";
    buf_str(to, "  owners: [");
    for (int owner = 1; owner <= OWNER_COUNT; owner++) {
        if (!(st->owners & UINT32_C(1) << owner))
            continue;
        buf_fmt(to, "%s%d", glue, owner);
        glue = ", ";
    }
    buf_str(to, "]\n");
}

void standard_print_departments(struct buf *to, const char *names)
{
    const char *glue = "";
    if (!*names)
        return;
    buf_str(to, "    departments: [");
    for (const char *p = names; *p; p += strspn(p, ",")) {
        int len = (int)strcspn(p, ",");
        buf_fmt(to, "%s\"%.*s\"", glue, len, p);
        glue = ", ";
        p += len;
    }
    buf_str(to, "]\n");
}

void standard_print_numerator(struct buf *to, const struct indicator *ind)
{
    buf_str(to, "    numerator: ");
    for (size_t i = 0; i < ind->n_terms; i++)
        buf_fmt(to, "%s%s",
                !i                       ? ""
                : ind->terms[i].sign > 0 ? " + "
                                         : " - ",
                field_family_id(ind->terms[i].field));
    buf_char(to, '\n');
}

static void print_indicator(struct buf *to, const struct indicator *ind)
{
    standard_print_text(to, "  - id", ind->id);
    standard_print_text(to, "    title", ind->title);
    standard_print_numerator(to, ind);
    buf_fmt(to, "    per: %d\n    split: %s\n", ind->per, ind->split ? "true" : "false");
    standard_print_text(to, "    unit", ind->unit);
    if (ind->has_min[STAGE_PRIMARY] || ind->has_min[STAGE_JUNIOR])
        buf_str(to, "    school_min:\n");
    if (ind->has_min[STAGE_PRIMARY])
        decimal(to, "      primary", ind->min[STAGE_PRIMARY]);
    if (ind->has_min[STAGE_JUNIOR])
        decimal(to, "      junior", ind->min[STAGE_JUNIOR]);
    if (*ind->clause)
        standard_print_text(to, "    clause", ind->clause);
    standard_print_departments(to, ind->departments);
}

static void print_head(struct buf *to, const struct standard *st)
{
    char date[DATE_TEXT];
    standard_print_text(to, "standard", st->id);
    standard_print_text(to, "title", st->title);
    standard_print_text(to, "document", st->document);
    standard_print_text(to, "kind_title", st->kind_title);
    standard_print_text(to, "implies", st->implies);
    if (st->effective.year) {
        date_print(st->effective, date);
        buf_fmt(to, "effective: %s\n", date);
    }
    buf_fmt(to, "series: %s\n", st->monthly ? "monthly" : "yearly");
    buf_fmt(to, "rounding:\n  value: %u\n  cv: %u\n  compare: %s\n", st->rounding.value,
            st->rounding.cv, st->rounding.raw ? "raw" : "form");
}

static void print_rules(struct buf *to, const struct standard *st)
{
    static const char *const APPLIES[] = {"each", "composite", "both", "none"};
    if (st->has_school_rule) {
        buf_fmt(to, "school_rule:\n  at_least: %d\n", st->at_least);
        decimal(to, "  floor", st->floor);
        standard_print_text(to, "  clause", st->school_clause);
    }
    buf_fmt(to, "cv_rule:\n  applies_to: %s\n", APPLIES[st->applies]);
    if (st->has_stage[STAGE_PRIMARY])
        decimal(to, "  primary", st->limit[STAGE_PRIMARY]);
    if (st->has_stage[STAGE_JUNIOR])
        decimal(to, "  junior", st->limit[STAGE_JUNIOR]);
    standard_print_text(to, "  clause", st->cv_clause);
}

int standard_print(const struct standard *st, char **ret_text)
{
    struct buf to;
    buf_init(&to, PRINT_MAX);
    print_head(&to, st);
    print_population(&to, st);
    share(&to, "coverage", st->coverage);
    share(&to, "vanished_max", st->vanished_max);
    buf_str(&to, "indicators:\n");
    for (size_t i = 0; i < st->n_indicators; i++)
        print_indicator(&to, &st->indicators[i]);
    print_rules(&to, st);
    standard_print_items(&to, st);
    standard_print_relaxations(&to, st);
    char *all = buf_take(&to);
    if (!all)
        return JH_ENOMEM;
    *ret_text = all;
    return 0;
}
