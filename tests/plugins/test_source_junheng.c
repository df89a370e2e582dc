/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is taken over of another junheng is whole and is what it says it is: a page that does not
 * match its hash, or is of another moment than the index, fails the poll.
 */
#include <stdio.h>
#include <string.h>

#include "plugins/mock_source.h"
#include "tap/tap.h"

/* clang-format off */
#define BASE "https://city.example:8420"
#define ROWS_1 "{\"round\":\"2025\",\"school_code\":\"1\"},{\"round\":\"2025\",\"school_code\":\"2\"}"
#define ROWS_2 "{\"round\":\"2025\",\"school_code\":\"3\"}"
#define HASH_1 "27641c79c0bdb99625500623f7f4f652031d9ab498f4419fa620e5a1f9f42cbc"
#define HASH_2 "c1468c03a50764d2cb28fc9ffa3310039fbcc7def299609d8e2b9fdeec08f864"
#define STATE "aaaaaaaa"
#define COUNTY(code, retracted) "{\"code\":\"" code "\",\"retracted\":" retracted "}"
#define ROUND(round, state, counties) \
    "{\"round\":\"" round "\",\"sha256\":\"" state "\",\"counties\":[" counties "]," \
    "\"county_data\":{\"sha256\":null,\"counties\":[]}}"
#define INDEX(rounds) "{\"data\":{\"rounds\":[" rounds "]}}"
#define HEAD(code, rows, hash) \
    "{\"code\":\"" code "\",\"rows\":" rows ",\"revision\":3,\"sha256\":\"" hash "\"}"
#define PAGE(state, heads, next, rows) \
    "{\"round\":\"2025\",\"sha256\":\"" state "\",\"counties\":[" heads "],\"next\":" next \
    ",\"schools\":[" rows "]}"
#define BODY(rows) "{\"round\":\"2025\",\"revision\":\"3\",\"schools\":[" rows "]}"
/* clang-format on */

static const char BOTH[] =
    INDEX(ROUND("2025", STATE, COUNTY("01", "false") "," COUNTY("02", "false")));
static char conf[1024];

static void begin(struct mock *mock)
{
    struct jh_err err = {0};
    mock_defaults(mock, conf);
    mock_set(mock, conf, "url", BASE "/");
    if (mock->plugin->check(conf, &err) || mock_open(mock, conf, &err))
        bail(err.text);
}

static void answer(struct mock *mock, int status, const char *body)
{
    mock_respond(mock, &(struct jh_http_response){.status = status,
                                                  .body = {body, strlen(body)},
                                                  .url = BASE "/api/v1/export?x=secret",
                                                  .etag = "\"index\""});
}

static void takes_over(struct mock *mock)
{
    begin(mock);
    mock_fetch(mock, "\"old\"", "");
    is_str(mock->url, BASE "/api/v1/export", "a poll asks for the index");
    ok(strstr(mock->headers, "If-None-Match: \"old\"") != NULL, "by its ETag");
    answer(mock, 200, BOTH);
    is_str(mock->url, BASE "/api/v1/export/2025?prefix=&after=",
           "then for a round that has changed");
    ok(strstr(mock->headers, "If-None-Match") == NULL, "whatever it was");
    answer(mock, 200, PAGE(STATE, HEAD("01", "2", HASH_1), "\"01\"", ROWS_1));
    is_str(mock->url, BASE "/api/v1/export/2025?prefix=&after=01", "and its next page");
    answer(mock, 200, PAGE(STATE, HEAD("02", "1", HASH_2), "null", ROWS_2));
    is_int(mock->what, JH_FETCHED, "all of it is delivered at once");
    is_int((long long)mock->n, 2, "a county a body");
    is_str(mock->bodies[0].body, BODY(ROWS_1), "with its rows as they came");
    is_str(mock->bodies[1].body, BODY(ROWS_2), "and no others");
    is_str(mock->bodies[0].name, "2025/01.json", "under a name that stays");
    is_str(mock->bodies[0].etag, "", "the index is vouched for");
    is_str(mock->bodies[1].etag, "\"index\"", "by the last one");
    mock_fetch(mock, "\"index\"", "");
    answer(mock, 304, "");
    is_int(mock->what, JH_UNCHANGED, "an index that is the same is the end of the poll");
    mock_fetch(mock, "\"index\"", "");
    answer(mock, 200, BOTH);
    is_int(mock->what, JH_UNCHANGED, "a round that is the same is not read again");
    const struct jh_source_ops *ops = mock->plugin->ops;
    ops->settled(mock->inst, &(struct jh_settled){.size = sizeof(struct jh_settled),
                                                  .outcome = JH_LATER,
                                                  .url = "",
                                                  .report = ""});
    mock_fetch(mock, "\"index\"", "");
    answer(mock, 200, BOTH);
    ok(strstr(mock->url, "/export/2025") != NULL, "unless not all of it was accepted");
    answer(mock, 404, "");
    is_int(mock->what, JH_FAILED, "a page that is not there fails the poll");
    mock_close(mock);
}

static void takes_back(struct mock *mock)
{
    begin(mock);
    mock_fetch(mock, "", "");
    answer(mock, 200,
           INDEX(ROUND("2025", STATE, COUNTY("01", "true") "," COUNTY("02", "false"))));
    answer(mock, 200, PAGE(STATE, HEAD("02", "1", HASH_2), "null", ROWS_2));
    is_int((long long)mock->n, 2, "what was taken back is a body too");
    is_str(mock->bodies[0].retracts, "2025", "that says which round");
    is_str(mock->bodies[0].name, "2025/01.json", "under the name that it came by");
    is_int((long long)mock->bodies[0].len, 0, "and has no rows");
    is_str(mock->bodies[1].retracts, "", "the others are what they were");
    mock_close(mock);
}

static void fails(struct mock *mock, const char *page, const char *words)
{
    begin(mock);
    mock_fetch(mock, "", "");
    answer(mock, 200, BOTH);
    answer(mock, 200, page);
    ok(mock->what == JH_FAILED && mock->n == 0 && strstr(mock->err.text, words) != NULL,
       "the poll fails as a whole: %s", words);
    ok(strchr(mock->err.file, '?') == NULL, "without a query in its words");
    mock_close(mock);
}

int main(void)
{
    struct mock mock;
    mock_load(&mock, "source_junheng.so");
    takes_over(&mock);
    takes_back(&mock);
    fails(&mock, PAGE(STATE, HEAD("01", "2", HASH_2), "null", ROWS_1),
          "county 01 do not match their SHA-256");
    fails(&mock, PAGE(STATE, HEAD("01", "2", HASH_1), "null", ROWS_2),
          "fewer rows than it says");
    fails(&mock, PAGE("bbbbbbbb", HEAD("01", "2", HASH_1), "null", ROWS_1),
          "has changed while it was read");
    fails(&mock, PAGE(STATE, HEAD("01", "2", HASH_1), "\"\\u4e2d\"", ROWS_1) "]",
          "no page of a round");
    fails(&mock, "{\"round\":\"2025\",\"sha256\":\"" STATE "\",\"counties\":[",
          "no page of a round");
    begin(&mock);
    mock_fetch(&mock, "", "");
    answer(&mock, 200, "{\"data\":[]}");
    ok(mock.what == JH_FAILED && strstr(mock.err.text, "is this a junheng?") != NULL,
       "what is no junheng is told from one");
    mock_close(&mock);
    begin(&mock);
    mock_fetch(&mock, "", "");
    answer(&mock, 200, INDEX(""));
    is_int(mock.what, JH_NOTHING,
           "one that has nothing yet is neither news nor a failure");
    mock_close(&mock);
    return done_testing();
}
