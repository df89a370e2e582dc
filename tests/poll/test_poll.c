/* SPDX-License-Identifier: Apache-2.0 */
/* When a source is polled, and that no plugin's mood reaches another source or the daemon. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "loop/faults.h"
#include "poll/moody.h"
#include "poll/poll.h"
#include "tap/tap.h"

enum { MAX_SOURCES = 300, INTERVAL = 3600 * 1000, START = 1000000000 };

struct snapshot {
    struct config config;
    struct source_conf sources[MAX_SOURCES];
    struct moody_conf moods[MAX_SOURCES];
    int refs;
};

struct state {
    struct clock clock;
    struct log log;
    struct loop loop;
    struct transfers *transfers;
    struct loader *loader;
    struct poll *poll;
    struct moody_seen seen[8];
    struct poll_state states[MAX_SOURCES];
    const char *etag;
    int results, closed;
    enum jh_fetched what;
    int attempt;
    size_t bodies;
    int64_t bytes;
    bool given;         /* a body came with `give` */
    int64_t room, most; /* what the hook answers */
    bool later;         /* the next result finds no room */
    char error[768], source[64];
    int64_t next_ms;
    struct snapshot *reload; /* taken inside of the next result */
};

/* Snapshots of this test are counted, not loaded: these stand in for conf/config.c. */
const struct config *config_ref(const struct config *config)
{
    ((struct snapshot *)(size_t)config)->refs++;
    return config;
}

void config_unref(const struct config *config)
{
    if (config)
        ((struct snapshot *)(size_t)config)->refs--;
}

static void on_result(void *arg, const struct poll_result *r)
{
    struct state *s = arg;
    s->results++;
    s->what = r->what;
    s->attempt = r->attempt;
    s->bodies = r->n;
    s->bytes = 0;
    for (size_t i = 0; i < r->n; i++) {
        s->bytes += (int64_t)r->bodies[i].body.len;
        s->given |= r->bodies[i].give != NULL;
    }
    s->next_ms = r->next_ms;
    snprintf(s->source, sizeof s->source, "%s", r->source->name);
    snprintf(s->error, sizeof s->error, "%s", r->err ? r->err->text : "");
    if (s->later)
        poll_later(s->poll, r->source->name);
    s->later = false;
    struct snapshot *reload = s->reload;
    s->reload = NULL;
    if (reload && poll_configure(s->poll, &reload->config, NULL))
        bail("cannot reload");
}

static int on_validators(void *arg, const char *source, const char **ret_etag,
                         const char **ret_last_modified)
{
    struct state *s = arg;
    (void)source;
    *ret_etag = s->etag;
    *ret_last_modified = "";
    return 0;
}

static struct snapshot *snapshot_new(void)
{
    struct snapshot *snapshot = calloc(1, sizeof *snapshot);
    if (!snapshot)
        bail("out of memory");
    snapshot->config.file = "junheng.yaml";
    snapshot->config.sources = snapshot->sources;
    return snapshot;
}

static int64_t on_room(void *arg, int64_t *ret_most)
{
    const struct state *s = arg;
    *ret_most = s->most;
    return s->room;
}

static void add(struct snapshot *snapshot, struct moody_seen *seen, const char *name,
                const char *mood)
{
    size_t i = snapshot->config.n_sources++;
    snapshot->moods[i] = (struct moody_conf){mood, seen, 300};
    snapshot->sources[i] = (struct source_conf){.name = name,
                                                .plugin = "moody",
                                                .plugin_conf = &snapshot->moods[i],
                                                .interval_ms = INTERVAL,
                                                .timeout_ms = 60000,
                                                .max_bytes = 1000,
                                                .backoff_max_ms = 100 * 1000,
                                                .line = (unsigned)(10 + i)};
}

/* Until `counter` reaches `want`; the loop has timers, so it always comes back. */
static void run_until(struct state *s, const int *counter, int want)
{
    while (*counter < want)
        uv_run(&s->loop.uv, UV_RUN_ONCE);
}

static void beat(void *arg)
{
    ++*(int *)arg;
}

/* Long enough for the poll table to look at the clock at least once. */
static void run_a_while(struct state *s)
{
    int beats = 0;
    struct loop_timer *timer = loop_timer_start(&s->loop, 300, 300, beat, &beats);
    run_until(s, &beats, 2);
    loop_timer_stop(timer);
}

static void configure(struct state *s, struct snapshot *snapshot)
{
    struct jh_err err = {0};
    if (poll_configure(s->poll, &snapshot->config, &err))
        bail(err.text);
}

static const struct poll_state *state_of(struct state *s, const char *name)
{
    size_t n = poll_states(s->poll, s->states, MAX_SOURCES);
    for (size_t i = 0; i < n; i++)
        if (strcmp(s->states[i].name, name) == 0)
            return &s->states[i];
    bail("no such source");
}

static void start(struct state *s, struct snapshot *snapshot)
{
    struct poll_hooks hooks = {on_result, on_validators, on_room, s};
    s->results = 0;
    s->etag = "";
    s->room = s->most = INT64_MAX;
    memset(s->seen, 0, sizeof s->seen);
    if (poll_new(&s->loop, s->transfers, s->loader, &hooks, &s->poll, NULL))
        bail("cannot start polling");
    configure(s, snapshot);
}

static void on_closed(void *arg)
{
    ((struct state *)arg)->closed++;
}

static void stop(struct state *s, struct snapshot *snapshot)
{
    int before = s->closed;
    poll_close(s->poll, on_closed, s);
    run_until(s, &s->closed, before + 1);
    is_int(s->seen[0].opened, s->seen[0].closed, "every instance is closed");
    is_int(snapshot->refs, 0, "and its snapshot given back");
    free(snapshot);
}

/* ---- the tests --------------------------------------------------------------------------- */

static void when_due(struct state *s)
{
    struct snapshot *snapshot = snapshot_new();
    add(snapshot, &s->seen[0], "anhui", "ok");
    start(s, snapshot);
    run_until(s, &s->results, 1);
    is_int(s->what, JH_FETCHED, "polled at start");
    is_int((long long)s->bodies, 1, "its body arrives");
    is_int(s->next_ms, s->clock.fixed_ms + INTERVAL, "and when the next poll is");
    run_a_while(s);
    is_int(s->results, 1, "not before it is due");
    s->etag = "e1";
    s->clock.fixed_ms += INTERVAL;
    run_until(s, &s->results, 2);
    is_int(s->what, JH_UNCHANGED, "a turned clock is noticed; validators are passed");
    is_int(state_of(s, "anhui")->unchanged, 1, "counted as unchanged");
    is_int(state_of(s, "anhui")->bytes, 3, "bytes are counted");
    is_int(poll_now(s->poll, "nowhere"), JH_ENOENT, "an unknown source");
    is_int(poll_now(s->poll, "anhui"), 0, "poll now");
    run_until(s, &s->results, 3);
    is_int(s->seen[0].fetches, 3, "it is asked");
    is_int((long long)poll_all(s->poll), 1, "poll all now");
    run_until(s, &s->results, 4);
    is_int(s->seen[0].fetches, 4, "it is asked with all others");
    stop(s, snapshot);
}

static void retry_after(struct state *s)
{
    struct snapshot *snapshot = snapshot_new();
    add(snapshot, &s->seen[0], "anhui", "busy");
    start(s, snapshot);
    run_until(s, &s->results, 1);
    is_int(s->next_ms, s->clock.fixed_ms + 70000, "a source says when to come back");
    stop(s, snapshot);
}

/* What waits for the pipeline is bounded: where it is full nothing is fetched, nothing lost. */
static void no_room(struct state *s)
{
    struct snapshot *snapshot = snapshot_new();
    static const char *const names[] = {"a", "b", "c", "d"};
    for (int i = 0; i < 4; i++)
        add(snapshot, &s->seen[0], names[i], "naps");
    start(s, snapshot);
    s->most = 9 << 20;
    s->room = 0;
    run_a_while(s);
    is_int(s->seen[0].fetches, 0, "no room: no poll begins");
    s->room = 1;
    poll_wake(s->poll);
    run_a_while(s);
    is_int(s->seen[0].fetches, 0, "nor where what it may bring does not fit in");
    s->room = s->most;
    poll_wake(s->poll);
    run_until(s, &s->seen[0].fetches, 2);
    is_int(s->seen[0].fetches, 2, "as many begin as fit in, at 4 MiB each");
    s->room = 0;
    run_until(s, &s->results, 2);
    run_a_while(s);
    is_int(s->seen[0].fetches, 2, "no room again");
    s->room = s->most = 7;
    poll_wake(s->poll);
    run_until(s, &s->results, 4);
    is_int(s->seen[0].fetches, 4, "what never fits in comes alone; all had their turn");
    s->room = s->most = INT64_MAX;
    stop(s, snapshot);
}

/* It brought more than it was expected to: nothing failed, and it is fetched again. */
static void later(struct state *s)
{
    struct snapshot *snapshot = snapshot_new();
    add(snapshot, &s->seen[0], "anhui", "ok");
    start(s, snapshot);
    s->later = true;
    run_until(s, &s->results, 2);
    is_int(s->what, JH_FETCHED, "what had no room comes again at once");
    is_int(s->next_ms, s->clock.fixed_ms + INTERVAL, "then the interval counts");
    is_int(state_of(s, "anhui")->failed, 0, "nothing has failed");
    stop(s, snapshot);
}

static void old_plugin(struct state *s)
{
    struct snapshot *snapshot = snapshot_new();
    add(snapshot, &s->seen[0], "anhui", "old");
    s->given = false;
    start(s, snapshot);
    run_until(s, &s->results, 1);
    is_int((long long)s->bodies, 2, "a plugin of before: its bodies");
    is_int(s->bytes, 6, "  are found where they are");
    ok(!s->given, "  and what it did not know is not there");
    stop(s, snapshot);
}

static void back_off(struct state *s)
{
    static const int64_t waits[] = {30000, 60000, 100000, 100000};
    struct snapshot *snapshot = snapshot_new();
    add(snapshot, &s->seen[0], "anhui", "fails");
    start(s, snapshot);
    int64_t since = s->clock.fixed_ms;
    for (int i = 0; i < 4; i++) {
        run_until(s, &s->results, i + 1);
        is_int(s->next_ms - s->clock.fixed_ms, waits[i],
               "waits twice as long, to a maximum");
        is_int(s->attempt, i + 1, "  failures in a row");
        s->clock.fixed_ms += waits[i];
    }
    is_str(state_of(s, "anhui")->error, "no luck", "the error is kept");
    is_int(state_of(s, "anhui")->failing_since_ms, since, "and since when");
    snapshot->moods[0].mood = "ok";
    run_until(s, &s->results, 5);
    is_int(s->attempt, 0, "one success ends it");
    is_int(s->next_ms - s->clock.fixed_ms, INTERVAL, "and the interval is back");
    ok(!state_of(s, "anhui")->error, "the error is gone");
    is_int(state_of(s, "anhui")->failed, 4, "failures stay counted");
    stop(s, snapshot);
}

static void refused(struct state *s)
{
    struct jh_err err = {
        .code = JH_EINVAL, .line = 3, .file = "a.csv", .text = "no county"};
    struct snapshot *snapshot = snapshot_new();
    add(snapshot, &s->seen[0], "anhui", "ok");
    start(s, snapshot);
    poll_restore(s->poll, "anhui", 77, 2, 55, "as before");
    s->etag = "e1";
    is_str(state_of(s, "anhui")->error, "as before", "what was before a restart");
    run_until(s, &s->results, 1);
    is_int(s->seen[0].conditional, 0,
           "after a failed start all of the body is asked for");
    poll_refused(s->poll, "anhui", &err);
    is_str(state_of(s, "anhui")->error, "a.csv:3: no county",
           "a refused body is a failure");
    is_int(state_of(s, "anhui")->failures, 3, "that continues those before");
    is_int(state_of(s, "anhui")->failing_since_ms, 55, "  since the same moment");
    is_int(state_of(s, "anhui")->ok_ms, 77, "  and it has not gone well since");
    s->clock.fixed_ms += 100000;
    run_until(s, &s->results, 2);
    is_int(s->seen[0].conditional, 0,
           "a refused body is asked for again, unconditionally");
    is_int(s->what, JH_FETCHED, "so a 304 cannot hide it");
    is_int(poll_now(s->poll, "anhui"), 0, "once it is accepted");
    run_until(s, &s->results, 3);
    is_int(s->seen[0].conditional, 1, "validators count again");
    poll_refused(s->poll, "nowhere", &err);
    stop(s, snapshot);
}

/* An empty drop folder: neither a failure, nor the end of one that a body of it caused. */
static void nothing(struct state *s)
{
    const struct jh_settled what = {
        .size = sizeof what, .url = "u", .outcome = JH_REFUSED, .report = ""};
    struct jh_err err = {.code = JH_EINVAL, .text = "no county"};
    struct snapshot *snapshot = snapshot_new();
    add(snapshot, &s->seen[0], "anhui", "nothing");
    start(s, snapshot);
    poll_restore(s->poll, "anhui", 77, 2, 55, "as before");
    run_until(s, &s->results, 1);
    is_int(s->what, JH_NOTHING, "nothing is there");
    is_int(state_of(s, "anhui")->failures, 0,
           "  which is no failure, and ends an outage");
    snapshot->moods[0].mood = "ok";
    is_int(poll_now(s->poll, "anhui"), 0, "a body comes");
    run_until(s, &s->results, 2);
    poll_settled(s->poll, "anhui", &what);
    poll_settled(s->poll, "nowhere", &what);
    ok(s->seen[0].settled == 1 && s->seen[0].outcome == JH_REFUSED,
       "its plugin is told what became of it");
    poll_refused(s->poll, "anhui", &err);
    snapshot->moods[0].mood = "nothing";
    is_int(poll_now(s->poll, "anhui"), 0, "it was refused, and again nothing is there");
    run_until(s, &s->results, 3);
    is_str(state_of(s, "anhui")->error, "no county", "  the refusal stays told");
    is_int(state_of(s, "anhui")->failures, 1, "  and is not counted again");
    is_int(s->next_ms - s->clock.fixed_ms, INTERVAL, "  it is polled as always");
    snapshot->moods[0].mood = "ok";
    is_int(poll_now(s->poll, "anhui"), 0, "a better body comes");
    run_until(s, &s->results, 4);
    ok(!state_of(s, "anhui")->error, "  and ends it");
    stop(s, snapshot);
}

static void bad_moods(struct state *s)
{
    static const struct {
        const char *mood, *words;
    } moods[] = {{"mute", "failed without a word"},
                 {"empty", "delivered nothing"},
                 {"lies", "says that nothing has changed"},
                 {"silent", "plugin moody gave no answer"},
                 {"naps", "plugin moody gave no answer"}};
    for (size_t i = 0; i < sizeof moods / sizeof *moods; i++) {
        struct snapshot *snapshot = snapshot_new();
        add(snapshot, &s->seen[0], "anhui", moods[i].mood);
        snapshot->sources[0].timeout_ms = -4950; /* of the 5 s of grace 50 ms are left */
        start(s, snapshot);
        run_until(s, &s->results, 1);
        is_int(s->what, JH_FAILED, moods[i].mood);
        ok(strstr(s->error, moods[i].words) != NULL, "  %s: %s", moods[i].words,
           s->error);
        ok(!state_of(s, "anhui")->in_flight, "  it is in flight no more");
        stop(s, snapshot);
    }
    ok(s->seen[0].late_answers == 1,
       "closing waited for the work that was still running");
}

static void late_and_twice(struct state *s)
{
    struct snapshot *snapshot = snapshot_new();
    add(snapshot, &s->seen[0], "anhui", "naps");
    snapshot->sources[0].timeout_ms = -4950;
    start(s, snapshot);
    run_until(s, &s->results, 1);
    is_int(poll_now(s->poll, "anhui"), 0, "poll again while the plugin is still at work");
    run_until(s, &s->results, 2);
    ok(strstr(s->error, "has still not ended") != NULL, "  refused: %s", s->error);
    is_int(s->seen[0].fetches, 1, "  without asking the plugin");
    run_until(s, &s->seen[0].late_answers, 1);
    is_int(s->results, 2, "its late answer is nobody's");
    ok(s->seen[0].settled == 1 && s->seen[0].outcome == JH_LATER, "  which it is told");
    snapshot->moods[0].mood = "twice";
    is_int(poll_now(s->poll, "anhui"), 0, "poll again");
    run_until(s, &s->results, 3);
    run_a_while(s);
    is_int(s->results, 3, "a second answer is nobody's");
    is_int(s->what, JH_FETCHED, "the first counts");
    stop(s, snapshot);
}

static void reload(struct state *s)
{
    struct snapshot *a = snapshot_new(), *b = snapshot_new(), *bad = snapshot_new();
    struct jh_err err = {0};
    add(a, &s->seen[0], "stays", "ok");
    add(a, &s->seen[0], "changes", "ok");
    add(a, &s->seen[0], "goes", "ok");
    add(b, &s->seen[0], "comes", "ok");
    add(b, &s->seen[0], "stays", "ok");
    add(b, &s->seen[0], "changes", "twice");
    add(bad, &s->seen[0], "stays", "ok");
    add(bad, &s->seen[0], "broken", "locked");
    start(s, a);
    run_until(s, &s->results, 3);
    is_int(poll_configure(s->poll, &bad->config, &err), JH_EREFUSED, "one will not open");
    is_str(err.text, "source \"broken\": will not open", "it is named");
    is_int(err.line, 11, "with its line");
    is_int(bad->refs, 0, "nothing of it stays");
    run_a_while(s);
    is_int((long long)poll_states(s->poll, NULL, 0), 3, "the old set does");
    s->clock.fixed_ms += 1000;
    configure(s, b);
    run_until(s, &s->results, 5);
    run_a_while(s);
    is_int(s->results, 5, "what is new or changed is polled, what stays is not");
    is_int(state_of(s, "stays")->next_ms, START + INTERVAL, "it keeps its time");
    is_int(state_of(s, "stays")->polls, 1, "  and its counts");
    is_int(state_of(s, "changes")->polls, 2, "  so does the other");
    is_int(a->refs, 0, "the old snapshot is given back");
    free(a);
    free(bad);
    stop(s, b);
}

static void reload_in_flight(struct state *s)
{
    struct snapshot *a = snapshot_new(), *b = snapshot_new(), *c = snapshot_new();
    add(a, &s->seen[0], "anhui", "naps");
    add(b, &s->seen[0], "anhui", "naps");
    add(c, &s->seen[0], "anhui", "ok");
    start(s, a);
    run_until(s, &s->seen[0].fetches, 1);
    configure(s, b);
    is_int(poll_now(s->poll, "anhui"), JH_EBUSY, "one poll in flight per source");
    is_int((long long)poll_all(s->poll), 0, "also where all are asked for");
    run_until(s, &s->results, 1);
    is_int(s->what, JH_FETCHED, "its answer counts, for nothing has changed");
    is_int(poll_now(s->poll, "anhui"), 0, "poll again");
    run_until(s, &s->seen[0].fetches, 2);
    configure(s, c);
    run_until(s, &s->results, 2);
    run_until(s, &s->seen[0].late_answers, 2);
    run_a_while(s);
    is_int(s->results, 2, "the answer of a source that has changed does not count");
    is_int(s->seen[0].fetches, 3, "the new one is asked");
    is_int(a->refs + b->refs, 0, "old snapshots are given back");
    free(a);
    free(b);
    struct snapshot *none = snapshot_new();
    s->reload = none;
    is_int(poll_now(s->poll, "anhui"), 0, "poll");
    run_until(s, &s->results, 3);
    run_a_while(s);
    is_int((long long)poll_states(s->poll, NULL, 0), 0, "a reload inside of a result");
    is_int(c->refs, 0, "  lets the source go");
    free(c);
    stop(s, none);
}

/* ---- many, over real HTTP ---------------------------------------------------------------- */

static int open_files(void)
{
    int n = 0;
    DIR *dir = opendir("/proc/self/fd");
    while (dir && readdir(dir))
        n++;
    if (dir)
        closedir(dir);
    return n;
}

static void *http_conf(const struct jh_plugin *http, const char *url)
{
    char *conf = calloc(1, http->conf_size);
    for (const struct jh_option *o = http->options; conf && o->name; o++)
        if (strcmp(o->name, "url") == 0)
            memcpy(conf + o->offset, &url, sizeof url);
    return conf;
}

/* Every tenth portal is having a bad day. */
static struct snapshot *portals(const struct jh_plugin *http, int port)
{
    static char names[MAX_SOURCES][16], urls[MAX_SOURCES][64];
    static const char *const bad[] = {"503", "half", "reset"};
    struct snapshot *snapshot = snapshot_new();
    for (int i = 0; i < MAX_SOURCES; i++) {
        snprintf(names[i], sizeof names[i], "county-%03d", i);
        snprintf(urls[i], sizeof urls[i], "http://127.0.0.1:%d/%s", port,
                 i % 10 ? "conditional" : bad[i / 10 % 3]);
        add(snapshot, NULL, names[i], "");
        snapshot->sources[i].plugin = "http";
        snapshot->sources[i].plugin_conf = http_conf(http, urls[i]);
        snapshot->sources[i].backoff_max_ms = INTERVAL;
    }
    return snapshot;
}

static void many(struct state *s, struct faults *faults)
{
    char dir[4096];
    const char *build = getenv("abs_top_builddir");
    snprintf(dir, sizeof dir, "%s/.libs", build ? build : ".");
    struct loader *own = s->loader;
    s->loader = loader_new(dir);
    const struct jh_plugin *http = loader_find(s->loader, JH_SOURCE, "http", NULL);
    if (!http)
        bail("no source_http");
    struct snapshot *snapshot = portals(http, faults_port(faults));
    start(s, snapshot);
    int files = 0, failed = 0, unchanged = 0;
    for (int cycle = 0; cycle < 3; cycle++) {
        s->clock.fixed_ms += 30000; /* the first polls are spread over 3 s */
        run_until(s, &s->results, MAX_SOURCES * (cycle + 1));
        files = files ? files : open_files();
        s->etag = "\"v1\"";
        s->clock.fixed_ms += INTERVAL;
    }
    size_t n = poll_states(s->poll, s->states, MAX_SOURCES);
    for (size_t i = 0; i < n; i++) {
        failed += (int)s->states[i].failed;
        unchanged += (int)s->states[i].unchanged;
    }
    is_int((long long)n, MAX_SOURCES, "300 sources, three cycles");
    is_int(failed, 90, "those with a bad day fail, and no other");
    is_int(unchanged, 2 * 270, "the others say 304 from the second cycle on");
    ok(open_files() <= files + 20, "no file is left open: %d, then %d", files,
       open_files());
    printf("# longest callback %.2f ms of CPU\n", (double)s->loop.longest_ns / 1e6);
    poll_close(s->poll, on_closed, s);
    run_until(s, &s->closed, s->closed + 1);
    is_int(snapshot->refs, 0, "its snapshot is given back");
    for (size_t i = 0; i < MAX_SOURCES; i++)
        free((void *)(size_t)snapshot->sources[i].plugin_conf);
    free(snapshot);
    loader_free(s->loader);
    s->loader = own;
}

int main(void)
{
    struct state s;
    memset(&s, 0, sizeof s);
    s.clock = clock_fixed(START);
    s.log = (struct log){LOG_ERROR + 1, false, 2, &s.clock};
    s.loader = loader_new(NULL);
    if (!s.loader || loop_init(&s.loop, &s.clock, &s.log, NULL) ||
        transfers_new(&s.loop, 20, &s.transfers, NULL))
        bail("cannot start");
    when_due(&s);
    back_off(&s);
    retry_after(&s);
    no_room(&s);
    later(&s);
    old_plugin(&s);
    refused(&s);
    nothing(&s);
    bad_moods(&s);
    late_and_twice(&s);
    s.clock.fixed_ms = START;
    reload(&s);
    reload_in_flight(&s);
    struct faults *faults = faults_start();
    if (!faults)
        bail("no server");
    many(&s, faults);
    transfers_close(s.transfers);
    uv_run(&s.loop.uv, UV_RUN_DEFAULT);
    is_int(loop_done(&s.loop), 0, "nothing is left open");
    faults_stop(faults);
    loader_free(s.loader);
    return done_testing();
}
