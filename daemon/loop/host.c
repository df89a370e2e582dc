/* SPDX-License-Identifier: Apache-2.0 */
#include "loop/host.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void host_log(struct jh_ctx *ctx, enum jh_level level, const char *event,
                     const char *text)
{
    log_event(ctx->loop->log, (enum log_level)level, event, LOG_S("name", ctx->name),
              LOG_S("text", text));
}

static int64_t host_now(struct jh_ctx *ctx)
{
    return clock_wall(ctx->loop->clock);
}

/* ---- transfers and work, counted so that the instance outlives them ---------------------- */

struct call {
    struct jh_ctx *ctx;
    jh_http_done *http_done;
    int (*fn)(void *arg);
    void (*work_done)(void *arg, int result);
    void *arg;
};

static void on_http_done(void *arg, const struct jh_http_response *response)
{
    struct call *call = arg;
    struct jh_ctx *ctx = call->ctx;
    call->http_done(call->arg, response);
    ctx->http_pending--;
    free(call);
}

static int host_http(struct jh_ctx *ctx, const struct jh_http_request *request,
                     jh_http_done *done, void *arg)
{
    struct call *call = calloc(1, sizeof *call);
    if (!call)
        return JH_ENOMEM;
    *call = (struct call){.ctx = ctx, .http_done = done, .arg = arg};
    int rc = transfers_start(ctx->transfers, request, &ctx->rules, on_http_done, call);
    if (rc)
        free(call);
    else
        ctx->http_pending++;
    return rc;
}

/* worker */
static int run_call(void *arg)
{
    struct call *call = arg;
    return call->fn(call->arg);
}

static void on_work_done(void *arg, int result)
{
    struct call *call = arg;
    struct jh_ctx *ctx = call->ctx;
    call->work_done(call->arg, result);
    ctx->work_pending--;
    free(call);
}

static int host_work(struct jh_ctx *ctx, int (*fn)(void *arg),
                     void (*done)(void *arg, int result), void *arg)
{
    struct call *call = calloc(1, sizeof *call);
    if (!call)
        return JH_ENOMEM;
    *call = (struct call){.ctx = ctx, .fn = fn, .work_done = done, .arg = arg};
    int rc = loop_work(ctx->loop, run_call, on_work_done, call);
    if (rc)
        free(call);
    else
        ctx->work_pending++;
    return rc;
}

/* ---- secrets ----------------------------------------------------------------------------- */

static int check_secret_file(int fd, const char *path, struct jh_err *err)
{
    struct stat st;
    if (fstat(fd, &st))
        return err_at(err, JH_EIO, path, 0, 0, "cannot be read: %s", strerror(errno));
    if (!S_ISREG(st.st_mode))
        return err_at(err, JH_EINVAL, path, 0, 0, "is not a regular file");
    if (st.st_mode & (S_IROTH | S_IWOTH))
        return err_at(err, JH_EREFUSED, path, 0, 0,
                      "holds a secret but everybody may %s it: chmod 600",
                      st.st_mode & S_IROTH ? "read" : "write");
    return 0;
}

/* Reads at most size bytes; returns how many, or a negative code. */
static ssize_t read_all(int fd, char *buf, size_t size, const char *path,
                        struct jh_err *err)
{
    size_t n = 0;
    while (n < size) {
        ssize_t got = read(fd, buf + n, size - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_at(err, JH_EIO, path, 0, 0, "cannot be read: %s", strerror(errno));
        if (got == 0)
            break;
        n += (size_t)got;
    }
    return (ssize_t)n;
}

/* Never says what the secret is, nor a part of it. */
static int check_secret(const char *buf, size_t n, const char *path, struct jh_err *err)
{
    if (!n)
        return err_at(err, JH_EINVAL, path, 0, 0, "is empty");
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)buf[i] < ' ' || buf[i] == 0x7F)
            return err_at(err, JH_EINVAL, path, 0, 0,
                          "must be one line of text without control characters");
    return 0;
}

static int host_secret(struct jh_ctx *ctx, const char *path, char *buf, size_t size,
                       struct jh_err *err)
{
    (void)ctx;
    /* NONBLOCK: a fifo in its place must not hang us. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return err_at(err, errno == ENOENT ? JH_ENOENT : JH_EIO, path, 0, 0,
                      "cannot be opened: %s", strerror(errno));
    int rc = check_secret_file(fd, path, err);
    if (rc)
        goto out;
    ssize_t got = read_all(fd, buf, size, path, err);
    if (got < 0) {
        rc = (int)got;
        goto out;
    }
    size_t n = (size_t)got;
    if (n == size) {
        rc = err_at(err, JH_ELIMIT, path, 0, 0, "is longer than %zu bytes", size - 1);
        goto out;
    }
    if (n && buf[n - 1] == '\n')
        n--;
    if (n && buf[n - 1] == '\r')
        n--;
    rc = check_secret(buf, n, path, err);
    buf[n] = '\0';
    if (!rc)
        rc = (int)n;
out:
    close(fd);
    return rc;
}

/* ---- answers ----------------------------------------------------------------------------- */

/* A plugin that was built against an older header has shorter blobs: the rest reads as zeros. */
static struct jh_blob *same_size(const struct jh_blob *bodies, size_t n)
{
    size_t stride = bodies->size,
           known = stride < sizeof *bodies ? stride : sizeof *bodies;
    if (stride < offsetof(struct jh_blob, give))
        return NULL;
    struct jh_blob *copies = calloc(n, sizeof *copies);
    for (size_t i = 0; copies && i < n; i++)
        memcpy(&copies[i], (const char *)bodies + i * stride, known);
    return copies;
}

static void host_fetch_done(struct jh_ctx *ctx, struct jh_fetch *fetch,
                            enum jh_fetched what, const struct jh_blob *bodies, size_t n,
                            const struct jh_err *err)
{
    static const struct jh_err unfit = {
        .code = JH_ENOMEM, .text = "out of memory, or bodies without their size"};
    if (!ctx->fetch_done)
        return;
    struct jh_blob *copies = n && bodies ? same_size(bodies, n) : NULL;
    if (n && !copies)
        ctx->fetch_done(ctx, fetch, JH_FAILED, NULL, 0, &unfit);
    else
        ctx->fetch_done(ctx, fetch, what, copies, n, err);
    free(copies);
}

static void host_delivered(struct jh_ctx *ctx, const struct jh_message *message,
                           const struct jh_delivery_result *result)
{
    if (ctx->delivered)
        ctx->delivered(ctx, message, result);
}

/* Formats run without a loop, in loader_parse(): here nobody takes rows. */
static int host_row(struct jh_ctx *ctx, const struct jh_row *row)
{
    (void)ctx;
    (void)row;
    return JH_EREFUSED;
}

const struct jh_host *host_vtable(void)
{
    static const struct jh_host host = {.abi = JH_ABI,
                                        .size = sizeof host,
                                        .log = host_log,
                                        .now = host_now,
                                        .http = host_http,
                                        .work = host_work,
                                        .secret = host_secret,
                                        .fetch_done = host_fetch_done,
                                        .row = host_row,
                                        .delivered = host_delivered,
                                        .request_size = sizeof(struct jh_http_request)};
    return &host;
}
