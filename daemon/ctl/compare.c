/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/compare.h"

#include <math.h>
#include <string.h>

#include "render/json_make.h"
#include "render/table.h"

/* ---- verdicts ---------------------------------------------------------------------------- */

/* "fail 0.701", to the last digit that tells two figures apart. */
static const char *words(struct arena *arena, const struct store_verdict *v)
{
    if (!v || v->retracted)
        return NULL;
    if (isnan(v->composite))
        return outcome_id(v->outcome);
    return arena_fmt(arena, "%s %.17g", outcome_id(v->outcome), v->composite);
}

static bool equal(const struct store_verdict *a, const struct store_verdict *b)
{
    if (!a || !b || a->retracted != b->retracted)
        return false;
    return a->retracted || (a->outcome == b->outcome && a->complete == b->complete &&
                            !strcmp(a->figures, b->figures) &&
                            (a->composite == b->composite ||
                             (isnan(a->composite) && isnan(b->composite))));
}

static void add_verdict(struct compare *c, struct arena *arena,
                        const struct store_verdict *was, const struct store_verdict *is)
{
    const struct store_verdict *any = was ? was : is;
    if (equal(was, is)) {
        c->same++;
        return;
    }
    const char *before = words(arena, was), *after = words(arena, is);
    if (!before && !after)
        return; /* retracted here, never there */
    c->differ++;
    if (c->n_verdicts < COMPARE_LISTED_MAX)
        c->verdicts[c->n_verdicts++] =
            (struct compare_verdict){.county = any->county,
                                     .county_name = any->county_name,
                                     .standard = any->standard,
                                     .stage = any->stage,
                                     .round = any->round,
                                     .was = before,
                                     .is = after};
}

/* Histories come in the same order: by round, then standard and stage. */
static int order(const struct store_verdict *a, const struct store_verdict *b)
{
    int d = round_cmp(a->round, b->round);
    d = d ? d : strcmp(a->standard, b->standard);
    return d ? d : strcmp(a->stage, b->stage);
}

static int by_order(const void *a, const void *b)
{
    return order(a, b);
}

static int compare_county(struct store *was, struct store *is, const char *county,
                          struct arena *arena, struct compare *c, struct jh_err *err)
{
    struct store_verdict *a = NULL, *b = NULL;
    size_t n = 0, m = 0;
    int rc = store_history(was, county, NULL, arena, &a, &n, err);
    if (!rc)
        rc = store_history(is, county, NULL, arena, &b, &m, err);
    if (rc)
        return rc;
    if (n)
        qsort(a, n, sizeof *a, by_order);
    if (m)
        qsort(b, m, sizeof *b, by_order);
    for (size_t i = 0, k = 0; i < n || k < m;) {
        int d = i == n ? 1 : k == m ? -1 : order(&a[i], &b[k]);
        add_verdict(c, arena, d <= 0 ? &a[i] : NULL, d >= 0 ? &b[k] : NULL);
        i += d <= 0;
        k += d >= 0;
    }
    return 0;
}

/* Counties of both, each once; both lists are by code, one row a standard. */
static int compare_counties(struct store *was, struct store *is, struct arena *arena,
                            struct compare *c, struct jh_err *err)
{
    struct store_verdict *a = NULL, *b = NULL;
    size_t n = 0, m = 0;
    int rc = store_counties(was, arena, &a, &n, err);
    if (!rc)
        rc = store_counties(is, arena, &b, &m, err);
    for (size_t i = 0, k = 0; !rc && (i < n || k < m);) {
        bool left = k == m || (i < n && strcmp(a[i].county, b[k].county) <= 0);
        const char *county = left ? a[i].county : b[k].county;
        while (i < n && !strcmp(a[i].county, county))
            i++;
        while (k < m && !strcmp(b[k].county, county))
            k++;
        rc = compare_county(was, is, county, arena, c, err);
    }
    return rc;
}

int compare_stores(struct store *was, struct store *is, struct arena *arena,
                   struct compare *ret, struct jh_err *err)
{
    memset(ret, 0, sizeof *ret);
    int rc = compare_counties(was, is, arena, ret, err);
    return rc ? rc : compare_alerts(was, is, arena, ret, err);
}

/* ---- told ----------------------------------------------------------------------------------- */

static void verdicts_text(const struct compare *c, struct table *t)
{
    for (size_t i = 0; t && i < c->n_verdicts; i++) {
        const struct compare_verdict *v = &c->verdicts[i];
        char round[ROUND_TEXT];
        char change[256];
        round_print(v->round, round);
        snprintf(change, sizeof change, "%s -> %s", v->was ? v->was : "nothing",
                 v->is ? v->is : "nothing");
        table_row(t, (const char *[]){v->county, v->county_name, v->standard, round,
                                      *v->stage ? v->stage : "county", change});
    }
}

static void alert_text(const struct compare_alert *a, struct table *t)
{
    char round[ROUND_TEXT], change[512];
    round_print(a->since, round);
    snprintf(change, sizeof change, "%s: %s -> %s", compare_change_id(a->change),
             a->was ? a->was : "nothing", a->is ? a->is : "nothing");
    table_row(t, (const char *[]){a->county, a->county_name, a->standard, round, a->kind,
                                  change});
    for (size_t i = 0; i < a->n_told; i++) {
        const struct compare_told *told = &a->told[i];
        snprintf(change, sizeof change, "told of %s: %s -> %s", told->what, told->was,
                 told->is);
        table_row(t, (const char *[]){a->county, a->county_name, a->standard, round,
                                      a->kind, change});
    }
}

static void more(size_t all, size_t listed, const char *what, struct buf *out)
{
    if (all > listed)
        buf_fmt(out, "  and %zu %s more\n", all - listed, what);
}

void compare_text(const struct compare *c, struct buf *out)
{
    static const enum table_align ALIGN[6] = {TABLE_LEFT};
    struct table *t = c->n_verdicts || c->n_alerts ? table_new(6, ALIGN) : NULL;
    char changed[64] = "";
    if (c->changed)
        snprintf(changed, sizeof changed, "%zu changed, ", c->changed);
    buf_fmt(out, "alerts: %zu new, %zu resolved, %s%zu unchanged\n", c->opened, c->ended,
            changed, c->unchanged);
    buf_fmt(out, "verdicts: %zu the same, %zu differ\n", c->same, c->differ);
    for (size_t i = 0; t && i < c->n_alerts; i++)
        alert_text(&c->alerts[i], t);
    verdicts_text(c, t);
    if (t)
        table_print(t, 2, out);
    more(c->opened + c->ended + c->changed, c->n_alerts, "alerts", out);
    more(c->differ, c->n_verdicts, "verdicts", out);
    table_free(t);
}

static json_t *verdicts_of(const struct compare *c)
{
    json_t *list = json_array();
    for (size_t i = 0; i < c->n_verdicts; i++) {
        const struct compare_verdict *v = &c->verdicts[i];
        char round[ROUND_TEXT];
        round_print(v->round, round);
        json_t *map = json_put(json_object(), "county", json_words(v->county));
        map = json_put(map, "standard", json_words(v->standard));
        map = json_put(map, "round", json_words(round));
        map = json_put(map, "stage", json_words(v->stage));
        map = json_put(map, "was", json_maybe(v->was));
        list = json_add(list, json_put(map, "is", json_maybe(v->is)));
    }
    json_t *map = json_put(json_object(), "same", json_integer((json_int_t)c->same));
    map = json_put(map, "differ", json_integer((json_int_t)c->differ));
    return json_put(map, "list", list);
}

static json_t *told_of(const struct compare_alert *a)
{
    json_t *list = json_array();
    for (size_t i = 0; i < a->n_told; i++) {
        const struct compare_told *told = &a->told[i];
        json_t *map = json_put(json_object(), "of", json_words(told->what));
        map = json_put(map, "was", json_words(told->was));
        list = json_add(list, json_put(map, "is", json_words(told->is)));
    }
    return list;
}

static json_t *alert_of(const struct compare_alert *a)
{
    char since[ROUND_TEXT];
    round_print(a->since, since);
    json_t *map = json_put(json_object(), "kind", json_words(a->kind));
    map = json_put(map, "county", json_words(a->county));
    map = json_put(map, "name", json_words(a->county_name));
    map = json_put(map, "standard", json_words(a->standard));
    map = json_put(map, "since_round", json_words(since));
    map = json_put(map, "change", json_words(compare_change_id(a->change)));
    map = json_put(map, "was", json_maybe(a->was));
    map = json_put(map, "is", json_maybe(a->is));
    return json_put(map, "told", told_of(a));
}

static json_t *alerts_of(const struct compare *c)
{
    json_t *list = json_array();
    for (size_t i = 0; i < c->n_alerts; i++)
        list = json_add(list, alert_of(&c->alerts[i]));
    json_t *map = json_put(json_object(), "new", json_integer((json_int_t)c->opened));
    map = json_put(map, "resolved", json_integer((json_int_t)c->ended));
    map = json_put(map, "changed", json_integer((json_int_t)c->changed));
    map = json_put(map, "unchanged", json_integer((json_int_t)c->unchanged));
    return json_put(map, "list", list);
}

json_t *compare_json(const struct compare *c)
{
    json_t *map = json_put(json_object(), "verdicts", verdicts_of(c));
    return json_put(map, "alerts", alerts_of(c));
}
