/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random inputs that can be had again: the same on every machine, from a seed that is printed
 * and that JUNHENG_SEED sets. Each test owns its state; main thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* The seed of JUNHENG_SEED, else this one; never 0. */
uint64_t random_seed(uint64_t otherwise);
/* The next of a sequence; its state is the seed at first. */
uint64_t random_next(uint64_t *state);
/* 0 … n-1 */
int random_below(uint64_t *state, int n);

/* Does `make check-long` run us? */
bool random_long(void);
