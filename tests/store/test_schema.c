/* SPDX-License-Identifier: Apache-2.0 */
/* Why: a database is older than the program that opens it, or newer, or somebody else's. */
#include <sqlite3.h>
#include <sys/stat.h>

#include "store/fixture.h"
#include "store/schema.h"

static const char *const one[] = {"CREATE TABLE a (x INTEGER) STRICT",
                                  "INSERT INTO a VALUES (7)", NULL};
static const char *const two[] = {"ALTER TABLE a ADD COLUMN y TEXT",
                                  "UPDATE a SET y = 'k' || x", NULL};
static const char *const bad[] = {"UPDATE a SET y = 'lost'", "CREATE TABLE a (x)", NULL};

static int64_t number(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *stmt = NULL;
    int64_t v = -1;

    if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK &&
        sqlite3_step(stmt) == SQLITE_ROW)
        v = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    return v;
}

static void test_migrate(void)
{
    const char *const *const steps[] = {one, two}, *const *const broken[] = {one, two,
                                                                             bad};
    const struct schema v1 = {steps, 1}, v2 = {steps, 2}, v3 = {broken, 3};
    struct jh_err err = {0};
    sqlite3 *db = NULL;

    if (sqlite3_open(":memory:", &db))
        bail("no database");
    is_int(schema_migrate(db, "x.db", &v1, &err), 0, "an empty one is made");
    is_int(number(db, "PRAGMA user_version"), 1, "its version");
    is_int(number(db, "PRAGMA application_id"), SCHEMA_APPLICATION, "its owner");
    is_int(schema_check(db, "x.db", &v2, STORE_READ, &err), JH_EVERSION,
           "a reader does not read an old one");
    is_int(schema_migrate(db, "x.db", &v2, &err), 0, "an old one is migrated");
    is_int(number(db, "SELECT count(*) FROM a WHERE y = 'k7'"), 1, "with its rows");
    is_int(schema_migrate(db, "x.db", &v2, &err), 0, "once more is no error");
    is_int(number(db, "SELECT count(*) FROM a"), 1, "and does nothing");
    is_int(schema_migrate(db, "x.db", &v3, &err), JH_EIO, "a step fails");
    is_int(number(db, "PRAGMA user_version"), 2, "all is as before");
    is_int(number(db, "SELECT count(*) FROM a WHERE y = 'k7'"), 1, "also the rows");
    is_int(schema_migrate(db, "x.db", &v1, &err), JH_EVERSION, "a newer one is refused");
    ok(strstr(err.text, "schema 2") && strstr(err.text, "up to 1"), "naming both: %s",
       err.text);
    sqlite3_close(db);
}

/* Of every version there ever was: nothing is lost, and what is new says nothing wrong. */
static void test_versions(void)
{
    const struct schema *today = schema_today();
    const struct schema first = {today->steps, 1};
    struct jh_err err = {0};
    sqlite3 *db = NULL;

    if (sqlite3_open(":memory:", &db) || schema_migrate(db, "x.db", &first, &err) ||
        sqlite3_exec(
            db,
            "INSERT INTO body VALUES ('h', 1, x'00');"
            "INSERT INTO submission VALUES"
            " (1, 's', 'all', 'n', '', '', 'h', 't', 202500, 1, 9, 1, 'A' || char(10) || 'B'),"
            " (2, 's', 'all', 'o', '', '', 'h', 't', 202500, 1, 9, 0, '');"
            "INSERT INTO verdict VALUES (202500, 'A', 'basic', '', 1, 'pass', 1,"
            " NULL, 1, 1, '{}', '[]', 'A', 'd', 'c', 's', 9)",
            NULL, NULL, NULL))
        bail("no database of version 1");
    is_int(schema_migrate(db, "x.db", today, &err), 0, "version 1 becomes today's");
    is_int(number(db, "SELECT count(*) FROM submission WHERE current = 1"
                      " AND retracted_ms = 0"),
           1, "what was in force is, and was not retracted");
    is_int(number(db, "SELECT count(*) FROM submission_county WHERE submission = 1"
                      " AND round = 202500 AND county IN ('A', 'B')"),
           2, "it is found by its counties");
    is_int(number(db, "SELECT count(*) FROM submission_county"), 2, "and by no other");
    is_int(number(db, "SELECT count(*) FROM submission WHERE holds = 'school'"), 2,
           "and holds schools, as all did");
    is_int(number(db, "SELECT count(*) FROM whole_verdict WHERE retracted = 0"), 1,
           "nor was what was judged");
    sqlite3_close(db);
}

static void change(const char *path, const char *sql)
{
    sqlite3 *db = NULL;

    if (sqlite3_open(path, &db) || sqlite3_exec(db, sql, NULL, NULL, NULL))
        bail("cannot prepare a database");
    sqlite3_close(db);
}

static void refused(struct fixture *f, int code, const char *words, const char *name)
{
    struct store *s = NULL;
    int r;

    r = store_open(f->path, STORE_WRITE, &s, &f->err);
    is_int(r, code, name);
    ok(strstr(f->err.text, words) != NULL, "… saying \"%s\": %s", words, f->err.text);
    is_str(f->err.file, f->path, "… and naming the file");
    ok(!s, "… with nothing opened");
}

static void test_refusals(struct fixture *f)
{
    struct store *s = NULL;
    struct stat before, after;

    refused(f, JH_EBUSY, "another junhengd", "a second writer");
    store_close(f->store);
    f->store = NULL;
    change(f->path, "PRAGMA user_version=99");
    refused(f, JH_EVERSION, "schema 99", "a newer schema");
    is_int(store_open(f->path, STORE_READ, &s, &f->err), JH_EVERSION,
           "also for a reader");
    change(f->path, "PRAGMA application_id=5");
    refused(f, JH_EINVAL, "another program", "somebody else's database");

    FILE *file = fopen(f->path, "w");
    if (!file ||
        fputs("name,value\nthis is no database, and long enough to see that\n", file) < 0)
        bail("cannot write");
    fclose(file);
    stat(f->path, &before);
    refused(f, JH_EINVAL, "not a database of junheng", "a text file");
    stat(f->path, &after);
    ok(before.st_size == after.st_size, "… and left as it was");

    unlink(f->path);
    is_int(store_open(f->path, STORE_READ, &s, &f->err), JH_ENOENT,
           "a reader makes no file");
    ok(access(f->path, F_OK) != 0, "… really");
    char path[128];
    snprintf(path, sizeof(path), "%s/no/such.db", f->dir);
    is_int(store_open(path, STORE_WRITE, &s, &f->err), JH_ENOENT, "no folder");
}

static void test_open(struct fixture *f)
{
    struct store_source src = {.name = "x"}, got;
    struct store *reader = NULL;
    struct stat st;

    ok(stat(f->path, &st) == 0 && (st.st_mode & 0007) == 0, "not for everybody to read");
    must(f, store_open(f->path, STORE_READ, &reader, &f->err), "reader");
    is_int(store_source_put(reader, &src, &f->err), JH_EIO, "a reader cannot write");
    must(f, store_begin(reader, &f->err), "snapshot");
    is_int(store_source_get(reader, "x", f->arena, &got, &f->err), JH_ENOENT,
           "not there yet");
    must(f, store_begin(f->store, &f->err), "begin");
    must(f, store_source_put(f->store, &src, &f->err), "put");
    must(f, store_commit(f->store, &f->err), "commit");
    is_int(store_source_get(reader, "x", f->arena, &got, &f->err), JH_ENOENT,
           "a snapshot stays what it was");
    must(f, store_commit(reader, &f->err), "end of snapshot");
    is_int(store_source_get(reader, "x", f->arena, &got, &f->err), 0, "then it is seen");
    must(f, store_begin(f->store, &f->err), "begin");
    src.failures = 9;
    must(f, store_source_put(f->store, &src, &f->err), "put");
    store_rollback(f->store);
    must(f, store_source_get(f->store, "x", f->arena, &got, &f->err), "get");
    is_int(got.failures, 0, "a rolled back change is none");
    store_close(reader);
}

/* Somebody cleans up: what is committed to a file without a name would be lost in silence. */
static void test_removed(void)
{
    struct fixture f;

    fixture_init(&f);
    must(&f, store_begin(f.store, &f.err), "begin");
    must(&f, store_commit(f.store, &f.err), "commit");
    unlink(f.path);
    is_int(store_begin(f.store, &f.err), JH_EIO, "a database that was removed");
    ok(strstr(f.err.text, "was removed") != NULL, "is told: %s", f.err.text);
    fixture_done(&f);
}

int main(void)
{
    struct fixture f;

    test_migrate();
    test_versions();
    fixture_init(&f);
    test_open(&f);
    test_refusals(&f);
    fixture_done(&f);
    test_removed();
    return done_testing();
}
