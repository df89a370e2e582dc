/* SPDX-License-Identifier: Apache-2.0 */
#include "notify/receiver.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tap/tap.h"

struct request {
    char id[128];
    char *body;
};

struct receiver {
    int listener, port;
    pthread_t thread;
    bool serving;
    pthread_mutex_t lock; /* guards what follows */
    bool stopping;
    int hold;
    pid_t victim;
    struct {
        int status;
        const char *more;
    } answers[RECEIVER_MAX];
    size_t n_answers, next_answer;
    struct request requests[RECEIVER_MAX];
    size_t n_requests;
};

struct receiver *receiver_new(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(at);
    struct receiver *r = calloc(1, sizeof(*r));

    if (!r)
        bail("no memory");
    pthread_mutex_init(&r->lock, NULL);
    r->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (r->listener < 0 || bind(r->listener, (struct sockaddr *)&at, sizeof(at)) ||
        listen(r->listener, 64) || getsockname(r->listener, (struct sockaddr *)&at, &len))
        bail("cannot listen on loopback");
    r->port = ntohs(at.sin_port);
    return r;
}

/* The whole request as text; NULL when the peer went away. */
static char *read_request(int fd, const char **ret_body)
{
    size_t n = 0, want = RECEIVER_BODY - 1;
    char *text = malloc(RECEIVER_BODY);
    const char *end = NULL;

    while (text && n < want) {
        ssize_t got = read(fd, text + n, want - n);
        if (got <= 0) {
            free(text);
            return NULL;
        }
        n += (size_t)got;
        text[n] = '\0';
        if (!end && (end = strstr(text, "\r\n\r\n"))) {
            const char *length = strcasestr(text, "\r\nContent-Length:");
            end += 4;
            want = (size_t)(end - text) + (length ? strtoul(length + 17, NULL, 10) : 0);
            if (want >= RECEIVER_BODY)
                bail("a body larger than the receiver takes");
        }
    }
    *ret_body = end;
    return text;
}

static void keep(struct receiver *r, const char *text, const char *body)
{
    const char *id = strcasestr(text, "\r\nwebhook-id: ");
    struct request *request = &r->requests[r->n_requests];

    if (r->n_requests == RECEIVER_MAX)
        bail("more requests than the receiver keeps");
    if (id)
        snprintf(request->id, sizeof(request->id), "%.*s", (int)strcspn(id + 14, "\r\n"),
                 id + 14);
    request->body = strdup(body);
    r->n_requests++;
}

static void respond(struct receiver *r, int fd)
{
    const char *more = "";
    char text[512];
    int status = 200;

    if (r->next_answer < r->n_answers) {
        status = r->answers[r->next_answer].status;
        more = r->answers[r->next_answer++].more;
    }
    int n =
        snprintf(text, sizeof(text),
                 "HTTP/1.1 %d x\r\nContent-Length: 2\r\nConnection: close\r\n%s\r\nno",
                 status, more);
    if (write(fd, text, (size_t)n) != n)
        printf("# the receiver could not answer\n");
}

static void serve_one(struct receiver *r, int fd)
{
    const char *body = "";
    char *text = read_request(fd, &body);
    char byte;

    if (!text)
        return;
    pthread_mutex_lock(&r->lock);
    bool hold = r->hold;
    pid_t victim = r->victim;
    r->victim = 0;
    keep(r, text, body);
    if (victim)
        kill(victim, SIGKILL);
    else if (!hold)
        respond(r, fd);
    pthread_mutex_unlock(&r->lock);
    if (hold || victim)
        while (read(fd, &byte, 1) > 0)
            ;
    free(text);
}

static void *serve(void *arg)
{
    struct receiver *r = arg;
    bool stopping = false;

    while (!stopping) {
        int fd = accept(r->listener, NULL, NULL);
        pthread_mutex_lock(&r->lock);
        stopping = r->stopping;
        pthread_mutex_unlock(&r->lock);
        if (fd >= 0 && !stopping)
            serve_one(r, fd);
        if (fd >= 0)
            close(fd);
    }
    return NULL;
}

void receiver_serve(struct receiver *r)
{
    signal(SIGPIPE, SIG_IGN);
    if (pthread_create(&r->thread, NULL, serve, r))
        bail("no thread");
    r->serving = true;
}

void receiver_free(struct receiver *r)
{
    pthread_mutex_lock(&r->lock);
    r->stopping = true;
    pthread_mutex_unlock(&r->lock);
    shutdown(r->listener, SHUT_RDWR); /* wakes accept() */
    if (r->serving)
        pthread_join(r->thread, NULL);
    close(r->listener);
    for (size_t i = 0; i < r->n_requests; i++)
        free(r->requests[i].body);
    pthread_mutex_destroy(&r->lock);
    free(r);
}

int receiver_port(const struct receiver *r)
{
    return r->port;
}

void receiver_answer(struct receiver *r, int status, const char *more)
{
    pthread_mutex_lock(&r->lock);
    if (r->n_answers == RECEIVER_MAX)
        bail("too many answers");
    r->answers[r->n_answers].status = status;
    r->answers[r->n_answers++].more = more;
    pthread_mutex_unlock(&r->lock);
}

void receiver_hold(struct receiver *r, int hold)
{
    pthread_mutex_lock(&r->lock);
    r->hold = hold;
    pthread_mutex_unlock(&r->lock);
}

void receiver_kill(struct receiver *r, pid_t pid)
{
    pthread_mutex_lock(&r->lock);
    r->victim = pid;
    pthread_mutex_unlock(&r->lock);
}

size_t receiver_count(struct receiver *r)
{
    pthread_mutex_lock(&r->lock);
    size_t n = r->n_requests;
    pthread_mutex_unlock(&r->lock);
    return n;
}

const char *receiver_id(struct receiver *r, size_t i)
{
    return i < receiver_count(r) ? r->requests[i].id : NULL;
}

const char *receiver_body(struct receiver *r, size_t i)
{
    return i < receiver_count(r) ? r->requests[i].body : NULL;
}
