/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which configuration is in force, written into the journal: by it a verdict of long ago can be
 * told from what was configured later. Loop thread; the store's thread writes.
 */
#pragma once

#include "daemon.h"

/* After a start or a reload: its hashes. Failure is logged. */
void journal_config(struct daemon *d);
