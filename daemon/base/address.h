/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which network addresses may be connected to: rules are networks such as 10.0.0.0/8 or fe80::/10,
 * two lists of them: allow (not empty: nothing else may) and deny. They are held against the
 * address that a name has led to, so that neither a redirect nor a name that changes its mind
 * gets around them. An IPv4 address in IPv6 clothes counts as IPv4. Pure; any thread.
 *
 * Nobody wants link-local addresses, where clouds keep their metadata, nor unspecified and
 * multicast ones: they are refused unless a rule of allow as narrow names them.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum { ADDRESS_TEXT = 64, ADDRESS_RULES_MAX = 256 };

struct sockaddr;

struct address {
    uint8_t bytes[16]; /* of IPv4 the first four */
    bool v4;
};

struct address_rule {
    struct address net;
    unsigned bits;
};

struct address_rules {
    const struct address_rule *allow, *deny;
    size_t n_allow, n_deny;
};

/* "10.0.0.0/8", "fe80::/10", or one address. JH_EINVAL says what was expected. */
int address_rule_parse(const char *text, struct address_rule *ret, struct jh_err *err);
/* A literal address as in a URL, [v6] too; false for a name. */
bool address_parse(const char *text, struct address *ret);
/* False for what is neither IPv4 nor IPv6. */
bool address_of(const struct sockaddr *from, struct address *ret);
void address_print(const struct address *a, char ret[ADDRESS_TEXT]);
/*
 * 0 if all lists agree (NULL ones have nothing against it), else JH_EREFUSED; err names the
 * address and the rule.
 */
int address_check(const struct address *a, const struct address_rules *const *lists,
                  size_t n, struct jh_err *err);
