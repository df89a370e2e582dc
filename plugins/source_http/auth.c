/* SPDX-License-Identifier: Apache-2.0 */
#include "auth.h"

#include <inttypes.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DATE_TEXT = 64, HASH_TEXT = 65, MAC_TEXT = 2 * EVP_MAX_MD_SIZE + 1 };

static const char *secret_file(const struct options *o)
{
    switch ((enum options_auth)o->auth) {
    case OPTIONS_BASIC:
        return o->password_file;
    case OPTIONS_BEARER:
        return o->token_file;
    case OPTIONS_HMAC:
        return o->hmac_key_file;
    default:
        return NULL;
    }
}

int auth_open(struct auth *auth, const struct jh_host *host, struct jh_ctx *ctx,
              const struct options *options, struct jh_err *err)
{
    const char *file = secret_file(options);
    *auth = (struct auth){.options = options};
    int rc = file ? host->secret(ctx, file, auth->secret, sizeof auth->secret, err) : 0;
    return rc < 0 ? rc : 0;
}

void auth_close(struct auth *auth)
{
    explicit_bzero(auth->secret, sizeof auth->secret);
}

/* ---- what is signed ---------------------------------------------------------------------- */

static void add(struct auth_lines *lines, const char *name, const char *value)
{
    if (name && *name && lines->n < AUTH_LINES)
        snprintf(lines->text[lines->n++], OPTIONS_LINE, "%s: %s", name, value);
}

static void hex(const unsigned char *bytes, size_t n, char *ret)
{
    for (size_t i = 0; i < n; i++)
        snprintf(ret + 2 * i, 3, "%02x", bytes[i]);
}

static int hash_body(struct jh_slice body, char ret[HASH_TEXT])
{
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    if (!EVP_Digest(body.len ? body.p : "", body.len, hash, &n, EVP_sha256(), NULL))
        return JH_ENOMEM;
    hex(hash, n, ret);
    return 0;
}

/* RFC 9110's form of a date, in English whatever the locale. */
static void print_date(int how, int64_t now_ms, char ret[DATE_TEXT])
{
    static const char DAYS[] = "SunMonTueWedThuFriSat";
    static const char MONTHS[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    time_t now = (time_t)(now_ms / 1000);
    struct tm t = {0};
    if (how == OPTIONS_DATE_UNIX || !gmtime_r(&now, &t)) {
        snprintf(ret, DATE_TEXT, "%" PRId64, now_ms / 1000);
        return;
    }
    snprintf(ret, DATE_TEXT, "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT",
             DAYS + 3L * t.tm_wday, t.tm_mday, MONTHS + 3L * t.tm_mon, t.tm_year + 1900,
             t.tm_hour, t.tm_min, t.tm_sec);
}

/* The path with its query, as it is sent: without the fragment. */
static struct jh_slice target_of(const char *url)
{
    const char *host = strstr(url, "://");
    host = host ? host + 3 : url;
    const char *path = host + strcspn(host, "/?#");
    return (struct jh_slice){path, strcspn(path, "#")};
}

static char *canonical(const char *method, const char *url, const char *date,
                       const char *hash)
{
    struct jh_slice target = target_of(url);
    const char *root = target.len && *target.p == '/' ? "" : "/";
    size_t size = target.len + strlen(method) + strlen(date) + HASH_TEXT + 8;
    char *text = malloc(size);
    if (text)
        snprintf(text, size, "%s\n%s%.*s\n%s\n%s", method, root, (int)target.len,
                 target.p, date, hash);
    return text;
}

static int mac(const struct auth *auth, const char *text, char ret[MAC_TEXT])
{
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    const EVP_MD *md =
        auth->options->hmac_hash == OPTIONS_SHA512 ? EVP_sha512() : EVP_sha256();
    if (!HMAC(md, auth->secret, (int)strlen(auth->secret), (const unsigned char *)text,
              strlen(text), bytes, &n))
        return JH_ENOMEM;
    if (auth->options->hmac_encoding == OPTIONS_BASE64)
        EVP_EncodeBlock((unsigned char *)ret, bytes, (int)n);
    else
        hex(bytes, n, ret);
    return 0;
}

static int sign(const struct auth *auth, const char *url, struct jh_slice body,
                int64_t now_ms, struct auth_lines *ret)
{
    const struct options *o = auth->options;
    char date[DATE_TEXT], hash[HASH_TEXT], made[MAC_TEXT];
    print_date(o->hmac_date, now_ms, date);
    if (hash_body(body, hash))
        return JH_ENOMEM;
    char *text = canonical(o->method == OPTIONS_POST ? "POST" : "GET", url, date, hash);
    int rc = text ? mac(auth, text, made) : JH_ENOMEM;
    free(text);
    if (rc)
        return rc;
    add(ret, o->hmac_date_header, date);
    add(ret, o->hmac_id && *o->hmac_id ? o->hmac_id_header : NULL, o->hmac_id);
    add(ret, o->hmac_body_header, hash);
    add(ret, o->hmac_header, made);
    return 0;
}

/* ---- the lines --------------------------------------------------------------------------- */

static int add_basic(const struct auth *auth, struct auth_lines *ret)
{
    static const char NAME[] = "Authorization: Basic ";
    char pair[OPTIONS_LINE / 4 * 3 - sizeof NAME];
    int n = snprintf(pair, sizeof pair, "%s:%s", auth->options->user, auth->secret);
    if (n < 0 || (size_t)n >= sizeof pair - 3)
        return JH_ELIMIT;
    char *line = ret->text[ret->n++];
    snprintf(line, OPTIONS_LINE, "%s", NAME);
    EVP_EncodeBlock((unsigned char *)line + sizeof NAME - 1, (unsigned char *)pair, n);
    explicit_bzero(pair, sizeof pair);
    return 0;
}

int auth_sign(const struct auth *auth, const char *url, struct jh_slice body,
              int64_t now_ms, struct auth_lines *ret)
{
    ret->n = 0;
    switch ((enum options_auth)auth->options->auth) {
    case OPTIONS_BASIC:
        return add_basic(auth, ret);
    case OPTIONS_BEARER:
        snprintf(ret->text[ret->n++], OPTIONS_LINE, "Authorization: Bearer %s",
                 auth->secret);
        return 0;
    case OPTIONS_HMAC:
        return sign(auth, url, body, now_ms, ret);
    default:
        return 0;
    }
}
