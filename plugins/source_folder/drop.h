/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What lies in a drop folder: its finished files, oldest first, with their bytes. The folder
 * belongs to strangers: links are not followed, names that begin with a point and those of
 * half-copied files are left alone, and everything is bounded. Blocks: for workers. The list and
 * its bytes are the caller's.
 */
#pragma once

#include <sys/stat.h>

#include <junheng/plugin.h>

enum { DROP_MOST = 1000 /* files at a time; the others wait for the next poll */ };

struct drop_file {
    char *path; /* the folder, a slash, the name */
    const char *name;
    struct stat st; /* when it was found: whether it is still the same */
    char *body;
    size_t len;
};

struct drop {
    const char *folder, *pattern;
    int64_t settle_ms, max_bytes, max_total;
    const char *const *held; /* paths that are under way already, n_held of them */
    size_t n_held;
    struct drop_file *files;
    size_t n;
    struct drop_file large; /* one that is larger than max_bytes, or path NULL */
    struct jh_err skipped;  /* why a file could not be read; code 0: all could */
};

/* Fills files, n, large and skipped. 0 also when nothing is there. */
int drop_read(struct drop *drop, struct jh_err *err);
void drop_done(struct drop *drop);
/* Is it the same file, not written to since? */
bool drop_same(const struct stat *a, const struct stat *b);
