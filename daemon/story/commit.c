/* SPDX-License-Identifier: Apache-2.0 */
#include "story/commit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "digest/digest.h"
#include "render/json.h"
#include "story/alarm.h"
#include "story/finding.h"
#include "story/standing.h"
#include "story/withhold.h"

enum { CERT_BYTES = 1 << 20 }; /* of one certification */

void commit_tuple(const struct config *config, const char *scripts_sha256,
                  const struct await *await, const struct source_conf *source,
                  const char *body_sha256, char hex[65])
{
    struct sha256 *h = sha256_new();
    sha256_add_str(h, body_sha256);
    sha256_add_str(h, source->sha256);
    sha256_add_str(h, config->standards_sha256);
    sha256_add_str(h, scripts_sha256);
    sha256_add_str(h, await_hash(await, source->part));
    sha256_end(h, hex);
}

/*
 * Where scripts could not run for no fault of theirs, what is kept was evaluated without them,
 * whatever the configuration says: it is stale from the start.
 */
static const char *scripts_run(const struct commit *c)
{
    return c->assessed && c->assessed->lapse.code ? "lapsed" : c->scripts_sha256;
}

/* ---- the body and what it was joined with ---------------------------------------------- */

int commit_pack(struct commit *c)
{
    const struct gather_body *body = c->body;
    int rc = body ? zstd_pack(body->bytes, body->n, &c->packed, &c->n_packed) : 0;
    return rc ? err_set(c->err, rc, "cannot compress the body of %s", body->name) : 0;
}

void commit_done(struct commit *c)
{
    free(c->packed);
    c->packed = NULL;
}

static int keep_body(struct store *store, struct commit *c)
{
    return store_body_put(store, c->body->sha256, c->packed, c->n_packed, c->body->n,
                          c->err);
}

/* What of each file could not be used is kept beside it. */
static int keep_rejected(struct store *store, struct commit *c, int64_t id,
                         const struct rejected *list, size_t n, size_t file)
{
    char *text = alarm_rejected(list, n, file);
    int rc = text ? store_submission_reject(store, id, text, c->err)
                  : err_set(c->err, JH_ENOMEM, "out of memory");
    free(text);
    return rc;
}

/* A new body becomes a submission; all that was read is now evaluated under these tuples. */
static int keep_parts(struct store *store, struct commit *c)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < c->gathered->n_parts; i++) {
        struct store_submission part = c->gathered->parts[i];
        const struct source_conf *source = config_source(c->config, part.source);
        char tuple[65];
        commit_tuple(c->config, scripts_run(c), c->await, source, part.sha256, tuple);
        if (part.id == 0) {
            part.tuple = tuple;
            rc = store_submission_put(store, &part, c->err);
        } else if (strcmp(part.tuple, tuple) != 0) {
            rc = store_submission_retuple(store, part.id, part.part, tuple, c->err);
        }
        if (!rc)
            rc = keep_rejected(store, c, part.id, c->gathered->now.rejected,
                               c->gathered->now.n_rejected, i);
    }
    return rc;
}

/*
 * County data were read with all of their counties only where the whole round was: else those
 * of other counties may still wait to be judged by them as they are read today.
 */
static int keep_reported(struct store *store, struct commit *c)
{
    const struct reported *reported = &c->gathered->reported;
    int rc = 0;
    for (size_t i = 0; !rc && c->gathered->whole && i < reported->n_subs; i++) {
        const struct store_submission *sub = &reported->subs[i];
        const struct source_conf *source = config_source(c->config, sub->source);
        char tuple[65];
        commit_tuple(c->config, scripts_run(c), c->await, source, sub->sha256, tuple);
        if (strcmp(sub->tuple, tuple) != 0)
            rc = store_submission_retuple(store, sub->id, sub->part, tuple, c->err);
    }
    return rc;
}

static int keep_source(struct store *store, struct commit *c)
{
    char tuple[65];
    const struct gather_body *body = c->body;
    commit_tuple(c->config, scripts_run(c), c->await, body->source, body->sha256, tuple);
    struct store_source src = {.name = body->source->name,
                               .tuple = tuple,
                               .etag = body->etag,
                               .last_modified = body->last_modified,
                               .ok_ms = body->received_ms,
                               .try_ms = body->received_ms,
                               .error = ""};
    return store_source_put(store, &src, c->err);
}

/* ---- verdict history ---------------------------------------------------------------------- */

enum { ROWS = STAGE_COUNT + 1 };

static char *failing_json(const struct judgement *judgement, struct arena *arena)
{
    struct buf text;
    buf_init(&text, 64 * 1024);
    buf_char(&text, '[');
    for (size_t i = 0; i < judgement->n_failing; i++) {
        if (i)
            buf_char(&text, ',');
        buf_json(&text, judgement->failing[i]);
    }
    buf_char(&text, ']');
    char *copy = text.failed ? NULL : arena_str(arena, buf_text(&text));
    buf_done(&text);
    return copy;
}

/* The county's own row, then one a stage. Returns how many, 0 when out of memory. */
static size_t make_rows(const struct commit *c, const struct assessed_county *county,
                        const struct county_result *result,
                        const struct judgement *judgement,
                        struct store_verdict rows[ROWS])
{
    size_t n = 0;
    struct store_verdict row = {.round = c->gathered->round,
                                .county = county->data->county_code,
                                .county_name = county->data->county_name,
                                .standard = result->standard->id,
                                .stage = "",
                                .revision = judgement->revision,
                                .outcome = result->outcome,
                                .complete = result->complete,
                                .composite = NAN,
                                .figures = "{}",
                                .failing = failing_json(judgement, c->arena),
                                .data_sha256 = county->sha256,
                                .county_sha256 = county->county_sha256,
                                .standard_sha256 = result->standard->sha256,
                                .at_ms = c->now_ms};
    if (!row.failing)
        return 0;
    for (size_t s = 0; s < result->n_stages; s++) {
        row.schools += (int)result->stages[s].n_units;
        row.pupils += result->stages[s].pupils;
    }
    rows[n++] = row;
    row.failing = "[]";
    for (size_t s = 0; s < result->n_stages; s++) {
        const struct stage_result *stage = &result->stages[s];
        char *figures = json_figures(stage, result->standard);
        row.stage = stage_id(stage->stage);
        row.outcome = stage->outcome;
        row.composite = stage->composite.cv;
        row.schools = (int)stage->n_units;
        row.pupils = stage->pupils;
        row.figures = figures ? arena_str(c->arena, figures) : NULL;
        free(figures);
        if (!row.figures)
            return 0;
        rows[n++] = row;
    }
    return n;
}

static bool same_verdict(const struct store_verdict *old, const struct store_verdict *row)
{
    return old->revision == row->revision && old->outcome == row->outcome &&
           old->complete == row->complete &&
           !strcmp(old->county_name, row->county_name) &&
           !strcmp(old->failing, row->failing) &&
           !strcmp(old->standard_sha256, row->standard_sha256);
}

/* Writes what changed; judgement->revision tells which revision of the county this is. */
static int keep_verdict(struct store *store, struct commit *c,
                        const struct assessed_county *county,
                        const struct county_result *result, struct judgement *judgement,
                        bool *ret_changed)
{
    struct store_verdict old, rows[ROWS];
    int rc = store_verdict_get(store, c->gathered->round, county->data->county_code,
                               result->standard->id, "", c->arena, &old, c->err);
    bool known = rc == 0;
    if (rc && rc != JH_ENOENT)
        return rc;
    bool changed =
        !known || old.retracted || strcmp(old.county_sha256, county->county_sha256) != 0;
    judgement->revision = known ? old.revision + changed : 1;
    *ret_changed |= changed;
    size_t n = make_rows(c, county, result, judgement, rows);
    if (!n)
        return err_set(c->err, JH_ENOMEM, "out of memory");
    if (known && same_verdict(&old, &rows[0]))
        return 0;
    return store_verdict_put(store, rows, n, c->err);
}

enum { ITEMS_BYTES = 4 << 20 };

static int keep_items(struct store *store, struct commit *c,
                      const struct assessed_county *county,
                      const struct county_result *result)
{
    json_t *list = json_items_kept(result);
    char *text = list ? json_text(list, ITEMS_BYTES) : NULL;
    const struct store_items items = {.round = c->gathered->round,
                                      .county = county->data->county_code,
                                      .standard = result->standard->id,
                                      .outcome = result->items.outcome,
                                      .certifiable = result->certifiable,
                                      .items = text};
    int rc = text ? store_items_put(store, &items, c->err)
                  : err_set(c->err, JH_ENOMEM, "out of memory");
    free(text);
    json_decref(list);
    return rc;
}

/* SCHOOL or SCHOOL/CAMPUS: each campus has an answer of its own. */
static const char *school_name(const struct commit *c, const struct school *school)
{
    return *school->campus ? arena_fmt(c->arena, "%s/%s", school->code, school->campus)
                           : school->code;
}

static int keep_local(struct store *store, struct commit *c,
                      const struct assessed_county *county)
{
    struct store_local *rows = arena_array(c->arena, county->n_local, sizeof *rows);
    if (!rows)
        return err_set(c->err, JH_ENOMEM, "out of memory");
    for (size_t i = 0; i < county->n_local; i++) {
        const struct script_verdict *v = &county->local[i];
        rows[i] = (struct store_local){.indicator = v->indicator,
                                       .stage = stage_id(v->stage),
                                       .school = "",
                                       .outcome = v->outcome,
                                       .value = v->value,
                                       .text = v->text ? v->text : "",
                                       .script_sha256 = c->scripts_sha256};
        if (v->school != UINT32_MAX)
            rows[i].school = school_name(c, &county->data->schools[v->school]);
        if (!rows[i].school)
            return err_set(c->err, JH_ENOMEM, "out of memory");
    }
    return store_local_put(store, c->gathered->round, county->data->county_code, rows,
                           county->n_local, c->err);
}

static int keep_findings(struct store *store, struct commit *c,
                         const struct assessed_county *county)
{
    struct store_finding *rows;
    size_t n;
    if (finding_rows(c->gathered, county->data, county->differs, county->n_differs,
                     c->arena, &rows, &n))
        return err_set(c->err, JH_ENOMEM, "out of memory");
    return store_findings_put(store, c->gathered->round, county->data->county_code, rows,
                              n, c->err);
}

/* ---- all together ------------------------------------------------------------------------- */

static struct alarm alarm_of(struct commit *c)
{
    return (struct alarm){.config = c->config,
                          .scripts = c->scripts,
                          .retracted = c->retracted,
                          .arena = c->arena,
                          .now_ms = c->now_ms,
                          .transitions = &c->transitions,
                          .err = c->err};
}

/* After its slips are known, which may keep back what is said of its schools. */
static int look_at_local(struct store *store, struct commit *c,
                         const struct assessed_county *county)
{
    const struct withhold w = {c->config, c->arena, c->now_ms, c->err};
    struct alarm alarm = alarm_of(c);
    alarm.county = county;
    int rc = alarm_local(store, &alarm);
    return rc ? rc : withhold_release(store, &w, county->data->county_code);
}

/* What the scripts did with all of them. */
static int look_at_scripts(struct store *store, struct commit *c)
{
    const struct alarm alarm = alarm_of(c);
    return alarm_scripts(store, &alarm, c->assessed);
}

static int keep_county(struct store *store, struct commit *c,
                       const struct assessed_county *county)
{
    bool changed = !county->n_results; /* then the history cannot tell */
    int rc = keep_local(store, c, county);
    if (!rc)
        rc = keep_findings(store, c, county);
    for (size_t i = 0; !rc && i < county->n_results; i++) {
        const struct county_result *result = &county->results[i];
        struct judgement judgement;
        if (judge(result, c->arena, &judgement))
            return err_set(c->err, JH_ENOMEM, "out of memory");
        rc = keep_verdict(store, c, county, result, &judgement, &changed);
        if (!rc)
            rc = keep_items(store, c, county, result);
        struct alarm alarm = alarm_of(c);
        alarm.county = county;
        alarm.result = result;
        alarm.judgement = &judgement;
        if (!rc)
            rc = alarm_judged(store, &alarm);
        c->pass += result->outcome == OUTCOME_PASS;
        c->fail += result->outcome == OUTCOME_FAIL;
        c->unknown += result->outcome != OUTCOME_PASS && result->outcome != OUTCOME_FAIL;
    }
    if (!rc)
        rc = look_at_local(store, c, county);
    if (!rc && changed)
        c->changed[c->n_changed++] = county->data->county_code;
    return rc;
}

static int keep_counties(struct store *store, struct commit *c)
{
    const struct assessed *all = c->assessed;
    int rc = 0;
    c->changed = arena_array(c->arena, all->n + 1, sizeof *c->changed);
    if (!c->changed)
        return err_set(c->err, JH_ENOMEM, "out of memory");
    for (size_t i = 0; !rc && i < all->n; i++)
        rc = keep_county(store, c, &all->counties[i]);
    return rc;
}

static bool is_assessed(const struct commit *c, const char *county)
{
    for (size_t i = 0; i < c->assessed->n; i++)
        if (strcmp(c->assessed->counties[i].data->county_code, county) == 0)
            return true;
    return false;
}

static int add_rest(struct commit *c, const struct follow_list *more)
{
    struct follow *all = arena_array(c->arena, c->rest.n + more->n + 1, sizeof *all);
    if (!all)
        return err_set(c->err, JH_ENOMEM, "out of memory");
    if (c->rest.n)
        memcpy(all, c->rest.list, c->rest.n * sizeof *all);
    if (more->n)
        memcpy(all + c->rest.n, more->list, more->n * sizeof *all);
    c->rest = (struct follow_list){all, c->rest.n + more->n};
    return 0;
}

/*
 * Where land changed hands, what one county has tells what another lacks: those that were not
 * judged with this body are, now that it is known.
 */
static int mark_kin(struct store *store, struct commit *c)
{
    struct date day = round_reference(c->gathered->round);
    struct entity_codes all = {0}, some;
    size_t kept = 0;
    int rc = 0;
    for (size_t i = 0; c->body && c->config->changes.n && !rc && i < c->n_changed; i++) {
        rc = entity_related(&c->config->changes, c->changed[i], day, c->arena, &some);
        if (!rc && some.n > 1)
            rc = entity_join(&all, &some, c->arena);
    }
    if (rc)
        return err_set(c->err, rc, "out of memory");
    for (size_t i = 0; i < all.n; i++)
        if (!is_assessed(c, all.list[i]))
            all.list[kept++] = all.list[i];
    const struct follow kin = {c->gathered->round, all.list, kept};
    struct follow_list marked = {0};
    rc = follow_mark(store, c->config, &kin, FOLLOW_ITSELF, c->arena, &marked, c->err);
    return rc ? rc : add_rest(c, &marked);
}

static int end_abolished(struct store *store, struct commit *c)
{
    const struct alarm alarm = alarm_of(c);
    return alarm_abolished(store, &alarm);
}

/* The sources of what was read, each once. */
static int look_at_quality(struct store *store, struct commit *c)
{
    const struct gathered *g = c->gathered;
    const struct alarm alarm = alarm_of(c);
    int rc = 0;
    for (size_t i = 0; !rc && i < g->n_parts; i++) {
        bool seen = false;
        for (size_t k = 0; k < i && !seen; k++)
            seen = strcmp(g->parts[k].source, g->parts[i].source) == 0;
        if (!seen)
            rc = alarm_quality(store, &alarm, g->parts[i].source);
    }
    return rc;
}

/* Newer rounds were compared with what has changed: they are stale from here on. */
static int mark_stale(struct store *store, struct commit *c)
{
    const struct gathered *gathered = c->gathered;
    struct follow changed = {gathered->round, c->changed, c->n_changed};
    struct follow gone = {gathered->round, gathered->gone, gathered->n_gone};
    int rc =
        follow_mark(store, c->config, &gone, FOLLOW_REST, c->arena, &c->rest, c->err);
    return rc ? rc
              : follow_mark(store, c->config, &changed, FOLLOW_NEWER, c->arena, &c->newer,
                            c->err);
}

int commit_within(struct store *store, void *arg)
{
    struct commit *c = arg;
    int rc = 0;
    if (c->body)
        rc = keep_body(store, c);
    if (!rc)
        rc = keep_parts(store, c);
    if (!rc)
        rc = keep_reported(store, c);
    if (!rc && c->body)
        rc = keep_source(store, c);
    if (!rc)
        rc = keep_counties(store, c);
    if (!rc)
        rc = look_at_scripts(store, c);
    if (!rc)
        rc = end_abolished(store, c);
    if (!rc)
        rc = look_at_quality(store, c);
    if (!rc)
        rc = mark_stale(store, c);
    if (!rc)
        rc = mark_kin(store, c);
    return rc;
}

static int keep_report(struct store *store, void *arg)
{
    struct commit *c = arg;
    struct store_submission sub = c->reported->sub;
    const struct follow touched = {sub.round, c->reported->touched,
                                   c->reported->n_touched};
    char tuple[65];
    commit_tuple(c->config, scripts_run(c), c->await, c->body->source, sub.sha256, tuple);
    sub.tuple = tuple;
    const struct alarm alarm = alarm_of(c);
    int rc = keep_body(store, c);
    if (!rc)
        rc = store_submission_put(store, &sub, c->err);
    if (!rc)
        rc = keep_rejected(store, c, sub.id, c->reported->data.rejected,
                           c->reported->data.n_rejected, 0);
    if (!rc)
        rc = keep_source(store, c);
    if (!rc)
        rc = alarm_quality(store, &alarm, sub.source);
    return rc ? rc
              : follow_mark(store, c->config, &touched, FOLLOW_ITSELF, c->arena, &c->rest,
                            c->err);
}

int commit_reported(struct store *store, void *arg)
{
    struct commit *c = arg;
    return store_within(store, keep_report, c, c->err);
}

int commit_all(struct store *store, void *arg)
{
    struct commit *c = arg;
    int rc = store_within(store, commit_within, c, c->err);
    if (rc)
        c->transitions = 0;
    return rc;
}

/* Each as if it were alone; what ends the transaction ends it for all of them. */
static int keep_each(struct store *store, void *arg)
{
    struct commit_several *s = arg;
    for (size_t i = 0; i < s->n; i++) {
        struct commit *c = s->list[i];
        s->results[i] = store_apart(store, commit_within, c, c->err);
        if (s->results[i])
            c->transitions = 0;
        if (!store_is_within(store))
            return JH_EIO;
    }
    return 0;
}

int commit_several(struct store *store, void *arg)
{
    struct commit_several *s = arg;
    return store_within(store, keep_each, s, NULL);
}

static int keep_certs(struct store *store, void *arg)
{
    struct commit_certs *c = arg;
    struct arena *arena = arena_new(CERT_BYTES);
    int rc = arena ? 0 : err_set(c->err, JH_ENOMEM, "out of memory");
    for (size_t i = 0; !rc && i < c->n; i++) {
        const struct store_cert *cert = &c->certs[i];
        rc = c->remove ? store_cert_delete(store, cert->cert.county, cert->cert.standard,
                                           cert->by, cert->reason, cert->at_ms, c->err)
                       : store_cert_put(store, cert, c->err);
        if (rc == JH_ENOENT)
            err_set(c->err, rc, "county %s is not certified for %s", cert->cert.county,
                    cert->cert.standard);
        if (!rc)
            rc = standing_certified(store, cert, c->remove, arena, c->err);
        if (!rc && c->remove)
            rc = store_duty_delete(store, cert->cert.county, cert->cert.standard, NULL,
                                   c->err);
        arena_reset(arena);
    }
    arena_free(arena);
    return rc;
}

int commit_certs(struct store *store, void *arg)
{
    struct commit_certs *c = arg;
    return store_within(store, keep_certs, c, c->err);
}

static int end_lost(struct store *store, void *arg)
{
    struct commit_lost *c = arg;
    struct alarm alarm = {.config = c->config,
                          .arena = c->arena,
                          .now_ms = c->now_ms,
                          .transitions = &c->transitions,
                          .err = c->err};
    return alarm_lost(store, &alarm, c->county, c->standard);
}

int commit_lost(struct store *store, void *arg)
{
    struct commit_lost *c = arg;
    return store_within(store, end_lost, c, c->err);
}

static int take_accept(struct store *store, void *arg)
{
    struct commit_accept *c = arg;
    const struct follow county = {c->finding.round, &c->finding.county, 1};
    int rc = store_finding_accept(store, &c->finding, c->err);
    if (rc == JH_EEXIST)
        return err_set(c->err, rc, "this finding has been accepted already");
    return rc ? rc
              : follow_mark(store, c->config, &county, FOLLOW_ITSELF, c->arena, &c->rest,
                            c->err);
}

int commit_accept(struct store *store, void *arg)
{
    struct commit_accept *c = arg;
    return store_within(store, take_accept, c, c->err);
}
