/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is an old workbook all there? It is a file of sectors with a table of them; a program that
 * opens one cut short may show the rows that are left, and schools would be missing. Pure.
 */
#pragma once

#include <stdbool.h>

#include <junheng/plugin.h>

/* Does it begin as such files do? */
bool whole_is_binary(struct jh_slice body);
/* Does every sector that the table of sectors has in use lie in it? */
bool whole_is_whole(struct jh_slice body);
