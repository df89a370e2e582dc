/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one poll takes from another junheng: the rounds that have changed by its index, then
 * their counties page by page, each county a body of its own, checked against its SHA-256. A
 * pull that is not whole is nothing. Owns what it has read until pull_done(). The readers may
 * take their time: a worker calls them.
 */
#pragma once

#include <junheng/plugin.h>

enum { PULL_ROUND = 16, PULL_HASH = 65, PULL_CODE = 128, PULL_URL = 2048 };

/* A round as the level below last said it is. */
struct pull_round {
    char round[PULL_ROUND], sha256[PULL_HASH];
};

/* Rounds that have been delivered, to tell what has changed. */
struct pull_known {
    struct pull_round *list;
    size_t n;
};

struct pull_body {
    char *text; /* NULL: it was taken back */
    size_t len;
    char round[PULL_ROUND], code[PULL_CODE];
};

struct pull {
    bool reported; /* county data, not schools */
    const char *prefix;
    const struct pull_known *known; /* lives as long as the pull */
    struct pull_round *rounds;      /* all of the index */
    size_t n_rounds;
    size_t *wanted; /* of them those that are to be read */
    size_t n_wanted, at;
    char after[PULL_CODE]; /* where the next page begins */
    struct pull_body *bodies;
    size_t n_bodies, room, bytes;
};

void pull_done(struct pull *pull);
int pull_index(struct pull *pull, struct jh_slice text, struct jh_err *err);
/* Of the round wanted[at]; moves `at` on behind its last page. */
int pull_page(struct pull *pull, struct jh_slice text, struct jh_err *err);
/* Where the next page is, below `url`; false when all were read. */
bool pull_next(const struct pull *pull, const char *url, char ret[PULL_URL]);
