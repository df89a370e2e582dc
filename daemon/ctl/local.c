/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/local.h"

#include <string.h>

#include "base/num.h"
#include "conf/standard.h"
#include "ctl/command.h"
#include "render/table.h"

enum { ERRORS_MAX = 1000, COLUMNS = 7 };

static int no_memory(int status)
{
    struct jh_err err;
    err_set(&err, JH_ENOMEM, "out of memory");
    return command_fail(status, &err);
}

int local_start(struct local *local, int status)
{
    char helper[4096];
    struct jh_err err = {0};
    if (loader_helper(helper, sizeof helper, &err) < 0 ||
        script_start(helper, NULL, &local->host, &err) < 0)
        return command_fail(status, &err);
    return 0;
}

void local_done(struct local *local)
{
    script_set_unref(local->set);
    script_stop(local->host);
}

/* Every standard that can be found may be the population of a script. */
static const struct standard **find_standards(const char *dir, struct arena *arena,
                                              struct errs *errs, size_t *ret_n)
{
    const char *const *ids = standard_list(dir, arena, errs);
    size_t n = 0;
    while (ids && ids[n])
        n++;
    const struct standard **list = arena_array(arena, n, sizeof *list);
    *ret_n = 0;
    for (size_t i = 0; list && i < n; i++) {
        const struct standard *st = standard_find(ids[i], dir, arena, errs);
        if (st)
            list[(*ret_n)++] = st;
    }
    return list;
}

int local_load(struct local *local, const struct local_options *options,
               struct arena *arena, int status)
{
    struct errs errs;
    size_t n;
    errs_init(&errs, ERRORS_MAX);
    const struct standard **standards =
        find_standards(options->standards_dir, arena, &errs, &n);
    local->set = script_set_load(local->host, options->paths, options->n_paths,
                                 options->params, options->n_params, standards, n, &errs);
    errs_print(stderr, COMMAND_PROGRAM, &errs);
    bool good = local->set && !errs.errors;
    errs_done(&errs);
    return good ? 0 : status;
}

int local_run(struct local *local, const struct input *input, struct arena *arena,
              int status)
{
    size_t n = input->now.n;
    struct script_county *counties = arena_array(arena, n, sizeof *counties);
    struct jh_err lapse = {0};
    if (!counties)
        return no_memory(status);
    for (size_t i = 0; i < n; i++) {
        const struct dataset *ds = input->now.datasets[i];
        counties[i] = (struct script_county){ds, input_before(input, ds->county_code)};
    }
    if (script_run(local->host, local->set, counties, n, arena, &local->verdicts,
                   &local->n, &lapse) < 0 ||
        lapse.code)
        return command_fail(status, &lapse);
    return 0;
}

const struct school *local_school(const struct input *input,
                                  const struct script_verdict *v)
{
    size_t low = 0, high = input->now.n; /* datasets are ordered by code */
    while (v->school != UINT32_MAX && low < high) {
        size_t middle = low + (high - low) / 2;
        const struct dataset *ds = input->now.datasets[middle];
        int order = strcmp(ds->county_code, v->county);
        if (order == 0)
            return v->school < ds->n ? &ds->schools[v->school] : NULL;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

void local_print(const struct local *local, const struct input *input, struct buf *out)
{
    static const enum table_align align[COLUMNS] = {[5] = TABLE_RIGHT};
    struct table *table = table_new(COLUMNS, align);
    for (size_t i = 0; table && i < local->n; i++) {
        const struct script_verdict *v = &local->verdicts[i];
        const struct school *school = local_school(input, v);
        char value[NUM_TEXT];
        num_fixed(v->value, 3, value);
        const char *cells[COLUMNS] = {
            v->county,    stage_id(v->stage),     school ? school->code : NULL,
            v->indicator, outcome_id(v->outcome), value,
            v->text};
        table_row(table, cells);
    }
    if (table)
        table_print(table, 0, out);
    table_free(table);
}
