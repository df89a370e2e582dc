/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The commands of junhengctl. Each stands in a file of its own, ctl/<topic>.c, and has a line
 * in the table of main.c. A command prints to stdout only what it was asked for, everything
 * else to stderr, and returns one of the exit statuses below. One thread.
 */
#pragma once

#include "base/err.h"

enum command_exit {
    COMMAND_OK = 0,
    COMMAND_FAILED = 1,      /* done, and the answer is no */
    COMMAND_REFUSED = 2,     /* the input cannot be used; nothing was printed */
    COMMAND_UNREACHABLE = 3, /* no daemon answers */
    COMMAND_USAGE = 64       /* called wrongly */
};

struct command {
    const char *name;
    const char *summary;               /* one line for `junhengctl help` */
    const char *usage;                 /* everything behind the name, lines end in \n */
    int (*run)(int argc, char **argv); /* argv[0] is the command's name */
};

/* How messages call this program. */
extern const char COMMAND_PROGRAM[];

/* "junhengctl: text", to stderr; returns COMMAND_USAGE, and says where the help is. */
int command_usage(const char *command, const char *fmt, ...) PRINTF(2, 3);
/* Prints err to stderr and returns `status`. */
int command_fail(int status, const struct jh_err *err);
