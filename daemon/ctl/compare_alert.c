/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Alerts of two stores side by side. The same alert has the same id in both: it is named after
 * its kind, county, standard and first round.
 */
#include <stdlib.h>
#include <string.h>

#include "ctl/compare.h"

/* Who was told of one alert, a line a transition that somebody may be told of. */
struct lines {
    struct compare_told *list; /* was and is are set by whose it is */
    size_t n;
};

struct side {
    struct store *store;
    struct store_alert *alerts;
    size_t n;
};

struct work {
    struct side was, is;
    struct arena *arena;
    struct compare *c;
    struct jh_err *err;
};

const char *compare_change_id(enum compare_change change)
{
    static const char *const IDS[] = {"new", "resolved", "changed"};
    return IDS[change];
}

static int no_memory(const struct work *w)
{
    return err_set(w->err, JH_ENOMEM, "out of memory");
}

/* ---- who was told -------------------------------------------------------------------------- */

static const char *offices(const struct work *w, const struct store_outbox *rows,
                           size_t n, int transition)
{
    const char *text = "";
    for (size_t i = 0; text && i < n; i++)
        if (rows[i].transition == transition)
            text = arena_fmt(w->arena, "%s%s%s over %s", text, *text ? ", " : "",
                             rows[i].office, rows[i].channel);
    return text && !*text ? "nobody" : text;
}

static int told(const struct work *w, struct store *store, const char *alert,
                struct lines *ret)
{
    struct store_transition *list;
    struct store_outbox *rows;
    size_t n, n_rows;
    int rc = store_transitions(store, alert, w->arena, &list, &n, w->err);
    if (!rc)
        rc = store_outbox_of(store, alert, w->arena, &rows, &n_rows, w->err);
    if (rc)
        return rc;
    ret->list = arena_array(w->arena, n, sizeof *ret->list);
    for (size_t i = 0; ret->list && i < n; i++) {
        char round[ROUND_TEXT];
        struct compare_told *line = &ret->list[ret->n];
        round_print(list[i].round, round);
        line->what = arena_fmt(w->arena, "%s %s", list[i].to, round);
        line->was = offices(w, rows, n_rows, list[i].n);
        if (!line->what || !line->was)
            return no_memory(w);
        ret->n += strcmp(line->was, "nobody") != 0;
    }
    return ret->list ? 0 : no_memory(w);
}

static const char *told_of(const struct lines *lines, const char *what)
{
    for (size_t i = 0; i < lines->n; i++)
        if (!strcmp(lines->list[i].what, what))
            return lines->list[i].was;
    return "nobody";
}

static void add_line(struct lines *to, const char *what, const char *was, const char *is)
{
    if (strcmp(was, is) != 0)
        to->list[to->n++] = (struct compare_told){what, was, is};
}

static int compare_told(const struct work *w, const struct store_alert *was,
                        const struct store_alert *is, struct compare_alert *ret)
{
    struct lines before = {0}, after = {0}, both = {0};
    int rc = was ? told(w, w->was.store, was->alert.id, &before) : 0;
    if (!rc && is)
        rc = told(w, w->is.store, is->alert.id, &after);
    if (rc)
        return rc;
    both.list = arena_array(w->arena, before.n + after.n, sizeof *both.list);
    if (!both.list)
        return no_memory(w);
    for (size_t i = 0; i < before.n; i++)
        add_line(&both, before.list[i].what, before.list[i].was,
                 told_of(&after, before.list[i].what));
    for (size_t i = 0; i < after.n; i++)
        if (!strcmp(told_of(&before, after.list[i].what), "nobody"))
            add_line(&both, after.list[i].what, "nobody", after.list[i].was);
    ret->told = both.list;
    ret->n_told = both.n;
    return 0;
}

/* ---- alerts ------------------------------------------------------------------------------- */

static bool is_open(const struct store_alert *a)
{
    return a && a->alert.state != ALERT_RESOLVED;
}

/* A person's acknowledgement is not the configuration's doing. */
static const char *state_of(const struct work *w, const struct store_alert *a)
{
    char round[ROUND_TEXT];
    const struct alert *alert = &a->alert;
    enum alert_state state =
        alert->state == ALERT_ACKNOWLEDGED ? ALERT_FIRING : alert->state;
    round_print(alert->round, round);
    return arena_fmt(w->arena, "%s %s%s%s%s", alert_state_id(state), alert->severity,
                     alert->stale ? ", stale" : "", ", ", round);
}

static const char *name_of(const struct work *w, const char *county)
{
    struct store_verdict *rows;
    size_t n = 0;
    if (store_history(w->is.store, county, NULL, w->arena, &rows, &n, NULL) || !n)
        return "";
    return rows[n - 1].county_name;
}

static void count(struct compare *c, const struct compare_alert *a, bool differs)
{
    if (!differs)
        c->unchanged++;
    else if (a->change == COMPARE_NEW)
        c->opened++;
    else if (a->change == COMPARE_RESOLVED)
        c->ended++;
    else
        c->changed++;
}

static int add(struct work *w, const struct store_alert *was,
               const struct store_alert *is)
{
    if (!was && !is)
        return 0;
    const struct alert *any = was ? &was->alert : &is->alert;
    struct compare_alert a = {.kind = any->kind,
                              .county = any->county,
                              .standard = any->standard,
                              .since = any->since_round,
                              .change = !was                           ? COMPARE_NEW
                                        : is_open(was) && !is_open(is) ? COMPARE_RESOLVED
                                                                       : COMPARE_CHANGED,
                              .was = was ? state_of(w, was) : NULL,
                              .is = is ? state_of(w, is) : NULL};
    if ((was && !a.was) || (is && !a.is))
        return no_memory(w);
    int rc = compare_told(w, was, is, &a);
    bool differs = !was || !is || a.n_told || strcmp(a.was, a.is) != 0;
    if (rc)
        return rc;
    count(w->c, &a, differs);
    if (differs && w->c->n_alerts < COMPARE_LISTED_MAX) {
        a.county_name = name_of(w, a.county);
        w->c->alerts[w->c->n_alerts++] = a;
    }
    return 0;
}

/* By county, then what it is about, then the id. */
static int order(const struct store_alert *a, const struct store_alert *b)
{
    int d = strcmp(a->alert.county, b->alert.county);
    d = d ? d : strcmp(a->alert.standard, b->alert.standard);
    d = d ? d : strcmp(a->alert.kind, b->alert.kind);
    d = d ? d : round_cmp(a->alert.since_round, b->alert.since_round);
    return d ? d : strcmp(a->alert.id, b->alert.id);
}

static int by_order(const void *a, const void *b)
{
    return order(a, b);
}

static int load(const struct work *w, struct side *side)
{
    int rc =
        store_alerts(side->store, NULL, NULL, w->arena, &side->alerts, &side->n, w->err);
    if (!rc && side->n)
        qsort(side->alerts, side->n, sizeof *side->alerts, by_order);
    return rc;
}

int compare_alerts(struct store *was, struct store *is, struct arena *arena,
                   struct compare *ret, struct jh_err *err)
{
    struct work w = {
        .was = {.store = was}, .is = {.store = is}, .arena = arena, .c = ret, .err = err};
    int rc = load(&w, &w.was);
    if (!rc)
        rc = load(&w, &w.is);
    for (size_t i = 0, k = 0; !rc && (i < w.was.n || k < w.is.n);) {
        int d = i == w.was.n  ? 1
                : k == w.is.n ? -1
                              : order(&w.was.alerts[i], &w.is.alerts[k]);
        rc = add(&w, d <= 0 ? &w.was.alerts[i] : NULL, d >= 0 ? &w.is.alerts[k] : NULL);
        i += d <= 0;
        k += d >= 0;
    }
    return rc;
}
