/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows that are no schools: the names of sections, which say what the rows below are; notes;
 * numbers of columns; totals by their name. None goes without a finding. A row that is not
 * surely one of these is a school, or a row dropped and listed.
 */
#include <string.h>

#include "base/utf8.h"
#include "model/intake_reading.h"

enum { SHOWN_MAX = 60 };

static struct jh_slice cell_of(const struct intake_reading *r, uint32_t i)
{
    return cell_trim(r->row->cells[i].p, r->row->cells[i].len);
}

static int tell(struct intake_reading *r, const char *code, struct jh_slice shown,
                const char *what)
{
    struct intake_what w = {
        .county = INTAKE_COUNTY_NONE, .file = r->in->now.index, .line = r->row->line};
    intake_find(r->in, &w, code, "notice", "\"%.*s\" %s",
                (int)utf8_cut(shown.p, shown.len, SHOWN_MAX), shown.p, what);
    return INTAKE_BLANK;
}

/* ---- sections, notes, numbers of columns ------------------------------------------------- */

/* What stands alone in its row; nearly every row shows with its second cell that nothing does. */
static bool only_cell(const struct intake_reading *r, struct jh_slice *ret)
{
    struct jh_slice only = {NULL, 0};
    for (uint32_t i = 0; i < r->row->n; i++) {
        struct jh_slice s = cell_of(r, i);
        if (s.len && only.p)
            return false;
        if (s.len)
            only = s;
    }
    *ret = only;
    return only.p != NULL;
}

/* A form numbers its columns below the header: L1, L2, … or 1, 2, …. */
static bool numbers_columns(const struct intake_reading *r)
{
    enum { FEW = 3 };
    uint32_t n = 0;
    for (uint32_t i = 0; i < r->row->n; i++) {
        struct jh_slice s = cell_of(r, i);
        const char *reason;
        double v;
        if (!s.len)
            continue;
        size_t skip = s.p[0] == 'L';
        if (cell_number(s.p + skip, s.len - skip, 1, &v, &reason) != CELL_NUMBER ||
            v != ++n)
            return false;
    }
    return n >= FEW;
}

static bool begins_section(struct intake_reading *r, struct jh_slice s)
{
    struct intake_section *section = &r->in->now.section;
    if (!alias_section(r->in->aliases, s.p, s.len, &section->kind, &section->stage))
        return false;
    section->begun = true;
    return true;
}

/* Those who filled in and checked a form sign below it, in several cells of a row. */
static bool is_note(const struct intake_reading *r)
{
    bool note = false, first = true;
    for (uint32_t i = 0; i < r->row->n; i++) {
        struct jh_slice s = cell_of(r, i);
        const char *reason;
        double v;
        if (!s.len)
            continue;
        if (first)
            note = alias_note(r->in->aliases, s.p, s.len);
        first = false;
        if (!note || cell_number(s.p, s.len, 1, &v, &reason) == CELL_NUMBER)
            return false;
    }
    return note;
}

/* ---- totals ------------------------------------------------------------------------------ */

static enum alias_total total_of(const struct intake_reading *r, struct jh_slice s)
{
    return s.len ? alias_total(r->in->aliases, s.p, s.len) : ALIAS_TOTAL_NONE;
}

/* Where neither code nor name is given, the word stands in front: below the county, or a number. */
static bool named_in_front(const struct intake_reading *r, struct jh_slice *ret)
{
    for (uint32_t i = 0; i < r->row->n; i++) {
        struct jh_slice s = cell_trim(r->row->cells[i].p, r->row->cells[i].len);
        if (s.len && total_of(r, s) != ALIAS_TOTAL_NONE) {
            *ret = s;
            return true;
        }
    }
    return false;
}

static bool same_text(struct jh_slice a, struct jh_slice b)
{
    return a.len == b.len && memcmp(a.p, b.p, a.len) == 0;
}

/* Some put the county's code where a total has no school's. */
static bool own_code(const struct intake_reading *r, struct jh_slice code)
{
    return code.len && total_of(r, code) == ALIAS_TOTAL_NONE &&
           !same_text(code, intake_row_text(r, TEXT_COUNTY_CODE));
}

static int tell_total(struct intake_reading *r, struct jh_slice word)
{
    struct jh_slice code = intake_row_text(
        r, intake_row_given(r, TEXT_COUNTY_CODE) ? TEXT_COUNTY_CODE : TEXT_COUNTY_NAME);
    struct intake_what w = intake_row_what(r);
    const char *shown = intake_text(r->in, word, INTAKE_VALUE_MAX);
    if (code.len && code.len <= INTAKE_CODE_MAX && total_of(r, code) == ALIAS_TOTAL_NONE)
        w.county = intake_county(r->in, code);
    w.school = shown;
    intake_find(r->in, &w, "total_row", "notice",
                "a row named \"%s\" adds up or averages other rows: it is no school and "
                "is in no figure",
                shown);
    return INTAKE_BLANK;
}

static int total_row(struct intake_reading *r)
{
    struct jh_slice code = {"", 0}, name = {"", 0}, word;
    if (!r->by_name)
        code = intake_row_text(r, TEXT_SCHOOL_CODE);
    if (intake_row_given(r, TEXT_SCHOOL_NAME))
        name = intake_row_text(r, TEXT_SCHOOL_NAME);
    enum alias_total by_code = total_of(r, code), by_name = total_of(r, name);
    if (by_code == ALIAS_TOTAL || by_name == ALIAS_TOTAL)
        return tell_total(r, by_name ? name : code);
    if (!code.len && !name.len && named_in_front(r, &word))
        return tell_total(r, word);
    if (!code.len && !name.len && is_note(r))
        return tell(r, "note_row", cell_of(r, 0), "begins a note: it is not read");
    if (by_name == ALIAS_TOTAL_NONE)
        return 0;
    if (!own_code(r, code))
        return tell_total(r, name);
    return intake_row_drop(
        r, intake_row_cell(r, r->in->now.text[TEXT_SCHOOL_NAME].cell), "school_name",
        "named as a total, but with a school's code: take the row out, or mend its name");
}

/* ---- in order ---------------------------------------------------------------------------- */

int intake_aside_row(struct intake_reading *r)
{
    struct intake_open *now = &r->in->now;
    struct jh_slice only;
    bool first = !now->below;
    now->below = true;
    if (first && numbers_columns(r))
        return INTAKE_BLANK;
    if (!only_cell(r, &only))
        return total_row(r);
    if (begins_section(r, only))
        return tell(r, "section_row", only,
                    "begins a section: it says what the rows below are");
    if (alias_note(r->in->aliases, only.p, only.len))
        return tell(r, "note_row", only, "is a note: it is not read");
    return total_row(r);
}
