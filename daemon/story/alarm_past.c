/* SPDX-License-Identifier: Apache-2.0 */
/* What history has of a county, under this code and those that it had before. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "story/alarm.h"

static int no_memory(const struct alarm *alarm)
{
    return err_set(alarm->err, JH_ENOMEM, "out of memory");
}

/* Figures of another round, from history rows. */
static void read_past(const struct store_verdict *row, const struct standard *standard,
                      struct json_past *past)
{
    int stage = stage_of(row->stage, strlen(row->stage));
    json_t *figures = stage < 0 ? NULL : json_loads(row->figures, 0, NULL);
    if (!figures)
        return;
    past->composite[stage] = row->composite;
    for (size_t i = 0; i < standard->n_indicators; i++) {
        const json_t *cv = json_object_get(figures, standard->indicators[i].id);
        past->cv[stage][i] = json_is_number(cv) ? json_number_value(cv) : NAN;
    }
    json_decref(figures);
}

static void past_init(struct json_past *past, struct round round)
{
    past->round = round;
    for (int s = 0; s < STAGE_COUNT; s++) {
        past->composite[s] = NAN;
        for (int i = 0; i < STANDARD_INDICATORS_MAX; i++)
            past->cv[s][i] = NAN;
    }
}

static int append(const struct alarm *a, struct store_verdict **rows, size_t *n,
                  const struct store_verdict *more, size_t n_more)
{
    struct store_verdict *all = arena_array(a->arena, *n + n_more + 1, sizeof *all);
    if (!all)
        return no_memory(a);
    if (*n)
        memcpy(all, *rows, *n * sizeof *all);
    if (n_more)
        memcpy(all + *n, more, n_more * sizeof *all);
    *rows = all;
    *n += n_more;
    return 0;
}

static int by_round(const void *a, const void *b)
{
    const struct store_verdict *x = a, *y = b;
    int order = round_cmp(x->round, y->round);
    return order ? order : strcmp(x->stage, y->stage);
}

/* What is known of the county under this code and those that it had before. */
static int load_history(struct store *store, const struct alarm *a, const char *county,
                        const char *standard, struct store_verdict **ret, size_t *ret_n)
{
    const struct entity_changes *changes = &a->config->changes;
    struct date day = round_reference(a->judgement->round);
    struct entity_codes roots;
    int rc = entity_roots(changes, county, day, a->arena, &roots);
    if (rc)
        return no_memory(a);
    *ret = NULL;
    *ret_n = 0;
    for (size_t i = 0; !rc && i < roots.n; i++) {
        struct store_verdict *rows;
        size_t n;
        if (strcmp(entity_code(changes, roots.list[i], day),
                   entity_code(changes, county, day)) != 0)
            continue;
        rc = store_history(store, roots.list[i], standard, a->arena, &rows, &n, a->err);
        if (!rc)
            rc = append(a, ret, ret_n, rows, n);
    }
    if (!rc && *ret_n)
        qsort(*ret, *ret_n, sizeof **ret, by_round);
    return rc;
}

int alarm_pasts(struct store *store, const struct alarm *alarm, const char *county,
                const struct standard *standard, struct json_past **ret, size_t *ret_n)
{
    struct store_verdict *rows = NULL;
    struct json_past *list;
    size_t n = 0, kept = 0;
    struct round now = alarm->judgement->round;
    int rc = load_history(store, alarm, county, standard->id, &rows, &n);
    if (rc)
        return rc;
    list = arena_array(alarm->arena, n + 1, sizeof *list);
    if (!list)
        return no_memory(alarm);
    for (size_t i = 0; i < n; i++) {
        if (rows[i].retracted || !round_same_series(rows[i].round, now))
            continue;
        if (!kept || round_cmp(list[kept - 1].round, rows[i].round) != 0)
            past_init(&list[kept++], rows[i].round);
        read_past(&rows[i], standard, &list[kept - 1]);
    }
    *ret = list;
    *ret_n = kept;
    return 0;
}
