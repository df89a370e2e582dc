/* SPDX-License-Identifier: Apache-2.0 */
/* One row: which school it is, and what is known of it beside its numbers. */
#include <math.h>
#include <string.h>

#include "base/utf8.h"
#include "model/intake_reading.h"

/* ---- cells ------------------------------------------------------------------------------- */

struct jh_slice intake_row_translate(const struct mapping_column *map, struct jh_slice s)
{
    for (size_t i = 0; map && map->map_from && map->map_from[i]; i++) {
        size_t len = strlen(map->map_from[i]);
        if (len == s.len && memcmp(map->map_from[i], s.p, len) == 0)
            return cell_text(map->map_to[i], strlen(map->map_to[i]));
    }
    return s;
}

uint32_t intake_row_line(const struct intake_reading *r, const struct jh_cell *cell)
{
    return cell ? cell->line : r->row->line;
}

uint32_t intake_row_col(const struct intake_reading *r, const struct jh_cell *cell)
{
    return cell ? jh_cell_col(r->row, cell) : 1;
}

struct intake_what intake_row_what(const struct intake_reading *r)
{
    return (struct intake_what){.county = r->county,
                                .school = r->school.code,
                                .campus = r->school.campus,
                                .file = r->in->now.index,
                                .line = r->row->line};
}

/* ---- rejecting --------------------------------------------------------------------------- */

const char *intake_row_value(struct intake_reading *r, const struct jh_cell *cell)
{
    if (!cell)
        return "";
    return intake_text(r->in, cell_trim(cell->p, cell->len), INTAKE_VALUE_MAX);
}

void intake_row_reject(struct intake_reading *r, const struct jh_cell *cell,
                       const char *column, const char *reason, bool row)
{
    const char *school = r->school.code;
    if (!school) /* not that far yet: it may tell the county by the last round */
        school = intake_text(
            r->in, intake_row_text(r, r->by_name ? TEXT_SCHOOL_NAME : TEXT_SCHOOL_CODE),
            INTAKE_NAME_MAX);
    struct rejected rejected = {
        .file = r->in->now.index,
        .line = intake_row_line(r, cell),
        .col = intake_row_col(r, cell),
        .column = column,
        .value = intake_row_value(r, cell),
        .reason = reason,
        .row = row,
        .county = r->county == INTAKE_COUNTY_NONE ? "" : r->in->counties[r->county].code,
        .school = school};
    intake_reject(r->in, &rejected, r->county);
}

int intake_row_drop(struct intake_reading *r, const struct jh_cell *cell,
                    const char *column, const char *reason)
{
    intake_row_reject(r, cell, column, reason, true);
    return INTAKE_DROPPED;
}

static int drop_text(struct intake_reading *r, enum text_field field, const char *reason)
{
    return intake_row_drop(r, intake_row_cell(r, r->in->now.text[field].cell),
                           text_field_id(field), reason);
}

/* A row of nothing but empty cells is what spreadsheets leave behind their tables. */
static bool blank_row(const struct intake_reading *r)
{
    for (uint32_t i = 0; i < r->row->n; i++)
        if (cell_trim(r->row->cells[i].p, r->row->cells[i].len).len)
            return false;
    return true;
}

/* ---- who it is --------------------------------------------------------------------------- */

static inline int keep_text(struct intake_reading *r, enum text_field field, size_t max,
                            const char **ret)
{
    struct jh_slice s = intake_row_text(r, field);
    *ret = s.len ? intake_text(r->in, s, max) : "";
    return s.len && !**ret ? intake_fail(r->in, r->err, JH_ELIMIT) : 0;
}

static int read_county(struct intake_reading *r)
{
    struct intake *in = r->in;
    enum text_field field =
        intake_row_given(r, TEXT_COUNTY_CODE) ? TEXT_COUNTY_CODE : TEXT_COUNTY_NAME;
    struct jh_slice code = intake_row_text(r, field);
    if (!code.len)
        return blank_row(r) ? INTAKE_BLANK : drop_text(r, field, "empty");
    if (cell_is_error(code))
        return drop_text(r, field, "an error of the spreadsheet");
    if (code.len > INTAKE_CODE_MAX)
        return drop_text(r, field, "longer than a code");
    uint32_t last = in->now.last_county;
    bool same = last != INTAKE_COUNTY_NONE && in->counties[last].len == code.len &&
                memcmp(in->counties[last].code, code.p, code.len) == 0;
    for (size_t i = 0; i < code.len && !same; i++)
        if ((unsigned char)code.p[i] < 0x20)
            return drop_text(r, field, "a control character in it");
    r->county = same ? last : intake_county(in, code);
    if (r->county == INTAKE_COUNTY_NONE)
        return intake_fail(in, r->err, JH_ENOMEM);
    in->now.last_county = r->county;
    int rc = intake_stream_row(in, r->county, r->err);
    if (rc)
        return rc;
    r->missing_before = in->n_missing;
    struct intake_county *county = &in->counties[r->county];
    if (!*county->name && intake_row_given(r, TEXT_COUNTY_NAME))
        return keep_text(r, TEXT_COUNTY_NAME, INTAKE_NAME_MAX, &county->name);
    return 0;
}

static int read_school(struct intake_reading *r)
{
    struct school *school = &r->school;
    enum text_field key = r->by_name ? TEXT_SCHOOL_NAME : TEXT_SCHOOL_CODE;
    struct jh_slice code = intake_row_text(r, key);
    if (!code.len)
        return blank_row(r) ? INTAKE_BLANK : drop_text(r, key, "empty");
    if (cell_is_error(code))
        return drop_text(r, key, "an error of the spreadsheet");
    if (code.len > (r->by_name ? INTAKE_NAME_MAX : INTAKE_CODE_MAX))
        return drop_text(r, key, "longer than a code");
    int rc = keep_text(r, key, INTAKE_NAME_MAX, &school->code);
    if (!rc && r->by_name)
        school->name = school->code;
    else if (!rc)
        rc = keep_text(r, TEXT_SCHOOL_NAME, INTAKE_NAME_MAX, &school->name);
    if (!rc)
        rc = keep_text(r, TEXT_CAMPUS, INTAKE_CODE_MAX, &school->campus);
    return rc ? rc
              : keep_text(r, TEXT_PARENT_CODE, INTAKE_CODE_MAX, &school->parent_code);
}

static bool parse_round(const struct intake_reading *r, struct jh_slice s,
                        struct round *ret)
{
    const struct mapping_column *map = r->in->now.text[TEXT_ROUND].map;
    char folded[64];
    size_t len;
    double year;
    const char *reason;
    if (map && map->add != 0) {
        if (cell_number(s.p, s.len, 1, &year, &reason) != CELL_NUMBER)
            return false;
        year += map->add;
        if (year != floor(year) || year < 1900 || year > 2999)
            return false;
        *ret = (struct round){(int16_t)year, 0};
        return true;
    }
    return round_parse(s.p, s.len, ret) == 0 ||
           (alias_fold(s.p, s.len, folded, sizeof folded, &len) == 0 &&
            round_parse(folded, len, ret) == 0);
}

static int refuse_round(struct intake_reading *r, struct round round)
{
    struct intake *in = r->in;
    char here[ROUND_TEXT], there[ROUND_TEXT];
    const struct mapping *m = in->now.mapping;
    const struct jh_cell *cell = intake_row_cell(r, in->now.text[TEXT_ROUND].cell);
    round_print(round, here);
    if (m && m->round.year && round_cmp(m->round, round) != 0) {
        round_print(m->round, there);
        return intake_refuse(in, r->err, intake_row_line(r, cell),
                             intake_row_col(r, cell),
                             "round %s here, but this file is given as %s", here, there);
    }
    round_print(in->round, there);
    return intake_refuse(
        in, r->err, intake_row_line(r, cell), intake_row_col(r, cell),
        "two rounds%s: %s here, %s in %s%sline %u",
        in->round_file == in->now.index ? " in one file" : "", here, there,
        in->round_file == in->now.index ? "" : in->files[in->round_file].name,
        in->round_file == in->now.index ? "" : ", ", in->round_line);
}

static const struct mapping_default *round_default(const struct mapping *m)
{
    for (size_t i = 0; i < m->n_defaults; i++)
        if (strcmp(m->defaults[i].target, text_field_id(TEXT_ROUND)) == 0)
            return &m->defaults[i];
    return NULL;
}

/* A slip of the pen that would stay the newest round for years, and silence all others. */
static int refuse_future(struct intake_reading *r, struct round round)
{
    struct intake *in = r->in;
    char text[ROUND_TEXT], begins[DATE_TEXT], today[DATE_TEXT];
    const struct mapping *m = in->now.mapping;
    const struct jh_cell *cell = intake_row_cell(r, in->now.text[TEXT_ROUND].cell);
    const struct mapping_default *constant = NULL;
    const char *how = "";
    round_print(round, text);
    date_print(round_reference(round), begins);
    date_print(in->limits.today, today);
    if (!cell && m && m->round.year)
        how = " (`round:` of the source says so)";
    else if (!cell && m && (constant = round_default(m)))
        how = " (`defaults:` says so)";
    const char *why = arena_fmt(in->now.arena,
                                "round %s%s is in the future: it begins on %s, and today "
                                "is %s; mend the round, or wait till then",
                                text, how, begins, today);
    if (!why)
        return intake_fail(in, r->err, JH_ENOMEM);
    if (constant)
        return intake_refuse_mapping(in, r->err, constant->line, constant->col, "%s",
                                     why);
    return intake_refuse(in, r->err, cell ? intake_row_line(r, cell) : 0,
                         cell ? intake_row_col(r, cell) : 0, "%s", why);
}

static int read_round(struct intake_reading *r)
{
    struct intake *in = r->in;
    const struct mapping *m = in->now.mapping;
    struct round round = m ? m->round : (struct round){0};
    struct jh_slice s = {NULL, 0};
    if (intake_row_given(r, TEXT_ROUND)) {
        s = intake_row_text(r, TEXT_ROUND);
        struct intake_word *last = &in->now.round;
        if (s.len && last->len == s.len && memcmp(last->text, s.p, s.len) == 0)
            return 0; /* as in the row before */
        if (!s.len)
            return drop_text(r, TEXT_ROUND, "empty");
        if (!parse_round(r, s, &round))
            return drop_text(r, TEXT_ROUND, "not a round such as 2025 or 2025-10");
        if (m && m->round.year && round_cmp(m->round, round) != 0)
            return refuse_round(r, round);
    }
    if (!round.year)
        return 0;
    if (in->round.year && round_cmp(in->round, round) != 0)
        return refuse_round(r, round);
    if (!in->round.year) {
        if (in->limits.today.year && round_is_future(round, in->limits.today))
            return refuse_future(r, round);
        in->round = round;
        in->round_line = r->row->line;
        in->round_file = in->now.index;
    }
    if (s.len && s.len < INTAKE_WORD_CACHE) {
        memcpy(in->now.round.text, s.p, s.len);
        in->now.round.len = (uint8_t)s.len;
    }
    return 0;
}

/* Word cells repeat: the last one is compared before it is looked up. */
static int word(struct intake_reading *r, enum text_field field, struct jh_slice s)
{
    struct intake_word *last =
        &r->in->now.words[field][s.len / 3 % INTAKE_WORDS_KEPT]; /* a character is 3 */
    if (last->len == s.len && s.len && memcmp(last->text, s.p, s.len) == 0)
        return last->value;
    int value = alias_word(r->in->aliases, field, s.p, s.len);
    if (s.len < INTAKE_WORD_CACHE) {
        memcpy(last->text, s.p, s.len);
        last->len = (uint8_t)s.len;
        last->value = (int8_t)value;
    }
    return value;
}

/* A file without kinds is read as far as its sections say them. */
static int refuse_kind(struct intake_reading *r)
{
    r->in->refused = r->in->now.no_kind;
    if (r->err)
        *r->err = r->in->refused;
    return r->in->refused.code;
}

/* A constant kind gives way to a section that it cannot be in; a cell contradicts it. */
static int section_kind(struct intake_reading *r, enum kind *kind, bool by_cell)
{
    const struct intake_section *s = &r->in->now.section;
    bool fits =
        s->stage == STAGE_NONE ? *kind == s->kind : kind_may_have(*kind, s->stage);
    if (!fits && !by_cell)
        *kind = s->kind;
    else if (!fits && s->stage != STAGE_NONE)
        return drop_text(r, TEXT_KIND, "not a kind of school that its section may hold");
    r->school.stage = (uint8_t)s->stage;
    return 0;
}

static int read_kind(struct intake_reading *r)
{
    const struct intake_open *now = &r->in->now;
    struct jh_slice s = intake_row_text(r, TEXT_KIND);
    bool by_cell = s.len && now->text[TEXT_KIND].cell >= 0;
    int kind = s.len ? word(r, TEXT_KIND, s) : -1;
    if (!s.len && now->section.begun)
        kind = (int)now->section.kind;
    else if (!s.len && now->no_kind.code)
        return refuse_kind(r);
    if (kind < 0)
        return drop_text(r, TEXT_KIND, s.len ? "not a kind of school" : "empty");
    enum kind of = (enum kind)kind;
    r->school.stage = STAGE_NONE;
    int rc = now->section.begun ? section_kind(r, &of, by_cell) : 0;
    if (rc)
        return rc;
    r->school.kind = (uint8_t)of;
    s = intake_row_text(r, TEXT_STAGE);
    if (!s.len || (now->section.begun && now->text[TEXT_STAGE].cell < 0))
        return 0;
    int stage = word(r, TEXT_STAGE, s);
    if (stage < 0)
        return drop_text(r, TEXT_STAGE, "not a stage");
    r->school.stage = (uint8_t)stage;
    return 0;
}

/* ---- what else is known of it ------------------------------------------------------------ */

/* A word that may be missing: `none` then, and when it is bad, which is listed. */
static inline int read_word(struct intake_reading *r, enum text_field field, int none)
{
    struct jh_slice s = intake_row_text(r, field);
    int value = s.len ? word(r, field, s) : none;
    if (value >= 0 || !s.len)
        return value;
    intake_row_reject(r, intake_row_cell(r, r->in->now.text[field].cell),
                      text_field_id(field), "not a word known here", false);
    return none;
}

static void read_facts(struct intake_reading *r)
{
    struct school *school = &r->school;
    school->setting = (uint8_t)read_word(r, TEXT_SETTING, SETTING_UNKNOWN);
    school->boarding = (int8_t)read_word(r, TEXT_BOARDING, -1);
    school->dense_centre = (int8_t)read_word(r, TEXT_DENSE_CENTRE, -1);
    int owner = read_word(r, TEXT_OWNER, 0);
    school->owner = owner ? (uint8_t)owner : OWNER_DEFAULT;
    if (!owner && intake_row_given(r, TEXT_OWNER)) {
        struct intake_what w = intake_row_what(r);
        intake_find(r->in, &w, "owner_empty", "notice",
                    "no owner given: counted as %d (the county's education office)",
                    OWNER_DEFAULT);
    }
    struct jh_slice s = intake_row_text(r, TEXT_BUILT_YEAR);
    double year;
    const char *reason = "not a year";
    if (!s.len)
        return;
    if (cell_number(s.p, s.len, 1, &year, &reason) == CELL_NUMBER && year >= 1000 &&
        year <= 2999 && year == floor(year))
        school->built_year = (int16_t)year;
    else
        intake_row_reject(r, intake_row_cell(r, r->in->now.text[TEXT_BUILT_YEAR].cell),
                          "built_year", "not a year", false);
}

/* ---- keys -------------------------------------------------------------------------------- */

/* "line 4", or "other.csv, line 4". */
static const char *place(const struct intake_reading *r, size_t row)
{
    const struct school *other = &r->in->schools[row];
    const char *text = other->file == r->in->now.index
                           ? arena_fmt(r->in->now.arena, "line %u", other->line)
                           : arena_fmt(r->in->now.arena, "%s, line %u",
                                       r->in->files[other->file].name, other->line);
    return text ? text : "another line";
}

static int refuse_key(struct intake_reading *r, size_t row, const char *why)
{
    const struct jh_cell *cell = intake_row_cell(
        r, r->in->now.text[r->by_name ? TEXT_SCHOOL_NAME : TEXT_SCHOOL_CODE].cell);
    const struct school *s = &r->school;
    return intake_refuse(r->in, r->err, intake_row_line(r, cell), intake_row_col(r, cell),
                         "school %s%s%s%s%s %s %s", s->code,
                         *s->campus ? ", campus " : "", s->campus,
                         s->stage != STAGE_NONE ? ", stage " : "",
                         stage_id((enum stage)s->stage), why, place(r, row));
}

/* Row of a whole key, which is added with the value `row` unless that is MAP_NONE. */
static int64_t key_row(struct intake_reading *r, const struct school *s, enum stage stage,
                       int64_t row)
{
    int64_t stored = MAP_NONE;
    const char *key = arena_fmt(r->in->texts, "%u\x1f%s\x1f%s\x1f%d", r->county, s->code,
                                s->campus, (int)stage);
    if (!key)
        return MAP_NONE;
    if (row == MAP_NONE)
        return map_get(r->in->by_key, key, strlen(key));
    return map_add(r->in->by_key, key, strlen(key), row, &stored) ? MAP_NONE : stored;
}

/* Not the first row of its code: another campus or stage, or a mistake. */
static int check_again(struct intake_reading *r, size_t first)
{
    struct intake *in = r->in;
    const struct school *s = &r->school;
    if (in->county[first] != r->county) {
        const struct intake_county *a = &in->counties[r->county],
                                   *b = &in->counties[in->county[first]];
        const char *why = arena_fmt(
            in->now.arena, "is in county %s here, and in county %s in", a->code, b->code);
        return refuse_key(r, first, why ? why : "is in another county in");
    }
    key_row(r, &in->schools[first], (enum stage)in->schools[first].stage, (int64_t)first);
    for (int stage = 0; stage <= STAGE_NONE; stage++) {
        if ((s->stage == STAGE_NONE) == (stage == STAGE_NONE))
            continue;
        int64_t part = key_row(r, s, (enum stage)stage, MAP_NONE);
        if (part != MAP_NONE)
            return refuse_key(r, (size_t)part,
                              "would count twice, as a whole and by stage: see also");
    }
    int64_t row = key_row(r, s, (enum stage)s->stage, (int64_t)in->n);
    if (row == MAP_NONE)
        return intake_fail(in, r->err, JH_ENOMEM);
    if (row == (int64_t)in->n)
        return 0;
    return refuse_key(
        r, (size_t)row,
        "is there twice (a school_code, campus and stage stand once in a round): "
        "see also");
}

static int check_key(struct intake_reading *r)
{
    uint32_t first;
    int rc = intake_code_add(r->in, r->school.code, r->county, r->by_name, &first);
    if (rc)
        return intake_fail(r->in, r->err, rc);
    return first == r->in->n ? 0 : check_again(r, first);
}

/* ---- the row ----------------------------------------------------------------------------- */

int intake_row_read(struct intake *in, const struct jh_row *row, struct jh_err *err)
{
    struct intake_reading r = {.in = in,
                               .row = row,
                               .err = err,
                               .county = INTAKE_COUNTY_NONE,
                               .missing_before = in->n_missing};
    r.school = (struct school){.campus = "", .line = row->line, .file = in->now.index};
    int rc = intake_room_row(in);
    if (rc)
        return intake_fail(in, err, rc);
    r.by_name = !intake_row_given(&r, TEXT_SCHOOL_CODE);
    rc = intake_aside_row(&r);
    rc = rc ? rc : read_county(&r);
    rc = rc ? rc : read_school(&r);
    rc = rc ? rc : read_round(&r);
    rc = rc ? rc : read_kind(&r);
    rc = rc ? rc : intake_number_read(&r);
    rc = rc ? rc : check_key(&r);
    in->now.rows += rc != INTAKE_BLANK;
    if (rc) {
        in->n_missing = r.missing_before;
        return rc > 0 ? 0 : rc;
    }
    read_facts(&r);
    in->schools[in->n] = r.school;
    in->county[in->n] = r.county;
    in->counties[r.county].rows++;
    in->n++;
    return 0;
}
