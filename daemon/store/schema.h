/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside of store/: the tables, and how a database of an older version becomes one of today's.
 * A step once released is never edited: a change is a new step at the end. The connection's
 * thread.
 */
#pragma once

#include <sqlite3.h>

#include "store/store.h"

enum { SCHEMA_APPLICATION = 0x6A756E68 }; /* "junh" in the file's header */

/* steps[i] takes version i to i + 1: a NULL-terminated list of SQL. */
struct schema {
    const char *const *const *steps;
    int version; /* number of steps */
};

const struct schema *schema_today(void);
/* Is this our database (or an empty one) of a version that we can use? Changes nothing. */
int schema_check(sqlite3 *db, const char *path, const struct schema *schema,
                 enum store_mode mode, struct jh_err *err);
/* All missing steps in one transaction; another process may have been faster. */
int schema_migrate(sqlite3 *db, const char *path, const struct schema *schema,
                   struct jh_err *err);
