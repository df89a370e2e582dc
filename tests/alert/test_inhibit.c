/* SPDX-License-Identifier: Apache-2.0 */
/* What a slip says already is not told twice; what it does not say is never kept back. */
#include "alert/inhibit.h"

#include "alert/alert.h"
#include "tap/tap.h"

static const char *const PRIMARY[] = {"primary/composite"}, *const JUNIOR[] = {
                                                                "junior/b"};
static const char *const ITEMS[] = {"items/ZF4"};
static const char *const SCHOOLS[] = {"primary/1", "primary/2"};
static const char *const BOTH[] = {"junior/1", "primary/1"};
static const char *const COUNTY[] = {"primary"};

static struct alert alert(const char *kind, enum alert_state state,
                          const char *const *told, size_t n)
{
    return (struct alert){.kind = kind, .state = state, .told = told, .n_told = n};
}

int main(void)
{
    struct alert primary = alert("slip", ALERT_FIRING, PRIMARY, 1);
    struct alert junior = alert("slip", ALERT_ACKNOWLEDGED, JUNIOR, 1);
    struct alert items = alert("slip", ALERT_FIRING, ITEMS, 1);
    struct alert pending = alert("slip", ALERT_PENDING, PRIMARY, 1);
    struct alert schools = alert("local", ALERT_FIRING, SCHOOLS, 2);
    struct alert both = alert("local", ALERT_FIRING, BOTH, 2);
    struct alert county = alert("local", ALERT_FIRING, COUNTY, 1);
    struct alert other = alert("warning", ALERT_FIRING, PRIMARY, 1);
    const struct alert *const slips[] = {&primary, &junior};
    const struct alert *const wrong[] = {&items, &pending};
    ok(inhibit_holds(slips, 1, &schools), "a slip of the stage keeps back its schools");
    ok(!inhibit_holds(slips + 1, 1, &schools), "one of another stage does not");
    ok(!inhibit_holds(slips, 1, &both), "schools of two stages need slips in both");
    ok(inhibit_holds(slips, 2, &both), "by whatever standards");
    ok(!inhibit_holds(wrong, 2, &schools),
       "items are of no stage, and pending is not told");
    ok(!inhibit_holds(slips, 2, &county), "what is the county's own is told");
    ok(!inhibit_holds(slips, 2, &other), "and so is every other kind");
    ok(!inhibit_holds(NULL, 0, &schools), "without a slip all is told");
    return done_testing();
}
