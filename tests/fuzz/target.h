/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every fuzz target begins with: its one function, and the way it says that a promise was
 * broken. Aborts, so that fuzzer and replay see it, whatever NDEBUG is.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#define HOLDS(cond)                                                                      \
    do {                                                                                 \
        if (!(cond))                                                                     \
            abort();                                                                     \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
