/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/scene.h"

#include <string.h>

#include "story/commit.h"
#include "story/silence.h"
#include "story/tend.h"

enum { NAMES_MAX = 256, DAY_ARENA = 1 << 30 };

int scene_open(struct scene *s, const struct configured *c,
               const struct messages *messages, struct arena *arena, struct jh_err *err)
{
    *s = (struct scene){.config = c->config, .scripts = c->scripts, .arena = arena};
    buf_init(&s->wrong, SCENE_WRONG_MAX);
    s->letters = (struct letters){
        .trial = &s->trial, .config = c->config, .messages = messages, .arena = arena};
    return trial_open(&s->trial, c, NULL, err);
}

void scene_close(struct scene *s)
{
    trial_close(&s->trial);
    buf_done(&s->wrong);
}

/* ---- time ----------------------------------------------------------------------------------- */

static int new_day(struct scene *s, struct jh_err *err)
{
    int64_t now_ms = s->trial.clock.fixed_ms;
    struct arena *arena = arena_new(DAY_ARENA);
    struct tend_tick tend = {
        .config = s->config, .arena = arena, .now_ms = now_ms, .err = err};
    struct silence_work silences = {.config = s->config,
                                    .messages = s->letters.messages,
                                    .arena = arena,
                                    .now_ms = now_ms,
                                    .err = err};
    struct commit_due due = {.config = s->config,
                             .scripts = s->scripts,
                             .arena = arena,
                             .now_ms = now_ms,
                             .err = err};
    int rc = arena ? tend_tick(s->trial.writer, &tend)
                   : err_set(err, JH_ENOMEM, "out of memory");
    if (!rc)
        rc = silence_tick(s->trial.writer, &silences);
    if (!rc)
        rc = commit_due(s->trial.writer, &due);
    arena_free(arena);
    return rc;
}

int scene_pass(struct scene *s, int64_t ms, struct jh_err *err)
{
    for (;;) {
        struct date today = date_of_ms(s->trial.clock.fixed_ms);
        int64_t midnight = date_to_ms(date_add_days(today, 1));
        if (midnight > ms)
            return letters_until(&s->letters, ms, err);
        int rc = letters_until(&s->letters, midnight, err);
        if (!rc)
            rc = new_day(s, err);
        if (rc)
            return rc;
    }
}

/* ---- what was not as expected --------------------------------------------------------------- */

void scene_wrong(struct scene *s, const struct yaml_node *at, const char *fmt, ...)
{
    struct jh_err err;
    char text[sizeof err.text];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    err_set(&err, JH_EINVAL, "%s", text); /* cut between code points */
    buf_fmt(&s->wrong, "# %s:%u:%u: %s\n", at->file, at->line, at->col, err.text);
    s->failures++;
}

void scene_show(struct scene *s, const char *title, const char *text)
{
    buf_fmt(&s->wrong, "#   %s:\n", title);
    for (const char *p = text; *p;) {
        size_t len = strcspn(p, "\n");
        buf_str(&s->wrong, "#     ");
        buf_add(&s->wrong, p, len);
        buf_char(&s->wrong, '\n');
        p += len + (p[len] == '\n');
    }
}

bool scene_equal(struct scene *s, const struct yaml_node *map, const char *what,
                 const char *want, const char *got)
{
    const struct yaml_node *at = yaml_get(map, what);
    if (!want || !strcmp(want, got))
        return true;
    scene_wrong(s, at ? at : map, "%s: expected %s, got %s", what, want, got);
    return false;
}

/* ---- names of the configuration --------------------------------------------------------------- */

static void check_name(const struct scene_reader *r, const struct yaml_node *map,
                       const char *path, const char *key, const char *name,
                       const char *const *names, size_t n)
{
    char mean[OPTION_MEAN], quoted[YAML_SHOW];
    const struct yaml_node *at = yaml_get(map, key);
    if (!name)
        return;
    for (size_t i = 0; i < n; i++)
        if (!strcmp(names[i], name))
            return;
    yaml_error(at ? at : map, r->errs, "%s.%s: the configuration has no %s %s%s", path,
               key, key, yaml_quote(name, quoted),
               option_mean(name, names, n < NAMES_MAX ? n : NAMES_MAX, mean));
}

void scene_source(const struct scene_reader *r, const struct yaml_node *map,
                  const char *path, const char *name)
{
    const struct config *c = r->config;
    const char **names = arena_array(r->arena, c->n_sources, sizeof *names);
    for (size_t i = 0; names && i < c->n_sources; i++)
        names[i] = c->sources[i].name;
    check_name(r, map, path, "source", name, names, names ? c->n_sources : 0);
}

void scene_standard(const struct scene_reader *r, const struct yaml_node *map,
                    const char *path, const char *id)
{
    const struct config *c = r->config;
    const char **names = arena_array(r->arena, c->n_standards, sizeof *names);
    for (size_t i = 0; names && i < c->n_standards; i++)
        names[i] = c->standards[i]->id;
    check_name(r, map, path, "standard", id, names, names ? c->n_standards : 0);
}

void scene_office(const struct scene_reader *r, const struct yaml_node *map,
                  const char *path, const char *id)
{
    const struct route_table *t = &r->config->routes;
    const char **names = arena_array(r->arena, t->n_offices, sizeof *names);
    for (size_t i = 0; names && i < t->n_offices; i++)
        names[i] = t->offices[i].id;
    check_name(r, map, path, "office", id, names, names ? t->n_offices : 0);
}

void scene_channel(const struct scene_reader *r, const struct yaml_node *map,
                   const char *path, const char *name)
{
    const struct config *c = r->config;
    const char **names = arena_array(r->arena, c->n_channels, sizeof *names);
    for (size_t i = 0; names && i < c->n_channels; i++)
        names[i] = c->channels[i].name;
    check_name(r, map, path, "channel", name, names, names ? c->n_channels : 0);
}

struct round scene_round(const struct scene_reader *r, const struct yaml_node *map,
                         const char *path, const char *text)
{
    struct round round = {0};
    const struct yaml_node *at = yaml_get(map, "round");
    char quoted[YAML_SHOW];
    if (text && round_parse(text, strlen(text), &round))
        yaml_error(at ? at : map, r->errs,
                   "%s.round: expected a round such as 2025 or 2025-10, got %s", path,
                   yaml_quote(text, quoted));
    return round;
}
