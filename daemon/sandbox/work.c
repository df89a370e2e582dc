/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/work.h"

#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <lauxlib.h>

#include "sandbox/check.h"
#include "sandbox/frame.h"

/* ---- the job --------------------------------------------------------------------------------- */

bool work_parse(const char *p, size_t len, struct work_job *ret)
{
    struct wire_reader r = {p, p + len, false};
    struct work_job job = {.work = (enum wire_work)wire_read_u32(&r)};
    job.memory_bytes = wire_read_u32(&r);
    job.wall_ms = (int)wire_read_u32(&r);
    job.broken_left = wire_read_u32(&r);
    job.n_tasks = wire_read_u32(&r);
    job.population = wire_read_u32(&r);
    job.name = wire_read_str(&r, NULL);
    job.source = wire_read_str(&r, &job.source_len);
    job.n_params = wire_read_u32(&r);
    if (r.bad || job.n_params > WORK_PARAMS_MAX)
        return false;
    job.params = calloc(job.n_params + 1, sizeof *job.params);
    for (size_t i = 0; job.params && i < job.n_params; i++) {
        struct indicator_param *param = &job.params[i];
        param->indicator = wire_read_str(&r, NULL);
        param->name = wire_read_str(&r, NULL);
        param->value = wire_read_str(&r, NULL);
        param->is_number = wire_read_u32(&r) != 0;
    }
    if (!job.params || r.bad) {
        free(job.params);
        return false;
    }
    *ret = job;
    return true;
}

void work_job_done(struct work_job *job)
{
    free(job->params);
}

/* ---- the child ------------------------------------------------------------------------------- */

struct work {
    const struct work_job *job;
    const char *batch;
    struct out *out;
    struct env env;
    struct indicator_script script;
    timer_t timer;
    bool late; /* this county ran out of time: nothing more of it runs */
    uint32_t task;
    uint32_t broken; /* counties */
    bool county_broken, failed_load;
};

static void on_alarm(int sig, siginfo_t *info, void *context)
{
    (void)sig;
    (void)context;
    env_interrupt(info->si_value.sival_ptr);
}

static bool make_timer(struct work *w)
{
    struct sigaction action = {.sa_sigaction = on_alarm,
                               .sa_flags = SA_SIGINFO | SA_RESTART};
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM};
    event.sigev_value.sival_ptr = &w->env;
    return sigaction(SIGALRM, &action, NULL) == 0 &&
           timer_create(CLOCK_MONOTONIC, &event, &w->timer) == 0;
}

/* The task's time begins. A late signal of the one before is behind us after this. */
static void begin_task(struct work *w, uint32_t task)
{
    int ms = w->job->wall_ms;
    struct itimerspec when = {.it_value = {ms / 1000, ms % 1000 * 1000000L}};
    w->task = task;
    w->county_broken = w->late = false;
    out_task(w->out, task);
    timer_settime(w->timer, 0, &when, NULL);
    w->env.late = 0;
    lua_sethook(w->env.lua, NULL, 0, 0);
}

/* Runs fn protected, so that running out of memory in our own code is the script's error too. */
static bool protect(struct work *w, int (*fn)(lua_State *), void *arg)
{
    lua_settop(w->env.lua, 0);
    lua_pushcfunction(w->env.lua, fn);
    lua_pushlightuserdata(w->env.lua, arg);
    return env_call(&w->env, 1, 0);
}

/* ---- loading --------------------------------------------------------------------------------- */

static void tell_mistake(void *arg, unsigned line, const char *text)
{
    struct work *w = arg;
    w->failed_load = true;
    if (w->job->work != WIRE_LOAD)
        return;
    struct buf *record = out_begin(w->out, WIRE_MISTAKE);
    wire_u32(record, line);
    wire_str(record, text, strlen(text));
    out_end(w->out);
}

static int open_all(lua_State *lua)
{
    frame_open(lua);
    indicator_open(lua);
    return 0;
}

static int read_script(lua_State *lua)
{
    struct work *w = lua_touserdata(lua, 1);
    struct indicator_sink sink = {tell_mistake, w};
    lua_pushvalue(lua, lua_upvalueindex(1)); /* what the chunk returned */
    indicator_read(&w->env, w->job->source, w->job->params, w->job->n_params, &sink,
                   &w->script);
    /* the texts must outlive this call */
    lua_rawsetp(lua, LUA_REGISTRYINDEX, w);
    return 0;
}

/* Line and rest of "name:12: what"; line 0 when it does not begin so. */
static unsigned split_line(const char *name, const char **text)
{
    size_t len = strlen(name);
    char *end;
    if (strncmp(*text, name, len) != 0 || (*text)[len] != ':')
        return 0;
    unsigned long line = strtoul(*text + len + 1, &end, 10);
    if (end == *text + len + 1 || *end != ':') {
        *text += len + 1 + strspn(*text + len + 1, " ");
        return 0;
    }
    *text = end + 1 + strspn(end + 1, " ");
    return (unsigned)line;
}

/* False: every task is broken for the reason in env.text. */
static bool load(struct work *w)
{
    const struct work_job *job = w->job;
    if (!protect(w, open_all, NULL) || !env_load(&w->env, job->source, job->source_len))
        return false;
    lua_pushcclosure(w->env.lua, read_script, 1);
    lua_pushlightuserdata(w->env.lua, w);
    if (!env_call(&w->env, 1, 0))
        return false;
    return !w->failed_load;
}

static void tell_info(struct work *w)
{
    const struct indicator_script *s = &w->script;
    struct buf *record = out_begin(w->out, WIRE_INFO);
    const char *texts[] = {s->id, s->title, s->severity, s->population};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        wire_str(record, texts[i], strlen(texts[i]));
    wire_u32(record, s->per_school);
    wire_u32(record, s->stages);
    wire_u32(record, s->n_tests);
    wire_u32(record, (uint32_t)s->n_needs);
    for (size_t i = 0; i < s->n_needs; i++)
        wire_str(record, s->needs[i].name, strlen(s->needs[i].name));
    out_end(w->out);
}

/* ---- running over counties ------------------------------------------------------------------- */

struct stage_run {
    struct work *work;
    struct view view, before;
    bool has_before;
    enum stage stage;
    size_t next; /* unit */
};

static void tell_verdict(struct work *w, enum stage stage, size_t unit,
                         const struct indicator_answer *a)
{
    struct buf *record = out_begin(w->out, WIRE_VERDICT);
    size_t len = strlen(a->text);
    wire_u32(record, w->task);
    wire_u32(record, stage);
    wire_u32(record, (uint32_t)unit);
    wire_u32(record, a->outcome);
    wire_f64(record, a->value);
    wire_str(record, a->text, len < WIRE_TEXT_MAX ? len : WIRE_TEXT_MAX);
    out_end(w->out);
    w->county_broken |= a->outcome == OUTCOME_BROKEN;
}

/* Runs evaluate with the frame on top of the stack. */
static struct indicator_answer evaluate(struct work *w, size_t unit)
{
    lua_State *lua = w->env.lua;
    struct indicator_answer a = {OUTCOME_BROKEN, NAN, w->env.text};
    int frame = lua_gettop(lua);
    lua_rawgeti(lua, LUA_REGISTRYINDEX, w->script.evaluate);
    lua_pushvalue(lua, frame);
    indicator_push_params(lua, &w->script);
    if (w->script.per_school)
        lua_pushinteger(lua, (lua_Integer)unit + 1);
    if (!env_call(&w->env, w->script.per_school ? 3 : 2, 1)) {
        a.outcome = w->env.end == ENV_UNKNOWN ? OUTCOME_UNKNOWN : OUTCOME_BROKEN;
        w->late |= w->env.end == ENV_LATE;
        w->env.end = ENV_NONE; /* it ended this call, not the one around it */
    } else if (!indicator_answer(&w->env, &a)) {
        a.outcome = OUTCOME_BROKEN;
    }
    return a;
}

/* A column the script needs and the data lack, or NULL. */
static const char *absent_need(const struct work *w, const struct view *view,
                               enum stage stage)
{
    for (size_t i = 0; i < w->script.n_needs; i++) {
        const char *name = w->script.needs[i].name;
        struct view_column col = {0};
        if (w->script.needs[i].family != FIELD_NONE)
            col = view_field(view, stage, w->script.needs[i].family,
                             w->script.needs[i].staged);
        else
            view_header(view, name, strlen(name), &col);
        if (!col.values)
            return name;
    }
    return NULL;
}

static size_t units_to_answer(const struct stage_run *run)
{
    size_t n = run->view.units[run->stage].n;
    return run->work->script.per_school ? n : n > 0;
}

static int run_stage(lua_State *lua)
{
    struct stage_run *run = lua_touserdata(lua, 1);
    struct work *w = run->work;
    const char *need = absent_need(w, &run->view, run->stage);
    char text[320];
    frame_push(lua, &run->view, run->has_before ? &run->before : NULL, run->stage);
    for (size_t n = units_to_answer(run); run->next < n; run->next++) {
        struct indicator_answer a = {OUTCOME_UNKNOWN, NAN, text};
        if (need)
            snprintf(text, sizeof text, "the data have no column %s", need);
        else if (w->late)
            a = (struct indicator_answer){OUTCOME_BROKEN, NAN, w->env.text};
        else
            a = evaluate(w, run->next);
        tell_verdict(w, run->stage, run->next, &a);
        lua_settop(lua, 2);
    }
    return 0;
}

static void run_county(struct work *w, uint32_t county)
{
    struct stage_run run = {.work = w};
    begin_task(w, county);
    if (!view_open(w->batch, county, false, w->job->population, &run.view))
        return;
    run.has_before = view_open(w->batch, county, true, w->job->population, &run.before);
    for (int s = 0; s < STAGE_COUNT; s++) {
        run.stage = (enum stage)s;
        run.next = 0;
        if (!(w->script.stages & 1u << s) || protect(w, run_stage, &run))
            continue;
        struct indicator_answer a = {OUTCOME_BROKEN, NAN, w->env.text};
        tell_verdict(w, run.stage, WIRE_ALL_UNITS, &a);
    }
    w->broken += w->county_broken;
}

static int run_counties(struct work *w, uint32_t first)
{
    for (uint32_t county = first; county < w->job->n_tasks; county++) {
        run_county(w, county);
        if (w->broken >= w->job->broken_left && county + 1 < w->job->n_tasks)
            return WORK_PARKED;
    }
    return WORK_DONE;
}

/* The chunk itself does not run: every county would hear the same. */
static int break_all(struct work *w, uint32_t first)
{
    struct indicator_answer a = {OUTCOME_BROKEN, NAN, w->env.text};
    for (w->task = first; w->task < w->job->n_tasks; w->task++) {
        out_task(w->out, w->task);
        for (int s = 0; s < STAGE_COUNT; s++)
            tell_verdict(w, (enum stage)s, WIRE_ALL_UNITS, &a);
        if (++w->broken >= w->job->broken_left)
            return WORK_PARKED;
    }
    return WORK_DONE;
}

/* ---- its own tests ----------------------------------------------------------------------------- */

struct test_run {
    struct work *work;
    struct check check;
};

static int run_test(lua_State *lua)
{
    struct test_run *run = lua_touserdata(lua, 1);
    struct work *w = run->work;
    struct check *c = &run->check;
    check_read(lua, w->script.tests, w->task + 1, c);
    if (c->bad)
        return 0;
    const char *need = absent_need(w, &c->view, c->stage);
    struct indicator_answer a = {OUTCOME_UNKNOWN, NAN, "a needed column is absent"};
    frame_push(lua, &c->view, c->has_before ? &c->before : NULL, c->stage);
    if (!need)
        a = evaluate(w, c->unit);
    check_compare(c, &a);
    return 0;
}

static void run_tests(struct work *w, uint32_t first)
{
    for (uint32_t i = first; i < w->job->n_tasks; i++) {
        struct test_run run = {.work = w};
        begin_task(w, i);
        check_init(&run.check);
        const char *why = run.check.text;
        bool good = protect(w, run_test, &run);
        if (!good)
            why = w->env.text;
        struct buf *record = out_begin(w->out, WIRE_RESULT);
        wire_u32(record, good && !run.check.bad);
        wire_str(record, run.check.name, strlen(run.check.name));
        wire_str(record, why, strlen(why));
        out_end(w->out);
        check_done(&run.check);
    }
}

int work_run(const struct work_job *job, uint32_t first, const char *batch,
             struct out *out, const struct jail *jail)
{
    struct work w = {.job = job, .batch = batch, .out = out};
    int64_t cpu_ms = (int64_t)(job->n_tasks - first) * job->wall_ms * 2;
    const struct pack_head *head = (const void *)batch;
    size_t memory = job->memory_bytes + (batch ? head->size : 0);
    if (!make_timer(&w) || jail_enter(jail, memory, (unsigned)(cpu_ms / 1000 + 2)))
        return WORK_REFUSED;
    if (!env_init(&w.env, job->name, job->memory_bytes, job->wall_ms))
        return WORK_NOMEM;
    begin_task(&w, first);
    bool loaded = load(&w);
    switch (job->work) {
    case WIRE_LOAD:
        if (loaded) {
            tell_info(&w);
        } else if (!w.failed_load) {
            const char *text = w.env.text;
            unsigned line = split_line(job->name, &text);
            tell_mistake(&w, line, text);
        }
        return WORK_DONE;
    case WIRE_RUN:
        return loaded ? run_counties(&w, first) : break_all(&w, first);
    case WIRE_TEST:
        if (loaded)
            run_tests(&w, first);
        return WORK_DONE;
    }
    return WORK_DONE;
}
