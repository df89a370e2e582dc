/* SPDX-License-Identifier: Apache-2.0 */
/* What people do in a unit test of rules: with alerts, with what is to be told, with titles. */
#include <stddef.h>
#include <string.h>

#include "conf/config_keys.h"
#include "ctl/moment.h"
#include "ctl/verb.h"
#include "story/silence.h"
#include "story/tend.h"

/* ---- ack, assign, comment -------------------------------------------------------------------- */

struct people {
    const char *county, *standard, *by, *reason, *to, *unit, *plan, *month, *text;
    int kind;
};

#define AT(member) offsetof(struct people, member)
#define WHICH                                                                            \
    {"county", JH_STRING, AT(county), NULL, 0, 0, NULL, true, "code"},                   \
        {"standard", JH_STRING, AT(standard),           NULL, 0, 0,                      \
         NULL,       false,     "id; absent: whichever"},                                \
        {"kind", JH_ENUM, AT(kind), "slip", 0, 0, CONFIG_KINDS, false, "of the alert"},  \
    {                                                                                    \
        "by", JH_STRING, AT(by), "test", 0, 0, NULL, false, "who does it"                \
    }
static const struct jh_option ACK[] = {
    WHICH,
    {"reason", JH_STRING, AT(reason), "test", 0, 0, NULL, false, "why"},
    {"unit", JH_STRING, AT(unit), NULL, 0, 0, NULL, false, "which office"},
    {"plan", JH_STRING, AT(plan), NULL, 0, 0, NULL, false, "what is to be done"},
    {"month", JH_STRING, AT(month), NULL, 0, 0, NULL, false, "by the end of which"},
    {0}};
static const struct jh_option ASSIGN[] = {
    WHICH,
    {"to", JH_STRING, AT(to), NULL, 0, 0, NULL, true, "whom it is given to"},
    {"reason", JH_STRING, AT(reason), "", 0, 0, NULL, false, "why"},
    {0}};
static const struct jh_option COMMENT[] = {
    WHICH, {"text", JH_STRING, AT(text), NULL, 0, 0, NULL, true, "what is said"}, {0}};
#undef WHICH
#undef AT

static void people_read(const struct scene_reader *r, const struct yaml_node *map,
                        const char *path, void *conf)
{
    const struct people *p = conf;
    char quoted[YAML_SHOW];
    int64_t end_ms;
    scene_standard(r, map, path, p->standard);
    if (p->month && tend_month_end(p->month, &end_ms))
        yaml_error(yaml_get(map, "month"), r->errs,
                   "%s.month: expected a month such as 2025-06, got %s", path,
                   yaml_quote(p->month, quoted));
}

/* The newest open alert that it means. */
static int find_alert(struct scene *s, const struct people *p, const char **ret,
                      struct jh_err *err)
{
    struct store_alert *list;
    size_t n;
    int rc = store_alerts(s->trial.reader, "open", p->county, s->arena, &list, &n, err);
    if (rc)
        return rc;
    for (size_t i = 0; i < n; i++) {
        const struct alert *a = &list[i].alert;
        if ((p->kind && strcmp(a->kind, CONFIG_KINDS[p->kind]) != 0) ||
            (p->standard && strcmp(a->standard, p->standard) != 0))
            continue;
        *ret = arena_str(s->arena, a->id);
        return *ret ? 0 : err_set(err, JH_ENOMEM, "out of memory");
    }
    return err_set(err, JH_ENOENT, "county %s has no open alert of kind %s", p->county,
                   CONFIG_KINDS[p->kind]);
}

static int do_act(struct scene *s, const struct people *p, enum store_act_kind act,
                  struct jh_err *err)
{
    const char *text = act == ACT_COMMENT ? p->text : p->reason;
    struct tend t = {.config = s->config,
                     .arena = s->arena,
                     .now_ms = s->trial.clock.fixed_ms,
                     .act = {.act = act,
                             .by = p->by,
                             .text = text ? text : "",
                             .to = p->to,
                             .unit = p->unit,
                             .plan = p->plan,
                             .month = p->month},
                     .err = err};
    int rc = find_alert(s, p, &t.id, err);
    return rc ? rc : tend_alert(s->trial.writer, &t);
}

static int ack_run(struct scene *s, const struct yaml_node *map, const void *conf,
                   struct jh_err *err)
{
    (void)map;
    return do_act(s, conf, ACT_ACKNOWLEDGE, err);
}

static int assign_run(struct scene *s, const struct yaml_node *map, const void *conf,
                      struct jh_err *err)
{
    (void)map;
    return do_act(s, conf, ACT_ASSIGN, err);
}

static int comment_run(struct scene *s, const struct yaml_node *map, const void *conf,
                       struct jh_err *err)
{
    (void)map;
    return do_act(s, conf, ACT_COMMENT, err);
}

/* ---- silence -------------------------------------------------------------------------------- */

struct hush {
    const char *county, *standard, *region, *until, *by, *reason, *office;
    int kind, severity;
    int64_t until_ms; /* the first moment after it */
};

#define AT(member) offsetof(struct hush, member)
static const struct jh_option SILENCE[] = {
    {"county", JH_STRING, AT(county), NULL, 0, 0, NULL, false, "code; absent: any"},
    {"standard", JH_STRING, AT(standard), NULL, 0, 0, NULL, false, "id; absent: any"},
    {"region", JH_STRING, AT(region), NULL, 0, 0, NULL, false, "beginning of a code"},
    {"kind", JH_ENUM, AT(kind), "any", 0, 0, CONFIG_KINDS, false, "of alerts"},
    {"severity", JH_ENUM, AT(severity), "any", 0, 0, CONFIG_SEVERITIES, false, "of them"},
    {"until", JH_STRING, AT(until), NULL, 0, 0, NULL, true, "its last day"},
    {"by", JH_STRING, AT(by), "test", 0, 0, NULL, false, "who wants it"},
    {"reason", JH_STRING, AT(reason), "test", 0, 0, NULL, false, "why"},
    {"office", JH_STRING, AT(office), NULL, 0, 0, NULL, false, "its author's"},
    {0}};
#undef AT

static void silence_read(const struct scene_reader *r, const struct yaml_node *map,
                         const char *path, void *conf)
{
    struct hush *h = conf;
    struct date day;
    char quoted[YAML_SHOW];
    scene_standard(r, map, path, h->standard);
    scene_office(r, map, path, h->office);
    if (date_parse(h->until, strlen(h->until), &day))
        yaml_error(yaml_get(map, "until"), r->errs,
                   "%s.until: expected its last day such as 2025-06-30, got %s", path,
                   yaml_quote(h->until, quoted));
    else
        h->until_ms = date_to_ms(date_add_days(day, 1));
}

static int silence_run(struct scene *s, const struct yaml_node *map, const void *conf,
                       struct jh_err *err)
{
    const struct hush *h = conf;
    struct silence_work w = {
        .config = s->config,
        .arena = s->arena,
        .now_ms = s->trial.clock.fixed_ms,
        .silence = {.county = h->county,
                    .standard = h->standard,
                    .region = h->region,
                    .kind = h->kind ? CONFIG_KINDS[h->kind] : NULL,
                    .severity = h->severity ? CONFIG_SEVERITIES[h->severity] : NULL,
                    .until_ms = h->until_ms,
                    .by = h->by,
                    .reason = h->reason,
                    .office = h->office},
        .err = err};
    (void)map;
    return silence_start(s->trial.writer, &w);
}

/* ---- titles --------------------------------------------------------------------------------- */

struct title {
    const char *county, *standard, *deadline, *document, *by, *reason;
};

#define AT(member) offsetof(struct title, member)
#define TITLE                                                                            \
    {"county", JH_STRING, AT(county), NULL, 0, 0, NULL, true, "code"},                   \
        {"standard", JH_STRING, AT(standard), NULL, 0, 0, NULL, true, "id"},             \
        {"document", JH_STRING, AT(document),                                            \
         "test",     0,         0,                                                       \
         NULL,       false,     "by which it was decided"},                              \
        {"by", JH_STRING, AT(by), "test", 0, 0, NULL, false, "who records it"},          \
    {                                                                                    \
        "reason", JH_STRING, AT(reason), "test", 0, 0, NULL, false, "why"                \
    }
static const struct jh_option RECTIFY[] = {
    TITLE,
    {"deadline", JH_STRING, AT(deadline), NULL, 0, 0, NULL, true,
     "month by the end of which it is to be put right"},
    {0}};
static const struct jh_option DECIDED[] = {TITLE, {0}};
#undef TITLE
#undef AT

static void title_read(const struct scene_reader *r, const struct yaml_node *map,
                       const char *path, void *conf)
{
    const struct title *t = conf;
    char quoted[YAML_SHOW];
    int64_t end_ms;
    scene_standard(r, map, path, t->standard);
    if (t->deadline && tend_month_end(t->deadline, &end_ms))
        yaml_error(yaml_get(map, "deadline"), r->errs,
                   "%s.deadline: expected a month such as 2025-06, got %s", path,
                   yaml_quote(t->deadline, quoted));
}

static int decide(struct scene *s, const struct title *t, enum standing_event event,
                  struct jh_err *err)
{
    struct pipeline_report report = {0};
    struct standing_work w = {.arena = s->arena,
                              .county = t->county,
                              .standard = t->standard,
                              .event = event,
                              .deadline = t->deadline,
                              .document = t->document,
                              .by = t->by,
                              .reason = t->reason};
    return pipeline_standing(s->trial.pipeline, &w, &report, err);
}

static int rectify_run(struct scene *s, const struct yaml_node *map, const void *conf,
                       struct jh_err *err)
{
    (void)map;
    return decide(s, conf, STANDING_ORDER, err);
}

static int revoke_run(struct scene *s, const struct yaml_node *map, const void *conf,
                      struct jh_err *err)
{
    (void)map;
    return decide(s, conf, STANDING_REVOKE, err);
}

static int restore_run(struct scene *s, const struct yaml_node *map, const void *conf,
                       struct jh_err *err)
{
    (void)map;
    return decide(s, conf, STANDING_RESTORE, err);
}

const struct verb VERB_ACK = {"ack",       ACK,    NULL, sizeof(struct people),
                              people_read, ack_run};
const struct verb VERB_ASSIGN = {"assign",    ASSIGN,    NULL, sizeof(struct people),
                                 people_read, assign_run};
const struct verb VERB_COMMENT = {"comment",   COMMENT,    NULL, sizeof(struct people),
                                  people_read, comment_run};
const struct verb VERB_SILENCE = {"silence",           SILENCE,      NULL,
                                  sizeof(struct hush), silence_read, silence_run};
const struct verb VERB_RECTIFY = {"rectify",  RECTIFY,    NULL, sizeof(struct title),
                                  title_read, rectify_run};
const struct verb VERB_REVOKE = {"revoke",   DECIDED,   NULL, sizeof(struct title),
                                 title_read, revoke_run};
const struct verb VERB_RESTORE = {"restore",  DECIDED,    NULL, sizeof(struct title),
                                  title_read, restore_run};
