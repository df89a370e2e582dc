/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of several datasets as one of another county: what a county was before it was one. */
#include <stdlib.h>
#include <string.h>

#include <junheng/plugin.h>

#include "model/dataset_pool.h"

enum { JOIN_BYTES = 0x7fffffff };

/* A row of the new dataset, and where it comes from. */
struct origin {
    const struct dataset *ds;
    size_t part, row;
};

struct join {
    const struct dataset_part *parts;
    size_t n_parts;
    struct arena *arena;
    struct origin *rows;
    size_t n;
    uint16_t *files; /* of a part: where its files begin in the new list */
};

static int by_key(const void *a, const void *b)
{
    const struct origin *x = a, *y = b;
    int order = dataset_key_cmp(&x->ds->schools[x->row], &y->ds->schools[y->row]);
    return order ? order : (x->part > y->part) - (x->part < y->part);
}

/* A school that two parts have is the first one's. */
static int order_rows(struct join *j)
{
    size_t most = 0, kept = 0;
    for (size_t p = 0; p < j->n_parts; p++)
        most += j->parts[p].ds->n;
    j->rows = arena_array(j->arena, most + 1, sizeof *j->rows);
    if (!j->rows)
        return JH_ENOMEM;
    for (size_t p = 0; p < j->n_parts; p++)
        for (size_t i = 0; i < j->parts[p].ds->n; i++)
            if (!j->parts[p].keep || j->parts[p].keep[i])
                j->rows[j->n++] = (struct origin){j->parts[p].ds, p, i};
    if (j->n)
        qsort(j->rows, j->n, sizeof *j->rows, by_key);
    for (size_t i = 0; i < j->n; i++)
        if (!kept ||
            dataset_key_cmp(&j->rows[kept - 1].ds->schools[j->rows[kept - 1].row],
                            &j->rows[i].ds->schools[j->rows[i].row]) != 0)
            j->rows[kept++] = j->rows[i];
    j->n = kept;
    return 0;
}

static const char *copy(struct join *j, const char *text, bool *ok)
{
    const char *kept = text ? arena_str(j->arena, text) : NULL;
    *ok = *ok && (kept || !text);
    return kept;
}

static int join_files(struct join *j, struct dataset *out)
{
    size_t most = 0;
    bool ok = true;
    for (size_t p = 0; p < j->n_parts; p++)
        most += j->parts[p].ds->n_files;
    struct dataset_file *files = arena_array(j->arena, most + 1, sizeof *files);
    j->files = arena_array(j->arena, j->n_parts + 1, sizeof *j->files);
    if (!files || !j->files || most > UINT16_MAX)
        return JH_ENOMEM;
    for (size_t p = 0; p < j->n_parts; p++) {
        const struct dataset *ds = j->parts[p].ds;
        j->files[p] = (uint16_t)out->n_files;
        for (size_t i = 0; i < ds->n_files; i++)
            files[out->n_files++] = (struct dataset_file){
                copy(j, ds->files[i].name, &ok), copy(j, ds->files[i].sha256, &ok),
                copy(j, ds->files[i].part, &ok)};
    }
    out->files = files;
    return ok ? 0 : JH_ENOMEM;
}

static int join_schools(struct join *j, struct dataset *out)
{
    struct school *schools = arena_array(j->arena, j->n + 1, sizeof *schools);
    bool ok = schools != NULL;
    for (size_t i = 0; ok && i < j->n; i++) {
        const struct origin *from = &j->rows[i];
        struct school *s = &schools[i];
        *s = from->ds->schools[from->row];
        s->code = copy(j, s->code, &ok);
        s->campus = copy(j, s->campus, &ok);
        s->name = copy(j, s->name, &ok);
        s->parent_code = copy(j, s->parent_code, &ok);
        s->file = (uint16_t)(s->file + j->files[from->part]);
    }
    out->schools = schools;
    out->n = j->n;
    return ok ? 0 : JH_ENOMEM;
}

static int join_columns(struct join *j, struct dataset *out)
{
    for (int f = 0; f < FIELD_COUNT; f++) {
        bool any = false;
        for (size_t p = 0; p < j->n_parts; p++)
            any = any || j->parts[p].ds->col[f];
        double *values = any ? arena_array(j->arena, j->n + 1, sizeof *values) : NULL;
        if (any && !values)
            return JH_ENOMEM;
        for (size_t i = 0; values && i < j->n; i++)
            values[i] = dataset_value(j->rows[i].ds, (enum field)f, j->rows[i].row);
        out->col[f] = values;
    }
    return 0;
}

static const struct extra_column *extra_of(const struct dataset *ds, const char *header)
{
    for (size_t i = 0; i < ds->n_extra; i++)
        if (strcmp(ds->extra[i].header, header) == 0)
            return &ds->extra[i];
    return NULL;
}

static int add_extra(struct join *j, const struct extra_column *like,
                     struct extra_column *to)
{
    bool ok = true;
    double *values = arena_array(j->arena, j->n + 1, sizeof *values);
    for (size_t i = 0; values && i < j->n; i++) {
        const struct extra_column *x = extra_of(j->rows[i].ds, like->header);
        values[i] = x ? x->values[j->rows[i].row] : __builtin_nan("");
    }
    *to = *like;
    to->values = values;
    to->header = copy(j, like->header, &ok);
    to->folded = copy(j, like->folded, &ok);
    to->stem = copy(j, like->stem, &ok);
    to->indicator = copy(j, like->indicator, &ok);
    return values && ok ? 0 : JH_ENOMEM;
}

static int join_extra(struct join *j, struct dataset *out)
{
    size_t most = 0;
    int rc = 0;
    for (size_t p = 0; p < j->n_parts; p++)
        most += j->parts[p].ds->n_extra;
    struct extra_column *extra = arena_array(j->arena, most + 1, sizeof *extra);
    out->extra = extra;
    for (size_t p = 0; extra && p < j->n_parts && !rc; p++)
        for (size_t i = 0; !rc && i < j->parts[p].ds->n_extra; i++)
            if (!extra_of(out, j->parts[p].ds->extra[i].header))
                rc = add_extra(j, &j->parts[p].ds->extra[i], &extra[out->n_extra++]);
    return extra ? rc : JH_ENOMEM;
}

/* In the order of rows; of a row in the order of fields, as it was. */
static int join_missing(struct join *j, struct dataset *out)
{
    size_t most = 0;
    bool ok = true;
    for (size_t p = 0; p < j->n_parts; p++)
        most += j->parts[p].ds->n_missing;
    struct missing *missing = arena_array(j->arena, most + 1, sizeof *missing);
    for (size_t i = 0; missing && most && i < j->n; i++) {
        const struct origin *from = &j->rows[i];
        for (int f = 0; f < FIELD_COUNT; f++) {
            const struct missing *m = dataset_missing(from->ds, from->row, (enum field)f);
            if (!m)
                continue;
            struct missing *to = &missing[out->n_missing++];
            *to = *m;
            to->school = (uint32_t)i;
            to->value = copy(j, m->value, &ok);
            to->reason = copy(j, m->reason, &ok);
        }
    }
    out->missing = missing;
    return missing && ok ? 0 : JH_ENOMEM;
}

static int fill(struct join *j, struct dataset *out)
{
    out->parts_complete = true;
    for (size_t p = 0; p < j->n_parts; p++) {
        out->rows_dropped += j->parts[p].ds->rows_dropped;
        out->doubts += j->parts[p].ds->doubts;
        out->parts_complete &= j->parts[p].ds->parts_complete;
    }
    int rc = order_rows(j);
    if (!rc)
        rc = join_files(j, out);
    if (!rc)
        rc = join_schools(j, out);
    if (!rc)
        rc = join_columns(j, out);
    if (!rc)
        rc = join_extra(j, out);
    return rc ? rc : join_missing(j, out);
}

int dataset_join(const struct dataset_part *parts, size_t n, const char *county,
                 const char *name, const struct dataset **ret)
{
    struct join j = {.parts = parts, .n_parts = n, .arena = arena_new(JOIN_BYTES)};
    struct dataset_pool *pool = j.arena ? dataset_pool_new(j.arena, NULL, 0) : NULL;
    if (!pool) {
        arena_free(j.arena);
        return JH_ENOMEM;
    }
    struct dataset *out = dataset_pool_add(pool);
    dataset_pool_unref(pool); /* the dataset holds it, if there is one */
    if (!out)
        return JH_ENOMEM;
    bool ok = true;
    out->round = parts[0].ds->round;
    out->county_code = copy(&j, county, &ok);
    out->county_name = copy(&j, name, &ok);
    int rc = ok ? fill(&j, out) : JH_ENOMEM;
    if (rc)
        dataset_unref(out);
    else
        *ret = out;
    return rc;
}
