/* SPDX-License-Identifier: Apache-2.0 */
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "store/entry.h"
#include "store/query.h"
#include "store/schema.h"

enum {
    BUSY_MS = 10000,
    JOURNAL_LIMIT = 64 << 20, /* bytes that stay on disk after a checkpoint */
    CHECKPOINT_PAGES = 8000, /* 32 MB: counties come in no order, over all of its pages */
    CACHE_KIB = 8 << 10,     /* a transaction that is larger writes its pages twice */
};

static int execute(struct store *s, const char *sql, struct jh_err *err)
{
    return sqlite3_exec(s->db, sql, NULL, NULL, NULL) ? query_fail(s, err) : 0;
}

/* SQLite would create it readable by everybody; WAL and shared memory take its mode. */
static int create(const char *path, struct jh_err *err)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);

    if (fd < 0)
        return err_at(err, errno == ENOENT ? JH_ENOENT : JH_EIO, path, 0, 0,
                      "cannot be opened: %s", strerror(errno));
    close(fd);
    return 0;
}

/*
 * One writer: SQLite would let two take turns, and two daemons would judge and send the same
 * twice. A file beside the database, because SQLite has its own locks on that one.
 */
static int lock(struct store *s, struct jh_err *err)
{
    char *path = sqlite3_mprintf("%s.lock", s->path);
    int r = 0;

    if (!path)
        return err_set(err, JH_ENOMEM, "out of memory");
    s->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (s->lock < 0)
        r = err_at(err, errno == ENOENT ? JH_ENOENT : JH_EIO, path, 0, 0,
                   "cannot be opened: %s", strerror(errno));
    else if (flock(s->lock, LOCK_EX | LOCK_NB))
        r = err_at(err, errno == EWOULDBLOCK ? JH_EBUSY : JH_EIO, s->path, 0, 0,
                   errno == EWOULDBLOCK
                       ? "another junhengd is running on it; each needs its own state_dir"
                       : "cannot be locked: %s",
                   strerror(errno));
    sqlite3_free(path);
    return r;
}

/*
 * Without it SQLite takes 20 pages for each temporary table, of which most of our queries need
 * a few, and none of them more than a page. Once; later it says no, and nothing happens.
 */
static void spare_pages(void)
{
    (void)sqlite3_config(SQLITE_CONFIG_PAGECACHE, NULL, 0, 0);
}

static int connect_db(struct store *s, struct jh_err *err)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    int r = s->mode == STORE_WRITE ? lock(s, err) : 0;

    spare_pages();
    if (!r && s->mode == STORE_WRITE)
        r = create(s->path, err);
    if (r)
        return r;
    if (s->mode == STORE_READ && access(s->path, F_OK))
        return err_at(err, JH_ENOENT, s->path, 0, 0,
                      "does not exist: junhengd makes it when it first starts");
    if (sqlite3_open_v2(s->path, &s->db, flags, NULL))
        return s->db ? query_fail(s, err) : err_set(err, JH_ENOMEM, "out of memory");
    sqlite3_busy_timeout(s->db, BUSY_MS);
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL);
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    return 0;
}

static int start_journal(struct store *s, struct jh_err *err)
{
    sqlite3_stmt *stmt = NULL;
    bool wal = false;

    if (sqlite3_prepare_v2(s->db, "PRAGMA journal_mode=WAL", -1, &stmt, NULL))
        return query_fail(s, err);
    if (sqlite3_step(stmt) == SQLITE_ROW)
        wal = !strcmp((const char *)sqlite3_column_text(stmt, 0), "wal");
    if (sqlite3_finalize(stmt))
        return query_fail(s, err);
    if (!wal)
        return err_at(
            err, JH_EIO, s->path, 0, 0,
            "its file system does not take a write-ahead log; use a local disk");
    char sql[192];
    sqlite3_snprintf(sizeof(sql), sql,
                     "PRAGMA synchronous=FULL; PRAGMA journal_size_limit=%d;"
                     "PRAGMA wal_autocheckpoint=%d; PRAGMA cache_size=%d",
                     JOURNAL_LIMIT, CHECKPOINT_PAGES, -CACHE_KIB);
    return execute(s, sql, err);
}

int store_open(const char *path, enum store_mode mode, struct store **ret,
               struct jh_err *err)
{
    struct store *s = calloc(1, sizeof(*s));
    int r;

    if (!s || !(s->path = strdup(path))) {
        free(s);
        return err_set(err, JH_ENOMEM, "out of memory");
    }
    s->mode = mode;
    s->lock = -1;
    r = connect_db(s, err);
    if (!r) /* before anything is written: it may be somebody else's */
        r = schema_check(s->db, path, schema_today(), mode, err);
    if (!r && mode == STORE_WRITE)
        r = start_journal(s, err);
    if (!r && mode == STORE_WRITE)
        r = schema_migrate(s->db, path, schema_today(), err);
    if (!r && mode == STORE_WRITE)
        r = journal_begin(s, err);
    if (!r && mode == STORE_READ)
        r = execute(s, "PRAGMA query_only=ON", err);
    if (r) {
        store_close(s);
        return r;
    }
    *ret = s;
    return 0;
}

void store_close(struct store *store)
{
    if (!store)
        return;
    for (size_t i = 0; i < store->n_cached; i++)
        sqlite3_finalize(store->cache[i].stmt);
    sqlite3_close(store->db);
    if (store->lock >= 0)
        close(store->lock); /* last: who gets it finds a closed database */
    free(store->path);
    free(store);
}

/* What is written to a file that has no name any more is lost at the end, without an error. */
static int check_place(struct store *store, struct jh_err *err)
{
    static const char what[] = "was removed or replaced under the running program: put "
                               "it back from a backup, restart";
    int moved = 0;

    sqlite3_file_control(store->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
    if (!moved)
        return 0;
    snprintf(store->trouble, sizeof(store->trouble), "%s %s", store->path, what);
    return err_at(err, JH_EIO, store->path, 0, 0, "%s", what);
}

/* A reader's transaction is a snapshot: all it reads is of one moment. */
int store_begin(struct store *store, struct jh_err *err)
{
    int r = store->mode == STORE_WRITE ? check_place(store, err) : 0;

    if (r)
        return r;
    store->changes = sqlite3_total_changes(store->db);
    return execute(store, store->mode == STORE_WRITE ? "BEGIN IMMEDIATE" : "BEGIN", err);
}

int store_commit(struct store *store, struct jh_err *err)
{
    int r = execute(store, "COMMIT", err);

    if (r)
        store_rollback(store);
    else if (sqlite3_total_changes(store->db) != store->changes)
        store->trouble[0] = '\0';
    return r;
}

void store_rollback(struct store *store)
{
    if (!sqlite3_get_autocommit(
            store->db)) /* SQLite itself may have, after a full disk */
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
}

int store_within(struct store *store, int (*fn)(struct store *store, void *arg),
                 void *arg, struct jh_err *err)
{
    int r = store_begin(store, err);

    if (r)
        return r;
    r = fn(store, arg);
    if (!r)
        r = store_commit(store, err);
    if (r)
        store_rollback(store);
    return r;
}

const char *store_trouble(const struct store *store)
{
    return store->trouble;
}

static int probe_within(struct store *store, void *arg)
{
    int r =
        execute(store,
                "INSERT OR REPLACE INTO source (name, ok_ms, try_ms, failing_since_ms,"
                " failures) VALUES ('', 0, 0, 0, 0)",
                arg);

    return r ? r : execute(store, "DELETE FROM source WHERE name = ''", arg);
}

int store_probe(struct store *store, void *arg)
{
    struct jh_err err;

    (void)arg;
    return store_within(store, probe_within, &err, &err);
}

int store_apart(struct store *store, int (*fn)(struct store *store, void *arg), void *arg,
                struct jh_err *err)
{
    int r = execute(store, "SAVEPOINT apart", err);

    if (r)
        return r;
    r = fn(store, arg);
    if (!r)
        r = execute(store, "RELEASE apart", err);
    if (r && !sqlite3_get_autocommit(store->db))
        sqlite3_exec(store->db, "ROLLBACK TO apart; RELEASE apart", NULL, NULL, NULL);
    return r;
}

bool store_is_within(const struct store *store)
{
    return !sqlite3_get_autocommit(store->db);
}
