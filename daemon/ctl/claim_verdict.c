/* SPDX-License-Identifier: Apache-2.0 */
/* verdicts, local: what counties were found to be. */
#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#include <jansson.h>

#include "base/num.h"
#include "ctl/claim.h"

static const char *const OUTCOMES[] = {"any",  "pass",   "fail", "unknown",
                                       "none", "broken", NULL};
static const char *const TRUTHS[] = {"any", "true", "false", NULL};
static const char *const STAGES[] = {"county", "primary", "junior", NULL};

static const char *stage_word(int stage)
{
    return stage ? STAGES[stage] : "";
}

/* ---- verdicts ------------------------------------------------------------------------------- */

struct verdict {
    const char *county, *standard, *round_text, *composite;
    int stage, outcome, complete, items, certifiable;
    int64_t revision;
    struct round round;
};

#define AT(member) offsetof(struct verdict, member)
static const struct jh_option VERDICT[] = {
    {"county", JH_STRING, AT(county), NULL, 0, 0, NULL, true, "code"},
    {"standard", JH_STRING, AT(standard), NULL, 0, 0, NULL, true, "id"},
    {"round", JH_STRING, AT(round_text), NULL, 0, 0, NULL, false,
     "absent: the newest that was judged"},
    {"stage", JH_ENUM, AT(stage), "county", 0, 0, STAGES, false,
     "of which; county: its verdict as a whole"},
    {"verdict", JH_ENUM, AT(outcome), "any", 0, 0, OUTCOMES, false, "what was found"},
    {"complete", JH_ENUM, AT(complete), "any", 0, 0, TRUTHS, false,
     "all parts there, nothing dropped"},
    {"composite", JH_STRING, AT(composite), NULL, 0, 0, NULL, false,
     "composite figure as it is printed, or the word none"},
    {"revision", JH_INT, AT(revision), NULL, 0, 1000000, NULL, false,
     "of the county's round, from 1"},
    {"items", JH_ENUM, AT(items), "any", 0, 0, OUTCOMES, false,
     "verdict of items and vetoes of the newest round"},
    {"certifiable", JH_ENUM, AT(certifiable), "any", 0, 0, OUTCOMES, false,
     "verdict, items and score together"},
    {0}};
#undef AT
static const char *const VERDICT_PARTS[] = {"figures", NULL};

static const struct standard *standard_of(const struct config *c, const char *id)
{
    for (size_t i = 0; i < c->n_standards; i++)
        if (!strcmp(c->standards[i]->id, id))
            return c->standards[i];
    return NULL;
}

static void read_figures(const struct scene_reader *r, const struct yaml_node *map,
                         const char *path, const struct standard *st)
{
    const struct yaml_node *figures = yaml_get(map, "figures");
    const char *ids[STANDARD_INDICATORS_MAX];
    char name[OPTION_PATH], shown[YAML_SHOW];
    if (!figures || !st)
        return;
    option_path(path, "figures", name);
    if (figures->kind != YAML_MAP)
        yaml_error(figures, r->errs, "%s: expected indicators and their figures, got %s",
                   name, yaml_show(figures, shown));
    for (size_t i = 0; i < st->n_indicators; i++)
        ids[i] = st->indicators[i].id;
    for (size_t i = 0; figures->kind == YAML_MAP && i < figures->n; i++) {
        const struct yaml_node *key = figures->pairs[i].key;
        bool known = false;
        for (size_t k = 0; k < st->n_indicators; k++)
            known |= !strcmp(ids[k], key->text);
        if (!known)
            option_unknown(key, name, ids, st->n_indicators, r->errs);
        option_text(figures->pairs[i].value, name, r->errs);
    }
}

static void verdict_read(const struct scene_reader *r, const struct yaml_node *map,
                         const char *path, void *conf)
{
    struct verdict *v = conf;
    v->round = scene_round(r, map, path, v->round_text);
    scene_standard(r, map, path, v->standard);
    if (v->standard)
        read_figures(r, map, path, standard_of(r->config, v->standard));
}

/* The row asked for: of its round, or of the newest that is in force. */
static const struct store_verdict *find(const struct store_verdict *rows, size_t n,
                                        const struct verdict *v)
{
    const struct store_verdict *found = NULL;
    for (size_t i = 0; i < n; i++)
        if (!strcmp(rows[i].stage, stage_word(v->stage)) && !rows[i].retracted &&
            (!v->round.year || round_cmp(rows[i].round, v->round) == 0))
            found = &rows[i];
    return found;
}

static const char *printed(const struct standard *st, double v, char text[NUM_TEXT])
{
    if (isnan(v))
        return "none";
    num_fixed(v, st->rounding.cv, text);
    return text;
}

static void check_figures(struct scene *s, const struct yaml_node *map,
                          const struct store_verdict *row, const struct standard *st)
{
    const struct yaml_node *figures = yaml_get(map, "figures");
    json_t *known = json_loads(row->figures, 0, NULL);
    for (size_t i = 0; figures && i < figures->n; i++) {
        const char *id = figures->pairs[i].key->text;
        const json_t *cv = json_object_get(known, id);
        char text[NUM_TEXT];
        scene_equal(s, figures, id, figures->pairs[i].value->text,
                    printed(st, json_is_number(cv) ? json_number_value(cv) : NAN, text));
    }
    json_decref(known);
}

static int check_items(struct scene *s, const struct yaml_node *map,
                       const struct verdict *v, const struct store_verdict *row,
                       struct jh_err *err)
{
    struct store_items items = {.outcome = OUTCOME_NONE, .certifiable = OUTCOME_NONE};
    if (!v->items && !v->certifiable)
        return 0;
    int rc = store_items_get(s->trial.reader, row->round, v->county, v->standard, false,
                             s->arena, &items, err);
    if (rc && rc != JH_ENOENT)
        return rc;
    scene_equal(s, map, "items", claim_word(OUTCOMES, v->items),
                outcome_id(items.outcome));
    scene_equal(s, map, "certifiable", claim_word(OUTCOMES, v->certifiable),
                outcome_id(items.certifiable));
    return 0;
}

static void check_revision(struct scene *s, const struct yaml_node *map,
                           const struct verdict *v, const struct store_verdict *row)
{
    if (v->revision && v->revision != row->revision)
        scene_wrong(s, yaml_get(map, "revision"),
                    "revision: expected %" PRId64 ", got %d", v->revision, row->revision);
}

static int check_verdict(struct scene *s, const struct yaml_node *map,
                         const struct verdict *v, struct jh_err *err)
{
    const struct standard *st = standard_of(s->config, v->standard);
    struct store_verdict *rows;
    char text[NUM_TEXT];
    size_t n;
    int rc =
        store_history(s->trial.reader, v->county, v->standard, s->arena, &rows, &n, err);
    if (rc)
        return rc;
    const struct store_verdict *row = find(rows, n, v);
    if (!row) {
        scene_wrong(s, map, "county %s was not judged by %s%s%s, stage %s", v->county,
                    v->standard, v->round.year ? " in " : "",
                    v->round.year ? v->round_text : "", STAGES[v->stage]);
        return 0;
    }
    scene_equal(s, map, "verdict", claim_word(OUTCOMES, v->outcome),
                outcome_id(row->outcome));
    scene_equal(s, map, "complete", claim_word(TRUTHS, v->complete),
                row->complete ? "true" : "false");
    scene_equal(s, map, "composite", v->composite, printed(st, row->composite, text));
    check_revision(s, map, v, row);
    check_figures(s, map, row, st);
    return check_items(s, map, v, row, err);
}

static int verdicts_check(struct scene *s, const struct claims *list, struct jh_err *err)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < list->n; i++)
        rc = check_verdict(s, list->maps[i], list->items[i], err);
    return rc;
}

const struct claim CLAIM_VERDICTS = {
    "verdicts", VERDICT,      VERDICT_PARTS, sizeof(struct verdict),
    NULL,       verdict_read, verdicts_check};

/* ---- local indicators --------------------------------------------------------------------------- */

struct local_claim {
    const char *county, *indicator, *school, *round_text, *contains;
    int stage, outcome;
    struct round round;
};

#define AT(member) offsetof(struct local_claim, member)
static const struct jh_option LOCAL[] = {
    {"county", JH_STRING, AT(county), NULL, 0, 0, NULL, true, "code"},
    {"indicator", JH_STRING, AT(indicator), NULL, 0, 0, NULL, true, "id"},
    {"round", JH_STRING, AT(round_text), NULL, 0, 0, NULL, true, "which"},
    {"stage", JH_ENUM, AT(stage), "county", 0, 0, STAGES, false, "of which"},
    {"school", JH_STRING, AT(school), "", 0, 0, NULL, false,
     "code, of an indicator that judges schools"},
    {"verdict", JH_ENUM, AT(outcome), "any", 0, 0, OUTCOMES, false, "what was found"},
    {"contains", JH_STRING, AT(contains), NULL, 0, 0, NULL, false,
     "a part of what the script says"},
    {0}};
#undef AT

static void local_read(const struct scene_reader *r, const struct yaml_node *map,
                       const char *path, void *conf)
{
    struct local_claim *c = conf;
    c->round = scene_round(r, map, path, c->round_text);
}

static const struct store_local *find_local(const struct store_local *rows, size_t n,
                                            const struct local_claim *c)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(rows[i].indicator, c->indicator) &&
            !strcmp(rows[i].school, c->school) &&
            !strcmp(rows[i].stage, stage_word(c->stage)))
            return &rows[i];
    return NULL;
}

static int check_local(struct scene *s, const struct yaml_node *map,
                       const struct local_claim *c, struct jh_err *err)
{
    struct store_local *rows;
    size_t n;
    int rc =
        store_local_get(s->trial.reader, c->round, c->county, s->arena, &rows, &n, err);
    if (rc)
        return rc;
    const struct store_local *row = find_local(rows, n, c);
    if (!row) {
        scene_wrong(s, map, "county %s was not judged by %s in %s, stage %s", c->county,
                    c->indicator, c->round_text, STAGES[c->stage]);
        return 0;
    }
    scene_equal(s, map, "verdict", claim_word(OUTCOMES, c->outcome),
                outcome_id(row->outcome));
    if (c->contains && !strstr(row->text, c->contains))
        scene_wrong(s, yaml_get(map, "contains"), "contains: expected \"%s\" in \"%s\"",
                    c->contains, row->text);
    return 0;
}

static int local_check(struct scene *s, const struct claims *list, struct jh_err *err)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < list->n; i++)
        rc = check_local(s, list->maps[i], list->items[i], err);
    return rc;
}

const struct claim CLAIM_LOCAL = {
    "local", LOCAL, NULL, sizeof(struct local_claim), NULL, local_read, local_check};
