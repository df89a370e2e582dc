/* SPDX-License-Identifier: Apache-2.0 */
#include "script/pack.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/buf.h"
#include "eval/split.h"
#include "eval/units.h"
#include "script/wire.h"

enum { BUF_MAX = 2047 << 20, COUNTIES_MAX = 1 << 16 };

struct writer {
    struct buf buf;
    uint64_t empty; /* place of "" */
    const struct standard *const *populations;
    size_t n_populations;
};

/* Appends n bytes at the next multiple of 8; p == NULL: zeros. Returns their place. */
static uint64_t put(struct writer *w, const void *p, size_t n)
{
    static const char zeros[256];
    buf_add(&w->buf, zeros, -w->buf.len % 8);
    uint64_t at = w->buf.len;
    if (p)
        buf_add(&w->buf, p, n);
    for (size_t k; !p && n > 0; n -= k) {
        k = n < sizeof zeros ? n : sizeof zeros;
        buf_add(&w->buf, zeros, k);
    }
    return at;
}

static uint64_t put_text(struct writer *w, const char *text)
{
    if (!text || !*text)
        return w->empty;
    uint64_t at = w->buf.len;
    buf_add(&w->buf, text, strlen(text) + 1);
    return at;
}

/* Writes over something put before. */
static void patch(struct writer *w, uint64_t at, const void *p, size_t n)
{
    if (!w->buf.failed)
        memcpy(w->buf.p + at, p, n);
}

/* ---- schools and columns ------------------------------------------------------------------- */

static uint64_t put_schools(struct writer *w, const struct dataset *ds)
{
    uint64_t at = put(w, NULL, ds->n * sizeof(struct pack_school));
    for (size_t i = 0; i < ds->n; i++) {
        const struct school *s = &ds->schools[i];
        struct pack_school out = {.code = put_text(w, s->code),
                                  .campus = put_text(w, s->campus),
                                  .name = put_text(w, s->name),
                                  .parent = put_text(w, s->parent_code),
                                  .kind = s->kind,
                                  .owner = s->owner,
                                  .setting = s->setting,
                                  .stage = s->stage,
                                  .built_year = s->built_year,
                                  .boarding = s->boarding,
                                  .dense_centre = s->dense_centre};
        patch(w, at + i * sizeof out, &out, sizeof out);
    }
    return at;
}

static uint64_t put_columns(struct writer *w, const struct dataset *ds, uint32_t *ret_n)
{
    uint32_t n = 0;
    for (size_t f = 0; f < FIELD_COUNT; f++)
        n += ds->col[f] != NULL;
    n += (uint32_t)ds->n_extra;
    uint64_t at = put(w, NULL, n * sizeof(struct pack_column)), next = at;
    for (size_t f = 0; f < FIELD_COUNT + ds->n_extra; f++) {
        const struct extra_column *extra =
            f < FIELD_COUNT ? NULL : &ds->extra[f - FIELD_COUNT];
        const double *values = extra ? extra->values : ds->col[f];
        if (!values)
            continue;
        struct pack_column out = {.field = extra ? FIELD_NONE : (uint32_t)f};
        out.name = put_text(w, extra ? extra->header : field_id((enum field)f));
        out.values = put(w, values, ds->n * sizeof *values);
        patch(w, next, &out, sizeof out);
        next += sizeof out;
    }
    *ret_n = n;
    return at;
}

/* ---- units --------------------------------------------------------------------------------- */

/* The unit's rows as members, behind those there are. Returns how many there are then. */
static uint32_t add_members(const struct population *p, const struct population_group *g,
                            struct pack_member *members, uint32_t n)
{
    for (size_t row = g->begin; row < g->end; row++) {
        struct population_part part = population_part(p, g, row);
        members[n++] = (struct pack_member){part.share, (uint32_t)row, part.counts};
    }
    return n;
}

static void put_units(struct writer *w, const struct dataset *ds,
                      const struct standard *st, enum stage stage, uint64_t at)
{
    static const struct standard
        everybody; /* no exclusions, all owners, campuses separate */
    struct population p;
    population_init(&p, st ? st : &everybody, ds, 0, stage);
    struct pack_units out = {0};
    struct pack_unit *units = calloc(ds->n + 1, sizeof *units);
    struct pack_member *members = calloc(ds->n + 1, sizeof *members);
    uint32_t n_members = 0;
    for (size_t row = 0; units && members && row < ds->n;) {
        struct population_group g = population_group(&p, row);
        enum population_fate fate = population_fate(&p, &g, NULL);
        out.unclear |= fate != FATE_EXCLUDED && g.unclear;
        row = g.end;
        if (fate != FATE_UNIT)
            continue;
        struct pack_unit unit = {.school = (uint32_t)g.first, .first = n_members};
        n_members = add_members(&p, &g, members, n_members);
        unit.n = n_members - unit.first;
        units[out.n++] = unit;
    }
    if (units && members) {
        out.list = put(w, units, out.n * sizeof *units);
        out.members = put(w, members, n_members * sizeof *members);
        patch(w, at, &out, sizeof out);
    } else {
        w->buf.failed = true;
    }
    free(units);
    free(members);
}

/* ---- counties ------------------------------------------------------------------------------ */

static void put_county(struct writer *w, const struct dataset *ds, uint64_t at)
{
    if (!ds)
        return;
    char round[ROUND_TEXT];
    round_print(ds->round, round);
    struct pack_county out = {.n_schools = (uint32_t)ds->n};
    out.code = put_text(w, ds->county_code);
    out.name = put_text(w, ds->county_name);
    out.round = put_text(w, round);
    out.schools = put_schools(w, ds);
    out.columns = put_columns(w, ds, &out.n_columns);
    out.units = put(w, NULL, w->n_populations * STAGE_COUNT * sizeof(struct pack_units));
    for (size_t p = 0; p < w->n_populations; p++)
        for (size_t s = 0; s < STAGE_COUNT; s++)
            put_units(w, ds, w->populations[p], (enum stage)s,
                      out.units + (p * STAGE_COUNT + s) * sizeof(struct pack_units));
    patch(w, at, &out, sizeof out);
}

static size_t write_batch(struct writer *w, const struct script_county *counties,
                          size_t n)
{
    struct pack_head head = {.magic = PACK_MAGIC,
                             .n_populations = (uint32_t)w->n_populations};
    n = n < COUNTIES_MAX ? n : COUNTIES_MAX;
    put(w, &head, sizeof head);
    w->empty = put(w, "", 1);
    head.counties = put(w, NULL, 2 * n * sizeof(struct pack_county));
    size_t k = 0;
    while (k < n && (k == 0 || w->buf.len < PACK_BATCH_BYTES)) {
        uint64_t at = head.counties + 2 * k * sizeof(struct pack_county);
        put_county(w, counties[k].data, at);
        put_county(w, counties[k].previous, at + sizeof(struct pack_county));
        k++;
    }
    head.n_counties = (uint32_t)k;
    head.size = w->buf.len;
    patch(w, 0, &head, sizeof head);
    return k;
}

int pack_init(struct pack *pack, const struct script_county *counties, size_t n,
              const struct standard *const *populations, size_t n_populations,
              struct jh_err *err)
{
    struct writer w = {.populations = populations, .n_populations = n_populations};
    buf_init(&w.buf, BUF_MAX);
    struct pack out = {.n = write_batch(&w, counties, n)};
    int rc = 0;
    if (w.buf.failed) {
        rc = err_set(err, JH_ENOMEM, "not enough memory to hand %zu counties to scripts",
                     n);
        goto out;
    }
    out.size = w.buf.len;
    out.fd = wire_file(w.buf.p, w.buf.len);
    if (out.fd < 0) {
        rc = err_set(err, JH_EIO, "cannot make a memory file of %zu bytes", out.size);
        goto out;
    }
    out.map = mmap(NULL, out.size, PROT_READ, MAP_SHARED, out.fd, 0);
    if (out.map == MAP_FAILED) {
        close(out.fd);
        rc = err_set(err, JH_ENOMEM, "cannot map %zu bytes", out.size);
        goto out;
    }
    *pack = out;
out:
    buf_done(&w.buf);
    return rc;
}

void pack_done(struct pack *pack)
{
    munmap((void *)(uintptr_t)pack->map, pack->size);
    close(pack->fd);
}

const struct pack_units *pack_units(const struct pack *pack, size_t county,
                                    size_t population, enum stage stage)
{
    const struct pack_head *head = (const void *)pack->map;
    const struct pack_county *counties = (const void *)(pack->map + head->counties);
    const struct pack_units *units =
        (const void *)(pack->map + counties[2 * county].units);
    return &units[population * STAGE_COUNT + stage];
}

uint32_t pack_unit_school(const struct pack *pack, const struct pack_units *units,
                          size_t unit)
{
    const struct pack_unit *list = (const void *)(pack->map + units->list);
    return list[unit].school;
}
