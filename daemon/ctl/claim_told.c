/* SPDX-License-Identifier: Apache-2.0 */
/*
 * told: every letter since the last such list, no more and no fewer. Whatever waits for its group
 * is waited for first.
 */
#include <stddef.h>
#include <string.h>

#include "ctl/claim.h"

static const char *const STATUSES[] = {"any", "firing", "resolved", NULL};

struct told {
    const char *office, *channel, *subject, *text;
    struct jh_list contains, lacks;
    int status;
};

#define AT(member) offsetof(struct told, member)
static const struct jh_option OPTIONS[] = {
    {"office", JH_STRING, AT(office), NULL, 0, 0, NULL, true, "id of who is told"},
    {"channel", JH_STRING, AT(channel), NULL, 0, 0, NULL, false,
     "name; absent: whichever"},
    {"status", JH_ENUM, AT(status), "any", 0, 0, STATUSES, false,
     "resolved when all it tells of is over"},
    {"subject", JH_STRING, AT(subject), NULL, 0, 0, NULL, false, "the whole subject"},
    {"text", JH_STRING, AT(text), NULL, 0, 0, NULL, false, "the whole text"},
    {"contains", JH_LIST, AT(contains), NULL, 0, 0, NULL, false,
     "parts of the subject or the text"},
    {"lacks", JH_LIST, AT(lacks), NULL, 0, 0, NULL, false, "what is in neither of them"},
    {0}};
#undef AT

static void told_read(const struct scene_reader *r, const struct yaml_node *map,
                      const char *path, void *conf)
{
    const struct told *t = conf;
    scene_office(r, map, path, t->office);
    scene_channel(r, map, path, t->channel);
}

/* ---- which letter is meant --------------------------------------------------------------------- */

static bool holds(const struct letter *l, const char *part)
{
    return strstr(l->subject, part) || strstr(l->text, part);
}

static bool same_place(const struct told *t, const struct letter *l)
{
    return !strcmp(t->office, l->office) &&
           (!t->channel || !strcmp(t->channel, l->channel));
}

static bool fits(const struct told *t, const struct letter *l)
{
    bool good = same_place(t, l) && (!t->subject || !strcmp(t->subject, l->subject)) &&
                (!t->text || !strcmp(t->text, l->text)) &&
                (!t->status || !strcmp(STATUSES[t->status], l->status));
    for (size_t i = 0; good && i < t->contains.n; i++)
        good = holds(l, t->contains.items[i]);
    for (size_t i = 0; good && i < t->lacks.n; i++)
        good = !holds(l, t->lacks.items[i]);
    return good;
}

/* Items and letters, each for one of the others: as many pairs as there can be. */
struct pairs {
    const struct claims *list;
    const struct letter *letters;
    size_t n;    /* letters */
    size_t *of;  /* of a letter: 1 + item, 0 = none yet */
    bool *tried; /* letters, in one search */
};

static bool pair(struct pairs *p, size_t item)
{
    for (size_t k = 0; k < p->n; k++) {
        if (p->tried[k] || !fits(p->list->items[item], &p->letters[k]))
            continue;
        p->tried[k] = true;
        if (!p->of[k] || pair(p, p->of[k] - 1)) {
            p->of[k] = item + 1;
            return true;
        }
    }
    return false;
}

/* ---- what is wrong with a letter ------------------------------------------------------------------ */

static void differ(struct scene *s, const struct yaml_node *map, const struct told *t,
                   const struct letter *l)
{
    const struct yaml_node *contains = yaml_get(map, "contains"),
                           *lacks = yaml_get(map, "lacks");
    scene_equal(s, map, "status", claim_word(STATUSES, t->status), l->status);
    scene_equal(s, map, "subject", t->subject, l->subject);
    if (t->text && strcmp(t->text, l->text) != 0) {
        scene_wrong(s, yaml_get(map, "text"), "text: the letter reads otherwise");
        scene_show(s, "expected", t->text);
    }
    for (size_t i = 0; i < t->contains.n; i++)
        if (!holds(l, t->contains.items[i]))
            scene_wrong(s, contains->items[i], "contains: not there: \"%s\"",
                        t->contains.items[i]);
    for (size_t i = 0; i < t->lacks.n; i++)
        if (holds(l, t->lacks.items[i]))
            scene_wrong(s, lacks->items[i], "lacks: there it is: \"%s\"",
                        t->lacks.items[i]);
    scene_show(s, "got", l->subject);
    scene_show(s, "and", l->text);
}

static void missing(struct scene *s, struct pairs *p, size_t item)
{
    const struct told *t = p->list->items[item];
    const struct yaml_node *map = p->list->maps[item];
    for (size_t k = 0; k < p->n; k++)
        if (!p->of[k] && same_place(t, &p->letters[k])) {
            p->of[k] = item + 1; /* this one must be meant */
            differ(s, map, t, &p->letters[k]);
            return;
        }
    scene_wrong(s, map, "told: nothing went to %s%s%s", t->office,
                t->channel ? " over " : "", t->channel ? t->channel : "");
}

static int compare(struct scene *s, struct pairs *p, struct jh_err *err)
{
    bool *found = arena_array(s->arena, p->list->n, sizeof *found);
    p->of = arena_array(s->arena, p->n, sizeof *p->of);
    p->tried = arena_array(s->arena, p->n, sizeof *p->tried);
    if (!found || !p->of || !p->tried)
        return err_set(err, JH_ENOMEM, "out of memory");
    for (size_t i = 0; i < p->list->n; i++) {
        memset(p->tried, 0, p->n * sizeof *p->tried);
        found[i] = pair(p, i);
    }
    for (size_t i = 0; i < p->list->n; i++)
        if (!found[i])
            missing(s, p, i);
    for (size_t k = 0; k < p->n; k++)
        if (!p->of[k])
            scene_wrong(s, p->list->at, "told: not expected: %s over %s: %s",
                        p->letters[k].office, p->letters[k].channel,
                        p->letters[k].subject);
    return 0;
}

static int told_check(struct scene *s, const struct claims *list, struct jh_err *err)
{
    int rc = letters_all(&s->letters, err);
    if (rc)
        return rc;
    struct pairs pairs = {.list = list};
    if (s->letters.list) { /* else nothing has gone out yet */
        pairs.letters = s->letters.list + s->told;
        pairs.n = s->letters.n - s->told;
    }
    s->told = s->letters.n;
    return compare(s, &pairs, err);
}

const struct claim CLAIM_TOLD = {"told",   OPTIONS,   NULL,      sizeof(struct told),
                                 "nobody", told_read, told_check};
