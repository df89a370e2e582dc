/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/verb.h"

#include <stddef.h>
#include <string.h>

/* ---- certify, decertify ---------------------------------------------------------------------- */

struct certify {
    const char *county, *standard, *date, *document, *baseline, *by, *reason;
    int64_t cohort;
    struct certification cert;
};

#define AT(member) offsetof(struct certify, member)
static const struct jh_option CERTIFY[] = {
    {"county", JH_STRING, AT(county), NULL, 0, 0, NULL, true, "code"},
    {"standard", JH_STRING, AT(standard), NULL, 0, 0, NULL, true, "id"},
    {"date", JH_STRING, AT(date), NULL, 0, 0, NULL, true, "day it was certified"},
    {"cohort", JH_INT, AT(cohort), NULL, 1990, 2200, NULL, false,
     "year of its batch; absent: that of the date"},
    {"document", JH_STRING, AT(document), NULL, 0, 0, NULL, false, "that says so"},
    {"baseline", JH_STRING, AT(baseline), NULL, 0, 0, NULL, false,
     "round it was judged by; absent: the one before the cohort"},
    {"by", JH_STRING, AT(by), "test", 0, 0, NULL, false, "who records it"},
    {"reason", JH_STRING, AT(reason), "", 0, 0, NULL, false, "why"},
    {0}};

static void certify_read(const struct scene_reader *r, const struct yaml_node *map,
                         const char *path, void *conf)
{
    struct certify *c = conf;
    char quoted[YAML_SHOW];
    if (!c->county || !c->standard || !c->date)
        return; /* told by the options */
    scene_standard(r, map, path, c->standard);
    c->cert = (struct certification){
        .county = c->county, .standard = c->standard, .document = c->document};
    if (date_parse(c->date, strlen(c->date), &c->cert.date)) {
        yaml_error(yaml_get(map, "date"), r->errs,
                   "%s.date: expected a date such as 2013-12-31, got %s", path,
                   yaml_quote(c->date, quoted));
        return;
    }
    c->cert.cohort = c->cohort ? (int)c->cohort : c->cert.date.year;
    c->cert.baseline = (struct round){(int16_t)(c->cert.cohort - 1), 0};
    if (c->baseline && round_parse(c->baseline, strlen(c->baseline), &c->cert.baseline))
        yaml_error(yaml_get(map, "baseline"), r->errs,
                   "%s.baseline: expected a round such as 2012, got %s", path,
                   yaml_quote(c->baseline, quoted));
}

static int record(struct scene *s, const struct certify *c, bool remove,
                  struct jh_err *err)
{
    struct pipeline_report report = {0};
    struct store_cert cert = {.cert = c->cert,
                              .by = c->by,
                              .reason = c->reason,
                              .at_ms = s->trial.clock.fixed_ms};
    return pipeline_certify(s->trial.pipeline, &cert, 1, remove, &report, err);
}

static int certify_run(struct scene *s, const struct yaml_node *map, const void *conf,
                       struct jh_err *err)
{
    (void)map;
    return record(s, conf, false, err);
}

static const struct jh_option DECERTIFY[] = {
    {"county", JH_STRING, AT(county), NULL, 0, 0, NULL, true, "code"},
    {"standard", JH_STRING, AT(standard), NULL, 0, 0, NULL, true, "id"},
    {"by", JH_STRING, AT(by), "test", 0, 0, NULL, false, "who records it"},
    {"reason", JH_STRING, AT(reason), "", 0, 0, NULL, false, "why"},
    {0}};
#undef AT

static void decertify_read(const struct scene_reader *r, const struct yaml_node *map,
                           const char *path, void *conf)
{
    struct certify *c = conf;
    scene_standard(r, map, path, c->standard);
    c->cert = (struct certification){.county = c->county, .standard = c->standard};
}

static int decertify_run(struct scene *s, const struct yaml_node *map, const void *conf,
                         struct jh_err *err)
{
    (void)map;
    return record(s, conf, true, err);
}

/* ---- retract ------------------------------------------------------------------------------------- */

struct take_back {
    const char *source, *name, *round_text, *by, *reason;
    struct round round;
};

#define AT(member) offsetof(struct take_back, member)
static const struct jh_option RETRACT[] = {
    {"source", JH_STRING, AT(source), NULL, 0, 0, NULL, true, "whose"},
    {"round", JH_STRING, AT(round_text), NULL, 0, 0, NULL, true, "of which round"},
    {"name", JH_STRING, AT(name), NULL, 0, 0, NULL, false,
     "of one file; absent: all of the source in that round"},
    {"by", JH_STRING, AT(by), "test", 0, 0, NULL, false, "who takes it back"},
    {"reason", JH_STRING, AT(reason), "test", 0, 0, NULL, false, "why"},
    {0}};
#undef AT

static void retract_read(const struct scene_reader *r, const struct yaml_node *map,
                         const char *path, void *conf)
{
    struct take_back *t = conf;
    scene_source(r, map, path, t->source);
    t->round = scene_round(r, map, path, t->round_text);
}

/* Newer rounds were compared with it: they are judged again, as the daemon does. */
static int retract_run(struct scene *s, const struct yaml_node *map, const void *conf,
                       struct jh_err *err)
{
    const struct take_back *t = conf;
    struct pipeline_report report = {0};
    struct retract what = {.source = t->source,
                           .name = t->name,
                           .round = t->round,
                           .by = t->by,
                           .reason = t->reason};
    (void)map;
    int rc = pipeline_retract(s->trial.pipeline, &what, err);
    return rc ? rc : pipeline_refresh(s->trial.pipeline, &report, err);
}

/* ---- accept ------------------------------------------------------------------------------------- */

struct accept {
    const char *county, *code, *school, *by, *reason;
};

enum { FINDINGS_MAX = 10000 };

#define AT(member) offsetof(struct accept, member)
static const struct jh_option ACCEPT[] = {
    {"county", JH_STRING, AT(county), NULL, 0, 0, NULL, true, "code"},
    {"code", JH_STRING, AT(code), NULL, 0, 0, NULL, true,
     "of the finding, such as teachers_zero"},
    {"school", JH_STRING, AT(school), NULL, 0, 0, NULL, false,
     "code; absent: whichever school"},
    {"by", JH_STRING, AT(by), "test", 0, 0, NULL, false, "who says that it is right"},
    {"reason", JH_STRING, AT(reason), "test", 0, 0, NULL, false, "why"},
    {0}};
#undef AT

static int accept_run(struct scene *s, const struct yaml_node *map, const void *conf,
                      struct jh_err *err)
{
    const struct accept *a = conf;
    struct pipeline_report report = {0};
    struct store_finding *list;
    size_t n, done = 0;
    (void)map;
    int rc = store_findings(s->trial.reader, a->county, FINDINGS_MAX, s->arena, &list, &n,
                            err);
    for (size_t i = 0; !rc && i < n; i++) {
        if (list[i].by || strcmp(list[i].code, a->code) != 0 ||
            (a->school && strcmp(list[i].school, a->school) != 0))
            continue;
        rc = pipeline_accept(s->trial.pipeline, list[i].id, a->by, a->reason, &report,
                             err);
        done++;
    }
    if (!rc && !done)
        rc = err_set(err, JH_ENOENT, "county %s has no such finding %s", a->county,
                     a->code);
    return rc;
}

static const struct verb VERB_CERTIFY = {
    "certify", CERTIFY, NULL, sizeof(struct certify), certify_read, certify_run};
static const struct verb VERB_DECERTIFY = {
    "decertify", DECERTIFY, NULL, sizeof(struct certify), decertify_read, decertify_run};
static const struct verb VERB_RETRACT = {
    "retract", RETRACT, NULL, sizeof(struct take_back), retract_read, retract_run};
static const struct verb VERB_ACCEPT = {"accept", ACCEPT,    NULL, sizeof(struct accept),
                                        NULL,     accept_run};

const struct verb *const VERBS[] = {&VERB_DELIVER, &VERB_CERTIFY, &VERB_DECERTIFY,
                                    &VERB_RETRACT, &VERB_ACCEPT,  &VERB_ACK,
                                    &VERB_ASSIGN,  &VERB_COMMENT, &VERB_SILENCE,
                                    &VERB_RECTIFY, &VERB_REVOKE,  &VERB_RESTORE,
                                    NULL};
