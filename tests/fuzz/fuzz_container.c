/* SPDX-License-Identifier: Apache-2.0 */
/* Hostile archives: never more out than allowed, names that lead nowhere, a text for every
 * refusal. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "digest/container.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first byte chooses the rule, the rest is the body. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    const struct container_rule rule = {.kind = (enum container_kind)(data[0] & 3),
                                        .member = data[0] & 4 ? "*.csv" : NULL,
                                        .max_bytes = 1 << 20};
    struct container got = {.n = 0};
    struct jh_err err = {0};
    size_t sum = 0;
    int rc = container_unpack(&rule, "fuzz", data + 1, size - 1, &got, &err);
    if (rc && !err.text[0])
        abort();
    for (size_t i = 0; i < got.n; i++) {
        const struct container_part *part = &got.parts[i];
        if (part->bytes[part->n] || strstr(part->name, "/../") ||
            utf8_check(part->name, strlen(part->name)) != strlen(part->name))
            abort();
        sum += part->n;
    }
    if (sum > rule.max_bytes)
        abort();
    container_done(&got);
    return 0;
}
