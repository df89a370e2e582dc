/* SPDX-License-Identifier: Apache-2.0 */
/* What source_http asks and what it makes of each answer; a 304 nobody asked for is no news. */
#include <stdio.h>
#include <string.h>

#include "plugins/mock_source.h"
#include "tap/tap.h"

/* As the option table of the plugin lays it out. */
struct field {
    const struct jh_option *option;
    char *at;
};

static char conf[256];

static struct field field(const struct mock *mock, const char *name)
{
    for (const struct jh_option *o = mock->plugin->options; o->name; o++)
        if (strcmp(o->name, name) == 0)
            return (struct field){o, conf + o->offset};
    bail("no such option");
}

static void set_text(const struct mock *mock, const char *name, const char *text)
{
    memcpy(field(mock, name).at, &text, sizeof text);
}

static void set_number(const struct mock *mock, const char *name, int64_t number)
{
    memcpy(field(mock, name).at, &number, sizeof number);
}

static void set_list(const struct mock *mock, const char *name, struct jh_list list)
{
    memcpy(field(mock, name).at, &list, sizeof list);
}

static void reset(const struct mock *mock)
{
    bool yes = true;
    memset(conf, 0, sizeof conf);
    set_text(mock, "url", "https://stats.example/data/schools.csv");
    set_number(mock, "connect_timeout", 15000);
    set_number(mock, "max_redirects", 3);
    memcpy(field(mock, "accept_compressed").at, &yes, sizeof yes);
}

static void checks(const struct mock *mock)
{
    static const struct {
        const char *url, *words;
    } urls[] = {{"https://stats.example/a.csv", NULL},
                {"HTTP://stats.example", NULL},
                {"ftp://stats.example/a.csv", "must begin with"},
                {"stats.example/a.csv", "must begin with"},
                {"", "must begin with"},
                {"http://", "names no host"},
                {"http:///a.csv", "names no host"},
                {"http://a/b c", "space"},
                {"http://a/b\r\nX: y", "control character"}};
    struct jh_err err;
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        memset(&err, 0, sizeof err);
        set_text(mock, "url", urls[i].url);
        int rc = mock->plugin->check(conf, &err);
        ok(urls[i].words ? rc == JH_EINVAL && strstr(err.text, urls[i].words) : rc == 0,
           "check: URL %zu: %s", i, err.text);
    }
    static const char *const lines[] = {"Accept: text/csv", "nonsense"};
    reset(mock);
    set_list(mock, "headers", (struct jh_list){lines, 1});
    is_int(mock->plugin->check(conf, &err), 0, "check: a header");
    set_list(mock, "headers", (struct jh_list){lines, 2});
    is_int(mock->plugin->check(conf, &err), JH_EINVAL, "check: not a header");
}

static void asks(struct mock *mock)
{
    static const char *const lines[] = {"Accept: text/csv", "X-Year: 2025"};
    reset(mock);
    set_list(mock, "headers", (struct jh_list){lines, 2});
    set_text(mock, "ca_file", "/etc/ca.pem");
    is_int(mock_open(mock, conf, NULL), 0, "opens");
    mock_fetch(mock, "", "");
    is_str(mock->url, "https://stats.example/data/schools.csv", "asks for the URL");
    is_str(mock->headers, "Accept: text/csv\nX-Year: 2025\n", "with the headers");
    is_str(mock->request.method, "GET", "by GET");
    is_int(mock->request.timeout_ms, 30000, "within the time of the poll");
    is_int(mock->request.max_bytes, 1000, "and its bytes");
    is_int(mock->request.connect_timeout_ms, 15000, "and the time to connect");
    is_int(mock->request.max_redirects, 3, "following redirects");
    is_str(mock->request.ca_file, "/etc/ca.pem", "trusting the file");
    ok(mock->request.accept_compressed, "compressed if possible");
    mock_respond(mock, &(struct jh_http_response){.status = 500});
    mock_fetch(mock, "W/\"a\"", "Sun, 01 Sep 2013 00:00:00 GMT");
    ok(strstr(mock->headers, "If-None-Match: W/\"a\"\nIf-Modified-Since: Sun, 01 Sep"),
       "with validators the request is conditional");
    mock_respond(mock, &(struct jh_http_response){.status = 304});
    is_int(mock->what, JH_UNCHANGED, "304: nothing has changed");
    is_int(mock->answers, 1, "answered once");
    mock_close(mock);
}

static void answers(struct mock *mock)
{
    static const struct {
        int status, code;
        const char *text;
    } failures[] = {{503, JH_EIO, "HTTP 503"},      {500, JH_EIO, "HTTP 500"},
                    {429, JH_EIO, "HTTP 429"},      {404, JH_EREFUSED, "HTTP 404"},
                    {401, JH_EREFUSED, "HTTP 401"}, {204, JH_EREFUSED, "HTTP 204"},
                    {206, JH_EREFUSED, "HTTP 206"}, {302, JH_EREFUSED, "HTTP 302"},
                    {304, JH_EREFUSED, "HTTP 304"}};
    reset(mock);
    is_int(mock_open(mock, conf, NULL), 0, "opens");
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++) {
        mock_fetch(mock, "", "");
        mock_respond(mock, &(struct jh_http_response){.status = failures[i].status,
                                                      .body = {"no", 2}});
        ok(mock->what == JH_FAILED && mock->answers == 1, "fails, once");
        is_int(mock->err.code, failures[i].code, failures[i].text);
        is_str(mock->err.text, failures[i].text, "  and says so");
    }
    mock_fetch(mock, "", "");
    mock_respond(mock,
                 &(struct jh_http_response){.status = 429, .retry_after_ms = 120000});
    is_int(mock->fetch.retry_after_ms, 120000, "Retry-After is handed on");
    mock_fetch(mock, "", "");
    mock_respond(mock, &(struct jh_http_response){.status = 503, .retry_after_ms = -1});
    is_int(mock->fetch.retry_after_ms, 0, "  where there is one");
    mock_fetch(mock, "", "");
    mock_respond(mock,
                 &(struct jh_http_response){.status = 404, .retry_after_ms = 120000});
    is_int(mock->fetch.retry_after_ms, 0, "  and it means something");
    mock_fetch(mock, "", "");
    mock->fetch.size = offsetof(struct jh_fetch, retry_after_ms);
    mock_respond(mock,
                 &(struct jh_http_response){.status = 429, .retry_after_ms = 120000});
    is_int(mock->fetch.retry_after_ms, 0, "  and the host knows it");
    is_str(mock->err.file, "https://stats.example/data/schools.csv",
           "the error names the URL without its query");
    mock_fetch(mock, "", "");
    mock_respond(mock,
                 &(struct jh_http_response){.code = JH_ETIMEOUT, .text = "timed out"});
    is_int(mock->err.code, JH_ETIMEOUT, "a transfer that failed");
    is_str(mock->err.text, "timed out", "  keeps its words");
    mock_fetch(mock, "\"old\"", "");
    mock_respond(mock, &(struct jh_http_response){.status = 200,
                                                  .body = {"a,b\n", 4},
                                                  .type = "text/csv",
                                                  .etag = "\"new\"",
                                                  .last_modified = "Mon"});
    is_int(mock->what, JH_FETCHED, "200: a body");
    is_str(mock->bodies[0].body, "a,b\n", "  its bytes");
    is_str(mock->bodies[0].name, "schools.csv", "  its short name");
    is_str(mock->bodies[0].url, "https://stats.example/data/schools.csv?key=s3cret",
           "  URL");
    is_str(mock->bodies[0].etag, "\"new\"", "  its ETag");
    is_str(mock->bodies[0].modified, "Mon", "  its date");
    is_str(mock->bodies[0].type, "text/csv", "  its type");
    mock_fetch(mock, "", "");
    mock_respond(mock,
                 &(struct jh_http_response){.status = 200, .url = "http://a.example/"});
    is_str(mock->bodies[0].name, "a.example", "without a path the host is its name");
    mock->http_code = JH_EBUSY;
    mock_fetch(mock, "", "");
    is_int(mock->what, JH_FAILED, "a transfer that cannot start is answered too");
    mock->http_code = 0;
    mock_close(mock);
}

static void secrets(struct mock *mock)
{
    struct jh_err err;
    reset(mock);
    set_text(mock, "header_file", "/run/secret");
    mock->secret = NULL;
    is_int(mock_open(mock, conf, &err), JH_EREFUSED, "a secret that everybody may read");
    is_str(err.file, "/run/secret", "  is named");
    mock->secret = "just-a-token";
    is_int(mock_open(mock, conf, &err), JH_EINVAL, "a secret that is no header");
    ok(!strstr(err.text, "just-a-token"), "  is not told");
    mock->secret = "Authorization: Bearer t0ken";
    is_int(mock_open(mock, conf, &err), 0, "a header line from a file");
    mock_fetch(mock, "", "");
    is_str(mock->headers, "Authorization: Bearer t0ken\n", "  is sent");
    is_int(mock->request.max_redirects, 3,
           "  and dropped by the host on the way elsewhere");
    mock_respond(mock, &(struct jh_http_response){.status = 401});
    mock_close(mock);
    mock->secret = "X-Api-Key: t0ken";
    is_int(mock_open(mock, conf, &err), 0, "another kind of key");
    mock_fetch(mock, "", "");
    is_int(mock->request.max_redirects, 0, "  goes nowhere else");
    mock_respond(mock, &(struct jh_http_response){.status = 302});
    mock_close(mock);
}

int main(void)
{
    struct mock *mock = &(struct mock){0};
    mock_load(mock, "source_http.so");
    if (mock->plugin->conf_size > sizeof conf)
        bail("the configuration has grown");
    is_int(mock->plugin->abi, JH_ABI, "ABI");
    is_int(mock->plugin->kind, JH_SOURCE, "a source");
    is_str(mock->plugin->name, "http", "name");
    checks(mock);
    asks(mock);
    answers(mock);
    secrets(mock);
    return done_testing();
}
