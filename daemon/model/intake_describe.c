/* SPDX-License-Identifier: Apache-2.0 */
#include "model/intake_describe.h"

#include <string.h>

#include "base/buf.h"
#include "model/intake_internal.h"

enum { TURNED_MAX = 512 };

static const char *id_of(const struct alias_hit *hit)
{
    return hit->is_text  ? text_field_id(hit->text)
           : hit->family ? field_family_id(hit->field)
                         : field_id(hit->field);
}

static void describe_slot(const struct intake *in, const struct intake_slot *slot,
                          struct intake_heading *h)
{
    bool extra = slot->dest >= FIELD_COUNT;
    const struct intake_extra *e = extra ? &in->extra[slot->dest - FIELD_COUNT] : NULL;
    enum field field = extra ? FIELD_NONE : (enum field)slot->dest;
    h->use = !extra ? INTAKE_FIELD : e->value.indicator ? INTAKE_VALUE : INTAKE_KEPT;
    h->id = extra          ? e->value.indicator
            : slot->family ? field_family_id(field)
                           : field_id(field);
    if (extra && !h->id && strcmp(e->header, h->header) != 0) {
        h->use = INTAKE_FIELD; /* a free name of the mapping */
        h->id = e->header;
    }
}

/* The nearest known header; of one that is joined of two also the other way round. */
static const char *suggest(const struct intake *in, const char *header)
{
    const char *near = alias_suggest(in->aliases, header, strlen(header));
    const char *slash = strchr(header, '/');
    struct buf turned;
    if (near || !slash)
        return near;
    buf_init(&turned, TURNED_MAX);
    buf_fmt(&turned, "%s%.*s", slash + 1, (int)(slash - header), header);
    near =
        turned.failed ? NULL : alias_suggest(in->aliases, buf_text(&turned), turned.len);
    buf_done(&turned);
    return near;
}

/* What the name alone says. */
static void describe_name(const struct intake *in, struct intake_heading *h)
{
    struct alias_hit hit;
    size_t len = strlen(h->header);
    if (alias_header(in->aliases, h->header, len, &hit)) {
        h->use = INTAKE_FIELD;
        h->id = id_of(&hit);
        return;
    }
    h->use = INTAKE_KEPT;
    h->nearest = suggest(in, h->header);
    if (h->nearest && alias_header(in->aliases, h->nearest, strlen(h->nearest), &hit))
        h->meaning = id_of(&hit);
}

static void describe_fields(const struct intake *in, struct intake_heading *list)
{
    const struct intake_open *now = &in->now;
    for (int t = 0; t < TEXT_COUNT; t++) {
        int cell = now->text[t].cell;
        if (cell < 0 || !now->text[t].map)
            continue;
        list[cell].use = INTAKE_FIELD;
        list[cell].id = text_field_id((enum text_field)t);
    }
    for (size_t i = 0; i < now->n_slots; i++) {
        const struct intake_slot *slot = &now->slots[i];
        for (uint16_t k = 0; k < slot->n_cells; k++)
            describe_slot(in, slot, &list[slot->cells[k]]);
    }
}

static int describe_constants(const struct intake *in, struct arena *arena,
                              struct intake_description *ret)
{
    const struct mapping *m = in->now.mapping;
    const char **ids = arena_array(arena, m ? m->n_defaults + 1 : 1, sizeof *ids);
    for (size_t i = 0; ids && m && i < m->n_defaults; i++)
        ids[ret->n_constants++] = m->defaults[i].target;
    ret->constants = ids;
    return ids ? 0 : JH_ENOMEM;
}

int intake_describe(const struct intake *in, struct arena *arena,
                    struct intake_description *ret)
{
    struct intake_description d = {.header_line = in->now.header_line};
    size_t n = in->now.headers ? in->now.n_headers : 0;
    struct intake_heading *list = arena_array(arena, n + 1, sizeof *list);
    if (!list)
        return JH_ENOMEM;
    for (size_t i = 0; i < n; i++) {
        struct jh_slice h = in->now.headers[i];
        list[i].header = h.len ? arena_strn(arena, h.p, h.len) : "";
        if (!list[i].header)
            return JH_ENOMEM;
        if (h.len)
            describe_name(in, &list[i]);
    }
    if (n)
        describe_fields(in, list);
    for (size_t i = 0; i < n; i++)
        if (list[i].use == INTAKE_KEPT && !list[i].nearest)
            describe_name(in, &list[i]);
    d.headings = list;
    d.n = n;
    int rc = describe_constants(in, arena, &d);
    if (!rc)
        *ret = d;
    return rc;
}
