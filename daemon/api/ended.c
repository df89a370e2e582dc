/* SPDX-License-Identifier: Apache-2.0 */
#include "api/ended.h"

#include <stdlib.h>
#include <string.h>

#include "render/json.h"

static bool has_row(const struct store_verdict *rows, size_t n, const char *county,
                    const char *standard)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(rows[i].county, county) && !strcmp(rows[i].standard, standard))
            return true;
    return false;
}

/* The codes that a county went into by today; its own alone: it is there. */
static int heirs_of(struct reading *r, const char *county, struct entity_codes *ret)
{
    struct date today = date_of_ms(clock_wall(&r->d->clock));
    return entity_now(&r->config->changes, county, today, r->arena, ret)
               ? err_set(&r->err, JH_ENOMEM, "out of memory")
               : 0;
}

int ended_drop(struct reading *r, struct store_verdict *rows, size_t *n)
{
    size_t kept = 0, all = *n;
    struct store_verdict *list = arena_array(r->arena, all + 1, sizeof *list);
    if (!list)
        return err_set(&r->err, JH_ENOMEM, "out of memory");
    for (size_t i = 0; i < all; i++) {
        struct entity_codes heirs;
        if (heirs_of(r, rows[i].county, &heirs))
            return JH_ENOMEM;
        bool ended = !entity_has(heirs.list, heirs.n, rows[i].county);
        for (size_t k = 0; ended && k < heirs.n; k++)
            ended = has_row(rows, all, heirs.list[k], rows[i].standard);
        if (!ended)
            list[kept++] = rows[i];
    }
    if (kept)
        memcpy(rows, list, kept * sizeof *rows);
    *n = kept;
    return 0;
}

int ended_put(struct reading *r, const char *code, json_t *county)
{
    struct entity_codes heirs;
    struct date today = date_of_ms(clock_wall(&r->d->clock));
    const struct entity_change *end = entity_end(&r->config->changes, code, today);
    int rc = heirs_of(r, code, &heirs);
    if (rc || !end)
        return rc;
    json_t *list = json_array();
    for (size_t i = 0; i < heirs.n; i++) {
        const struct division *d = config_division(r->config, heirs.list[i]);
        json_array_append_new(list, json_pack("{s:s s:s}", "code", heirs.list[i], "name",
                                              d ? d->name : ""));
    }
    json_object_set_new(county, "successors", list);
    json_object_set_new(county, "ended", json_change(end));
    return 0;
}

static int by_time(const void *a, const void *b)
{
    const struct store_verdict *x = a, *y = b;
    int order = round_cmp(x->round, y->round);
    if (!order)
        order = strcmp(x->county, y->county);
    if (!order)
        order = strcmp(x->standard, y->standard);
    return order ? order : strcmp(x->stage, y->stage);
}

int ended_history(struct reading *r, const char *county, const char *standard,
                  struct store_verdict **ret, size_t *ret_n)
{
    struct entity_codes roots;
    struct date today = date_of_ms(clock_wall(&r->d->clock));
    *ret = NULL;
    *ret_n = 0;
    if (entity_roots(&r->config->changes, county, today, r->arena, &roots))
        return err_set(&r->err, JH_ENOMEM, "out of memory");
    for (size_t i = 0; i < roots.n; i++) {
        struct store_verdict *rows, *all;
        size_t n;
        int rc = store_history(r->store, roots.list[i], standard, r->arena, &rows, &n,
                               &r->err);
        if (rc)
            return rc;
        if (!(all = arena_array(r->arena, *ret_n + n + 1, sizeof *all)))
            return err_set(&r->err, JH_ENOMEM, "out of memory");
        if (*ret_n)
            memcpy(all, *ret, *ret_n * sizeof *all);
        if (n)
            memcpy(all + *ret_n, rows, n * sizeof *all);
        *ret = all;
        *ret_n += n;
    }
    if (*ret_n && roots.n > 1)
        qsort(*ret, *ret_n, sizeof **ret, by_time);
    return 0;
}
