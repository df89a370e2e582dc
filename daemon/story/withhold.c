/* SPDX-License-Identifier: Apache-2.0 */
#include "story/withhold.h"

#include <string.h>

#include "alert/inhibit.h"
#include "story/silence.h"

/* Do the county's slips say already what this one would? */
static int is_inhibited(struct store *store, const struct withhold *w,
                        const struct alert *alert, bool *ret)
{
    struct store_alert *slips;
    size_t n;
    *ret = false;
    if (strcmp(alert->kind, alert_kind_info(KIND_LOCAL)->id) != 0)
        return 0;
    int rc = store_alerts_open_about(store, KIND_SLIP, alert->county, w->arena, &slips,
                                     &n, w->err);
    if (rc)
        return rc;
    const struct alert **list = arena_array(w->arena, n + 1, sizeof *list);
    if (!list)
        return err_set(w->err, JH_ENOMEM, "out of memory");
    for (size_t i = 0; i < n; i++)
        list[i] = &slips[i].alert;
    *ret = inhibit_holds(list, n, alert);
    return 0;
}

int withhold_of(struct store *store, const struct withhold *w,
                const struct route_subject *subject, const struct alert *alert,
                int64_t *ret)
{
    bool inhibited = false;
    int rc = silence_of(store, subject, w->now_ms, w->arena, ret, w->err);
    if (!rc && !*ret)
        rc = is_inhibited(store, w, alert, &inhibited);
    if (inhibited)
        *ret = STORE_INHIBITED;
    return rc;
}

int withhold_again(struct store *store, const struct withhold *w, const char *alert,
                   int64_t *ret)
{
    struct store_alert row;
    struct route_subject subject = {0};
    int rc = store_alert_get(store, alert, w->arena, &row, w->err);
    if (rc)
        return rc;
    subject.kind = row.alert.kind;
    subject.severity = row.alert.severity;
    subject.standard = row.alert.standard;
    subject.county = row.alert.county;
    rc = config_divisions_above(w->config, subject.county, w->arena, &subject.division,
                                &subject.n_division);
    return rc ? rc : withhold_of(store, w, &subject, &row.alert, ret);
}

int withhold_release(struct store *store, const struct withhold *w, const char *county)
{
    struct store_outbox *rows;
    size_t n;
    int rc = store_outbox_inhibited(store, county, w->arena, &rows, &n, w->err);
    for (size_t i = 0; !rc && i < n; i++) {
        int64_t by;
        rc = withhold_again(store, w, rows[i].alert, &by);
        if (!rc && by != STORE_INHIBITED)
            rc = store_outbox_release(store, rows[i].id, by, w->now_ms, w->err);
    }
    return rc;
}
