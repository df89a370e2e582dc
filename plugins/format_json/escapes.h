/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What yajl lets pass in a string and we do not: escapes that make no text. Looks at a string
 * as it is written, which yajl has found well-formed. Pure; any thread.
 */
#pragma once

#include <junheng/plugin.h>

/* Of the text between the quotes; the first bad escape, in words, with its place, or NULL. */
const char *escapes_bad(struct jh_slice written, const char **ret_at);
