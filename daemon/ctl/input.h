/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of school data as datasets: which file is of which round, the files of one round joined,
 * of each county the round before it beside. Owns what it read until input_done(). Blocks; one thread.
 */
#pragma once

#include "digest/digest.h"
#include "model/entity.h"
#include "model/intake.h"
#include "model/previous.h"
#include "plugin/loader.h"

enum { INPUT_FILE_MAX = 1 << 30, INPUT_FILES_MAX = 10000 };

struct input_options {
    const struct alias_table *aliases;
    const struct mapping *mapping;    /* NULL: the columns speak for themselves */
    const struct closed_list *closed; /* may be NULL */
    struct loader *loader;
    const char *format; /* of all files; NULL: what each looks like */
    const char *sheet;  /* of workbooks; NULL: the one with a table */
    const char *member; /* of packed files, as struct container_rule */
    struct round round; /* wanted; year 0 = the newest */
    bool monthly;       /* of which series the newest is, where both are there */
    bool digest;        /* stream_read() computes it, too */
    bool
        every; /* `before` also holds counties that only older rounds have, however old */
    const struct entity_changes *changes; /* of counties; NULL: none */
    bool findings;                        /* stream_read() gives counties theirs */
};

struct input {
    struct intake_result now; /* the round asked for */
    struct previous before;   /* of each county the next older round that is there */
    const char *const *names; /* files of `now`, in the order of rejected.file */
    size_t n_names;
    char sha256[SHA256_HEX]; /* of the file of `now`, or of their sorted digests */
    struct arena *arena;
};

/* The format that a file's name speaks of, else its first bytes: "csv", "json", "xlsx", "xls". */
const char *input_format(const char *name, const char *bytes, size_t n);
/* The format's options as they are by themselves, and which sheet; NULL: no memory. */
void *input_format_conf(const struct jh_plugin *format, const char *sheet,
                        struct arena *arena);
/* The digest of several files is that of theirs, sorted; it sorts them. JH_ENOMEM. */
int input_digest(const char **digests, size_t n, char ret[SHA256_HEX]);
/* "-" is standard input. JH_EINVAL and others with file, line and column in err. */
int input_read(const struct input_options *options, char *const *files, size_t n,
               struct input *ret, struct jh_err *err);
void input_done(struct input *in);
/* The county's dataset of the round before, or NULL. */
const struct dataset *input_before(const struct input *in, const char *county);
