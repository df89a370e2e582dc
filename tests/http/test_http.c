/* SPDX-License-Identifier: Apache-2.0 */
/* A server that strangers reach must answer rightly, refuse what is dubious, and always end. */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "http/server.h"
#include "tap/tap.h"

enum { REPLY_MAX = 16 * 1024 * 1024, CROWD = 100, WAIT_S = 60 };

/* ---- raw sockets -------------------------------------------------------------------------- */

/* A reply that never comes fails the test instead of hanging it. */
static int with_timeout(int fd)
{
    const struct timeval wait = {WAIT_S, 0};
    if (fd < 0)
        bail("no socket");
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    return fd;
}

static int to_port(const struct server *s)
{
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_port = htons((uint16_t)server_port(s)),
                            .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = with_timeout(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (connect(fd, (struct sockaddr *)&a, sizeof a)) {
        close(fd);
        return -1;
    }
    return fd;
}

static int to_socket(const struct server *s)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    int fd = with_timeout(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    snprintf(a.sun_path, sizeof a.sun_path, "%s", server_path(s));
    if (connect(fd, (struct sockaddr *)&a, sizeof a)) {
        close(fd);
        return -1;
    }
    return fd;
}

static void put(int fd, const void *p, size_t n)
{
    const char *at = p;
    while (n) {
        ssize_t sent = send(fd, at, n, MSG_NOSIGNAL);
        if (sent <= 0)
            return; /* closed on us: the reply tells why */
        at += sent;
        n -= (size_t)sent;
    }
}

/* Everything up to the end of the connection; "" when it was just closed. */
static char *get(int fd)
{
    struct buf out;
    char part[65536];
    ssize_t n;
    buf_init(&out, REPLY_MAX);
    while ((n = recv(fd, part, sizeof part, 0)) > 0)
        buf_add(&out, part, (size_t)n);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        buf_str(&out, "(still open)");
    close(fd);
    return buf_take(&out);
}

static char *ask_on(int fd, const char *request, size_t n)
{
    if (fd < 0)
        return strdup("(not reachable)");
    put(fd, request, n);
    return get(fd);
}

static void is_reply(char *reply, const char *status, const char *part, const char *name)
{
    char line[64];
    snprintf(line, sizeof line, "HTTP/1.1 %s", status);
    bool good = reply && strncmp(reply, line, strlen(line)) == 0 && strstr(reply, part);
    if (!ok(good, "%s", name))
        printf("# want %s … %s\n# got  %.300s\n", line, part, reply ? reply : "(NULL)");
    free(reply);
}

#define HOST "Host: x\r\nConnection: close\r\n"
#define ASK(s, request) ask_on(to_port(s), request, sizeof request - 1)
#define CONTROL(s, request) ask_on(to_socket(s), request, sizeof request - 1)

/* ---- answers ------------------------------------------------------------------------------ */

static void test_routes(struct server *s)
{
    is_reply(ASK(s, "GET /hello HTTP/1.1\r\n" HOST "\r\n"), "200", "\r\n\r\nhello",
             "a page");
    is_reply(ASK(s, "GET /hello HTTP/1.1\r\n" HOST "\r\n"), "200",
             "X-Content-Type-Options: nosniff", "with its headers");
    is_reply(ASK(s, "HEAD /hello HTTP/1.1\r\n" HOST "\r\n"), "200", "Content-Length: 5",
             "HEAD");
    is_reply(ASK(s, "GET /arg?x=1&name=%E9%9D%92+%26 HTTP/1.1\r\n" HOST "\r\n"), "200",
             "\r\n\r\n青 &", "a query argument");
    is_reply(ASK(s, "GET /arg HTTP/1.1\r\n" HOST "\r\n"), "200", "\r\n\r\n(none)",
             "none");
    is_reply(ASK(s, "GET /api/v1/counties/34%2F9/history?a HTTP/1.1\r\n" HOST "\r\n"),
             "200", "\r\n\r\n34/9|/api/v1/counties/34/9/history|-", "a segment");
    is_reply(ASK(s, "GET /slow?name=w HTTP/1.1\r\n" HOST "\r\n"), "200", "\r\n\r\nw",
             "a worker's page");
    is_reply(ASK(s, "GET /nowhere HTTP/1.1\r\n" HOST "\r\n"), "404",
             "{\"error\":{\"code\":\"not_found\",\"message\":\"", "404 in JSON");
    is_reply(ASK(s, "PUT /hello HTTP/1.1\r\n" HOST "\r\n"), "405", "Allow: GET, POST",
             "405");
    is_reply(ASK(s, "GET /empty HTTP/1.1\r\n" HOST "\r\n"), "500", "\"internal\"",
             "a handler without an answer");
}

static void test_control(struct server *s)
{
    is_reply(ASK(s, "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\nhi"), "403",
             "\"forbidden\"", "acts are refused over TCP");
    is_reply(CONTROL(s, "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\nhi"),
             "201", "\r\n\r\nhi", "and done over the control socket");
    is_reply(
        CONTROL(s, "POST /echo HTTP/1.1\r\n" HOST
                   "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n4\r\n you\r\n0\r\n\r\n"),
        "201", "\r\n\r\nhi you", "in chunks");
    is_reply(CONTROL(s, "DELETE /things/7 HTTP/1.1\r\n" HOST "\r\n"), "200", "7|",
             "DELETE");
    struct stat st;
    ok(stat(server_path(s), &st) == 0 && (st.st_mode & 0777) == 0660,
       "mode of the socket");
}

static void test_etag(struct server *s)
{
    char *reply = ASK(s, "GET /hello HTTP/1.1\r\n" HOST "\r\n"), request[400];
    const char *at = reply ? strstr(reply, "ETag: \"") : NULL;
    ok(at != NULL, "a page has an ETag");
    int n =
        snprintf(request, sizeof request,
                 "GET /hello HTTP/1.1\r\n" HOST "If-None-Match: W/\"x\", %.34s\r\n\r\n",
                 at ? at + strlen("ETag: ") : "");
    free(reply);
    is_reply(ask_on(to_port(s), request, (size_t)n), "304", "ETag: \"",
             "304 for one who has it");
    is_reply(ASK(s, "GET /hello HTTP/1.1\r\n" HOST "If-None-Match: \"other\"\r\n\r\n"),
             "200", "hello", "200 for another");
    is_reply(ASK(s, "GET /large HTTP/1.1\r\n" HOST "If-None-Match: \"large-1\"\r\n\r\n"),
             "304", "ETag: \"large-1\"", "an ETag of the handler's");
    reply = ASK(s, "GET /large HTTP/1.1\r\n" HOST "\r\n");
    const char *body = reply ? strstr(reply, "\r\n\r\n") : NULL;
    ok(body && strlen(body + 4) == 8 * 1024 * 1024, "a large page comes whole");
    free(reply);
}

/* ---- what is dubious ---------------------------------------------------------------------- */

static void test_refused(struct server *s)
{
    is_reply(ASK(s, "GET /hello%00x HTTP/1.1\r\n" HOST "\r\n"), "400", "\"bad_request\"",
             "%00");
    is_reply(ASK(s, "GET /arg?name=a%00b HTTP/1.1\r\n" HOST "\r\n"), "400", "",
             "%00 in a query");
    is_reply(ASK(s, "GET /hello HTTP/1.1\r\nConnection: close\r\n\r\n"), "400", "",
             "no Host");
    is_reply(
        ASK(s, "POST /open HTTP/1.1\r\n" HOST "Content-Length: 3\r\n"
               "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /hello HTTP/1.1\r\n\r\n"),
        "400", "\"bad_request\"", "a length beside chunks");
    is_reply(ASK(s, "POST /open HTTP/1.1\r\n" HOST "Content-Length: 3\r\n"
                    "Content-Length: 4\r\n\r\nabcd"),
             "400", "", "two lengths");
    is_reply(ASK(s, "POST /open HTTP/1.1\r\n" HOST "Content-Length: 3\r\n"
                    "content-length: 3\r\n\r\nabc"),
             "400", "", "twice the same length");
    is_reply(ASK(s, "POST /open HTTP/1.1\r\n" HOST "Content-Length: -1\r\n\r\n"), "400",
             "", "a negative length");
    is_reply(ASK(s, "POST /open HTTP/1.1\r\n" HOST "Content-Length: 16777217\r\n\r\nx"),
             "413", "\"too_large\"", "a body over the limit, announced");
    char *reply = ASK(s, "rubbish\r\n\r\n");
    is_str(reply, "", "what is no HTTP at all is closed");
    free(reply);
}

static void test_too_large_in_chunks(struct server *s)
{
    int fd = to_port(s);
    enum { CHUNK = 1024 * 1024 };
    char *data = calloc(1, CHUNK + 2);
    static const char HEAD[] =
        "POST /open HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n";
    put(fd, HEAD, sizeof HEAD - 1);
    memcpy(data + CHUNK, "\r\n", 2);
    for (int i = 0; i < 17; i++) {
        put(fd, "100000\r\n", 8);
        put(fd, data, CHUNK + 2);
    }
    put(fd, "0\r\n\r\n", 5);
    is_reply(get(fd), "413", "\"too_large\"", "a body over the limit, in chunks");
    free(data);
}

/* Two requests that say what they should on one connection, and garbage after it. */
static void test_keep_alive(struct server *s)
{
    static const char TWO[] = "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"
                              "GET /arg?name=second HTTP/1.1\r\n" HOST "\r\n";
    is_reply(ask_on(to_port(s), TWO, sizeof TWO - 1), "200", "\r\n\r\nsecond",
             "two in a row");
}

/* ---- many --------------------------------------------------------------------------------- */

static void test_crowd(struct server *s)
{
    static const char REQUEST[] = "GET /slow HTTP/1.1\r\n" HOST "\r\n";
    int fds[CROWD], good = 0;
    for (int i = 0; i < CROWD; i++) {
        fds[i] = to_port(s);
        put(fds[i], REQUEST, sizeof REQUEST - 1);
    }
    for (int i = 0; i < CROWD; i++) {
        char *reply = get(fds[i]);
        good += reply && strncmp(reply, "HTTP/1.1 200", 12) == 0;
        free(reply);
    }
    is_int(good, CROWD, "a hundred workers' pages at once");
    for (int i = 0; i < 20; i++) { /* those that leave before their answer */
        int fd = to_socket(s);
        put(fd, REQUEST, sizeof REQUEST - 1);
        close(fd);
    }
    is_reply(CONTROL(s, "GET /hello HTTP/1.1\r\n" HOST "\r\n"), "200", "hello",
             "leaving early harms nobody");
}

static void test_stop(struct server *s)
{
    static const char REQUEST[] = "GET /slow?name=done HTTP/1.1\r\nHost: x\r\n\r\n";
    enum { N = 20 };
    int fds[N], idle = to_port(s), half = to_port(s), begun = server_slow_begun(s);
    const struct timespec nap = {0, 1000 * 1000};
    put(half, "GET /hel", 8);
    for (int i = 0; i < N; i++) {
        fds[i] = to_socket(s);
        put(fds[i], REQUEST, sizeof REQUEST - 1);
    }
    for (int i = 0; i < WAIT_S * 1000 && server_slow_begun(s) < begun + 2; i++)
        nanosleep(&nap, NULL);
    server_stop(s);
    int whole = 0, cut = 0;
    for (int i = 0; i < N; i++) {
        char *reply = get(fds[i]);
        if (reply && strstr(reply, "\r\n\r\ndone"))
            whole++;
        else
            cut += reply && (!*reply || strstr(reply, "503"));
        free(reply);
    }
    ok(whole >= 2 && whole + cut == N, "what ran was finished: %d whole, %d refused",
       whole, cut);
    char *reply = get(idle);
    is_str(reply, "", "an idle connection is closed");
    free(reply);
    reply = get(half);
    is_str(reply, "", "half a request too");
    free(reply);
    char path[256];
    snprintf(path, sizeof path, "%s", server_path(s));
    is_int(server_end(s), 0, "nothing is left on the loop");
    ok(access(path, F_OK) != 0, "the socket file is gone");
}

/* ---- dead-lines --------------------------------------------------------------------------- */

static void test_drip(const char *folder)
{
    struct server *s = server_start(folder, 300);
    int idle = to_port(s), head = to_port(s), body = to_port(s);
    const struct timespec nap = {0, 50 * 1000 * 1000};
    static const char POST[] =
        "POST /open HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n";
    put(head, "GET /hello HTTP/1.1\r\nX: ", 24);
    put(body, POST, sizeof POST - 1);
    /* keeps dripping until the server has had enough; without a dead-line: 60 s, then fails */
    int drips = 0;
    char c;
    while (drips++ < WAIT_S * 20 && recv(head, &c, 1, MSG_DONTWAIT | MSG_PEEK) < 0) {
        put(head, "a", 1);
        put(body, "b", 1);
        nanosleep(&nap, NULL);
    }
    ok(drips < WAIT_S * 20, "dripping headers are cut off");
    char *reply = get(head);
    is_str(reply, "", "without an answer");
    free(reply);
    reply = get(body);
    ok(reply && !strstr(reply, "still open"), "a dripping body is cut off");
    free(reply);
    reply = get(idle);
    is_str(reply, "", "and one that says nothing");
    free(reply);
    is_reply(ASK(s, "GET /hello HTTP/1.1\r\n" HOST "\r\n"), "200", "hello",
             "others are served");
    server_stop(s);
    is_int(server_end(s), 0, "nothing is left on the loop");
}

/* ---- sockets ------------------------------------------------------------------------------ */

static void test_sockets(const char *folder)
{
    struct loop loop;
    struct clock clock = clock_real();
    struct http *h = NULL;
    struct jh_err err = {0};
    static const struct http_route NONE[] = {{NULL, NULL, false, false, NULL}};
    char path[100], longer[300];
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    snprintf(path, sizeof path, "%s/stale.sock", folder);
    snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
    int left = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ok(bind(left, (struct sockaddr *)&a, sizeof a) == 0, "a socket file is left behind");
    close(left);
    loop_init(&loop, &clock, NULL, NULL);
    http_new(&loop, NONE, NULL, &h, NULL);
    is_int(http_listen_unix(h, path, &err), 0, "a stale socket is replaced");
    is_int(http_listen_unix(h, path, &err), JH_EBUSY, "a live one is refused");
    ok(strstr(err.text, "another junhengd") != NULL, "with the reason");
    is_int(http_listen_unix(h, folder, &err), JH_EEXIST,
           "what is no socket is left alone");
    memset(longer, 'a', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    is_int(http_listen_unix(h, longer, &err), JH_EINVAL, "a path too long");
    is_int(http_listen_tcp(h, "localhost", &err), JH_EINVAL, "no port");
    is_int(http_listen_tcp(h, "localhost:80", &err), JH_EINVAL, "a name is no address");
    is_int(http_listen_tcp(h, "[127.0.0.1]:80", &err), JH_EINVAL,
           "brackets are for IPv6");
    is_int(http_listen_tcp(h, "127.0.0.1:65536", &err), JH_EINVAL, "no such port");
    is_int(http_listen_tcp(h, "192.0.2.1:1", &err), JH_EIO,
           "an address that is not ours");
    ok(strstr(err.text, "192.0.2.1:1") != NULL, "named");
    http_close(h, NULL, NULL);
    uv_run(&loop.uv, UV_RUN_DEFAULT);
    is_int(loop_done(&loop), 0, "closed before it ever ran");
}

int main(void)
{
    char folder[] = "/tmp/junheng-http-XXXXXX";
    if (!mkdtemp(folder))
        bail("no temporary folder");
    struct server *s = server_start(folder, 0);
    test_routes(s);
    test_control(s);
    test_etag(s);
    test_refused(s);
    test_too_large_in_chunks(s);
    test_keep_alive(s);
    test_crowd(s);
    test_stop(s);
    test_drip(folder);
    test_sockets(folder);
    rmdir(folder);
    return done_testing();
}
