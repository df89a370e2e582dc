/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counties as junheng-lua sees them: one flat, read-only memory file for a batch, made once by
 * the host and mapped by every child. All places are offsets from the start of the file, 0 =
 * not there. The units of each stage and population are worked out here, on the host's side,
 * with eval/'s own rules, so that a script sees exactly the schools a standard judges.
 * pack_new() and pack_free() own the file; one thread at a time.
 */
#pragma once

#include <stdint.h>

#include "base/err.h"
#include "eval/eval.h"
#include "script/script.h"

enum { PACK_MAGIC = 0x314b504a, PACK_BATCH_BYTES = 32 << 20 };

struct pack_head {
    uint32_t magic, n_counties, n_populations, pad;
    uint64_t size,
        counties; /* struct pack_county[2 * n_counties]: county, its previous round */
};

struct pack_county {
    uint64_t code, name, round; /* texts; code 0 = there is no such county round */
    uint32_t n_schools, n_columns;
    uint64_t schools, columns;
    uint64_t units; /* struct pack_units[n_populations][STAGE_COUNT] */
};

struct pack_school {
    uint64_t code, campus, name, parent;
    uint8_t kind, owner, setting, stage;
    int16_t built_year;
    int8_t boarding, dense_centre;
};

struct pack_column {
    uint32_t field; /* enum field, or FIELD_NONE: a column known by its header */
    uint32_t pad;
    uint64_t name, values; /* double[n_schools] */
};

struct pack_units {
    uint32_t n, unclear; /* unclear: a school's enrolment is unreadable */
    uint64_t list;       /* struct pack_unit[n] */
    uint64_t members;    /* struct pack_member[] */
};

struct pack_unit {
    uint32_t school;   /* the row that stands for it */
    uint32_t first, n; /* members: the campuses of a merged school, else one */
};

struct pack_member {
    double share;    /* of what a combined school shares; NaN = cannot be told */
    uint32_t school; /* index */
    uint32_t
        counts; /* 0: no pupils at the stage, only its own staged amounts take part */
};

/* What the host keeps of a batch. */
struct pack {
    int fd;
    size_t n;        /* counties taken */
    const char *map; /* the file, for looking units up again */
    size_t size;
};

/*
 * Takes as many counties as fit into PACK_BATCH_BYTES, at least one. populations[0] is NULL
 * (all schools with pupils at the stage), the others are standards.
 */
int pack_init(struct pack *pack, const struct script_county *counties, size_t n,
              const struct standard *const *populations, size_t n_populations,
              struct jh_err *err);
void pack_done(struct pack *pack);
const struct pack_units *pack_units(const struct pack *pack, size_t county,
                                    size_t population, enum stage stage);
uint32_t pack_unit_school(const struct pack *pack, const struct pack_units *units,
                          size_t unit);
