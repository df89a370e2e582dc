/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/out.h"

#include <string.h>

enum { RECORD_MAX = 1 << 16 };

void out_init(struct out *out, void *map, size_t size)
{
    *out = (struct out){.head = map, .size = size};
    buf_init(&out->record, RECORD_MAX);
}

void out_task(struct out *out, uint32_t task)
{
    atomic_store(&out->head->task, task + 1);
}

struct buf *out_begin(struct out *out, enum wire_record kind)
{
    buf_clear(&out->record);
    wire_u32(&out->record, kind);
    return &out->record;
}

void out_end(struct out *out)
{
    uint64_t used = atomic_load(&out->head->used);
    size_t len = out->record.len;
    if (out->record.failed || len > out->size - sizeof *out->head - used)
        return;
    memcpy((char *)(out->head + 1) + used, out->record.p, len);
    atomic_store(&out->head->used, used + len);
}
