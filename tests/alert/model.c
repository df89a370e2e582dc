/* SPDX-License-Identifier: Apache-2.0 */
#include "alert/model.h"

static struct model_said move(struct model *m, enum model_state to, enum model_end end,
                              int year)
{
    struct model_said said = {
        .n = ++m->n, .year = year, .from = m->state, .to = to, .end = end};
    m->state = to;
    return said;
}

static bool watches(const struct model_case *c, int year)
{
    return c->watched && (!c->of_certified || year > c->baseline);
}

static bool is_told(const struct model *m)
{
    return m->state == MODEL_FIRING || m->state == MODEL_TAKEN;
}

/* Stands on a judgement from now on. */
static void stand_on(struct model *m, const struct model_judged *j)
{
    m->year = j->year;
    m->revision = j->revision;
    m->any = m->stale = false;
}

/* "A proven fail fires"; `for` counts rounds, not their corrections. */
static struct model_said fails(struct model *m, const struct model_case *c)
{
    const struct model_judged *j = c->newest;
    bool opens = m->state == MODEL_NONE;
    int news = j->fails & ~m->told;
    m->rounds += opens || m->any || j->year > m->year;
    if (opens || j->year < m->since)
        m->since = j->year;
    if (j->gravity > m->gravity)
        m->gravity = j->gravity;
    stand_on(m, j);
    if (!is_told(m) && m->rounds < c->for_rounds)
        return opens ? move(m, MODEL_PENDING, MODEL_LASTS, j->year)
                     : (struct model_said){0};
    if (is_told(m) && !news)
        return (struct model_said){0};
    bool extended = is_told(m);
    m->told |= j->fails;
    struct model_said said = move(m, MODEL_FIRING, MODEL_LASTS, j->year);
    said.added = news;
    said.extended = extended;
    return said;
}

/*
 * "An alert that stood on them alone ends as `corrected` if the county's newest round left is a
 * complete pass; otherwise it stays, stale, and whatever is judged next counts": what had failed
 * before goes on from there.
 */
static struct model_said taken_back(struct model *m, const struct model_case *c)
{
    const struct model_judged *j = c->newest;
    bool alone = m->since == c->retracted;
    bool counts = j && watches(c, j->year);
    if (j && j->proof == PROVES_PASS && (alone || counts)) {
        stand_on(m, j);
        return move(m, MODEL_NONE, MODEL_CORRECTED, j->year);
    }
    m->rounds -= m->rounds > 0;
    m->any = alone;
    m->stale = true;
    m->told &= counts ? j->fails : 0;
    if (!alone) {
        m->year = m->since;
        m->revision = 0;
    }
    if (!counts || j->proof != PROVES_FAIL)
        return (struct model_said){0};
    if (!alone)
        m->year = j->year; /* it had counted this one */
    return fails(m, c);
}

static bool is_newer(const struct model *m, const struct model_case *c)
{
    const struct model_judged *j = c->newest;
    if (m->state == MODEL_NONE || !c->by_round || m->any)
        return true;
    return j->year > m->year || (j->year == m->year && j->revision > m->revision);
}

static struct model_said passes(struct model *m, const struct model_case *c)
{
    bool same = c->by_round && (m->any || c->newest->year == m->year);
    stand_on(m, c->newest);
    return move(m, MODEL_NONE, same ? MODEL_CORRECTED : MODEL_PASSED, m->year);
}

struct model_said model_step(struct model *m, const struct model_case *c)
{
    static const struct model_said nothing;
    bool open = m->state != MODEL_NONE;
    if (!open)
        *m = (struct model){0};
    if (open && !watches(c, m->year))
        return move(m, MODEL_NONE, MODEL_LEFT, m->year);
    if (c->told_by_graver)
        return open ? move(m, MODEL_NONE, MODEL_GRAVER, m->year) : nothing;
    if (open && c->retracted && c->retracted == m->year)
        return taken_back(m, c);
    if (!c->newest || !watches(c, c->newest->year))
        return nothing;
    if (!is_newer(m, c)) {
        if (c->retracted && c->newest->proof == PROVES_FAIL)
            m->stale = false;
        return nothing;
    }
    if (c->newest->proof == PROVES_FAIL)
        return fails(m, c);
    if (!open)
        return nothing;
    if (c->newest->proof == PROVES_PASS)
        return passes(m, c);
    m->stale = true; /* unknown, missing, late and broken neither open nor close */
    return nothing;
}
