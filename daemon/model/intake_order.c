/* SPDX-License-Identifier: Apache-2.0 */
/* Rows in the order of datasets: by county and key, with what is missing in them. */
#include <stdlib.h>
#include <string.h>

#include "model/intake_internal.h"

/* A row with the first 16 bytes of its code, which nearly always decide. */
struct sort_key {
    uint64_t high, low;
    uint32_t row;
};

struct order {
    struct intake *in;
    const uint32_t *county; /* in order */
    const size_t *start;    /* of each its first row in the new order; one more */
    size_t n;
    uint32_t *row; /* new order -> row; NULL when the rows lie in order already */
};

/* Is every row behind the one before it, by county and key? */
static bool in_order(const struct order *o)
{
    const struct intake *in = o->in;
    for (size_t k = 0, i = 0; k < o->n; k++) {
        for (; i < o->start[k + 1]; i++) {
            if (in->county[i] != o->county[k])
                return false;
            if (i > o->start[k] &&
                dataset_key_cmp(&in->schools[i - 1], &in->schools[i]) >= 0)
                return false;
        }
    }
    return true;
}

static uint64_t eight_bytes(const char *p, size_t len)
{
    uint64_t v = 0;
    for (size_t i = 0; i < 8; i++)
        v = v << 8 | (i < len ? (unsigned char)p[i] : 0);
    return v;
}

static int by_key(const void *a, const void *b, void *arg)
{
    const struct sort_key *x = a, *y = b;
    const struct intake *in = arg;
    if (x->high != y->high)
        return x->high < y->high ? -1 : 1;
    if (x->low != y->low)
        return x->low < y->low ? -1 : 1;
    return dataset_key_cmp(&in->schools[x->row], &in->schools[y->row]);
}

/* A counting sort by county, then each county by key. */
static int sort_rows(struct order *o)
{
    struct intake *in = o->in;
    size_t *next = calloc(in->n_counties + 1, sizeof *next);
    struct sort_key *keys = malloc((in->n + 1) * sizeof *keys);
    o->row = malloc((in->n + 1) * sizeof *o->row);
    bool room = next && keys && o->row;
    for (size_t k = 0; room && k < o->n; k++)
        next[o->county[k]] = o->start[k];
    for (uint32_t i = 0; room && i < in->n; i++) {
        const char *code = in->schools[i].code;
        size_t len = strlen(code);
        keys[next[in->county[i]]++] = (struct sort_key){
            eight_bytes(code, len), len > 8 ? eight_bytes(code + 8, len - 8) : 0, i};
    }
    for (size_t k = 0; room && k < o->n; k++)
        qsort_r(keys + o->start[k], o->start[k + 1] - o->start[k], sizeof *keys, by_key,
                in);
    for (size_t i = 0; room && i < in->n; i++)
        o->row[i] = keys[i].row;
    free(next);
    free(keys);
    return room ? 0 : JH_ENOMEM;
}

/* Each column goes where the one before it lay: fresh memory costs as much as the copying. */
static int gather_columns(struct order *o)
{
    struct intake *in = o->in;
    double *spare = malloc((in->cap + 1) * sizeof *spare); /* more rows may follow */
    if (!spare)
        return JH_ENOMEM;
    for (size_t c = 0; c < INTAKE_COLUMNS; c++) {
        double *from = in->col[c];
        if (!from)
            continue;
        for (size_t i = 0; i < in->n; i++)
            spare[i] = from[o->row[i]];
        in->col[c] = spare;
        spare = from;
    }
    free(spare);
    return 0;
}

static int gather_schools(struct order *o)
{
    struct intake *in = o->in;
    struct school *to = malloc((in->cap + 1) * sizeof *to);
    if (!to)
        return JH_ENOMEM;
    for (size_t i = 0; i < in->n; i++)
        to[i] = in->schools[o->row[i]];
    free(in->schools);
    in->schools = to;
    return 0;
}

static int by_place(const void *a, const void *b)
{
    const struct missing *x = a, *y = b;
    if (x->school != y->school)
        return x->school < y->school ? -1 : 1;
    return x->field < y->field ? -1 : x->field > y->field;
}

/* Entries move with their rows; within a row they are put in the order of fields. */
static int gather_missing(struct order *o)
{
    struct intake *in = o->in;
    uint32_t *place = o->row ? malloc((in->n + 1) * sizeof *place) : NULL;
    if (o->row && !place)
        return JH_ENOMEM;
    for (uint32_t i = 0; place && i < in->n; i++)
        place[o->row[i]] = i;
    bool sorted = true;
    for (size_t i = 0; i < in->n_missing; i++) {
        if (place)
            in->missing[i].school = place[in->missing[i].school];
        sorted = sorted && (i == 0 || by_place(&in->missing[i - 1], &in->missing[i]) < 0);
    }
    free(place);
    if (!sorted)
        qsort(in->missing, in->n_missing, sizeof *in->missing, by_place);
    return 0;
}

int intake_order_rows(struct intake *in, const uint32_t *county, const size_t *start,
                      size_t n)
{
    struct order o = {.in = in, .county = county, .start = start, .n = n};
    int rc = 0;
    if (!in_order(&o)) {
        rc = sort_rows(&o);
        rc = rc ? rc : gather_columns(&o);
        rc = rc ? rc : gather_schools(&o);
    }
    rc = rc ? rc : gather_missing(&o);
    free(o.row);
    return rc;
}
