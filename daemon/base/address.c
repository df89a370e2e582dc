/* SPDX-License-Identifier: Apache-2.0 */
#include "base/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

/* ---- addresses --------------------------------------------------------------------------- */

/* ::ffff:a.b.c.d, and 64:ff9b::a.b.c.d of a NAT64 (RFC 6052), end at a.b.c.d. */
static struct address from_v6(const uint8_t bytes[16])
{
    static const uint8_t MAPPED[12] = {[10] = 0xFF, [11] = 0xFF};
    static const uint8_t NAT64[12] = {0x00, 0x64, 0xFF, 0x9B};
    struct address a = {.v4 = !memcmp(bytes, MAPPED, 12) || !memcmp(bytes, NAT64, 12)};
    memcpy(a.bytes, bytes + (a.v4 ? 12 : 0), a.v4 ? 4 : 16);
    return a;
}

bool address_of(const struct sockaddr *from, struct address *ret)
{
    *ret = (struct address){0};
    if (from->sa_family == AF_INET) {
        const struct sockaddr_in *in = (const void *)from;
        ret->v4 = true;
        memcpy(ret->bytes, &in->sin_addr, 4);
        return true;
    }
    if (from->sa_family != AF_INET6)
        return false;
    const struct sockaddr_in6 *in6 = (const void *)from;
    *ret = from_v6(in6->sin6_addr.s6_addr);
    return true;
}

bool address_parse(const char *text, struct address *ret)
{
    char copy[ADDRESS_TEXT];
    uint8_t bytes[16];
    size_t n = strlen(text);
    if (n > 1 && *text == '[' && text[n - 1] == ']') {
        text++;
        n -= 2;
    }
    size_t zone = strcspn(text, "%"); /* fe80::1%eth0 */
    n = zone < n ? zone : n;
    if (n >= sizeof copy)
        return false;
    memcpy(copy, text, n);
    copy[n] = '\0';
    if (inet_pton(AF_INET6, copy, bytes) == 1) {
        *ret = from_v6(bytes);
        return true;
    }
    *ret = (struct address){.v4 = true};
    return inet_pton(AF_INET, copy, ret->bytes) == 1;
}

void address_print(const struct address *a, char ret[ADDRESS_TEXT])
{
    if (!inet_ntop(a->v4 ? AF_INET : AF_INET6, a->bytes, ret, ADDRESS_TEXT))
        ret[0] = '\0';
}

/* ---- rules ------------------------------------------------------------------------------- */

static bool inside(const struct address *a, const struct address_rule *rule)
{
    unsigned whole = rule->bits / 8, rest = rule->bits % 8;
    if (a->v4 != rule->net.v4 || memcmp(a->bytes, rule->net.bytes, whole) != 0)
        return false;
    unsigned mask = 0xFF00u >> rest & 0xFFu;
    return !rest || ((a->bytes[whole] ^ rule->net.bytes[whole]) & mask) == 0;
}

/* Do bits stand behind the network's? 10.0.0.1/8 was meant otherwise. */
static bool has_host_bits(const struct address_rule *rule)
{
    unsigned all = rule->net.v4 ? 32 : 128;
    for (unsigned bit = rule->bits; bit < all; bit++)
        if (rule->net.bytes[bit / 8] & 0x80u >> bit % 8)
            return true;
    return false;
}

static int wrong(struct jh_err *err, const char *text)
{
    return err_set(
        err, JH_EINVAL,
        "expected a network such as 10.0.0.0/8 or fd00::/8, or one address, got "
        "\"%.80s\"",
        text);
}

int address_rule_parse(const char *text, struct address_rule *ret, struct jh_err *err)
{
    char copy[ADDRESS_TEXT];
    const char *slash = strchr(text, '/');
    size_t n = slash ? (size_t)(slash - text) : strlen(text);
    struct address_rule rule = {0};
    if (n >= sizeof copy || strpbrk(text, "[]%"))
        return wrong(err, text);
    memcpy(copy, text, n);
    copy[n] = '\0';
    if (!address_parse(copy, &rule.net))
        return wrong(err, text);
    unsigned all = rule.net.v4 ? 32 : 128;
    rule.bits = all;
    if (slash) {
        char *end;
        size_t digits = strspn(slash + 1, "0123456789");
        rule.bits =
            digits && digits < 4 ? (unsigned)strtoul(slash + 1, &end, 10) : all + 1;
        /* ::ffff:10.0.0.0/104 is 10.0.0.0/8 in other words: nobody writes it */
        if (slash[1 + digits] || rule.bits > all || (rule.net.v4 && strchr(copy, ':')))
            return wrong(err, text);
    }
    if (has_host_bits(&rule))
        return err_set(err, JH_EINVAL,
                       "\"%.80s\" has bits behind its /%u: is it a typing error?", text,
                       rule.bits);
    *ret = rule;
    return 0;
}

static void print_rule(const struct address_rule *rule, char *ret, size_t size)
{
    char text[ADDRESS_TEXT];
    address_print(&rule->net, text);
    snprintf(ret, size, "%s/%u", text, rule->bits);
}

/* ---- the check --------------------------------------------------------------------------- */

static const struct {
    struct address_rule rule;
    const char *what;
} NOBODY_WANTS[] = {{{{{169, 254}, true}, 16}, "link-local, where clouds keep metadata"},
                    {{{{0xFE, 0x80}, false}, 10}, "link-local"},
                    {{{{100, 100, 100, 200}, true}, 32}, "a cloud's metadata"},
                    {{{{0xFD, 0x00, 0x0E, 0xC2, [14] = 0x02, [15] = 0x54}, false}, 128},
                     "a cloud's metadata"},
                    {{{{0}, true}, 8}, "unspecified"},
                    {{{{0}, false}, 128}, "unspecified"},
                    {{{{224}, true}, 4}, "multicast"},
                    {{{{240}, true}, 4}, "reserved"},
                    {{{{0xFF}, false}, 8}, "multicast"}};

static bool named(const struct address *a, const struct address_rule *narrow,
                  const struct address_rules *const *lists, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; lists[i] && k < lists[i]->n_allow; k++)
            if (lists[i]->allow[k].bits >= narrow->bits && inside(a, &lists[i]->allow[k]))
                return true;
    return false;
}

static bool any_inside(const struct address *a, const struct address_rule *rules,
                       size_t n, size_t *ret)
{
    for (size_t i = 0; i < n; i++)
        if (inside(a, &rules[i])) {
            *ret = i;
            return true;
        }
    return false;
}

static int check_list(const struct address *a, const char *text,
                      const struct address_rules *list, struct jh_err *err)
{
    char rule[ADDRESS_TEXT + 8];
    size_t which = 0;
    if (any_inside(a, list->deny, list->n_deny, &which)) {
        print_rule(&list->deny[which], rule, sizeof rule);
        return err_set(err, JH_EREFUSED, "address %s is refused: deny %s", text, rule);
    }
    if (!list->n_allow || any_inside(a, list->allow, list->n_allow, &which))
        return 0;
    return err_set(err, JH_EREFUSED, "address %s is refused: allow does not name it",
                   text);
}

int address_check(const struct address *a, const struct address_rules *const *lists,
                  size_t n, struct jh_err *err)
{
    char text[ADDRESS_TEXT], rule[ADDRESS_TEXT + 8];
    address_print(a, text);
    for (size_t i = 0; i < n; i++) {
        int rc = lists[i] ? check_list(a, text, lists[i], err) : 0;
        if (rc)
            return rc;
    }
    for (size_t i = 0; i < sizeof NOBODY_WANTS / sizeof *NOBODY_WANTS; i++) {
        const struct address_rule *narrow = &NOBODY_WANTS[i].rule;
        if (!inside(a, narrow) || named(a, narrow, lists, n))
            continue;
        print_rule(narrow, rule, sizeof rule);
        return err_set(err, JH_EREFUSED, "address %s is refused: %s is %s", text, rule,
                       NOBODY_WANTS[i].what);
    }
    return 0;
}
