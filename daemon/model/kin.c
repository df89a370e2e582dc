/* SPDX-License-Identifier: Apache-2.0 */
#include "model/kin.h"

#include <stdlib.h>
#include <string.h>

#include <junheng/plugin.h>

#include "base/map.h"

enum { KIN_BYTES = 1 << 29, DEPTH_MAX = 64 };

struct kin {
    const struct entity_changes *changes;
    struct round round;
    const struct previous *before;
    struct arena *arena;
    struct map *places; /* "school", and "county\nschool" */
};

struct kin *kin_new(const struct entity_changes *changes, struct round round,
                    const struct previous *before)
{
    struct kin *kin = calloc(1, sizeof *kin);
    if (!kin)
        return NULL;
    *kin = (struct kin){.changes = changes,
                        .round = round,
                        .before = before,
                        .arena = arena_new(KIN_BYTES),
                        .places = map_new(1024)};
    if (kin->arena && kin->places)
        return kin;
    kin_free(kin);
    return NULL;
}

void kin_free(struct kin *kin)
{
    if (!kin)
        return;
    map_free(kin->places);
    arena_free(kin->arena);
    free(kin);
}

/* ---- who is concerned ---------------------------------------------------------------------- */

/* Does it make the county another than it was? */
static bool concerns(const struct entity_change *c, const char *county)
{
    switch (c->kind) {
    case CHANGE_CODE:
    case CHANGE_MERGE:
    case CHANGE_SPLIT:
        return entity_to(c, county);
    case CHANGE_BOUNDARY:
        return entity_from(c, county) || entity_to(c, county);
    default:
        return false;
    }
}

/* The last such change among the first n, in force in the round; n: none. */
static size_t last_change(const struct kin *kin, const char *county, size_t n)
{
    struct date day = round_reference(kin->round);
    for (size_t i = n; i-- > 0;)
        if (date_cmp(kin->changes->list[i].date, day) <= 0 &&
            concerns(&kin->changes->list[i], county))
            return i;
    return n;
}

/* Was the change in force in that round already? */
static bool knows(const struct dataset *ds, const struct entity_change *c)
{
    return date_cmp(c->date, round_reference(ds->round)) <= 0;
}

static bool has_changed(const struct kin *kin, const char *county)
{
    size_t n = kin->changes->n, at = last_change(kin, county, n);
    const struct dataset *own = previous_find(kin->before, county);
    return at < n && !(own && knows(own, &kin->changes->list[at]));
}

int kin_wanted(const struct kin *kin, const char *const *counties, size_t n,
               struct arena *arena, struct entity_codes *ret_before,
               struct entity_codes *ret_now)
{
    struct entity_codes before = {0}, now = {0}, some;
    struct date day = round_reference(kin->round);
    int rc = 0;
    for (size_t i = 0; !rc && kin->changes->n && i < n; i++) {
        if (!has_changed(kin, counties[i]))
            continue;
        rc = entity_givers(kin->changes, counties[i], day, arena, &some);
        if (!rc)
            rc = entity_join(&before, &some, arena);
        if (!rc)
            rc = entity_related(kin->changes, counties[i], day, arena, &some);
        if (!rc)
            rc = entity_join(&now, &some, arena);
    }
    if (rc)
        return rc;
    before.n = previous_lacking(kin->before, before.list, before.n);
    *ret_before = before;
    *ret_now = now;
    return 0;
}

/* ---- where schools are now ----------------------------------------------------------------- */

static int put(struct kin *kin, const char *key)
{
    int64_t stored;
    return key ? map_add(kin->places, key, strlen(key), 1, &stored) : JH_ENOMEM;
}

int kin_place(struct kin *kin, const char *county, const char *school)
{
    int rc = put(kin, arena_str(kin->arena, school));
    return rc ? rc : put(kin, arena_fmt(kin->arena, "%s\n%s", county, school));
}

static bool is_anywhere(const struct kin *kin, const char *school)
{
    return map_get(kin->places, school, strlen(school)) != MAP_NONE;
}

static bool is_in(const struct kin *kin, const char *county, const char *school)
{
    char key[1024];
    int n = snprintf(key, sizeof key, "%s\n%s", county, school);
    return n > 0 && (size_t)n < sizeof key &&
           map_get(kin->places, key, (size_t)n) != MAP_NONE;
}

/* ---- what it would have been --------------------------------------------------------------- */

/* Which schools of a predecessor count: each change between says its own. */
struct filter {
    const struct filter *outer;
    const struct entity_change *change;
    bool gives;                /* schools come from there, by a change of boundaries */
    struct entity_codes heirs; /* today's of those that the change gave schools to */
};

struct search {
    struct kin *kin;
    const char *county;
    struct dataset_part *parts;
    size_t n, cap;
    int rc;
};

static bool went_elsewhere(const struct search *s, const struct filter *f,
                           const char *school)
{
    for (size_t i = 0; i < f->heirs.n; i++)
        if (strcmp(f->heirs.list[i], s->county) != 0 &&
            is_in(s->kin, f->heirs.list[i], school))
            return true;
    return false;
}

static bool passes(const struct search *s, const struct filter *f, const char *school)
{
    if (is_in(s->kin, s->county, school))
        return true;
    if (f->gives)
        return false;
    if (f->change->kind == CHANGE_SPLIT)
        return !is_anywhere(s->kin, school);
    return !went_elsewhere(s, f, school);
}

static void take(struct search *s, const struct dataset *ds, const struct filter *filter)
{
    struct arena *arena = s->kin->arena;
    bool *keep = filter ? arena_array(arena, ds->n + 1, sizeof *keep) : NULL;
    if (s->n == s->cap) {
        size_t cap = s->cap ? s->cap * 2 : 8;
        struct dataset_part *grown = arena_array(arena, cap, sizeof *grown);
        if (grown && s->n)
            memcpy(grown, s->parts, s->n * sizeof *grown);
        s->parts = grown;
        s->cap = grown ? cap : 0;
    }
    if ((filter && !keep) || !s->parts) {
        s->rc = JH_ENOMEM;
        return;
    }
    for (size_t i = 0; keep && i < ds->n; i++) {
        keep[i] = true;
        for (const struct filter *f = filter; f && keep[i]; f = f->outer)
            keep[i] = passes(s, f, ds->schools[i].code);
    }
    s->parts[s->n++] = (struct dataset_part){ds, keep};
}

static void look(struct search *s, const char *code, size_t limit,
                 const struct filter *filter, int depth);

/* The codes on one side of a change, by changes before it. */
static void look_all(struct search *s, const struct entity_change *c,
                     const char *const *codes, size_t n, const struct filter *filter,
                     int depth)
{
    size_t limit = (size_t)(c - s->kin->changes->list);
    for (size_t i = 0; i < n; i++)
        look(s, codes[i], limit, filter, depth);
}

static int heirs_of(struct search *s, const struct entity_change *c,
                    struct entity_codes *ret)
{
    struct entity_codes some;
    int rc = 0;
    *ret = (struct entity_codes){0};
    for (size_t i = 0; !rc && i < c->n_to; i++) {
        rc = entity_heirs(s->kin->changes, c->to[i],
                          (size_t)(c - s->kin->changes->list) + 1,
                          round_reference(s->kin->round), s->kin->arena, &some);
        if (!rc)
            rc = entity_join(ret, &some, s->kin->arena);
    }
    return rc;
}

/* What it kept, and what others gave it. */
static void look_boundary(struct search *s, const struct entity_change *c,
                          const char *code, const struct filter *outer, int depth)
{
    struct filter own = {.outer = outer, .change = c};
    struct filter gained = {.outer = outer, .change = c, .gives = true};
    bool loses = entity_from(c, code);
    if (loses)
        s->rc = heirs_of(s, c, &own.heirs);
    look_all(s, c, &code, 1, loses ? &own : outer, depth);
    for (size_t i = 0; entity_to(c, code) && i < c->n_from; i++)
        if (strcmp(c->from[i], code) != 0)
            look_all(s, c, &c->from[i], 1, &gained, depth);
}

/* Who has data of an older round under its new code needs no predecessors of older still. */
static void prefer_own(struct search *s, size_t first, const struct dataset *own,
                       const struct filter *filter)
{
    bool newer = false;
    for (size_t i = first; i < s->n; i++)
        newer = newer || round_cmp(s->parts[i].ds->round, own->round) > 0;
    if (newer)
        return;
    s->n = first;
    take(s, own, filter);
}

static void look(struct search *s, const char *code, size_t limit,
                 const struct filter *filter, int depth)
{
    const struct entity_changes *all = s->kin->changes;
    const struct dataset *own = previous_find(s->kin->before, code);
    size_t at = last_change(s->kin, code, limit), first = s->n;
    const struct entity_change *c = at < limit ? &all->list[at] : NULL;
    if (s->rc)
        return;
    if (!c || (own && knows(own, c)) || depth == DEPTH_MAX) {
        if (own)
            take(s, own, filter);
        return;
    }
    struct filter split = {.outer = filter, .change = c};
    if (c->kind == CHANGE_BOUNDARY)
        look_boundary(s, c, code, filter, depth + 1);
    else
        look_all(s, c, c->from, c->n_from, c->kind == CHANGE_SPLIT ? &split : filter,
                 depth + 1);
    if (own && c->kind != CHANGE_BOUNDARY && !entity_from(c, code))
        prefer_own(s, first, own, filter);
}

/* The newest first: its round is that of all, and a school that two have is its. */
static int newest_first(const void *a, const void *b)
{
    const struct dataset *x = ((const struct dataset_part *)a)->ds,
                         *y = ((const struct dataset_part *)b)->ds;
    int order = round_cmp(y->round, x->round);
    return order ? order : strcmp(x->county_code, y->county_code);
}

static int join_county(struct kin *kin, const char *county, struct previous *joined)
{
    struct search s = {.kin = kin, .county = county};
    const struct dataset *ds;
    look(&s, county, kin->changes->n, NULL, 0);
    if (s.rc || !s.n)
        return s.rc;
    qsort(s.parts, s.n, sizeof *s.parts, newest_first);
    int rc = dataset_join(s.parts, s.n, county, s.parts[0].ds->county_name, &ds);
    if (!rc) {
        rc = previous_put(joined, ds);
        dataset_unref(ds);
    }
    return rc;
}

/* All are made of what there was before any was. */
int kin_join(struct kin *kin, const char *const *counties, size_t n,
             struct previous *before)
{
    struct previous joined = {0};
    int rc = 0;
    for (size_t i = 0; !rc && kin->changes->n && i < n; i++)
        if (has_changed(kin, counties[i]))
            rc = join_county(kin, counties[i], &joined);
    for (size_t i = 0; !rc && i < joined.n; i++)
        rc = previous_put(before, joined.datasets[i]);
    previous_done(&joined);
    return rc;
}
