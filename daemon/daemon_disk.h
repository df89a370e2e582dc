/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Says when nothing can be written any more (a full disk, one that fails, one that was made
 * read-only), and when it can again: the earlier state stands, nothing is sent that was not
 * committed, and what sources brought meanwhile is fetched again. Loop thread.
 */
#pragma once

#include "daemon.h"

/* The hook of loop/writer: "" when it writes again. arg is the daemon. */
void disk_changed(void *arg, const char *trouble);
