/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What people write in headers and word cells: aliases of fields, words for kinds, owners,
 * stages and settings, units in brackets. Filled by conf/ from etc/fields.yaml, immutable
 * afterwards and shared by all threads. All keys are stored as alias_fold() makes them.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "model/field.h"

struct alias_table; /* owns its memory */

/* What a header names. */
struct alias_hit {
    bool is_text; /* text_field valid, else field/staged */
    enum text_field text;
    enum field field; /* for staged without a stage: the family's primary column */
    bool family;      /* a suffix-less staged name: the row must say the stage */
    double factor;    /* from a unit in the header: 10000 for 万元, else 1 */
    bool unit;        /* the header has one */
};

/* Words that are of no field, in alias_add_word() and alias_word() beside those that are. */
enum alias_word_of {
    ALIAS_SECTION = TEXT_COUNT,
    ALIAS_NOTE,
    ALIAS_VALUE, /* a title of an indicator */
    ALIAS_WHOLE, /* below another header: it is the whole of it, as a total is */
    ALIAS_GROUP, /* above others: it says nothing of them */
    ALIAS_UNITS  /* begins a note of the units of a table */
};

/* NFKC, all white space dropped. Returns the length written; JH_ELIMIT past size. Pure. */
int alias_fold(const char *p, size_t len, char *out, size_t size, size_t *ret_len);

struct alias_table *alias_new(void);
void alias_free(struct alias_table *table);

/* Fillers; text as written, folded inside. JH_EEXIST when it already means something else. */
int alias_add_field(struct alias_table *t, const char *header, struct alias_hit hit);
int alias_add_word(struct alias_table *t, enum text_field field, const char *word,
                   int value);
int alias_add_unit(struct alias_table *t, const char *unit, enum field_unit kind,
                   double factor);
int alias_add_section(struct alias_table *t, const char *word, enum stage stage);
int alias_add_note(struct alias_table *t, const char *word);
/* A title of an indicator, above a column that holds its values. */
int alias_add_value(struct alias_table *t, const char *indicator, const char *title);
/* What a name that is joined of several headers may lack at its end. */
int alias_add_ending(struct alias_table *t, const char *ending);
const char *const *alias_endings(const struct alias_table *t); /* NULL behind the last */
/* The name of a row that adds others up; `ending`: also names that end in it. */
int alias_add_total(struct alias_table *t, const char *word, bool ending);
/*
 * A header for an id of fields.yaml: of a text field, of a column, or of a staged family
 * ("teachers"). For a family the header is taken bare and, unless prefix is NULL, behind each
 * stage's prefix. JH_ENOENT when there is no such id.
 */
int alias_add_id(struct alias_table *t, const char *id, const char *header,
                 const char *const prefix[STAGE_COUNT]);

/*
 * A header by the rules of docs/data.md section 2: fold, exact match with an id or alias;
 * only then cut a trailing bracket that holds a unit of the field and match again. False:
 * unknown.
 */
bool alias_header(const struct alias_table *t, const char *p, size_t len,
                  struct alias_hit *ret);
/* A word cell (kind, owner, stage, setting) after folding; -1 if unknown. */
int alias_word(const struct alias_table *t, enum text_field field, const char *p,
               size_t len);
enum alias_total { ALIAS_TOTAL_NONE, ALIAS_TOTAL_ENDING, ALIAS_TOTAL };
/*
 * Is this name a total's, or does it end like one? Capitals and a colon behind do not count.
 * Asked of every row: a name whose last character ends no such word is answered at once.
 */
enum alias_total alias_total(const struct alias_table *t, const char *p, size_t len);
/* A header that is no field's, as the column of an indicator's values. */
struct alias_value {
    const char *folded, *stem; /* the stem without a unit in brackets; in the arena */
    const char *indicator;     /* NULL: no title that is known */
    enum field_unit unit;      /* UNIT_NONE: none */
    double factor;             /* 1 without a unit */
    bool odd_bracket;          /* known but for its bracket, which holds no known unit */
};
/* JH_ENOMEM, and what alias_fold() says. */
int alias_value(const struct alias_table *t, const char *p, size_t len,
                struct arena *arena, struct alias_value *ret);
/* Does a section of this name begin here? A kind without a stage gives STAGE_NONE. */
bool alias_section(const struct alias_table *t, const char *p, size_t len,
                   enum kind *ret_kind, enum stage *ret_stage);
/* Does the cell begin as notes do, with one of their words and a colon or a number? */
bool alias_note(const struct alias_table *t, const char *p, size_t len);
/* What a note says of the units of a table, by kind; 0: nothing. */
struct alias_units_note {
    bool any;
    double factor[UNIT_KINDS];
    bool twice[UNIT_KINDS]; /* two that differ */
};
/* Is the cell such a note, or a title with one in brackets at its end? */
bool alias_units_note(const struct alias_table *t, const char *p, size_t len,
                      struct alias_units_note *ret);
/*
 * What an unknown header would be but for its bracket, which holds no unit of that: another
 * kind's, or one that nobody knows. False: it is unknown altogether.
 */
bool alias_bracket(const struct alias_table *t, const char *p, size_t len,
                   struct alias_hit *ret);
/* A unit as in a header's bracket or in `unit:` of a mapping. */
bool alias_unit(const struct alias_table *t, const char *p, size_t len,
                enum field_unit *ret_kind, double *ret_factor);
/* The units of a kind as written, in the order they were added; returns how many. */
size_t alias_units(const struct alias_table *t, enum field_unit kind, const char **units,
                   size_t max);
/* Headers that mean exactly this, in the order they were added; returns how many. */
size_t alias_names(const struct alias_table *t, struct alias_hit like, const char **names,
                   size_t max);
/* Nearest known header to a wrong one, for "did you mean"; NULL if none is near. */
const char *alias_suggest(const struct alias_table *t, const char *p, size_t len);
