/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What commands that judge files are given: a standard, files of school data and how to read
 * them. The options they share are parsed here, the files read, a county evaluated, and what
 * is printed spooled until all went well. A struct given owns all of it until given_done().
 * Main thread.
 */
#pragma once

#include <getopt.h>
#include <jansson.h>

#include "base/buf.h"
#include "conf/config.h"
#include "ctl/command.h"
#include "ctl/input.h"
#include "eval/eval.h"
#include "model/county_intake.h"
#include "render/message.h"

enum { GIVEN_DIVISIONS_MAX = 16 };

enum given_format { GIVEN_TEXT, GIVEN_JSON, GIVEN_CSV };

/* What the command line asks for. */
struct given_asked {
    const char *command; /* how messages call it */
    const char *standard, *standards_dir, *columns, *closed;
    const char *counties, *counties_member, *counties_sheet;
    const char *divisions[GIVEN_DIVISIONS_MAX], *division_changes;
    size_t n_divisions;
    const char *input_format; /* NULL: each file tells */
    const char *member;       /* of packed files; NULL: all */
    const char *sheet;        /* of workbooks; NULL: the one with a table */
    struct round round;
    enum given_format format;
    bool every; /* as in struct input_options */
    char **files;
    size_t n_files;
};

/* The shared options; a command's own have letters that are not among these. */
/* clang-format off */
#define GIVEN_OPTIONS                               \
    {"standard", required_argument, NULL, 's'},     \
    {"standards-dir", required_argument, NULL, 'S'},\
    {"round", required_argument, NULL, 'r'},        \
    {"divisions", required_argument, NULL, 'd'},    \
    {"division-changes", required_argument, NULL, 'D'}, \
    {"counties", required_argument, NULL, 'C'},     \
    {"counties-member", required_argument, NULL, 'N'}, \
    {"counties-sheet", required_argument, NULL, 'H'}, \
    {"closed", required_argument, NULL, 'K'},       \
    {"columns", required_argument, NULL, 'c'},      \
    {"input-format", required_argument, NULL, 'F'}, \
    {"member", required_argument, NULL, 'm'},       \
    {"sheet", required_argument, NULL, 'T'},        \
    {"format", required_argument, NULL, 'f'}
/* clang-format on */

#define GIVEN_USAGE                                                                          \
    "  FILE                 rows of schools; - is standard input. Files of one round are\n"  \
    "                       joined; those of another only serve to compare with\n"           \
    "  --standard ID|FILE   basic-2012, quality-2017, or a file of your own\n"               \
    "  --standards-dir DIR  where standards are looked for by id\n"                          \
    "  --round ROUND        2025 or 2025-10; default: the newest in the files\n"             \
    "  --input-format NAME  csv, json …; default: by each file's name or first bytes\n"    \
    "  --member GLOB        which members of a zip are meant, as *.csv\n"                    \
    "  --sheet NAME         which sheet of a workbook is meant\n"                            \
    "  --columns FILE       what your columns mean: YAML with columns and defaults\n"        \
    "  --divisions FILE     counties: code, name, parent, stages, own_owners\n"              \
    "                       (several: one table together)\n"                                 \
    "  --division-changes FILE  counties that got other codes, merged, split: date, kind,\n" \
    "                       from, to, document\n"                                            \
    "  --counties FILE      what counties report of items: county_code, item, value …\n"   \
    "  --counties-member GLOB, --counties-sheet NAME  as above, of that file\n"              \
    "  --closed FILE        schools that have closed: school_code, round (first without) …\n"

/*
 * Reads the command line. `own` takes what is not shared, with optarg set, and returns 0 or
 * COMMAND_USAGE; NULL if the command has none. COMMAND_USAGE after saying why.
 */
int given_ask_files(struct given_asked *a, int argc, char **argv,
                    const struct option *options, int (*own)(void *arg, int option),
                    void *arg);
/* The same, and a standard must be named. */
int given_ask(struct given_asked *a, int argc, char **argv, const struct option *options,
              int (*own)(void *arg, int option), void *arg);

struct given {
    const struct given_asked *asked;
    struct arena *arena; /* configuration and results */
    struct errs errs;
    const struct standard *standard;
    struct alias_table *aliases;
    const struct mapping *mapping;
    const struct division *divisions; /* sorted by code */
    size_t n_divisions;
    struct closed_list closed; /* of --closed */
    struct entity_changes changes;
    struct loader *loader;
    struct input input;
    struct county_intake_result reports; /* of --counties */
    struct messages *messages;           /* NULL until given_messages() */
    struct buf out;                      /* spooled: printed only when all went well */
};

/* All below return 0 or an exit status, and said on stderr what is wrong. */
int given_init(struct given *g, const struct given_asked *asked);
void given_done(struct given *g);
/* The standard and what it takes to read files; every mistake is told. */
int given_rules(struct given *g);
/* How files are read by these rules. */
struct input_options given_input(const struct given *g);
/* The rules, unless they are there already, and the files. */
int given_read(struct given *g);
/* Refuses reports of another round than the schools', when those have been read. */
int given_reports_fit(const struct given *g);
/* For people, and not in JSON: the cells and rows that were refused, on stderr. */
void given_tell_rejected(const struct given *g);
/* The words of messages.zh.yaml. */
int given_messages(struct given *g);
/* What is known of the county beside its rows: its record, its past. */
struct eval_options given_options(struct given *g, const struct dataset *data);
/* A county of the round asked for; its past is the round before, if that is there. */
int given_evaluate(struct given *g, const struct dataset *data, struct arena *arena,
                   struct county_result *ret);
/* That past itself, judged. ret->data is NULL where there is none. */
int given_evaluate_before(struct given *g, const struct dataset *data,
                          struct arena *arena, struct county_result *ret);
/* Spools a value and lets go of it. NULL: there was no memory to make it. */
int given_json(struct given *g, json_t *json);
/* Prints what was spooled. */
int given_print(struct given *g);

int given_no_memory(void);
