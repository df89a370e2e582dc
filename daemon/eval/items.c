/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/items.h"

#include <math.h>
#include <string.h>

#include <junheng/plugin.h>

#include "eval/items_find.h"
#include "eval/rule.h"

const char *item_reason_id(enum item_reason reason)
{
    static const char *const IDS[ITEM_REASONS] = {
        "computed",     "reported",    "mismatch",  "not_reported", "not_readable",
        "data_missing", "data_absent", "no_school", "incomplete",   "no_points"};
    return IDS[reason];
}

/* One county under judgement. */
struct job {
    struct rule_ground ground;
    struct items_find find;
};

/* ---- what the county reports ------------------------------------------------------------ */

/* 62 % is 62 where the rule counts in percent, else 0.62. */
static double number_of(const struct county_value *v, bool in_percent)
{
    if (!v || v->what != COUNTY_NUMBER)
        return NAN;
    return v->percent && !in_percent ? v->number / 100 : v->number;
}

static bool in_percent(const struct item_rule *rule)
{
    return rule->form == RULE_COMPARE && strcmp(rule->unit, "%") == 0;
}

/* 0.87 of what is counted in percent: nobody knows which was meant. */
static bool ambiguous(const struct item_rule *rule, const struct county_value *v)
{
    return in_percent(rule) && !v->percent && v->number > 0 && v->number <= 1;
}

static int read_inputs(struct job *job, const struct item *item, struct rule_case *c,
                       struct item_result *r)
{
    struct arena *arena = job->ground.arena;
    struct item_input *inputs = arena_array(arena, item->n_inputs, sizeof *inputs);
    double *values = arena_array(arena, item->n_inputs, sizeof *values);
    bool *reported = arena_array(arena, item->n_inputs, sizeof *reported);
    if (!inputs || !values || !reported)
        return JH_ENOMEM;
    for (size_t i = 0; i < item->n_inputs; i++) {
        const struct county_value *v =
            county_data_find(job->ground.county, item->id, item->inputs[i]);
        reported[i] = v != NULL;
        values[i] = number_of(v, false);
        inputs[i] = (struct item_input){item->inputs[i], values[i]};
    }
    c->inputs = values;
    c->reported = reported;
    r->inputs = inputs;
    return 0;
}

/* ---- outcomes -------------------------------------------------------------------------- */

static void set(struct item_result *r, enum outcome outcome, enum item_reason reason)
{
    r->outcome = outcome;
    r->reason = reason;
}

/* What must not be: it is not, or there are none. */
static void judge_veto(struct item_result *r, const struct county_value *v)
{
    bool none = v->what == COUNTY_MET || v->what == COUNTY_ABSENT ||
                (v->what == COUNTY_NUMBER && !(v->number > 0));
    if (v->what == COUNTY_BAD)
        set(r, OUTCOME_UNKNOWN, ITEM_NOT_READABLE);
    else
        set(r, none ? OUTCOME_PASS : OUTCOME_FAIL, ITEM_REPORTED);
}

/* Points say how much of it is met; what is met in part is neither met nor not. */
static void judge_points(struct item_result *r, const struct county_value *v)
{
    double most = decimal_double(r->item->points);
    if (v->number > most + 1e-9) {
        set(r, OUTCOME_UNKNOWN, ITEM_NOT_READABLE);
        return;
    }
    r->points = v->number;
    set(r,
        v->number >= most - 1e-9 ? OUTCOME_PASS
        : v->number > 0          ? OUTCOME_NONE
                                 : OUTCOME_FAIL,
        ITEM_REPORTED);
}

static void judge_evidence(struct item_result *r, const struct county_value *v)
{
    if (!v)
        set(r, OUTCOME_UNKNOWN, ITEM_NOT_REPORTED);
    else if (r->item->veto)
        judge_veto(r, v);
    else if (v->what == COUNTY_NUMBER && r->item->scored)
        set(r, OUTCOME_UNKNOWN, ITEM_NO_POINTS);
    else if (v->what == COUNTY_MET || v->what == COUNTY_UNMET)
        set(r, v->what == COUNTY_MET ? OUTCOME_PASS : OUTCOME_FAIL, ITEM_REPORTED);
    else
        set(r, OUTCOME_UNKNOWN, ITEM_NOT_READABLE);
}

static enum item_reason why_unknown(const struct job *job, const struct rule_answer *a)
{
    return a->nobody               ? ITEM_NO_SCHOOL
           : a->absent             ? ITEM_DATA_ABSENT
           : !job->ground.complete ? ITEM_INCOMPLETE
                                   : ITEM_DATA_MISSING;
}

/* A county may always say that it fails; that it does not counts only where nothing can tell. */
static void weigh_report(struct job *job, struct item_result *r,
                         const struct rule_answer *a)
{
    const struct county_value *v = r->given;
    bool unmet =
        v && (v->what == COUNTY_UNMET || (r->item->veto && v->what == COUNTY_PRESENT));
    bool met =
        v && (v->what == COUNTY_MET || (r->item->veto && v->what == COUNTY_ABSENT));
    if (unmet) {
        if (a->outcome == OUTCOME_PASS)
            items_find_mismatch(&job->find, r->item, v);
        set(r, OUTCOME_FAIL, a->outcome == OUTCOME_FAIL ? ITEM_COMPUTED : ITEM_REPORTED);
    } else if (met && a->outcome == OUTCOME_FAIL) {
        items_find_mismatch(&job->find, r->item, v);
        r->reason = ITEM_MISMATCH;
    } else if (met && a->outcome == OUTCOME_UNKNOWN && a->absent) {
        set(r, OUTCOME_PASS, ITEM_REPORTED);
    }
}

static void judge_computed(struct job *job, struct rule_case *c, struct item_result *r)
{
    const struct item *item = r->item;
    const struct county_value *v = r->given;
    bool vague = v && v->what == COUNTY_NUMBER && ambiguous(item->rule, v);
    c->given = vague ? NAN : number_of(v, in_percent(item->rule));
    struct rule_answer a = rule_judge(c, item->rule);
    set(r, a.outcome,
        a.outcome == OUTCOME_UNKNOWN ? why_unknown(job, &a) : ITEM_COMPUTED);
    r->value = a.value;
    r->limit = a.limit;
    r->by = a.by;
    r->borderline = a.borderline;
    if (!a.absent) { /* else it would be every one of them */
        r->schools = c->schools;
        r->n_schools = c->n_schools;
    }
    if (a.outcome == OUTCOME_UNKNOWN && v && (vague || v->what == COUNTY_BAD))
        r->reason = ITEM_NOT_READABLE;
    else if (a.outcome == OUTCOME_UNKNOWN && a.absent && !v && !a.by)
        r->reason = a.nobody ? ITEM_NO_SCHOOL : ITEM_DATA_ABSENT;
    weigh_report(job, r, &a);
}

static void give_points(const struct standard *st, struct item_result *r)
{
    bool all = r->outcome == OUTCOME_PASS, nothing = r->outcome == OUTCOME_FAIL;
    if (!r->item->scored || !st->score.has_points || !isnan(r->points))
        return;
    r->points = all ? decimal_double(r->item->points) : nothing ? 0 : NAN;
}

static int judge_item(struct job *job, const struct item *item, struct item_result *r)
{
    const struct standard *st = job->ground.standard;
    struct rule_case c = {.ground = &job->ground, .item = item, .given = NAN};
    *r = (struct item_result){.item = item, .value = NAN, .limit = NAN, .points = NAN};
    r->given = county_data_find(job->ground.county, item->id, NULL);
    int rc = read_inputs(job, item, &c, r);
    if (rc)
        return rc;
    bool points = item->scored && st->score.has_points && r->given &&
                  r->given->what == COUNTY_NUMBER;
    if (points)
        judge_points(r, r->given);
    else if (item->rule->form == RULE_EVIDENCE)
        judge_evidence(r, r->given);
    else
        judge_computed(job, &c, r);
    if (r->reason == ITEM_NOT_READABLE &&
        r->given->what != COUNTY_BAD) /* which is listed */
        items_find_unreadable(&job->find, item, r->given);
    give_points(st, r);
    return job->ground.failed ? JH_ENOMEM : 0;
}

/* ---- all of them ----------------------------------------------------------------------- */

/* Points that are missing could all still come; those of a standard without points cannot. */
static void add_up(const struct standard *st, struct items_result *out)
{
    struct items_score *score = &out->score;
    double pass = decimal_double(st->score.pass);
    score->there = st->score.there;
    if (!score->there)
        return;
    bool open = !st->score.has_points;
    for (size_t i = 0; i < out->n; i++) {
        const struct item_result *r = &out->list[i];
        if (!r->item->scored)
            continue;
        bool known = !isnan(r->points);
        score->known += known ? r->points : 0;
        score->missing += known ? 0 : decimal_double(r->item->points);
        open |= !known;
    }
    if (st->score.has_points && score->known + score->missing < pass - 1e-9)
        score->outcome = OUTCOME_FAIL;
    else
        score->outcome = open ? OUTCOME_UNKNOWN : OUTCOME_PASS;
}

static enum outcome join_all(const struct items_result *out)
{
    enum outcome all = out->score.there ? out->score.outcome : OUTCOME_NONE;
    for (size_t i = 0; i < out->n; i++) {
        const struct item_result *r = &out->list[i];
        if (!r->item->scored || r->item->precondition)
            all = outcome_join(all, r->outcome);
    }
    return all;
}

int items_judge(const struct standard *st, const struct dataset *data,
                const struct items_options *options, struct arena *arena,
                struct items_result *ret)
{
    struct items_result out = {.n = st->n_items};
    struct job job = {.ground = {.standard = st,
                                 .data = data,
                                 .county = options->county,
                                 .own_owners = options->own_owners,
                                 .complete = options->complete,
                                 .relax = options->relax,
                                 .arena = arena}};
    struct item_result *list = arena_array(arena, st->n_items, sizeof *list);
    items_find_init(&job.find, st, options->county, arena);
    int rc = list ? 0 : JH_ENOMEM;
    for (size_t i = 0; !rc && i < st->n_items; i++)
        rc = judge_item(&job, &st->items[i], &list[i]);
    out.list = list;
    if (!rc && st->n_items)
        items_find_unknown(&job.find);
    if (rc || job.find.failed)
        return rc ? rc : JH_ENOMEM;
    add_up(st, &out);
    out.outcome = join_all(&out);
    out.findings = job.find.list;
    out.n_findings = job.find.n;
    out.relaxed = job.ground.relaxed;
    out.n_relaxed = job.ground.n_relaxed;
    *ret = out;
    return 0;
}
