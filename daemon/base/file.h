/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A whole file into memory, bounded, with a zero byte behind it so that text can be parsed in
 * place. The caller frees what it gets. Any thread; blocks.
 */
#pragma once

#include <stddef.h>

#include "base/err.h"

/*
 * "-" is standard input. *ret is malloc'ed and terminated with a zero byte beyond n. JH_ENOENT,
 * JH_EIO, or JH_ELIMIT past max bytes, with the path named.
 */
int file_read(const char *path, size_t max, char **ret, size_t *ret_n,
              struct jh_err *err);
