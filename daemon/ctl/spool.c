/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/spool.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <junheng/plugin.h>

enum { HELD_MAX = 256 << 10, CHUNK = 64 << 10, PIECES_MAX = 1 << 20 };

struct spool_piece {
    char *key;
    size_t at, len;
};

void spool_init(struct spool *s, size_t max)
{
    *s = (struct spool){.file = NULL};
    buf_init(&s->now, max);
    buf_init(&s->held, max);
}

void spool_done(struct spool *s)
{
    for (size_t i = 0; i < s->n; i++)
        free(s->pieces[i].key);
    free(s->pieces);
    buf_done(&s->now);
    buf_done(&s->held);
    if (s->file)
        fclose(s->file);
    *s = (struct spool){.file = NULL};
}

/* Moves what is held to the file. */
static int spill(struct spool *s)
{
    if (!s->file && !s->no_file) {
        s->file = tmpfile();
        s->no_file = !s->file;
    }
    if (s->no_file)
        return 0;
    bool bad = fwrite(s->held.p, 1, s->held.len, s->file) != s->held.len;
    buf_clear(&s->held);
    return bad || fflush(s->file) ? JH_EIO : 0;
}

static int keep_piece(struct spool *s, const char *key)
{
    if (s->n == PIECES_MAX)
        return JH_ELIMIT;
    if (s->n == s->cap) {
        size_t cap = s->cap ? s->cap * 2 : 256;
        void *p = realloc(s->pieces, cap * sizeof *s->pieces);
        if (!p)
            return JH_ENOMEM;
        s->pieces = p;
        s->cap = cap;
    }
    char *copy = strdup(key);
    if (!copy)
        return JH_ENOMEM;
    s->pieces[s->n++] = (struct spool_piece){copy, s->total, s->now.len};
    s->total += s->now.len;
    return 0;
}

int spool_add(struct spool *s, const char *key)
{
    int rc = keep_piece(s, key);
    buf_add(&s->held, s->now.p, s->now.len);
    if (s->now.failed || s->held.failed)
        rc = JH_ENOMEM;
    buf_clear(&s->now);
    if (!rc && s->held.len >= HELD_MAX)
        rc = spill(s);
    return rc;
}

static int by_key(const void *a, const void *b)
{
    const struct spool_piece *x = a, *y = b;
    int d = strcmp(x->key, y->key);
    return d ? d : (x->at > y->at) - (x->at < y->at);
}

static int copy(const struct spool *s, char *chunk, size_t at, size_t end, FILE *to)
{
    while (s->file && at < end) {
        size_t want = end - at < CHUNK ? end - at : CHUNK;
        ssize_t n = pread(fileno(s->file), chunk, want, (off_t)at);
        if (n <= 0)
            return JH_EIO;
        fwrite(chunk, 1, (size_t)n, to); /* main() looks whether it went out */
        at += (size_t)n;
    }
    if (at < end)
        fwrite(s->held.p + at, 1, end - at, to);
    return 0;
}

int spool_print(struct spool *s, size_t skip, FILE *to)
{
    char *chunk = malloc(CHUNK);
    int rc = chunk ? 0 : JH_ENOMEM;
    if (!rc && s->file)
        rc = spill(s);
    if (s->n)
        qsort(s->pieces, s->n, sizeof *s->pieces, by_key);
    for (size_t i = 0, next; i < s->n && !rc; i = next) {
        size_t at = s->pieces[i].at, end = at + s->pieces[i].len;
        for (next = i + 1; next < s->n && s->pieces[next].at == end; next++)
            end += s->pieces[next].len; /* they lie behind one another */
        size_t first = i == 0 && skip < end - at ? skip : 0;
        rc = copy(s, chunk, at + first, end, to);
    }
    free(chunk);
    return rc;
}
