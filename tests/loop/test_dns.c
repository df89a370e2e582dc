/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A name server that never answers costs its own transfers their time-out and nobody else
 * anything: getaddrinfo() of this program hangs until the test is over, so that a loop which
 * waits for it anywhere would wait for ever, and the alarm ends the test.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <netdb.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "loop/faults.h"
#include "loop/transfer.h"
#include "tap/tap.h"

enum { HANGING = 5, PATIENCE_S = 60 };

struct gate {
    sem_t open;
    atomic_int waiting;
};

static struct gate *gate(void)
{
    static struct gate the_gate;
    return &the_gate;
}

/* libcurl's resolver threads call this one instead of libc's. */
int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
                struct addrinfo **ret)
{
    int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    void *found = dlsym(RTLD_NEXT, "getaddrinfo");
    memcpy(&real, &found, sizeof real);
    if (!node || !strstr(node, "hangs"))
        return real(node, service, hints, ret);
    gate()->waiting++;
    sem_wait(&gate()->open);
    return EAI_AGAIN;
}

struct answer {
    int done, code, status;
    char text[512];
};

static void on_done(void *arg, const struct jh_http_response *r)
{
    struct answer *a = arg;
    a->done++;
    a->code = r->code;
    a->status = r->status;
    snprintf(a->text, sizeof a->text, "%s", r->text);
}

static void start(struct transfers *t, const char *url, struct answer *a)
{
    const struct jh_http_request r = {.size = sizeof r,
                                      .method = "GET",
                                      .url = url,
                                      .timeout_ms = 20000,
                                      .connect_timeout_ms = 200};
    if (transfers_start(t, &r, NULL, on_done, a))
        bail("not taken");
}

static int threads(void)
{
    int n = 0;
    DIR *dir = opendir("/proc/self/task");
    while (dir && readdir(dir))
        n++;
    if (dir)
        closedir(dir);
    return n;
}

static void hanging(struct loop *loop, struct transfers *t, int port)
{
    struct answer hung[HANGING], good;
    char url[64];
    memset(hung, 0, sizeof hung);
    memset(&good, 0, sizeof good);
    for (int i = 0; i < HANGING; i++) {
        snprintf(url, sizeof url, "http://hangs%d.invalid/", i);
        start(t, url, &hung[i]);
    }
    while (gate()->waiting < HANGING)
        uv_run(&loop->uv, UV_RUN_ONCE);
    snprintf(url, sizeof url, "http://127.0.0.1:%d/ok", port);
    start(t, url, &good);
    while (!good.done)
        uv_run(&loop->uv, UV_RUN_ONCE);
    is_int(good.status, 200, "while names hang another transfer is answered");
    for (int i = 0; i < HANGING; i++) {
        while (!hung[i].done)
            uv_run(&loop->uv, UV_RUN_ONCE);
        is_int(hung[i].code, JH_ETIMEOUT,
               "a name that is not found in time ends its transfer");
        ok(strstr(hung[i].text, "Resolving timed out") != NULL, "  for that reason: %s",
           hung[i].text);
    }
    is_int(gate()->waiting, HANGING, "though the name server still says nothing");
}

static void closing(struct loop *loop, struct transfers *t)
{
    struct answer a = {0};
    start(t, "http://hangs.example.invalid/", &a);
    while (gate()->waiting == HANGING)
        uv_run(&loop->uv, UV_RUN_ONCE);
    transfers_close(t);
    uv_run(&loop->uv, UV_RUN_DEFAULT);
    is_int(a.code, JH_ECANCELED, "a stop does not wait for names either");
    is_int(loop_done(loop), 0, "nothing is left open");
}

int main(void)
{
    struct clock clock = clock_real();
    struct log log = {LOG_ERROR, false, 2, &clock};
    struct loop loop;
    struct transfers *t;
    struct faults *faults = faults_start();
    alarm(PATIENCE_S);
    if (!faults || sem_init(&gate()->open, 0, 0) ||
        loop_init(&loop, &clock, &log, NULL) || transfers_new(&loop, 20, &t, NULL))
        bail("cannot start");
    int before = threads();
    hanging(&loop, t, faults_port(faults));
    closing(&loop, t);
    for (int i = 0; i <= HANGING; i++)
        sem_post(&gate()->open);
    while (threads() > before)
        nanosleep(&(struct timespec){0, 1000000}, NULL);
    ok(true, "no thread is left once names are answered");
    faults_stop(faults);
    return done_testing();
}
