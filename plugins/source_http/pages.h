/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pages of one poll, joined into one body: rows of all pages below the header of the first
 * (CSV), or in the list of the first (JSON). All or nothing: a page that is missing, that comes
 * twice, that has another header, or rows that are not as many as the portal says, fail the
 * poll, because half a county that looks whole would be judged. Bounded in pages and bytes.
 *
 * pages_add() reads a page and may take its time: a worker calls it. Else the loop thread.
 */
#pragma once

#include "link.h"
#include "options.h"

struct pages {
    const struct options *options;
    int64_t n, rows;   /* read so far */
    int64_t max_bytes; /* of all together */
    int64_t total;     /* rows that there are, as the first page said; -1: unknown */
    char *body;        /* joined; the caller may take it when there is no next page */
    size_t len, room;
    char *header; /* the first page's, of CSV */
    size_t header_len;
    uint64_t *seen; /* hashes of addresses and rows */
    size_t n_seen;
    char next[LINK_URL]; /* the page to ask for; "" when all were read */
};

struct pages_page {
    struct jh_slice body;
    const char *url;   /* where it was found, for relative links */
    const char *links; /* values of its Link headers */
};

/* The first page's address is in next. JH_ELIMIT: it is too long. */
int pages_init(struct pages *pages, const struct options *options, int64_t max_bytes);
void pages_done(struct pages *pages);
int pages_add(struct pages *pages, const struct pages_page *page, struct jh_err *err);
