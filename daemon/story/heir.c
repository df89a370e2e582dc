/* SPDX-License-Identifier: Apache-2.0 */
#include "story/heir.h"

#include <stdio.h>
#include <string.h>

#include "digest/digest.h"

enum { DEPTH_MAX = 64 };

static int no_memory(const struct heir *h)
{
    return err_set(h->err, JH_ENOMEM, "out of memory");
}

static bool hands_on(const struct entity_change *c)
{
    return c->kind == CHANGE_CODE || c->kind == CHANGE_MERGE || c->kind == CHANGE_SPLIT;
}

/* The last of the first n changes by which the county came of others; n: none. */
static size_t came_by(const struct heir *h, const char *county, size_t n)
{
    for (size_t i = n; i-- > 0;) {
        const struct entity_change *c = &h->changes->list[i];
        if (date_cmp(c->date, h->day) <= 0 && hands_on(c) && entity_to(c, county))
            return i;
    }
    return n;
}

/* ---- certifications ------------------------------------------------------------------------ */

static int find_cert(const struct heir *h, const char *county, size_t limit, int depth,
                     struct store_cert *ret);

/* The earliest that any of those had who became the county. */
static int find_before(const struct heir *h, const char *county, size_t limit, int depth,
                       struct store_cert *ret)
{
    size_t at = came_by(h, county, limit);
    const struct entity_change *c = at < limit ? &h->changes->list[at] : NULL;
    int64_t taken = 0;
    bool found = false;
    if (!c || depth == DEPTH_MAX)
        return JH_ENOENT;
    int rc = store_cert_taken(h->store, county, h->standard, &taken, h->err);
    if (rc && rc != JH_ENOENT)
        return rc;
    if (!rc && taken >= date_to_ms(c->date))
        return JH_ENOENT;
    for (size_t i = 0; i < c->n_from; i++) {
        struct store_cert cert;
        rc = find_cert(h, c->from[i], at, depth + 1, &cert);
        if (rc && rc != JH_ENOENT)
            return rc;
        if (!rc && (!found || date_cmp(cert.cert.date, ret->cert.date) < 0))
            *ret = cert;
        found |= !rc;
    }
    return found ? 0 : JH_ENOENT;
}

static int find_cert(const struct heir *h, const char *county, size_t limit, int depth,
                     struct store_cert *ret)
{
    int rc = store_cert_get(h->store, county, h->standard, h->arena, ret, h->err);
    return rc == JH_ENOENT ? find_before(h, county, limit, depth, ret) : rc;
}

int heir_cert(const struct heir *h, int64_t now_ms, struct store_cert *ret)
{
    struct store_cert cert, own;
    size_t n = h->changes->n, at = came_by(h, h->county, n);
    if (at == n)
        return JH_ENOENT;
    int rc = store_cert_get(h->store, h->county, h->standard, h->arena, &own, h->err);
    if (rc != JH_ENOENT)
        return rc ? rc : JH_ENOENT;
    rc = find_before(h, h->county, n, 0, &cert);
    if (rc)
        return rc;
    char day[DATE_TEXT];
    date_print(h->changes->list[at].date, day);
    cert.reason = arena_fmt(h->arena, "inherited from %s: %s of %s", cert.cert.county,
                            entity_kind_id(h->changes->list[at].kind), day);
    cert.cert.county = h->county;
    cert.by = NULL;
    cert.at_ms = now_ms;
    if (!cert.reason)
        return no_memory(h);
    *ret = cert;
    return 0;
}

/* ---- alerts -------------------------------------------------------------------------------- */

static int weight(const struct alert *a)
{
    return 2 * (a->state != ALERT_PENDING) + (strcmp(a->severity, "critical") == 0);
}

/* Is a graver than b, or as grave and older? */
static bool graver(const struct alert *a, const struct alert *b)
{
    int more = weight(a) - weight(b);
    return more > 0 || (more == 0 && round_cmp(a->since_round, b->since_round) < 0);
}

/* One of the county's own, named after the one it goes on from: it is taken over once. */
static int take_over(const struct heir *h, const struct store_alert *from,
                     struct heir_alerts *ret)
{
    char hex[65];
    struct store_alert known, alert = *from;
    struct sha256 *hash = sha256_new();
    sha256_add_str(hash, from->alert.id);
    sha256_add_str(hash, h->county);
    sha256_end(hash, hex);
    snprintf(alert.alert.id, sizeof alert.alert.id, "%.16s", hex);
    int rc = store_alert_get(h->store, alert.alert.id, h->arena, &known, h->err);
    if (rc != JH_ENOENT)
        return rc;
    alert.alert.subject = alert.alert.county = h->county;
    alert.alert.transition = 0;
    if (alert.alert.state == ALERT_ACKNOWLEDGED)
        alert.alert.state = ALERT_FIRING; /* nobody has of this one */
    if (!ret->has_best || graver(&alert.alert, &ret->best.alert))
        ret->best = alert;
    ret->has_best = true;
    return 0;
}

/* Have all that came of it been judged since? */
static int all_judged(const struct heir *h, const char *code,
                      const struct entity_change *end, bool *ret)
{
    struct entity_codes heirs;
    *ret = true;
    if (entity_now(h->changes, code, h->day, h->arena, &heirs))
        return no_memory(h);
    for (size_t i = 0; *ret && i < heirs.n; i++) {
        struct store_verdict newest;
        int rc = store_verdict_newest(h->store, heirs.list[i], h->standard, false,
                                      h->arena, &newest, h->err);
        if (rc == JH_ENOENT)
            rc = store_verdict_newest(h->store, heirs.list[i], h->standard, true,
                                      h->arena, &newest, h->err);
        if (rc && rc != JH_ENOENT)
            return rc;
        *ret = !rc && date_cmp(end->date, round_reference(newest.round)) <= 0;
    }
    return 0;
}

static int look_at(const struct heir *h, const char *code, struct heir_alerts *ret)
{
    struct store_alert alert;
    const struct entity_change *end = entity_end(h->changes, code, h->day);
    bool judged = false;
    int rc =
        store_alert_open(h->store, "slip", code, h->standard, h->arena, &alert, h->err);
    if (rc)
        return rc == JH_ENOENT ? 0 : rc;
    if (strcmp(code, h->county) == 0 ||
        (!ret->has_own &&
         strcmp(entity_code(h->changes, code, h->day), h->county) == 0)) {
        ret->own = alert;
        ret->has_own = true;
        return 0;
    }
    if (!(rc = take_over(h, &alert, ret)) && end)
        rc = all_judged(h, code, end, &judged);
    if (judged)
        ret->ended[ret->n_ended++] = alert;
    return rc;
}

int heir_alerts(const struct heir *h, struct heir_alerts *ret)
{
    struct entity_codes roots;
    size_t at = came_by(h, h->county, h->changes->n);
    *ret = (struct heir_alerts){.by = at < h->changes->n ? &h->changes->list[at] : NULL};
    if (entity_roots(h->changes, h->county, h->day, h->arena, &roots) ||
        !(ret->ended = arena_array(h->arena, roots.n, sizeof *ret->ended)))
        return no_memory(h);
    int rc = look_at(h, h->county, ret); /* before those that it had */
    for (size_t i = 0; !rc && i < roots.n; i++)
        if (strcmp(roots.list[i], h->county) != 0)
            rc = look_at(h, roots.list[i], ret);
    if (ret->has_own)
        ret->has_best = false; /* what it has goes on */
    return rc;
}

int heir_ended(const struct heir *h, struct entity_codes *ret)
{
    struct entity_codes roots;
    size_t kept = 0;
    int rc = 0;
    if (entity_roots(h->changes, h->county, h->day, h->arena, &roots))
        return no_memory(h);
    for (size_t i = 0; !rc && i < roots.n; i++) {
        const struct entity_change *end = entity_end(h->changes, roots.list[i], h->day);
        bool judged = false;
        if (end)
            rc = all_judged(h, roots.list[i], end, &judged);
        if (judged)
            roots.list[kept++] = roots.list[i];
    }
    *ret = (struct entity_codes){roots.list, kept};
    return rc;
}

int heir_is_gone(const struct heir *h, struct date today, bool *ret)
{
    const struct entity_change *end = entity_end(h->changes, h->county, today);
    struct heir then = *h;
    *ret = false;
    if (!end || date_cmp(end->date, h->day) <= 0) /* it is there all the same */
        return 0;
    if (end->kind == CHANGE_ABOLISH) {
        *ret = true;
        return 0;
    }
    then.day = today;
    return all_judged(&then, h->county, end, ret);
}
