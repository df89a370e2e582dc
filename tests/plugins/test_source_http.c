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

static char conf[512];

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

static void set_word(const struct mock *mock, const char *name, const char *word)
{
    struct field f = field(mock, name);
    int i = 0;
    while (f.option->words[i] && strcmp(f.option->words[i], word) != 0)
        i++;
    if (!f.option->words[i])
        bail("no such word");
    memcpy(f.at, &i, sizeof i);
}

/* As the table would fill it. */
static void set_default(const struct mock *mock, const char *name)
{
    set_text(mock, name, field(mock, name).option->def);
}

static void reset(const struct mock *mock)
{
    bool yes = true;
    memset(conf, 0, sizeof conf);
    set_text(mock, "url", "https://stats.example/data/schools.csv");
    set_number(mock, "connect_timeout", 15000);
    set_number(mock, "max_redirects", 3);
    memcpy(field(mock, "accept_compressed").at, &yes, sizeof yes);
    set_default(mock, "content_type");
    set_default(mock, "hmac_header");
    set_default(mock, "hmac_date_header");
    set_default(mock, "hmac_id_header");
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

static void auth(struct mock *mock)
{
    mock->secret = "p:w s";
    reset(mock);
    set_word(mock, "auth", "basic");
    set_text(mock, "user", "anna");
    set_text(mock, "password_file", "/run/secret");
    is_int(mock->plugin->check(conf, NULL), 0, "auth: basic");
    is_int(mock_open(mock, conf, NULL), 0, "  opens");
    mock_fetch(mock, "", "");
    is_str(mock->headers, "Authorization: Basic YW5uYTpwOncgcw==\n", "  sends it");
    is_int(mock->request.max_redirects, 3, "  the host drops it on the way elsewhere");
    mock_respond(mock, &(struct jh_http_response){.status = 401});
    ok(!strstr(mock->err.text, "p:w") && !strstr(mock->log, "p:w"), "  and tells nobody");
    mock_close(mock);
    mock->secret = "t0ken";
    reset(mock);
    set_word(mock, "auth", "bearer");
    set_text(mock, "token_file", "/run/secret");
    is_int(mock_open(mock, conf, NULL), 0, "auth: bearer opens");
    mock_fetch(mock, "", "");
    is_str(mock->headers, "Authorization: Bearer t0ken\n", "  sends it");
    mock_respond(mock, &(struct jh_http_response){.status = 200, .body = {"a", 1}});
    mock_close(mock);
    mock->secret = NULL;
    struct jh_err err = {0};
    is_int(mock_open(mock, conf, &err), JH_EREFUSED, "  a token everybody may read: no");
    is_str(err.file, "/run/secret", "  which is named");
}

/* The signatures were made by another program from the canonical string of auth.h. */
static void hmac(struct mock *mock)
{
    mock->secret = "k3y";
    reset(mock);
    set_word(mock, "auth", "hmac");
    set_text(mock, "hmac_key_file", "/run/secret");
    set_text(mock, "url", "https://stats.example/data/schools.csv?year=2025#part");
    is_int(mock->plugin->check(conf, NULL), 0, "auth: hmac");
    is_int(mock_open(mock, conf, NULL), 0, "  opens");
    mock_fetch(mock, "", "");
    is_str(
        mock->headers,
        "Date: Thu, 01 Jan 1970 00:00:01 GMT\n"
        "X-Signature: 4be9cbd4c258f36afc16db11d548566db0a58ffd6284726b8f8fbab40e9fc449\n",
        "  signs method, path, query, date and body");
    is_int(mock->request.max_redirects, 0, "  for this place only");
    mock_respond(mock, &(struct jh_http_response){.status = 302});
    mock_close(mock);
    set_text(mock, "url", "https://stats.example");
    set_word(mock, "method", "POST");
    set_text(mock, "body", "year=2025");
    set_word(mock, "hmac_hash", "sha512");
    set_word(mock, "hmac_encoding", "base64");
    set_word(mock, "hmac_date", "unix");
    set_text(mock, "hmac_header", "X-Sig");
    set_text(mock, "hmac_date_header", "X-Time");
    set_text(mock, "hmac_id", "bureau-7");
    set_text(mock, "hmac_body_header", "X-Body");
    is_int(mock_open(mock, conf, NULL), 0, "  other hash, encoding and names");
    mock_fetch(mock, "\"old\"", "Sun");
    is_str(
        mock->headers,
        "X-Time: 1\nX-Key-Id: bureau-7\n"
        "X-Body: 44357cb44803ccdff0b4cf4347b81ecbb570912eef5f6f77ccdd03a4b6e1da8f\n"
        "X-Sig: 3G7W/NDAyl2HCM2YYs+mbmxyoynhO5ZZ6m25FrOEvL+jxG4s0o/qucytq54LjYql1IU+vNXbJlPLkp5E4ydkqQ==\n"
        "Content-Type: application/x-www-form-urlencoded\n",
        "  are sent as they are asked for; a POST is not conditional");
    is_str(mock->request.method, "POST", "  by POST");
    is_str(mock->sent, "year=2025", "  with its body");
    mock_respond(mock, &(struct jh_http_response){.status = 304});
    is_int(mock->what, JH_FAILED, "  to which 304 is no answer");
    mock_close(mock);
}

static void other_ways(struct mock *mock)
{
    mock->secret = "user:pass";
    reset(mock);
    set_text(mock, "proxy", "http://proxy.example:3128");
    set_text(mock, "proxy_auth_file", "/run/secret");
    set_text(mock, "client_cert_file", "/dev/null");
    is_int(mock->plugin->check(conf, NULL), 0, "a proxy and a certificate");
    struct jh_err err = {0};
    is_int(mock_open(mock, conf, &err), JH_EREFUSED,
           "  a key that everybody may read: no");
    is_str(err.file, "/dev/null", "  which is named");
    set_text(mock, "client_cert_file", NULL);
    is_int(mock_open(mock, conf, NULL), 0, "  without: opens");
    mock_fetch(mock, "", "");
    is_str(mock->request.proxy, "http://proxy.example:3128", "  through the proxy");
    is_str(mock->request.proxy_auth, "user:pass", "  which knows us");
    mock_respond(mock, &(struct jh_http_response){.status = 407});
    ok(!strstr(mock->err.text, "pass"), "  and the error tells nobody");
    mock_close(mock);
    set_text(mock, "proxy_auth_file", "/run/secret");
    mock->secret = "nocolon";
    is_int(mock_open(mock, conf, &err), JH_EINVAL, "  without a colon: no");
    ok(!strstr(err.text, "nocolon"), "  and it is not told");
}

/* What contradicts itself was meant otherwise: said at the check, not at the first poll. */
static void contradictions(const struct mock *mock)
{
    static const struct {
        const char *option, *value, *words;
    } wrong[] = {{"body", "x=1", "POST only"},
                 {"token_file", "/t", "auth: bearer"},
                 {"user", "anna", "auth: basic"},
                 {"hmac_key_file", "/k", "auth: hmac"},
                 {"client_key_file", "/k", "client_cert_file"},
                 {"proxy_auth_file", "/p", "wants a proxy"},
                 {"proxy", "socks5://p", "http:// or https://"},
                 {"proxy", "http://u:s3cret@p", "proxy_auth_file"},
                 {"content_type", "a\r\nX: y", NULL}};
    struct jh_err err;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        reset(mock);
        set_text(mock, wrong[i].option, wrong[i].value);
        ok(mock->plugin->check(conf, &err) == JH_EINVAL &&
               (!wrong[i].words || strstr(err.text, wrong[i].words)),
           "refused: %s alone: %s", wrong[i].option, err.text);
        ok(!strstr(err.text, "s3cret"), "  without telling it");
    }
    reset(mock);
    set_text(mock, "url", "https://u:p@stats.example/");
    set_word(mock, "auth", "bearer");
    set_text(mock, "token_file", "/t");
    is_int(mock->plugin->check(conf, &err), JH_EINVAL, "refused: two who ask");
    reset(mock);
    set_text(mock, "url", "http://stats.example/");
    set_text(mock, "client_cert_file", "/c");
    is_int(mock->plugin->check(conf, &err), JH_EINVAL,
           "refused: a certificate over http");
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
    auth(mock);
    hmac(mock);
    other_ways(mock);
    contradictions(mock);
    return done_testing();
}
