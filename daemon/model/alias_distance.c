/* SPDX-License-Identifier: Apache-2.0 */
#include "model/alias_distance.h"

#include "base/utf8.h"

size_t alias_decode(const char *p, size_t len, uint32_t out[ALIAS_DISTANCE_MAX])
{
    size_t n = 0;
    for (const char *end = p + len; p < end && n < ALIAS_DISTANCE_MAX;)
        out[n++] = utf8_next(&p, end);
    return n;
}

size_t alias_distance(const uint32_t *a, size_t n, const uint32_t *b, size_t m)
{
    size_t rows[3][ALIAS_DISTANCE_MAX + 1];
    for (size_t j = 0; j <= m; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t *now = rows[i % 3], *up = rows[(i + 2) % 3], *up2 = rows[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t best = up[j - 1] + (a[i - 1] != b[j - 1]);
            best = up[j] + 1 < best ? up[j] + 1 : best;
            best = now[j - 1] + 1 < best ? now[j - 1] + 1 : best;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                up2[j - 2] + 1 < best)
                best = up2[j - 2] + 1;
            now[j] = best;
        }
    }
    return rows[n % 3][m];
}
