/* SPDX-License-Identifier: Apache-2.0 */
/* Which row has which school code first. A national file has hundreds of thousands of codes,
 * each looked up once, so the table is small: eight bytes a slot, the codes stay in the rows. */
#include <stdlib.h>
#include <string.h>

#include "model/intake_internal.h"

enum { SLOTS_FIRST = 2048 };

struct intake_code {
    uint32_t hash;
    uint32_t
        row; /* + 1, and + rows handed over; what is of counties before this is free */
};

/* Rows of counties before this one; without streaming, none. */
static size_t rows_before(const struct intake *in)
{
    return in->stream.rows + in->stream.first;
}

static int grow(struct intake *in)
{
    size_t slots = in->code_slots ? in->code_slots * 2 : SLOTS_FIRST;
    size_t more = (slots - in->code_slots) * sizeof *in->codes;
    if (in->bytes > in->limits.max_bytes || more > in->limits.max_bytes - in->bytes)
        return JH_ELIMIT;
    struct intake_code *codes = calloc(slots, sizeof *codes);
    if (!codes)
        return JH_ENOMEM;
    size_t before = rows_before(in);
    for (size_t i = 0; i < in->code_slots; i++) {
        struct intake_code old = in->codes[i];
        size_t at = old.hash & (slots - 1);
        while (old.row > before && codes[at].row)
            at = (at + 1) & (slots - 1);
        if (old.row > before)
            codes[at] = old;
    }
    free(in->codes);
    in->codes = codes;
    in->code_slots = slots;
    in->bytes += more;
    return 0;
}

int intake_code_add(struct intake *in, const char *code, uint32_t county, bool by_name,
                    uint32_t *ret_first)
{
    if ((in->n - in->stream.first) * 2 >= in->code_slots) {
        int rc = grow(in);
        if (rc)
            return rc;
    }
    uint64_t whole = map_hash(in->by_county, code, strlen(code));
    uint32_t hash = (uint32_t)whole, handed = (uint32_t)in->stream.rows,
             before = (uint32_t)rows_before(in);
    if (by_name)
        hash ^= county * 0x9E3779B1u;
    size_t mask = in->code_slots - 1, at = hash & mask;
    for (; in->codes[at].row > before; at = (at + 1) & mask) {
        uint32_t row = in->codes[at].row - handed - 1;
        if (in->codes[at].hash == hash && strcmp(in->schools[row].code, code) == 0 &&
            (!by_name || in->county[row] == county)) {
            *ret_first = row;
            return 0;
        }
    }
    in->codes[at] = (struct intake_code){hash, handed + (uint32_t)in->n + 1};
    *ret_first = (uint32_t)in->n;
    return by_name ? 0 : intake_stream_code(in, whole);
}
