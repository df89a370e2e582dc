/* SPDX-License-Identifier: Apache-2.0 */
/* Rows become datasets: put in order (intake_order.c), cut into slices, and what was dropped
 * or found laid beside the county it concerns. */
#include <stdlib.h>
#include <string.h>

#include "model/dataset_pool.h"
#include "model/intake_internal.h"

enum { SHARED_MAX = 16 }; /* rows of no known county that every county lists */

struct finish {
    struct intake *in;
    struct jh_err *err;
    const struct dataset *const *previous;
    size_t n_previous;
    uint32_t *order; /* counties that get a dataset, by code */
    size_t n_order;
    size_t *start; /* per county of `order`: its first row in the new order; one more */
    struct dataset **ds; /* per county of `order` */
    struct dataset_pool *pool;
};

static int fail(struct finish *f, int code)
{
    (void)intake_fail(f->in, f->err, code);
    return code;
}

static const struct dataset *find_previous(const struct finish *f, const char *code)
{
    size_t low = 0, high = f->n_previous;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int d = strcmp(f->previous[mid]->county_code, code);
        if (d == 0)
            return f->previous[mid];
        if (d < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

/* ---- order ------------------------------------------------------------------------------- */

static int by_code(const void *a, const void *b, void *arg)
{
    const struct intake *in = arg;
    return strcmp(in->counties[*(const uint32_t *)a].code,
                  in->counties[*(const uint32_t *)b].code);
}

/* Counties with rows or expected, and those of the last round whose every row was dropped. */
static int order_counties(struct finish *f)
{
    struct intake *in = f->in;
    f->order = arena_array(in->arena, in->n_counties + 1, sizeof *f->order);
    f->start = arena_array(in->arena, in->n_counties + 2, sizeof *f->start);
    if (!f->order || !f->start)
        return fail(f, JH_ENOMEM);
    for (uint32_t i = 0; i < in->n_counties; i++)
        if (in->counties[i].rows || in->counties[i].expected ||
            find_previous(f, in->counties[i].code))
            f->order[f->n_order++] = i;
    qsort_r(f->order, f->n_order, sizeof *f->order, by_code, in);
    for (size_t k = 0; k < f->n_order; k++)
        f->start[k + 1] = f->start[k] + in->counties[f->order[k]].rows;
    return 0;
}

static int put_in_order(struct finish *f)
{
    int rc = intake_order_rows(f->in, f->order, f->start, f->n_order);
    return rc ? fail(f, rc) : 0;
}

/* ---- the pool ---------------------------------------------------------------------------- */

/* The arena and the big arrays change hands; the intake keeps its working lists. */
static int make_pool(struct finish *f)
{
    struct intake *in = f->in;
    void **blocks = arena_array(in->arena, INTAKE_COLUMNS + 8, sizeof *blocks);
    size_t n = 0;
    if (!blocks)
        return fail(f, JH_ENOMEM);
    for (size_t c = 0; c < INTAKE_COLUMNS; c++)
        if (in->col[c])
            blocks[n++] = in->col[c];
    blocks[n++] = in->schools;
    blocks[n++] = in->missing;
    blocks[n++] = in->files;
    f->pool = dataset_pool_new(in->arena, blocks, n);
    return f->pool ? 0 : fail(f, JH_ENOMEM);
}

/* ---- rows without a county --------------------------------------------------------------- */

/* A dropped row of a county that has no dataset here counts as one of no county. */
static void settle_unknown(struct finish *f)
{
    struct intake *in = f->in;
    for (size_t i = 0; i < in->n_counties; i++) {
        struct intake_county *c = &in->counties[i];
        if (!c->rows && !find_previous(f, c->code))
            c->dropped = 0;
    }
    for (size_t i = 0; i < in->n_rejected; i++) {
        uint32_t c = in->rejected_county[i];
        if (c != INTAKE_COUNTY_NONE && !in->counties[c].rows &&
            !find_previous(f, in->counties[c].code))
            in->rejected_county[i] = INTAKE_COUNTY_NONE;
    }
}

static int newest_first(const void *a, const void *b)
{
    const struct dataset *x = *(const struct dataset *const *)a;
    const struct dataset *y = *(const struct dataset *const *)b;
    int d = round_cmp(y->round, x->round);
    return d ? d : strcmp(x->county_code, y->county_code);
}

static void map_schools(const struct finish *f, struct map *map, const struct dataset *ds)
{
    int64_t stored;
    int64_t county = map_get(f->in->by_county, ds->county_code, strlen(ds->county_code));
    for (size_t i = 0; county != MAP_NONE && i < ds->n; i++)
        (void)map_add(map, ds->schools[i].code, strlen(ds->schools[i].code), county,
                      &stored);
}

/*
 * School code -> county index, of the last round; those without a dataset here are left out.
 * Counties may differ in their last rounds: who had the school later has it.
 */
static struct map *last_counties(const struct finish *f)
{
    const struct dataset **sorted = malloc((f->n_previous + 1) * sizeof *sorted);
    struct map *map = sorted ? map_new(1024) : NULL;
    for (size_t k = 0; map && k < f->n_previous; k++)
        sorted[k] = f->previous[k];
    if (map)
        qsort(sorted, f->n_previous, sizeof *sorted, newest_first);
    for (size_t k = 0; map && k < f->n_previous; k++)
        map_schools(f, map, sorted[k]);
    free(sorted);
    return map;
}

/* Rows whose county cell is bad go to the county that had the school last round. */
static void settle_rows(struct finish *f)
{
    struct intake *in = f->in;
    struct map *last = NULL;
    settle_unknown(f);
    for (size_t i = 0; i < in->n_rejected; i++) {
        const struct rejected *r = &in->rejected[i];
        if (!r->row || in->rejected_county[i] != INTAKE_COUNTY_NONE)
            continue;
        int64_t county = MAP_NONE;
        if (*r->school && f->n_previous && (last || (last = last_counties(f))))
            county = map_get(last, r->school, strlen(r->school));
        if (county == MAP_NONE) {
            in->infos[r->file].unplaced++;
        } else {
            in->rejected_county[i] = (uint32_t)county;
            in->counties[county].dropped++;
        }
    }
    map_free(last);
}

/* ---- datasets ---------------------------------------------------------------------------- */

struct share {
    uint64_t has[INTAKE_WORDS]; /* columns of the county's files */
    uint8_t *files;             /* per file: does it hold rows of the county? */
    size_t first, last;         /* of those that do */
};

static void share_of(const struct finish *f, size_t k, struct share *share)
{
    const struct intake *in = f->in;
    memset(share->has, 0, sizeof share->has);
    memset(share->files, 0, in->n_files);
    share->first = in->n_files;
    share->last = 0;
    for (size_t i = f->start[k]; i < f->start[k + 1]; i++) {
        uint16_t file = in->schools[i].file;
        if (share->files[file])
            continue;
        share->files[file] = 1;
        share->first = file < share->first ? file : share->first;
        share->last = file > share->last ? file : share->last;
        for (size_t w = 0; w < INTAKE_WORDS; w++)
            share->has[w] |= in->infos[file].has[w];
    }
}

static struct extra_column extra_column(const struct intake_extra *e,
                                        const double *values)
{
    return (struct extra_column){.header = e->header,
                                 .values = values,
                                 .folded = e->value.folded,
                                 .stem = e->value.stem,
                                 .indicator = e->value.indicator,
                                 .unit = e->value.unit,
                                 .factor = e->value.factor};
}

static int fill_extra(struct finish *f, struct dataset *ds, size_t first,
                      const struct share *share)
{
    struct intake *in = f->in;
    struct extra_column *extra = arena_array(in->texts, in->n_extra + 1, sizeof *extra);
    if (!extra)
        return fail(f, JH_ENOMEM);
    for (uint32_t e = 0; e < in->n_extra; e++)
        if (in->col[FIELD_COUNT + e] && intake_marked(share->has, FIELD_COUNT + e))
            extra[ds->n_extra++] =
                extra_column(&in->extra[e], in->col[FIELD_COUNT + e] + first);
    ds->extra = extra;
    return 0;
}

/* Missing cells lie in the order of rows; a county's begin where its rows do. */
static void fill_missing(const struct finish *f, struct dataset *ds, size_t k, size_t *at)
{
    struct intake *in = f->in;
    size_t begin = *at;
    for (; *at < in->n_missing && in->missing[*at].school < f->start[k + 1]; ++*at)
        in->missing[*at].school -= (uint32_t)f->start[k];
    ds->missing = in->missing + begin;
    ds->n_missing = *at - begin;
}

static int fill_dataset(struct finish *f, size_t k, struct dataset *ds,
                        struct share *share, size_t *missing_at)
{
    struct intake *in = f->in;
    const struct intake_county *county = &in->counties[f->order[k]];
    size_t first = f->start[k];
    share_of(f, k, share);
    ds->round = in->round;
    ds->county_code = county->code;
    ds->county_name = *county->name ? county->name : county->code;
    ds->n = county->rows;
    ds->schools = in->schools + first;
    for (uint32_t c = 0; c < FIELD_COUNT; c++)
        if (in->col[c] && intake_marked(share->has, c))
            ds->col[c] = in->col[c] + first;
    fill_missing(f, ds, k, missing_at);
    ds->rows_dropped = county->dropped;
    for (size_t i = share->first; i < in->n_files && i <= share->last; i++)
        ds->rows_dropped += share->files[i] ? in->infos[i].unplaced : 0;
    ds->files = in->files;
    ds->n_files = in->n_files;
    ds->parts_complete = true;
    return fill_extra(f, ds, first, share);
}

static int make_dataset(struct finish *f, size_t k, struct share *share,
                        size_t *missing_at)
{
    f->ds[k] = dataset_pool_add(f->pool);
    return f->ds[k] ? fill_dataset(f, k, f->ds[k], share, missing_at)
                    : fail(f, JH_ENOMEM);
}

/* Index into `order` per county, or n_order for those without a dataset. */
static size_t *ranks(const struct finish *f)
{
    size_t *rank = calloc(f->in->n_counties + 1, sizeof *rank);
    for (size_t i = 0; rank && i < f->in->n_counties; i++)
        rank[i] = f->n_order;
    for (size_t k = 0; rank && k < f->n_order; k++)
        rank[f->order[k]] = k;
    return rank;
}

/* Items of a list by county: all of one county side by side. where[k] is k's first. */
static size_t *by_county(const struct finish *f, const size_t *rank,
                         const uint32_t *county, size_t n, size_t **ret_items)
{
    size_t *where = calloc(f->n_order + 2, sizeof *where);
    size_t *items = malloc((n + 1) * sizeof *items);
    if (!where || !items) {
        free(where);
        free(items);
        return NULL;
    }
    /* counts at k + 2, then starts at k + 1, which filling moves on to be the ends of k */
    for (size_t i = 0; i < n; i++)
        if (county[i] != INTAKE_COUNTY_NONE && rank[county[i]] < f->n_order)
            where[rank[county[i]] + 2]++;
    for (size_t k = 2; k < f->n_order + 2; k++)
        where[k] += where[k - 1];
    for (size_t i = 0; i < n; i++)
        if (county[i] != INTAKE_COUNTY_NONE && rank[county[i]] < f->n_order)
            items[where[rank[county[i]] + 1]++] = i;
    *ret_items = items;
    return where;
}

/* Dropped rows, its own and those that may be its own, then bad cells. */
static int lay_rejected(struct finish *f, size_t k, const size_t *items, size_t n,
                        struct share *share)
{
    struct intake *in = f->in;
    struct dataset *ds = f->ds[k];
    struct rejected *list = arena_array(in->arena, n + SHARED_MAX, sizeof *list);
    if (!list)
        return fail(f, JH_ENOMEM);
    size_t used = 0, shared = 0;
    for (size_t i = 0; i < n; i++)
        if (in->rejected[items[i]].row)
            list[used++] = in->rejected[items[i]];
    if (ds->rows_dropped > used) { /* some are of no known county */
        share_of(f, k, share);
        for (size_t i = 0; i < in->n_rejected && shared < SHARED_MAX; i++)
            if (in->rejected[i].row && in->rejected_county[i] == INTAKE_COUNTY_NONE &&
                share->files[in->rejected[i].file]) {
                list[used++] = in->rejected[i];
                shared++;
            }
    }
    for (size_t i = 0; i < n; i++)
        if (!in->rejected[items[i]].row)
            list[used++] = in->rejected[items[i]];
    ds->rejected = list;
    ds->n_rejected = used;
    return 0;
}

static int lay_findings(struct finish *f, size_t k, const size_t *items, size_t n)
{
    struct finding *list = arena_array(f->in->arena, n, sizeof *list);
    if (!list)
        return fail(f, JH_ENOMEM);
    for (size_t i = 0; i < n; i++)
        list[i] = f->in->findings[items[i]];
    f->ds[k]->findings = list;
    f->ds[k]->n_findings = n;
    return 0;
}

static int lay_lists(struct finish *f, struct share *share)
{
    struct intake *in = f->in;
    size_t *rank = ranks(f), *r_items = NULL, *f_items = NULL, *r_at = NULL, *f_at = NULL;
    if (rank) {
        r_at = by_county(f, rank, in->rejected_county, in->n_rejected, &r_items);
        f_at = by_county(f, rank, in->finding_county, in->n_findings, &f_items);
    }
    int rc = r_at && f_at ? 0 : fail(f, JH_ENOMEM);
    for (size_t k = 0; k < f->n_order && !rc; k++) {
        rc = lay_rejected(f, k, r_items + r_at[k], r_at[k + 1] - r_at[k], share);
        if (!rc)
            rc = lay_findings(f, k, f_items + f_at[k], f_at[k + 1] - f_at[k]);
    }
    free(rank);
    free(r_items);
    free(f_items);
    free(r_at);
    free(f_at);
    return rc;
}

/* An unknown column without a single number is no column. */
static void forget_words(struct intake *in)
{
    for (uint32_t e = 0; e < in->n_extra; e++) {
        const double *v = in->col[FIELD_COUNT + e];
        size_t i = 0;
        while (v && i < in->n && v[i] != v[i])
            i++;
        for (size_t k = 0; v && i == in->n && k < in->n_files; k++)
            in->infos[k].has[(FIELD_COUNT + e) / 64] &= ~(1ull << (FIELD_COUNT + e) % 64);
    }
}

static int make_datasets(struct finish *f)
{
    struct intake *in = f->in;
    struct share share = {.files = calloc(in->n_files + 1, 1)};
    size_t missing_at = 0;
    f->ds = arena_array(in->arena, f->n_order + 1, sizeof(void *));
    int rc = f->ds && share.files ? 0 : fail(f, JH_ENOMEM);
    forget_words(in);
    for (size_t k = 0; k < f->n_order && !rc; k++)
        rc = make_dataset(f, k, &share, &missing_at);
    for (size_t k = 0; k < f->n_order && !rc; k++)
        if (intake_check(in, f->order[k], f->ds[k],
                         find_previous(f, f->ds[k]->county_code)))
            rc = fail(f, JH_ENOMEM);
    if (!rc)
        rc = lay_lists(f, &share);
    free(share.files);
    return rc;
}

/* The intake lets go of what the pool owns now. */
static void hand_over(struct finish *f, struct intake_result *ret)
{
    struct intake *in = f->in;
    *ret = (struct intake_result){.round = in->round,
                                  .datasets = (const struct dataset **)f->ds,
                                  .n = f->n_order,
                                  .rejected_total = in->rejected_total,
                                  .arena = in->arena,
                                  .pool = f->pool};
    struct rejected *rejected = arena_array(in->arena, in->n_rejected, sizeof *rejected);
    struct finding *findings = arena_array(in->arena, in->n_findings, sizeof *findings);
    if (rejected && in->n_rejected) {
        memcpy(rejected, in->rejected, in->n_rejected * sizeof *rejected);
        ret->rejected = rejected;
        ret->n_rejected = in->n_rejected;
    }
    if (findings && in->n_findings) {
        memcpy(findings, in->findings, in->n_findings * sizeof *findings);
        ret->findings = findings;
        ret->n_findings = in->n_findings;
    }
}

/* Whatever became of it, the arrays are the pool's from make_pool() on. */
static void forget_shared(struct intake *in)
{
    for (size_t c = 0; c < INTAKE_COLUMNS; c++)
        in->col[c] = NULL;
    in->schools = NULL;
    in->missing = NULL;
    in->files = NULL;
    in->arena = in->texts = NULL;
    in->n = in->n_files = in->n_missing = 0;
}

int intake_finish_counties(struct intake *in, uint32_t *order, size_t *start, size_t n,
                           struct dataset *ret, struct jh_err *err)
{
    size_t missing_at = 0, rejected = in->rejected_total;
    struct finish f = {
        .in = in, .err = err, .order = order, .n_order = n, .start = start};
    struct share share = {.files = calloc(in->n_files + 1, 1)};
    int rc = share.files ? put_in_order(&f) : fail(&f, JH_ENOMEM);
    if (!rc && (rc = intake_total_drop(in, order, start, n)))
        rc = fail(&f, rc);
    if (!rc && in->rejected_total > rejected) /* told in the order of all counties */
        rc = intake_stream_collect(in, err);
    for (size_t k = 0; k < n && !rc; k++)
        rc = fill_dataset(&f, k, &ret[k], &share, &missing_at);
    free(share.files);
    return rc;
}

int intake_finish(struct intake *in, const struct dataset *const *previous,
                  size_t n_previous, struct intake_result *ret, struct jh_err *err)
{
    struct finish f = {
        .in = in, .err = err, .previous = previous, .n_previous = n_previous};
    if (in->refused.code) {
        if (err)
            *err = in->refused;
        return in->refused.code;
    }
    if (in->stream.fn)
        return intake_stream_end(in, ret, err);
    int rc = order_counties(&f);
    if (!rc)
        rc = put_in_order(&f);
    if (rc)
        return rc;
    rc = intake_total_drop(in, f.order, f.start, f.n_order);
    if (rc)
        return fail(&f, rc);
    settle_rows(&f);
    rc = make_pool(&f);
    if (rc)
        return rc;
    rc = make_datasets(&f);
    if (rc) {
        for (size_t k = 0; f.ds && k < f.n_order; k++)
            dataset_unref(f.ds[k]);
        forget_shared(in);
        dataset_pool_unref(f.pool);
        return rc;
    }
    hand_over(&f, ret);
    forget_shared(in);
    err_set(&in->refused, JH_EINVAL, "this intake has ended");
    return 0;
}
