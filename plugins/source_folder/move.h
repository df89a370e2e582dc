/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a file of a drop folder goes when it has been judged: into accepted/ or refused/ below,
 * with a report beside it. First the report, then the file: whoever finds the file finds
 * why. Nothing is ever overwritten: a second schools.csv becomes schools.csv.2. Blocks: for
 * workers.
 */
#pragma once

#include <sys/stat.h>

#include <junheng/plugin.h>

#define MOVE_ACCEPTED "accepted"
#define MOVE_REFUSED "refused"

/* Makes both folders where they are missing; can files be moved into them? */
int move_prepare(const char *folder, struct jh_err *err);
/* JH_EBUSY: it is another file by now, and stays. `was` is what it was when it was read. */
int move_file(const char *folder, const char *name, const struct stat *was,
              const char *into, const char *report, struct jh_err *err);
