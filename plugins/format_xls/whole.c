/* SPDX-License-Identifier: Apache-2.0 */
/* The layout is that of [MS-CFB], sections 2.2 to 2.5. */
#include "whole.h"

#include <string.h>

enum {
    HEADER = 512,
    IN_HEADER = 109, /* places of the table's sectors in the header */
    AT_SHIFT = 0x1E,
    AT_TABLES = 0x2C, /* how many sectors the table has */
    AT_MORE = 0x44,   /* first sector with places of further ones */
    AT_PLACES = 0x4C
};
#define FREE UINT32_C(0xFFFFFFFF)

struct sectors {
    struct jh_slice body;
    size_t size;   /* bytes of a sector */
    uint64_t last; /* number of the last in use */
};

static uint32_t number(const char *p)
{
    const unsigned char *u = (const unsigned char *)p;
    return (uint32_t)u[0] | (uint32_t)u[1] << 8 | (uint32_t)u[2] << 16 |
           (uint32_t)u[3] << 24;
}

/* The sector of this number, or NULL. The header stands before the first and is as long. */
static const char *sector(const struct sectors *s, uint32_t i)
{
    uint64_t at = ((uint64_t)i + 1) * s->size;
    return at + s->size <= s->body.len ? s->body.p + at : NULL;
}

/* One sector of the table; it tells of `first` and those behind it. */
static bool read_table(struct sectors *s, uint32_t place, uint64_t first)
{
    const char *p = sector(s, place);
    for (size_t i = 0; p && i < s->size / 4; i++)
        if (number(p + 4 * i) != FREE)
            s->last = first + i;
    return p != NULL;
}

/* Places in sectors of their own, each with the number of the next at its end. */
static bool read_more(struct sectors *s, uint32_t tables)
{
    const uint32_t each = (uint32_t)(s->size / 4);
    uint32_t next = number(s->body.p + AT_MORE);
    for (uint32_t done = IN_HEADER; done < tables; done += each - 1) {
        const char *p = sector(s, next);
        if (!p)
            return false;
        for (uint32_t i = 0; i < each - 1 && done + i < tables; i++)
            if (!read_table(s, number(p + 4 * i), (uint64_t)(done + i) * each))
                return false;
        next = number(p + s->size - 4);
    }
    return true;
}

bool whole_is_binary(struct jh_slice body)
{
    return body.len >= 4 && memcmp(body.p, "\xD0\xCF\x11\xE0", 4) == 0;
}

bool whole_is_whole(struct jh_slice body)
{
    struct sectors s = {.body = body};
    if (body.len < HEADER || (body.p[AT_SHIFT] != 9 && body.p[AT_SHIFT] != 12))
        return false;
    s.size = (size_t)1 << body.p[AT_SHIFT];
    uint32_t tables = number(body.p + AT_TABLES), each = (uint32_t)(s.size / 4);
    if (!tables || tables > body.len / s.size)
        return false;
    for (uint32_t i = 0; i < IN_HEADER && i < tables; i++)
        if (!read_table(&s, number(body.p + AT_PLACES + 4 * i), (uint64_t)i * each))
            return false;
    return read_more(&s, tables) && (s.last + 2) * s.size <= body.len;
}
