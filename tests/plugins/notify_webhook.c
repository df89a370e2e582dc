/* SPDX-License-Identifier: Apache-2.0 */
/* Why: a receiver must be able to trust and de-duplicate, and no answer may lose an alert. */
#include <sys/stat.h>
#include <unistd.h>

#include "plugins/notify_mock.h"

/* The vector that Standard Webhooks publish. */
#define SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define ID "msg_p5jXN8AQM9LWM0D4loKWxJek"
#define BODY "{\"test\": 2432232314}"
#define SIGNATURE "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

struct test {
    const struct jh_plugin *plugin;
    void *conf;
    struct jh_ctx ctx;
    struct jh_inst *inst;
    struct jh_err err;
};

static const struct jh_message message = {.size = sizeof(message),
                                          .key = ID,
                                          .office = "province",
                                          .subject = "s",
                                          .text = "t",
                                          .json = BODY,
                                          .attempt = 1};

static void send_it(struct test *t)
{
    const struct jh_notifier_ops *ops = t->plugin->ops;

    t->ctx.delivered = 0;
    t->ctx.http_done = NULL;
    ops->send(t->inst, &message);
}

static void respond(struct test *t, int code, int status, const char *body,
                    int64_t retry_after)
{
    struct jh_http_response r = {.size = sizeof(r),
                                 .code = code,
                                 .status = status,
                                 .body = {body, strlen(body)},
                                 .url = "",
                                 .type = "",
                                 .etag = "",
                                 .last_modified = "",
                                 .retry_after_ms = retry_after,
                                 .text = code ? "connection refused" : NULL};

    t->ctx.http_done(t->ctx.arg, &r);
}

static const char *header(const struct test *t, const char *name)
{
    for (size_t i = 0; i < t->ctx.n_headers; i++)
        if (!strncmp(t->ctx.headers[i], name, strlen(name)))
            return t->ctx.headers[i] + strlen(name) + 2;
    return NULL;
}

static void open_with(struct test *t, const char *secret)
{
    t->ctx.secret = secret;
    t->inst = NULL;
    t->plugin->open(mock_host(), &t->ctx, t->conf, &t->inst, &t->err);
}

static void test_request(struct test *t)
{
    static const char *const more[] = {"Authorization: Bearer x"};
    struct jh_list list = {more, 1};

    memcpy(mock_option(t->plugin, t->conf, "headers"), &list, sizeof(list));
    mock_set(t->plugin, t->conf, "url", "https://hook.example/a");
    mock_set(t->plugin, t->conf, "secret_file", "/run/credentials/hook");
    t->ctx.now_ms = 1614265330999;
    open_with(t, SECRET);
    send_it(t);
    is_str(header(t, "webhook-signature"), SIGNATURE, "the published vector");
    is_str(header(t, "webhook-id"), ID, "the id is the key");
    is_str(header(t, "webhook-timestamp"), "1614265330", "seconds of this attempt");
    is_str(header(t, "Content-Type"), "application/json", "type");
    is_str(header(t, "Authorization"), "Bearer x", "the user's own header");
    is_str(t->ctx.body, BODY, "body");
    is_str(t->ctx.request.method, "POST", "method");
    is_int(t->ctx.request.max_redirects, 0, "no redirect is followed");
    ok(t->ctx.request.max_bytes > 0, "the answer is bounded");
    respond(t, JH_OK, 204, "", -1);
    ok(t->ctx.delivered == 1 && t->ctx.what == JH_DELIVERED,
       "2xx is delivered, told once");

    t->ctx.now_ms += 60000;
    send_it(t);
    is_str(header(t, "webhook-id"), ID, "repeated: the same id");
    is_str(header(t, "webhook-timestamp"), "1614265390", "a new time");
    ok(strcmp(header(t, "webhook-signature"), SIGNATURE) != 0, "a new signature");
    respond(t, JH_OK, 200, "ok", -1);
    t->plugin->close(t->inst);

    mock_set(t->plugin, t->conf, "secret_file", NULL);
    open_with(t, NULL);
    send_it(t);
    is_str(header(t, "webhook-signature"), NULL, "without a secret: no signature");
    respond(t, JH_OK, 200, "ok", -1);
}

static void test_answers(struct test *t)
{
    static const struct {
        int code, status;
        enum jh_delivery what;
    } rows[] = {{0, 200, JH_DELIVERED},
                {0, 299, JH_DELIVERED},
                {0, 301, JH_RETRY},
                {0, 302, JH_RETRY},
                {0, 400, JH_PERMANENT},
                {0, 401, JH_RETRY},
                {0, 403, JH_RETRY},
                {0, 404, JH_RETRY},
                {0, 408, JH_RETRY},
                {0, 410, JH_RETRY},
                {0, 413, JH_PERMANENT},
                {0, 422, JH_PERMANENT},
                {0, 425, JH_RETRY},
                {0, 429, JH_RETRY},
                {0, 500, JH_RETRY},
                {0, 503, JH_RETRY},
                {JH_EIO, 0, JH_RETRY},
                {JH_ETIMEOUT, 0, JH_RETRY},
                {JH_ELIMIT, 200, JH_DELIVERED},
                {JH_EIO, 200, JH_RETRY}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        send_it(t);
        respond(t, rows[i].code, rows[i].status, "no", -1);
        ok(t->ctx.delivered == 1 && t->ctx.what == rows[i].what, "%d/%d: %s",
           rows[i].code, rows[i].status, t->ctx.text);
    }
    send_it(t);
    respond(t, JH_OK, 429, "slow\r\ndown", 7000);
    is_int(t->ctx.retry_after_ms, 7000, "Retry-After is passed on");
    is_str(t->ctx.text, "HTTP 429: slow  down", "what was said, on one line");
    t->ctx.http_fails = JH_ENOMEM;
    send_it(t);
    ok(t->ctx.delivered == 1 && t->ctx.what == JH_RETRY,
       "a post that cannot start is retried");
    t->ctx.http_fails = 0;
    t->plugin->close(t->inst);
}

static void bad_secret(struct test *t, const char *secret, const char *name)
{
    struct jh_inst *inst = NULL;

    t->err.text[0] = '\0';
    t->ctx.secret = secret;
    int r = t->plugin->open(mock_host(), &t->ctx, t->conf, &inst, &t->err);
    ok(r < 0 && !inst, "refused: %s", name);
    ok(*t->err.text && (!secret || !*secret || !strstr(t->err.text, secret)),
       "… without telling the secret: %s", t->err.text);
}

static void check(struct test *t, const char *option, const char *value,
                  const char *words)
{
    t->err.text[0] = '\0';
    mock_set(t->plugin, t->conf, option, value);
    int r = t->plugin->check(t->conf, &t->err);
    if (words)
        ok(r < 0 && strstr(t->err.text, words), "refused: %s: %s", value, t->err.text);
    else
        ok(r == 0, "taken: %s", value);
}

static void check_header(struct test *t, const char *value, const char *words)
{
    struct jh_list list = {&value, 1}, none = {NULL, 0};

    memcpy(mock_option(t->plugin, t->conf, "headers"), &list, sizeof(list));
    int r = t->plugin->check(t->conf, &t->err);
    ok(r < 0 && strstr(t->err.text, words), "header refused: %s", t->err.text);
    memcpy(mock_option(t->plugin, t->conf, "headers"), &none, sizeof(none));
}

static void test_check(struct test *t)
{
    char path[] = "/tmp/junheng-secret-XXXXXX";

    memset(t->conf, 0, t->plugin->conf_size);
    check(t, "url", "https://hook.example/a?b=c@d", NULL);
    check(t, "url", "ftp://hook.example/", "http://");
    check(t, "url", "hook.example", "http://");
    check(t, "url", "https://u:p@hook.example/", "user or password");
    check(t, "url", "https://:443/", "no host");
    check(t, "url", "https:///x", "no host");
    check(t, "url", "https://hook.example/a b", "blank");
    check(t, "url", "http://hook.example/a\r\nX: y", "control");
    check(t, "url", "http://127.0.0.1:8080/hook", NULL);
    check_header(t, "no colon", "name: value");
    check_header(t, "X: a\r\nY: b", "control");
    check_header(t, "Webhook-Id: 1", "itself");
    check(t, "ca_file", "/nonexistent/ca.pem", "cannot be read");
    mock_set(t->plugin, t->conf, "ca_file", NULL);
    check(t, "secret_file", "/nonexistent/secret", "cannot be read");
    int fd = mkstemp(path);
    if (fd < 0 || fchmod(fd, 0644))
        bail("no file");
    check(t, "secret_file", path, "everybody");
    if (fchmod(fd, 0600))
        bail("no mode");
    check(t, "secret_file", path, NULL);
    close(fd);
    unlink(path);
    bad_secret(t, NULL, "a secret that cannot be read");
    bad_secret(t, "whsec_%%%%MfKQ9r8GKYqrTwjUPD8ILPZI", "not base64");
    bad_secret(t, "whsec_MfKQ9r8G", "too short");
    bad_secret(t, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS", "not in fours");
    bad_secret(t, "", "an empty one");
}

int main(void)
{
    static struct test t;

    t.plugin = mock_load("notify_webhook.so");
    t.conf = calloc(1, t.plugin->conf_size);
    if (!t.conf)
        bail("no memory");
    test_request(&t);
    test_answers(&t);
    test_check(&t);
    free(t.conf);
    return done_testing();
}
