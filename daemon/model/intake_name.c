/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The name of a column whose header stands in several rows. It is known when the parts, in one
 * order or another, make a name that is; if they do not, it is the parts with slashes between
 * them. What the lowest part alone would mean does not count: classes of a kindergarten are
 * no classes of the school.
 */
#include <string.h>

#include "base/buf.h"
#include "model/intake_internal.h"

enum { PART_MAX = 512, NAME_BYTES = 2048 };

/* A part, folded, without the unit that may stand in brackets at its end. */
struct part {
    char text[PART_MAX];
    size_t len, stem;
};

struct parts {
    struct part part[INTAKE_HEAD_ROWS];
    size_t n;
    struct jh_slice unit; /* of any of them, or len 0 */
    bool odd;             /* two that differ */
};

/* ---- which cells a column has above it --------------------------------------------------- */

static bool is_empty(const struct intake_head *head, unsigned row, uint32_t i)
{
    return !head->row[row][i].len;
}

static bool goes_on(const struct intake_head *head, unsigned row, uint32_t i)
{
    for (unsigned below = row + 1; below < head->rows; below++)
        if (!is_empty(head, below, i))
            return true;
    return false;
}

/* The column that has the row's text for column i: itself, or the first of its group; -1. */
static int64_t owner(const struct intake_head *head, unsigned row, uint32_t i)
{
    if (!is_empty(head, row, i))
        return i;
    if (!goes_on(head, row, i))
        return -1;
    int64_t j = (int64_t)i - 1;
    while (j >= 0 && is_empty(head, row, (uint32_t)j))
        j--;
    if (j < 0 || !goes_on(head, row, (uint32_t)j))
        return -1;
    for (unsigned above = 0; above < row; above++)
        if (owner(head, above, i) != owner(head, above, (uint32_t)j))
            return -1;
    return j;
}

/* ---- parts --------------------------------------------------------------------------------- */

static bool is_word(const struct intake *in, enum alias_word_of of, const struct part *p)
{
    return alias_word(in->aliases, (enum text_field)of, p->text, p->len) >= 0;
}

static void note_unit(struct parts *parts, struct jh_slice unit)
{
    parts->odd |= parts->unit.len && (parts->unit.len != unit.len ||
                                      memcmp(parts->unit.p, unit.p, unit.len) != 0);
    parts->unit = unit;
}

static void cut_unit(const struct intake *in, struct parts *parts, struct part *p)
{
    enum field_unit kind;
    double factor;
    const char *open = p->text[p->len - 1] == ')' ? memrchr(p->text, '(', p->len) : NULL;
    struct jh_slice unit = {NULL, 0};
    p->stem = p->len;
    if (open)
        unit = (struct jh_slice){open + 1, (size_t)(p->text + p->len - open) - 2};
    if (open && alias_unit(in->aliases, unit.p, unit.len, &kind, &factor)) {
        p->stem = (size_t)(open - p->text);
        note_unit(parts, unit);
    } else if (parts->n > 1 && alias_unit(in->aliases, p->text, p->len, &kind, &factor)) {
        p->stem = 0; /* a row of units */
        note_unit(parts, (struct jh_slice){p->text, p->len});
    }
}

static int add_part(const struct intake *in, struct parts *parts, const struct jh_cell *c)
{
    struct part *p = &parts->part[parts->n];
    if (alias_fold(c->p, c->len, p->text, sizeof p->text, &p->len))
        return JH_ELIMIT;
    if (!p->len)
        return 0;
    parts->n++;
    cut_unit(in, parts, p);
    return 0;
}

static int find_parts(const struct intake *in, const struct intake_head *head, uint32_t i,
                      struct parts *parts)
{
    int rc = 0;
    *parts = (struct parts){.n = 0};
    for (unsigned row = 0; row < head->rows && !rc; row++) {
        int64_t j = owner(head, row, i);
        if (j >= 0)
            rc = add_part(in, parts, &head->row[row][j]);
    }
    return rc;
}

/* ---- names --------------------------------------------------------------------------------- */

/* All orders of three; of two the first two, of one the first. */
static const uint8_t ORDERS[][INTAKE_HEAD_ROWS] = {{0, 1, 2}, {1, 0, 2}, {0, 2, 1},
                                                   {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};

static size_t n_orders(size_t n)
{
    return n > 2 ? 6 : n;
}

/* The parts that say something: of those below a group's empty word, above a whole's. */
static size_t telling(const struct intake *in, const struct parts *parts,
                      const struct part *ret[INTAKE_HEAD_ROWS])
{
    size_t n = 0;
    for (size_t i = 0; i < parts->n; i++)
        if (parts->part[i].stem)
            ret[n++] = &parts->part[i];
    while (n > 1 && is_word(in, ALIAS_WHOLE, ret[n - 1]))
        n--;
    while (n > 1 && is_word(in, ALIAS_GROUP, ret[0]))
        memmove(ret, ret + 1, --n * sizeof *ret);
    return n;
}

static bool same_field(const struct alias_hit *a, const struct alias_hit *b)
{
    return a->is_text == b->is_text && a->family == b->family &&
           (a->is_text ? a->text == b->text : a->field == b->field);
}

/* Takes a name that is known; a second that means something else makes it doubtful. */
static int try_name(struct intake *in, struct buf *name, struct intake_name *ret)
{
    struct alias_hit hit = {.field = FIELD_NONE};
    struct alias_value value;
    const char *text = buf_text(name);
    bool known = alias_header(in->aliases, text, name->len, &hit);
    if (!known) {
        int rc = alias_value(in->aliases, text, name->len, in->now.arena, &value);
        known = !rc && value.indicator;
    }
    if (!known)
        return 0;
    if (ret->is == INTAKE_NAME_KNOWN && !same_field(&hit, &ret->hit))
        ret->is = INTAKE_NAME_DOUBTFUL;
    if (ret->is != INTAKE_NAME_UNKNOWN)
        return 0;
    ret->text = arena_strn(in->now.arena, text, name->len);
    ret->is = INTAKE_NAME_KNOWN;
    ret->hit = hit;
    return ret->text ? 0 : JH_ENOMEM;
}

static int try_order(struct intake *in, const struct parts *parts,
                     const struct part *const *part, size_t n, const uint8_t *order,
                     struct intake_name *ret)
{
    static const char *const NONE[] = {"", NULL};
    int rc = 0;
    for (int more = 0; more < 2; more++) {
        const char *const *ending = more ? alias_endings(in->aliases) : NONE;
        for (; *ending && !rc; ending++) {
            struct buf name;
            buf_init(&name, NAME_BYTES);
            for (size_t k = 0; k < n; k++)
                buf_fmt(&name, "%.*s", (int)part[order[k]]->stem, part[order[k]]->text);
            buf_fmt(&name, "%s", *ending);
            if (parts->unit.len)
                buf_fmt(&name, "(%.*s)", (int)parts->unit.len, parts->unit.p);
            rc = name.failed ? JH_ENOMEM : try_name(in, &name, ret);
            buf_done(&name);
        }
    }
    return rc;
}

/* The mapping may name a column by its parts in any order, or with slashes between them. */
static int try_mapping(struct intake *in, const struct parts *parts, const char *plain,
                       struct intake_name *ret)
{
    const struct mapping *m = in->now.mapping;
    char wanted[PART_MAX];
    size_t len;
    for (size_t o = 0; m && o <= n_orders(parts->n); o++) {
        struct buf name;
        buf_init(&name, NAME_BYTES);
        for (size_t k = 0; k < parts->n && o; k++) {
            const struct part *p = &parts->part[ORDERS[o - 1][k]];
            buf_fmt(&name, "%.*s", (int)p->len, p->text);
        }
        if (!o)
            buf_fmt(&name, "%s", plain);
        for (size_t i = 0; i < m->n_columns; i++)
            for (const char *const *c = m->columns[i].columns; *c; c++)
                if (!alias_fold(*c, strlen(*c), wanted, sizeof wanted, &len) &&
                    len == name.len && memcmp(wanted, buf_text(&name), len) == 0) {
                    ret->text = *c;
                    ret->is = INTAKE_NAME_KNOWN;
                }
        buf_done(&name);
    }
    return 0;
}

static const char *with_slashes(struct intake *in, const struct parts *parts)
{
    struct buf name;
    buf_init(&name, NAME_BYTES);
    for (size_t i = 0; i < parts->n; i++)
        buf_fmt(&name, "%s%.*s", i ? "/" : "", (int)parts->part[i].len,
                parts->part[i].text);
    const char *text =
        name.failed ? NULL : arena_strn(in->now.arena, buf_text(&name), name.len);
    buf_done(&name);
    return text;
}

int intake_name(struct intake *in, const struct intake_head *head, uint32_t i,
                struct intake_name *ret)
{
    struct parts parts;
    const struct part *part[INTAKE_HEAD_ROWS];
    struct intake_name name = {.is = INTAKE_NAME_UNKNOWN};
    int rc = find_parts(in, head, i, &parts);
    const char *plain = rc ? NULL : with_slashes(in, &parts);
    if (!plain)
        return rc ? rc : JH_ENOMEM;
    name.parts = parts.n;
    if (parts.n > 1)
        rc = try_mapping(in, &parts, plain, &name);
    size_t n = telling(in, &parts, part);
    bool ours = parts.n > 1 && !parts.odd && name.is == INTAKE_NAME_UNKNOWN;
    for (size_t o = 0; ours && o < n_orders(n) && !rc; o++)
        rc = try_order(in, &parts, part, n, ORDERS[o], &name);
    if (name.is != INTAKE_NAME_KNOWN)
        name.text = plain;
    if (parts.n > 1) {
        const struct part *last = &parts.part[parts.n - 1];
        name.alone = alias_header(in->aliases, last->text, last->len, &name.lower);
    }
    *ret = name;
    return rc;
}
