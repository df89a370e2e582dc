/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Thousands of short bodies, one transaction for some tens of them: a commit of its own costs
 * more than judging a county. Each is judged by what the store has, so those that wait must
 * not be what it would have had to know: a body of the same source, or one that tells of one
 * of its counties, is kept first. In the commit they come one after the other, in order, and
 * see one another as ever; one that fails leaves the others alone.
 */
#include <stdlib.h>
#include <string.h>

#include "pipeline_work.h"

enum { SHORT_BYTES = 256 << 10 };

static bool tells_of(const struct gathered *gathered, const char *county)
{
    const struct intake_result *now = &gathered->now;
    for (size_t i = 0; i < now->n; i++)
        if (strcmp(now->datasets[i]->county_code, county) == 0)
            return true;
    for (size_t i = 0; i < gathered->n_gone; i++)
        if (strcmp(gathered->gone[i], county) == 0)
            return true;
    return gather_has_county(&gathered->parts[0], county);
}

/* For gather: the counties are known, and nothing was asked about them. */
static void meets(void *arg, const char *const *counties, size_t n)
{
    struct pipeline *p = arg;
    bool shared = false;
    for (size_t i = 0; i < p->n_waiting && !shared; i++)
        for (size_t k = 0; k < n && !shared; k++)
            shared = tells_of(&p->waiting[i]->gathered, counties[k]);
    if (shared)
        pipeline_settle(p);
}

static bool waits(const struct pipeline *p, const char *source)
{
    for (size_t i = 0; i < p->n_waiting; i++)
        if (strcmp(p->waiting[i]->body.source->name, source) == 0)
            return true;
    return false;
}

/*
 * Where schools come in parts or counties change, what a body is judged by is more than what
 * the store knows of its counties.
 */
static bool may_wait(const struct pipeline *p, const struct gather_body *body)
{
    return body->n <= SHORT_BYTES && !body->source->county && p->config->n_parts < 2 &&
           !p->config->changes.n;
}

/* ---- keeping ------------------------------------------------------------------------------ */

static void tell(struct turn *t, int rc)
{
    *t->ret_rc = rc;
    if (!rc)
        *t->ret = t->report;
    turn_done(t);
    free(t);
}

/* Each alone, as if there were no others. */
static void keep_apart(struct pipeline *p, struct turn *const *list, size_t n,
                       int results[TOGETHER_MOST])
{
    for (size_t i = 0; i < n; i++)
        results[i] = p->parts.write(p->parts.write_arg, commit_all, &list[i]->commit);
}

static void keep_together(struct pipeline *p, struct turn *const *list, size_t n,
                          int results[TOGETHER_MOST])
{
    struct commit tries[TOGETHER_MOST], *commits[TOGETHER_MOST];
    for (size_t i = 0; i < n; i++) {
        tries[i] = list[i]->commit;
        commits[i] = &tries[i];
    }
    struct commit_several several = {commits, results, n};
    if (p->parts.write(p->parts.write_arg, commit_several, &several)) {
        keep_apart(p, list, n, results);
        return;
    }
    for (size_t i = 0; i < n; i++)
        list[i]->commit = tries[i];
}

void pipeline_settle(struct pipeline *p)
{
    struct turn *list[TOGETHER_MOST];
    int results[TOGETHER_MOST];
    size_t n = p->n_waiting;
    memcpy(list, p->waiting, n * sizeof(struct turn *));
    p->n_waiting = 0; /* what follows from them settles, too */
    if (n > 1)
        keep_together(p, list, n, results);
    else
        keep_apart(p, list, n, results);
    for (size_t i = 0; i < n; i++) {
        if (!results[i])
            turn_kept(p, list[i]);
        tell(list[i], results[i]);
    }
}

/* ---- judging ------------------------------------------------------------------------------ */

static void run_alone(struct pipeline *p, const struct gather_body *body, int *ret_rc,
                      struct pipeline_report *ret, struct jh_err *err)
{
    struct gather_body own = *body;
    *ret_rc = pipeline_run(p, &own, ret, err);
}

static void take(struct pipeline *p, struct turn *t)
{
    bool done = false;
    int rc = turn_known(p, t, &done);
    if (!rc && !done)
        rc = turn_judge(p, t, &done);
    if (rc || done) {
        tell(t, rc);
        return;
    }
    t->body.bytes = NULL; /* packed, and nobody else's business any more */
    p->waiting[p->n_waiting++] = t;
    if (p->n_waiting == TOGETHER_MOST)
        pipeline_settle(p);
}

void pipeline_offer(struct pipeline *p, const struct gather_body *body, int *ret_rc,
                    struct pipeline_report *ret, struct jh_err *err)
{
    struct turn *t = may_wait(p, body) ? calloc(1, sizeof *t) : NULL;
    if (!t) {
        run_alone(p, body, ret_rc, ret, err);
        return;
    }
    if (waits(p, body->source->name))
        pipeline_settle(p);
    *t = (struct turn){.body = *body, .err = err, .ret_rc = ret_rc, .ret = ret};
    int rc = turn_begin(p, t);
    if (rc) {
        *ret_rc = rc;
        free(t);
        return;
    }
    t->g.meets = meets;
    t->g.meets_arg = p;
    take(p, t);
}
