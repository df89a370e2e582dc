/* SPDX-License-Identifier: Apache-2.0 */
#include "api/behind.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"

/* The newest rounds that somebody has delivered: of the yearly and of the monthly series. */
struct newest {
    struct round of[2];
};

/* By name: of sources, of counties, of the prefixes that sources cover. */
struct table {
    struct map *map;
    struct newest *rows;
    size_t n;
};

struct behind {
    struct table sources, counties, prefixes;
    struct newest all;
};

static void take(struct newest *to, const struct newest *from)
{
    for (int i = 0; i < 2; i++)
        if (from->of[i].year &&
            (!to->of[i].year || round_cmp(from->of[i], to->of[i]) > 0))
            to->of[i] = from->of[i];
}

static int table_init(struct table *t, size_t most, struct arena *arena)
{
    t->map = map_new(most < 4096 ? most : 4096); /* it grows */
    t->rows = arena_array(arena, most, sizeof *t->rows);
    return t->map && t->rows ? 0 : JH_ENOMEM;
}

static int table_take(struct table *t, const char *name, const struct newest *what)
{
    int64_t at;
    int rc = map_add(t->map, name, strlen(name), (int64_t)t->n, &at);
    if (rc)
        return rc;
    if (at == (int64_t)t->n)
        t->rows[t->n++] = (struct newest){0};
    take(&t->rows[at], what);
    return 0;
}

static const struct newest *table_get(const struct table *t, const char *name, size_t len)
{
    int64_t at = map_get(t->map, name, len);
    return at == MAP_NONE ? NULL : &t->rows[at];
}

static int take_sources(struct behind *b, const struct store_submission *subs, size_t n)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < n; i++) {
        struct newest one = {0};
        one.of[subs[i].round.month != 0] = subs[i].round;
        take(&b->all, &one);
        rc = table_take(&b->sources, subs[i].source, &one);
    }
    return rc;
}

static int take_counties(struct behind *b, const struct store_submission *subs, size_t n)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < n; i++) {
        const struct newest *delivered =
            table_get(&b->sources, subs[i].source, strlen(subs[i].source));
        for (size_t k = 0; !rc && delivered && k < subs[i].n_counties; k++)
            rc = table_take(&b->counties, subs[i].counties[k], delivered);
    }
    return rc;
}

static int take_prefixes(struct behind *b, const struct config *config)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < config->n_sources; i++) {
        const struct source_conf *source = &config->sources[i];
        const struct newest *delivered =
            table_get(&b->sources, source->name, strlen(source->name));
        for (size_t k = 0; !rc && delivered && k < source->n_covers; k++)
            rc = table_take(&b->prefixes, source->covers[k], delivered);
    }
    return rc;
}

int behind_load(struct reading *r, struct behind **ret)
{
    struct store_submission *subs;
    size_t n, n_counties = 0, n_prefixes = 0;
    int rc = store_submissions(r->store, (struct round){0}, r->arena, &subs, &n, &r->err);
    if (rc)
        return rc;
    for (size_t i = 0; i < n; i++)
        n_counties += subs[i].n_counties;
    for (size_t i = 0; i < r->config->n_sources; i++)
        n_prefixes += r->config->sources[i].n_covers;
    struct behind *b = calloc(1, sizeof *b);
    if (!b || table_init(&b->sources, n, r->arena) ||
        table_init(&b->counties, n_counties, r->arena) ||
        table_init(&b->prefixes, n_prefixes, r->arena) || take_sources(b, subs, n) ||
        take_counties(b, subs, n) || take_prefixes(b, r->config)) {
        behind_free(b);
        return err_set(&r->err, JH_ENOMEM, "out of memory");
    }
    *ret = b;
    return 0;
}

void behind_free(struct behind *b)
{
    if (!b)
        return;
    map_free(b->sources.map);
    map_free(b->counties.map);
    map_free(b->prefixes.map);
    free(b);
}

struct round behind_newest(const struct behind *b, bool monthly)
{
    return b->all.of[monthly];
}

static bool is_older(const struct newest *than, struct round round)
{
    const struct round *newest = than ? &than->of[round.month != 0] : NULL;
    return newest && newest->year && round_cmp(round, *newest) < 0;
}

bool behind_is(const struct behind *b, const char *county, struct round round)
{
    size_t len = strlen(county);
    bool behind = is_older(table_get(&b->counties, county, len), round);
    for (size_t n = 1; n <= len; n++)
        behind = behind || is_older(table_get(&b->prefixes, county, n), round);
    return behind;
}
