/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A child's results: records in memory shared with the server, each published whole, so that
 * what was said before a kill is kept. When the room is used up the rest is dropped, and the
 * host finds it missing. The child's only thread.
 */
#pragma once

#include "script/wire.h"

struct out {
    struct wire_results *head;
    size_t size; /* of the file */
    struct buf record;
};

void out_init(struct out *out, void *map, size_t size);
/* From now on the server's clock counts for this task. */
void out_task(struct out *out, uint32_t task);
/* Between these two the wire_…() functions fill the record. */
struct buf *out_begin(struct out *out, enum wire_record kind);
void out_end(struct out *out);
