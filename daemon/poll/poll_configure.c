/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Taking over the sources of a snapshot: new instances are opened before old ones are closed,
 * and if one cannot be opened nothing changes.
 */
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "poll/poll_internal.h"

static void source_free(struct source *s)
{
    free(s->name);
    free(s->error);
    free(s);
}

/* A snapshot being taken: all of it is made before anything of the old is touched. */
struct change {
    struct source **sources; /* those that stay, and new ones */
    struct inst **insts;
    bool *is_new;
    struct map *by_name;
    size_t n;
};

static void change_done(struct change *c)
{
    for (size_t i = 0; i < c->n; i++) {
        if (c->insts && c->insts[i])
            inst_free(c->insts[i]);
        if (c->is_new && c->is_new[i] && c->sources[i])
            source_free(c->sources[i]);
    }
    free(c->sources);
    free(c->insts);
    free(c->is_new);
    map_free(c->by_name);
}

static struct source *source_new(const char *name)
{
    struct source *s = calloc(1, sizeof *s);
    if (s) {
        s->name = strdup(name);
        s->bytes = POLL_EXPECTED_BYTES;
    }
    if (s && !s->name) {
        free(s);
        return NULL;
    }
    return s;
}

static int prepare_one(struct poll *p, const struct config *config, struct change *c,
                       size_t i, struct jh_err *err)
{
    const struct source_conf *conf = &config->sources[i];
    struct jh_err why = {0};
    int64_t there;
    c->sources[i] = poll_find(p, conf->name);
    c->is_new[i] = !c->sources[i];
    if (c->is_new[i])
        c->sources[i] = source_new(conf->name);
    if (!c->sources[i] || map_add(c->by_name, c->sources[i]->name,
                                  strlen(c->sources[i]->name), (int64_t)i, &there))
        return err_set(err, JH_ENOMEM, "out of memory");
    if (there != (int64_t)i)
        return err_at(err, JH_EEXIST, conf->file, conf->line, 0,
                      "there are two sources named \"%s\"", conf->name);
    struct jh_ctx ctx = {
        .loop = p->loop, .transfers = p->transfers, .fetch_done = poll_fetch_done};
    int rc = inst_open(&ctx, p->loader, config, conf, &c->insts[i], &why);
    if (!rc)
        c->insts[i]->poll = p;
    if (rc && why.file[0])
        return err_at(err, rc, conf->file, conf->line, 0, "source \"%s\": %s: %s",
                      conf->name, why.file, why.text);
    if (rc)
        return err_at(err, rc, conf->file, conf->line, 0, "source \"%s\": %s", conf->name,
                      why.text[0] ? why.text : err_name(rc));
    return 0;
}

static int prepare(struct poll *p, const struct config *config, struct change *c,
                   struct jh_err *err)
{
    size_t n = config->n_sources;
    c->sources = calloc(n + 1, sizeof *c->sources);
    c->insts = calloc(n + 1, sizeof *c->insts);
    c->is_new = calloc(n + 1, sizeof *c->is_new);
    c->by_name = map_new(n);
    if (!c->sources || !c->insts || !c->is_new || !c->by_name)
        return err_set(err, JH_ENOMEM, "out of memory");
    for (; c->n < n; c->n++) {
        int rc = prepare_one(p, config, c, c->n, err);
        if (rc) {
            c->n++; /* half of it may be there */
            return rc;
        }
    }
    return 0;
}

/* The source goes on with a new instance; keeps its times if nothing of it has changed. */
static void exchange(struct poll *p, struct source *s, const struct source_conf *conf,
                     struct inst *inst)
{
    const struct source_conf *was = s->conf;
    bool same = was && inst_same(s->inst, was, inst, conf);
    int64_t now = clock_mono(p->loop->clock);
    s->conf = conf;
    s->state.name = s->name;
    if (!was) {
        struct schedule schedule = poll_schedule(s);
        s->due_ms = now + schedule_first(&schedule, p->n);
    } else if (!same) {
        s->due_ms = now;
        s->refused =
            true; /* what was told of the old place says nothing of the new one */
        s->flying = NULL;
        s->state.in_flight = false;
    } else if (was->interval_ms != conf->interval_ms &&
               s->due_ms > now + conf->interval_ms) {
        s->due_ms = now + conf->interval_ms;
    }
    if (s->inst && s->flying != s->inst)
        s->inst->source = NULL;
    poll_retire(p, s->inst);
    s->inst = inst;
    /* there, as prepare() went well: NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
    inst->source = s;
}

void poll_drop(struct poll *p, struct source *s)
{
    for (struct inst *inst = p->old; inst; inst = inst->next)
        if (inst->source == s)
            inst->source = NULL;
    s->inst->source = NULL;
    poll_retire(p, s->inst);
    source_free(s);
}

int poll_configure(struct poll *p, const struct config *config, struct jh_err *err)
{
    struct change c = {0};
    int rc = p->closing ? err_set(err, JH_ECANCELED, "polling is being stopped")
                        : prepare(p, config, &c, err);
    if (rc) {
        change_done(&c);
        return rc;
    }
    struct source **old = p->sources;
    size_t n_old = p->n;
    const struct config *old_config = p->config;
    map_free(p->by_name);
    p->sources = c.sources;
    p->n = c.n;
    p->by_name = c.by_name;
    p->config = config_ref(config);
    for (size_t i = 0; i < n_old; i++)
        if (map_get(p->by_name, old[i]->name, strlen(old[i]->name)) == MAP_NONE)
            poll_drop(p, old[i]);
    for (size_t i = 0; i < p->n; i++)
        exchange(p, p->sources[i], &config->sources[i], c.insts[i]);
    free(old);
    free(c.insts);
    free(c.is_new);
    config_unref(old_config);
    poll_arm(p, 0);
    return 0;
}
