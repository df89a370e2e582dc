/* SPDX-License-Identifier: Apache-2.0 */
#include "loop/faults.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

enum { REQUEST_BYTES = 16384, MAX_CLIENTS = 512, BOMB_BYTES = 200 * 1024 * 1024 };

struct client {
    struct faults *faults;
    int fd;
    bool stop;
    char request[REQUEST_BYTES];
    size_t got;
};

struct faults {
    int listener, port;
    pthread_t acceptor;
    pthread_mutex_t mutex;
    int fds[MAX_CLIENTS]; /* -1 = free; shut down when stopping */
    pthread_cond_t gone;
    int clients;
    atomic_int requests;
    atomic_bool stopping;
};

static bool send_all(struct client *c, const void *p, size_t n)
{
    for (const char *at = p; n > 0;) {
        ssize_t sent = send(c->fd, at, n, MSG_NOSIGNAL);
        if (sent <= 0)
            return !(c->stop = true);
        at += sent;
        n -= (size_t)sent;
    }
    return true;
}

static bool send_text(struct client *c, const char *text)
{
    return send_all(c, text, strlen(text));
}

static void answer(struct client *c, const char *status, const char *headers,
                   const void *body, size_t n)
{
    char head[1024];
    int len = snprintf(head, sizeof head, "HTTP/1.1 %s\r\nContent-Length: %zu\r\n%s\r\n",
                       status, n, headers);
    if (send_all(c, head, (size_t)len))
        send_all(c, body, n);
}

static void plain(struct client *c, const char *status, const char *headers,
                  const char *body)
{
    answer(c, status, headers, body, strlen(body));
}

static void wait_ms(long ms)
{
    nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

/* ---- the faults -------------------------------------------------------------------------- */

static void do_ok(struct client *c)
{
    plain(c, "200 OK",
          "ETag: \"v1\"\r\nLast-Modified: Sun, 01 Sep 2013 00:00:00 GMT\r\n"
          "Content-Type: text/csv\r\n",
          "hello");
}

static void do_echo(struct client *c)
{
    plain(c, "200 OK", "", c->request);
}

static void do_conditional(struct client *c)
{
    if (strcasestr(c->request, "If-None-Match: \"v1\""))
        send_text(c, "HTTP/1.1 304 Not Modified\r\nETag: \"v1\"\r\n\r\n");
    else
        do_ok(c);
}

static void do_304(struct client *c)
{
    send_text(c, "HTTP/1.1 304 Not Modified\r\n\r\n");
}

static void do_503(struct client *c)
{
    plain(c, "503 Service Unavailable", "Retry-After: 7\r\n", "busy");
}

static void do_404(struct client *c)
{
    plain(c, "404 Not Found", "", "no");
}

static void do_hang(struct client *c)
{
    char byte;
    while (recv(c->fd, &byte, 1, 0) > 0)
        ;
    c->stop = true;
}

static void do_drip(struct client *c)
{
    send_text(c, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
    while (!c->stop && !c->faults->stopping && send_text(c, "."))
        wait_ms(20);
    c->stop = true;
}

static void do_reset(struct client *c)
{
    struct linger linger = {1, 0};
    send_text(c, "HTTP/1.1 200 OK\r\nContent-Le");
    wait_ms(20);
    setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    c->stop = true;
}

static void do_half(struct client *c)
{
    send_text(c, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly a part");
    c->stop = true;
}

static void do_loop(struct client *c)
{
    plain(c, "302 Found", "Location: /loop\r\n", "");
}

static void do_hop(struct client *c)
{
    plain(c, "302 Found", "Location: /ok\r\n", "");
}

/* The same server by another address: it listens on 127.0.0.1 alone, which need not matter. */
static void do_elsewhere(struct client *c)
{
    char location[64];
    snprintf(location, sizeof location, "Location: http://127.0.0.2:%d/ok\r\n",
             c->faults->port);
    plain(c, "302 Found", location, "");
}

static void do_file(struct client *c)
{
    plain(c, "302 Found", "Location: file:///etc/passwd\r\n", "");
}

static void do_endless(struct client *c)
{
    static const char block[4096];
    send_text(c, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
    while (!c->stop && !c->faults->stopping)
        send_all(c, block, sizeof block);
}

static void do_too_long(struct client *c)
{
    send_text(c, "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n");
    c->stop = true;
}

static void do_headers(struct client *c)
{
    send_text(c, "HTTP/1.1 200 OK\r\n");
    while (!c->stop && !c->faults->stopping)
        send_text(
            c, "X-Filler: 0123456789012345678901234567890123456789012345678901234\r\n");
}

static void do_garbage(struct client *c)
{
    send_text(c, "\x01\x02 nobody speaks this\r\n\r\n");
    c->stop = true;
}

static void send_gzip(struct client *c, const char *text, size_t repeat)
{
    z_stream z = {0};
    unsigned char *out = malloc(1 << 20);
    size_t n = 0, len = strlen(text);
    if (!out || deflateInit2(&z, 1, Z_DEFLATED, 31, 9, Z_DEFAULT_STRATEGY) != Z_OK)
        abort();
    for (size_t i = 0; i <= repeat; i++) {
        z.next_in = (unsigned char *)(size_t)text;
        z.avail_in = i < repeat ? (unsigned)len : 0;
        z.next_out = out + n;
        z.avail_out = (unsigned)((1 << 20) - n);
        deflate(&z, i < repeat ? Z_NO_FLUSH : Z_FINISH);
        n = (1 << 20) - z.avail_out;
    }
    deflateEnd(&z);
    answer(c, "200 OK", "Content-Encoding: gzip\r\n", out, n);
    free(out);
}

static void do_gzip(struct client *c)
{
    send_gzip(c, "hello", 3);
}

static void do_bomb(struct client *c)
{
    char *block = malloc(65537);
    if (!block)
        abort();
    memset(block, ' ', 65536);
    block[65536] = '\0';
    send_gzip(c, block, BOMB_BYTES / 65536);
    free(block);
}

static void do_bad_gzip(struct client *c)
{
    plain(c, "200 OK", "Content-Encoding: gzip\r\n", "this is no gzip at all");
}

static const struct {
    const char *path;
    void (*serve)(struct client *c);
} FAULTS[] = {{"/ok", do_ok},
              {"/echo", do_echo},
              {"/304", do_304},
              {"/conditional", do_conditional},
              {"/503", do_503},
              {"/404", do_404},
              {"/hang", do_hang},
              {"/drip", do_drip},
              {"/reset", do_reset},
              {"/half", do_half},
              {"/loop", do_loop},
              {"/hop", do_hop},
              {"/elsewhere", do_elsewhere},
              {"/file", do_file},
              {"/endless", do_endless},
              {"/toolong", do_too_long},
              {"/headers", do_headers},
              {"/garbage", do_garbage},
              {"/gzip", do_gzip},
              {"/bomb", do_bomb},
              {"/badgzip", do_bad_gzip}};

/* ---- the server -------------------------------------------------------------------------- */

static bool read_request(struct client *c)
{
    c->got = 0;
    for (;;) {
        ssize_t n = recv(c->fd, c->request + c->got, sizeof c->request - 1 - c->got, 0);
        if (n <= 0)
            return false;
        c->got += (size_t)n;
        c->request[c->got] = '\0';
        char *end = strstr(c->request, "\r\n\r\n");
        if (!end)
            continue;
        const char *length = strcasestr(c->request, "Content-Length:");
        size_t body = length ? (size_t)strtol(length + 15, NULL, 10) : 0;
        if (c->got >= (size_t)(end + 4 - c->request) + body)
            return true;
    }
}

static void serve(struct client *c)
{
    char *path = strchr(c->request, ' ');
    size_t len = path ? strcspn(++path, " ?") : 0;
    for (size_t i = 0; i < sizeof FAULTS / sizeof *FAULTS; i++)
        if (len == strlen(FAULTS[i].path) && memcmp(path, FAULTS[i].path, len) == 0) {
            FAULTS[i].serve(c);
            return;
        }
    do_404(c);
}

static int slot_of(struct faults *f, int fd)
{
    int slot = 0;
    while (slot < MAX_CLIENTS && f->fds[slot] != fd)
        slot++;
    return slot;
}

static void *client_main(void *arg)
{
    struct client *c = arg;
    struct faults *f = c->faults;
    while (!c->stop && !f->stopping && read_request(c)) {
        f->requests++;
        serve(c);
    }
    pthread_mutex_lock(&f->mutex);
    f->fds[slot_of(f, c->fd)] = -1;
    close(c->fd);
    f->clients--;
    pthread_cond_signal(&f->gone);
    pthread_mutex_unlock(&f->mutex);
    free(c);
    return NULL;
}

static void accept_one(struct faults *f, int fd)
{
    struct client *c = calloc(1, sizeof *c);
    pthread_t thread;
    int yes =
        1; /* a head and a body are two sends: without this each answer takes 40 ms */
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    pthread_mutex_lock(&f->mutex);
    int slot = slot_of(f, -1);
    if (c && slot < MAX_CLIENTS && !f->stopping) {
        c->faults = f;
        c->fd = fd;
        if (pthread_create(&thread, NULL, client_main, c) == 0) {
            pthread_detach(thread);
            f->fds[slot] = fd;
            f->clients++;
            c = NULL;
            fd = -1;
        }
    }
    pthread_mutex_unlock(&f->mutex);
    free(c);
    if (fd >= 0)
        close(fd);
}

static void *accept_main(void *arg)
{
    struct faults *f = arg;
    while (!f->stopping) {
        int fd = accept(f->listener, NULL, NULL);
        if (fd >= 0)
            accept_one(f, fd);
        else if (errno != EINTR && errno != ECONNABORTED)
            break;
    }
    return NULL;
}

struct faults *faults_start(void)
{
    struct faults *f = calloc(1, sizeof *f);
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    if (!f)
        return NULL;
    pthread_mutex_init(&f->mutex, NULL);
    pthread_cond_init(&f->gone, NULL);
    for (int i = 0; i < MAX_CLIENTS; i++)
        f->fds[i] = -1;
    f->listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(f->listener, (struct sockaddr *)&at, sizeof at) ||
        listen(f->listener, 512) ||
        getsockname(f->listener, (struct sockaddr *)&at, &len) ||
        pthread_create(&f->acceptor, NULL, accept_main, f)) {
        free(f);
        return NULL;
    }
    f->port = ntohs(at.sin_port);
    return f;
}

void faults_stop(struct faults *f)
{
    f->stopping = true;
    shutdown(f->listener, SHUT_RDWR);
    pthread_join(f->acceptor, NULL);
    pthread_mutex_lock(&f->mutex);
    for (int i = 0; i < MAX_CLIENTS; i++)
        if (f->fds[i] >= 0)
            shutdown(f->fds[i], SHUT_RDWR);
    while (f->clients)
        pthread_cond_wait(&f->gone, &f->mutex);
    pthread_mutex_unlock(&f->mutex);
    close(f->listener);
    free(f);
}

int faults_port(const struct faults *f)
{
    return f->port;
}

int faults_requests(struct faults *f)
{
    return f->requests;
}
