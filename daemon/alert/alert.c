/* SPDX-License-Identifier: Apache-2.0 */
#include "alert/alert.h"

#include <string.h>

#include <junheng/plugin.h>

static const char *const STATES[] = {"none", "pending", "firing", "acknowledged",
                                     "resolved"};
static const char *const CAUSES[] = {NULL, "passed", "corrected", "not_monitored",
                                     "superseded"};

enum { STATE_COUNT = sizeof STATES / sizeof *STATES };
enum { CAUSE_COUNT = sizeof CAUSES / sizeof *CAUSES };

const char *alert_state_id(enum alert_state state)
{
    return STATES[state];
}

int alert_state_of(const char *id)
{
    for (int i = 0; i < STATE_COUNT; i++) {
        if (strcmp(id, STATES[i]) == 0)
            return i;
    }
    return -1;
}

const char *alert_cause_id(enum alert_cause cause)
{
    return CAUSES[cause];
}

int alert_cause_of(const char *id)
{
    for (int i = 1; id && i < CAUSE_COUNT; i++) {
        if (strcmp(id, CAUSES[i]) == 0)
            return i;
    }
    return id ? -1 : CAUSE_NONE;
}

bool alert_told(const struct alert_transition *what)
{
    return what->to == ALERT_FIRING ||
           (what->to == ALERT_RESOLVED && what->from != ALERT_PENDING &&
            what->cause != CAUSE_SUPERSEDED);
}

bool alert_monitored(const struct certification *cert, struct round round)
{
    return round_same_series(cert->baseline, round) &&
           round_cmp(round, cert->baseline) > 0;
}

/* One step under way: the new state grows in `now`, the transition in `what`. */
struct step {
    const struct alert *old; /* open, or NULL */
    const struct alert_input *in;
    struct arena *arena;
    struct alert now;
    struct alert_transition what;
    bool happened;
};

static void transit(struct step *s, enum alert_state to, enum alert_cause cause,
                    struct round round)
{
    s->what.n = s->now.transition + 1;
    s->what.from = s->now.state;
    s->what.to = to;
    s->what.cause = cause;
    s->what.round = round;
    s->now.transition = s->what.n;
    s->now.state = to;
    s->now.cause = cause;
    s->happened = true;
}

static bool holds(const char *const *sorted, size_t n, const char *key)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(sorted[i], key) == 0)
            return true;
    }
    return false;
}

/* What fails and was not told of goes into what.added, and merged, sorted, into now.told. */
static int tell(struct step *s, const struct judgement *j)
{
    const char **added = arena_array(s->arena, j->n_failing, sizeof *added);
    const char **told = arena_array(s->arena, j->n_failing + s->now.n_told, sizeof *told);
    if (!added || !told)
        return JH_ENOMEM;
    size_t n = 0, m = 0, old = 0;
    for (size_t i = 0; i < j->n_failing; i++) {
        if (holds(s->now.told, s->now.n_told, j->failing[i]))
            continue;
        const char *key = arena_str(s->arena, j->failing[i]);
        if (!key)
            return JH_ENOMEM;
        while (old < s->now.n_told && strcmp(s->now.told[old], key) < 0)
            told[m++] = s->now.told[old++];
        added[n++] = told[m++] = key;
    }
    while (old < s->now.n_told)
        told[m++] = s->now.told[old++];
    s->what.added = added;
    s->what.n_added = n;
    s->now.told = told;
    s->now.n_told = m;
    return 0;
}

/* Severity only rises within an alert's life. */
static void rate(struct step *s)
{
    const struct alert_kind_info *kind = alert_kind_info(s->in->name.kind);
    enum severity severity = s->in->severity ? s->in->severity : kind->severity;
    if (!s->now.severity || severity_of(s->now.severity) < (int)severity)
        s->now.severity = severity_id(severity);
}

static void open_alert(struct step *s, const struct judgement *j)
{
    const struct alert_name *name = &s->in->name;
    const struct alert_kind_info *kind = alert_kind_info(name->kind);
    s->now = (struct alert){.kind = kind->id,
                            .subject = name->subject,
                            .county = kind->about == ABOUT_COUNTY ? name->subject : "",
                            .standard = name->standard,
                            .indicator = name->indicator,
                            .since_round = j->round,
                            .round = j->round};
}

static int fail(struct step *s, const struct judgement *j)
{
    if (!s->old)
        open_alert(s, j);
    bool another =
        !s->old || s->now.revision < 0 || round_cmp(j->round, s->now.round) > 0;
    s->now.rounds_failing += another;
    if (round_cmp(j->round, s->now.since_round) < 0) /* that one was retracted */
        s->now.since_round = j->round;
    s->now.round = j->round;
    s->now.revision = j->revision;
    s->now.stale = false;
    rate(s);
    if (s->now.rounds_failing < s->in->policy.for_rounds) {
        if (!s->old)
            transit(s, ALERT_PENDING, CAUSE_NONE, j->round);
        if (s->now.state == ALERT_PENDING)
            return 0;
    }
    int rc = tell(s, j);
    if (rc)
        return rc;
    bool told_already =
        s->now.state == ALERT_FIRING || s->now.state == ALERT_ACKNOWLEDGED;
    if (told_already && !s->what.n_added)
        return 0;
    s->what.extended = told_already;
    transit(s, ALERT_FIRING, CAUSE_NONE, j->round);
    return 0;
}

static void pass(struct step *s, const struct judgement *j)
{
    bool same = alert_kind_info(s->in->name.kind)->by_round &&
                (s->now.revision < 0 || round_cmp(j->round, s->now.round) == 0);
    s->now.round = j->round;
    s->now.revision = j->revision;
    s->now.stale = false;
    transit(s, ALERT_RESOLVED, same ? CAUSE_CORRECTED : CAUSE_PASSED, j->round);
}

/* Does the judgement say something the alert does not know yet? */
static bool is_news(const struct step *s, const struct judgement *j)
{
    const struct alert *old = s->old;
    const struct judgement known = {.round = old->round, .revision = old->revision};
    if (!alert_kind_info(s->in->name.kind)->by_round)
        return true;
    return round_same_series(old->round, j->round) &&
           (old->revision < 0 || judge_cmp(j, &known) > 0);
}

/* Of what was told only what still fails: the rest is news when it fails again. */
static int forget(struct step *s, const struct judgement *failing)
{
    const char **told = arena_array(s->arena, s->now.n_told, sizeof *told);
    size_t n = 0;
    if (!told)
        return JH_ENOMEM;
    for (size_t i = 0; i < s->now.n_told; i++)
        if (failing && holds(failing->failing, failing->n_failing, s->now.told[i]))
            told[n++] = s->now.told[i];
    s->now.told = told;
    s->now.n_told = n;
    return 0;
}

static void correct(struct step *s, const struct judgement *j)
{
    s->now.round = j->round;
    s->now.revision = j->revision;
    s->now.stale = false;
    transit(s, ALERT_RESOLVED, CAUSE_CORRECTED, j->round);
}

/* What wait for a review may show a fail, but end none, whatever the kind. */
static bool may_end(const struct step *s, const struct judgement *j)
{
    return j->outcome == OUTCOME_PASS && j->complete && !s->in->unreviewed;
}

/* Is it still somebody's business what a round shows of the subject? */
static bool is_watched(const struct step *s, struct round round)
{
    const struct certification *cert = s->in->certification;
    if (s->in->unwatched)
        return false;
    return !alert_kind_info(s->in->name.kind)->certified ||
           (cert && alert_monitored(cert, round));
}

/*
 * The data of the round that the alert stands on were retracted; j is the newest that is left,
 * or NULL. An alert that was there before goes back to where it began, and is judged from there.
 */
static int step_back(struct step *s, const struct judgement *j)
{
    bool alone = round_cmp(s->now.since_round, s->in->retracted) == 0;
    bool monitored = j && is_watched(s, j->round);
    bool fails = monitored && j->outcome == OUTCOME_FAIL;
    if (j && (alone || monitored) && may_end(s, j)) {
        correct(s, j);
        return 0;
    }
    s->now.rounds_failing -= s->now.rounds_failing > 0;
    s->now.revision = alone ? -1 : 0;
    if (!alone)
        s->now.round = fails ? j->round : s->now.since_round;
    s->now.stale = true;
    int rc = forget(s, fails ? j : NULL);
    return rc || !fails ? rc : fail(s, j);
}

static int step(struct step *s)
{
    const struct judgement *j = s->in->newest;
    if (s->old && !is_watched(s, s->old->round)) {
        transit(s, ALERT_RESOLVED, CAUSE_NOT_MONITORED, s->old->round);
        return 0;
    }
    if (s->in->superseded) {
        if (s->old)
            transit(s, ALERT_RESOLVED, CAUSE_SUPERSEDED, s->old->round);
        return 0;
    }
    if (s->old && s->in->retracted.year &&
        round_cmp(s->old->round, s->in->retracted) == 0)
        return step_back(s, j);
    if (!j || !is_watched(s, j->round))
        return 0;
    if (s->old && !is_news(s, j)) {
        if (s->in->retracted.year && j->outcome == OUTCOME_FAIL)
            s->now.stale = false; /* what made it doubtful is gone */
        return 0;
    }
    if (j->outcome == OUTCOME_FAIL)
        return fail(s, j);
    if (!s->old)
        return 0;
    if (may_end(s, j))
        pass(s, j);
    else
        s->now.stale = true;
    return 0;
}

/* The texts of the new state live in the caller's arena, whatever the old one pointed at. */
static int keep(struct step *s)
{
    struct alert *a = &s->now;
    const char **const texts[] = {&a->kind,      &a->subject, &a->standard,
                                  &a->indicator, &a->county,  &a->severity};
    const char **told = arena_array(s->arena, a->n_told, sizeof *told);
    if (!told)
        return JH_ENOMEM;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        *texts[i] = arena_str(s->arena, *texts[i]);
        if (!*texts[i])
            return JH_ENOMEM;
    }
    for (size_t i = 0; i < a->n_told; i++) {
        told[i] = arena_str(s->arena, a->told[i]);
        if (!told[i])
            return JH_ENOMEM;
    }
    a->told = told;
    return 0;
}

static bool is_open(const struct alert *alert)
{
    return alert && (alert->state == ALERT_PENDING || alert->state == ALERT_FIRING ||
                     alert->state == ALERT_ACKNOWLEDGED);
}

int alert_step(const struct alert *old, const struct alert_input *in, struct arena *arena,
               struct alert *ret, bool *ret_happened, struct alert_transition *ret_what)
{
    struct step s = {.old = is_open(old) ? old : NULL, .in = in, .arena = arena};
    if (s.old)
        s.now = *old;
    int rc = step(&s);
    if (!rc && s.now.state != ALERT_NONE)
        rc = keep(&s);
    if (rc)
        return rc;
    *ret = s.now;
    *ret_happened = s.happened;
    if (s.happened)
        *ret_what = s.what;
    return 0;
}
