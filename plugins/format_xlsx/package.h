/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An XLSX file as the package of XML parts that it is: a part is read as events, piece by piece,
 * never as a whole. What comes out of the archive is counted, not what it says of itself;
 * DOCTYPE, parts with a password and tokens without end are refused. Points into the body
 * of the caller. One thread.
 */
#pragma once

#include <junheng/plugin.h>

enum { PACKAGE_PATH_MAX = 256, PACKAGE_DEPTH_MAX = 64 };

struct package {
    const char *name; /* of the file, for errors */
    struct jh_err *err;
    void *zip;
    size_t packed, out, max; /* bytes of the file, that came out, that may */
};

/* Element names come without their prefix; attributes as name, value, …, NULL. */
struct package_events {
    int (*start)(void *arg, const char *name, const char *const *attributes);
    int (*end)(void *arg, const char *name);
    int (*text)(void *arg, const char *p, size_t n); /* or NULL */
};

int package_open(struct package *package, const char *name, struct jh_slice body,
                 size_t max, struct jh_err *err);
void package_close(struct package *package);
bool package_has(const struct package *package, const char *path);
/* Stops with what an event returns, if that is not 0. */
int package_read(struct package *package, const char *path,
                 const struct package_events *events, void *arg);

/* An attribute by its name without prefix; NULL if absent. */
const char *package_attribute(const char *const *attributes, const char *name);
/* Fills package->err: line and col are row and column of a cell, or 0. Returns the code. */
int package_refuse(const struct package *package, int code, unsigned line, unsigned col,
                   const char *fmt, ...) __attribute__((format(printf, 5, 6)));
