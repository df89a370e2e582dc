/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A source that takes files out of a drop folder: each is delivered, and once the host says
 * what became of it, it is moved aside with a report. Until then it stays where it is, so that
 * whatever happens in between (a crash, a full disk, a reload) it is delivered again; what was
 * committed before is then found to be the same, and moved.
 *
 * Files under way are remembered in `held`, and not delivered a second time. Disk work is for
 * worker threads, which get copies; the instance is the loop's.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <junheng/plugin.h>

#include "drop.h"
#include "move.h"
#include "refuse.h"

enum { MOST_HELD = 4 * DROP_MOST };

struct folder_conf {
    char *path, *pattern;
    int64_t settle, max_total;
};

/* A file that was delivered and not yet moved. */
struct held {
    char *path;
    struct stat st;
    bool moving; /* the host has told, a worker has it */
};

struct jh_inst {
    const struct jh_host *host;
    struct jh_ctx *ctx;
    const struct folder_conf *conf;
    struct held *held;
    size_t n_held;
    char folder[PATH_MAX]; /* without slashes at its end */
};

/* ---- what is under way (loop) ------------------------------------------------------------ */

static struct held *held_find(const struct jh_inst *inst, const char *path)
{
    for (size_t i = 0; i < inst->n_held; i++)
        if (strcmp(inst->held[i].path, path) == 0)
            return &inst->held[i];
    return NULL;
}

static void held_drop(struct jh_inst *inst, const char *path)
{
    struct held *held = held_find(inst, path);
    if (!held)
        return;
    free(held->path);
    *held = inst->held[--inst->n_held];
}

static int held_add(struct jh_inst *inst, const struct drop_file *f)
{
    struct held *more = realloc(inst->held, (inst->n_held + 1) * sizeof *more);
    char *path = strdup(f->path);
    if (more)
        inst->held = more;
    if (!more || !path) {
        free(path);
        return JH_ENOMEM;
    }
    more[inst->n_held++] = (struct held){.path = path, .st = f->st};
    return 0;
}

/* ---- a poll ------------------------------------------------------------------------------ */

struct job {
    struct jh_inst *inst;
    struct jh_fetch *fetch;
    struct drop drop;
    char **held; /* copies */
    struct jh_err err;
};

static void job_free(struct job *job)
{
    if (!job)
        return;
    for (size_t i = 0; i < job->drop.n_held; i++)
        free(job->held[i]);
    free(job->held);
    drop_done(&job->drop);
    free(job);
}

/* One that will never be read is moved at once: the others shall not wait behind it. */
static int put_aside(struct job *job)
{
    const struct drop_file *f = &job->drop.large;
    struct jh_err err = {0};
    char report[PATH_MAX + 128];
    if (!f->path)
        return 0;
    snprintf(report, sizeof report,
             "refused: %s: is larger than %lld bytes (max_bytes)\n", f->name,
             (long long)job->drop.max_bytes);
    int rc = move_file(job->drop.folder, f->name, &f->st, MOVE_REFUSED, report, &err);
    refuse_at(&job->err, JH_ELIMIT, f->path, 0, 0,
              "is larger than %lld bytes (max_bytes)%s%s", (long long)job->drop.max_bytes,
              rc ? ", and stays: " : "", rc ? err.text : "");
    return JH_ELIMIT;
}

/* worker */
static int job_work(void *arg)
{
    struct job *job = arg;
    /* what could not be moved afterwards is better not read */
    int rc = move_prepare(job->drop.folder, &job->err);
    if (!rc)
        rc = drop_read(&job->drop, &job->err);
    if (!rc)
        rc = put_aside(job);
    if (!rc && !job->drop.n && job->drop.skipped.code) {
        job->err = job->drop.skipped;
        rc = job->err.code;
    }
    return rc;
}

static void answer(struct job *job, enum jh_fetched what, const struct jh_blob *blobs,
                   size_t n)
{
    struct jh_inst *inst = job->inst;
    inst->host->fetch_done(inst->ctx, job->fetch, what, blobs, n,
                           what == JH_FAILED ? &job->err : NULL);
}

static void answer_bodies(struct job *job)
{
    struct drop *drop = &job->drop;
    struct jh_blob *blobs = calloc(drop->n, sizeof *blobs);
    int rc = blobs ? 0 : JH_ENOMEM;
    for (size_t i = 0; !rc && i < drop->n; i++) {
        struct drop_file *f = &drop->files[i];
        rc = held_add(job->inst, f);
        blobs[i] = (struct jh_blob){.size = sizeof *blobs,
                                    .body = {f->body, f->len},
                                    .url = f->path,
                                    .name = f->name,
                                    .type = "",
                                    .etag = "",
                                    .last_modified = "",
                                    .give = &f->body};
    }
    if (!rc) {
        answer(job, JH_FETCHED, blobs, drop->n);
    } else {
        for (size_t i = 0; i < drop->n; i++)
            held_drop(job->inst, drop->files[i].path);
        refuse_at(&job->err, rc, "", 0, 0, "out of memory");
        answer(job, JH_FAILED, NULL, 0);
    }
    free(blobs);
}

/* loop */
static void job_worked(void *arg, int result)
{
    struct job *job = arg;
    struct jh_inst *inst = job->inst;
    if (result && !job->err.code)
        refuse_at(&job->err, result, inst->folder, 0, 0, "canceled");
    if (!result && job->drop.skipped.code)
        inst->host->log(inst->ctx, JH_WARN, "source_folder.skipped",
                        job->drop.skipped.text);
    if (result)
        answer(job, JH_FAILED, NULL, 0);
    else if (!job->drop.n)
        answer(job, JH_NOTHING, NULL, 0);
    else
        answer_bodies(job);
    job_free(job);
}

static struct job *job_new(struct jh_inst *inst, struct jh_fetch *fetch)
{
    struct job *job = calloc(1, sizeof *job);
    if (!job)
        return NULL;
    job->inst = inst;
    job->fetch = fetch;
    job->held = calloc(inst->n_held + 1, sizeof *job->held);
    job->drop = (struct drop){.folder = inst->folder,
                              .pattern = inst->conf->pattern,
                              .settle_ms = inst->conf->settle,
                              .max_bytes = fetch->max_bytes,
                              .max_total = inst->conf->max_total};
    for (size_t i = 0; job->held && i < inst->n_held; i++) {
        job->held[i] = strdup(inst->held[i].path);
        if (!job->held[i])
            break;
        job->drop.n_held++;
    }
    job->drop.held = (const char *const *)job->held;
    if (job->held && job->drop.n_held == inst->n_held)
        return job;
    job_free(job);
    return NULL;
}

static void fetch_now(struct jh_inst *inst, struct jh_fetch *fetch)
{
    struct jh_err err;
    bool many = inst->n_held >= MOST_HELD;
    struct job *job = many ? NULL : job_new(inst, fetch);
    if (job && !inst->host->work(inst->ctx, job_work, job_worked, job))
        return;
    job_free(job);
    refuse_at(&err, many ? JH_EBUSY : JH_ENOMEM, inst->folder, 0, 0, "%s",
              many ? "too many of its files still wait to be evaluated"
                   : "out of memory");
    inst->host->fetch_done(inst->ctx, fetch, JH_FAILED, NULL, 0, &err);
}

/* ---- what became of it ------------------------------------------------------------------- */

struct moving {
    struct jh_inst *inst;
    char *path, *report;
    struct stat st;
    bool accepted;
    struct jh_err err;
};

static void moving_free(struct moving *m)
{
    if (!m)
        return;
    free(m->path);
    free(m->report);
    free(m);
}

/* worker */
static int moving_work(void *arg)
{
    struct moving *m = arg;
    return move_file(m->inst->folder, strrchr(m->path, '/') + 1, &m->st,
                     m->accepted ? MOVE_ACCEPTED : MOVE_REFUSED, m->report, &m->err);
}

/* loop: one that could not be moved is delivered again, and found to be the same. */
static void moving_worked(void *arg, int result)
{
    struct moving *m = arg;
    struct jh_inst *inst = m->inst;
    char text[sizeof m->err.file + sizeof m->err.text + 4];
    snprintf(text, sizeof text, "%s: %s", m->err.file, m->err.text);
    if (result == JH_EBUSY)
        inst->host->log(inst->ctx, JH_INFO, "source_folder.replaced", text);
    else if (result)
        inst->host->log(inst->ctx, JH_ERROR, "source_folder.not_moved", text);
    held_drop(inst, m->path);
    moving_free(m);
}

static void settled(struct jh_inst *inst, const struct jh_settled *what)
{
    struct held *held = held_find(inst, what->url);
    if (!held || held->moving)
        return;
    struct moving *m = what->outcome == JH_LATER ? NULL : calloc(1, sizeof *m);
    if (m) {
        m->inst = inst;
        m->path = strdup(held->path);
        m->report = strdup(what->report);
        m->st = held->st;
        m->accepted = what->outcome == JH_ACCEPTED;
    }
    if (m && m->path && m->report &&
        !inst->host->work(inst->ctx, moving_work, moving_worked, m)) {
        if ((held = held_find(inst, what->url)))
            held->moving = true;
        return;
    }
    moving_free(m);
    held_drop(inst, what->url);
}

/* ---- what this plugin is ------------------------------------------------------------------ */

static int check(const void *conf_, struct jh_err *err)
{
    const struct folder_conf *conf = conf_;
    const char *wrong = NULL;
    if (!conf->path || conf->path[0] != '/' || !conf->path[1])
        wrong = "path must begin with / and be more than that";
    else if (strlen(conf->path) > PATH_MAX / 2)
        wrong = "path is too long";
    else if (!conf->pattern || !*conf->pattern || strchr(conf->pattern, '/'))
        wrong = "pattern must be that of a file name, such as *.csv";
    if (wrong)
        refuse_at(err, JH_EINVAL, "", 0, 0, "%s", wrong);
    return wrong ? JH_EINVAL : 0;
}

/* A host of before never tells what became of files: they would lie there for ever. */
static bool host_tells(const struct jh_host *host)
{
    return host->size >=
           offsetof(struct jh_host, request_size) + sizeof host->request_size;
}

static int folder_open(const struct jh_host *host, struct jh_ctx *ctx, const void *conf,
                       struct jh_inst **ret_inst, struct jh_err *err)
{
    struct jh_inst *inst = host_tells(host) ? calloc(1, sizeof *inst) : NULL;
    if (!inst) {
        int code = host_tells(host) ? JH_ENOMEM : JH_EVERSION;
        refuse_at(err, code, "", 0, 0, "%s",
                  code == JH_ENOMEM
                      ? "out of memory"
                      : "this junhengd does not tell what becomes of files");
        return code;
    }
    inst->host = host;
    inst->ctx = ctx;
    inst->conf = conf;
    size_t n = strlen(inst->conf->path);
    while (n > 1 && inst->conf->path[n - 1] == '/')
        n--;
    snprintf(inst->folder, sizeof inst->folder, "%.*s", (int)n, inst->conf->path);
    *ret_inst = inst;
    return 0;
}

static void folder_close(struct jh_inst *inst)
{
    if (!inst)
        return;
    while (inst->n_held)
        held_drop(inst, inst->held[0].path);
    free(inst->held);
    free(inst);
}

#define AT(field) offsetof(struct folder_conf, field)

static const struct jh_option options[] = {
    {.name = "path",
     .type = JH_STRING,
     .offset = AT(path),
     .required = true,
     .help = "The folder that files are dropped into."},
    {.name = "pattern",
     .type = JH_STRING,
     .offset = AT(pattern),
     .def = "*",
     .help = "Which of its files, such as *.csv; the others are left alone."},
    {.name = "settle",
     .type = JH_DURATION,
     .offset = AT(settle),
     .def = "10s",
     .min = 0,
     .max = 3600 * 1000,
     .help = "How long a file must have rested: one still being copied is left alone."},
    {.name = "max_total",
     .type = JH_SIZE,
     .offset = AT(max_total),
     .def = "256MiB",
     .min = 1,
     .max = INT64_MAX,
     .help = "Bytes to take at a time; max_bytes is for each file."},
    {0}};

static const struct jh_source_ops ops = {
    .size = sizeof ops, .fetch = fetch_now, .settled = settled};

extern const struct jh_plugin junheng_plugin;
const struct jh_plugin junheng_plugin = {
    .abi = JH_ABI,
    .size = sizeof junheng_plugin,
    .kind = JH_SOURCE,
    .name = "folder",
    .version = PACKAGE_VERSION,
    .summary = "Takes files out of a drop folder, and leaves a report for each.",
    .options = options,
    .conf_size = sizeof(struct folder_conf),
    .check = check,
    .open = folder_open,
    .close = folder_close,
    .ops = &ops,
};
