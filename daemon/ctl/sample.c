/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/sample.h"

#include <math.h>
#include <string.h>

#include "conf/config_keys.h"
#include "render/json.h"

enum { SCHOOLS = 4, PUPILS = 100, ARENA_BYTES = 64 << 20, KEY_BYTES = 65 };

/* A transition that is told: a message of it has its own words. */
struct change {
    const char *to;
    enum alert_state state;
    enum alert_cause cause;
};

static const struct change CHANGES[] = {
    {"firing", ALERT_FIRING, CAUSE_NONE},
    {"extended", ALERT_FIRING, CAUSE_NONE},
    {"proposed", ALERT_FIRING, CAUSE_NONE},
    {"resolved", ALERT_RESOLVED, CAUSE_PASSED},
    {"resolved", ALERT_RESOLVED, CAUSE_CORRECTED},
    {"resolved", ALERT_RESOLVED, CAUSE_NOT_MONITORED}};
enum { CHANGE_COUNT = sizeof CHANGES / sizeof *CHANGES };

struct sample {
    const struct config *config;
    const struct messages *messages;
    struct arena *arena;
    struct errs *errs;
    size_t n;
};

/* ---- the county --------------------------------------------------------------------------- */

/* Two schools of a stage with 3 and 17 of everything for a hundred pupils: CV 0.7. */
static double amount(enum field field, int school)
{
    bool primary = school < 2;
    if (field == FIELD_pupils_primary)
        return primary ? PUPILS : NAN;
    if (field == FIELD_pupils_junior)
        return primary ? NAN : PUPILS;
    if (field == FIELD_pupils_preschool || field == FIELD_pupils_senior)
        return 0;
    return school % 2 ? 17 : 3;
}

static const struct dataset *county(struct arena *arena, struct round round)
{
    static const struct school SCHOOL[SCHOOLS] = {{.code = "1",
                                                   .campus = "",
                                                   .name = "1",
                                                   .parent_code = "",
                                                   .kind = KIND_PRIMARY,
                                                   .owner = 7,
                                                   .stage = STAGE_NONE,
                                                   .line = 2},
                                                  {.code = "2",
                                                   .campus = "",
                                                   .name = "2",
                                                   .parent_code = "",
                                                   .kind = KIND_PRIMARY,
                                                   .owner = 7,
                                                   .stage = STAGE_NONE,
                                                   .line = 3},
                                                  {.code = "3",
                                                   .campus = "",
                                                   .name = "3",
                                                   .parent_code = "",
                                                   .kind = KIND_JUNIOR,
                                                   .owner = 7,
                                                   .stage = STAGE_NONE,
                                                   .line = 4},
                                                  {.code = "4",
                                                   .campus = "",
                                                   .name = "4",
                                                   .parent_code = "",
                                                   .kind = KIND_JUNIOR,
                                                   .owner = 7,
                                                   .stage = STAGE_NONE,
                                                   .line = 5}};
    struct dataset *ds = arena_alloc(arena, sizeof *ds);
    if (!ds)
        return NULL;
    ds->round = round;
    ds->county_code = "000000";
    ds->county_name = "000000";
    ds->n = SCHOOLS;
    ds->schools = SCHOOL;
    ds->parts_complete = true;
    for (int f = 0; f < FIELD_COUNT; f++) {
        double *column = arena_array(arena, SCHOOLS, sizeof *column);
        if (!column)
            return NULL;
        for (int i = 0; i < SCHOOLS; i++)
            column[i] = amount((enum field)f, i);
        ds->col[f] = column;
    }
    return ds;
}

/* ---- what other kinds say --------------------------------------------------------------------- */

static json_t *failing_source(const char *code)
{
    return json_pack("[{s:s,s:s,s:s,s:n,s:i,s:s}]", "code", code, "since",
                     "2025-01-31T09:00:00+08:00", "last", "2025-01-31T10:00:00+08:00",
                     "ok", "failures", 3, "text", "0");
}

/* All that a message of a local indicator may say. */
static json_t *failing_indicator(void)
{
    return json_pack("[{s:s,s:s,s:s,s:s,s:f,s:s},{s:s,s:s,s:s,s:s,s:i,s:i,s:"
                     "[{s:s,s:s,s:s,s:f,s:s}]}]",
                     "code", "local", "stage", "primary", "id", "0", "title", "0",
                     "value", 0.5, "text", "0", "code", "local_schools", "stage",
                     "junior", "id", "0", "title", "0", "count", 2, "left", 1, "first",
                     "school", "1", "campus", "", "name", "1", "value", 0.5, "text", "0");
}

static json_t *broken_script(void)
{
    return json_pack("[{s:s,s:s,s:i,s:b,s:s,s:[{s:s,s:s,s:s,s:s,s:s}]}]", "code",
                     "script_broken", "title", "0", "count", 1, "left", 0, "text", "0",
                     "first", "county", "000000", "name", "0", "stage", "primary",
                     "round", "0", "text", "0");
}

static json_t *dead_channel(void)
{
    return json_pack("[{s:s,s:i,s:s,s:s,s:s,s:s}]", "code", "delivery_dead", "count", 1,
                     "since", "2025-01-31T09:00:00+08:00", "last",
                     "2025-01-31T09:00:00+08:00", "office", "0", "text", "0");
}

/* NULL: it says what its figures do. */
static json_t *details_of(enum alert_kind kind)
{
    return kind == KIND_LOCAL           ? failing_indicator()
           : kind == KIND_SOURCE_FAILED ? failing_source("source_failed")
           : kind == KIND_SCRIPT_BROKEN ? broken_script()
           : kind == KIND_DELIVERY_DEAD ? dead_channel()
                                        : NULL;
}

static json_t *extra_of(enum alert_kind kind)
{
    return kind == KIND_LOCAL
               ? json_pack("{s:{s:s,s:s,s:s,s:b,s:b}}", "script", "id", "0", "title", "0",
                           "scope", "county", "changed", 1, "removed", 0)
               : NULL;
}

/* ---- its alert ------------------------------------------------------------------------------- */

static json_t *alert_of(const struct sample *s, const struct standard *st,
                        const char *kind, const struct change *change)
{
    struct round round = {(int16_t)(st->effective.year + 1), 0};
    const struct dataset *ds = county(s->arena, round);
    struct county_result result;
    struct judgement judgement;
    bool of_county =
        alert_kind_info((enum alert_kind)alert_kind_of(kind))->about == ABOUT_COUNTY;
    if (!ds || eval_county(st, ds, &(struct eval_options){0}, s->arena, &result) ||
        judge(&result, s->arena, &judgement))
        return NULL;
    struct alert alert = {.id = "0",
                          .kind = kind,
                          .subject = of_county ? ds->county_code : "0",
                          .county = of_county ? ds->county_code : "",
                          .standard = of_county ? st->id : "",
                          .indicator = "",
                          .severity = "critical",
                          .state = change->state,
                          .round = round,
                          .revision = 1,
                          .since_round = round,
                          .transition = 1,
                          .rounds_failing = 1,
                          .cause = change->cause,
                          .told = judgement.failing,
                          .n_told = judgement.n_failing};
    struct certification cert = {.county = ds->county_code,
                                 .standard = st->id,
                                 .date = st->effective,
                                 .cohort = st->effective.year,
                                 .baseline = {(int16_t)(st->effective.year - 1), 0}};
    struct alert_transition what = {.n = 1,
                                    .from = ALERT_FIRING,
                                    .to = change->state,
                                    .extended = !strcmp(change->to, "extended"),
                                    .cause = change->cause,
                                    .round = round,
                                    .added = judgement.failing,
                                    .n_added = judgement.n_failing};
    enum alert_kind number = (enum alert_kind)alert_kind_of(kind);
    bool certified = alert_kind_info(number)->certified;
    json_t *details = details_of(number), *extra = extra_of(number);
    struct json_alert_in in = {.alert = &alert,
                               .result = certified ? &result : NULL,
                               .cert = certified ? &cert : NULL,
                               .data_sha256 = "0",
                               .county_name = ds->county_name,
                               .details = details,
                               .extra = extra,
                               .what = &what};
    json_t *object = json_alert(&in);
    json_decref(details);
    json_decref(extra);
    return object;
}

/* ---- its messages ---------------------------------------------------------------------------- */

static void word(struct sample *s, const struct channel_conf *channel,
                 const json_t *alert, const char *kind, const struct standard *st,
                 const struct change *change)
{
    struct message_head head = {.key = "0",
                                .office = "0",
                                .office_name = "0",
                                .channel = channel->name,
                                .province = "00",
                                .standard = st->id,
                                .kind = kind,
                                .round = "0"};
    struct message_member member = {alert, "firing", change->to};
    struct message_out out = {0};
    struct jh_err err = {0};
    int rc = message_render(s->messages, &head, &member, 1, &out, &err);
    bool empty = !rc && (!*out.subject || !*out.text);
    if (rc || empty)
        errs_at(s->errs, ERR_ERROR, *err.file ? err.file : s->config->file,
                *err.file ? err.line : channel->line, err.col,
                "a message of %s (%s) by %s cannot be worded for channel %s: %s", kind,
                change->to, st->id, channel->name, empty ? "it is empty" : err.text);
    message_out_done(&out);
    s->n++;
}

static void word_all(struct sample *s, const struct standard *st, const char *kind)
{
    for (size_t c = 0; c < CHANGE_COUNT; c++) {
        arena_reset(s->arena);
        json_t *alert = alert_of(s, st, kind, &CHANGES[c]);
        if (!alert) {
            errs_at(s->errs, ERR_ERROR, st->file, 0, 0,
                    "a sample of an alert by this standard cannot be made");
            return;
        }
        for (size_t i = 0; i < s->config->n_channels; i++)
            word(s, &s->config->channels[i], alert, kind, st, &CHANGES[c]);
        json_decref(alert);
    }
}

/* A kind that has no words is none that is told of. */
static bool has_words(const struct messages *messages, const char *kind)
{
    char key[64];
    snprintf(key, sizeof key, "kind_%s", kind);
    return strcmp(messages_phrase(messages, key), key) != 0;
}

size_t sample_messages(const struct config *config, const struct messages *messages,
                       struct errs *errs)
{
    struct sample s = {.config = config,
                       .messages = messages,
                       .arena = arena_new(ARENA_BYTES),
                       .errs = errs};
    for (size_t i = 0; s.arena && i < config->n_standards; i++)
        for (size_t k = 1; CONFIG_KINDS[k]; k++)
            if (has_words(messages, CONFIG_KINDS[k]))
                word_all(&s, config->standards[i], CONFIG_KINDS[k]);
    arena_free(s.arena);
    return s.n;
}
