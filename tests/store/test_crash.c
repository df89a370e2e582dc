/* SPDX-License-Identifier: Apache-2.0 */
/* Why: what a commit acknowledged must be there after kill -9, and a full disk must be told. */
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "store/fixture.h"

enum { ROUNDS = 5, ACKNOWLEDGED = 40 };

/* Commits one alert with its outbox row after the other; tells each number after its commit. */
static _Noreturn void write_for_ever(const char *path, int from, int to_parent)
{
    struct fixture f = {0};
    char id[33];

    if (store_open(path, STORE_WRITE, &f.store, &f.err))
        _exit(2);
    for (int i = from;; i++) {
        snprintf(id, sizeof(id), "%032x", (unsigned)i);
        if (store_begin(f.store, &f.err))
            _exit(3);
        fixture_alert(&f, id, id);
        fixture_outbox(&f, id, 1, "hook", i);
        if (store_commit(f.store, &f.err))
            _exit(4);
        if (write(to_parent, &i, sizeof(i)) != (ssize_t)sizeof(i))
            _exit(5);
    }
}

/* Returns the last number acknowledged. */
static int run_and_kill(const char *path, int from)
{
    int ends[2], last = from - 1, i, status;

    if (pipe(ends))
        bail("no pipe");
    pid_t child = fork();
    if (child < 0)
        bail("no process");
    if (child == 0) {
        close(ends[0]);
        write_for_ever(path, from, ends[1]);
    }
    close(ends[1]);
    while (last < from + ACKNOWLEDGED &&
           read(ends[0], &i, sizeof(i)) == (ssize_t)sizeof(i))
        last = i;
    kill(child, SIGKILL);
    while (read(ends[0], &i, sizeof(i)) == (ssize_t)sizeof(i))
        last = i; /* acknowledged before the signal came */
    close(ends[0]);
    waitpid(child, &status, 0);
    ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "killed after %d", last);
    return last;
}

static bool intact(const char *path)
{
    sqlite3_stmt *stmt = NULL;
    sqlite3 *db = NULL;
    bool good = false;

    if (!sqlite3_open(path, &db) &&
        !sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &stmt, NULL) &&
        sqlite3_step(stmt) == SQLITE_ROW)
        good = !strcmp((const char *)sqlite3_column_text(stmt, 0), "ok");
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    return good;
}

static void test_kill(struct fixture *f)
{
    struct store_outbox *rows;
    struct store_alert *alerts;
    size_t n_rows, n_alerts;
    int last = 0;

    store_close(f->store);
    for (int round = 0; round < ROUNDS; round++) {
        last = run_and_kill(f->path, last + 1);
        ok(intact(f->path), "integrity_check is ok");
        must(f, store_open(f->path, STORE_WRITE, &f->store, &f->err), "open again");
        arena_reset(f->arena);
        must(f, store_outbox_waiting(f->store, f->arena, &rows, &n_rows, &f->err),
             "rows");
        must(f,
             store_alerts(f->store, "open", NULL, f->arena, &alerts, &n_alerts, &f->err),
             "alerts");
        ok(n_rows >= (size_t)last, "%d acknowledged, %zu there", last, n_rows);
        is_int((long long)n_alerts, (long long)n_rows, "alerts and rows came together");
        last = (int)n_rows; /* one may have been committed and not told */
        store_close(f->store);
    }
    must(f, store_open(f->path, STORE_WRITE, &f->store, &f->err), "open again");
}

/* A limit on the size of files stands for the full disk; SIGXFSZ is ignored, write() fails. */
static void test_full(struct fixture *f)
{
    struct rlimit old, tight;
    struct store_counts before, after;
    char big[4096];
    char id[33];
    int r = 0;

    memset(big, 'x', sizeof(big) - 1);
    big[sizeof(big) - 1] = '\0';
    must(f, store_counts(f->store, f->arena, &before, &f->err), "counts");
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &old);
    tight = old;
    tight.rlim_cur = 512 << 10;
    setrlimit(RLIMIT_FSIZE, &tight);
    for (unsigned i = 0; i < 1000 && !r; i++) {
        struct store_source src = {.name = id, .error = big};
        snprintf(id, sizeof(id), "full-%u", i);
        r = store_begin(f->store, &f->err);
        if (!r)
            r = store_source_put(f->store, &src, &f->err);
        r = r ? (store_rollback(f->store), r) : store_commit(f->store, &f->err);
    }
    setrlimit(RLIMIT_FSIZE, &old);
    is_int(r, JH_EIO, "a full disk is an error");
    ok(*f->err.text != '\0', "… with words: %s", f->err.text);
    is_str(f->err.file, f->path, "… and the file");
    must(f, store_counts(f->store, f->arena, &after, &f->err), "counts");
    is_int(after.waiting, before.waiting, "what was there is there");
    must(f, store_begin(f->store, &f->err), "begin");
    fixture_alert(f, "after", "after");
    must(f, store_commit(f->store, &f->err), "commit");
    ok(intact(f->path), "with space again it goes on");
}

int main(void)
{
    struct fixture f;

    fixture_init(&f);
    test_kill(&f);
    test_full(&f);
    fixture_done(&f);
    return done_testing();
}
