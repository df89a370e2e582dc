/* SPDX-License-Identifier: Apache-2.0 */
#include "story/await.h"

#include <stdlib.h>
#include <string.h>

#include "digest/digest.h"

struct part {
    const char *name;
    char hash[65];
};

enum { NAMES_BYTES = 64 << 20 };

struct await {
    int refs;
    const struct config *config;
    bool *silent; /* by source: never heard from */
    struct part *parts;
    size_t n_parts;
};

static struct part *find_part(const struct await *a, const char *name)
{
    for (size_t i = 0; i < a->n_parts; i++)
        if (strcmp(a->parts[i].name, name) == 0)
            return &a->parts[i];
    return NULL;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int find_silent(struct store *reader, struct await *a, struct jh_err *err)
{
    const char **names;
    size_t n;
    struct arena *arena = arena_new(NAMES_BYTES);
    int rc = arena ? store_sources_heard(reader, arena, &names, &n, err)
                   : err_set(err, JH_ENOMEM, "out of memory");
    for (size_t i = 0; !rc && i < a->config->n_sources; i++)
        a->silent[i] =
            !n || !bsearch(&a->config->sources[i].name, names, n, sizeof *names, by_text);
    arena_free(arena);
    return rc;
}

/* Neither of the part's own sources nor of county data, for which nobody waits? */
static bool is_apart(const struct source_conf *source, const struct part *part)
{
    return source->county || strcmp(source->part, part->name) == 0;
}

/*
 * Of silent sources the names do not matter: one that is renamed is waited for as before. What
 * the others have delivered goes by their names.
 */
static int hash_part(const struct await *a, struct part *part)
{
    struct sha256 *h = sha256_new();
    if (!h)
        return JH_ENOMEM;
    for (size_t i = 0; i < a->config->n_sources; i++) {
        const struct source_conf *source = &a->config->sources[i];
        if (!a->silent[i] || is_apart(source, part))
            continue;
        sha256_add_str(h, source->part);
        for (size_t k = 0; k < source->n_covers; k++)
            sha256_add_str(h, source->covers[k]);
        sha256_add_str(h, "");
    }
    sha256_add_str(h, "");
    for (size_t i = 0; i < a->config->n_sources; i++) {
        const struct source_conf *source = &a->config->sources[i];
        if (a->silent[i] || is_apart(source, part))
            continue;
        sha256_add_str(h, source->name);
        sha256_add_str(h, source->part);
    }
    sha256_end(h, part->hash);
    return 0;
}

static void await_free(struct await *a)
{
    if (!a)
        return;
    config_unref(a->config);
    free(a->silent);
    free(a->parts);
    free(a);
}

static struct await *await_new(const struct config *config)
{
    struct await *a = calloc(1, sizeof *a);
    if (!a)
        return NULL;
    *a = (struct await){.refs = 1,
                        .config = config_ref(config),
                        .silent = calloc(config->n_sources, sizeof *a->silent),
                        .parts = calloc(config->n_parts, sizeof *a->parts),
                        .n_parts = config->n_parts};
    if (!a->silent || !a->parts) {
        await_free(a);
        return NULL;
    }
    for (size_t i = 0; i < a->n_parts; i++)
        a->parts[i].name = config->parts[i];
    return a;
}

int await_load(const struct config *config, struct store *reader,
               const struct await **ret, struct jh_err *err)
{
    if (config->n_parts < 2) {
        *ret = NULL;
        return 0;
    }
    struct await *a = await_new(config);
    int rc = a ? find_silent(reader, a, err) : err_set(err, JH_ENOMEM, "out of memory");
    for (size_t i = 0; !rc && i < a->n_parts; i++)
        if (hash_part(a, &a->parts[i]))
            rc = err_set(err, JH_ENOMEM, "out of memory");
    if (rc)
        await_free(a);
    else
        *ret = a;
    return rc;
}

const struct await *await_ref(const struct await *await)
{
    if (await)
        ((struct await *)await)->refs++;
    return await;
}

void await_unref(const struct await *await)
{
    if (await && --((struct await *)await)->refs == 0)
        await_free((struct await *)await);
}

const char *await_hash(const struct await *await, const char *part)
{
    const struct part *known = await ? find_part(await, part) : NULL;
    return known ? known->hash : "";
}

bool await_silent(const struct await *await, const struct source_conf *source)
{
    return !source->county && await->silent[source - await->config->sources];
}
