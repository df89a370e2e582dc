/* SPDX-License-Identifier: Apache-2.0 */
/* alerts: the newest of each subject, and with `only: true` that no others are open. */
#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "conf/config_keys.h"
#include "ctl/claim.h"

static const char *const STATES[] = {"any",          "none",     "pending", "firing",
                                     "acknowledged", "resolved", NULL};
static const char *const LASTS[] = {"any",          "pending",  "firing", "extended",
                                    "acknowledged", "resolved", "none",   "expired",
                                    "escalated",    "proposed", NULL};
static const char *const CAUSES[] = {"any",           "none",       "passed", "corrected",
                                     "not_monitored", "superseded", NULL};
static const char *const TRUTHS[] = {"any", "true", "false", NULL};
enum { STATE_NONE = 1 };

struct alert_claim {
    const char *county, *standard, *indicator, *round, *since;
    int kind, state, last, cause, severity, stale;
    int64_t transition;
};

#define AT(member) offsetof(struct alert_claim, member)
static const struct jh_option OPTIONS[] = {
    {"kind", JH_ENUM, AT(kind), "slip", 0, 0, CONFIG_KINDS, false, "of the alert"},
    {"county", JH_STRING, AT(county), NULL, 0, 0, NULL, true, "code"},
    {"standard", JH_STRING, AT(standard), NULL, 0, 0, NULL, false,
     "id; absent: whichever"},
    {"indicator", JH_STRING, AT(indicator), NULL, 0, 0, NULL, false,
     "id of a local one; absent: whichever"},
    {"state", JH_ENUM, AT(state), "any", 0, 0, STATES, false,
     "of the newest such alert; none: there has never been one"},
    {"transition", JH_INT, AT(transition), NULL, 0, 1000000, NULL, false,
     "number of its last one, from 1"},
    {"last", JH_ENUM, AT(last), "any", 0, 0, LASTS, false,
     "what its last transition led to; extended: it has become more"},
    {"cause", JH_ENUM, AT(cause), "any", 0, 0, CAUSES, false, "why it ended"},
    {"severity", JH_ENUM, AT(severity), "any", 0, 0, CONFIG_SEVERITIES, false,
     "how grave"},
    {"stale", JH_ENUM, AT(stale), "any", 0, 0, TRUTHS, false,
     "kept open by data that prove nothing"},
    {"round", JH_STRING, AT(round), NULL, 0, 0, NULL, false,
     "the newest that affected it"},
    {"since", JH_STRING, AT(since), NULL, 0, 0, NULL, false, "the round it began with"},
    {0}};
#undef AT

static void alert_read(const struct scene_reader *r, const struct yaml_node *map,
                       const char *path, void *conf)
{
    const struct alert_claim *a = conf;
    scene_standard(r, map, path, a->standard);
    scene_round(r, map, path, a->round);
}

static bool is_about(const struct alert_claim *claim, const struct alert *alert)
{
    return (!claim->kind || !strcmp(CONFIG_KINDS[claim->kind], alert->kind)) &&
           !strcmp(claim->county, alert->county) &&
           (!claim->standard || !strcmp(claim->standard, alert->standard)) &&
           (!claim->indicator || !strcmp(claim->indicator, alert->indicator));
}

static int last_of(struct scene *s, const char *id, const char **ret, struct jh_err *err)
{
    struct store_transition *list;
    size_t n;
    int rc = store_transitions(s->trial.reader, id, s->arena, &list, &n, err);
    if (!rc)
        *ret = n ? list[n - 1].to : "none";
    return rc;
}

static int compare(struct scene *s, const struct yaml_node *map,
                   const struct alert_claim *want, const struct alert *got,
                   struct jh_err *err)
{
    char round[ROUND_TEXT], since[ROUND_TEXT];
    const char *last = "none", *cause = alert_cause_id(got->cause);
    int rc = want->last ? last_of(s, got->id, &last, err) : 0;
    round_print(got->round, round);
    round_print(got->since_round, since);
    scene_equal(s, map, "state", claim_word(STATES, want->state),
                alert_state_id(got->state));
    scene_equal(s, map, "last", claim_word(LASTS, want->last), last);
    scene_equal(s, map, "cause", claim_word(CAUSES, want->cause), cause ? cause : "none");
    scene_equal(s, map, "severity", claim_word(CONFIG_SEVERITIES, want->severity),
                got->severity);
    scene_equal(s, map, "stale", claim_word(TRUTHS, want->stale),
                got->stale ? "true" : "false");
    scene_equal(s, map, "round", want->round, round);
    scene_equal(s, map, "since", want->since, since);
    if (want->transition && want->transition != got->transition)
        scene_wrong(s, yaml_get(map, "transition"),
                    "transition: expected %" PRId64 ", got %d", want->transition,
                    got->transition);
    return rc;
}

static int check_one(struct scene *s, const struct yaml_node *map,
                     const struct alert_claim *want, struct jh_err *err)
{
    struct store_alert *list;
    size_t n, i = 0;
    int rc = store_alerts(s->trial.reader, NULL, want->county, s->arena, &list, &n, err);
    if (rc)
        return rc;
    while (i < n && !is_about(want, &list[i].alert))
        i++;
    if (i < n)
        return compare(s, map, want, &list[i].alert, err);
    if (want->state != STATE_NONE)
        scene_wrong(s, map, "county %s has no alert of kind %s", want->county,
                    CONFIG_KINDS[want->kind]);
    return 0;
}

static int check_rest(struct scene *s, const struct claims *list, struct jh_err *err)
{
    struct store_alert *open;
    size_t n;
    int rc = store_alerts(s->trial.reader, "open", NULL, s->arena, &open, &n, err);
    for (size_t i = 0; !rc && i < n; i++) {
        const struct alert *a = &open[i].alert;
        bool named = false;
        for (size_t k = 0; k < list->n; k++)
            named |= is_about(list->items[k], a);
        if (!named)
            scene_wrong(s, list->at, "alerts: not expected: %s of county %s by %s is %s",
                        a->kind, a->county, a->standard, alert_state_id(a->state));
    }
    return rc;
}

static int alerts_check(struct scene *s, const struct claims *list, struct jh_err *err)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < list->n; i++)
        rc = check_one(s, list->maps[i], list->items[i], err);
    if (!rc && (list->only || !list->n))
        rc = check_rest(s, list, err);
    return rc;
}

const struct claim CLAIM_ALERTS = {
    "alerts", OPTIONS,    NULL,        sizeof(struct alert_claim),
    "none",   alert_read, alerts_check};
