/* SPDX-License-Identifier: Apache-2.0 */
#include "script/host.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/utf8.h"
#include "script/keeper.h"

enum {
    START_MS = 10000, /* for its first answer */
    SPARE_MS = 10000, /* for a job, beside the time of its tasks */
    TRIES = 3,        /* of a job, when junheng-lua dies under it */
    STOPS_MAX = 1 << 16
};

static const struct script_limits defaults = {
    .memory_bytes = 16 << 20, .wall_ms = 500, .broken_max = 3};

static struct script_limits fill_limits(const struct script_limits *limits)
{
    struct script_limits l = limits ? *limits : defaults;
    if (!l.memory_bytes)
        l.memory_bytes = defaults.memory_bytes;
    if (l.wall_ms <= 0)
        l.wall_ms = defaults.wall_ms;
    if (l.broken_max <= 0)
        l.broken_max = defaults.broken_max;
    return l;
}

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int greet(struct script_host *host, struct jh_err *err)
{
    struct wire_msg msg;
    int fds[WIRE_FDS_MAX];
    int rc = wire_send(host->sock, WIRE_HELLO, 0, 0, NULL, NULL, 0);
    if (rc == 0)
        rc = wire_recv(host->sock, START_MS, &msg, fds);
    if (rc == JH_EVERSION)
        return err_set(err, rc, "%s is of another version of junheng", host->helper);
    if (rc || msg.type != WIRE_HELLO)
        return err_set(err, JH_EIO, "cannot start %s: it did not answer", host->helper);
    return 0;
}

/* Not with a word: what is on the other side may hang. */
static void let_go(struct script_host *host)
{
    if (host->sock >= 0)
        close(host->sock);
    if (host->keeper > 0)
        keeper_kill(host->keeper);
    host->sock = -1;
    host->keeper = 0;
}

static int start(struct script_host *host, struct jh_err *err)
{
    int pair[2];
    if (access(host->helper, X_OK) < 0)
        return err_set(err, JH_ENOENT, "%s: no such program (it runs local indicators)",
                       host->helper);
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
        return err_set(err, JH_EIO, "cannot make a socket for %s", host->helper);
    host->sock = pair[0];
    host->keeper = keeper_start(host->helper, pair[1]);
    close(pair[1]);
    int rc = host->keeper < 0 ? err_set(err, JH_EIO, "cannot start %s", host->helper)
                              : greet(host, err);
    if (rc < 0)
        let_go(host);
    return rc;
}

/* One that hangs when it is started must not cost START_MS at every job: a tenth of the time. */
static int start_again(struct script_host *host, struct jh_err *err)
{
    int64_t before = now_ms();
    if (before < host->again_ms)
        return err_set(err, JH_EIO, "junheng-lua is gone and could not be started again");
    int rc = start(host, err);
    int64_t after = now_ms();
    host->again_ms = rc < 0 ? after + 9 * (after - before) : 0;
    return rc;
}

int script_start(const char *helper, const struct script_limits *limits,
                 struct script_host **ret, struct jh_err *err)
{
    struct script_host *host = calloc(1, sizeof *host);
    if (host) {
        host->sock = -1;
        host->helper = strdup(helper);
        host->limits = fill_limits(limits);
    }
    int rc = host && host->helper ? start(host, err)
                                  : err_set(err, JH_ENOMEM, "out of memory");
    if (rc < 0)
        script_stop(host);
    else
        *ret = host;
    return rc;
}

void script_stop(struct script_host *host)
{
    if (!host)
        return;
    if (host->sock >= 0)
        close(host->sock);
    if (host->keeper > 0)
        keeper_stop(host->keeper);
    free(host->helper);
    free(host);
}

/* ---- one job ------------------------------------------------------------------------------- */

static void write_job(struct buf *buf, const struct script_limits *limits,
                      const struct host_job *job)
{
    wire_u32(buf, job->work);
    wire_u32(buf, (uint32_t)limits->memory_bytes);
    wire_u32(buf, (uint32_t)limits->wall_ms);
    wire_u32(buf, job->broken_left);
    wire_u32(buf, job->n_tasks);
    wire_u32(buf, job->population);
    wire_str(buf, job->name, strlen(job->name));
    wire_str(buf, job->source.p, job->source.len);
    wire_u32(buf, (uint32_t)job->n_params);
    for (size_t i = 0; i < job->n_params; i++) {
        const struct script_param *p = &job->params[i];
        wire_str(buf, p->indicator, strlen(p->indicator));
        wire_str(buf, p->name, strlen(p->name));
        wire_str(buf, p->value, strlen(p->value));
        wire_u32(buf, p->is_number);
    }
}

static bool add_stop(struct host_answer *answer, const struct wire_msg *msg)
{
    if (answer->n_stops >= STOPS_MAX)
        return false;
    struct host_stop *more =
        realloc(answer->stops, (answer->n_stops + 1) * sizeof *answer->stops);
    if (!more)
        return false;
    answer->stops = more;
    struct host_stop *stop = &more[answer->n_stops++];
    stop->task = msg->task;
    memcpy(stop->text, msg->text, sizeof stop->text);
    return true;
}

/* Waits for DONE. JH_ECANCELED: the helper was restarted, and the work is lost. */
static int wait_done(struct script_host *host, uint32_t id, int timeout_ms,
                     struct host_answer *answer)
{
    for (;;) {
        struct wire_msg msg;
        int fds[WIRE_FDS_MAX];
        int rc = wire_recv(host->sock, timeout_ms, &msg, fds);
        if (rc < 0)
            return rc;
        if (msg.type == WIRE_RESTARTED)
            return JH_ECANCELED;
        if (msg.id != id)
            continue; /* an answer that was given up */
        if (msg.type == WIRE_STOPPED && !add_stop(answer, &msg))
            return JH_ENOMEM;
        if (msg.type == WIRE_DONE) {
            answer->ran = msg.task;
            return 0;
        }
    }
}

/* The child may be alive and hostile: take a copy, then look. */
static int copy_records(int fd, struct host_answer *answer)
{
    struct wire_results head;
    if (pread(fd, &head, sizeof head, 0) != sizeof head)
        return JH_EIO;
    uint64_t n = atomic_load(&head.used);
    if (n > WIRE_RESULTS_MAX - sizeof head)
        n = WIRE_RESULTS_MAX - sizeof head;
    char *p = malloc(n + 1);
    if (!p)
        return JH_ENOMEM;
    uint64_t done = 0;
    while (done < n) {
        ssize_t k = pread(fd, p + done, n - done, (off_t)(sizeof head + done));
        if (k <= 0)
            break;
        done += (uint64_t)k;
    }
    answer->records = p;
    answer->len = done;
    return 0;
}

static int patience(const struct script_host *host, uint32_t n_tasks)
{
    int64_t ms = SPARE_MS + (int64_t)n_tasks * host->limits.wall_ms * 2;
    return ms > INT_MAX ? INT_MAX : (int)ms;
}

static int try_once(struct script_host *host, int job_fd, const struct host_job *job,
                    struct host_answer *ret, struct jh_err *err)
{
    int fds[WIRE_FDS_MAX] = {job_fd, wire_file_empty(WIRE_RESULTS_MAX), job->batch};
    if (fds[1] < 0)
        return err_set(err, JH_EIO, "cannot make a memory file");
    uint32_t id = ++host->last_id;
    int rc = wire_send(host->sock, WIRE_JOB, id, 0, NULL, fds, job->batch < 0 ? 2 : 3);
    if (rc == 0)
        rc = wait_done(host, id, patience(host, job->n_tasks), ret);
    if (rc == JH_EIO || rc == JH_EVERSION || rc == JH_ETIMEOUT)
        let_go(host);
    int copied = copy_records(fds[1], ret);
    close(fds[1]);
    if (rc == JH_ETIMEOUT)
        return err_set(err, rc, "junheng-lua did not answer in time");
    if (rc < 0 && rc != JH_ENOMEM)
        return err_set(err, JH_ECANCELED, "junheng-lua died %d times at work", TRIES);
    if (rc < 0 || copied < 0)
        return err_set(err, JH_ENOMEM, "not enough memory for the results");
    if (!ret->ran && !ret->n_stops)
        return err_set(err, JH_ENOMEM, "junheng-lua could not take the job");
    return 0;
}

/* Again and again, if it dies; what a job left behind that was not finished is dropped. */
static void try_some(struct script_host *host, int job_fd, const struct host_job *job,
                     struct host_answer *answer)
{
    int rc = JH_ECANCELED;
    for (int i = 0; i < TRIES && rc == JH_ECANCELED; i++) {
        host_answer_done(answer);
        rc = host->sock < 0 ? start_again(host, &answer->lost) : 0;
        if (!rc)
            rc = try_once(host, job_fd, job, answer, &answer->lost);
    }
    if (!rc)
        answer->lost = (struct jh_err){0};
}

void host_run(struct script_host *host, const struct host_job *job,
              struct host_answer *ret)
{
    struct buf buf;
    struct host_answer answer = {0};
    buf_init(&buf, WIRE_JOB_MAX);
    write_job(&buf, &host->limits, job);
    int fd = buf.failed ? -1 : wire_file(buf.p, buf.len);
    if (buf.failed)
        err_set(&answer.lost, JH_ELIMIT, "%s: too large with its parameters", job->name);
    else if (fd < 0)
        err_set(&answer.lost, JH_EIO, "cannot make a memory file");
    else
        try_some(host, fd, job, &answer);
    if (fd >= 0)
        close(fd);
    buf_done(&buf);
    *ret = answer;
}

void host_answer_done(struct host_answer *answer)
{
    free(answer->records);
    free(answer->stops);
    *answer = (struct host_answer){0};
}

const char *host_stopped_at(const struct host_answer *answer, uint32_t task)
{
    for (size_t i = 0; i < answer->n_stops; i++)
        if (answer->stops[i].task == task)
            return answer->stops[i].text;
    return NULL;
}

char *host_text(struct arena *arena, const char *p, size_t len)
{
    len = utf8_cut(p, len, WIRE_TEXT_MAX);
    char *text = arena_strn(arena, p, len);
    if (!text)
        return NULL;
    for (size_t i = 0; i < len;) {
        i += utf8_check(text + i, len - i);
        if (i < len)
            text[i] = '?';
    }
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
            text[i] = ' ';
    return text;
}
