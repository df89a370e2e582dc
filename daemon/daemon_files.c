/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "digest/container.h"

enum { REPORT_TEXT = 1200 };

struct file_outcome *files_new(struct files *files, size_t n)
{
    files->list = calloc(n, sizeof *files->list);
    files->n = files->list ? n : 0;
    return files->list;
}

void files_done(struct files *files)
{
    free(files->list);
    *files = (struct files){.n = 0};
}

/* A member of an archive has a name and an address below those of the archive. */
static void run_part(struct pipeline *pipeline, const struct gather_body *whole,
                     const struct container_part *part, struct file_outcome *to)
{
    struct gather_body body = *whole;
    size_t len = strlen(whole->name), size = strlen(whole->url) + strlen(part->name) + 1;
    bool below = strncmp(part->name, whole->name, len) == 0 && part->name[len] == '/';
    char *url = malloc(size);
    if (!url) {
        to->rc = err_set(&to->err, JH_ENOMEM, "out of memory");
        return;
    }
    snprintf(url, size, "%s%s", whole->url, below ? part->name + len : "");
    body.name = part->name;
    body.url = url;
    body.bytes = part->bytes;
    body.n = part->n;
    to->rc = pipeline_run(pipeline, &body, &to->report, &to->err);
    free(url);
}

void files_run(struct files *files, struct pipeline *pipeline,
               const struct gather_body *body)
{
    struct container packed = {.n = 0};
    struct jh_err err = {0};
    int rc = container_unpack(&body->source->container, body->name, body->bytes, body->n,
                              &packed, &err);
    struct file_outcome *to = files_new(files, packed.n ? packed.n : 1);
    if (to && rc)
        to[0] = (struct file_outcome){.rc = rc, .err = err};
    else if (to && !packed.n)
        pipeline_offer(pipeline, body, &to[0].rc, &to[0].report, &to[0].err);
    for (size_t i = 0; to && i < packed.n; i++) {
        run_part(pipeline, body, &packed.parts[i], &to[i]);
        free(packed.parts[i].bytes);
        packed.parts[i].bytes = NULL;
    }
    container_done(&packed);
}

static int retract(struct pipeline *pipeline, const struct gather_body *body,
                   const char *round, struct file_outcome *to)
{
    char by[128];
    struct retract what = {.source = body->source->name,
                           .name = body->name,
                           .by = by,
                           .whole = true,
                           .reason = "taken back at the level below"};
    if (round_parse(round, strlen(round), &what.round))
        return err_at(&to->err, JH_EINVAL, body->name, 0, 0, "takes back round %.40s",
                      round);
    snprintf(by, sizeof by, "source %s", body->source->name);
    int rc = pipeline_retract(pipeline, &what, &to->err);
    to->report.round = what.round;
    to->report.transitions = what.transitions;
    to->report.unchanged = rc == JH_ENOENT;
    to->retracted = !rc;
    return rc == JH_ENOENT ? 0 : rc;
}

void files_retract(struct files *files, struct pipeline *pipeline,
                   const struct gather_body *body, const char *round)
{
    struct file_outcome *to = files_new(files, 1);
    if (to)
        to->rc = retract(pipeline, body, round, to);
}

/* ---- for those who sent it ------------------------------------------------------------------- */

/* Would the same bytes be refused again? */
static enum jh_outcome settled_as(const struct file_outcome *file)
{
    switch (file->rc) {
    case 0:
        return file->report.retracted ? JH_REFUSED : JH_ACCEPTED;
    case JH_ECANCELED:
    case JH_EIO:
    case JH_ENOMEM:
    case JH_EBUSY:
    case JH_ETIMEOUT:
        return JH_LATER;
    default:
        return JH_REFUSED;
    }
}

/* What was taken, and what of it could not be used. */
static void report_accepted(const struct pipeline_report *r, struct buf *to)
{
    char round[ROUND_TEXT];
    round_print(r->round, round);
    if (r->unchanged)
        buf_str(to, "accepted: the same was read before\n");
    else
        buf_fmt(to,
                "accepted: round %s, %zu counties, %zu schools, %zu entries not usable\n",
                round, r->counties, r->schools, r->rejected);
    for (size_t i = 0; i < r->n_first; i++) {
        char text[REPORT_TEXT];
        err_format(&r->first[i], text, sizeof text);
        buf_fmt(to, "%s\n", text);
    }
    if (!r->unchanged && r->rejected > r->n_first)
        buf_fmt(to, "and %zu more\n", r->rejected - r->n_first);
}

static void report_file(const struct file_outcome *file, struct buf *to)
{
    char text[REPORT_TEXT];
    if (settled_as(file) == JH_ACCEPTED) {
        report_accepted(&file->report, to);
        return;
    }
    err_format(file->rc ? &file->err : &file->report.first[0], text, sizeof text);
    buf_fmt(to, "refused: %s\n", text);
}

enum jh_outcome files_settled(const struct files *files, struct buf *report)
{
    enum jh_outcome outcome = files->n ? JH_ACCEPTED : JH_LATER;
    for (size_t i = 0; i < files->n; i++) {
        enum jh_outcome one = settled_as(&files->list[i]);
        if (one == JH_LATER || outcome == JH_ACCEPTED)
            outcome = one;
        report_file(&files->list[i], report);
    }
    return outcome;
}
