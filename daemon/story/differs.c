/* SPDX-License-Identifier: Apache-2.0 */
#include "story/differs.h"

#include <string.h>

#include "render/rows.h"

static const char *word(double value)
{
    return value == ROWS_PASS      ? "pass"
           : value == ROWS_FAIL    ? "fail"
           : value == ROWS_UNKNOWN ? "unknown"
                                   : NULL;
}

/* What the level below said by this standard; NULL: nothing, or by another version of it. */
static const char *said_below(const struct dataset *ds, const char *header)
{
    for (size_t i = 0; ds->n && i < ds->n_extra; i++)
        if (strcmp(ds->extra[i].header, header) == 0)
            return word(ds->extra[i].values[0]);
    return NULL;
}

static bool is_joined(const struct gathered *gathered, const char *county)
{
    size_t parts = 0;
    for (size_t i = 0; i < gathered->n_parts; i++)
        parts += gather_has_county(&gathered->parts[i], county);
    return parts > 1;
}

static int tell(const struct county_result *result, const char *below,
                const struct dataset *ds, struct arena *arena, struct finding *ret)
{
    const char *here = outcome_id(result->outcome);
    *ret = (struct finding){
        .code = "verdict_differs",
        .severity = "warning",
        .county = ds->county_code,
        .school = "",
        .campus = "",
        .text = arena_fmt(arena, "%s: %s here, %s at the level below, of the same rows",
                          result->standard->id, here, below),
        .value = arena_fmt(arena, "%s:%s/%s", result->standard->id, here, below),
        .policy = DOUBT_REPORT};
    return ret->text && ret->value ? 0 : JH_ENOMEM;
}

int differs_find(const struct gathered *gathered, const struct assessed_county *county,
                 struct arena *arena, struct finding **ret, size_t *ret_n)
{
    const struct dataset *ds = county->data;
    struct finding *list = arena_array(arena, county->n_results + 1, sizeof *list);
    size_t n = 0;
    int rc = list ? 0 : JH_ENOMEM;
    bool joined = is_joined(gathered, ds->county_code);
    for (size_t i = 0; !rc && !joined && i < county->n_results; i++) {
        const struct county_result *result = &county->results[i];
        const char *header =
            arena_fmt(arena, ROWS_VERDICT "%s:%.*s", result->standard->id, ROWS_STANDARD,
                      result->standard->sha256);
        const char *below = header ? said_below(ds, header) : NULL;
        if (!header)
            rc = JH_ENOMEM;
        else if (below && strcmp(below, outcome_id(result->outcome)) != 0)
            rc = tell(result, below, ds, arena, &list[n++]);
    }
    if (!rc) {
        *ret = list;
        *ret_n = n;
    }
    return rc;
}
