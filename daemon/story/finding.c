/* SPDX-License-Identifier: Apache-2.0 */
#include "story/finding.h"

#include <stdlib.h>
#include <string.h>

#include "digest/digest.h"

int finding_rules_load(const struct gather *g, const struct gathered *gathered,
                       struct finding_rules *ret, struct jh_err *err)
{
    *ret = (struct finding_rules){.config = g->config, .gathered = gathered};
    return store_findings_accepted(g->reader, gathered->round, g->arena, &ret->accepted,
                                   &ret->n_accepted, err);
}

void finding_id(struct round round, const struct finding *f, char id[FINDING_ID])
{
    char text[ROUND_TEXT], hex[65];
    struct sha256 *h = sha256_new();
    round_print(round, text);
    sha256_add_str(h, text);
    sha256_add_str(h, f->county);
    sha256_add_str(h, f->school);
    sha256_add_str(h, f->campus);
    sha256_add_str(h, f->code);
    sha256_add_str(h, f->field ? f->field : "");
    sha256_add_str(h, f->value ? f->value : "");
    sha256_end(h, hex);
    memcpy(id, hex, FINDING_ID - 1);
    id[FINDING_ID - 1] = '\0';
}

static int strictness(int policy)
{
    return policy == DOUBT_BLOCK ? 2 : policy == DOUBT_REPORT ? 1 : 0;
}

static int policy_of(const struct finding_rules *rules, size_t part, enum doubt doubt)
{
    const char *name = rules->gathered->parts[part].source;
    const struct source_conf *source = config_source(rules->config, name);
    return source ? source->checks.policy[doubt] : DOUBT_REPORT;
}

static int configured(const struct finding_rules *rules, enum doubt doubt,
                      const struct finding *finding)
{
    int strictest = DOUBT_OFF;
    if (finding->line && finding->file < rules->gathered->n_parts)
        return policy_of(rules, finding->file, doubt);
    for (size_t i = 0; i < rules->gathered->n_parts; i++) {
        if (!gather_has_county(&rules->gathered->parts[i], finding->county))
            continue;
        int policy = policy_of(rules, i, doubt);
        if (strictness(policy) > strictness(strictest))
            strictest = policy;
    }
    return strictest;
}

static bool is_accepted(const struct finding_rules *rules, struct round round,
                        const struct finding *finding)
{
    char id[FINDING_ID];
    const char *key = id;
    if (!rules->n_accepted)
        return false;
    finding_id(round, finding, id);
    return bsearch(&key, rules->accepted, rules->n_accepted, sizeof key, gather_by_text);
}

enum doubt_policy finding_policy(void *arg, struct round round, enum doubt doubt,
                                 const struct finding *finding)
{
    const struct finding_rules *rules = arg;
    int policy = configured(rules, doubt, finding);
    if (policy != DOUBT_OFF && is_accepted(rules, round, finding))
        policy = DOUBT_ACCEPTED;
    return (enum doubt_policy)policy;
}

static int make_row(const struct gathered *gathered, struct round round,
                    const struct finding *f, struct arena *arena,
                    struct store_finding *ret)
{
    char id[FINDING_ID];
    bool row = f->line && f->file < gathered->n_parts;
    finding_id(round, f, id);
    *ret = (struct store_finding){.id = arena_str(arena, id),
                                  .round = round,
                                  .county = f->county,
                                  .source = row ? gathered->parts[f->file].source : "",
                                  .file = row ? gathered->parts[f->file].name : "",
                                  .code = f->code,
                                  .severity = f->severity,
                                  .school = f->school,
                                  .campus = f->campus,
                                  .field = f->field,
                                  .value = f->value,
                                  .line = f->line,
                                  .text = f->text,
                                  .policy = doubt_policy_id((int)f->policy)};
    return ret->id ? 0 : JH_ENOMEM;
}

int finding_rows(const struct gathered *gathered, const struct dataset *ds,
                 const struct finding *judged, size_t n_judged, struct arena *arena,
                 struct store_finding **ret, size_t *ret_n)
{
    struct store_finding *rows =
        arena_array(arena, ds->n_findings + n_judged, sizeof *rows);
    size_t n = 0;
    int rc = rows ? 0 : JH_ENOMEM;
    for (size_t i = 0; !rc && i < ds->n_findings; i++)
        if (ds->findings[i].value) /* of a check; others tell how a file was read */
            rc = make_row(gathered, ds->round, &ds->findings[i], arena, &rows[n++]);
    for (size_t i = 0; !rc && i < n_judged; i++)
        rc = make_row(gathered, ds->round, &judged[i], arena, &rows[n++]);
    if (!rc) {
        *ret = rows;
        *ret_n = n;
    }
    return rc;
}
