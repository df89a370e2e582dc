/* SPDX-License-Identifier: Apache-2.0 */
/* `alerts:`, a map a kind, with what is different for a standard or a region. */
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "conf/config_keys.h"
#include "conf/config_read.h"
#include "conf/option.h"

enum { OVERRIDES_MAX = 4096 };

#define AT(member) offsetof(struct alert_policy, member)
#define ENABLED                                                                          \
    {                                                                                    \
        "enabled", JH_BOOL, AT(enabled), "true", 0, 0, NULL, false,                      \
            "false: none is raised, and open ones end as not monitored"                  \
    }

static const char *const LEAST[] = {"notice", "warning", NULL};

static const struct jh_option SLIP[] = {
    {"enabled", JH_BOOL, AT(enabled), "true", 0, 0, NULL, false,
     "a slip is always raised: false is a warning, and changes nothing"},
    {"for", JH_INT, AT(for_rounds), "1", 1, 10, NULL, false,
     "rounds in a row that must fail before it fires"},
    {"propose_after", JH_INT, AT(propose_after), "2", 0, 10, NULL, false,
     "failing rounds after which revocation is proposed, which people decide; 0: only when "
     "the month of an order is over"},
    {"recovery", JH_STRING, AT(margin), "0", 0, 0, NULL, false,
     "margin below the limit for recovery; only 0 so far"},
    {0}};

static const struct jh_option WARNING[] = {
    ENABLED,
    {"margin", JH_STRING, AT(margin), "0.03", 0, 0, NULL, false,
     "so near to its limit a figure is warned of"},
    {"k", JH_INT, AT(rounds_back), "2", 1, 10, NULL, false,
     "rounds before the newest that a trend is drawn through"},
    {"n", JH_INT, AT(rounds_ahead), "2", 1, 10, NULL, false,
     "rounds within which the trend reaches the limit"},
    {0}};

static const struct jh_option DECLINE[] = {
    ENABLED,
    {"d", JH_STRING, AT(decline), "0.05", 0, 0, NULL, false,
     "worse than the certification's baseline by more than this, figure by figure"},
    {0}};

static const struct jh_option DUTY[] = {ENABLED,
                                        {"months", JH_INT, AT(months), "3", 1, 24, NULL,
                                         false,
                                         "so long before its last day a duty is told"},
                                        {0}};

static const struct jh_option OVERDUE[] = {ENABLED, {0}};

static const struct jh_option QUALITY[] = {
    ENABLED,
    {"min_severity", JH_ENUM, AT(least), "warning", 0, 0, LEAST, false,
     "the least severity of findings that raise it"},
    {0}};

static const char *const LOCAL_SEVERITY[] = {"script", "notice", "warning", "critical",
                                             NULL};
static const struct jh_option LOCAL[] = {
    ENABLED,
    {"for", JH_INT, AT(for_rounds), "1", 1, 10, NULL, false,
     "rounds in a row that must fail before it fires"},
    {"severity", JH_ENUM, AT(local_severity), "script", 0, 0, LOCAL_SEVERITY, false,
     "of all local indicators; script: as each says itself"},
    {0}};

static const struct jh_option FAILED[] = {
    ENABLED,
    {"polls", JH_INT, AT(tries), "3", 1, 1000000, NULL, false,
     "polls in a row that must have failed"},
    {"after", JH_DURATION, AT(after_ms), "6h", 0, 12 * (int64_t)30 * CONFIG_DAY_MS, NULL,
     false,
     "and what the waits between them must come to; a body that is refused: at once"},
    {0}};

static const struct jh_option BROKEN[] = {ENABLED, {0}};
static const struct jh_option DEAD[] = {ENABLED, {0}};

static const char *const PARTS[] = {"standards", "regions", NULL};
static const char *const LOCAL_PARTS[] = {"regions", NULL};

const struct config_keys CONFIG_ALERT[ALERT_KINDS] = {
    [KIND_SLIP] = {"alerts.slip", SLIP, PARTS},
    [KIND_WARNING] = {"alerts.warning", WARNING, PARTS},
    [KIND_DECLINE] = {"alerts.decline", DECLINE, PARTS},
    [KIND_DUTY] = {"alerts.duty", DUTY, PARTS},
    [KIND_DATA_OVERDUE] = {"alerts.data_overdue", OVERDUE, PARTS},
    [KIND_DATA_QUALITY] = {"alerts.data_quality", QUALITY, NULL},
    [KIND_LOCAL] = {"alerts.local", LOCAL, LOCAL_PARTS},
    [KIND_SOURCE_FAILED] = {"alerts.source_failed", FAILED, NULL},
    [KIND_SCRIPT_BROKEN] = {"alerts.script_broken", BROKEN, NULL},
    [KIND_DELIVERY_DEAD] = {"alerts.delivery_dead", DEAD, NULL},
};

/* One kind being read. */
struct reading {
    struct config_reader *r;
    enum alert_kind kind;
    const struct yaml_node *map; /* may be NULL */
    struct config_override *list;
    size_t n;
};

static void check_decimal(const struct reading *k, const struct yaml_node *map,
                          const char *path, const char *key, const char *text)
{
    struct decimal d;
    char name[OPTION_PATH];
    const struct yaml_node *node = map ? yaml_get(map, key) : NULL;
    if (!node || !text)
        return;
    if (decimal_parse(text, strlen(text), &d) || d.n < 0 || d.n > 1000000000)
        yaml_error(node, k->r->errs, "%s: expected a decimal such as 0.03, got \"%s\"",
                   option_path(path, key, name), text);
}

static void check(const struct reading *k, const struct yaml_node *map, const char *path,
                  struct alert_policy *policy)
{
    struct decimal recovery;
    char name[OPTION_PATH];
    if (k->kind == KIND_WARNING)
        check_decimal(k, map, path, "margin", policy->margin);
    check_decimal(k, map, path, "d", policy->decline);
    if (k->kind != KIND_SLIP)
        return;
    if (decimal_parse(policy->margin, strlen(policy->margin), &recovery) || recovery.n)
        yaml_error(yaml_get(map, "recovery"), k->r->errs, "%s: only 0 is supported yet",
                   option_path(path, "recovery", name));
    if (!policy->enabled)
        yaml_warning(
            yaml_get(map, "enabled"), k->r->errs,
            "%s: slips are what this program is for: they are raised all the same",
            option_path(path, "enabled", name));
    policy->enabled = true;
}

/* Which options of the table the map sets. */
static uint32_t set_keys(const struct jh_option *options, const struct yaml_node *map)
{
    uint32_t set = 0;
    for (size_t i = 0; options[i].name; i++)
        if (yaml_get(map, options[i].name))
            set |= (uint32_t)1 << i;
    return set;
}

static void read_override(struct reading *k, const struct yaml_pair *pair,
                          const char *path, bool region)
{
    char name[OPTION_PATH];
    const struct config_keys *keys = &CONFIG_ALERT[k->kind];
    const struct config_keys own = {keys->map, keys->options, NULL};
    const char *key = pair->key->text;
    struct config_override *o = &k->list[k->n];
    option_path(path, key, name);
    if (!region && !config_standard(k->r->config, key))
        yaml_error(pair->key, k->r->errs, "%s: no standard in use has this id", name);
    else if (region && !*key)
        yaml_error(pair->key, k->r->errs, "%s: expected the beginning of a code", path);
    *o = (struct config_override){.kind = k->kind,
                                  .standard = region ? NULL : key,
                                  .region = region ? key : NULL,
                                  .set = set_keys(own.options, pair->value)};
    config_fill(k->r, pair->value, name, &own, &o->policy, sizeof o->policy);
    check(k, pair->value, name, &o->policy);
    k->n++;
}

static void read_overrides(struct reading *k, const char *path, const char *key)
{
    char name[OPTION_PATH], shown[YAML_SHOW];
    const struct yaml_node *map = k->map ? yaml_get(k->map, key) : NULL;
    option_path(path, key, name);
    if (!map)
        return;
    if (map->kind != YAML_MAP) {
        yaml_error(map, k->r->errs, "%s: expected a map, got %s", name,
                   yaml_show(map, shown));
        return;
    }
    if (map->n > OVERRIDES_MAX - k->n) {
        yaml_error(map, k->r->errs, "%s: more than %d", name, OVERRIDES_MAX);
        return;
    }
    for (size_t i = 0; i < map->n; i++)
        read_override(k, &map->pairs[i], name, strcmp(key, "regions") == 0);
}

static size_t count(const struct yaml_node *map, const char *key)
{
    const struct yaml_node *inner = map ? yaml_get(map, key) : NULL;
    return inner && inner->kind == YAML_MAP ? inner->n : 0;
}

static void read_kind(struct reading *k)
{
    const struct config_keys *keys = &CONFIG_ALERT[k->kind];
    struct alert_policy *policy = &k->r->config->policies[k->kind];
    if (!keys->options)
        return;
    config_fill(k->r, k->map, keys->map, keys, policy, sizeof *policy);
    check(k, k->map, keys->map, policy);
    for (size_t i = 0; keys->parts && keys->parts[i]; i++)
        read_overrides(k, keys->map, keys->parts[i]);
}

/* What is laid over what: standards first, then regions, the longest last. */
static int by_rank(const void *a, const void *b)
{
    const struct config_override *x = a, *y = b;
    size_t i = x->region ? strlen(x->region) + 1 : 0;
    size_t k = y->region ? strlen(y->region) + 1 : 0;
    return (i > k) - (i < k);
}

void config_read_alerts(struct config_reader *r)
{
    struct config_alerts alerts;
    const struct yaml_node *map = yaml_get(r->root, "alerts");
    struct reading k = {.r = r};
    size_t most = 1;
    config_fill(r, map, "alerts", &CONFIG_ALERTS, &alerts, sizeof alerts);
    r->config->group_wait_ms = alerts.group_wait;
    r->config->acknowledged_days = (int)(alerts.acknowledged / CONFIG_DAY_MS);
    r->config->operators = alerts.operators.items;
    r->config->n_operators = alerts.operators.n;
    for (int i = 0; i < ALERT_KINDS; i++) {
        const struct yaml_node *kind =
            map ? yaml_get(map, alert_kind_info((enum alert_kind)i)->id) : NULL;
        most += count(kind, "standards") + count(kind, "regions");
    }
    k.list = arena_array(r->arena, most, sizeof *k.list);
    for (int i = 0; k.list && i < ALERT_KINDS; i++) {
        k.kind = (enum alert_kind)i;
        k.map = map ? yaml_get(map, alert_kind_info(k.kind)->id) : NULL;
        read_kind(&k);
    }
    if (k.n)
        qsort(k.list, k.n, sizeof *k.list, by_rank);
    r->config->overrides = k.list;
    r->config->n_overrides = k.n;
}

/* ---- asking ---------------------------------------------------------------------------- */

static size_t size_of(enum jh_type type)
{
    return type == JH_BOOL     ? sizeof(bool)
           : type == JH_ENUM   ? sizeof(int)
           : type == JH_STRING ? sizeof(const char *)
                               : sizeof(int64_t);
}

static void lay(const struct config_override *o, struct alert_policy *policy)
{
    const struct jh_option *options = CONFIG_ALERT[o->kind].options;
    for (size_t i = 0; options[i].name; i++)
        if (o->set >> i & 1)
            memcpy((char *)policy + options[i].offset,
                   (const char *)&o->policy + options[i].offset,
                   size_of(options[i].type));
}

static bool begins(const char *code, const char *prefix)
{
    return strncmp(code, prefix, strlen(prefix)) == 0;
}

static bool concerns(const struct config_override *o, const struct config_where *where)
{
    if (o->standard)
        return strcmp(o->standard, where->standard) == 0;
    if (begins(where->county, o->region))
        return true;
    for (size_t i = 0; i < where->n_division; i++)
        if (begins(where->division[i], o->region))
            return true;
    return false;
}

void config_policy(const struct config *config, enum alert_kind kind,
                   const struct config_where *where, struct alert_policy *ret)
{
    *ret = config->policies[kind];
    for (size_t i = 0; i < config->n_overrides; i++)
        if (config->overrides[i].kind == kind && concerns(&config->overrides[i], where))
            lay(&config->overrides[i], ret);
}
