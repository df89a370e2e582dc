/* SPDX-License-Identifier: Apache-2.0 */
#include "digest/digest.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

enum { ZSTD_LEVEL = 1, UNPACK_STEP = 256 * 1024 };

/* OpenSSL fails here only without memory: the digest is then all zeros. */
struct sha256 {
    EVP_MD_CTX *ctx;
    bool failed;
};

struct sha256 *sha256_new(void)
{
    struct sha256 *h = calloc(1, sizeof *h);
    if (!h)
        return NULL;
    h->ctx = EVP_MD_CTX_new();
    h->failed = !h->ctx || EVP_DigestInit_ex(h->ctx, EVP_sha256(), NULL) != 1;
    return h;
}

void sha256_add(struct sha256 *h, const void *p, size_t n)
{
    if (h && !h->failed && n)
        h->failed = EVP_DigestUpdate(h->ctx, p, n) != 1;
}

void sha256_add_str(struct sha256 *h, const char *text)
{
    sha256_add(h, text, strlen(text) + 1);
}

void sha256_end(struct sha256 *h, char hex[SHA256_HEX])
{
    static const char DIGITS[] = "0123456789abcdef";
    unsigned char md[EVP_MAX_MD_SIZE] = {0};
    unsigned len = 0;
    if (h && !h->failed && EVP_DigestFinal_ex(h->ctx, md, &len) != 1)
        memset(md, 0, sizeof md);
    for (size_t i = 0; i < (SHA256_HEX - 1) / 2; i++) {
        hex[2 * i] = DIGITS[md[i] >> 4];
        hex[2 * i + 1] = DIGITS[md[i] & 15];
    }
    hex[SHA256_HEX - 1] = '\0';
    if (h)
        EVP_MD_CTX_free(h->ctx);
    free(h);
}

void sha256_hex(const void *p, size_t n, char hex[SHA256_HEX])
{
    struct sha256 *h = sha256_new();
    sha256_add(h, p, n);
    sha256_end(h, hex);
}

int zstd_pack(const void *p, size_t n, void **ret, size_t *ret_n)
{
    size_t cap = ZSTD_compressBound(n);
    if (ZSTD_isError(cap))
        return JH_ELIMIT;
    void *out = malloc(cap);
    if (!out)
        return JH_ENOMEM;
    size_t len = ZSTD_compress(out, cap, n ? p : "", n, ZSTD_LEVEL);
    if (ZSTD_isError(len)) {
        free(out);
        return JH_ENOMEM;
    }
    void *less = realloc(out, len);
    *ret = less ? less : out;
    *ret_n = len;
    return 0;
}

/* Room for one more step, never beyond max + 1: the byte too many shows that it is too long. */
static int unpack_grow(char **out, size_t *cap, size_t max)
{
    size_t more = *cap ? *cap : UNPACK_STEP;
    size_t limit = max + 1 ? max + 1 : max;
    size_t next = more > limit - *cap ? limit : *cap + more;
    char *p = realloc(*out, next);
    if (!p)
        return JH_ENOMEM;
    *out = p;
    *cap = next;
    return 0;
}

/*
 * Streams, so memory follows what really comes out and not what a header claims: a small
 * bomb costs at most `max` bytes.
 */
static int unpack_all(ZSTD_DStream *stream, ZSTD_inBuffer *in, size_t max, char **out,
                      size_t *ret_len)
{
    size_t cap = 0, len = 0, left = 1;
    for (;;) {
        if (len == cap) {
            int rc = len > max ? JH_ELIMIT : unpack_grow(out, &cap, max);
            if (rc)
                return rc;
        }
        ZSTD_outBuffer to = {*out, cap, len};
        size_t before = in->pos;
        left = ZSTD_decompressStream(stream, &to, in);
        if (ZSTD_isError(left))
            return JH_EINVAL;
        bool stuck = to.pos == len && in->pos == before;
        len = to.pos;
        if (left == 0 && in->pos == in->size)
            break;
        if (stuck)
            return JH_EINVAL; /* the end is missing */
    }
    if (len > max)
        return JH_ELIMIT;
    *ret_len = len;
    return 0;
}

int zstd_unpack(const void *p, size_t n, size_t max, void **ret, size_t *ret_n)
{
    ZSTD_DStream *stream = ZSTD_createDStream();
    if (!stream)
        return JH_ENOMEM;
    char *out = NULL;
    size_t len = 0;
    int rc = JH_EINVAL;
    if (n && !ZSTD_isError(ZSTD_initDStream(stream))) {
        ZSTD_inBuffer in = {p, n, 0};
        rc = unpack_all(stream, &in, max, &out, &len);
    }
    ZSTD_freeDStream(stream);
    if (rc) {
        free(out);
        return rc;
    }
    *ret = out;
    *ret_n = len;
    return 0;
}
