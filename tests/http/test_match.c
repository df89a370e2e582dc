/* SPDX-License-Identifier: Apache-2.0 */
/* Which handler runs is a matter of security: nothing may be read in two ways. */
#include <string.h>

#include "http/match.h"
#include "tap/tap.h"

static const struct http_route ROUTES[] = {
    {"GET", "/", false, false, NULL},        {"GET", "/hello", false, false, NULL},
    {"POST", "/hello", false, false, NULL},  {"GET", "/c/{}/history", false, false, NULL},
    {"GET", "/c/{}/{}", false, false, NULL}, {"DELETE", "/c/{}", false, false, NULL},
    {NULL, NULL, false, false, NULL},
};

static struct match m;

static void found(const char *method, const char *target, const char *want,
                  const char *arg)
{
    match_route(ROUTES, method, target, &m);
    is_str(m.route ? m.route->path : NULL, want, target);
    is_str(m.args[0], arg, "its first argument");
}

static void refused(const char *method, const char *target, int status)
{
    match_route(ROUTES, method, target, &m);
    ok(!m.route && m.status == status, "%d: %s %s (got %d)", status, method, target,
       m.status);
}

int main(void)
{
    found("GET", "/", "/", NULL);
    found("GET", "/hello", "/hello", NULL);
    found("HEAD", "/hello?x=%20", "/hello", NULL);
    found("GET", "/hell%6F", "/hello", NULL);
    found("GET", "/c/34/history", "/c/{}/history", "34");
    found("GET", "/c/%E9%9D%92/x?y", "/c/{}/{}", "青");
    is_str(m.args[1], "x", "its second argument");
    is_str(m.path, "/c/青/x", "the path without the query");
    found("GET", "/c/a%2Fb/history", "/c/{}/history", "a/b");
    found("GET", "/c/..%2F/history", "/c/{}/history", "../");
    refused("GET", "/hello/", 404);
    refused("GET", "/hello%2F", 404);
    refused("GET", "//hello", 404);
    refused("GET", "/c//history", 404);
    refused("GET", "/c/a/history/", 404);
    refused("GET", "/Hello", 404);
    refused("GET", "/hello%00x", 400);
    refused("GET", "/hello?x=%00", 400);
    refused("GET", "/hello?x=%0A", 400);
    refused("GET", "/hello%0d", 400);
    refused("GET", "/hello%zz", 400);
    refused("GET", "/hello%4", 400);
    refused("GET", "/%E9%9D", 400);
    refused("GET", "/%C0%AF", 400);
    refused("GET", "http://x/hello", 400);
    refused("GET", "*", 400);
    refused("GET", "", 400);
    refused("PUT", "/hello", 405);
    is_str(m.allow, "GET, POST", "what would be allowed");
    refused("GET", "/c/34", 405);
    is_str(m.allow, "DELETE", "what would be allowed there");
    refused("PUT", "/none", 404);
    char longer[2 * MATCH_PATH_MAX];
    memset(longer, 'a', sizeof longer);
    longer[0] = '/';
    longer[sizeof longer - 1] = '\0';
    refused("GET", longer, 400);
    return done_testing();
}
