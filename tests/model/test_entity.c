/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why: whatever became of counties, in whatever order their changes are asked for, every county
 * of any day must be found from every other day: who came of it, and what it came from. A code
 * that is lost on the way takes a title and an open alert with it.
 */
#include "model/entity.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tap/tap.h"

#define CODES(...) ((const char *const[]){__VA_ARGS__})

/* A becomes B (2020); B and C become D (2021); D splits into D and E (2022); E gives F schools
 * (2023); F is abolished (2024); G is nobody's business. */
static const struct entity_change LIST[] = {
    {CHANGE_CODE, {2020, 1, 1}, CODES("A"), CODES("B"), 1, 1, "", 2},
    {CHANGE_MERGE, {2021, 1, 1}, CODES("B", "C"), CODES("D"), 2, 1, "", 3},
    {CHANGE_SPLIT, {2022, 1, 1}, CODES("D"), CODES("D", "E"), 1, 2, "", 4},
    {CHANGE_BOUNDARY, {2023, 1, 1}, CODES("E"), CODES("F"), 1, 1, "", 5},
    {CHANGE_ABOLISH, {2024, 1, 1}, CODES("F"), NULL, 1, 0, "", 6},
};
static const struct entity_changes ALL = {LIST, 5};

static struct date day(int year)
{
    return (struct date){(int16_t)year, 9, 1};
}

static const char *text(const struct entity_codes *codes)
{
    static char line[256]; /* of one thread */
    size_t n = 0;
    line[0] = '\0';
    for (size_t i = 0; i < codes->n; i++)
        n += (size_t)snprintf(line + n, sizeof line - n, "%s%s", i ? " " : "",
                              codes->list[i]);
    return line;
}

static const char *heirs(struct arena *arena, const char *code, int year)
{
    struct entity_codes codes;
    return entity_heirs(&ALL, code, 0, day(year), arena, &codes) ? "?" : text(&codes);
}

static const char *roots(struct arena *arena, const char *code, int year)
{
    struct entity_codes codes;
    return entity_roots(&ALL, code, day(year), arena, &codes) ? "?" : text(&codes);
}

static void forward(struct arena *arena)
{
    is_str(heirs(arena, "A", 2019), "A", "before anything happens a county is itself");
    is_str(heirs(arena, "A", 2020), "B", "another code");
    is_str(heirs(arena, "A", 2021), "D", "merged");
    is_str(heirs(arena, "C", 2022), "D E", "split");
    is_str(heirs(arena, "F", 2023), "F", "boundaries change no county into another");
    is_str(heirs(arena, "F", 2024), "", "abolished: nobody");
    is_str(heirs(arena, "G", 2024), "G", "a county that nothing names");
}

static void now(struct arena *arena)
{
    struct entity_codes codes;
    ok(!entity_now(&ALL, "D", day(2022), arena, &codes), "who is there for a code");
    is_str(text(&codes), "D", "one that goes on: itself alone");
    ok(!entity_now(&ALL, "C", day(2022), arena, &codes), "and for one that ended");
    is_str(text(&codes), "D E", "what it went into");
    is_int((int)entity_after(&ALL, day(2021)), 2, "changes after a day");
}

static void back(struct arena *arena)
{
    struct entity_codes givers;
    is_str(roots(arena, "E", 2022), "A B C D E", "all that it came from");
    is_str(roots(arena, "D", 2021), "A B C D", "by a day");
    is_str(roots(arena, "D", 2020), "D", "of before, nothing");
    is_str(roots(arena, "F", 2024), "F", "not what gave it schools");
    ok(!entity_givers(&ALL, "F", day(2024), arena, &givers), "which is asked for");
    is_str(text(&givers), "A B C D E F", "… and what that came from");
}

static void codes(void)
{
    is_str(entity_code(&ALL, "A", day(2020)), "B", "the code of a later day");
    is_str(entity_code(&ALL, "B", day(2019)), "A", "and of an earlier one");
    is_str(entity_code(&ALL, "B", day(2021)), "B", "who merged is another county");
    ok(!entity_end(&ALL, "A", day(2019)), "a code that is in use");
    is_int(entity_end(&ALL, "A", day(2021))->kind, CHANGE_CODE, "one that is not");
    ok(!entity_end(&ALL, "D", day(2024)), "who keeps its code in a split goes on");
    is_int(entity_end(&ALL, "F", day(2024))->kind, CHANGE_ABOLISH, "abolished");
}

static const struct entity_change *mark(const char *code, int after, int in)
{
    return entity_mark(&ALL, code, (struct round){(int16_t)after, 0},
                       (struct round){(int16_t)in, 0});
}

static void marks(void)
{
    ok(!mark("B", 2019, 2020), "a change of code makes no other county");
    is_int((int)mark("D", 2020, 2021)->line, 3, "a merger does");
    ok(!mark("D", 2021, 2021), "in the first round after it");
    is_int((int)mark("D", 2020, 2022)->line, 4, "of two the last");
    is_int((int)mark("E", 2021, 2022)->line, 4, "a split");
    is_int((int)mark("E", 2022, 2023)->line, 5, "boundaries: who loses");
    is_int((int)mark("F", 2022, 2023)->line, 5, "… and who gets");
    ok(!mark("G", 2010, 2025), "nothing");
    is_int(entity_last((struct round){2024, 1}).month, 12, "the month before January");
    is_int(entity_last((struct round){2024, 0}).year, 2023, "the year before");
}

/* ---- any chain ----------------------------------------------------------------------------- */

enum { LIFE = 40, NAME = 8 };

struct world {
    struct entity_change list[LIFE];
    struct entity_changes all;
    char names[3 * LIFE + 8][NAME];
    size_t n_names;
    const char *living[3 * LIFE + 8];
    size_t n_living;
    const char *from[LIFE][2], *to[LIFE][2];
};

static const char *new_name(struct world *w)
{
    char *name = w->names[w->n_names++];
    snprintf(name, NAME, "c%zu", w->n_names);
    return name;
}

static const char *take(struct world *w)
{
    size_t at = (size_t)rand() % w->n_living;
    const char *name = w->living[at];
    w->living[at] = w->living[--w->n_living];
    return name;
}

/* One change a year, of any kind that hands on, with new codes or old ones. */
static void happen(struct world *w, int year)
{
    struct entity_change *c = &w->list[w->all.n];
    const char **from = w->from[w->all.n], **to = w->to[w->all.n];
    int kind = rand() % 3;
    *c = (struct entity_change){.date = {(int16_t)year, 1, 1}, .from = from, .to = to};
    c->kind = kind == 0 ? CHANGE_CODE : kind == 1 ? CHANGE_MERGE : CHANGE_SPLIT;
    if (c->kind == CHANGE_MERGE && w->n_living < 2)
        c->kind = CHANGE_CODE;
    from[c->n_from++] = take(w);
    if (c->kind == CHANGE_MERGE)
        from[c->n_from++] = take(w);
    to[c->n_to++] = c->kind != CHANGE_CODE && rand() % 2 ? from[0] : new_name(w);
    if (c->kind == CHANGE_SPLIT)
        to[c->n_to++] = new_name(w);
    for (size_t i = 0; i < c->n_to; i++)
        w->living[w->n_living++] = to[i];
    w->all.n++;
}

/* Heirs are alive, they know whom they came from, and step by step leads where one step does. */
static bool holds(const struct world *w, const char *code, struct arena *arena)
{
    struct entity_codes last, half, step, sum = {0}, back;
    struct date end = day(2000 + LIFE), middle = day(2000 + LIFE / 2);
    bool good = !entity_heirs(&w->all, code, 0, end, arena, &last);
    for (size_t i = 0; good && i < last.n; i++)
        good = entity_has(w->living, w->n_living, last.list[i]) &&
               !entity_end(&w->all, last.list[i], end) &&
               !entity_roots(&w->all, last.list[i], end, arena, &back) &&
               entity_has(back.list, back.n, code);
    good = good && !entity_heirs(&w->all, code, 0, middle, arena, &half);
    for (size_t i = 0; good && i < half.n; i++)
        good = !entity_heirs(&w->all, half.list[i], entity_after(&w->all, middle), end,
                             arena, &step) &&
               !entity_join(&sum, &step, arena);
    good = good && last.n && (sum.n == last.n || half.n == 0);
    for (size_t i = 0; good && i < sum.n; i++)
        good = strcmp(sum.list[i], last.list[i]) == 0;
    return good;
}

static void any_chain(struct arena *arena)
{
    bool good = true;
    for (unsigned seed = 1; good && seed <= 200; seed++) {
        static struct world w; /* of one thread */
        memset(&w, 0, sizeof w);
        srand(seed);
        w.all.list = w.list;
        for (int i = 0; i < 4; i++)
            w.living[w.n_living++] = new_name(&w);
        for (int year = 2001; year <= 2000 + LIFE; year++)
            happen(&w, year);
        for (size_t i = 0; good && i < 4; i++)
            good = holds(&w, w.names[i], arena);
        if (!good)
            printf("# seed %u\n", seed);
        arena_reset(arena);
    }
    ok(good,
       "of any chain of changes nobody is lost, forward or back, in one step or many");
}

int main(void)
{
    struct arena *arena = arena_new(64 << 20);
    if (!arena)
        bail("no memory");
    forward(arena);
    now(arena);
    back(arena);
    codes();
    marks();
    any_chain(arena);
    arena_free(arena);
    return done_testing();
}
