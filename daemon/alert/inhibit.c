/* SPDX-License-Identifier: Apache-2.0 */
#include "alert/inhibit.h"

#include <string.h>

#include "alert/alert.h"

/* "primary/composite" and "primary/2134000001" are of one stage, "items/ZF4" is of none. */
static bool same_stage(const char *key, const char *other, size_t len)
{
    return strncmp(key, other, len) == 0 && other[len] == '/';
}

static bool slips_in(const struct alert *slip, const char *key, size_t len)
{
    if (slip->state != ALERT_FIRING && slip->state != ALERT_ACKNOWLEDGED)
        return false;
    for (size_t i = 0; i < slip->n_told; i++)
        if (same_stage(key, slip->told[i], len))
            return true;
    return false;
}

bool inhibit_holds(const struct alert *const *slips, size_t n, const struct alert *local)
{
    if (strcmp(local->kind, alert_kind_info(KIND_LOCAL)->id) != 0 || !local->n_told)
        return false;
    for (size_t i = 0; i < local->n_told; i++) {
        const char *key = local->told[i], *slash = strchr(key, '/');
        bool held = false;
        for (size_t k = 0; slash && k < n; k++)
            held |= slips_in(slips[k], key, (size_t)(slash - key));
        if (!held) /* a county's own key has no slash: nothing holds it back */
            return false;
    }
    return true;
}
