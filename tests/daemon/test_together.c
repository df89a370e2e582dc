/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why: short bodies of thousands of sources are kept some tens at a time. Each must come to what
 * it would have come to alone, whatever becomes of those beside it, and of what the store
 * refused nothing may be taken for known.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "daemon/bench.h"
#include "tap/tap.h"

enum { SOURCES = 4, TEXT = 512 };

struct offered {
    int rc;
    struct pipeline_report report;
    struct jh_err err;
    char text[TEXT];
};

/* Two schools of a county; the more books the second has, the less balanced it is. */
static void offer(struct bench *b, struct offered *o, int source, int county, int books)
{
    char name[16];
    snprintf(name, sizeof name, "s%d", source);
    snprintf(o->text, sizeof o->text,
             "round,county_code,school_code,kind,pupils_primary,books\n"
             "2021,99010%d,a%d,primary,100,100\n"
             "2021,99010%d,b%d,primary,100,%d\n",
             county, county, county, county, books);
    const struct source_conf *from = config_source(b->config, name);
    const struct gather_body body = {.source = from,
                                     .name = from->name,
                                     .url = from->name,
                                     .type = "text/csv",
                                     .etag = "",
                                     .last_modified = "",
                                     .bytes = o->text,
                                     .n = strlen(o->text),
                                     .received_ms = b->clock.fixed_ms};
    o->rc = JH_EBUSY; /* not yet */
    memset(&o->report, 0, sizeof o->report);
    memset(&o->err, 0, sizeof o->err);
    pipeline_offer(b->pipeline, &body, &o->rc, &o->report, &o->err);
    memset(o->text, 0, sizeof o->text); /* its bytes are not needed any more */
}

static void begin(struct bench *b)
{
    bench_init(b);
    bench_books(b, "  - {name: s1, plugin: file, path: x, format: csv}\n"
                   "  - {name: s2, plugin: file, path: x, format: csv}\n"
                   "  - {name: s3, plugin: file, path: x, format: csv}\n"
                   "  - {name: s4, plugin: file, path: x, format: csv}\n");
}

static const char *verdict(struct bench *b, int county)
{
    struct store_verdict v;
    char code[32];
    snprintf(code, sizeof code, "99010%d", county);
    int rc = store_verdict_newest(b->reader, code, "books", false, b->arena, &v, &b->err);
    return rc == JH_ENOENT ? "none" : rc ? "?" : outcome_id(v.outcome);
}

/* What the store refuses of one source, as a fault of ours might. */
static void forbid(const struct bench *b, const char *source, const char *how)
{
    char path[128], sql[256];
    sqlite3 *db;
    snprintf(path, sizeof path, "%s/junheng.db", b->dir);
    snprintf(sql, sizeof sql,
             "CREATE TRIGGER forbidden AFTER INSERT ON verdict WHEN NEW.county = '%s'"
             " BEGIN SELECT RAISE(%s, 'forbidden'); END",
             source, how);
    if (sqlite3_open(path, &db) || sqlite3_exec(db, sql, NULL, NULL, NULL))
        bail("no trigger");
    sqlite3_close(db);
}

static void together(void)
{
    struct bench b;
    struct offered o[SOURCES];
    begin(&b);
    b.writes_left = 1;
    for (int i = 0; i < SOURCES; i++)
        offer(&b, &o[i], i + 1, i + 1, i == 1 ? 900 : 100);
    is_str(verdict(&b, 1), "none", "nothing is kept before all have been judged");
    is_int(b.writes_left, 1, "and no transaction was asked for");
    pipeline_settle(b.pipeline);
    is_int(b.writes_left, 0, "then one keeps them all");
    for (int i = 0; i < SOURCES; i++)
        ok(!o[i].rc && o[i].report.schools == 2 && o[i].report.fail == (i == 1),
           "body %d has its own report", i + 1);
    is_str(verdict(&b, 1), "pass", "a county has its verdict");
    is_str(verdict(&b, 2), "fail", "and another its own");
    bench_done(&b);
}

static void not_independent(void)
{
    struct bench b;
    struct offered o[SOURCES];
    begin(&b);
    offer(&b, &o[0], 1, 1, 100);
    offer(&b, &o[1], 1, 1, 100);
    is_int(o[0].rc, 0, "a body of the same source is kept before the next is looked at");
    pipeline_settle(b.pipeline);
    ok(!o[1].rc && o[1].report.unchanged, "which is no news then");
    offer(&b, &o[2], 2, 2, 100);
    offer(&b, &o[3], 3, 2, 100);
    is_int(o[2].rc, 0, "so is one that tells of the same county");
    pipeline_settle(b.pipeline);
    ok(o[3].rc == JH_EREFUSED && strstr(o[3].err.text, "has delivered already"),
       "a second source for one part is refused as ever: %s", o[3].err.text);
    offer(&b, &o[0], 4, 4, 100);
    bench_load(&b);
    is_int(o[0].rc, 0, "a reload finds nothing that waits");
    offer(&b, &o[0], 4, 4, 101);
    ok(bench_run(&b, "s3", "s3", "round,county_code\n") != 0 && !o[0].rc,
       "nor does whatever else is asked");
    bench_done(&b);
}

/* ABORT ends one statement, ROLLBACK the transaction with all that is in it. */
static void one_is_refused(const char *how)
{
    struct bench b;
    struct offered o[SOURCES];
    begin(&b);
    forbid(&b, "990102", how);
    for (int i = 0; i < SOURCES; i++)
        offer(&b, &o[i], i + 1, i + 1, 100);
    pipeline_settle(b.pipeline);
    ok(o[1].rc && strstr(o[1].err.text, "forbidden"), "%s: what cannot be kept says why",
       how);
    ok(!strcmp(verdict(&b, 2), "none"), "%s: nothing of it is there", how);
    for (int i = 0; i < SOURCES; i++)
        if (i != 1)
            ok(!o[i].rc && strcmp(verdict(&b, i + 1), "pass") == 0,
               "%s: its neighbour %d is kept", how, i + 1);
    offer(&b, &o[0], 2, 2, 100);
    pipeline_settle(b.pipeline);
    ok(o[0].rc && !o[0].report.unchanged, "%s: the same bytes are not taken for known",
       how);
    bench_done(&b);
}

static void nothing_is_kept(void)
{
    struct bench b;
    struct offered o[SOURCES];
    begin(&b);
    b.writes_left = 0;
    for (int i = 0; i < SOURCES; i++)
        offer(&b, &o[i], i + 1, i + 1, 100);
    pipeline_settle(b.pipeline);
    for (int i = 0; i < SOURCES; i++)
        ok(o[i].rc == JH_EIO, "where nothing can be written, body %d has failed", i + 1);
    b.writes_left = BENCH_ANY;
    for (int i = 0; i < SOURCES; i++)
        offer(&b, &o[i], i + 1, i + 1, 100);
    pipeline_settle(b.pipeline);
    ok(!o[3].rc && !o[3].report.unchanged, "later it is taken as if it had never come");
    bench_done(&b);
}

int main(void)
{
    together();
    not_independent();
    one_is_refused("ABORT");
    one_is_refused("ROLLBACK");
    nothing_is_kept();
    return done_testing();
}
