/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loader_parse(): the smallest host there is. A format is pure: it may log (nobody listens)
 * and hand over rows, and everything else is refused.
 */
#include "plugin/loader.h"

static void no_log(struct jh_ctx *ctx, enum jh_level level, const char *event,
                   const char *text)
{
    (void)ctx;
    (void)level;
    (void)event;
    (void)text;
}

static int64_t no_clock(struct jh_ctx *ctx)
{
    (void)ctx;
    return 0;
}

static int no_http(struct jh_ctx *ctx, const struct jh_http_request *request,
                   jh_http_done *done, void *arg)
{
    (void)ctx;
    (void)request;
    (void)done;
    (void)arg;
    return JH_EREFUSED;
}

static int no_work(struct jh_ctx *ctx, int (*fn)(void *arg),
                   void (*done)(void *arg, int result), void *arg)
{
    (void)ctx;
    (void)fn;
    (void)done;
    (void)arg;
    return JH_EREFUSED;
}

static int no_secret(struct jh_ctx *ctx, const char *path, char *buf, size_t size,
                     struct jh_err *err)
{
    (void)ctx;
    (void)buf;
    (void)size;
    return err_at(err, JH_EREFUSED, path, 0, 0, "a format has no business with secrets");
}

static void no_fetch_done(struct jh_ctx *ctx, struct jh_fetch *fetch,
                          enum jh_fetched what, const struct jh_blob *bodies, size_t n,
                          const struct jh_err *err)
{
    (void)ctx;
    (void)fetch;
    (void)what;
    (void)bodies;
    (void)n;
    (void)err;
}

static void no_delivered(struct jh_ctx *ctx, const struct jh_message *message,
                         const struct jh_delivery_result *result)
{
    (void)ctx;
    (void)message;
    (void)result;
}

/* The context of a format: the caller's rows, and whether it was the caller who stopped. */
struct run {
    const struct loader_rows *rows;
    const struct loader_body *body; /* of loader_stream() */
    bool stopped;
};

static int64_t read_body(struct jh_ctx *ctx, void *buf, size_t n)
{
    struct run *run = (struct run *)(void *)ctx;
    return run->body ? run->body->read(run->body->arg, buf, n) : JH_EREFUSED;
}

static int hand_over(struct jh_ctx *ctx, const struct jh_row *row)
{
    struct run *run = (struct run *)(void *)ctx;
    int rc = run->rows->row(run->rows->arg, row);
    run->stopped = rc != 0;
    return rc;
}

static const struct jh_host HOST = {.abi = JH_ABI,
                                    .size = sizeof HOST,
                                    .log = no_log,
                                    .now = no_clock,
                                    .http = no_http,
                                    .work = no_work,
                                    .secret = no_secret,
                                    .fetch_done = no_fetch_done,
                                    .row = hand_over,
                                    .delivered = no_delivered,
                                    .read = read_body};

int loader_stream(const struct jh_plugin *format, const void *format_conf,
                  const struct jh_blob *blob, const struct loader_body *body,
                  const struct loader_rows *rows)
{
    const struct jh_format_ops *ops = format->ops;
    struct run run = {.rows = rows, .body = body};
    struct jh_ctx *ctx = (struct jh_ctx *)(void *)&run;
    struct jh_inst *inst = NULL;
    if (!ops->stream)
        return JH_ENOENT;
    int rc = format->open ? format->open(&HOST, ctx, format_conf, &inst, NULL) : 0;
    if (!rc)
        rc = ops->stream(inst, blob, &HOST, ctx);
    if (inst && format->close)
        format->close(inst);
    return rc;
}

int loader_parse(const struct jh_plugin *format, const void *format_conf,
                 const struct jh_blob *blob, const struct loader_rows *rows,
                 struct jh_err *err)
{
    const struct jh_format_ops *ops = format->ops;
    struct run run = {.rows = rows};
    struct jh_ctx *ctx = (struct jh_ctx *)(void *)&run;
    struct jh_inst *inst = NULL;
    struct jh_err why = {0};
    int rc = 0;
    if (format->open)
        rc = format->open(&HOST, ctx, format_conf, &inst, &why);
    if (!rc)
        rc = ops->parse(inst, blob, &HOST, ctx, &why);
    if (inst && format->close)
        format->close(inst);
    if (rc > 0)
        rc = JH_EINVAL;
    if (rc && run.stopped)
        return rc; /* why, the caller knows and has told in its own words */
    if (rc && !why.code)
        err_at(&why, rc, blob->name, 0, 0, "%s", err_name(rc));
    if (rc && err)
        *err = why;
    return rc;
}
