/* SPDX-License-Identifier: Apache-2.0 */
#include "script/host.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/utf8.h"
#include "script/keeper.h"

enum { START_MS = 10000, SPARE_MS = 10000, TRIES = 3, STOPS_MAX = 1 << 16 };

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

static int greet(struct script_host *host, const char *helper, struct jh_err *err)
{
    struct wire_msg msg;
    int fds[WIRE_FDS_MAX];
    int rc = wire_send(host->sock, WIRE_HELLO, 0, 0, NULL, NULL, 0);
    if (rc == 0)
        rc = wire_recv(host->sock, START_MS, &msg, fds);
    if (rc == JH_EVERSION)
        return err_set(err, rc, "%s is of another version of junheng", helper);
    if (rc || msg.type != WIRE_HELLO)
        return err_set(err, JH_EIO, "cannot start %s: it did not answer", helper);
    return 0;
}

int script_start(const char *helper, const struct script_limits *limits,
                 struct script_host **ret, struct jh_err *err)
{
    if (access(helper, X_OK) < 0)
        return err_set(err, JH_ENOENT, "%s: no such program (it runs local indicators)",
                       helper);
    struct script_host *host = calloc(1, sizeof *host);
    if (!host)
        return err_set(err, JH_ENOMEM, "out of memory");
    host->limits = fill_limits(limits);
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) {
        free(host);
        return err_set(err, JH_EIO, "cannot make a socket for %s", helper);
    }
    host->sock = pair[0];
    host->keeper = keeper_start(helper, pair[1]);
    close(pair[1]);
    int rc = host->keeper < 0 ? err_set(err, JH_EIO, "cannot fork") : 0;
    if (rc == 0)
        rc = greet(host, helper, err);
    if (rc < 0) {
        script_stop(host);
        return rc;
    }
    *ret = host;
    return 0;
}

void script_stop(struct script_host *host)
{
    if (!host)
        return;
    close(host->sock);
    if (host->keeper > 0)
        waitpid(host->keeper, NULL, 0);
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

/* Waits for DONE. JH_ECANCELED: the helper was restarted, so try again. */
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
                    struct host_answer *ret)
{
    int fds[WIRE_FDS_MAX] = {job_fd, wire_file_empty(WIRE_RESULTS_MAX), job->batch};
    if (fds[1] < 0)
        return JH_EIO;
    uint32_t id = ++host->last_id;
    int rc = wire_send(host->sock, WIRE_JOB, id, 0, NULL, fds, job->batch < 0 ? 2 : 3);
    if (rc == 0)
        rc = wait_done(host, id, patience(host, job->n_tasks), ret);
    if (rc == JH_EIO || rc == JH_EVERSION)
        host->gone = true;
    if (rc == 0 || rc == JH_ETIMEOUT || rc == JH_ECANCELED || host->gone) {
        int copied = copy_records(fds[1], ret);
        if (copied < 0)
            rc = copied;
    }
    close(fds[1]);
    return rc;
}

int host_run(struct script_host *host, const struct host_job *job,
             struct host_answer *ret, struct jh_err *err)
{
    struct buf buf;
    struct host_answer answer = {.lost = true};
    int rc = 0, fd = -1;
    buf_init(&buf, WIRE_JOB_MAX);
    write_job(&buf, &host->limits, job);
    if (buf.failed) {
        rc = err_set(err, JH_ELIMIT, "%s: too large with its parameters", job->name);
        goto out;
    }
    fd = wire_file(buf.p, buf.len);
    if (fd < 0) {
        rc = err_set(err, JH_EIO, "cannot make a memory file");
        goto out;
    }
    rc = JH_ECANCELED;
    for (int i = 0; i < TRIES && rc == JH_ECANCELED && !host->gone; i++) {
        host_answer_done(&answer);
        rc = try_once(host, fd, job, &answer);
    }
    if (rc == JH_ENOMEM) {
        host_answer_done(&answer);
        err_set(err, rc, "not enough memory for the results of %s", job->name);
        goto out;
    }
    answer.lost = rc < 0;
    *ret = answer;
    rc = 0;
out:
    if (fd >= 0)
        close(fd);
    buf_done(&buf);
    return rc;
}

void host_answer_done(struct host_answer *answer)
{
    free(answer->records);
    free(answer->stops);
    *answer = (struct host_answer){.lost = true};
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
