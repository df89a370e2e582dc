/* SPDX-License-Identifier: Apache-2.0 */
/* junhengctl must reach the daemon, and say plainly why not when it does not. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/client.h"
#include "http/server.h"
#include "tap/tap.h"

static struct client_reply call(const struct server *s, const char *method,
                                const char *path, const char *body)
{
    struct client_reply reply = {0};
    struct jh_err err = {0};
    int rc = client_call(server_path(s), method, path, body, body ? strlen(body) : 0,
                         60000, &reply, &err);
    ok(rc == 0, "%s %s %s", method, path, err.text);
    return reply;
}

static void answers(const struct server *s, const char *method, const char *path,
                    const char *body, int status, const char *want)
{
    struct client_reply reply = call(s, method, path, body);
    is_int(reply.status, status, "status");
    is_str(reply.body, want, "body");
    client_reply_done(&reply);
}

static void test_server(const char *folder)
{
    struct server *s = server_start(folder, 0);
    answers(s, "GET", "/hello", NULL, 200, "hello");
    answers(s, "POST", "/echo", "{\"by\":\"x\"}", 201, "{\"by\":\"x\"}");
    answers(s, "POST", "/echo", NULL, 201, "");
    answers(s, "DELETE", "/things/7", NULL, 200, "7|/things/7|-");
    char *name = client_escape("青石 县/a&b=%"), path[200];
    is_str(name, "%E9%9D%92%E7%9F%B3%20%E5%8E%BF%2Fa%26b%3D%25", "escaped");
    snprintf(path, sizeof path, "/arg?name=%s", name);
    answers(s, "GET", path, NULL, 200, "青石 县/a&b=%");
    snprintf(path, sizeof path, "/api/v1/counties/%s/history", name);
    answers(s, "GET", path, NULL, 200,
            "青石 县/a&b=%|/api/v1/counties/青石 县/a&b=%/history|-");
    free(name);
    struct client_reply reply = call(s, "GET", "/large", NULL);
    is_int((long long)reply.len, 8 * 1024 * 1024, "a large reply");
    client_reply_done(&reply);
    reply = call(s, "GET", "/nowhere", NULL);
    ok(reply.status == 404 && strstr(reply.body, "not_found"), "an error is a reply too");
    client_reply_done(&reply);
    server_stop(s);
    is_int(server_end(s), 0, "stopped");
}

static void test_absent(const char *folder)
{
    struct client_reply reply = {0};
    struct jh_err err = {0};
    char path[300];
    snprintf(path, sizeof path, "%s/none.sock", folder);
    is_int(client_call(path, "GET", "/", NULL, 0, 1000, &reply, &err), JH_EIO,
           "no daemon");
    ok(strstr(err.text, path) && strstr(err.text, "No such file") &&
           strstr(err.text, "is the service running?"),
       "%s", err.text);
    ok(reply.body == NULL, "nothing is returned");
}

int main(void)
{
    char folder[] = "/tmp/junheng-client-XXXXXX";
    if (!mkdtemp(folder))
        bail("no temporary folder");
    setenv("http_proxy", "http://127.0.0.1:1", 1); /* must not be taken */
    test_server(folder);
    test_absent(folder);
    rmdir(folder);
    return done_testing();
}
