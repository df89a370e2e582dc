/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What somebody meant by a word that is none of those there are: "did you mean". Pure; any
 * thread; nothing is kept.
 */
#pragma once

#include <stddef.h>

/* Nearest of the words to a wrong one (at most two edits, swaps are one), or NULL. */
const char *word_nearest(const char *wrong, const char *const *words, size_t n);
