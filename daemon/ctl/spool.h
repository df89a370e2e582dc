/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is printed, held back until all went well: pieces with a key, printed in the order of
 * their keys. What is more than a little goes to a file without a name, so that output costs
 * no memory. One thread.
 */
#pragma once

#include <stdio.h>

#include "base/buf.h"

struct spool_piece;

struct spool {
    struct buf now;  /* the piece under way: fill it, then spool_add() */
    struct buf held; /* pieces that are not in the file yet */
    FILE *file;      /* NULL: all is held */
    bool no_file;    /* there is no room for files here */
    size_t total;
    struct spool_piece *pieces;
    size_t n, cap;
};

void spool_init(struct spool *s, size_t max);
void spool_done(struct spool *s);
/* Ends the piece under way. JH_ENOMEM, JH_ELIMIT, JH_EIO. */
int spool_add(struct spool *s, const char *key);
/* Prints the pieces by key, the first without its first `skip` bytes. JH_EIO, JH_ENOMEM. */
int spool_print(struct spool *s, size_t skip, FILE *to);
