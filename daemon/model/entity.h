/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What became of a county's code: counties get other codes, merge, split and are abolished, and
 * land moves between them. A county is known by its code in a round; this tells which codes it
 * had before, which it has after, and by what. A change is in force in rounds whose reference
 * date is its day or later. Pure; lists that functions make live in the arena. Any thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/date.h"
#include "model/round.h"

enum entity_kind {
    CHANGE_CODE,     /* another code, the same county */
    CHANGE_RENAME,   /* another name, the same code */
    CHANGE_MERGE,    /* several become one, which may keep the code of one of them */
    CHANGE_SPLIT,    /* one becomes several, of which one may keep its code */
    CHANGE_BOUNDARY, /* schools move from some to others; all keep their codes */
    CHANGE_ABOLISH,  /* there is none any more */
    CHANGE_KINDS
};

const char *entity_kind_id(enum entity_kind kind); /* "code" "rename" "merge" … */
int entity_kind_of(const char *id);                /* -1: none is called so */

struct entity_change {
    enum entity_kind kind;
    struct date date;
    const char *const *from, *const *to;
    size_t n_from, n_to;
    const char *document; /* "" */
    unsigned line;        /* of the file */
};

/* By date; those of a day in the order of the file. A code that has ended is not given again. */
struct entity_changes {
    const struct entity_change *list;
    size_t n;
};

/* Is the code among those? */
bool entity_has(const char *const *codes, size_t n, const char *code);
bool entity_from(const struct entity_change *change, const char *code);
bool entity_to(const struct entity_change *change, const char *code);

/* By which change, of that day or before, the code ended; NULL: it is in use. */
const struct entity_change *entity_end(const struct entity_changes *all, const char *code,
                                       struct date day);
/* The code that the same county has on a day: only codes and names have changed. */
const char *entity_code(const struct entity_changes *all, const char *code,
                        struct date day);

struct entity_codes {
    const char **list; /* each once, sorted */
    size_t n;
};

/* Adds those of the other set. JH_ENOMEM. */
int entity_join(struct entity_codes *to, const struct entity_codes *more,
                struct arena *arena);
/* Who is there on a day in the place of this code: itself, or whom it went into. JH_ENOMEM. */
int entity_now(const struct entity_changes *all, const char *code, struct date day,
               struct arena *arena, struct entity_codes *ret);
/*
 * What became by a day of the county that had this code before change `first`: of one that was
 * split all, also where its code went on. JH_ENOMEM.
 */
int entity_heirs(const struct entity_changes *all, const char *code, size_t first,
                 struct date day, struct arena *arena, struct entity_codes *ret);
/* The first change after a day; n: none. */
size_t entity_after(const struct entity_changes *all, struct date day);
/* The code and all that it came from by a day. JH_ENOMEM. */
int entity_roots(const struct entity_changes *all, const char *code, struct date day,
                 struct arena *arena, struct entity_codes *ret);
/* The same with those that gave it schools by a change of boundaries. JH_ENOMEM. */
int entity_givers(const struct entity_changes *all, const char *code, struct date day,
                  struct arena *arena, struct entity_codes *ret);
/* All that any change of a day or before connects with the code, itself too. JH_ENOMEM. */
int entity_related(const struct entity_changes *all, const char *code, struct date day,
                   struct arena *arena, struct entity_codes *ret);

/*
 * The last change that made the county of other schools than it had: merged, split or with
 * other boundaries after one round and before or in another. NULL: none.
 */
const struct entity_change *entity_mark(const struct entity_changes *all,
                                        const char *code, struct round after,
                                        struct round in);
/* The round before it in its series: last year, or last month. */
struct round entity_last(struct round round);
