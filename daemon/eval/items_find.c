/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/items_find.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/num.h"
#include "base/word.h"

enum { MEAN = 80 };

void items_find_init(struct items_find *f, const struct standard *st,
                     const struct county_data *county, struct arena *arena)
{
    *f = (struct items_find){.standard = st, .county = county, .arena = arena};
}

static void add(struct items_find *f, const char *code, const char *severity,
                uint32_t line, const char *text)
{
    if (f->n == f->cap) {
        size_t cap = f->cap ? 2 * f->cap : 8;
        struct finding *more = arena_array(f->arena, cap, sizeof *more);
        if (more && f->n)
            memcpy(more, f->list, f->n * sizeof *more);
        f->failed |= !more;
        if (!more)
            return;
        f->list = more;
        f->cap = cap;
    }
    f->failed |= !text;
    f->list[f->n++] = (struct finding){.code = code,
                                       .severity = severity,
                                       .county = f->county->county_code,
                                       .school = "",
                                       .campus = "",
                                       .line = line,
                                       .text = text ? text : ""};
}

void items_find_mismatch(struct items_find *f, const struct item *item,
                         const struct county_value *v)
{
    bool met = v->what == COUNTY_MET || v->what == COUNTY_ABSENT;
    add(f, "item_mismatch", "warning", v->line,
        arena_fmt(f->arena, "%s is reported as %s, but the data say that it is %s",
                  item->id, county_what_id(v->what), met ? "not met" : "met"));
}

void items_find_unreadable(struct items_find *f, const struct item *item,
                           const struct county_value *v)
{
    char number[NUM_TEXT], most[NUM_TEXT];
    const char *is = county_what_id(v->what), *text;
    if (v->what == COUNTY_NUMBER)
        num_print(v->number, number);
    decimal_print(item->points, most);
    if (v->what != COUNTY_NUMBER)
        text = arena_fmt(f->arena, "%s is reported as %s, which says nothing about it",
                         item->id, is);
    else if (item->scored && item->points.n)
        text = arena_fmt(f->arena, "%s is given %s points of at most %s", item->id,
                         number, most);
    else if (item->rule->form == RULE_EVIDENCE)
        text = arena_fmt(f->arena, "%s is reported as %s: write met or unmet", item->id,
                         number);
    else
        text = arena_fmt(f->arena,
                         "%s is reported as %s without a unit: write it in percent, with "
                         "%% as its unit",
                         item->id, number);
    add(f, "item_value", "warning", v->line, text);
}

/* ---- names ----------------------------------------------------------------------------- */

/* " (did you mean ZF8.teacher_pay?)", or nothing. */
static void mean(const char *near, const char *before, char out[MEAN])
{
    if (near)
        snprintf(out, MEAN, " (did you mean %s%s%s?)", before, *before ? "." : "", near);
    else
        out[0] = '\0';
}

static void unknown_input(struct items_find *f, const struct item *item,
                          const char *input, const struct county_value *v)
{
    char words[MEAN];
    for (size_t i = 0; i < item->n_inputs; i++)
        if (strcmp(item->inputs[i], input) == 0)
            return;
    mean(word_nearest(input, item->inputs, item->n_inputs), item->id, words);
    add(f, "item_unknown", "warning", v->line,
        arena_fmt(f->arena, "%s: %s takes no such value%s", v->item, item->id, words));
}

static size_t letters(const char *p)
{
    return strspn(p, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
}

/* ZF16 looks like the ZF1 of a standard: the same letters, then a digit. */
static bool looks_like_one(const struct standard *st, const char *name)
{
    size_t n = letters(name);
    if (!n || name[n] < '0' || name[n] > '9')
        return false;
    for (size_t i = 0; i < st->n_items; i++)
        if (letters(st->items[i].id) == n && strncasecmp(st->items[i].id, name, n) == 0)
            return true;
    return false;
}

static void unknown_item(struct items_find *f, const struct county_value *v, size_t len)
{
    const char *ids[ITEMS_MAX];
    char id[ITEM_ID_MAX + 1], words[MEAN];
    for (size_t i = 0; i < f->standard->n_items; i++)
        ids[i] = f->standard->items[i].id;
    snprintf(id, sizeof id, "%.*s", len < ITEM_ID_MAX ? (int)len : ITEM_ID_MAX, v->item);
    mean(word_nearest(id, ids, f->standard->n_items), "", words);
    add(f, "item_unknown", "warning", v->line,
        arena_fmt(f->arena, "%s: %s has no such item%s", v->item, f->standard->id,
                  words));
}

void items_find_unknown(struct items_find *f)
{
    for (size_t i = 0; f->county && i < f->county->n; i++) {
        const struct county_value *v = &f->county->values[i];
        size_t len = strcspn(v->item, ".");
        int at = standard_item(f->standard, v->item, len);
        if (at >= 0 && v->item[len])
            unknown_input(f, &f->standard->items[at], v->item + len + 1, v);
        else if (at < 0 && looks_like_one(f->standard, v->item))
            unknown_item(f, v, len);
    }
}
