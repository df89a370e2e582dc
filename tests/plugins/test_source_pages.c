/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pages are read as a whole or not at all: what a portal may do wrong between the first and the
 * last must never leave a part of a county that looks like the whole of it.
 */
#include <stdio.h>
#include <string.h>

#include "plugins/mock_source.h"
#include "tap/tap.h"

static const char HOME[] = "https://stats.example/api/rows";
static char conf[1024];

/* An answer of the portal: what came for the URL before it. */
struct answer {
    const char *asked, *body, *link;
    int status; /* 0: 200 */
};

static void setup(const struct mock *mock, const char *paging, const char *body)
{
    mock_defaults(mock, conf);
    mock_set(mock, conf, "url", HOME);
    mock_set(mock, conf, "paging", paging);
    mock_set(mock, conf, "page_body", body);
}

/* Plays the answers as far as the plugin asks; true if it asked for each as it should. */
static bool play(struct mock *mock, const struct answer *answers, size_t n)
{
    struct jh_err err = {0};
    bool as_told = true;
    if (mock->plugin->check(conf, &err) || mock_open(mock, conf, &err))
        bail(err.text);
    mock_fetch(mock, "\"old\"", "");
    for (size_t i = 0; i < n && !mock->answers; i++) {
        as_told &= strcmp(mock->url, answers[i].asked) == 0;
        if (strcmp(mock->url, answers[i].asked) != 0)
            printf("# asked for %s\n", mock->url);
        mock->link = answers[i].link;
        mock_respond(mock, &(struct jh_http_response){
                               .status = answers[i].status ? answers[i].status : 200,
                               .body = {answers[i].body, strlen(answers[i].body)},
                               .url = answers[i].asked,
                               .etag = "\"page\""});
    }
    mock_close(mock);
    return as_told && mock->answers == 1;
}

#define PLAY(mock, ...)                                                                  \
    play(mock, (const struct answer[]){__VA_ARGS__},                                     \
         sizeof((const struct answer[]){__VA_ARGS__}) / sizeof(struct answer))

static void joined(const struct mock *mock, bool played, const char *body,
                   const char *what)
{
    ok(played, "%s: asks for each page once", what);
    is_int(mock->what, JH_FETCHED, "  all are one delivery");
    is_int((long long)mock->n, 1, "  of one body");
    is_str(mock->bodies[0].body, body, "  with the rows of all");
    is_str(mock->bodies[0].etag, "", "  for which no page's ETag vouches");
    ok(strstr(mock->headers, "If-None-Match") == NULL, "  and none was asked for");
}

static void fails(const struct mock *mock, bool played, int code, const char *words,
                  const char *what)
{
    ok(played && mock->what == JH_FAILED && mock->n == 0, "%s: the poll fails as a whole",
       what);
    is_int(mock->err.code, code, "  its code");
    ok(strstr(mock->err.text, words) != NULL, "  says \"%s\": %s", words, mock->err.text);
    ok(strchr(mock->err.file, '?') == NULL, "  without the query: %s", mock->err.file);
}

#define API "https://stats.example/api/rows"

static void links(struct mock *mock)
{
    setup(mock, "link", "csv");
    joined(
        mock,
        PLAY(mock,
             {API,
              "\xEF\xBB\xBF"
              "a,b\r\n1,\"x\r\ny\"\r\n",
              "<" API "?page=2>; title=\"a, b; rel=next\"; rel=\"last next\"", 0},
             {API "?page=2", "a,b\n2,x", "</first>; rel=first, <?page=3>;rel=next", 0},
             {API "?page=3", "a,b\r\n3,x\r\n", "</api/last?k=%20>; REL=Next", 0},
             {"https://stats.example/api/last?k=%20", "a,b\n4,x\n", "<x>; rel=prev", 0}),
        "\xEF\xBB\xBF"
        "a,b\r\n1,\"x\r\ny\"\r\n2,x\n3,x\r\n4,x\n",
        "Link headers");
    is_str(mock->bodies[0].url, API, "  it is of the first page's URL");
    is_str(mock->bodies[0].name, "rows", "  and name");
    setup(mock, "link", "csv");
    joined(mock, PLAY(mock, {API, "a\n1\n", NULL, 0}), "a\n1\n", "one page alone");
    fails(
        mock,
        PLAY(mock, {API, "a\n1\n", "<?p=2>; rel=next", 0}, {API "?p=2", "x", NULL, 503}),
        JH_EIO, "page 2: HTTP 503", "a page that is missing");
    fails(mock,
          PLAY(mock, {API, "a\n1\n", "<?p=2>; rel=next", 0},
               {API "?p=2", "b\n2\n", NULL, 0}),
          JH_EREFUSED, "page 2: has another header", "another header");
    fails(mock,
          PLAY(mock, {API, "a\n1\n", "<?p=2>; rel=next", 0},
               {API "?p=2", "a\n1\n", NULL, 0}),
          JH_EREFUSED, "page 2: has the same rows", "the same rows twice");
    fails(mock,
          PLAY(mock, {API, "a\n1\n", "<?p=2>; rel=next", 0},
               {API "?p=2", "a\n2\n", "<rows>; rel=next", 0}),
          JH_EREFUSED, "page 2: leads to a page that was read already", "a circle");
    fails(mock, PLAY(mock, {API, "a\n1\n", "<https://evil.example/x>; rel=next", 0}),
          JH_EREFUSED, "another scheme, host or port", "a link to another host");
    fails(mock, PLAY(mock, {API, "a\n1\n", "<//evil.example/x>; rel=next", 0}),
          JH_EREFUSED, "another scheme, host or port", "  without a scheme");
    fails(mock, PLAY(mock, {API, "a\n1\n", "<http://stats.example/x>; rel=next", 0}),
          JH_EREFUSED, "another scheme, host or port", "  without TLS");
    fails(
        mock,
        PLAY(mock, {API, "a\n1\n", "<https://stats.example@evil.example/>; rel=next", 0}),
        JH_EREFUSED, "another scheme, host or port", "  in disguise");
    fails(mock, PLAY(mock, {API, "a\n1\n", "<file:///etc/passwd>; rel=next", 0}),
          JH_EREFUSED, "neither http nor https", "  to a file");
    joined(mock,
           PLAY(mock, {API, "a\n1\n", "<https://STATS.example:443/x>; rel=next", 0},
                {"https://STATS.example:443/x", "a\n2\n", NULL, 0}),
           "a\n1\n2\n", "the same host in other words");
    mock_set(mock, conf, "max_pages", "2");
    fails(mock,
          PLAY(mock, {API, "a\n1\n", "<?p=2>; rel=next", 0},
               {API "?p=2", "a\n2\n", "<?p=3>; rel=next", 0}),
          JH_ELIMIT, "page 2: is not the last one, and max_pages is 2", "too many pages");
}

static void json(struct mock *mock)
{
    setup(mock, "next", "json");
    mock_set(mock, conf, "page_rows", "data.items");
    mock_set(mock, conf, "page_next", "data.next");
    joined(
        mock,
        PLAY(
            mock,
            {API,
             "{\"n\":[{\"items\":0}],\"data\":{\"next\":\"\\/api\\/rows?p=2\\u0026q=\",\"items\":"
             "[{\"a\":1.10},{\"a\":\"]\\\"\"}]}}",
             NULL, 0},
            {API "?p=2&q=",
             " {\"data\" : {\"items\" : [ {\"a\":3} ] , \"next\" : null}} ", NULL, 0}),
        "{\"data\":{\"items\":[{\"a\":1.10},{\"a\":\"]\\\"\"},{\"a\":3} ]}}",
        "links in JSON");
    fails(mock, PLAY(mock, {API, "{\"data\":{\"items\":[1]", NULL, 0}), JH_EINVAL,
          "page 1: is not one whole JSON text", "half a text");
    fails(mock, PLAY(mock, {API, "{\"data\":{\"items\":[1}]}", NULL, 0}), JH_EINVAL,
          "page 1: is not one whole JSON text", "brackets that do not match");
    fails(mock, PLAY(mock, {API, "{\"data\":{\"itms\":[1]}}", NULL, 0}), JH_EINVAL,
          "page 1: has no list where page_rows says", "no list");
    fails(mock, PLAY(mock, {API, "{\"data\":{\"items\":[1],\"next\":{}}}", NULL, 0}),
          JH_EINVAL, "no text where page_next says", "a link that is none");
    fails(mock,
          PLAY(mock, {API, "{\"data\":{\"items\":[1],\"next\":\"\\/x y\"}}", NULL, 0}),
          JH_EINVAL, "is no URL", "a link that is no URL");
    setup(mock, "cursor", "json");
    mock_set(mock, conf, "page_next", "cursor");
    mock_set(mock, conf, "page_rows", "rows");
    mock_set(mock, conf, "page_param", "after");
    mock_set(mock, conf, "page_total", "total");
    joined(mock,
           PLAY(mock,
                {API, "{\"total\":3,\"rows\":[1,2],\"cursor\":\"a b&c=\"}", NULL, 0},
                {API "?after=a%20b%26c%3D", "{\"total\":3,\"rows\":[3],\"cursor\":\"\"}",
                 NULL, 0}),
           "{\"rows\":[1,2,3]}", "a cursor");
    fails(mock,
          PLAY(mock, {API, "{\"total\":3,\"rows\":[1],\"cursor\":7}", NULL, 0},
               {API "?after=7", "{\"total\":3,\"rows\":[2],\"cursor\":7}", NULL, 0}),
          JH_EREFUSED, "read already", "the same cursor again");
    fails(mock, PLAY(mock, {API, "{\"total\":3,\"rows\":[1,2]}", NULL, 0}), JH_EREFUSED,
          "2 rows came, page_total said 3", "fewer rows than there are");
    fails(mock,
          PLAY(mock, {API, "{\"total\":3,\"rows\":[1],\"cursor\":7}", NULL, 0},
               {API "?after=7", "{\"total\":4,\"rows\":[2]}", NULL, 0}),
          JH_EBUSY, "it changed meanwhile", "a total that changes");
    fails(mock, PLAY(mock, {API, "{\"total\":\"many\",\"rows\":[1]}", NULL, 0}),
          JH_EINVAL, "no number where page_total says", "a total that is none");
}

static void numbers(struct mock *mock)
{
    setup(mock, "page", "json");
    mock_set(mock, conf, "url", API "?year=2025#x");
    mock_set(mock, conf, "page_size_param", "size");
    mock_set(mock, conf, "page_size", "2");
    joined(mock,
           PLAY(mock, {API "?year=2025&size=2&page=1", "[1,2]", NULL, 0},
                {API "?year=2025&size=2&page=2", "[3]", NULL, 0},
                {API "?year=2025&size=2&page=3", "[]", NULL, 0}),
           "[1,2,3]", "pages by number, to the one that is empty");
    fails(mock,
          PLAY(mock, {API "?year=2025&size=2&page=1", "[1,2]", NULL, 0},
               {API "?year=2025&size=2&page=2", "[1,2]", NULL, 0}),
          JH_EREFUSED, "does the portal know", "a portal that ignores the number");
    setup(mock, "page", "json");
    mock_set(mock, conf, "page_start", "0");
    mock_set(mock, conf, "page_total", "total");
    mock_set(mock, conf, "page_rows", "rows");
    joined(mock,
           PLAY(mock, {API "?page=0", "{\"total\":\"2\",\"rows\":[1]}", NULL, 0},
                {API "?page=1", "{\"total\":2,\"rows\":[2]}", NULL, 0}),
           "{\"rows\":[1,2]}", "to the number that there are");
    fails(mock,
          PLAY(mock, {API "?page=0", "{\"total\":2,\"rows\":[1]}", NULL, 0},
               {API "?page=1", "{\"total\":2,\"rows\":[]}", NULL, 0}),
          JH_EREFUSED, "1 rows came, page_total said 2", "an empty page too early");
    setup(mock, "page", "csv");
    joined(
        mock,
        PLAY(mock, {API "?page=1", "a\n1\n", NULL, 0}, {API "?page=2", "a\n", NULL, 0}),
        "a\n1\n", "CSV ends with a page of no rows");
    joined(mock,
           PLAY(mock, {API "?page=1", "a\n1", NULL, 0}, {API "?page=2", "", NULL, 0}),
           "a\n1", "or with nothing at all");
    char large[900];
    memset(large, 'x', sizeof large - 1);
    large[sizeof large - 1] = '\0';
    memcpy(large, "a\n1", 3);
    char other[900];
    memcpy(other, large, sizeof other);
    other[2] = '2';
    fails(mock,
          PLAY(mock, {API "?page=1", large, NULL, 0}, {API "?page=2", other, NULL, 0}),
          JH_ELIMIT, "all pages together are larger than max_bytes",
          "more bytes than allowed");
}

static void checks(const struct mock *mock)
{
    static const struct {
        const char *paging, *body, *option, *value, *words;
    } wrong[] = {{"next", "csv", "page_next", "x", "want page_body: json"},
                 {"cursor", "json", "page_rows", "x", "and page_next"},
                 {"link", "csv", "page_total", "x", "are of page_body: json"},
                 {"page", "json", "page_rows", "a\"b", "joined by points"},
                 {"page", "csv", "page_param", "a=b", "names of parameters"},
                 {"page", "csv", "page_size", "5", "belong together"},
                 {"page", "csv", "url", API "?a=1&page=7", "holds the parameter"},
                 {"link", "csv", "method", "POST", "method: GET only"}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct jh_err err = {0};
        setup(mock, wrong[i].paging, wrong[i].body);
        mock_set(mock, conf, wrong[i].option, wrong[i].value);
        ok(mock->plugin->check(conf, &err) == JH_EINVAL &&
               strstr(err.text, wrong[i].words),
           "refused: paging: %s with %s: %s", wrong[i].paging, wrong[i].option, err.text);
    }
}

int main(void)
{
    struct mock *mock = &(struct mock){0};
    mock_load(mock, "source_http.so");
    if (mock->plugin->conf_size > sizeof conf)
        bail("the configuration has grown");
    links(mock);
    json(mock);
    numbers(mock);
    checks(mock);
    return done_testing();
}
