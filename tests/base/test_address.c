/* SPDX-License-Identifier: Apache-2.0 */
/* Which addresses may be connected to: a rule that is misread opens a way in, or shuts one. */
#include <netinet/in.h>
#include <string.h>

#include "base/address.h"
#include "tap/tap.h"

static void rules(void)
{
    static const struct {
        const char *text;
        const char *words; /* NULL: a rule */
    } texts[] = {{"10.0.0.0/8", NULL},
                 {"10.1.2.3", NULL},
                 {"0.0.0.0/0", NULL},
                 {"::/0", NULL},
                 {"fd00::/8", NULL},
                 {"2001:db8::1", NULL},
                 {"10.0.0.1/8", "behind"},
                 {"fe80::1/10", "behind"},
                 {"10.0.0.0/33", "such as"},
                 {"fd00::/129", "such as"},
                 {"10.0.0.0/", "such as"},
                 {"10.0.0.0/8x", "such as"},
                 {"10.0.0.0/-1", "such as"},
                 {"10.0.0.0/0008", "such as"},
                 {"10.0.0/8", "such as"},
                 {"example.cn", "such as"},
                 {"", "such as"},
                 {"[fd00::]/8", "such as"},
                 {"::ffff:10.0.0.0/104", "such as"}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct address_rule rule;
        struct jh_err err = {0};
        int rc = address_rule_parse(texts[i].text, &rule, &err);
        ok(texts[i].words ? rc == JH_EINVAL && strstr(err.text, texts[i].words) : rc == 0,
           "\"%s\" is %s: %s", texts[i].text, texts[i].words ? "refused" : "a rule",
           err.text);
    }
}

/* Lists of at most one rule each; "" = none. */
static int held(const char *text, const char *allow, const char *deny,
                const char *own_allow, struct jh_err *err)
{
    struct address_rule list[3];
    struct address_rules all = {.allow = &list[0], .deny = &list[1]},
                         own = {.allow = &list[2]};
    struct address a;
    if (!address_parse(text, &a) ||
        (*allow && address_rule_parse(allow, &list[0], NULL)) ||
        (*deny && address_rule_parse(deny, &list[1], NULL)) ||
        (*own_allow && address_rule_parse(own_allow, &list[2], NULL)))
        bail("cannot read what the test holds");
    all.n_allow = *allow != '\0';
    all.n_deny = *deny != '\0';
    own.n_allow = *own_allow != '\0';
    const struct address_rules *lists[] = {&all, &own};
    return address_check(&a, lists, 2, err);
}

static void checks(void)
{
    static const struct {
        const char *address, *allow, *deny, *own, *words; /* NULL: may be connected to */
    } cases[] = {{"192.168.1.1", "", "", "", NULL},
                 {"10.0.0.1", "", "", "", NULL},
                 {"127.0.0.1", "", "", "", NULL},
                 {"[::1]", "", "", "", NULL},
                 {"8.8.8.8", "", "", "", NULL},
                 {"169.254.169.254", "", "", "",
                  "169.254.169.254 is refused: 169.254.0.0/16 is link-local"},
                 {"::ffff:169.254.169.254", "", "", "", "169.254.0.0/16"},
                 {"64:ff9b::a9fe:a9fe", "", "", "", "169.254.0.0/16"},
                 {"fe80::1%eth0", "", "", "", "fe80::/10"},
                 {"febf::1", "", "", "", "fe80::/10"},
                 {"fec0::1", "", "", "", NULL},
                 {"100.100.100.200", "", "", "", "metadata"},
                 {"fd00:ec2::254", "", "", "", "metadata"},
                 {"0.0.0.0", "", "", "", "unspecified"},
                 {"::", "", "", "", "unspecified"},
                 {"239.1.1.1", "", "", "", "multicast"},
                 {"255.255.255.255", "", "", "", "reserved"},
                 {"169.254.10.1", "169.254.10.0/24", "", "", NULL},
                 {"169.254.11.1", "169.254.10.0/24", "", "", "allow does not name it"},
                 {"169.254.169.254", "0.0.0.0/0", "", "", "169.254.0.0/16"},
                 {"10.1.2.3", "10.0.0.0/8", "", "", NULL},
                 {"11.1.2.3", "10.0.0.0/8", "", "", "address 11.1.2.3 is refused: allow"},
                 {"10.1.2.3", "10.0.0.0/8", "10.1.0.0/16", "", "deny 10.1.0.0/16"},
                 {"10.129.0.0", "10.128.0.0/15", "", "", NULL},
                 {"10.130.0.0", "10.128.0.0/15", "", "", "allow"},
                 {"10.1.2.3", "10.0.0.0/8", "", "10.1.2.3", NULL},
                 {"10.1.2.4", "10.0.0.0/8", "", "10.1.2.3", "allow"},
                 {"11.0.0.1", "10.0.0.0/8", "", "11.0.0.0/8", "allow"},
                 {"::ffff:10.1.2.3", "10.0.0.0/8", "", "", NULL},
                 {"10.1.2.3", "::/0", "", "", "allow"},
                 {"2001:db8::1", "2001:db8::/32", "", "", NULL},
                 {"2001:db9::1", "2001:db8::/32", "", "", "allow"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct jh_err err = {0};
        int rc =
            held(cases[i].address, cases[i].allow, cases[i].deny, cases[i].own, &err);
        ok(cases[i].words ? rc == JH_EREFUSED && strstr(err.text, cases[i].words)
                          : rc == 0,
           "%s with allow \"%s\", deny \"%s\", own \"%s\": %s", cases[i].address,
           cases[i].allow, cases[i].deny, cases[i].own, rc ? err.text : "may");
    }
    struct address a;
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
    in6.sin6_addr.s6_addr[15] = 1;
    ok(address_of((const void *)&in6, &a) && !a.v4 && a.bytes[15] == 1,
       "a socket's address");
    ok(!address_of(&(struct sockaddr){.sa_family = AF_UNIX}, &a), "of the network only");
    ok(!address_parse("portal.example", &a), "a name is no address");
}

int main(void)
{
    rules();
    checks();
    return done_testing();
}
