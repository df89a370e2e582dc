/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `round: {from: url|path, match: REGEX, add: N}`: the round of a body from where it was
 * found. Compiled once, then immutable; applied in any thread through round_rule_apply() of
 * conf/config.h. Patterns are the operator's, subjects are not: matching has limits.
 */
#pragma once

#include "conf/config.h"
#include "conf/config_keys.h"
#include "digest/digest.h"

/* JH_EINVAL with the compiler's words and the place in the pattern. */
int round_rule_new(const struct config_round *keys, struct round_rule **ret,
                   struct jh_err *err);
void round_rule_free(struct round_rule *rule);
/* Adds all that it says to a hash. */
void round_rule_hash(const struct round_rule *rule, struct sha256 *to);
