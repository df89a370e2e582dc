/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signature of the Standard Webhooks specification: HMAC-SHA256 over "id.timestamp.body" with
 * the secret behind "whsec_", so that a receiver can tell who sent a message and when.
 * Pure; any thread. A key is wiped by who holds it.
 */
#pragma once

#include <junheng/plugin.h>

enum { SIGN_KEY_MAX = 64, SIGN_KEY_MIN = 16, SIGN_TEXT = 64 };

struct sign_key {
    unsigned char bytes[SIGN_KEY_MAX];
    size_t n;
};

/* "whsec_BASE64" or plain BASE64 of 16 to 64 bytes; JH_EINVAL. */
int sign_key_read(const char *secret, struct sign_key *ret);
/* "v1,BASE64" */
int sign(const struct sign_key *key, const char *id, int64_t timestamp_s,
         struct jh_slice body, char text[SIGN_TEXT]);
