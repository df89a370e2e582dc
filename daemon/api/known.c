/* SPDX-License-Identifier: Apache-2.0 */
#include "api/known.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"

enum {
    CODE_MAX = 64, /* bytes of a code that are compared */
    NEAR_MAX = 2,  /* slips: one key wrong, left out or too many, or two keys swapped */
    NEAR_SHOWN = 3
};

struct known {
    const struct config *config;
    struct map *data; /* code -> index */
    const char **codes;
    size_t n;
};

static int add(struct known *k, const char *code)
{
    int64_t at;
    int rc = map_add(k->data, code, strlen(code), (int64_t)k->n, &at);
    if (!rc && at == (int64_t)k->n)
        k->codes[k->n++] = code;
    return rc;
}

static int add_all(struct known *k, const struct store_submission *subs, size_t n_subs,
                   const struct store_verdict *rows, size_t n_rows)
{
    int rc = 0;
    for (size_t i = 0; i < n_subs; i++)
        for (size_t c = 0; !rc && c < subs[i].n_counties; c++)
            rc = add(k, subs[i].counties[c]);
    for (size_t i = 0; !rc && i < n_rows; i++)
        rc = add(k, rows[i].county);
    return rc;
}

int known_load(struct reading *r, struct known **ret)
{
    struct store_submission *subs;
    struct store_verdict *rows;
    size_t n_subs, n_rows, most;
    int rc =
        store_submissions(r->store, (struct round){0}, r->arena, &subs, &n_subs, &r->err);
    if (!rc)
        rc = store_counties(r->store, r->arena, &rows, &n_rows, &r->err);
    if (rc)
        return rc;
    most = n_rows;
    for (size_t i = 0; i < n_subs; i++)
        most += subs[i].n_counties;
    struct known *k = calloc(1, sizeof *k);
    if (k)
        *k = (struct known){.config = r->config,
                            .data = map_new(4096),
                            .codes = arena_array(r->arena, most + 1, sizeof *k->codes)};
    if (!k || !k->data || !k->codes || add_all(k, subs, n_subs, rows, n_rows)) {
        known_free(k);
        return err_set(&r->err, JH_ENOMEM, "out of memory");
    }
    *ret = k;
    return 0;
}

void known_free(struct known *k)
{
    if (!k)
        return;
    map_free(k->data);
    free(k);
}

bool known_data(const struct known *k, const char *code)
{
    return map_get(k->data, code, strlen(code)) != MAP_NONE;
}

bool known_county(const struct known *k, const char *code)
{
    return config_is_county(k->config, code);
}

bool known_division(const struct known *k, const char *code)
{
    return config_division(k->config, code) != NULL;
}

bool known_has_divisions(const struct known *k)
{
    return k->config->n_divisions > 0;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* How many keys were hit wrongly, a swap of neighbours being one slip (Damerau). */
static size_t slips(const char *a, const char *b)
{
    size_t rows[3][CODE_MAX + 1], na = strlen(a), nb = strlen(b);
    if (na > CODE_MAX || nb > CODE_MAX)
        return SIZE_MAX;
    for (size_t j = 0; j <= nb; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= na; i++) {
        const size_t *last = rows[(i - 1) % 3], *before = rows[(i + 1) % 3];
        size_t *now = rows[i % 3];
        now[0] = i;
        for (size_t j = 1; j <= nb; j++) {
            now[j] = smaller(last[j - 1] + (a[i - 1] != b[j - 1]),
                             smaller(last[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = smaller(now[j], before[j - 2] + 1);
        }
    }
    return rows[na % 3][nb];
}

/* The best so far, best first; of equals the first come. */
struct near {
    const char *codes[NEAR_SHOWN];
    size_t slips[NEAR_SHOWN];
    size_t n;
};

static void consider(struct near *near, const char *code, const char *candidate)
{
    size_t cost = slips(code, candidate);
    size_t at = near->n;
    if (cost > NEAR_MAX || cost * 2 >= strlen(candidate))
        return;
    for (size_t i = 0; i < near->n; i++)
        if (strcmp(near->codes[i], candidate) == 0)
            return;
    while (at > 0 && near->slips[at - 1] > cost)
        at--;
    if (at == NEAR_SHOWN)
        return;
    near->n += near->n < NEAR_SHOWN;
    for (size_t i = near->n - 1; i > at; i--) {
        near->codes[i] = near->codes[i - 1];
        near->slips[i] = near->slips[i - 1];
    }
    near->codes[at] = candidate;
    near->slips[at] = cost;
}

void known_near(const struct known *k, const char *code, char *ret, size_t size)
{
    struct near near = {.n = 0};
    size_t len = 0;
    for (size_t i = 0; i < k->config->n_divisions; i++)
        consider(&near, code, k->config->divisions[i].code);
    for (size_t i = 0; i < k->n; i++)
        consider(&near, code, k->codes[i]);
    ret[0] = '\0';
    for (size_t i = 0; i < near.n; i++) {
        const struct division *d = config_division(k->config, near.codes[i]);
        bool named = d && *d->name;
        int n =
            snprintf(ret + len, size - len, "%s%s%s%s%s", i ? ", " : "", near.codes[i],
                     named ? " (" : "", named ? d->name : "", named ? ")" : "");
        if (n < 0 || (size_t)n >= size - len) { /* whole names, or none */
            ret[len] = '\0';
            break;
        }
        len += (size_t)n;
    }
}
