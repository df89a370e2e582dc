/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Posts each message as JSON to a URL, signed as Standard Webhooks say. Delivered means 2xx.
 *
 * What counts as permanent is short on purpose: 400, 413 and 422 say that this very message
 * will never be taken. Everything else, also 401 or 404, may be a receiver that is being moved
 * or redeployed; losing an alert is worse than asking again, and the channel's give_up ends it.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "sign.h"

enum {
    HEADERS_MAX = 32,   /* of the user's own */
    HEADER_BYTES = 512, /* each */
    SECRET_BYTES = 256, /* of the file */
    RESPONSE_BYTES = 65536,
    QUOTE_BYTES = 200, /* of the receiver's answer, told to the operator */
};

struct conf {
    char *url, *secret_file, *ca_file;
    int64_t timeout_ms, connect_timeout_ms;
    struct jh_list headers;
};

struct jh_inst {
    const struct jh_host *host;
    struct jh_ctx *ctx;
    const struct conf *conf;
    struct sign_key key; /* n 0: not signed */
};

/* One delivery under way. */
struct delivery {
    struct jh_inst *inst;
    const struct jh_message *message;
};

static const struct jh_option options[] = {
    {.name = "url",
     .type = JH_STRING,
     .offset = offsetof(struct conf, url),
     .required = true,
     .help =
         "Where messages are posted: http:// or https://, without user and password."},
    {.name = "secret_file",
     .type = JH_STRING,
     .offset = offsetof(struct conf, secret_file),
     .help = "File with the signing secret, whsec_BASE64, not readable by everybody; "
             "without it messages are not signed."},
    {.name = "timeout",
     .type = JH_DURATION,
     .offset = offsetof(struct conf, timeout_ms),
     .def = "30s",
     .min = 100,
     .max = 600000,
     .help = "Longest time a post may take."},
    {.name = "connect_timeout",
     .type = JH_DURATION,
     .offset = offsetof(struct conf, connect_timeout_ms),
     .def = "10s",
     .min = 100,
     .max = 600000,
     .help = "Longest time to reach the receiver."},
    {.name = "ca_file",
     .type = JH_STRING,
     .offset = offsetof(struct conf, ca_file),
     .help = "Certificates to trust instead of the system's, PEM."},
    {.name = "headers",
     .type = JH_LIST,
     .offset = offsetof(struct conf, headers),
     .help = "More header lines, \"name: value\"."},
    {0},
};

__attribute__((format(printf, 3, 4))) static int fail(struct jh_err *err, int code,
                                                      const char *fmt, ...)
{
    va_list args;

    if (err) {
        *err = (struct jh_err){.code = code};
        va_start(args, fmt);
        vsnprintf(err->text, sizeof(err->text), fmt, args);
        va_end(args);
    }
    return code;
}

/* ---- configuration ------------------------------------------------------------------------ */

/* The URL itself is not repeated: a path may be somebody's secret. */
static int check_url(const char *url, struct jh_err *err)
{
    size_t scheme = !strncasecmp(url, "https://", 8)  ? 8
                    : !strncasecmp(url, "http://", 7) ? 7
                                                      : 0;

    if (!scheme)
        return fail(err, JH_EINVAL, "url: must begin with http:// or https://");
    for (const char *p = url; *p; p++)
        if ((unsigned char)*p <= ' ' || *p == 0x7F)
            return fail(err, JH_EINVAL, "url: has a blank or control character");
    const char *host = url + scheme;
    size_t n = strcspn(host, "/?#");
    if (memchr(host, '@', n))
        return fail(
            err, JH_EINVAL,
            "url: holds a user or password; put it into \"headers\" or secret_file");
    if (n == 0 || *host == ':')
        return fail(err, JH_EINVAL, "url: names no host");
    return 0;
}

static int check_secret(const char *path, struct jh_err *err)
{
    struct stat st;

    if (stat(path, &st) || access(path, R_OK))
        return fail(err, JH_EIO, "secret_file: %s cannot be read: %s", path,
                    strerror(errno));
    if (!S_ISREG(st.st_mode))
        return fail(err, JH_EINVAL, "secret_file: %s is not a file", path);
    if (st.st_mode & (S_IROTH | S_IWOTH))
        return fail(err, JH_EREFUSED,
                    "secret_file: %s may be read or written by everybody; chmod o= it",
                    path);
    return 0;
}

static bool is_ours(const char *header, size_t name)
{
    static const char *const ours[] = {"webhook-id",        "webhook-timestamp",
                                       "webhook-signature", "content-type",
                                       "content-length",    "host"};

    for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
        if (strlen(ours[i]) == name && !strncasecmp(ours[i], header, name))
            return true;
    return false;
}

static int check_header(const char *header, struct jh_err *err)
{
    static const char token[] = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    size_t name = strspn(header, token);

    if (!name || header[name] != ':')
        return fail(err, JH_EINVAL, "headers: expected \"name: value\"");
    if (is_ours(header, name))
        return fail(err, JH_EINVAL, "headers: %.*s is set by the channel itself",
                    (int)name, header);
    for (const char *p = header; *p; p++)
        if ((unsigned char)*p < ' ' || *p == 0x7F)
            return fail(err, JH_EINVAL, "headers: %.*s has a control character",
                        (int)name, header);
    if (strlen(header) > HEADER_BYTES)
        return fail(err, JH_ELIMIT, "headers: %.*s is longer than %d bytes", (int)name,
                    header, HEADER_BYTES);
    return 0;
}

static int webhook_check(const void *conf, struct jh_err *err)
{
    const struct conf *c = conf;
    int r = check_url(c->url, err);

    if (!r && c->secret_file)
        r = check_secret(c->secret_file, err);
    if (!r && c->ca_file && access(c->ca_file, R_OK))
        r = fail(err, JH_EIO, "ca_file: %s cannot be read: %s", c->ca_file,
                 strerror(errno));
    if (!r && c->headers.n > HEADERS_MAX)
        r = fail(err, JH_ELIMIT, "headers: more than %d", HEADERS_MAX);
    for (size_t i = 0; !r && i < c->headers.n; i++)
        r = check_header(c->headers.items[i], err);
    return r;
}

static int read_key(struct jh_inst *inst, const char *path, struct jh_err *err)
{
    char secret[SECRET_BYTES];
    int r = inst->host->secret(inst->ctx, path, secret, sizeof(secret), err);

    if (r < 0)
        return r;
    r = sign_key_read(secret, &inst->key);
    OPENSSL_cleanse(secret, sizeof(secret));
    if (r)
        return fail(err, JH_EINVAL,
                    "secret_file: %s does not hold whsec_ and base64 of %d to %d bytes",
                    path, SIGN_KEY_MIN, SIGN_KEY_MAX);
    return 0;
}

static int webhook_open(const struct jh_host *host, struct jh_ctx *ctx, const void *conf,
                        struct jh_inst **ret_inst, struct jh_err *err)
{
    struct jh_inst *inst = calloc(1, sizeof(*inst));

    if (!inst)
        return fail(err, JH_ENOMEM, "out of memory");
    inst->host = host;
    inst->ctx = ctx;
    inst->conf = conf;
    if (inst->conf->secret_file) {
        int r = read_key(inst, inst->conf->secret_file, err);
        if (r) {
            free(inst);
            return r;
        }
    }
    *ret_inst = inst;
    return 0;
}

static void webhook_close(struct jh_inst *inst)
{
    if (inst)
        OPENSSL_cleanse(&inst->key, sizeof(inst->key));
    free(inst);
}

/* ---- answers ------------------------------------------------------------------------------ */

static enum jh_delivery judge(const struct jh_http_response *response)
{
    /* An answer that is too long to read came all the same. */
    if (response->status >= 200 && response->status <= 299 &&
        (response->code == JH_OK || response->code == JH_ELIMIT))
        return JH_DELIVERED;
    if (response->code == JH_OK &&
        (response->status == 400 || response->status == 413 || response->status == 422))
        return JH_PERMANENT;
    return JH_RETRY;
}

/* "HTTP 500: " and the beginning of what the receiver said, on one line. */
static void describe(const struct jh_http_response *response, char *text, size_t size)
{
    if (response->code != JH_OK) {
        snprintf(text, size, "%s", response->text ? response->text : "transfer failed");
        return;
    }
    int n = snprintf(text, size, "HTTP %d", response->status);
    if (response->status >= 300 && response->status <= 399)
        snprintf(text + n, size - (size_t)n,
                 ": redirects are not followed, give the final url");
    else if (response->body.len)
        snprintf(
            text + n, size - (size_t)n, ": %.*s",
            (int)(response->body.len < QUOTE_BYTES ? response->body.len : QUOTE_BYTES),
            response->body.p);
    for (char *p = text; *p; p++)
        if ((unsigned char)*p < ' ' || *p == 0x7F)
            *p = ' ';
}

static void answer(struct jh_inst *inst, const struct jh_message *message,
                   enum jh_delivery what, int64_t retry_after_ms, const char *text)
{
    struct jh_delivery_result result = {.size = sizeof(result),
                                        .what = what,
                                        .retry_after_ms = retry_after_ms,
                                        .text = text};

    inst->host->delivered(inst->ctx, message, &result);
}

static void on_response(void *arg, const struct jh_http_response *response)
{
    struct delivery *d = arg;
    struct delivery it = *d;
    char text[QUOTE_BYTES + 64];

    free(d);
    describe(response, text, sizeof(text));
    answer(it.inst, it.message, judge(response), response->retry_after_ms, text);
}

/* ---- sending ------------------------------------------------------------------------------ */

struct headers {
    char id[96], timestamp[64], signature[SIGN_TEXT + 32];
    const char *list[HEADERS_MAX + 5];
};

/* The time and the signature are of this attempt; the id is the message's for ever. */
static int make_headers(struct jh_inst *inst, const struct jh_message *message,
                        struct jh_slice body, struct headers *h)
{
    int64_t now_s = inst->host->now(inst->ctx) / 1000;
    char signature[SIGN_TEXT];
    size_t n = 0;

    snprintf(h->id, sizeof(h->id), "webhook-id: %s", message->key);
    snprintf(h->timestamp, sizeof(h->timestamp), "webhook-timestamp: %" PRId64, now_s);
    h->list[n++] = "Content-Type: application/json";
    h->list[n++] = h->id;
    h->list[n++] = h->timestamp;
    if (inst->key.n) {
        int r = sign(&inst->key, message->key, now_s, body, signature);
        if (r)
            return r;
        snprintf(h->signature, sizeof(h->signature), "webhook-signature: %s", signature);
        h->list[n++] = h->signature;
    }
    for (size_t i = 0; i < inst->conf->headers.n && i < HEADERS_MAX; i++)
        h->list[n++] = inst->conf->headers.items[i];
    h->list[n] = NULL;
    return 0;
}

static int post(struct jh_inst *inst, const struct jh_message *message)
{
    struct jh_slice body = {message->json, strlen(message->json)};
    struct headers headers;
    struct jh_http_request request = {.size = sizeof(request),
                                      .method = "POST",
                                      .url = inst->conf->url,
                                      .headers = headers.list,
                                      .body = body,
                                      .timeout_ms = inst->conf->timeout_ms,
                                      .connect_timeout_ms =
                                          inst->conf->connect_timeout_ms,
                                      .max_bytes = RESPONSE_BYTES,
                                      .ca_file = inst->conf->ca_file};
    int r = make_headers(inst, message, body, &headers);

    if (r)
        return r;
    struct delivery *d = malloc(sizeof(*d));
    if (!d)
        return JH_ENOMEM;
    *d = (struct delivery){inst, message};
    r = inst->host->http(inst->ctx, &request, on_response, d);
    if (r)
        free(d);
    return r;
}

static void webhook_send(struct jh_inst *inst, const struct jh_message *message)
{
    char text[64];
    int r = post(inst, message);

    if (!r)
        return;
    snprintf(text, sizeof(text), "the post could not be started (%d)", r);
    answer(inst, message, JH_RETRY, -1, text);
}

static const struct jh_notifier_ops ops = {.size = sizeof(ops), .send = webhook_send};

extern const struct jh_plugin junheng_plugin;
const struct jh_plugin junheng_plugin = {
    .abi = JH_ABI,
    .size = sizeof(struct jh_plugin),
    .kind = JH_NOTIFIER,
    .name = "webhook",
    .version = "1",
    .summary = "Posts messages as JSON to a URL, signed as Standard Webhooks say.",
    .options = options,
    .conf_size = sizeof(struct conf),
    .check = webhook_check,
    .open = webhook_open,
    .close = webhook_close,
    .ops = &ops,
};
