/* SPDX-License-Identifier: Apache-2.0 */
#include "story/await.h"

#include <stdlib.h>
#include <string.h>

#include "digest/digest.h"

struct part {
    const char *name;
    char hash[65];
};

struct await {
    const struct source_conf **silent; /* never heard from */
    size_t n_silent;
    const struct source_conf **heard; /* all others */
    size_t n_heard;
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

static int find_silent(const struct config *config, struct store *reader,
                       struct arena *arena, struct await *a, struct jh_err *err)
{
    const char **names;
    size_t n;
    int rc = store_sources_heard(reader, arena, &names, &n, err);
    for (size_t i = 0; !rc && i < config->n_sources; i++) {
        const struct source_conf *source = &config->sources[i];
        if (source->county)
            continue;
        if (!n || !bsearch(&source->name, names, n, sizeof *names, by_text))
            a->silent[a->n_silent++] = source;
        else
            a->heard[a->n_heard++] = source;
    }
    return rc;
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
    for (size_t i = 0; i < a->n_silent; i++) {
        const struct source_conf *source = a->silent[i];
        if (strcmp(source->part, part->name) == 0)
            continue;
        sha256_add_str(h, source->part);
        for (size_t k = 0; k < source->n_covers; k++)
            sha256_add_str(h, source->covers[k]);
        sha256_add_str(h, "");
    }
    sha256_add_str(h, "");
    for (size_t i = 0; i < a->n_heard; i++) {
        if (strcmp(a->heard[i]->part, part->name) == 0)
            continue;
        sha256_add_str(h, a->heard[i]->name);
        sha256_add_str(h, a->heard[i]->part);
    }
    sha256_end(h, part->hash);
    return 0;
}

int await_load(const struct config *config, struct store *reader, struct arena *arena,
               const struct await **ret, struct jh_err *err)
{
    size_t n = config->n_sources;
    struct await *a = arena_array(arena, 1, sizeof *a);
    if (a)
        *a = (struct await){.silent = arena_array(arena, n + 1, sizeof *a->silent),
                            .heard = arena_array(arena, n + 1, sizeof *a->heard),
                            .parts = arena_array(arena, n + 1, sizeof *a->parts)};
    if (!a || !a->silent || !a->heard || !a->parts)
        return err_set(err, JH_ENOMEM, "out of memory");
    for (size_t i = 0; i < n; i++)
        if (!config->sources[i].county && !find_part(a, config->sources[i].part))
            a->parts[a->n_parts++] = (struct part){.name = config->sources[i].part};
    if (a->n_parts < 2) {
        *ret = NULL;
        return 0;
    }
    int rc = find_silent(config, reader, arena, a, err);
    for (size_t i = 0; !rc && i < a->n_parts; i++)
        if (hash_part(a, &a->parts[i]))
            rc = err_set(err, JH_ENOMEM, "out of memory");
    if (!rc)
        *ret = a;
    return rc;
}

const char *await_hash(const struct await *await, const char *part)
{
    const struct part *known = await ? find_part(await, part) : NULL;
    return known ? known->hash : "";
}

bool await_source(const struct await *await, const char *source)
{
    for (size_t i = 0; await && i < await->n_silent; i++)
        if (strcmp(await->silent[i]->name, source) == 0)
            return true;
    return false;
}
