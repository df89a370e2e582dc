/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why: a state machine is wrong in the sequences nobody thought of. Some hundred thousand random
 * lives, each step beside a second model made from the documentation (model.h) and checked for
 * what must hold whatever came before. What fails is cut down to the shortest life that does.
 */
#include <stdio.h>
#include <string.h>

#include "alert/alert.h"
#include "alert/life.h"
#include "alert/model.h"
#include "alert/silence.h"
#include "tap/random.h"
#include "tap/tap.h"

enum { FIRST = 2013, YEARS = 120, BASELINE = FIRST };

/* Sorted, as a judgement has them. */
static const char *const KEYS[] = {"junior/books_per_pupil", "primary/composite",
                                   "primary/school_rule"};
enum { KEY_COUNT = 3, RULE = 4 };

struct round_known {
    bool there;
    int revision; /* the last one given, also to what is gone */
    struct op op;
};

struct world {
    const struct life *life;
    struct arena *now, *next; /* the alert lives in `now` */
    struct alert alert;
    struct model model;
    struct certification cert;
    bool certified, unwatched, graver;
    int silence; /* 0: none */
    struct round_known rounds[YEARS];
    int newest; /* of rounds[] that are there, or -1 */
    const char *wrong;
    long transitions, fired, ended;
};

/* ---- what the two have in common: the input ------------------------------------------------- */

struct input {
    struct judgement judgement;
    const char *failing[KEY_COUNT];
    struct model_judged judged;
    struct alert_input in;
    struct model_case c;
    bool compare; /* the model knows of it */
};

static void make_judgement(const struct op *op, struct round round, int revision,
                           struct input *ret)
{
    struct judgement *j = &ret->judgement;
    *j = (struct judgement){.round = round,
                            .revision = revision,
                            .outcome = op->outcome,
                            .complete = !op->incomplete,
                            .failing = ret->failing,
                            .only_school_rule = op->fails == RULE};
    for (int k = 0; k < KEY_COUNT; k++)
        if (op->fails >> k & 1)
            ret->failing[j->n_failing++] = KEYS[k];
    bool passes = op->outcome == OUTCOME_PASS && !op->incomplete && !op->unreviewed;
    bool fails = op->outcome == OUTCOME_FAIL;
    ret->judged = (struct model_judged){.year = round.year,
                                        .revision = revision,
                                        .proof = fails    ? PROVES_FAIL
                                                 : passes ? PROVES_PASS
                                                          : PROVES_NOTHING,
                                        .fails = op->fails,
                                        .gravity = fails ? 1 + (op->fails != RULE) : 0};
    ret->in.newest = j;
    ret->in.unreviewed = op->unreviewed;
    ret->in.severity = op->fails == RULE ? SEVERITY_WARNING : SEVERITY_CRITICAL;
    ret->c.newest = &ret->judged;
}

static void make_input(struct world *w, struct input *ret)
{
    const struct alert_kind_info *kind = alert_kind_info(w->life->kind);
    *ret = (struct input){.compare = true};
    ret->in.name =
        (struct alert_name){w->life->kind, "340103", kind->certified ? "books" : "", ""};
    ret->in.certification = w->certified ? &w->cert : NULL;
    ret->in.unwatched = w->unwatched;
    ret->in.superseded = w->graver;
    ret->in.policy.for_rounds = w->life->for_rounds;
    ret->c = (struct model_case){.of_certified = kind->certified,
                                 .by_round = kind->by_round,
                                 .for_rounds = w->life->for_rounds,
                                 .watched =
                                     !w->unwatched && (w->certified || !kind->certified),
                                 .baseline = w->cert.baseline.year,
                                 .told_by_graver = w->graver};
    if (w->newest >= 0) {
        const struct round_known *known = &w->rounds[w->newest];
        make_judgement(&known->op, (struct round){(int16_t)(FIRST + w->newest), 0},
                       known->revision, ret);
    }
}

/* ---- what must hold -------------------------------------------------------------------------- */

static void must(struct world *w, bool holds, const char *rule)
{
    if (!holds && !w->wrong)
        w->wrong = rule;
}

static bool is_open(const struct alert *a)
{
    return a->state == ALERT_PENDING || a->state == ALERT_FIRING ||
           a->state == ALERT_ACKNOWLEDGED;
}

static int told_of(const char *const *keys, size_t n)
{
    int bits = 0;
    for (size_t i = 0; i < n; i++)
        for (int k = 0; k < KEY_COUNT; k++)
            bits |= strcmp(keys[i], KEYS[k]) == 0 ? 1 << k : 0;
    return bits;
}

static bool sorted(const struct alert *a)
{
    for (size_t i = 1; i < a->n_told; i++)
        if (strcmp(a->told[i - 1], a->told[i]) >= 0)
            return false;
    return true;
}

static bool same(const struct alert *a, const struct alert *b)
{
    return a->state == b->state && a->stale == b->stale && a->revision == b->revision &&
           round_cmp(a->round, b->round) == 0 && a->transition == b->transition &&
           round_cmp(a->since_round, b->since_round) == 0 && a->cause == b->cause &&
           a->rounds_failing == b->rounds_failing &&
           told_of(a->told, a->n_told) == told_of(b->told, b->n_told) &&
           (a->severity == b->severity ||
            (a->severity && b->severity && strcmp(a->severity, b->severity) == 0));
}

/* An end has its proof. */
static void check_end(struct world *w, const struct alert *old, const struct input *in,
                      const struct alert_transition *what)
{
    const struct judgement *j = in->in.newest;
    bool proof = j && in->judged.proof == PROVES_PASS;
    bool by_round = in->c.by_round;
    int order = j ? round_cmp(j->round, old->round) : 0;
    switch (what->cause) {
    case CAUSE_PASSED:
        must(w, proof && (!by_round || order > 0), "passed: of a complete newer pass");
        must(w, !in->in.unwatched && !in->in.superseded, "passed: and still watched");
        break;
    case CAUSE_CORRECTED:
        must(w, proof && by_round, "corrected: by a complete pass");
        must(w, order == 0 || old->revision < 0 || in->in.retracted.year,
             "corrected: of the same round, or of what is left");
        break;
    case CAUSE_NOT_MONITORED:
        must(w,
             !in->c.watched || (in->c.of_certified && old->round.year <= in->c.baseline),
             "not_monitored: nobody watches it");
        break;
    case CAUSE_SUPERSEDED:
        must(w, in->in.superseded, "superseded: a graver one tells");
        break;
    default:
        must(w, false, "an end has a cause");
    }
}

static void check_transition(struct world *w, const struct alert *old,
                             const struct alert *now, const struct input *in,
                             const struct alert_transition *what)
{
    bool was_open = is_open(old);
    w->transitions++;
    w->fired += !was_open;
    w->ended += what->to == ALERT_RESOLVED;
    must(w, what->n == now->transition, "the transition has the alert's number");
    must(w, what->n == (was_open ? old->transition + 1 : 1), "numbers are consecutive");
    must(w, what->from == (was_open ? old->state : ALERT_NONE), "from where it was");
    must(w, what->to == now->state, "to where it is");
    must(w, what->to != ALERT_ACKNOWLEDGED, "only people acknowledge");
    must(w, (what->to == ALERT_RESOLVED) == (what->cause != CAUSE_NONE),
         "an end, and nothing else, has a cause");
    must(w, what->to == ALERT_RESOLVED || in->judged.proof == PROVES_FAIL,
         "only a proven fail opens or extends");
    must(w, !what->extended || (what->n_added && was_open), "extended: by something");
    if (what->to == ALERT_RESOLVED)
        check_end(w, old, in, what);
}

static void check_step(struct world *w, const struct alert *old, const struct alert *now,
                       const struct input *in, bool happened,
                       const struct alert_transition *what)
{
    const struct judgement *j = in->in.newest;
    bool older = j && is_open(old) && in->c.by_round && old->revision >= 0 &&
                 round_cmp(j->round, old->round) < 0;
    int told = told_of(now->told, now->n_told);
    if (happened)
        check_transition(w, old, now, in, what);
    else if (is_open(old))
        must(w, now->transition == old->transition && now->state == old->state,
             "without a transition nothing moves");
    must(w, is_open(old) || is_open(now) || !happened, "nothing happens to no alert");
    if (!is_open(old) || !is_open(now))
        return;
    must(w, sorted(now), "what was told is sorted");
    must(w, severity_of(now->severity) >= severity_of(old->severity), "severity rises");
    if (!in->in.retracted.year && older)
        must(w, same(old, now), "an older round changes nothing");
    if (in->in.retracted.year)
        return;
    must(w, (told & told_of(old->told, old->n_told)) == told_of(old->told, old->n_told),
         "what was told stays told");
    if (j && in->judged.proof == PROVES_NOTHING) {
        must(w, round_cmp(old->round, now->round) == 0 && old->revision == now->revision,
             "what proves nothing moves nothing");
        must(w, now->stale || old->stale == now->stale, "and confirms nothing");
    }
}

static enum alert_state state_of(enum model_state state)
{
    static const enum alert_state states[] = {ALERT_NONE, ALERT_PENDING, ALERT_FIRING,
                                              ALERT_ACKNOWLEDGED};
    return states[state];
}

static void compare_transition(struct world *w, bool happened,
                               const struct alert_transition *what,
                               const struct model_said *said)
{
    static const enum alert_cause causes[] = {CAUSE_NONE, CAUSE_PASSED, CAUSE_CORRECTED,
                                              CAUSE_NOT_MONITORED, CAUSE_SUPERSEDED};
    must(w, happened == (said->n != 0), "model: a transition, or none");
    if (!happened || !said->n)
        return;
    must(w, what->n == said->n, "model: its number");
    must(w, what->from == state_of(said->from), "model: from");
    must(w, what->to == (said->to ? state_of(said->to) : ALERT_RESOLVED), "model: to");
    must(w, what->cause == causes[said->end], "model: its cause");
    must(w, what->round.year == said->year, "model: its round");
    must(w, what->extended == said->extended, "model: extended");
    must(w, told_of(what->added, what->n_added) == said->added, "model: what is new");
}

static void compare(struct world *w, bool happened, const struct alert_transition *what,
                    const struct model_said *said)
{
    const struct model *m = &w->model;
    const struct alert *a = &w->alert;
    compare_transition(w, happened, what, said);
    must(w, is_open(a) == (m->state != MODEL_NONE), "model: open or not");
    if (!is_open(a) || m->state == MODEL_NONE)
        return;
    must(w, a->state == state_of(m->state), "model: state");
    must(w, a->stale == m->stale, "model: stale");
    must(w, a->round.year == m->year, "model: round");
    must(w, (a->revision < 0) == m->any, "model: anything counts");
    must(w, m->any || a->revision == m->revision, "model: revision");
    must(w, a->since_round.year == m->since, "model: since");
    must(w, a->rounds_failing == m->rounds, "model: failing rounds");
    must(w, told_of(a->told, a->n_told) == m->told, "model: what was told");
    must(w,
         severity_of(a->severity) ==
             (m->gravity > 1 ? SEVERITY_CRITICAL : SEVERITY_WARNING),
         "model: severity");
}

/* ---- steps ------------------------------------------------------------------------------------ */

static const struct silence_match SILENCES[] = {{.kind = "slip"},
                                                {.county = "340103"},
                                                {.region = "34", .kind = "warning"},
                                                {.region = "35"}};

/* A silence looks at what is told, and at nothing else. */
static void check_silence(struct world *w)
{
    const struct route_subject subject = {.kind = w->alert.kind,
                                          .severity = w->alert.severity,
                                          .standard = w->alert.standard,
                                          .county = w->alert.county};
    if (!w->silence || !*w->alert.county)
        return;
    bool slip = w->life->kind == KIND_SLIP, warning = w->life->kind == KIND_WARNING;
    bool wanted[] = {slip, true, warning, false};
    must(w,
         silence_matches(&SILENCES[w->silence - 1], &subject) == wanted[w->silence - 1],
         "a silence keeps back what it names");
}

static void step(struct world *w, struct input *in)
{
    struct alert next;
    struct alert_transition what = {0};
    bool happened = false;
    arena_reset(w->next);
    if (alert_step(&w->alert, &in->in, w->next, &next, &happened, &what))
        bail("alert_step failed");
    check_step(w, &w->alert, &next, in, happened, &what);
    struct arena *other = w->now;
    w->now = w->next;
    w->next = other;
    w->alert = next;
    if (in->compare) {
        struct model_said said = model_step(&w->model, &in->c);
        compare(w, happened, &what, &said);
    } else {
        must(w, !happened, "another series changes nothing");
    }
    if (happened && alert_told(&what))
        check_silence(w);
}

static void judged(struct world *w, const struct op *op)
{
    int at = w->newest < 0 ? op->step : w->newest + op->step;
    struct input in;
    if (at >= YEARS)
        return;
    struct round_known *known = &w->rounds[at];
    known->there = true;
    known->revision++;
    known->op = *op;
    w->newest = at;
    make_input(w, &in);
    step(w, &in);
}

/* The same data, judged otherwise: by another standard, or reviewed by now. */
static void again(struct world *w, const struct op *op)
{
    struct input in;
    if (w->newest >= 0)
        w->rounds[w->newest].op = *op;
    make_input(w, &in);
    step(w, &in);
}

static void late(struct world *w, const struct op *op)
{
    struct input in;
    int year = w->alert.round.year - op->step - 1;
    if (!is_open(&w->alert) || w->alert.revision < 0 || year < FIRST ||
        !alert_kind_info(w->life->kind)->by_round)
        return;
    make_input(w, &in);
    make_judgement(op, (struct round){(int16_t)year, 0}, 1000, &in);
    step(w, &in);
}

static void month(struct world *w, const struct op *op)
{
    const struct alert_kind_info *kind = alert_kind_info(w->life->kind);
    struct input in;
    if (!is_open(&w->alert) || !kind->by_round || w->graver || w->unwatched ||
        (kind->certified &&
         (!w->certified || w->alert.round.year <= w->cert.baseline.year)))
        return;
    make_input(w, &in);
    make_judgement(op, (struct round){(int16_t)(FIRST + YEARS), 3}, 1, &in);
    in.compare = false;
    step(w, &in);
}

/* What story/tend.c does to an alert. */
static void tended(struct world *w, enum op_kind kind)
{
    struct alert *a = &w->alert;
    bool told = a->state == ALERT_FIRING || a->state == ALERT_ACKNOWLEDGED;
    if (!told || (kind == OP_EXPIRE && a->state != ALERT_ACKNOWLEDGED))
        return;
    a->transition++;
    w->model.n++;
    if (kind == OP_ESCALATE)
        return;
    a->state = kind == OP_ACK ? ALERT_ACKNOWLEDGED : ALERT_FIRING;
    w->model.state = kind == OP_ACK ? MODEL_TAKEN : MODEL_FIRING;
}

static void retract(struct world *w, const struct op *op)
{
    struct input in;
    int at = w->newest;
    if (!alert_kind_info(w->life->kind)->by_round)
        return;
    for (int back = op->step; back > 0 && at >= 0; back--)
        do
            at--;
        while (at >= 0 && !w->rounds[at].there);
    if (at < 0)
        return;
    w->rounds[at].there = false;
    while (w->newest >= 0 && !w->rounds[w->newest].there)
        w->newest--;
    make_input(w, &in);
    in.in.retracted = (struct round){(int16_t)(FIRST + at), 0};
    in.c.retracted = FIRST + at;
    step(w, &in);
}

/* As the store writes an alert and reads it: words, and what was told line by line. */
static void restart(struct world *w)
{
    struct alert *a = &w->alert, back = *a;
    const char *texts[] = {a->kind,      a->subject, a->standard,
                           a->indicator, a->county,  a->severity};
    const char **const into[] = {&back.kind,      &back.subject, &back.standard,
                                 &back.indicator, &back.county,  &back.severity};
    if (a->state == ALERT_NONE)
        return;
    arena_reset(w->next);
    const char **told = arena_array(w->next, a->n_told, sizeof *told);
    for (size_t i = 0; i < a->n_told; i++)
        told[i] = arena_str(w->next, a->told[i]);
    back.told = told;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        *into[i] = arena_str(w->next, texts[i]);
    back.state = (enum alert_state)alert_state_of(alert_state_id(a->state));
    back.cause = (enum alert_cause)alert_cause_of(alert_cause_id(a->cause));
    must(w, same(a, &back), "it is the same after a restart");
    w->alert = back;
    struct arena *other = w->now;
    w->now = w->next;
    w->next = other;
}

static void turn(struct world *w, const struct op *op)
{
    struct input in;
    int newest = FIRST + (w->newest < 0 ? 0 : w->newest);
    switch (op->kind) {
    case OP_CERTIFY:
        w->certified = true;
        w->cert.baseline.year = (int16_t)(newest - op->step);
        break;
    case OP_DECERTIFY:
        w->certified = false;
        break;
    case OP_UNWATCH:
        w->unwatched = !w->unwatched;
        break;
    case OP_GRAVER:
        w->graver = !w->graver;
        break;
    default:
        break;
    }
    make_input(w, &in);
    step(w, &in);
}

static void act(struct world *w, const struct op *op)
{
    switch (op->kind) {
    case OP_JUDGED:
        judged(w, op);
        break;
    case OP_AGAIN:
        again(w, op);
        break;
    case OP_LATE:
        late(w, op);
        break;
    case OP_MONTH:
        month(w, op);
        break;
    case OP_ACK:
    case OP_EXPIRE:
    case OP_ESCALATE:
        tended(w, op->kind);
        break;
    case OP_SILENCE:
        w->silence = w->silence ? 0 : 1 + op->step;
        break;
    case OP_RETRACT:
        retract(w, op);
        break;
    case OP_RESTART:
        restart(w);
        break;
    default:
        turn(w, op);
    }
}

/* What is wrong with a life, or NULL; its tally goes into w. */
static const char *live(struct world *w, const struct life *life)
{
    struct arena *now = w->now, *next = w->next;
    long transitions = w->transitions, fired = w->fired, ended = w->ended;
    *w = (struct world){
        .life = life,
        .now = now,
        .next = next,
        .newest = -1,
        .certified = true,
        .cert = {.county = "340103", .standard = "books", .baseline = {BASELINE, 0}},
        .transitions = transitions,
        .fired = fired,
        .ended = ended};
    for (int i = 0; i < life->n && !w->wrong; i++)
        act(w, &life->ops[i]);
    return w->wrong;
}

/* Leaves out what is not needed for it to go wrong. */
static void cut_down(struct world *w, struct life *life)
{
    for (int i = life->n - 1; i >= 0; i--) {
        struct life less = *life;
        less.n--;
        memmove(&less.ops[i], &less.ops[i + 1], (size_t)(less.n - i) * sizeof *less.ops);
        if (live(w, &less)) {
            *life = less;
            i = life->n;
        }
    }
}

int main(void)
{
    uint64_t seed = random_seed(20251201);
    int lives = random_long() ? 3000000 : 300000, wrong = 0;
    struct world w = {.now = arena_new(1 << 20), .next = arena_new(1 << 20)};
    if (!w.now || !w.next)
        bail("no memory");
    for (int i = 0; i < lives && wrong < 3; i++) {
        struct life life;
        life_random(&seed, &life);
        if (!live(&w, &life))
            continue;
        wrong++;
        cut_down(&w, &life);
        printf("# life %d, \"%s\" does not hold; the shortest that shows it:\n", i,
               live(&w, &life));
        life_print(&life);
    }
    is_int(wrong, 0, "random lives of alerts go as the documentation says");
    ok(w.fired > lives && w.ended > lives / 2, "… %d of them, with %ld transitions",
       lives, w.transitions);
    arena_free(w.now);
    arena_free(w.next);
    return done_testing();
}
