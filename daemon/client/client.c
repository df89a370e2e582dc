/* SPDX-License-Identifier: Apache-2.0 */
#include "client/client.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "client/libcurl.h"

enum { REPLY_MAX = 64 * 1024 * 1024, URL_MAX = 8 * 1024, REDIRECTS_MAX = 5 };

static size_t on_body(char *p, size_t size, size_t n, void *arg)
{
    struct buf *body = arg;
    buf_add(body, p, size * n);
    return body->failed ? 0 : size * n;
}

/* curl_easy_setopt() remembers nothing of a failure: gather them. */
#define SET(option, value) (bad |= lib->easy_setopt(curl, option, value) != CURLE_OK)

static bool set_up(const struct libcurl *lib, CURL *curl, const char *socket_path,
                   const char *url, int64_t timeout_ms, struct buf *body)
{
    bool bad = false;
    SET(CURLOPT_UNIX_SOCKET_PATH, socket_path);
    SET(CURLOPT_URL, url);
    SET(CURLOPT_PROTOCOLS_STR, "http");
    SET(CURLOPT_PROXY, ""); /* http_proxy in somebody's environment is not for us */
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_TIMEOUT_MS, (long)timeout_ms);
    SET(CURLOPT_WRITEFUNCTION, on_body);
    SET(CURLOPT_WRITEDATA, body);
    return !bad;
}

static bool set_request(const struct libcurl *lib, CURL *curl, const char *method,
                        const char *body, size_t len, struct curl_slist *headers)
{
    bool bad = false;
    bool post = strcmp(method, "POST") == 0;
    if (post || body) {
        SET(CURLOPT_POST, 1L);
        SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)(body ? len : 0));
        SET(CURLOPT_POSTFIELDS, body ? body : "");
        SET(CURLOPT_HTTPHEADER, headers);
    }
    if (!post && strcmp(method, "GET") != 0)
        SET(CURLOPT_CUSTOMREQUEST, method);
    return !bad;
}

static int explain(const struct libcurl *lib, CURL *curl, CURLcode rc, const char *path,
                   struct jh_err *err)
{
    long no = 0;
    lib->easy_getinfo(curl, CURLINFO_OS_ERRNO, &no);
    switch (rc) {
    case CURLE_COULDNT_CONNECT:
        return err_set(err, JH_EIO,
                       "cannot reach junhengd at %s: %s (is the service running? "
                       "systemctl status junheng)",
                       path, no ? strerror((int)no) : lib->easy_strerror(rc));
    case CURLE_OPERATION_TIMEDOUT:
        return err_set(err, JH_ETIMEOUT, "junhengd at %s did not answer in time", path);
    case CURLE_WRITE_ERROR:
        return err_set(err, JH_ELIMIT, "the answer of junhengd is longer than %d MiB",
                       REPLY_MAX / 1024 / 1024);
    default:
        return err_set(err, JH_EIO, "talking to junhengd at %s: %s", path,
                       lib->easy_strerror(rc));
    }
}

static int perform(const struct libcurl *lib, CURL *curl, const char *socket_path,
                   struct buf *body, struct client_reply *ret, struct jh_err *err)
{
    long status = 0;
    CURLcode rc = lib->easy_perform(curl);
    if (rc != CURLE_OK)
        return explain(lib, curl, rc, socket_path, err);
    lib->easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    size_t len = body->len;
    char *text = buf_take(body);
    if (!text)
        return err_set(err, JH_ENOMEM, "out of memory");
    *ret = (struct client_reply){(int)status, text, len};
    return 0;
}

int client_call(const char *socket_path, const char *method, const char *path,
                const char *body, size_t len, int64_t timeout_ms,
                struct client_reply *ret, struct jh_err *err)
{
    struct buf url, got;
    struct libcurl lib;
    int rc = libcurl_load(&lib, err);
    if (rc)
        return rc;
    CURL *curl = lib.easy_init();
    struct curl_slist *headers = lib.slist_append(NULL, "Content-Type: application/json");
    struct curl_slist *more = headers ? lib.slist_append(headers, "Expect:") : NULL;
    buf_init(&url, URL_MAX);
    buf_init(&got, REPLY_MAX);
    buf_fmt(&url, "http://localhost%s", path);
    if (url.failed)
        rc = err_set(err, JH_ELIMIT, "the request is too long");
    else if (!curl || !more ||
             !set_up(&lib, curl, socket_path, buf_text(&url), timeout_ms, &got) ||
             !set_request(&lib, curl, method, body, len, headers))
        rc = err_set(err, JH_EIO, "cannot prepare a request to %s", socket_path);
    else
        rc = perform(&lib, curl, socket_path, &got, ret, err);
    lib.slist_free_all(headers);
    lib.easy_cleanup(curl);
    buf_done(&url);
    buf_done(&got);
    return rc;
}

/* ---- a URL ------------------------------------------------------------------------------- */

static bool set_up_fetch(const struct libcurl *lib, CURL *curl, const char *url,
                         int64_t timeout_ms, struct buf *body,
                         char reason[CURL_ERROR_SIZE])
{
    bool bad = false;
    SET(CURLOPT_URL, url);
    SET(CURLOPT_PROTOCOLS_STR, "http,https");
    SET(CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    SET(CURLOPT_FOLLOWLOCATION, 1L);
    SET(CURLOPT_MAXREDIRS, (long)REDIRECTS_MAX);
    SET(CURLOPT_PROXY, "");
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_TIMEOUT_MS, (long)timeout_ms);
    SET(CURLOPT_ACCEPT_ENCODING, "");
    SET(CURLOPT_ERRORBUFFER, reason);
    SET(CURLOPT_WRITEFUNCTION, on_body);
    SET(CURLOPT_WRITEDATA, body);
    return !bad;
}

static int answered(const struct libcurl *lib, CURL *curl, const char *url,
                    struct buf *body, struct client_reply *ret, struct jh_err *err)
{
    long status = 0;
    lib->easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    if (status != 200)
        return err_at(err, JH_EIO, url, 0, 0, "HTTP status %ld", status);
    size_t len = body->len;
    char *text = buf_take(body);
    if (!text)
        return err_set(err, JH_ENOMEM, "out of memory");
    *ret = (struct client_reply){(int)status, text, len};
    return 0;
}

int client_fetch(const char *url, size_t max, int64_t timeout_ms,
                 struct client_reply *ret, struct jh_err *err)
{
    char reason[CURL_ERROR_SIZE] = "";
    struct buf body;
    struct libcurl lib;
    int rc = libcurl_load(&lib, err);
    if (rc)
        return rc;
    CURL *curl = lib.easy_init();
    buf_init(&body, max);
    CURLcode code = CURLE_FAILED_INIT;
    if (curl && set_up_fetch(&lib, curl, url, timeout_ms, &body, reason))
        code = lib.easy_perform(curl);
    if (code == CURLE_OK)
        rc = answered(&lib, curl, url, &body, ret, err);
    else if (code == CURLE_WRITE_ERROR)
        rc = err_at(err, JH_ELIMIT, url, 0, 0, "larger than %zu MiB", max >> 20);
    else
        rc = err_at(err, code == CURLE_OPERATION_TIMEDOUT ? JH_ETIMEOUT : JH_EIO, url, 0,
                    0, "%s", *reason ? reason : lib.easy_strerror(code));
    lib.easy_cleanup(curl);
    buf_done(&body);
    return rc;
}

void client_reply_done(struct client_reply *reply)
{
    free(reply->body);
    *reply = (struct client_reply){0};
}

/* RFC 3986: letters, digits and -._~ stay. */
char *client_escape(const char *text)
{
    static const char PLAIN[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                "0123456789-._~";
    struct buf out;
    buf_init(&out, URL_MAX);
    for (const char *p = text; *p; p++) {
        if (strchr(PLAIN, *p))
            buf_char(&out, *p);
        else
            buf_fmt(&out, "%%%02X", (unsigned)(unsigned char)*p);
    }
    return buf_take(&out);
}
