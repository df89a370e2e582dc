/* SPDX-License-Identifier: Apache-2.0 */
/* `checks:` of the file and of a source. The table is made of what model/doubt.h knows. */
#include "conf/config_keys.h"
#include "conf/config_read.h"
#include "conf/option.h"

struct table {
    struct jh_option options[DOUBT_COUNT + 1];
};

/* What a person can choose; that a finding is accepted is said of it alone. */
static const char *const WORDS[] = {"report", "block", "off", NULL};

static struct table table_of(const struct config_checks *defaults)
{
    struct table t = {0};
    for (int i = 0; i < DOUBT_COUNT; i++)
        t.options[i] =
            (struct jh_option){.name = doubt_id((enum doubt)i),
                               .type = JH_ENUM,
                               .offset = offsetof(struct config_checks, policy) +
                                         (size_t)i * sizeof defaults->policy[0],
                               .def = WORDS[defaults->policy[i]],
                               .words = WORDS,
                               .help = doubt_words((enum doubt)i)};
    return t;
}

void config_checks(struct config_reader *r, const struct yaml_node *map, const char *path,
                   const struct config_checks *defaults, struct config_checks *ret)
{
    struct table t = table_of(defaults);
    const struct config_keys keys = {path, t.options, NULL};
    config_fill(r, map, path, &keys, ret, sizeof *ret);
}

void config_checks_document(FILE *to)
{
    static const struct config_checks none = {{0}};
    struct table t = table_of(&none);
    option_document(to, t.options);
}
