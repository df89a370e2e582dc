/* SPDX-License-Identifier: Apache-2.0 */
#include "model/entity.h"

#include <stdlib.h>
#include <string.h>

#include <junheng/plugin.h>

static const char *const KINDS[CHANGE_KINDS] = {"code",  "rename",   "merge",
                                                "split", "boundary", "abolish"};

const char *entity_kind_id(enum entity_kind kind)
{
    return KINDS[kind];
}

int entity_kind_of(const char *id)
{
    for (int i = 0; i < CHANGE_KINDS; i++)
        if (strcmp(KINDS[i], id) == 0)
            return i;
    return -1;
}

bool entity_has(const char *const *codes, size_t n, const char *code)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(codes[i], code) == 0)
            return true;
    return false;
}

bool entity_from(const struct entity_change *change, const char *code)
{
    return entity_has(change->from, change->n_from, code);
}

bool entity_to(const struct entity_change *change, const char *code)
{
    return entity_has(change->to, change->n_to, code);
}

/* Does it hand a county on to others? */
static bool hands_on(const struct entity_change *c)
{
    return c->kind == CHANGE_CODE || c->kind == CHANGE_MERGE || c->kind == CHANGE_SPLIT;
}

static bool by_day(const struct entity_change *c, struct date day)
{
    return date_cmp(c->date, day) <= 0;
}

const struct entity_change *entity_end(const struct entity_changes *all, const char *code,
                                       struct date day)
{
    for (size_t i = 0; i < all->n && by_day(&all->list[i], day); i++) {
        const struct entity_change *c = &all->list[i];
        if ((hands_on(c) || c->kind == CHANGE_ABOLISH) && entity_from(c, code) &&
            !entity_to(c, code))
            return c;
    }
    return NULL;
}

/* Back to the county's first code, then forward to the day. */
const char *entity_code(const struct entity_changes *all, const char *code,
                        struct date day)
{
    for (size_t i = all->n; i-- > 0;)
        if (all->list[i].kind == CHANGE_CODE && entity_to(&all->list[i], code))
            code = all->list[i].from[0];
    for (size_t i = 0; i < all->n && by_day(&all->list[i], day); i++)
        if (all->list[i].kind == CHANGE_CODE && entity_from(&all->list[i], code))
            code = all->list[i].to[0];
    return code;
}

/* ---- sets of codes ------------------------------------------------------------------------- */

/* A set that grows; rc tells whether there was memory. */
struct set {
    struct entity_codes *codes;
    size_t cap;
    struct arena *arena;
    int rc;
};

static void add(struct set *s, const char *code)
{
    struct entity_codes *c = s->codes;
    if (s->rc || entity_has(c->list, c->n, code))
        return;
    if (c->n == s->cap) {
        size_t cap = s->cap ? s->cap * 2 : 8;
        const char **grown = arena_array(s->arena, cap, sizeof *grown);
        if (!grown) {
            s->rc = JH_ENOMEM;
            return;
        }
        if (c->n)
            memcpy(grown, c->list, c->n * sizeof *grown);
        c->list = grown;
        s->cap = cap;
    }
    c->list[c->n++] = code;
}

static void add_all(struct set *s, const char *const *codes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        add(s, codes[i]);
}

static void drop(struct set *s, const char *code)
{
    struct entity_codes *c = s->codes;
    size_t kept = 0;
    for (size_t i = 0; i < c->n; i++)
        if (strcmp(c->list[i], code) != 0)
            c->list[kept++] = c->list[i];
    c->n = kept;
}

static bool touches(const struct set *s, const char *const *codes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (entity_has(s->codes->list, s->codes->n, codes[i]))
            return true;
    return false;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int end(struct set *s)
{
    if (!s->rc && s->codes->n)
        qsort(s->codes->list, s->codes->n, sizeof *s->codes->list, by_text);
    return s->rc;
}

static struct set begin(const char *code, struct arena *arena, struct entity_codes *ret)
{
    struct set s = {.codes = ret, .arena = arena};
    *ret = (struct entity_codes){0};
    add(&s, code);
    return s;
}

int entity_heirs(const struct entity_changes *all, const char *code, size_t first,
                 struct date day, struct arena *arena, struct entity_codes *ret)
{
    struct set s = begin(code, arena, ret);
    for (size_t i = first; i < all->n && by_day(&all->list[i], day); i++) {
        const struct entity_change *c = &all->list[i];
        if ((!hands_on(c) && c->kind != CHANGE_ABOLISH) ||
            !touches(&s, c->from, c->n_from))
            continue;
        for (size_t k = 0; k < c->n_from; k++)
            drop(&s, c->from[k]);
        add_all(&s, c->to, c->n_to);
    }
    return end(&s);
}

int entity_now(const struct entity_changes *all, const char *code, struct date day,
               struct arena *arena, struct entity_codes *ret)
{
    const struct entity_change *c = entity_end(all, code, day);
    return entity_heirs(all, code, c ? (size_t)(c - all->list) : all->n, day, arena, ret);
}

size_t entity_after(const struct entity_changes *all, struct date day)
{
    size_t i = 0;
    while (i < all->n && by_day(&all->list[i], day))
        i++;
    return i;
}

static int look_back(const struct entity_changes *all, const char *code, struct date day,
                     bool boundaries, struct arena *arena, struct entity_codes *ret)
{
    struct set s = begin(code, arena, ret);
    for (size_t i = all->n; i-- > 0;) {
        const struct entity_change *c = &all->list[i];
        bool gives = hands_on(c) || (boundaries && c->kind == CHANGE_BOUNDARY);
        if (by_day(c, day) && gives && touches(&s, c->to, c->n_to))
            add_all(&s, c->from, c->n_from);
    }
    return end(&s);
}

int entity_roots(const struct entity_changes *all, const char *code, struct date day,
                 struct arena *arena, struct entity_codes *ret)
{
    return look_back(all, code, day, false, arena, ret);
}

int entity_givers(const struct entity_changes *all, const char *code, struct date day,
                  struct arena *arena, struct entity_codes *ret)
{
    return look_back(all, code, day, true, arena, ret);
}

int entity_related(const struct entity_changes *all, const char *code, struct date day,
                   struct arena *arena, struct entity_codes *ret)
{
    struct set s = begin(code, arena, ret);
    for (size_t before = 0; before != ret->n;) {
        before = ret->n;
        for (size_t i = 0; i < all->n && by_day(&all->list[i], day); i++) {
            const struct entity_change *c = &all->list[i];
            if (!touches(&s, c->from, c->n_from) && !touches(&s, c->to, c->n_to))
                continue;
            add_all(&s, c->from, c->n_from);
            add_all(&s, c->to, c->n_to);
        }
    }
    return end(&s);
}

int entity_join(struct entity_codes *to, const struct entity_codes *more,
                struct arena *arena)
{
    const char **all = arena_array(arena, to->n + more->n + 1, sizeof *all);
    size_t n = to->n, kept = 0;
    if (!all)
        return JH_ENOMEM;
    if (to->n)
        memcpy(all, to->list, to->n * sizeof *all);
    if (more->n)
        memcpy(all + n, more->list, more->n * sizeof *all);
    n += more->n;
    if (n)
        qsort(all, n, sizeof *all, by_text);
    for (size_t i = 0; i < n; i++)
        if (!kept || strcmp(all[kept - 1], all[i]) != 0)
            all[kept++] = all[i];
    *to = (struct entity_codes){all, kept};
    return 0;
}

/* ---- marks --------------------------------------------------------------------------------- */

const struct entity_change *entity_mark(const struct entity_changes *all,
                                        const char *code, struct round after,
                                        struct round in)
{
    struct date from = round_reference(after), to = round_reference(in);
    for (size_t i = all->n; i-- > 0;) {
        const struct entity_change *c = &all->list[i];
        if (!by_day(c, to) || by_day(c, from))
            continue;
        bool gives = c->kind == CHANGE_BOUNDARY && entity_from(c, code);
        bool gets = (c->kind == CHANGE_MERGE || c->kind == CHANGE_SPLIT ||
                     c->kind == CHANGE_BOUNDARY) &&
                    entity_to(c, code);
        if (gives || gets)
            return c;
        if (c->kind == CHANGE_CODE && entity_to(c, code))
            code = c->from[0];
    }
    return NULL;
}

struct round entity_last(struct round round)
{
    if (round.month == 1)
        return (struct round){(int16_t)(round.year - 1), 12};
    if (round.month)
        return (struct round){round.year, (int8_t)(round.month - 1)};
    return (struct round){(int16_t)(round.year - 1), 0};
}
