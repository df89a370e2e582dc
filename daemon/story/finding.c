/* SPDX-License-Identifier: Apache-2.0 */
#include "story/finding.h"

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

enum doubt_policy finding_policy(void *arg, struct round round, enum doubt doubt,
                                 const struct finding *finding)
{
    const struct finding_rules *rules = arg;
    int strictest = DOUBT_OFF;
    (void)round;
    if (finding->line && finding->file < rules->gathered->n_parts)
        return (enum doubt_policy)policy_of(rules, finding->file, doubt);
    for (size_t i = 0; i < rules->gathered->n_parts; i++) {
        if (!gather_has_county(&rules->gathered->parts[i], finding->county))
            continue;
        int policy = policy_of(rules, i, doubt);
        if (strictness(policy) > strictness(strictest))
            strictest = policy;
    }
    return (enum doubt_policy)strictest;
}
