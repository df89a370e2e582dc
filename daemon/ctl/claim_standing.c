/* SPDX-License-Identifier: Apache-2.0 */
/* standings: what has become of titles. */
#include <stddef.h>
#include <string.h>

#include "ctl/claim.h"
#include "store/standing.h"

static const char *const STATES[] = {"any",       "not_certified", "certified",
                                     "monitored", "warned",        "rectification",
                                     "proposed",  "revoked",       NULL};

struct standing_claim {
    const char *county, *standard, *deadline;
    int state;
};

#define AT(member) offsetof(struct standing_claim, member)
static const struct jh_option OPTIONS[] = {
    {"county", JH_STRING, AT(county), NULL, 0, 0, NULL, true, "code"},
    {"standard", JH_STRING, AT(standard), NULL, 0, 0, NULL, true, "id"},
    {"state", JH_ENUM, AT(state), "any", 0, 0, STATES, false, "how it stands"},
    {"deadline", JH_STRING, AT(deadline), NULL, 0, 0, NULL, false,
     "month of an order; none: there is none"},
    {0}};
#undef AT

static void standing_read(const struct scene_reader *r, const struct yaml_node *map,
                          const char *path, void *conf)
{
    const struct standing_claim *c = conf;
    scene_standard(r, map, path, c->standard);
}

static int standing_check(struct scene *s, const struct claims *list, struct jh_err *err)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < list->n; i++) {
        const struct standing_claim *want = list->items[i];
        struct store_standing got = {0};
        rc = store_standing_get(s->trial.reader, want->county, want->standard, s->arena,
                                &got, err);
        if (rc && rc != JH_ENOENT)
            return rc;
        rc = 0;
        scene_equal(s, list->maps[i], "state", claim_word(STATES, want->state),
                    standing_state_id(got.standing.state));
        scene_equal(s, list->maps[i], "deadline", want->deadline,
                    *got.standing.deadline ? got.standing.deadline : "none");
    }
    return rc;
}

const struct claim CLAIM_STANDINGS = {
    "standings", OPTIONS,       NULL,          sizeof(struct standing_claim),
    NULL,        standing_read, standing_check};
