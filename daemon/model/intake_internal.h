/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside of the intake, for its own files only: intake.c (life, memory, files), intake_header.c
 * (what the columns mean), intake_search.c (where the header is), intake_join.c, intake_name.c (headers in several rows),
 * intake_unit.c (units of a table), intake_row.c, intake_number.c
 * (rows), intake_aside.c, intake_total.c (rows that are no schools), intake_finish.c (datasets), intake_check.c, intake_compare.c, intake_block.c (findings). Rows are kept in columns over all
 * counties; a dataset is a slice of them, put in order once at the end. Big arrays are malloc'ed and grow together, texts are in the
 * arena; both pass to the dataset pool. One thread at a time.
 */
#pragma once

#include "base/map.h"
#include "model/cell.h"
#include "model/dataset_pool.h"
#include "model/intake.h"

enum {
    INTAKE_EXTRA_MAX = 512,
    INTAKE_COLUMNS = FIELD_COUNT + INTAKE_EXTRA_MAX, /* fields, then extra columns */
    INTAKE_WORDS = INTAKE_COLUMNS / 64 + 1,
    INTAKE_COUNTY_NONE = UINT32_MAX,
    INTAKE_CODE_MAX = 64,  /* bytes of a code */
    INTAKE_NAME_MAX = 256, /* bytes of a name; longer ones are cut */
    INTAKE_VALUE_MAX = 64, /* bytes of a refused value that are kept */
    INTAKE_FILES_MAX = 65535,
    INTAKE_WORD_CACHE = 30,
    INTAKE_WORDS_KEPT = 8,
    INTAKE_HEAD_ROWS = 3, /* a header has at most */
};

/* Where a text field of the file under way comes from: a cell, a default, or nowhere. */
struct intake_source {
    int cell;                         /* -1: not a cell */
    struct jh_slice constant;         /* p NULL: absent */
    const struct mapping_column *map; /* NULL: the header alone said so */
};

/* A number column of the file under way. */
struct intake_slot {
    uint32_t dest;            /* enum field, or FIELD_COUNT + extra column */
    uint16_t *cells, n_cells; /* to be added up; 0 = constant */
    uint32_t cell; /* the only one, as it stands, of a column that may be read quickly */
    uint8_t stage; /* enum stage of dest; NONE for what is of the whole school */
    bool family;   /* dest is the family's primary column: the row says the stage */
    bool plain;    /* one cell as it stands: nothing to add up, to add or to translate */
    bool quiet;    /* pupils, of whom check_pupils() says what is missing */
    bool dead;     /* an unknown column that turned out to hold text */
    bool seen;     /* an unknown column that has shown a number */
    double factor, add, constant;
    const struct mapping_column *map; /* text to translate first, or NULL */
};

/* A word of a column and what it meant: it is nearly always one of the last few again. */
struct intake_word {
    char text[INTAKE_WORD_CACHE];
    uint8_t len;
    int8_t value;
};

/* What a row with nothing but a section's name says of the rows below it. */
struct intake_section {
    bool begun;
    enum kind kind;
    enum stage stage; /* STAGE_NONE: the kind has several, or none */
};

/* The rows of a header, before they are one row of names. */
struct intake_head {
    uint32_t n, line; /* columns; line of the last row */
    unsigned rows;    /* 0: not found yet */
    bool above;       /* the first may be one of groups, or a title */
    const struct jh_cell *row[INTAKE_HEAD_ROWS];
};

/* The file under way. Its arena goes with it. */
struct intake_open {
    bool open, header;
    bool below; /* a row below the header has been read */
    uint16_t index;
    struct intake_section section;
    struct jh_err
        no_kind;  /* what to refuse a row with that is of no section; code 0: kinds */
    size_t above; /* rows that stand before the header */
    struct jh_row above_row; /* the last of them, where it may hold groups of columns */
    struct intake_head head;
    struct alias_units_note units; /* of the whole table, as a row above says */
    uint32_t units_line;
    bool units_used;
    struct jh_row first; /* the likeliest of them to be meant as one; n 0: none */
    const struct mapping *mapping;
    struct arena *arena;
    uint32_t header_line;
    size_t n_headers, rows;
    struct jh_slice *headers; /* folded */
    struct intake_source text[TEXT_COUNT];
    struct intake_slot *slots; /* pupils first, then the others, families last of each */
    size_t n_slots, n_pupils;
    uint32_t *absent; /* columns that other files have, or that a family may fill */
    size_t n_absent;
    struct intake_word words[TEXT_COUNT][INTAKE_WORDS_KEPT];
    struct intake_word round; /* how the round was last written */
    uint32_t last_county;
};

struct intake_file_info {
    uint64_t has[INTAKE_WORDS]; /* bit per column */
    size_t unplaced;            /* dropped rows of no known county that are not listed */
};

struct intake_county {
    const char *code, *name;
    size_t len, rows, dropped;
    bool ended;    /* a row of another county has followed */
    bool closed;   /* handed over already */
    bool expected; /* gets a dataset, with rows or without */
};

/* What the rows of a county lie in, and its dataset points to. */
struct intake_rows {
    size_t cap, cap_missing;
    struct school *schools;
    uint32_t *county;
    double *col[INTAKE_COLUMNS];
    struct missing *missing;
    struct arena *texts;
};

/* A few counties at a time; fn NULL: all are kept. */
struct intake_stream {
    intake_counties_fn *fn;
    void *arg;
    size_t batch;   /* rows to be handed over at once */
    uint32_t open;  /* the county whose rows come now */
    size_t first;   /* the first of them */
    uint32_t *kept; /* the counties before it whose rows are still kept */
    size_t *start;  /* of each its first row; one more */
    size_t n_kept, cap_kept, cap_start;
    size_t rows;     /* of the counties handed over */
    size_t rejected; /* entries of them */
    uint64_t *seen;  /* hashes of school codes: one that is there twice is looked at */
    size_t n_seen, cap_seen;
    struct intake_rows before; /* of those handed over last, which may be looked at */
    bool findings;             /* are listed, too */
};

/* A cell that a check blocks, or with row INTAKE_NO_ROW the county. */
struct intake_block {
    size_t row; /* of the dataset */
    enum field field;
    enum doubt check;
};

struct intake_extra {
    const char *header;
    struct alias_value value;
};

struct intake {
    const struct alias_table *aliases;
    struct intake_limits limits;
    struct intake_stream stream;
    struct arena *arena;
    struct arena *texts; /* of rows: the arena, or one that is emptied with each county */
    struct jh_err refused; /* code 0: nothing yet */
    size_t bytes;          /* of the arrays below */
    struct round round;    /* year 0: no row has said one yet */
    uint32_t round_line;
    uint16_t round_file;

    size_t n, cap;
    struct school *schools;
    uint32_t *county; /* index per row */
    double *col[INTAKE_COLUMNS];
    struct intake_extra extra[INTAKE_EXTRA_MAX];
    size_t n_extra;

    struct intake_code *codes; /* hash table, see intake_code.c */
    size_t code_slots;
    struct map *by_key; /* whole keys of schools that have several rows -> row */
    struct map *by_county;
    struct intake_county *counties;
    size_t n_counties, cap_counties;

    struct missing *missing; /* in the order of rows */
    size_t n_missing, cap_missing;
    struct rejected *rejected;
    uint32_t *rejected_county;
    size_t n_rejected, cap_rejected, cap_rejected_county, rejected_total;
    struct finding *findings;
    uint32_t *finding_county;
    intake_policy_fn *policy;
    void *policy_arg;
    const struct closed_list *closed; /* may be NULL */
    struct intake_block *blocks;      /* of the county being checked */
    size_t n_blocks, cap_blocks;
    size_t n_findings, cap_findings, cap_finding_county;

    struct dataset_file *files;
    struct intake_file_info *infos;
    size_t n_files, cap_files, cap_infos;

    struct intake_open now;
};

/* ---- intake.c ---------------------------------------------------------------------------- */

/* Makes room for `need` items; JH_ENOMEM, JH_ELIMIT. */
int intake_room(struct intake *in, void **array, size_t *cap, size_t need, size_t size);
#define INTAKE_ROOM(in, array, cap, need)                                                \
    intake_room(in, (void **)&(array), &(cap), need, sizeof *(array))
/* One more row in every column. */
int intake_room_row(struct intake *in);
/* The column, made with NaN in all rows so far when it is new. */
int intake_column(struct intake *in, uint32_t dest);

/* Refuses the file: keeps the error for later calls and hands it out. */
int intake_refuse(struct intake *in, struct jh_err *err, unsigned line, unsigned col,
                  const char *fmt, ...) PRINTF(5, 6);
/* Refuses the mapping, which is written in another file. */
int intake_refuse_mapping(struct intake *in, struct jh_err *err, unsigned line,
                          unsigned col, const char *fmt, ...) PRINTF(5, 6);
/* The same for what is no fault of the file. */
int intake_fail(struct intake *in, struct jh_err *err, int code);

/* "teachers_primary", or the header of an extra column. */
const char *intake_column_id(const struct intake *in, uint32_t dest);
/* Copies in the arena; "" when there is no memory left, the copy cut at max bytes. */
const char *intake_text(struct intake *in, struct jh_slice text, size_t max);
/* Index of a county, added if it is new; INTAKE_COUNTY_NONE without memory. */
uint32_t intake_county(struct intake *in, struct jh_slice code);

struct intake_what {
    uint32_t county; /* INTAKE_COUNTY_NONE = not known, or concerns more */
    const char *school, *campus;
    uint16_t file;
    uint32_t line;
};

/* `add` is kept as far as the limit allows, and counted. */
void intake_reject(struct intake *in, const struct rejected *add, uint32_t county);
void intake_find(struct intake *in, const struct intake_what *what, const char *code,
                 const char *severity, const char *fmt, ...) PRINTF(5, 6);

/* ---- intake_code.c ----------------------------------------------------------------------- */

/*
 * The first row of a school code, which is the row about to be kept (index n) when the code
 * is new. by_name: codes are names, the same only within a county.
 */
int intake_code_add(struct intake *in, const char *code, uint32_t county, bool by_name,
                    uint32_t *ret_first);

/* ---- intake_stream.c --------------------------------------------------------------------- */

/* Frees what streaming holds. */
void intake_stream_done(struct intake *in);
/* A row of this county follows. Without streaming, nothing. */
int intake_stream_row(struct intake *in, uint32_t county, struct jh_err *err);
/* A code that is new in its county. */
int intake_stream_code(struct intake *in, uint64_t hash);
/* Gives streaming up: JH_EBUSY, now and from every later call. */
int intake_stream_collect(struct intake *in, struct jh_err *err);
/* In the place of intake_finish(). */
int intake_stream_end(struct intake *in, struct intake_result *ret, struct jh_err *err);

/* ---- the other files --------------------------------------------------------------------- */

/* The slot with what the reading of its column asks of it again and again. */
struct intake_slot intake_number_slot(struct intake_slot slot);
int intake_header_read(struct intake *in, const struct jh_row *row, struct jh_err *err);
/* ---- intake_name.c, intake_join.c, intake_unit.c ------------------------------------------ */

enum intake_name_is { INTAKE_NAME_UNKNOWN, INTAKE_NAME_KNOWN, INTAKE_NAME_DOUBTFUL };

/* What the rows of a header make of a column. */
struct intake_name {
    enum intake_name_is is;
    const char *text; /* as the header is to be read: a known name, or all with slashes */
    size_t parts;     /* texts above each other */
    struct alias_hit hit; /* of a known one */
    bool alone;           /* the lowest alone would be known */
    struct alias_hit lower;
};

/* JH_ENOMEM, JH_ELIMIT. */
int intake_name(struct intake *in, const struct intake_head *head, uint32_t i,
                struct intake_name *ret);
/* A copy in the file's arena, with places that no longer need the bytes. JH_ENOMEM. */
int intake_join_copy(struct intake *in, const struct jh_row *row, struct jh_row *ret);
/* A row before the header: one of groups, perhaps, if the header comes next. */
int intake_join_above(struct intake *in, const struct jh_row *row);
/* The row that was found. */
int intake_join_begin(struct intake *in, const struct jh_row *row);
/* A row below: is it of the header, too? */
int intake_join_below(struct intake *in, const struct jh_row *row, bool *ret_taken);
/* The header as one row; refuses what can be read in more ways than one. */
int intake_join_end(struct intake *in, struct jh_row *ret, struct jh_err *err);
/* A row before the header may be a note of units. */
void intake_unit_note(struct intake *in, const struct jh_row *row);
/* Behind intake_header_read(): the note holds for columns that say nothing themselves. */
int intake_unit_apply(struct intake *in, struct jh_err *err);

/* ---- intake_search.c ----------------------------------------------------------------------- */

/* A row before the header is known: it may be the header. */
int intake_search_row(struct intake *in, const struct jh_row *row, struct jh_err *err);
/* No more rows: there is a header, or a refusal. */
int intake_search_end(struct intake *in, struct jh_err *err);
int intake_row_read(struct intake *in, const struct jh_row *row, struct jh_err *err);
/*
 * Puts the rows in order: those of county order[k] from start[k] on, by key, and the list of
 * what is missing with them. in->county stays as it was. JH_ENOMEM.
 */
int intake_order_rows(struct intake *in, const uint32_t *order, const size_t *start,
                      size_t n);
/*
 * Drops rows that must be totals by their figures. The rows lie in order, those of county
 * order[k] from start[k] on; `start` is made anew.
 */
int intake_total_drop(struct intake *in, const uint32_t *order, size_t *start, size_t n);
/*
 * The datasets of the counties whose rows there are, in `ret` (n, zeroed) and the arena for
 * texts; as for intake_total_drop().
 */
int intake_finish_counties(struct intake *in, uint32_t *order, size_t *start, size_t n,
                           struct dataset *ret, struct jh_err *err);

/* ---- intake_check.c, intake_compare.c, intake_block.c ------------------------------------- */

#define INTAKE_NO_ROW SIZE_MAX

/* A county being checked. */
struct intake_check {
    struct intake *in;
    uint32_t county;
    struct dataset *ds;
    const struct dataset *before; /* NULL if none */
};

/* What a check found. */
struct intake_doubt {
    enum doubt check;
    size_t row;                  /* of the dataset, or INTAKE_NO_ROW: */
    const struct school *school; /* one of the last round, or NULL: the county */
    enum field cells[2];         /* that are doubted; FIELD_NONE: no single one */
    double value[2];             /* as they are; what a person accepts */
};

/* Kept as a finding, and blocked, as the policy says. */
void intake_doubt(const struct intake_check *c, const struct intake_doubt *doubt,
                  const char *fmt, ...) PRINTF(3, 4);
/* What was blocked is taken out of the dataset. JH_ENOMEM. */
int intake_block(const struct intake_check *c);
/* Findings against the last round. */
void intake_compare(const struct intake_check *c);
/* All checks of a dataset, and against the same county's last round (NULL if none). */
int intake_check(struct intake *in, uint32_t county, struct dataset *ds,
                 const struct dataset *before);

static inline void intake_mark(uint64_t *bits, uint32_t i)
{
    bits[i / 64] |= 1ull << i % 64;
}

static inline bool intake_marked(const uint64_t *bits, uint32_t i)
{
    return bits[i / 64] >> i % 64 & 1;
}
