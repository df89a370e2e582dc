/* SPDX-License-Identifier: Apache-2.0 */
#include "model/previous.h"

#include <stdlib.h>
#include <string.h>

void previous_done(struct previous *p)
{
    for (size_t i = 0; i < p->n; i++)
        dataset_unref(p->datasets[i]);
    free(p->datasets);
    *p = (struct previous){0};
}

/* Both are ordered by code: one walk. */
int previous_add(struct previous *p, const struct intake_result *older)
{
    const struct dataset **all = calloc(p->n + older->n + 1, sizeof *all);
    size_t n = 0, mine = 0;
    if (!all)
        return JH_ENOMEM;
    for (size_t i = 0; i < older->n; i++) {
        const struct dataset *ds = older->datasets[i];
        int order = 1;
        while (mine < p->n &&
               (order = strcmp(p->datasets[mine]->county_code, ds->county_code)) < 0)
            all[n++] = p->datasets[mine++];
        if (order != 0 && ds->n)
            all[n++] = dataset_ref(ds);
    }
    while (mine < p->n)
        all[n++] = p->datasets[mine++];
    free(p->datasets);
    p->datasets = all;
    p->n = n;
    return 0;
}

int previous_put(struct previous *p, const struct dataset *ds)
{
    size_t at = 0;
    while (at < p->n && strcmp(p->datasets[at]->county_code, ds->county_code) < 0)
        at++;
    if (at < p->n && strcmp(p->datasets[at]->county_code, ds->county_code) == 0) {
        dataset_unref(p->datasets[at]);
    } else {
        const struct dataset **all = realloc(p->datasets, (p->n + 1) * sizeof *all);
        if (!all)
            return JH_ENOMEM;
        memmove(all + at + 1, all + at, (p->n - at) * sizeof *all);
        p->datasets = all;
        p->n++;
    }
    p->datasets[at] = dataset_ref(ds);
    return 0;
}

static int by_county(const void *county, const void *ds)
{
    return strcmp(county, (*(const struct dataset *const *)ds)->county_code);
}

const struct dataset *previous_find(const struct previous *p, const char *county)
{
    const struct dataset **found = NULL;
    if (p->n)
        found = bsearch(county, p->datasets, p->n, sizeof(void *), by_county);
    return found ? *found : NULL;
}

size_t previous_lacking(const struct previous *p, const char **counties, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (!previous_find(p, counties[i]))
            counties[kept++] = counties[i];
    return kept;
}
