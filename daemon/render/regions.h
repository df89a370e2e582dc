/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What `junhengctl rollup` prints: prefectures, provinces and the nation in figures, in the
 * shapes of docs/rollup.md. Appends to the caller's buffer, keeps nothing; JSON is a new
 * reference. Any thread.
 */
#pragma once

#include <jansson.h>

#include "base/buf.h"
#include "eval/rollup.h"
#include "render/message.h"

struct region {
    const char *level;       /* "nation" "province" "prefecture" */
    const char *code, *name; /* "" of the nation, and of counties without such a region */
    const char *parent;      /* a prefecture's province, else "" */
    struct rollup rollup;
};

struct regions {
    const struct standard *standard;
    struct round round;
    const char *data_sha256;
    const struct region *list;
    size_t n;
};

json_t *regions_json(const struct regions *r);
void regions_text(const struct regions *r, const struct messages *m, struct buf *out);
/* A line per region, stage and figure, before them the verdicts; null = empty field. */
void regions_csv(const struct regions *r, struct buf *out);

/* For both files of it: figure k of a standard, the composite after the indicators. */
const char *regions_figure_id(const struct standard *st, size_t k);
/* NaN where the standard does not judge the figure. */
double regions_limit(const struct standard *st, enum stage stage, size_t k);
/* Of those that are judged; NaN of none. */
double regions_share(const struct rollup_count *c);
