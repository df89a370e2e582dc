/* SPDX-License-Identifier: Apache-2.0 */
#include "store/schema.h"

#include <stdio.h>

/*
 * Rounds are year * 100 + month, so they sort by time (month 0: the yearly series). The verdict
 * table is ordered by round first: a new round is appended and not spread over all pages.
 * Outcomes, states and causes are the words of interfaces and logs, not numbers.
 */
static const char *const version_1[] = {
    "CREATE TABLE source ("
    " name TEXT PRIMARY KEY, tuple TEXT, etag TEXT, last_modified TEXT,"
    " ok_ms INTEGER NOT NULL, try_ms INTEGER NOT NULL, failing_since_ms INTEGER NOT NULL,"
    " failures INTEGER NOT NULL, error TEXT"
    ") STRICT, WITHOUT ROWID",

    "CREATE TABLE body ("
    " sha256 TEXT PRIMARY KEY, raw_size INTEGER NOT NULL, packed BLOB NOT NULL"
    ") STRICT",

    "CREATE TABLE submission ("
    " id INTEGER PRIMARY KEY, source TEXT NOT NULL, part TEXT NOT NULL, name TEXT NOT NULL,"
    " url TEXT, type TEXT,"
    " sha256 TEXT NOT NULL REFERENCES body(sha256) DEFERRABLE INITIALLY DEFERRED,"
    " tuple TEXT, round INTEGER NOT NULL, revision INTEGER NOT NULL,"
    " received_ms INTEGER NOT NULL, current INTEGER NOT NULL, counties TEXT NOT NULL"
    ") STRICT",
    "CREATE INDEX submission_of ON submission(source, round, part, revision)",
    "CREATE INDEX submission_current ON submission(round) WHERE current = 1",
    "CREATE INDEX submission_body ON submission(sha256)",

    /* What the rows of one county have in common stands in the county's own (stage ''). */
    "CREATE TABLE verdict ("
    " round INTEGER NOT NULL, county TEXT NOT NULL, standard TEXT NOT NULL,"
    " stage TEXT NOT NULL, revision INTEGER NOT NULL,"
    " outcome TEXT NOT NULL, complete INTEGER NOT NULL, composite REAL, pupils REAL,"
    " schools INTEGER NOT NULL, figures TEXT, failing TEXT, county_name TEXT,"
    " data_sha256 TEXT, county_sha256 TEXT, standard_sha256 TEXT, at_ms INTEGER,"
    " PRIMARY KEY (round, county, standard, stage, revision)"
    ") STRICT, WITHOUT ROWID",
    "CREATE VIEW whole_verdict AS"
    " SELECT v.round, v.county, v.standard, v.stage, v.revision, c.county_name, v.outcome,"
    " v.complete, v.composite, v.pupils, v.schools, ifnull(v.figures, '{}') AS figures,"
    " ifnull(v.failing, '[]') AS failing, c.data_sha256, c.county_sha256,"
    " c.standard_sha256, c.at_ms"
    " FROM verdict v CROSS JOIN verdict c"
    " WHERE c.round = v.round AND c.county = v.county AND c.standard = v.standard"
    " AND c.stage = '' AND c.revision = v.revision",
    /* Who was ever judged: tells store_counties() when it has found all. */
    "CREATE TABLE judged ("
    " county TEXT NOT NULL, standard TEXT NOT NULL, PRIMARY KEY (county, standard)"
    ") STRICT, WITHOUT ROWID",
    /* The distinct rounds, newest first, by one seek each instead of by reading it all. */
    "CREATE VIEW verdict_round(round) AS"
    " WITH RECURSIVE r(round) AS ("
    "  SELECT max(round) FROM verdict"
    "  UNION ALL"
    "  SELECT (SELECT max(round) FROM verdict WHERE round < r.round) FROM r"
    "  WHERE r.round IS NOT NULL ORDER BY 1 DESC)"
    " SELECT round FROM r WHERE round IS NOT NULL",

    "CREATE TABLE local_verdict ("
    " round INTEGER NOT NULL, county TEXT NOT NULL, indicator TEXT NOT NULL,"
    " stage TEXT NOT NULL, school TEXT NOT NULL, outcome TEXT NOT NULL, value REAL,"
    " text TEXT, script_sha256 TEXT,"
    " PRIMARY KEY (round, county, indicator, stage, school)"
    ") STRICT, WITHOUT ROWID",

    "CREATE TABLE certification ("
    " county TEXT NOT NULL, standard TEXT NOT NULL, date TEXT NOT NULL,"
    " cohort INTEGER NOT NULL, document TEXT, baseline INTEGER NOT NULL,"
    " by TEXT, reason TEXT, at_ms INTEGER NOT NULL,"
    " PRIMARY KEY (county, standard)"
    ") STRICT, WITHOUT ROWID",
    /* What people did to certifications, for ever. */
    "CREATE TABLE certification_act ("
    " id INTEGER PRIMARY KEY, act TEXT NOT NULL, county TEXT NOT NULL,"
    " standard TEXT NOT NULL, date TEXT, cohort INTEGER, document TEXT, baseline INTEGER,"
    " by TEXT, reason TEXT, at_ms INTEGER NOT NULL"
    ") STRICT",

    "CREATE TABLE alert ("
    " id TEXT PRIMARY KEY, kind TEXT NOT NULL, county TEXT NOT NULL, standard TEXT NOT NULL,"
    " severity TEXT NOT NULL, state TEXT NOT NULL, open INTEGER NOT NULL,"
    " stale INTEGER NOT NULL, round INTEGER NOT NULL, revision INTEGER NOT NULL,"
    " since_round INTEGER NOT NULL, transition INTEGER NOT NULL,"
    " rounds_failing INTEGER NOT NULL, cause TEXT, told TEXT NOT NULL,"
    " evidence TEXT NOT NULL, opened_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL,"
    " resolved_ms INTEGER NOT NULL"
    ") STRICT",
    /* One open alert a subject: what else happens, this must hold. */
    "CREATE UNIQUE INDEX alert_open ON alert(county, kind, standard) WHERE open = 1",
    "CREATE INDEX alert_newest ON alert(opened_ms)",
    "CREATE INDEX alert_county ON alert(county, opened_ms)",

    "CREATE TABLE transition ("
    " alert TEXT NOT NULL REFERENCES alert(id) DEFERRABLE INITIALLY DEFERRED,"
    " n INTEGER NOT NULL, \"from\" TEXT NOT NULL, \"to\" TEXT NOT NULL,"
    " round INTEGER NOT NULL, cause TEXT, at_ms INTEGER NOT NULL, by TEXT,"
    " evidence TEXT NOT NULL,"
    " PRIMARY KEY (alert, n)"
    ") STRICT, WITHOUT ROWID",

    "CREATE TABLE message ("
    " seq INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, office TEXT NOT NULL,"
    " channel TEXT NOT NULL, state TEXT NOT NULL, severity TEXT, status TEXT,"
    " attempts INTEGER NOT NULL, created_ms INTEGER NOT NULL, next_ms INTEGER NOT NULL,"
    " done_ms INTEGER NOT NULL, error TEXT, subject TEXT NOT NULL, text TEXT NOT NULL,"
    " json TEXT NOT NULL"
    ") STRICT",
    "CREATE INDEX message_queued ON message(channel, next_ms) WHERE state = 'queued'",
    "CREATE INDEX message_state ON message(state, done_ms)",

    "CREATE TABLE outbox ("
    " id INTEGER PRIMARY KEY, alert TEXT NOT NULL, transition INTEGER NOT NULL,"
    " office TEXT NOT NULL, channel TEXT NOT NULL, \"group\" TEXT NOT NULL,"
    " created_ms INTEGER NOT NULL,"
    " message TEXT REFERENCES message(key) DEFERRABLE INITIALLY DEFERRED,"
    " UNIQUE (alert, transition, office, channel),"
    " FOREIGN KEY (alert, transition) REFERENCES transition(alert, n)"
    "  DEFERRABLE INITIALLY DEFERRED"
    ") STRICT",
    "CREATE INDEX outbox_waiting ON outbox(\"group\", channel, alert, transition)"
    " WHERE message IS NULL",
    "CREATE INDEX outbox_message ON outbox(message) WHERE message IS NOT NULL",
    NULL,
};

/* A submission that should never have been accepted is taken back by a person, and stays. */
static const char *const version_2[] = {
    "ALTER TABLE submission ADD COLUMN retracted_ms INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE submission ADD COLUMN retracted_by TEXT",
    "ALTER TABLE submission ADD COLUMN retracted_reason TEXT",
    "CREATE INDEX submission_retracted ON submission(source, round) WHERE retracted_ms > 0",
    "ALTER TABLE verdict ADD COLUMN retracted INTEGER NOT NULL DEFAULT 0",
    "DROP VIEW whole_verdict",
    "CREATE VIEW whole_verdict AS"
    " SELECT v.round, v.county, v.standard, v.stage, v.revision, c.county_name, v.outcome,"
    " v.complete, v.composite, v.pupils, v.schools, ifnull(v.figures, '{}') AS figures,"
    " ifnull(v.failing, '[]') AS failing, c.data_sha256, c.county_sha256,"
    " c.standard_sha256, c.at_ms, v.retracted"
    " FROM verdict v CROSS JOIN verdict c"
    " WHERE c.round = v.round AND c.county = v.county AND c.standard = v.standard"
    " AND c.stage = '' AND c.revision = v.revision",
    NULL,
};

/* County data come beside the schools, and of items only what was judged last is kept. */
static const char *const version_3[] = {
    "ALTER TABLE submission ADD COLUMN holds TEXT NOT NULL DEFAULT 'school'",
    "CREATE TABLE item_verdict ("
    " county TEXT NOT NULL, standard TEXT NOT NULL, round INTEGER NOT NULL,"
    " outcome TEXT NOT NULL, certifiable TEXT NOT NULL, items TEXT NOT NULL,"
    " PRIMARY KEY (county, standard)"
    ") STRICT, WITHOUT ROWID",
    NULL,
};

/* A message is dead by the time it was tried for, which a leap of the clock does not add to. */
static const char *const version_4[] = {
    "ALTER TABLE message ADD COLUMN waited_ms INTEGER NOT NULL DEFAULT 0",
    NULL,
};

/* What is doubtful in the data, by county and round, and what people have said of it, for ever. */
static const char *const version_5[] = {
    "CREATE TABLE finding ("
    " round INTEGER NOT NULL, county TEXT NOT NULL, id TEXT NOT NULL,"
    " source TEXT NOT NULL, code TEXT NOT NULL, severity TEXT NOT NULL,"
    " school TEXT NOT NULL, campus TEXT NOT NULL, field TEXT, value TEXT,"
    " file TEXT NOT NULL, line INTEGER NOT NULL, text TEXT NOT NULL,"
    " policy TEXT NOT NULL, PRIMARY KEY (round, county, id)"
    ") STRICT, WITHOUT ROWID",
    "CREATE INDEX finding_id ON finding(id)",
    "CREATE TABLE finding_accepted ("
    " id TEXT PRIMARY KEY, round INTEGER NOT NULL, county TEXT NOT NULL,"
    " code TEXT NOT NULL, school TEXT NOT NULL, campus TEXT NOT NULL, field TEXT,"
    " value TEXT, text TEXT NOT NULL, by TEXT NOT NULL, reason TEXT NOT NULL,"
    " at_ms INTEGER NOT NULL"
    ") STRICT",
    "CREATE INDEX finding_accepted_round ON finding_accepted(round, id)",
    NULL,
};

/*
 * Which submissions hold a county: one body in thousands is joined with its neighbours without
 * reading all of its round. Rows stay when a submission is not in force any more.
 */
static const char *const version_6[] = {
    "CREATE TABLE submission_county ("
    " county TEXT NOT NULL, round INTEGER NOT NULL,"
    " submission INTEGER NOT NULL REFERENCES submission(id),"
    " PRIMARY KEY (county, round, submission)"
    ") STRICT, WITHOUT ROWID",
    "CREATE INDEX submission_county_of ON submission_county(submission)",
    "INSERT INTO submission_county"
    " WITH RECURSIVE word(id, round, county, rest) AS ("
    "  SELECT id, round, '', counties || char(10) FROM submission"
    "  UNION ALL"
    "  SELECT id, round, substr(rest, 1, instr(rest, char(10)) - 1),"
    "   substr(rest, instr(rest, char(10)) + 1) FROM word WHERE rest <> '')"
    " SELECT DISTINCT county, round, id FROM word WHERE county <> ''",
    NULL,
};

/* Whether a person has looked at a submission, and what was said of it, for ever. */
static const char *const version_7[] = {
    "ALTER TABLE submission ADD COLUMN review TEXT NOT NULL DEFAULT ''",
    /* NOLINTNEXTLINE(bugprone-suspicious-missing-comma) */
    "CREATE TABLE review_act ("
    " id INTEGER PRIMARY KEY, submission INTEGER NOT NULL REFERENCES submission(id),"
    " act TEXT NOT NULL, by TEXT NOT NULL, reason TEXT NOT NULL, at_ms INTEGER NOT NULL"
    ") STRICT",
    "CREATE INDEX finding_blocking ON finding(id) WHERE policy = 'block'",
    "CREATE INDEX review_act_submission ON review_act(submission, id)",
    NULL,
};

/*
 * The journal (store/journal.h): entries are added at its end, each on the one before it, and
 * never changed. The conditions on what is inserted are needed: REPLACE asks no DELETE trigger.
 */
static const char *const version_8[] = {
    "CREATE TABLE journal ("
    " seq INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, kind TEXT NOT NULL,"
    " body TEXT NOT NULL, prev_sha256 TEXT NOT NULL, sha256 TEXT NOT NULL"
    ") STRICT",
    "CREATE TRIGGER journal_insert BEFORE INSERT ON journal"
    " WHEN NEW.seq IS NOT (SELECT ifnull(max(seq), 0) + 1 FROM journal)"
    " OR NEW.prev_sha256 IS NOT (SELECT ifnull((SELECT sha256 FROM journal"
    "  ORDER BY seq DESC LIMIT 1), printf('%064d', 0)))"
    " BEGIN SELECT RAISE(ABORT, 'the journal grows at its end only'); END",
    "CREATE TRIGGER journal_update BEFORE UPDATE ON journal"
    " BEGIN SELECT RAISE(ABORT, 'the journal is never changed'); END",
    "CREATE TRIGGER journal_delete BEFORE DELETE ON journal"
    " BEGIN SELECT RAISE(ABORT, 'nothing is taken out of the journal'); END",
    /* The code that the county had then: an alert moves on with its county's code. */
    "ALTER TABLE transition ADD COLUMN county TEXT NOT NULL DEFAULT ''",
    "UPDATE transition SET county = (SELECT county FROM alert WHERE id = alert)",
    NULL,
};

/* What people do with alerts, and what is kept from the offices for a while: silenced. */
static const char *const version_9[] = {
    "CREATE TABLE alert_act ("
    " id INTEGER PRIMARY KEY, act TEXT NOT NULL,"
    " alert TEXT NOT NULL REFERENCES alert(id) DEFERRABLE INITIALLY DEFERRED,"
    " at_ms INTEGER NOT NULL, by TEXT NOT NULL, text TEXT NOT NULL, \"to\" TEXT,"
    " unit TEXT, plan TEXT, month TEXT, expires_ms INTEGER NOT NULL"
    ") STRICT",
    "CREATE INDEX alert_act_of ON alert_act(alert, id)",
    "CREATE TABLE silence ("
    " id INTEGER PRIMARY KEY, county TEXT, kind TEXT, standard TEXT, severity TEXT,"
    " region TEXT, until_ms INTEGER NOT NULL, by TEXT NOT NULL, reason TEXT NOT NULL,"
    " office TEXT, created_ms INTEGER NOT NULL, reminded_ms INTEGER NOT NULL DEFAULT 0,"
    " ended_ms INTEGER NOT NULL DEFAULT 0, ended_by TEXT, ended_reason TEXT"
    ") STRICT",
    "ALTER TABLE outbox ADD COLUMN silenced INTEGER NOT NULL DEFAULT 0",
    "CREATE INDEX outbox_silenced ON outbox(silenced) WHERE silenced <> 0",
    NULL,
};

/* An alert may be about a source, a script or a channel; of a county about one indicator. */
static const char *const version_10[] = {
    "ALTER TABLE alert ADD COLUMN subject TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE alert ADD COLUMN indicator TEXT NOT NULL DEFAULT ''",
    "UPDATE alert SET subject = county",
    "DROP INDEX alert_open",
    /* NOLINTNEXTLINE(bugprone-suspicious-missing-comma) */
    "CREATE UNIQUE INDEX alert_open ON alert(kind, subject, standard, indicator)"
    " WHERE open = 1",
    /* Of one source's data, or of a county's in no row: not by a look at all of a round. */
    "CREATE INDEX finding_source ON finding(source, round, county)",
    /* What of it could not be used: rows, cells, and the first of them. */
    "ALTER TABLE submission ADD COLUMN rejected TEXT NOT NULL DEFAULT ''",
    NULL,
};

/* What goes wrong with sources, scripts and channels is an alert as well. */
static const char *const version_11[] = {
    /* What the next poll waits for, and what all waits since it first failed come to. */
    "ALTER TABLE source ADD COLUMN wait_ms INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE source ADD COLUMN failed_ms INTEGER NOT NULL DEFAULT 0",
    "CREATE INDEX local_broken ON local_verdict(indicator) WHERE outcome = 'broken'",
    "CREATE INDEX message_done ON message(channel, done_ms) WHERE state <> 'queued'",
    NULL,
};

/*
 * What became of titles: each change is a row, the newest of a county and standard is how it
 * stands. A baseline is frozen when its county is certified; duties are what the newest data
 * that are there as a whole rely on.
 */
static const char *const version_12[] = {
    "CREATE TABLE standing_act ("
    " id INTEGER PRIMARY KEY, county TEXT NOT NULL, standard TEXT NOT NULL,"
    " act TEXT NOT NULL, \"from\" TEXT NOT NULL, state TEXT NOT NULL,"
    " since_ms INTEGER NOT NULL, deadline TEXT NOT NULL, deadline_ms INTEGER NOT NULL,"
    " answered INTEGER NOT NULL, document TEXT, by TEXT, reason TEXT,"
    " at_ms INTEGER NOT NULL"
    ") STRICT",
    "CREATE INDEX standing_act_of ON standing_act(county, standard, id)",
    "CREATE TABLE baseline ("
    " county TEXT NOT NULL, standard TEXT NOT NULL, round INTEGER NOT NULL,"
    " cert_ms INTEGER NOT NULL, figures TEXT NOT NULL, at_ms INTEGER NOT NULL,"
    " PRIMARY KEY (county, standard)"
    ") STRICT, WITHOUT ROWID",
    "CREATE TABLE duty ("
    " county TEXT NOT NULL, standard TEXT NOT NULL, duty TEXT NOT NULL,"
    " until TEXT NOT NULL, round INTEGER NOT NULL, county_name TEXT,"
    " PRIMARY KEY (county, standard, duty)"
    ") STRICT, WITHOUT ROWID",
    NULL,
};

static const char *const *const steps[] = {version_1, version_2,  version_3,  version_4,
                                           version_5, version_6,  version_7,  version_8,
                                           version_9, version_10, version_11, version_12};

const struct schema *schema_today(void)
{
    static const struct schema today = {steps, sizeof(steps) / sizeof(steps[0])};

    return &today;
}

static int fail(sqlite3 *db, const char *path, struct jh_err *err)
{
    return err_at(err, JH_EIO, path, 0, 0, "%s", sqlite3_errmsg(db));
}

static int number(sqlite3 *db, const char *path, const char *sql, int64_t *ret,
                  struct jh_err *err)
{
    sqlite3_stmt *stmt = NULL;
    int r = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);

    if (r == SQLITE_OK)
        r = sqlite3_step(stmt);
    if (r == SQLITE_ROW)
        *ret = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    if (r == SQLITE_ROW)
        return 0;
    if (r == SQLITE_NOTADB)
        return err_at(
            err, JH_EINVAL, path, 0, 0,
            "is not a database of junheng: move it away or set another state_dir");
    return fail(db, path, err);
}

struct identity {
    int64_t application, version, objects;
};

static int identify(sqlite3 *db, const char *path, struct identity *ret,
                    struct jh_err *err)
{
    int r = number(db, path, "PRAGMA application_id", &ret->application, err);

    if (!r)
        r = number(db, path, "PRAGMA user_version", &ret->version, err);
    if (!r)
        r = number(db, path, "SELECT count(*) FROM sqlite_schema", &ret->objects, err);
    return r;
}

static int judge_identity(const struct identity *id, const char *path,
                          const struct schema *schema, struct jh_err *err)
{
    if (id->application == 0 && id->version == 0 && id->objects == 0)
        return 0;
    if (id->application != SCHEMA_APPLICATION)
        return err_at(
            err, JH_EINVAL, path, 0, 0,
            "is a database of another program (application_id %lld): move it away "
            "or set another state_dir",
            (long long)id->application);
    if (id->version > schema->version)
        return err_at(
            err, JH_EVERSION, path, 0, 0,
            "was written by a newer junheng: it has schema %lld, this program knows "
            "up to %d; install the newer version or restore an older copy",
            (long long)id->version, schema->version);
    return 0;
}

int schema_check(sqlite3 *db, const char *path, const struct schema *schema,
                 enum store_mode mode, struct jh_err *err)
{
    struct identity id = {0};
    int r = identify(db, path, &id, err);

    if (!r)
        r = judge_identity(&id, path, schema, err);
    if (!r && mode == STORE_READ && id.version < schema->version)
        r = err_at(
            err, JH_EVERSION, path, 0, 0,
            "has schema %lld, this program reads %d: start junhengd once, it migrates",
            (long long)id.version, schema->version);
    return r;
}

static int apply(sqlite3 *db, const char *path, const struct schema *schema,
                 struct jh_err *err)
{
    struct identity id = {0};
    int r = identify(db, path, &id, err);

    if (!r)
        r = judge_identity(&id, path, schema, err);
    for (int64_t v = id.version; !r && v < schema->version; v++)
        for (const char *const *sql = schema->steps[v]; !r && *sql; sql++)
            if (sqlite3_exec(db, *sql, NULL, NULL, NULL))
                r = fail(db, path, err);
    return r;
}

int schema_migrate(sqlite3 *db, const char *path, const struct schema *schema,
                   struct jh_err *err)
{
    char stamp[96];
    int r;

    if (sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL))
        return fail(db, path, err);
    r = apply(db, path, schema, err);
    snprintf(stamp, sizeof(stamp),
             "PRAGMA application_id=%d; PRAGMA user_version=%d; COMMIT",
             SCHEMA_APPLICATION, schema->version);
    if (!r && sqlite3_exec(db, stamp, NULL, NULL, NULL))
        r = fail(db, path, err);
    if (r && !sqlite3_get_autocommit(db))
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return r;
}
