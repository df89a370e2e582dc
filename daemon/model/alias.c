/* SPDX-License-Identifier: Apache-2.0 */
#include "model/alias.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <uninorm.h>

#include <junheng/plugin.h>

#include "base/map.h"
#include "base/utf8.h"
#include "model/alias_distance.h"

enum {
    HEADER_MAX = 512,      /* bytes of a folded header, word or unit */
    ENTRIES_MAX = 4096,    /* headers, words and units of a table */
    TABLE_BYTES = 2 << 20, /* memory of a table */
    UNITS_MAX = 256,
    VALUES_MAX = 256, /* titles of indicators */
    TOTALS_MAX = 64,  /* words that name a total */
    ENDINGS_MAX = 4,  /* what the names of joined headers may lack at their end */
};

struct entry {
    const char *text; /* folded */
    struct alias_hit hit;
};

struct unit {
    const char *text; /* as written */
    enum field_unit kind;
    double factor;
};

struct total {
    const char *text; /* folded, small letters */
    size_t len;
    bool ending;
};

struct alias_table {
    struct arena *arena;
    struct map *headers; /* folded header -> index into entries */
    struct map *words;   /* field byte, folded word -> value */
    struct map *units;   /* folded unit -> index into unit */
    struct entry *entries;
    struct unit *unit;
    size_t n_entries, n_words, n_units, n_totals, n_values;
    const char *values[VALUES_MAX]; /* ids of indicators, one a title */
    struct total totals[TOTALS_MAX];
    uint32_t last[TOTALS_MAX]; /* the characters they end in */
    uint64_t last_bits[64];    /* a bit for the low twelve of each: most have none */
    const char *endings[ENDINGS_MAX + 1];
    size_t n_endings;
};

/* White space that is left after NFKC, and two invisible marks that copying leaves behind. */
static bool is_blank(uint32_t c)
{
    return c <= 0x20 || c == 0x85 || c == 0x1680 || c == 0x2028 || c == 0x2029 ||
           c == 0x200B || c == 0xFEFF;
}

static int drop_blanks(const char *p, size_t len, char *out, size_t size, size_t *ret_len)
{
    size_t n = 0;
    for (const char *end = p + len; p < end;) {
        const char *start = p;
        if (is_blank(utf8_next(&p, end)))
            continue;
        size_t step = (size_t)(p - start);
        if (step > size - n)
            return JH_ELIMIT;
        memcpy(out + n, start, step);
        n += step;
    }
    *ret_len = n;
    return 0;
}

int alias_fold(const char *p, size_t len, char *out, size_t size, size_t *ret_len)
{
    uint8_t scratch[2 * HEADER_MAX];
    size_t n = sizeof scratch;
    if (!len) {
        *ret_len = 0;
        return 0;
    }
    if (len > 4 * HEADER_MAX)
        return JH_ELIMIT;
    if (utf8_check(p, len) != len)
        return JH_EINVAL;
    uint8_t *normal = u8_normalize(UNINORM_NFKC, (const uint8_t *)p, len, scratch, &n);
    if (!normal)
        return errno == ENOMEM ? JH_ENOMEM : JH_EINVAL;
    int rc = drop_blanks((const char *)normal, n, out, size, ret_len);
    if (normal != scratch)
        free(normal);
    return rc;
}

/* The English ids, and the digits that stand for owners and for no and yes. */
static int add_ids(struct alias_table *t)
{
    int rc = 0;
    for (int f = 0; f < FIELD_COUNT && !rc; f++)
        rc = alias_add_id(t, field_id((enum field)f), field_id((enum field)f), NULL);
    for (int f = FIELD_pupils_primary; f < FIELD_COUNT && !rc; f += STAGE_COUNT)
        rc = alias_add_id(t, field_family_id((enum field)f),
                          field_family_id((enum field)f), NULL);
    for (int f = 0; f < TEXT_COUNT && !rc; f++)
        rc = alias_add_id(t, text_field_id((enum text_field)f),
                          text_field_id((enum text_field)f), NULL);
    for (int i = 0; i < KIND_COUNT && !rc; i++)
        rc = alias_add_word(t, TEXT_KIND, kind_id((enum kind)i), i);
    for (int i = 0; i < STAGE_COUNT && !rc; i++)
        rc = alias_add_word(t, TEXT_STAGE, stage_id((enum stage)i), i);
    for (int i = SETTING_URBAN; i <= SETTING_RURAL && !rc; i++)
        rc = alias_add_word(t, TEXT_SETTING, setting_id((enum setting)i), i);
    for (int i = 1; i <= OWNER_COUNT && !rc; i++) {
        char digits[3] = {(char)('0' + i % 10)};
        if (i == 10)
            memcpy(digits, "10", 3);
        rc = alias_add_word(t, TEXT_OWNER, digits, i);
    }
    for (int i = 0; i <= 1 && !rc; i++) {
        rc = alias_add_word(t, TEXT_BOARDING, i ? "1" : "0", i);
        if (!rc)
            rc = alias_add_word(t, TEXT_DENSE_CENTRE, i ? "1" : "0", i);
    }
    return rc;
}

struct alias_table *alias_new(void)
{
    struct alias_table *t = calloc(1, sizeof *t);
    if (!t)
        return NULL;
    t->arena = arena_new(TABLE_BYTES);
    t->headers = map_new(256);
    t->words = map_new(64);
    t->units = map_new(32);
    if (t->arena && t->headers && t->words && t->units) {
        t->entries = arena_array(t->arena, ENTRIES_MAX, sizeof *t->entries);
        t->unit = arena_array(t->arena, UNITS_MAX, sizeof *t->unit);
        if (t->entries && t->unit && add_ids(t) == 0)
            return t;
    }
    alias_free(t);
    return NULL;
}

void alias_free(struct alias_table *table)
{
    if (!table)
        return;
    map_free(table->headers);
    map_free(table->words);
    map_free(table->units);
    arena_free(table->arena);
    free(table);
}

/* Folds behind an optional mark byte and keeps a copy in the table's arena. */
static int keep(struct alias_table *t, int mark, const char *text, const char **ret,
                size_t *ret_len)
{
    char folded[HEADER_MAX + 1];
    size_t len, skip = mark >= 0;
    folded[0] = (char)mark;
    int rc = alias_fold(text, strlen(text), folded + skip, HEADER_MAX, &len);
    if (rc)
        return rc;
    if (!len)
        return JH_EINVAL;
    *ret = arena_strn(t->arena, folded, len + skip);
    *ret_len = len + skip;
    return *ret ? 0 : JH_ENOMEM;
}

static bool same_hit(struct alias_hit a, struct alias_hit b)
{
    return a.is_text == b.is_text && a.family == b.family && a.factor == b.factor &&
           (a.is_text ? a.text == b.text : a.field == b.field);
}

int alias_add_field(struct alias_table *t, const char *header, struct alias_hit hit)
{
    const char *key;
    size_t len;
    int64_t at;
    if (t->n_entries == ENTRIES_MAX)
        return JH_ELIMIT;
    int rc = keep(t, -1, header, &key, &len);
    if (!rc)
        rc = map_add(t->headers, key, len, (int64_t)t->n_entries, &at);
    if (rc)
        return rc;
    if ((size_t)at != t->n_entries)
        return same_hit(t->entries[at].hit, hit) ? 0 : JH_EEXIST;
    t->entries[t->n_entries++] = (struct entry){key, hit};
    return 0;
}

/* One staged header per stage, and the bare one for rows that say the stage themselves. */
static int add_family(struct alias_table *t, enum field primary, const char *header,
                      const char *const prefix[STAGE_COUNT])
{
    struct alias_hit hit = {.field = primary, .family = true, .factor = 1};
    int rc = alias_add_field(t, header, hit);
    for (int s = 0; prefix && s < STAGE_COUNT && !rc; s++) {
        char *staged = arena_fmt(t->arena, "%s%s", prefix[s], header);
        if (!staged)
            return JH_ENOMEM;
        rc = alias_add_field(
            t, staged, (struct alias_hit){.field = primary + (unsigned)s, .factor = 1});
    }
    return rc;
}

int alias_add_id(struct alias_table *t, const char *id, const char *header,
                 const char *const prefix[STAGE_COUNT])
{
    size_t len = strlen(id);
    bool staged;
    int text = text_field_of(id, len);
    if (text >= 0)
        return alias_add_field(t, header,
                               (struct alias_hit){.is_text = true,
                                                  .text = (enum text_field)text,
                                                  .factor = 1});
    enum field field = field_of(id, len);
    if (field != FIELD_NONE)
        return alias_add_field(t, header,
                               (struct alias_hit){.field = field, .factor = 1});
    field = field_family(id, len, &staged);
    return field == FIELD_NONE ? JH_ENOENT : add_family(t, field, header, prefix);
}

int alias_add_word(struct alias_table *t, enum text_field field, const char *word,
                   int value)
{
    const char *key;
    size_t len;
    int64_t stored;
    if (t->n_words == ENTRIES_MAX)
        return JH_ELIMIT;
    int rc = keep(t, (int)field + 1, word, &key, &len);
    if (!rc)
        rc = map_add(t->words, key, len, value, &stored);
    if (rc)
        return rc;
    t->n_words++;
    return stored == value ? 0 : JH_EEXIST;
}

int alias_add_unit(struct alias_table *t, const char *unit, enum field_unit kind,
                   double factor)
{
    const char *key, *text = arena_str(t->arena, unit);
    size_t len;
    int64_t at;
    if (t->n_units == UNITS_MAX)
        return JH_ELIMIT;
    int rc = keep(t, -1, unit, &key, &len);
    if (!rc)
        rc = text ? map_add(t->units, key, len, (int64_t)t->n_units, &at) : JH_ENOMEM;
    if (rc)
        return rc;
    if ((size_t)at != t->n_units)
        return t->unit[at].factor == factor && t->unit[at].kind == kind ? 0 : JH_EEXIST;
    t->unit[t->n_units++] = (struct unit){text, kind, factor};
    return 0;
}

bool alias_unit(const struct alias_table *t, const char *p, size_t len,
                enum field_unit *ret_kind, double *ret_factor)
{
    char folded[HEADER_MAX];
    size_t n;
    if (alias_fold(p, len, folded, sizeof folded, &n))
        return false;
    int64_t at = map_get(t->units, folded, n);
    if (at == MAP_NONE)
        return false;
    *ret_kind = t->unit[at].kind;
    *ret_factor = t->unit[at].factor;
    return true;
}

size_t alias_units(const struct alias_table *t, enum field_unit kind, const char **units,
                   size_t max)
{
    size_t n = 0;
    for (size_t i = 0; i < t->n_units && n < max; i++)
        if (t->unit[i].kind == kind)
            units[n++] = t->unit[i].text;
    return n;
}

/* A folded header in two: what is before the bracket at its end, and the bracket's unit. */
struct cut {
    size_t head;             /* bytes; 0 = there is no bracket */
    const struct unit *unit; /* NULL = none that is known */
};

static struct cut cut_bracket(const struct alias_table *t, const char *folded, size_t n)
{
    struct cut cut = {0, NULL};
    const char *open = n && folded[n - 1] == ')' ? memrchr(folded, '(', n) : NULL;
    if (!open)
        return cut;
    cut.head = (size_t)(open - folded);
    int64_t at = map_get(t->units, open + 1, n - cut.head - 2);
    if (at != MAP_NONE)
        cut.unit = &t->unit[at];
    return cut;
}

/* Text has no unit, though some write (个) behind it. */
static bool fits(const struct unit *unit, const struct alias_hit *hit)
{
    return hit->is_text ? unit->kind == UNIT_COUNT && unit->factor == 1
                        : unit->kind == field_unit(hit->field);
}

bool alias_header(const struct alias_table *t, const char *p, size_t len,
                  struct alias_hit *ret)
{
    char folded[HEADER_MAX];
    size_t n;
    if (alias_fold(p, len, folded, sizeof folded, &n) || !n)
        return false;
    int64_t at = map_get(t->headers, folded, n);
    struct cut cut = {0, NULL};
    if (at == MAP_NONE) {
        cut = cut_bracket(t, folded, n);
        if (cut.unit)
            at = map_get(t->headers, folded, cut.head);
    }
    if (at == MAP_NONE || (cut.unit && !fits(cut.unit, &t->entries[at].hit)))
        return false;
    *ret = t->entries[at].hit;
    ret->factor *= cut.unit ? cut.unit->factor : 1;
    ret->unit = cut.unit != NULL;
    return true;
}

bool alias_bracket(const struct alias_table *t, const char *p, size_t len,
                   struct alias_hit *ret)
{
    char folded[HEADER_MAX];
    size_t n;
    if (alias_header(t, p, len, ret) || alias_fold(p, len, folded, sizeof folded, &n))
        return false;
    struct cut cut = cut_bracket(t, folded, n);
    int64_t at = cut.head ? map_get(t->headers, folded, cut.head) : MAP_NONE;
    if (at == MAP_NONE)
        return false;
    *ret = t->entries[at].hit;
    return true;
}

int alias_word(const struct alias_table *t, enum text_field field, const char *p,
               size_t len)
{
    char key[HEADER_MAX + 1];
    size_t n;
    key[0] = (char)(field + 1);
    if (len > HEADER_MAX)
        return -1;
    memcpy(key + 1, p, len); /* nearly always written as it is stored */
    int64_t value = map_get(t->words, key, len + 1);
    if (value == MAP_NONE) {
        if (alias_fold(p, len, key + 1, HEADER_MAX, &n) || !n)
            return -1;
        value = map_get(t->words, key, n + 1);
    }
    return value == MAP_NONE ? -1 : (int)value;
}

/* ---- totals ------------------------------------------------------------------------------ */

/* Folds, with small letters and without a colon at the end. */
static int fold_total(const char *p, size_t len, char *out, size_t size, size_t *ret_len)
{
    int rc = alias_fold(p, len, out, size, ret_len);
    if (rc)
        return rc;
    for (size_t i = 0; i < *ret_len; i++)
        out[i] = (char)(out[i] >= 'A' && out[i] <= 'Z' ? out[i] - 'A' + 'a' : out[i]);
    *ret_len -= *ret_len && out[*ret_len - 1] == ':';
    return 0;
}

static uint32_t last_char(const char *p, size_t len)
{
    const char *end = p + len, *start = end;
    while (start > p && ((unsigned char)*--start & 0xC0) == 0x80)
        ;
    return len ? utf8_next(&start, end) : 0;
}

int alias_add_total(struct alias_table *t, const char *word, bool ending)
{
    char folded[HEADER_MAX];
    size_t len;
    if (t->n_totals == TOTALS_MAX)
        return JH_ELIMIT;
    int rc = fold_total(word, strlen(word), folded, sizeof folded, &len);
    if (rc || !len)
        return rc ? rc : JH_EINVAL;
    const char *text = arena_strn(t->arena, folded, len);
    if (!text)
        return JH_ENOMEM;
    t->last[t->n_totals] = last_char(text, len);
    uint32_t last = t->last[t->n_totals];
    t->last_bits[last / 64 % 64] |= UINT64_C(1) << last % 64;
    t->totals[t->n_totals++] = (struct total){text, len, ending};
    return 0;
}

/* Characters that folding leaves as they are, unlike capitals, signs and wide letters. */
static bool is_plain(uint32_t c)
{
    return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 'a' && c <= 'z') ||
           (c >= '0' && c <= '9') || c == ')';
}

/*
 * Do the last bytes tell that no word ends so? They are a plain character then: the lower six
 * bits of each are its own. Texts are UTF-8.
 */
static inline bool ends_otherwise(const struct alias_table *t, const char *p, size_t len)
{
    unsigned char last = (unsigned char)p[len - 1];
    unsigned char lead = len >= 3 ? (unsigned char)p[len - 3] : 0;
    bool plain = last < 0x80 ? is_plain(last) : lead >= 0xE5 && lead <= 0xE9;
    unsigned above = last < 0x80 ? last / 64 : (unsigned char)p[len - 2] % 64u;
    return plain && !(t->last_bits[above] >> last % 64 & 1);
}

static bool may_be_total(const struct alias_table *t, const char *p, size_t len)
{
    if (!len || ends_otherwise(t, p, len))
        return false;
    uint32_t last = last_char(p, len);
    if (!last || !is_plain(last))
        return last != 0;
    for (size_t i = 0; i < t->n_totals; i++)
        if (t->last[i] == last)
            return true;
    return false;
}

enum alias_total alias_total(const struct alias_table *t, const char *p, size_t len)
{
    char folded[HEADER_MAX];
    size_t n;
    if (!may_be_total(t, p, len) || fold_total(p, len, folded, sizeof folded, &n))
        return ALIAS_TOTAL_NONE;
    enum alias_total best = ALIAS_TOTAL_NONE;
    for (size_t i = 0; i < t->n_totals; i++) {
        const struct total *w = &t->totals[i];
        if (n == w->len && memcmp(folded, w->text, n) == 0)
            return ALIAS_TOTAL;
        if (w->ending && n > w->len && memcmp(folded + n - w->len, w->text, w->len) == 0)
            best = ALIAS_TOTAL_ENDING;
    }
    return best;
}

/* ---- indicators' values ------------------------------------------------------------------ */

int alias_add_value(struct alias_table *t, const char *indicator, const char *title)
{
    if (t->n_values == VALUES_MAX)
        return JH_ELIMIT;
    const char *id = arena_str(t->arena, indicator);
    int rc = id ? alias_add_word(t, (enum text_field)ALIAS_VALUE, title, (int)t->n_values)
                : JH_ENOMEM;
    if (!rc)
        t->values[t->n_values++] = id;
    return rc;
}

static const char *value_of(const struct alias_table *t, const char *p, size_t len)
{
    int at = alias_word(t, (enum text_field)ALIAS_VALUE, p, len);
    return at < 0 ? NULL : t->values[at];
}

int alias_value(const struct alias_table *t, const char *p, size_t len,
                struct arena *arena, struct alias_value *ret)
{
    char folded[HEADER_MAX];
    size_t n;
    int rc = alias_fold(p, len, folded, sizeof folded, &n);
    if (rc)
        return rc;
    struct alias_value v = {.folded = arena_strn(arena, folded, n),
                            .unit = UNIT_NONE,
                            .factor = 1,
                            .indicator = value_of(t, folded, n)};
    struct cut cut = {0, NULL};
    if (!v.indicator)
        cut = cut_bracket(t, folded, n);
    const char *head = cut.head ? value_of(t, folded, cut.head) : NULL;
    v.stem = arena_strn(arena, folded, cut.unit ? cut.head : n);
    if (cut.unit) {
        v.indicator = head;
        v.unit = cut.unit->kind;
        v.factor = cut.unit->factor;
    }
    v.odd_bracket = head && !cut.unit;
    if (!v.folded || !v.stem)
        return JH_ENOMEM;
    *ret = v;
    return 0;
}

/* ---- headers in several rows --------------------------------------------------------------- */

int alias_add_ending(struct alias_table *t, const char *ending)
{
    if (t->n_endings == ENDINGS_MAX)
        return JH_ELIMIT;
    const char *text = arena_str(t->arena, ending);
    if (!text)
        return JH_ENOMEM;
    t->endings[t->n_endings++] = text;
    return 0;
}

const char *const *alias_endings(const struct alias_table *t)
{
    return t->endings;
}

/* ---- names and suggestions --------------------------------------------------------------- */

size_t alias_names(const struct alias_table *t, struct alias_hit like, const char **names,
                   size_t max)
{
    size_t n = 0;
    for (size_t i = 0; i < t->n_entries && n < max; i++)
        if (same_hit(t->entries[i].hit, like))
            names[n++] = t->entries[i].text;
    return n;
}

const char *alias_suggest(const struct alias_table *t, const char *p, size_t len)
{
    char folded[HEADER_MAX];
    uint32_t want[ALIAS_DISTANCE_MAX], have[ALIAS_DISTANCE_MAX];
    size_t n;
    if (alias_fold(p, len, folded, sizeof folded, &n) || !n)
        return NULL;
    size_t w = alias_decode(folded, n, want);
    if (w == ALIAS_DISTANCE_MAX)
        return NULL;
    const char *best = NULL;
    size_t limit = w / 3 + 1; /* the first too far */
    for (size_t i = 0; i < t->n_entries; i++) {
        size_t h = alias_decode(t->entries[i].text, strlen(t->entries[i].text), have);
        size_t d = alias_distance(want, w, have, h);
        if (d < limit) {
            limit = d;
            best = t->entries[i].text;
        }
    }
    return best;
}
