/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/judge.h"

#include <stdlib.h>
#include <string.h>

#include <junheng/plugin.h>

/* What fails, gathered. */
struct keys {
    struct arena *arena;
    const char **list;
    size_t n, rules; /* rules: how many of them are school rules */
    bool failed;     /* out of memory */
};

static void add_key(struct keys *keys, const char *where, const char *what)
{
    const char *key = arena_fmt(keys->arena, "%s/%s", where, what);
    keys->failed |= !key;
    keys->list[keys->n++] = key;
}

static void add(struct keys *keys, enum stage stage, const char *what)
{
    add_key(keys, stage_id(stage), what);
}

static void add_stage(struct keys *keys, const struct stage_result *s,
                      const struct standard *st)
{
    if (!s->n_units)
        return;
    if (s->composite.outcome == OUTCOME_FAIL)
        add(keys, s->stage, "composite");
    for (size_t k = 0; k < st->n_indicators; k++) {
        if (s->figures[k].outcome == OUTCOME_FAIL)
            add(keys, s->stage, st->indicators[k].id);
    }
    for (size_t i = 0; i < s->n_units; i++) {
        if (s->units[i].outcome != OUTCOME_FAIL)
            continue;
        add(keys, s->stage, "school_rule");
        keys->rules++;
        break;
    }
}

/* Scored items fail together or not at all. */
static void add_items(struct keys *keys, const struct items_result *items)
{
    for (size_t i = 0; i < items->n; i++) {
        const struct item *item = items->list[i].item;
        bool counts = !item->scored || item->precondition;
        if (counts && items->list[i].outcome == OUTCOME_FAIL)
            add_key(keys, "items", item->id);
    }
    if (items->score.outcome == OUTCOME_FAIL)
        add_key(keys, "items", "score");
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int judge(const struct county_result *result, struct arena *arena, struct judgement *ret)
{
    struct keys keys = {.arena = arena};
    const struct standard *st = result->standard;
    bool stages = !st->monitor || st->monitor & MONITOR_STAGES;
    size_t max = result->n_stages * (st->n_indicators + 2) + st->n_items + 1;
    keys.list = arena_array(arena, max, sizeof *keys.list);
    if (!keys.list)
        return JH_ENOMEM;
    for (size_t i = 0; stages && i < result->n_stages; i++)
        add_stage(&keys, &result->stages[i], st);
    if (st->monitor & MONITOR_ITEMS)
        add_items(&keys, &result->items);
    if (keys.failed)
        return JH_ENOMEM;
    if (keys.n)
        qsort(keys.list, keys.n, sizeof *keys.list, compare);
    *ret = (struct judgement){.round = result->data->round,
                              .outcome = result->monitored,
                              .complete = result->complete,
                              .failing = keys.list,
                              .n_failing = keys.n,
                              .only_school_rule = keys.n && keys.rules == keys.n};
    return 0;
}

int judge_cmp(const struct judgement *a, const struct judgement *b)
{
    int by_round = round_cmp(a->round, b->round);
    if (by_round)
        return by_round;
    return (a->revision > b->revision) - (a->revision < b->revision);
}
