/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever a portal does, a transfer ends in time, within its bounds, with words that help. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "loop/faults.h"
#include "loop/transfer.h"
#include "tap/tap.h"

struct state {
    struct loop loop;
    struct transfers *transfers;
    struct faults *faults;
    const struct transfers_rules *rules;
    int done, code, status;
    int order[8];
    size_t length;
    int64_t retry_after_ms;
    char text[512], body[4096], url[256], etag[64], modified[64], type[64];
};

static void on_done(void *arg, const struct jh_http_response *r)
{
    struct state *s = arg;
    s->done++;
    s->code = r->code;
    s->status = r->status;
    s->length = r->body.len;
    s->retry_after_ms = r->retry_after_ms;
    snprintf(s->text, sizeof s->text, "%s", r->text);
    snprintf(s->url, sizeof s->url, "%s", r->url);
    snprintf(s->etag, sizeof s->etag, "%s", r->etag);
    snprintf(s->modified, sizeof s->modified, "%s", r->last_modified);
    snprintf(s->type, sizeof s->type, "%s", r->type);
    snprintf(s->body, sizeof s->body, "%.*s",
             (int)(r->body.len > 4000 ? 4000 : r->body.len), r->body.p ? r->body.p : "");
}

static struct jh_http_request request(struct state *s, const char *path)
{
    static char url[256];
    snprintf(url, sizeof url, "http://127.0.0.1:%d%s", faults_port(s->faults), path);
    return (struct jh_http_request){.size = sizeof(struct jh_http_request),
                                    .method = "GET",
                                    .url = url,
                                    .timeout_ms = 20000,
                                    .max_bytes = 1 << 20,
                                    .max_redirects = 3,
                                    .accept_compressed = true};
}

/* Until as many transfers as there are have ended; the multi handle keeps the loop alive. */
static void run(struct state *s, int until)
{
    while (s->done < until)
        uv_run(&s->loop.uv, UV_RUN_ONCE);
}

static void go(struct state *s, const struct jh_http_request *r)
{
    int before = s->done;
    if (!ok(transfers_start(s->transfers, r, s->rules, on_done, s) == 0 &&
                s->done == before,
            "%s: taken, and answered later", strrchr(r->url ? r->url : "?", '/')))
        return;
    run(s, before + 1);
}

static void get(struct state *s, const char *path)
{
    struct jh_http_request r = request(s, path);
    go(s, &r);
}

static void fails(struct state *s, const char *path, int code, const char *words)
{
    get(s, path);
    is_int(s->code, code, "  its code");
    ok(strstr(s->text, words) != NULL, "  says \"%s\": %s", words, s->text);
}

static void good_days(struct state *s)
{
    get(s, "/ok");
    is_int(s->code, 0, "an answer");
    is_int(s->status, 200, "its status");
    is_str(s->body, "hello", "its body");
    is_str(s->etag, "\"v1\"", "its ETag");
    is_str(s->modified, "Sun, 01 Sep 2013 00:00:00 GMT", "its Last-Modified");
    is_str(s->type, "text/csv", "its type");
    is_int(s->retry_after_ms, -1, "no Retry-After");
    get(s, "/hop");
    is_str(s->body, "hello", "a redirect is followed");
    ok(strstr(s->url, "/ok") != NULL, "  and where it ended is told: %s", s->url);
    get(s, "/gzip");
    is_str(s->body, "hellohellohello", "gzip is decoded");
    get(s, "/503");
    is_int(s->status, 503, "a refusal is an answer too");
    is_int(s->retry_after_ms, 7000, "with its Retry-After");
    is_str(s->body, "busy", "and its body");
    get(s, "/304");
    is_int(s->status, 304, "304 without a body");
    is_int((long long)s->length, 0, "  has none");
}

static void what_is_sent(struct state *s)
{
    static const char *const headers[] = {"X-Key: abc", "Authorization: Bearer t0ken",
                                          NULL};
    struct jh_http_request r = request(s, "/echo");
    r.method = "POST";
    r.headers = headers;
    r.body = (struct jh_slice){"a=\0b", 4};
    go(s, &r);
    ok(strstr(s->body, "POST /echo HTTP/1.1\r\n") != NULL, "the method");
    ok(strstr(s->body, "User-Agent: junheng/" PACKAGE_VERSION "\r\n") != NULL,
       "who we are");
    ok(strstr(s->body, "X-Key: abc\r\nAuthorization: Bearer t0ken\r\n") != NULL,
       "headers");
    ok(strstr(s->body, "Accept-Encoding: gzip\r\n") != NULL, "gzip is asked for");
    ok(strstr(s->body, "Content-Length: 4\r\n") != NULL, "a body with a zero byte");
    ok(!strstr(s->body, "Expect:"), "no Expect header");
    r = request(s, "/echo");
    r.accept_compressed = false;
    go(s, &r);
    ok(!strstr(s->body, "Accept-Encoding"), "gzip is not asked for");
    r = request(s, "/hop");
    r.max_redirects = 0;
    go(s, &r);
    is_int(s->status, 302, "no redirect is followed unless asked for");
}

static void bad_days(struct state *s)
{
    fails(s, "/half", JH_EIO, "transfer closed with");
    fails(s, "/reset", JH_EIO, "Connection reset by peer");
    fails(s, "/toolong", JH_ELIMIT, "body is larger than 1 MiB (max_bytes)");
    fails(s, "/endless", JH_ELIMIT, "body is larger than 1 MiB (max_bytes)");
    fails(s, "/bomb", JH_ELIMIT, "body is larger than 1 MiB (max_bytes)");
    fails(s, "/headers", JH_ELIMIT, "headers are larger than 128 KiB");
    fails(s, "/loop", JH_EIO, "Maximum (3) redirects followed");
    fails(s, "/file", JH_EIO, "Protocol \"file\" not supported");
    fails(s, "/garbage", JH_EIO, "HTTP/0.9");
    fails(s, "/badgzip", JH_EIO, "content unencoding");
}

static void time_limits(struct state *s)
{
    static const char *const paths[] = {"/hang", "/drip"};
    for (int i = 0; i < 2; i++) {
        struct jh_http_request r = request(s, paths[i]);
        r.timeout_ms = 200;
        go(s, &r);
        is_int(s->code, JH_ETIMEOUT, "a server that hangs or drips is left in time");
        ok(strstr(s->text, "timed out") != NULL, "  and so it says: %s", s->text);
    }
}

static void wrong_requests(struct state *s)
{
    static const char *const two_lines[] = {"X-A: b\r\nX-Evil: c", NULL};
    static const char *const no_colon[] = {"nonsense", NULL};
    static const struct {
        const char *url, *method;
        const char *const *headers;
        const char *words;
    } wrong[] = {
        {"ftp://127.0.0.1/x", "GET", NULL, "must begin with http:// or https://"},
        {"file:///etc/passwd", "GET", NULL, "must begin with http:// or https://"},
        {"", "GET", NULL, "URL is empty"},
        {"http://a\nb/", "GET", NULL, "control character"},
        {"http://127.0.0.1:1/x", "DELETE", NULL, "neither GET nor POST"},
        {"http://127.0.0.1:1/x", "GET", two_lines, "header \"X-A\" holds a control"},
        {"http://127.0.0.1:1/x", "GET", no_colon, "not of the form"}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct jh_http_request r = {.size = sizeof r,
                                    .method = wrong[i].method,
                                    .url = wrong[i].url,
                                    .headers = wrong[i].headers};
        int before = s->done;
        ok(transfers_start(s->transfers, &r, s->rules, on_done, s) == 0, "taken");
        run(s, before + 1);
        is_int(s->code, JH_EINVAL, "  wrong");
        ok(strstr(s->text, wrong[i].words) != NULL, "  %s: %s", wrong[i].words, s->text);
    }
    struct jh_http_request old = {.size = offsetof(struct jh_http_request, body),
                                  .method = "GET",
                                  .url = "http://127.0.0.1:1/x",
                                  .max_redirects = -5};
    go(s, &old);
    is_int(s->code, JH_EIO, "a shorter struct reads as zeros; nobody listens on port 1");
    ok(strstr(s->text, "onnect") != NULL, "  %s", s->text);
}

static void secrets(struct state *s)
{
    char url[128], text[64];
    snprintf(url, sizeof url, "http://anna:s3cret@127.0.0.1:%d/404",
             faults_port(s->faults));
    struct jh_http_request r = request(s, "/404");
    r.url = url;
    go(s, &r);
    is_int(s->status, 404, "user and password in the URL");
    ok(!strstr(s->url, "s3cret") && !strstr(s->url, "anna"), "are not told: %s", s->url);
    r.url = "http://anna:s3cret@127.0.0.1:1/x";
    go(s, &r);
    ok(!strstr(s->url, "s3cret") && !strstr(s->text, "s3cret"), "nor after a failure");
    transfer_public_url("https://a:b@c@host/p@q?x=@", text, sizeof text);
    is_str(text, "https://host/p@q?x=@", "the last @ before the path ends the password");
    transfer_public_url("https://host", text, sizeof text);
    is_str(text, "https://host", "nothing to take out");
    transfer_public_url("https://ho\xe5\xad\xa6", text, 12);
    is_str(text, "https://ho", "never cut inside a character");
}

/* ---- where to ------------------------------------------------------------------------------ */

static void refused(struct state *s, const char *words, const char *what)
{
    is_int(s->code, JH_EREFUSED, what);
    ok(strstr(s->text, words) != NULL, "  says \"%s\": %s", words, s->text);
}

static void addresses(struct state *s)
{
    struct address_rule here, all4;
    if (address_rule_parse("127.0.0.1", &here, NULL) ||
        address_rule_parse("0.0.0.0/0", &all4, NULL))
        bail("no rules");
    const struct address_rules only_here = {.allow = &here, .n_allow = 1},
                               not_here = {.deny = &here, .n_deny = 1},
                               nowhere = {.deny = &all4, .n_deny = 1};
    struct transfers_rules rules = {.own = &only_here};
    int before = faults_requests(s->faults);
    get(s, "/ok");
    is_int(s->status, 200, "without rules: an answer, and a connection is kept");
    s->rules = &rules;
    get(s, "/ok");
    is_int(s->status, 200, "an address that is allowed");
    get(s, "/elsewhere");
    refused(s, "127.0.0.2 is refused: allow does not name it",
            "after a redirect another is not");
    rules.own = &not_here;
    get(s, "/ok");
    refused(s, "127.0.0.1 is refused: deny 127.0.0.1/32",
            "a connection that stands is not used");
    is_int(faults_requests(s->faults), before + 3, "  nothing was asked");
    char url[64];
    snprintf(url, sizeof url, "http://localhost:%d/ok", faults_port(s->faults));
    struct jh_http_request r = request(s, "/ok");
    rules = (struct transfers_rules){.all = &nowhere};
    r.url = url;
    go(s, &r);
    ok(s->code < 0, "what a name leads to is held against the rules: %s", s->text);
    r.url = "http://169.254.169.254/latest";
    s->rules = NULL;
    go(s, &r);
    refused(s, "link-local, where clouds keep metadata",
            "metadata of a cloud, without any rule");
    r.url = "http://2852039166/latest";
    go(s, &r);
    refused(s, "169.254.169.254 is refused", "  in other digits");
}

static void proxies(struct state *s)
{
    struct address_rule here;
    struct jh_http_request r = request(s, "/ok");
    char proxy[64];
    if (address_rule_parse("127.0.0.1", &here, NULL))
        bail("no rules");
    const struct address_rules not_here = {.deny = &here, .n_deny = 1};
    struct transfers_rules rules = {.all = &not_here};
    snprintf(proxy, sizeof proxy, "http://127.0.0.1:%d", faults_port(s->faults));
    r.proxy = proxy;
    r.url = "http://portal.invalid/ok";
    s->rules = &rules;
    go(s, &r);
    refused(s, "the proxy's address 127.0.0.1 is refused: deny",
            "a proxy at a refused address");
    rules = (struct transfers_rules){.own = &not_here};
    go(s, &r);
    refused(s, "cannot be held through a proxy", "rules of a source, and a proxy");
    s->rules = NULL;
    go(s, &r);
    is_int(s->status, 404, "a proxy, without rules (ours does not know the whole URL)");
    r.url = "http://169.254.169.254/latest";
    go(s, &r);
    refused(s, "169.254.169.254 is refused",
            "an address in the URL is refused all the same");
}

/* ---- many at once ------------------------------------------------------------------------ */

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

static void many(struct state *s)
{
    struct transfers_stats stats;
    int after_first = 0, most = 0;
    for (int cycle = 0; cycle < 3; cycle++) {
        int before = s->done;
        for (int i = 0; i < 300; i++) {
            struct jh_http_request r = request(s, i % 10 ? "/ok" : "/half");
            if (transfers_start(s->transfers, &r, s->rules, on_done, s))
                bail("not taken");
        }
        while (s->done < before + 300) {
            uv_run(&s->loop.uv, UV_RUN_ONCE);
            transfers_stats(s->transfers, &stats);
            most = (int)stats.running > most ? (int)stats.running : most;
        }
        if (cycle == 0)
            after_first = open_files();
    }
    ok(true, "300 at a time, three times over");
    is_int(most, 20, "never more at once than allowed");
    ok(open_files() <= after_first + 20, "no file is left open: %d, then %d", after_first,
       open_files());
    is_int((long long)stats.waiting, 0, "nothing waits");
    ok(stats.bytes > 0 && stats.done > stats.failed, "they are counted");
    printf("# longest callback %.2f ms of CPU\n", (double)s->loop.longest_ns / 1e6);
    ok(s->loop.longest_ns < 500 * 1000000ll, "no callback burned the CPU");
}

static void canceled(void *arg, const struct jh_http_response *r)
{
    struct state *s = arg;
    struct jh_http_request again = request(s, "/ok");
    s->done += r->code == JH_ECANCELED;
    s->status = transfers_start(s->transfers, &again, s->rules, canceled, s);
}

static void closing(struct state *s)
{
    for (int i = 0; i < 40; i++) {
        struct jh_http_request r = request(s, "/hang");
        if (transfers_start(s->transfers, &r, s->rules, canceled, s))
            bail("not taken");
    }
    for (int turns = 0; turns < 5; turns++)
        uv_run(&s->loop.uv, UV_RUN_NOWAIT);
    s->done = 0;
    transfers_close(s->transfers);
    is_int(s->done, 0, "closing calls nobody at once");
    uv_run(&s->loop.uv, UV_RUN_DEFAULT);
    is_int(s->done, 40, "all that ran or waited are told they were canceled");
    is_int(s->status, JH_ECANCELED, "nothing new is taken");
    is_int(loop_done(&s->loop), 0, "nothing is left open");
}

int main(void)
{
    struct clock clock = clock_real();
    struct log log = {LOG_ERROR, false, 2, &clock};
    struct state s;
    memset(&s, 0, sizeof s);
    s.faults = faults_start();
    if (!s.faults || loop_init(&s.loop, &clock, &log, NULL) ||
        transfers_new(&s.loop, 20, &s.transfers, NULL))
        bail("cannot start");
    good_days(&s);
    what_is_sent(&s);
    bad_days(&s);
    time_limits(&s);
    wrong_requests(&s);
    secrets(&s);
    addresses(&s);
    proxies(&s);
    many(&s);
    closing(&s);
    faults_stop(s.faults);
    return done_testing();
}
