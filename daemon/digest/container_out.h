/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes that come out of a container, with the bounds that stop a bomb. Owns its memory until
 * somebody takes `bytes`. Of container.c and container_zip.c only; one thread.
 */
#pragma once

#include <stdint.h>

#include "digest/container.h"

enum { OUT_STEP = 64 << 10, OUT_RATIO = 200, OUT_FREE = 1 << 20 };

struct container_out {
    const char *name; /* for errors */
    char *bytes;
    size_t n, cap;
    size_t max, packed; /* what may come out, what came in */
};

/* Room for one step more, and a zero byte. Refuses what is over a bound. */
int container_out_room(struct container_out *out, struct jh_err *err);
/* Adds a part, which takes bytes and a copy of the name. */
int container_add(struct container *to, const char *name, struct container_out *out,
                  struct jh_err *err);
int container_unzip(const struct container_rule *rule, const char *name,
                    const void *bytes, size_t n, struct container *to,
                    struct jh_err *err);
