/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/serve.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sandbox/view.h"
#include "sandbox/work.h"

enum { START_MS = 1000, STEP_MS = 20 };

struct mapping {
    char *p;
    size_t size;
};

struct served {
    int sock;
    const struct jail *jail;
    uint32_t id;
    struct work_job job;
    struct mapping job_map, results, batch;
};

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool map_file(int fd, int prot, struct mapping *ret)
{
    struct stat st;
    if (fd < 0 || fstat(fd, &st) < 0 || st.st_size <= 0)
        return false;
    void *p = mmap(NULL, (size_t)st.st_size, prot, MAP_SHARED, fd, 0);
    if (p == MAP_FAILED)
        return false;
    *ret = (struct mapping){p, (size_t)st.st_size};
    return true;
}

static void unmap(struct mapping *m)
{
    if (m->p)
        munmap(m->p, m->size);
}

/* ---- one child ------------------------------------------------------------------------------- */

static _Noreturn void be_child(const struct served *s, uint32_t first)
{
    struct out out;
    out_init(&out, s->results.p, s->results.size);
    _exit(work_run(&s->job, first, s->batch.p, &out, s->jail)); /* no finalizer runs */
}

static uint32_t task_of(const struct served *s)
{
    return atomic_load(&((struct wire_results *)(void *)s->results.p)->task);
}

enum fate { ENDED, OVERRUN, ABANDONED };

/*
 * Waits for the child's end. The soft limit is the child's own, with a better message; ours
 * comes a little later and cannot be missed. Our clock counts, not the child's word for it.
 */
static enum fate watch(const struct served *s, int pidfd)
{
    int64_t limit = s->job.wall_ms + s->job.wall_ms / 4 + 50;
    int64_t since = now_ms();
    uint32_t task = 0;
    struct pollfd p[] = {{pidfd, POLLIN, 0}, {s->sock, POLLRDHUP, 0}};
    for (;;) {
        int n = poll(p, 2, STEP_MS);
        if (p[0].revents)
            return ENDED;
        if (p[1].revents & (POLLHUP | POLLERR | POLLRDHUP))
            return ABANDONED;
        if (n < 0 && errno != EINTR)
            return ABANDONED;
        int64_t now = now_ms();
        uint32_t seen = task_of(s);
        if (seen != task) {
            task = seen;
            since = now;
        }
        if (now - since > limit + (task == 0 ? START_MS : 0))
            return OVERRUN;
    }
}

/* Why a child that did not end by itself ended. */
static void describe(const struct served *s, enum fate fate, int status, char *text,
                     size_t n)
{
    if (fate == OVERRUN)
        snprintf(text, n, "killed: took longer than %d ms and could not be interrupted",
                 s->job.wall_ms);
    else if (WIFEXITED(status) && WEXITSTATUS(status) == WORK_REFUSED)
        snprintf(text, n, "not run: the process could not be confined");
    else if (WIFEXITED(status) && WEXITSTATUS(status) == WORK_NOMEM)
        snprintf(text, n, "not run: not enough memory for an empty script");
    else if (WIFEXITED(status))
        snprintf(text, n, "ended with exit code %d", WEXITSTATUS(status));
    else if (WTERMSIG(status) == SIGSYS)
        snprintf(text, n, "killed: made a forbidden system call");
    else if (WTERMSIG(status) == SIGXCPU)
        snprintf(text, n, "killed: used up its processor time");
    else
        snprintf(text, n, "crashed: signal %d (%s)", WTERMSIG(status),
                 sigabbrev_np(WTERMSIG(status)) ? sigabbrev_np(WTERMSIG(status)) : "?");
}

/* Runs a child from task `first` on. Returns the task to go on with; n_tasks: finished. */
static int run_child(const struct served *s, uint32_t first, bool *ret_parked,
                     uint32_t *ret_next)
{
    struct wire_results *head = (void *)s->results.p;
    atomic_store(&head->task, 0);
    pid_t pid = fork();
    if (pid == 0)
        be_child(s, first);
    int pidfd = pid < 0 ? -1 : pidfd_open(pid, 0);
    enum fate fate = pidfd < 0 ? ABANDONED : watch(s, pidfd);
    int status = 0;
    if (pidfd >= 0)
        close(pidfd);
    if (pid > 0) {
        if (fate != ENDED)
            kill(pid, SIGKILL);
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
            ;
    }
    if (fate == ABANDONED)
        return JH_EIO;
    uint32_t seen = task_of(s); /* the child's word: only as far as it can be true */
    uint32_t task = seen > first ? seen - 1 : first;
    task = task < s->job.n_tasks ? task : s->job.n_tasks - 1;
    bool exited = fate == ENDED && WIFEXITED(status);
    if (exited && WEXITSTATUS(status) == WORK_DONE) {
        *ret_next = s->job.n_tasks;
        return 0;
    }
    *ret_next = task + 1;
    if (exited && WEXITSTATUS(status) == WORK_PARKED) {
        *ret_parked = true;
        return 0;
    }
    char text[sizeof((struct wire_msg *)0)->text];
    describe(s, fate, status, text, sizeof text);
    return wire_send(s->sock, WIRE_STOPPED, s->id, task, text, NULL, 0);
}

/* ---- one job --------------------------------------------------------------------------------- */

static bool open_job(struct served *s, const int fds[WIRE_FDS_MAX])
{
    return map_file(fds[0], PROT_READ, &s->job_map) &&
           map_file(fds[1], PROT_READ | PROT_WRITE, &s->results) &&
           s->results.size >= sizeof(struct wire_results) &&
           (fds[2] < 0 || map_file(fds[2], PROT_READ, &s->batch)) &&
           work_parse(s->job_map.p, s->job_map.size, &s->job) && s->job.n_tasks > 0 &&
           (s->job.work != WIRE_RUN ||
            (s->batch.p && view_check(s->batch.p, s->batch.size)));
}

static void close_fds(const int fds[WIRE_FDS_MAX])
{
    for (int i = 0; i < WIRE_FDS_MAX; i++)
        if (fds[i] >= 0)
            close(fds[i]);
}

static void close_job(struct served *s, const int fds[WIRE_FDS_MAX])
{
    close_fds(fds);
    work_job_done(&s->job);
    unmap(&s->job_map);
    unmap(&s->results);
    unmap(&s->batch);
}

/*
 * Children until all tasks are done. A child that died counts as a broken county here; one
 * that lives counts its own, and `left` is what it may still afford.
 */
static int serve_job(struct served *s, const int fds[WIRE_FDS_MAX])
{
    uint32_t next = 0;
    bool parked = !open_job(s, fds);
    int rc = 0;
    while (rc == 0 && !parked && next < s->job.n_tasks) {
        rc = run_child(s, next, &parked, &next);
        if (next < s->job.n_tasks && s->job.broken_left != UINT32_MAX)
            parked |= --s->job.broken_left == 0;
    }
    close_job(s, fds);
    return rc == 0 ? wire_send(s->sock, WIRE_DONE, s->id, next, NULL, NULL, 0) : rc;
}

int serve(int sock, const struct jail *jail)
{
    for (;;) {
        struct wire_msg msg;
        int fds[WIRE_FDS_MAX];
        int rc = wire_recv(sock, -1, &msg, fds);
        if (rc < 0)
            return rc;
        struct served s = {.sock = sock, .jail = jail, .id = msg.id};
        if (msg.type == WIRE_JOB) {
            rc = serve_job(&s, fds);
        } else {
            close_fds(fds);
            rc = wire_send(sock, WIRE_HELLO, 0, 0, NULL, NULL, 0);
        }
        if (rc < 0)
            return rc;
    }
}
