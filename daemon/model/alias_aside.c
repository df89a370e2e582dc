/* SPDX-License-Identifier: Apache-2.0 */
/* Words of rows that are no schools: sections, notes, and units of a whole table. */
#include <string.h>

#include "base/utf8.h"
#include "model/alias.h"

enum {
    FOLDED_MAX = 512, /* bytes, as in alias.c */
    NOTE_MAX = 64,    /* bytes of a cell within which a note says that it is one */
};

/* ---- sections and notes ------------------------------------------------------------------ */

int alias_add_section(struct alias_table *t, const char *word, enum stage stage)
{
    return alias_add_word(t, (enum text_field)ALIAS_SECTION, word, (int)stage);
}

int alias_add_note(struct alias_table *t, const char *word)
{
    return alias_add_word(t, (enum text_field)ALIAS_NOTE, word, 0);
}

bool alias_section(const struct alias_table *t, const char *p, size_t len,
                   enum kind *ret_kind, enum stage *ret_stage)
{
    int stage = alias_word(t, (enum text_field)ALIAS_SECTION, p, len);
    int kind = stage < 0                ? alias_word(t, TEXT_KIND, p, len)
               : stage == STAGE_PRIMARY ? (int)KIND_PRIMARY
                                        : (int)KIND_JUNIOR;
    if (kind < 0)
        return false;
    *ret_kind = (enum kind)kind;
    *ret_stage = stage < 0 ? STAGE_NONE : (enum stage)stage;
    return true;
}

bool alias_note(const struct alias_table *t, const char *p, size_t len)
{
    char folded[FOLDED_MAX];
    size_t n, end = 0;
    if (alias_fold(p, utf8_cut(p, len, NOTE_MAX), folded, sizeof folded, &n))
        return false;
    while (end < n && folded[end] != ':' && !(folded[end] >= '0' && folded[end] <= '9'))
        end++;
    return end && end < n && alias_word(t, (enum text_field)ALIAS_NOTE, folded, end) >= 0;
}

/* ---- units of a table ------------------------------------------------------------------------ */

/* The units that stand behind the colon, apart by commas or slashes. */
static void read_list(const struct alias_table *t, const char *p, const char *end,
                      struct alias_units_note *ret)
{
    static const char *const APART[] = {"\xE3\x80\x81", ",", ";", "/"};
    for (const char *start = p; p <= end; p++) {
        size_t skip = p == end;
        for (size_t i = 0; i < sizeof APART / sizeof *APART && !skip; i++)
            if (strncmp(p, APART[i], strlen(APART[i])) == 0)
                skip = strlen(APART[i]);
        if (!skip)
            continue;
        enum field_unit kind;
        double factor;
        if (alias_unit(t, start, (size_t)(p - start), &kind, &factor)) {
            ret->twice[kind] |= ret->factor[kind] > 0 && ret->factor[kind] != factor;
            ret->factor[kind] = factor;
            ret->any = true;
        }
        p += skip - 1;
        start = p + 1;
    }
}

bool alias_units_note(const struct alias_table *t, const char *p, size_t len,
                      struct alias_units_note *ret)
{
    char folded[FOLDED_MAX];
    size_t n;
    *ret = (struct alias_units_note){.any = false};
    if (alias_fold(p, len, folded, sizeof folded - 1, &n) || !n)
        return false;
    folded[n] = '\0';
    char *start = folded, *end = folded + n, *open = strrchr(folded, '(');
    if (open && end[-1] == ')') { /* behind a title, or alone */
        start = open + 1;
        *--end = '\0';
    }
    char *colon = strchr(start, ':');
    if (!colon ||
        alias_word(t, (enum text_field)ALIAS_UNITS, start, (size_t)(colon - start)) < 0)
        return false;
    read_list(t, colon + 1, end, ret);
    return ret->any;
}
