/* SPDX-License-Identifier: Apache-2.0 */
#include "digest/container.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>

#include "digest/container_out.h"

enum { GZIP_WRAP = 16, PIECE = 1 << 30 };

/* ---- what comes out ------------------------------------------------------------------------ */

int container_out_room(struct container_out *out, struct jh_err *err)
{
    if (out->n > out->max)
        return err_at(err, JH_ELIMIT, out->name, 0, 0,
                      "unpacks to more than %zu bytes (max_bytes)", out->max);
    if (out->n > OUT_FREE && out->n / OUT_RATIO > out->packed)
        return err_at(err, JH_EREFUSED, out->name, 0, 0,
                      "unpacks to more than %d times its size: this is no table",
                      OUT_RATIO);
    if (out->cap - out->n > OUT_STEP)
        return 0;
    size_t cap = out->cap ? out->cap * 2 : 4 * OUT_STEP;
    char *bytes = realloc(out->bytes, cap);
    if (!bytes)
        return err_set(err, JH_ENOMEM, "out of memory");
    out->bytes = bytes;
    out->cap = cap;
    return 0;
}

int container_add(struct container *to, const char *name, struct container_out *out,
                  struct jh_err *err)
{
    size_t cap = to->n & (to->n - 1) ? 0 : to->n ? to->n * 2 : 1;
    struct container_part *parts =
        cap ? realloc(to->parts, cap * sizeof *parts) : to->parts;
    if (parts)
        to->parts = parts;
    char *copy = parts ? strdup(name) : NULL;
    if (!copy)
        return err_set(err, JH_ENOMEM, "out of memory");
    out->bytes[out->n] = '\0';
    parts[to->n++] = (struct container_part){copy, out->bytes, out->n};
    out->bytes = NULL;
    return 0;
}

/* ---- gzip ---------------------------------------------------------------------------------- */

static bool is_gzip(const unsigned char *p, size_t n)
{
    return n >= 3 && p[0] == 0x1F && p[1] == 0x8B && p[2] == 8;
}

/* What some programs write behind the end to fill up a block. */
static bool is_filler(const unsigned char *p, size_t n)
{
    while (n && !*p) {
        p++;
        n--;
    }
    return !n;
}

static int refuse_gzip(const struct container_out *out, int status, struct jh_err *err)
{
    if (status == Z_MEM_ERROR)
        return err_set(err, JH_ENOMEM, "out of memory");
    return err_at(err, JH_EINVAL, out->name, 0, 0,
                  status == Z_BUF_ERROR ? "gzip: cut short: fetch it again"
                                        : "gzip: damaged: fetch it again");
}

/* One member of possibly several that stand behind each other. */
static int inflate_one(z_stream *z, struct container_out *out, size_t *left,
                       struct jh_err *err)
{
    for (int status = Z_OK; status != Z_STREAM_END;) {
        int rc = container_out_room(out, err);
        if (rc)
            return rc;
        size_t given = *left < PIECE ? *left : PIECE;
        z->avail_in = (uInt)given;
        z->next_out = (unsigned char *)out->bytes + out->n;
        z->avail_out = OUT_STEP;
        status = inflate(z, Z_NO_FLUSH);
        *left -= given - z->avail_in;
        out->n += OUT_STEP - z->avail_out;
        if (status != Z_OK && status != Z_STREAM_END)
            return refuse_gzip(out, status, err);
    }
    return 0;
}

static int inflate_all(struct container_out *out, const unsigned char *bytes, size_t n,
                       struct jh_err *err)
{
    z_stream z = {.next_in = (unsigned char *)(uintptr_t)bytes}; /* it reads only */
    size_t left = n;
    int rc = 0;
    if (inflateInit2(&z, GZIP_WRAP + MAX_WBITS) != Z_OK)
        return err_set(err, JH_ENOMEM, "out of memory");
    while (!rc && is_gzip(bytes + (n - left), left)) {
        (void)inflateReset(&z);
        rc = inflate_one(&z, out, &left, err);
    }
    inflateEnd(&z);
    if (!rc && !is_filler(bytes + (n - left), left))
        rc =
            err_at(err, JH_EINVAL, out->name, 0, 0,
                   "gzip: %zu bytes behind its end are none of it: fetch it again", left);
    return rc ? rc : container_out_room(out, err);
}

/* a.csv.gz holds a.csv, whatever its header says. */
static char *inner_name(const char *name)
{
    size_t len = strlen(name);
    bool ends = len > 3 && strcasecmp(name + len - 3, ".gz") == 0 && name[len - 4] != '/';
    return strndup(name, ends ? len - 3 : len);
}

static int gunzip(const struct container_rule *rule, const char *name, const void *bytes,
                  size_t n, struct container *to, struct jh_err *err)
{
    struct container_out out = {.name = name, .max = rule->max_bytes, .packed = n};
    char *inner = inner_name(name);
    int rc = inner ? inflate_all(&out, bytes, n, err)
                   : err_set(err, JH_ENOMEM, "out of memory");
    if (!rc)
        rc = container_add(to, inner, &out, err);
    free(out.bytes);
    free(inner);
    return rc;
}

/* ---- which it is --------------------------------------------------------------------------- */

/* The second: an archive of nothing. */
static bool is_zip(const void *bytes, size_t n)
{
    return n >= 4 && (memcmp(bytes, "PK\3\4", 4) == 0 || memcmp(bytes, "PK\5\6", 4) == 0);
}

int container_unpack(const struct container_rule *rule, const char *name,
                     const void *bytes, size_t n, struct container *ret,
                     struct jh_err *err)
{
    struct container got = {.n = 0};
    bool zip = is_zip(bytes, n), gzip = is_gzip(bytes, n);
    int rc = 0;
    if ((rule->kind == CONTAINER_ZIP && !zip) || (rule->kind == CONTAINER_GZIP && !gzip))
        return err_at(err, JH_EINVAL, name, 0, 0, "expected a %s file (container: %s)",
                      rule->kind == CONTAINER_ZIP ? "zip" : "gzip",
                      rule->kind == CONTAINER_ZIP ? "zip" : "gzip");
    if (rule->kind != CONTAINER_NONE && zip)
        rc = container_unzip(rule, name, bytes, n, &got, err);
    else if (rule->kind != CONTAINER_NONE && gzip)
        rc = gunzip(rule, name, bytes, n, &got, err);
    if (rc)
        container_done(&got);
    else
        *ret = got;
    return rc;
}

void container_done(struct container *container)
{
    for (size_t i = 0; i < container->n; i++) {
        free(container->parts[i].name);
        free(container->parts[i].bytes);
    }
    free(container->parts);
    *container = (struct container){.n = 0};
}
