/* SPDX-License-Identifier: Apache-2.0 */
#include "sign.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

int sign_key_read(const char *secret, struct sign_key *ret)
{
    const char prefix[] = "whsec_";
    unsigned char out[(SIGN_KEY_MAX / 3 + 1) * 3 + 1];
    int r = JH_EINVAL;

    if (!strncmp(secret, prefix, sizeof(prefix) - 1))
        secret += sizeof(prefix) - 1;
    size_t len = strlen(secret), padding = 0;
    while (padding < 2 && padding < len && secret[len - 1 - padding] == '=')
        padding++;
    if (len % 4 || len / 4 * 3 > sizeof(out))
        return JH_EINVAL;
    /* OpenSSL decodes the padding too, as zero bytes, and skips blanks at the ends. */
    int n = EVP_DecodeBlock(out, (const unsigned char *)secret, (int)len);
    size_t bytes = n < 0 ? 0 : (size_t)n - padding;
    if (n == (int)(len / 4 * 3) && bytes >= SIGN_KEY_MIN && bytes <= SIGN_KEY_MAX) {
        memcpy(ret->bytes, out, bytes);
        ret->n = bytes;
        r = 0;
    }
    OPENSSL_cleanse(out, sizeof(out));
    return r;
}

int sign(const struct sign_key *key, const char *id, int64_t timestamp_s,
         struct jh_slice body, char text[SIGN_TEXT])
{
    unsigned char mac[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    char head[128];
    int len = snprintf(head, sizeof(head), "%s.%" PRId64 ".", id, timestamp_s);

    if (len < 0 || (size_t)len >= sizeof(head))
        return JH_EINVAL;
    size_t size = (size_t)len + body.len;
    unsigned char *all = malloc(size);
    if (!all)
        return JH_ENOMEM;
    memcpy(all, head, (size_t)len);
    if (body.len)
        memcpy(all + len, body.p, body.len);
    const void *made = HMAC(EVP_sha256(), key->bytes, (int)key->n, all, size, mac, &n);
    free(all);
    if (!made)
        return JH_ENOMEM;
    memcpy(text, "v1,", 3);
    EVP_EncodeBlock((unsigned char *)text + 3, mac, (int)n);
    return 0;
}
