/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A body that comes packed as zip or gzip, told by its first bytes, is unpacked in memory before a
 * format sees it. An office document is a zip too and stays what it is. What comes out is
 * bounded in bytes and in its ratio to what came in; names that climb, links, passwords
 * and damage are refused with the member named. The result is the caller's. Any thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum { CONTAINER_MEMBERS_MAX = 1000 };

enum container_kind { CONTAINER_AUTO, CONTAINER_ZIP, CONTAINER_GZIP, CONTAINER_NONE };

struct container_rule {
    enum container_kind kind;
    const char
        *member;      /* glob of the members that are wanted; NULL: all, if of one kind */
    size_t max_bytes; /* of all that comes out, together */
};

struct container_part {
    char *name;  /* a.csv of a.csv.gz; a.zip/b.csv */
    char *bytes; /* a zero byte behind them */
    size_t n;
};

struct container {
    struct container_part *parts;
    size_t n; /* 0: the body is not packed, take it as it is */
};

int container_unpack(const struct container_rule *rule, const char *name,
                     const void *bytes, size_t n, struct container *ret,
                     struct jh_err *err);
void container_done(struct container *container);
