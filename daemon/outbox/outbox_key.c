/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "digest/digest.h"
#include "outbox/outbox.h"

static int by_text(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;

    return strcmp(*x, *y);
}

int outbox_key(const char *const *pairs, size_t n, const char *channel, char key[65])
{
    const char **sorted = malloc((n ? n : 1) * sizeof(*sorted));
    struct sha256 *hash = sha256_new();
    char hex[SHA256_HEX];

    if (n && sorted)
        memcpy(sorted, pairs, n * sizeof(*sorted));
    if (sorted)
        qsort(sorted, n, sizeof(*sorted), by_text);
    for (size_t i = 0; sorted && i < n; i++) {
        sha256_add(hash, sorted[i], strlen(sorted[i]));
        sha256_add(hash, "\n", 1);
    }
    sha256_add(hash, channel, strlen(channel));
    sha256_end(hash, hex);
    /* Without memory the digest is all zeros: that would be one key for all. */
    bool failed = !sorted || strspn(hex, "0") == SHA256_HEX - 1;
    free(sorted);
    if (failed)
        return JH_ENOMEM;
    memcpy(key, hex, sizeof(hex));
    return 0;
}
