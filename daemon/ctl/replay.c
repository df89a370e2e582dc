/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/replay.h"

#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "ctl/command.h"
#include "ctl/compare.h"
#include "ctl/trial.h"
#include "render/json.h"
#include "render/json_make.h"

enum {
    ARENA_MAX = 1 << 30,
    OUT_MAX = 64 << 20,
    PATH_BYTES = 4096,
    BODY_MAX = 1 << 30,
    ACTS_MAX = 1 << 30,
};

/* What a person decided in the daemon; one of the three. */
struct act {
    int64_t at_ms;
    const struct store_cert *cert;
    const struct store_review *review;
    const struct store_finding *finding;
};

struct replay {
    const char *conf, *rounds, *source, *state;
    bool archive, json;
    struct configured c;
    struct arena *arena;
    struct trial trial;
    struct store *live; /* the daemon's, read only; NULL with --rounds */
    struct act *acts;   /* by the time they were recorded */
    size_t n_acts, acted;
    size_t bodies, unchanged, refused, left_out;
    struct compare compare;
};

/* ---- the command line ---------------------------------------------------------------------- */

static int ask(struct replay *r, int argc, char **argv)
{
    static const struct option OPTIONS[] = {{"config", required_argument, NULL, 'c'},
                                            {"archive", no_argument, NULL, 'a'},
                                            {"rounds", required_argument, NULL, 'r'},
                                            {"source", required_argument, NULL, 's'},
                                            {"state", required_argument, NULL, 'd'},
                                            {"dry-run", no_argument, NULL, 'n'},
                                            {"format", required_argument, NULL, 'f'},
                                            {NULL, 0, NULL, 0}};
    optind = 0;
    opterr = 0;
    for (int c; (c = getopt_long(argc, argv, ":c:", OPTIONS, NULL)) != -1;) {
        if (c == ':')
            return command_usage("replay", "%s wants a value", argv[optind - 1]);
        if (c == '?')
            return command_usage("replay", "unknown option %s", argv[optind - 1]);
        if (c == 'c')
            r->conf = optarg;
        else if (c == 'r')
            r->rounds = optarg;
        else if (c == 's')
            r->source = optarg;
        else if (c == 'd')
            r->state = optarg;
        else if (c == 'f' && strcmp(optarg, "json") != 0 && strcmp(optarg, "text") != 0)
            return command_usage("replay", "--format: expected text or json");
        r->archive |= c == 'a';
        r->json |= c == 'f' && *optarg == 'j';
    }
    if (optind != argc)
        return command_usage("replay", "unexpected argument \"%s\"", argv[optind]);
    if (r->archive == !!r->rounds)
        return command_usage("replay", "one of --archive and --rounds is needed");
    return 0;
}

/* ---- what it stands on ------------------------------------------------------------------------ */

static int by_time(const void *a, const void *b)
{
    const struct act *x = a, *y = b;
    return (x->at_ms > y->at_ms) - (x->at_ms < y->at_ms);
}

/* Certifications, reviews and findings accepted, in the order in which they were recorded. */
static int load_acts(struct replay *r, struct jh_err *err)
{
    struct store_cert *certs;
    struct store_review *reviews;
    struct store_finding *findings;
    size_t n_certs, n_reviews, n_findings;
    int rc = store_certs(r->live, NULL, r->arena, &certs, &n_certs, err);
    if (!rc)
        rc = store_reviews(r->live, true, ACTS_MAX, r->arena, &reviews, &n_reviews, err);
    if (!rc)
        rc = store_findings_words(r->live, r->arena, &findings, &n_findings, err);
    if (rc)
        return rc;
    r->acts =
        arena_array(r->arena, n_certs + n_reviews + n_findings + 1, sizeof *r->acts);
    if (!r->acts)
        return err_set(err, JH_ENOMEM, "out of memory");
    for (size_t i = 0; i < n_certs; i++)
        r->acts[r->n_acts++] = (struct act){certs[i].at_ms, .cert = &certs[i]};
    for (size_t i = 0; i < n_reviews; i++)
        if (strcmp(reviews[i].sub.review, "reviewed") == 0 && reviews[i].at_ms)
            r->acts[r->n_acts++] = (struct act){reviews[i].at_ms, .review = &reviews[i]};
    for (size_t i = 0; i < n_findings; i++)
        r->acts[r->n_acts++] =
            (struct act){findings[i].accepted_ms, .finding = &findings[i]};
    qsort(r->acts, r->n_acts, sizeof *r->acts, by_time);
    return 0;
}

static int open_live(struct replay *r, struct jh_err *err)
{
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%s/junheng.db", r->c.config->state_dir);
    int rc = store_open(path, STORE_READ, &r->live, err);
    return rc ? rc : load_acts(r, err);
}

/* ---- bodies ----------------------------------------------------------------------------------- */

static void tell(const struct jh_err *err)
{
    command_fail(0, err);
}

static int do_act(struct replay *r, const struct act *act, struct jh_err *err)
{
    struct pipeline_report report = {0};
    if (act->cert)
        return pipeline_certify(r->trial.pipeline, act->cert, 1, false, &report, err);
    if (act->finding)
        return pipeline_accept(r->trial.pipeline, act->finding->id, act->finding->by,
                               act->finding->reason, &report, err);
    const struct store_review *was = act->review;
    struct review_accept review = {.source = was->sub.source,
                                   .name = was->sub.name,
                                   .sha256 = was->sub.sha256,
                                   .round = was->sub.round,
                                   .by = was->by,
                                   .reason = was->reason};
    return pipeline_review(r->trial.pipeline, &review, &report, err);
}

/*
 * What had been decided by then. Of what today's configuration does not find or does not ask
 * for there is nothing to decide.
 */
static int decide(struct replay *r, int64_t until_ms, struct jh_err *err)
{
    int rc = 0;
    for (; !rc && r->acted < r->n_acts; r->acted++) {
        struct jh_err why = {0};
        const struct act *act = &r->acts[r->acted];
        if (act->at_ms > until_ms)
            break;
        r->trial.clock.fixed_ms = act->at_ms;
        rc = do_act(r, act, &why);
        if (!act->cert && (rc == JH_ENOENT || rc == JH_EEXIST || rc == JH_EREFUSED))
            rc = 0;
        if (rc && err)
            *err = why;
    }
    return rc;
}

/* A body that is refused today is told, counted and left behind. */
static int run(struct replay *r, struct gather_body *body, struct jh_err *err)
{
    struct pipeline_report report = {0};
    struct jh_err why = {0};
    r->trial.clock.fixed_ms = body->received_ms;
    int rc = pipeline_run(r->trial.pipeline, body, &report, &why);
    r->bodies++;
    r->unchanged += !rc && report.unchanged;
    if (rc == JH_EINVAL || rc == JH_ELIMIT || rc == JH_EEXIST) {
        r->refused++;
        tell(&why);
        return 0;
    }
    if (rc && err)
        *err = why;
    return rc;
}

static int use_body(void *arg, const struct gather *g, const struct gather_body *body,
                    struct jh_err *err)
{
    struct gather_body own = *body; /* validators were of a fetch */
    own.etag = own.last_modified = "";
    (void)g;
    return run(arg, &own, err);
}

static int replay_archive(struct replay *r, struct jh_err *err)
{
    struct store_submission *subs;
    size_t n;
    struct gather g = {.config = r->c.config,
                       .loader = r->c.loader,
                       .arena = r->arena,
                       .words = r->arena};
    int rc = open_live(r, err);
    g.reader = r->live;
    if (!rc)
        rc = store_submissions_ever(r->live, r->arena, &subs, &n, err);
    for (size_t i = 0; !rc && i < n; i++) {
        if (!config_source(r->c.config, subs[i].source)) {
            r->left_out++;
            continue;
        }
        rc = decide(r, subs[i].received_ms, err);
        if (!rc)
            rc = gather_archived(&g, &subs[i], use_body, r, err);
    }
    if (!rc)
        rc = decide(r, INT64_MAX, err);
    return rc ? rc : compare_stores(r->live, r->trial.reader, r->arena, &r->compare, err);
}

static const struct source_conf *the_source(const struct replay *r, struct jh_err *err)
{
    const struct config *c = r->c.config;
    if (r->source) {
        const struct source_conf *source = config_source(c, r->source);
        if (!source)
            err_set(err, JH_ENOENT, "--source: %s has no source \"%s\"", c->file,
                    r->source);
        return source;
    }
    if (c->n_sources == 1)
        return c->sources;
    err_set(err, JH_EINVAL, "%s has %zu sources: say which with --source", c->file,
            c->n_sources);
    return NULL;
}

/* At the same time of another day. */
static int64_t later(int64_t ms, int days)
{
    struct date day = date_of_ms(ms);
    return ms - date_to_ms(day) + date_to_ms(date_add_days(day, days));
}

static int read_one(struct replay *r, const struct source_conf *source, const char *name,
                    struct jh_err *err)
{
    char path[PATH_BYTES];
    char *bytes;
    size_t n;
    snprintf(path, sizeof path, "%s/%s", r->rounds, name);
    int rc = file_read(path, BODY_MAX, &bytes, &n, err);
    if (rc)
        return rc;
    struct gather_body body = {.source = source,
                               .name = name,
                               .url = path,
                               .type = "",
                               .etag = "",
                               .last_modified = "",
                               .bytes = bytes,
                               .n = n,
                               .received_ms = later(r->trial.clock.fixed_ms, 1)};
    rc = run(r, &body, err);
    free(bytes);
    return rc;
}

static int replay_rounds(struct replay *r, struct jh_err *err)
{
    const struct source_conf *source = the_source(r, err);
    struct dirent **list = NULL;
    if (!source)
        return JH_EINVAL;
    int n = scandir(r->rounds, &list, NULL, alphasort);
    if (n < 0)
        return err_at(err, JH_EIO, r->rounds, 0, 0, "%s", strerror(errno));
    int rc = 0;
    r->trial.clock = clock_fixed(later(clock_wall(&r->trial.clock), -n));
    for (int i = 0; i < n; i++) {
        if (!rc && *list[i]->d_name != '.')
            rc = read_one(r, source, list[i]->d_name, err);
        free(list[i]);
    }
    free(list);
    return rc;
}

/* ---- told ---------------------------------------------------------------------------------------- */

static void print_text(const struct replay *r, struct buf *out)
{
    if (r->archive)
        compare_text(&r->compare, out);
    buf_fmt(out,
            "%zu bodies replayed, %zu of them without news, %zu refused, %zu of sources "
            "that are no more\n",
            r->bodies, r->unchanged, r->refused, r->left_out);
    if (r->state)
        buf_fmt(out, "the store is in %s\n", r->trial.dir);
}

static int print_json(const struct replay *r, struct buf *out)
{
    json_t *map = json_put(json_object(), "bodies", json_integer((json_int_t)r->bodies));
    map = json_put(map, "unchanged", json_integer((json_int_t)r->unchanged));
    map = json_put(map, "refused", json_integer((json_int_t)r->refused));
    map = json_put(map, "left_out", json_integer((json_int_t)r->left_out));
    if (r->archive)
        map = json_put(map, "compared", compare_json(&r->compare));
    int rc = map ? json_dump(map, out) : JH_ENOMEM;
    json_decref(map);
    buf_char(out, '\n');
    return rc;
}

static int print(const struct replay *r)
{
    struct buf out;
    int rc = 0;
    buf_init(&out, OUT_MAX);
    if (r->json)
        rc = print_json(r, &out);
    else
        print_text(r, &out);
    if (!rc && !out.failed)
        fputs(buf_text(&out), stdout);
    bool bad = rc || out.failed || fflush(stdout);
    buf_done(&out);
    return bad ? COMMAND_FAILED : COMMAND_OK;
}

static int replay(struct replay *r, struct jh_err *err)
{
    r->arena = arena_new(ARENA_MAX);
    int rc = r->arena ? trial_open(&r->trial, &r->c, r->state, err)
                      : err_set(err, JH_ENOMEM, "out of memory");
    if (rc)
        return rc;
    if (r->archive)
        return replay_archive(r, err);
    struct clock real = clock_real();
    r->trial.clock.fixed_ms = clock_wall(&real);
    return replay_rounds(r, err);
}

static void done(struct replay *r)
{
    trial_close(&r->trial);
    store_close(r->live);
    configured_close(&r->c);
    arena_free(r->arena);
}

int replay_run(int argc, char **argv)
{
    struct replay r = {.conf = NULL};
    struct jh_err err = {0};
    int status = ask(&r, argc, argv);
    if (status)
        return status;
    configured_open(&r.c, r.conf);
    if (r.c.config)
        configured_scripts(&r.c);
    errs_print(stderr, COMMAND_PROGRAM, &r.c.errs);
    if (!r.c.config || r.c.errs.errors)
        status = COMMAND_FAILED;
    else if (replay(&r, &err))
        status = command_fail(COMMAND_FAILED, &err);
    else
        status = print(&r);
    done(&r);
    return status;
}
