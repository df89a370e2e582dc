/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compares with a file of tests/render/golden, whose texts were checked by hand when they were
 * first written down. With JUNHENG_GOLDEN=write the files are written anew: look at the
 * difference before committing it. Main thread only.
 */
#pragma once

#include <jansson.h>

/* The whole text, but for line ends behind it. */
void is_golden(const char *got, const char *file, const char *name);
/* Same values in the same order; the file may be laid out for people. Takes got over. */
void is_golden_json(json_t *got, const char *file, const char *name);
