/* SPDX-License-Identifier: Apache-2.0 */
#include "loop/request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    DEFAULT_TIMEOUT_MS = 60 * 1000,
    DEFAULT_CONNECT_MS = 15 * 1000,
    DEFAULT_MAX_BYTES = 256 * 1024 * 1024,
    MAX_URL = 8192,
    MAX_HEADERS = 64,
    MAX_REDIRECTS = 20,
    STALL_MIN_S = 30
};

static bool has_control(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7F)
            return true;
    return false;
}

static void check_url(struct request *r)
{
    const char *url = r->http.url;
    if (!url || !*url)
        err_set(&r->wrong, JH_EINVAL, "the URL is empty");
    else if (strnlen(url, MAX_URL) == MAX_URL)
        err_set(&r->wrong, JH_EINVAL, "the URL is longer than %d bytes", MAX_URL - 1);
    else if (has_control(url))
        err_set(&r->wrong, JH_EINVAL, "the URL holds a control character");
    else if (strncasecmp(url, "http://", 7) != 0 && strncasecmp(url, "https://", 8) != 0)
        err_set(&r->wrong, JH_EINVAL, "the URL must begin with http:// or https://");
}

/* libcurl sends what it is given: a line break in a header would be a header of its own. */
static void check_header(struct request *r, const char *header, size_t n)
{
    size_t name = strspn(header, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                 "0123456789-_.!#$%&'*+^`|~");
    if (n > MAX_HEADERS)
        err_set(&r->wrong, JH_ELIMIT, "more than %d headers", MAX_HEADERS);
    else if (!name || header[name] != ':')
        err_set(&r->wrong, JH_EINVAL, "header %zu is not of the form \"name: value\"", n);
    else if (has_control(header))
        err_set(&r->wrong, JH_EINVAL, "header \"%.*s\" holds a control character",
                (int)name, header);
}

static int copy_headers(struct request *r)
{
    /* "Expect: 100-continue" costs a second with servers that do not know it. */
    r->headers = curl_slist_append(NULL, "Expect:");
    if (!r->headers)
        return JH_ENOMEM;
    size_t n = 0;
    for (const char *const *h = r->http.headers; h && *h && !r->wrong.code; h++) {
        check_header(r, *h, ++n);
        if (!r->wrong.code && !curl_slist_append(r->headers, *h))
            return JH_ENOMEM;
    }
    return 0;
}

static void fill_defaults(struct jh_http_request *http)
{
    if (http->timeout_ms <= 0)
        http->timeout_ms = DEFAULT_TIMEOUT_MS;
    if (http->connect_timeout_ms <= 0)
        http->connect_timeout_ms = DEFAULT_CONNECT_MS;
    if (http->connect_timeout_ms > http->timeout_ms)
        http->connect_timeout_ms = http->timeout_ms;
    if (http->max_bytes <= 0)
        http->max_bytes = DEFAULT_MAX_BYTES;
    if (http->max_redirects > MAX_REDIRECTS)
        http->max_redirects = MAX_REDIRECTS;
}

static void check_proxy(struct request *r)
{
    const char *proxy = r->http.proxy;
    if (!proxy)
        return;
    if (strncasecmp(proxy, "http://", 7) != 0 && strncasecmp(proxy, "https://", 8) != 0)
        err_set(&r->wrong, JH_EINVAL, "the proxy must begin with http:// or https://");
    else if (has_control(proxy) || strchr(proxy, '@'))
        err_set(&r->wrong, JH_EINVAL, "the proxy holds a user or a control character");
    else if (r->http.proxy_auth && !strchr(r->http.proxy_auth, ':'))
        err_set(&r->wrong, JH_EINVAL,
                "the proxy's user and password want a : in between");
}

/* NULL stays NULL; false when there is no memory. */
static bool copy_text(const char *from, char **ret)
{
    *ret = from ? strdup(from) : NULL;
    return !from || *ret;
}

static bool copy_texts(struct request *r)
{
    const struct jh_http_request *http = &r->http;
    return copy_text(http->method ? http->method : "", &r->method) &&
           copy_text(http->ca_file, &r->ca_file) &&
           copy_text(http->client_cert_file, &r->client_cert_file) &&
           copy_text(http->client_key_file, &r->client_key_file) &&
           copy_text(http->proxy, &r->proxy) &&
           copy_text(http->proxy_auth, &r->proxy_auth);
}

int request_copy(struct request *ret, const struct jh_http_request *from)
{
    struct request r = {0};
    /* One that was built against an older header is shorter: the rest reads as zeros. */
    size_t size = from->size < sizeof r.http ? from->size : sizeof r.http;
    memcpy(&r.http, from, size);
    fill_defaults(&r.http);
    check_url(&r);
    check_proxy(&r);
    if (!r.http.method ||
        (strcmp(r.http.method, "GET") != 0 && strcmp(r.http.method, "POST") != 0))
        err_set(&r.wrong, JH_EINVAL, "the method is neither GET nor POST");
    int rc = copy_headers(&r);
    bool copied = copy_texts(&r);
    r.url = r.http.url ? strndup(r.http.url, MAX_URL) : strdup("");
    r.body = malloc(r.http.body.len + 1);
    if (rc || !copied || !r.url || !r.body) {
        request_done(&r);
        return JH_ENOMEM;
    }
    if (r.http.body.len)
        memcpy(r.body, r.http.body.p, r.http.body.len);
    *ret = r;
    return 0;
}

void request_done(struct request *request)
{
    free(request->method);
    free(request->url);
    free(request->ca_file);
    free(request->client_cert_file);
    free(request->client_key_file);
    free(request->proxy);
    if (request->proxy_auth)
        explicit_bzero(request->proxy_auth, strlen(request->proxy_auth));
    free(request->proxy_auth);
    free(request->body);
    curl_slist_free_all(request->headers);
    *request = (struct request){0};
}

/* Where the system keeps its authorities: as libcurl was built, else Debian's place. */
static const char *default_ca_file(void)
{
    const curl_version_info_data *info = curl_version_info(CURLVERSION_NOW);
    if (info->age >= CURLVERSION_SEVENTH && info->cainfo)
        return info->cainfo;
    return "/etc/ssl/certs/ca-certificates.crt";
}

#define SET(option, value) (rc |= curl_easy_setopt(easy, option, value) != CURLE_OK)

static bool set_limits(const struct jh_http_request *http, CURL *easy)
{
    bool rc = false;
    long stall_s = (long)(http->timeout_ms / 2000);
    SET(CURLOPT_TIMEOUT_MS, (long)http->timeout_ms);
    SET(CURLOPT_CONNECTTIMEOUT_MS, (long)http->connect_timeout_ms);
    SET(CURLOPT_LOW_SPEED_LIMIT, 1L);
    SET(CURLOPT_LOW_SPEED_TIME, stall_s > STALL_MIN_S ? stall_s : (long)STALL_MIN_S);
    SET(CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)http->max_bytes);
    SET(CURLOPT_PROTOCOLS_STR, "http,https");
    SET(CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    SET(CURLOPT_FOLLOWLOCATION, http->max_redirects > 0 ? 1L : 0L);
    SET(CURLOPT_MAXREDIRS, (long)(http->max_redirects > 0 ? http->max_redirects : 0));
    return rc;
}

/* The environment's proxies and exceptions (http_proxy, no_proxy) never count. */
static bool set_proxy(const struct request *request, CURL *easy)
{
    bool rc = false;
    SET(CURLOPT_PROXY, request->proxy ? request->proxy : "");
    SET(CURLOPT_NOPROXY, "");
    if (!request->proxy)
        return rc;
    /* What is for the portal, such as its token, is not for the proxy's ears. */
    SET(CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE);
    SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    SET(CURLOPT_PROXY_CAINFO, default_ca_file());
    SET(CURLOPT_PROXY_CAPATH, NULL);
    const char *colon = request->proxy_auth ? strchr(request->proxy_auth, ':') : NULL;
    if (colon) {
        char user[256];
        snprintf(user, sizeof user, "%.*s", (int)(colon - request->proxy_auth),
                 request->proxy_auth);
        SET(CURLOPT_PROXYUSERNAME, user);
        SET(CURLOPT_PROXYPASSWORD, colon + 1);
    }
    return rc;
}

static bool set_trust(const struct request *request, CURL *easy)
{
    bool rc = false;
    /* With a CAPATH the store is read again for every connection: 20 ms of CPU each. */
    SET(CURLOPT_CAPATH, NULL);
    SET(CURLOPT_CAINFO, request->ca_file ? request->ca_file : default_ca_file());
    if (request->client_cert_file) {
        SET(CURLOPT_SSLCERT, request->client_cert_file);
        SET(CURLOPT_SSLKEY, request->client_key_file ? request->client_key_file
                                                     : request->client_cert_file);
    }
    return rc;
}

int request_setup(const struct request *request, CURL *easy)
{
    const struct jh_http_request *http = &request->http;
    bool rc = set_limits(http, easy);
    SET(CURLOPT_URL, request->url);
    SET(CURLOPT_HTTPHEADER, request->headers);
    SET(CURLOPT_USERAGENT, "junheng/" PACKAGE_VERSION);
    SET(CURLOPT_NOSIGNAL, 1L);
    /* Without this a resolver that hangs holds the whole loop while its thread is joined. */
    SET(CURLOPT_QUICK_EXIT, 1L);
    rc |= set_proxy(request, easy);
    rc |= set_trust(request, easy);
    SET(CURLOPT_TCP_KEEPALIVE, 1L);
    if (http->accept_compressed) {
        SET(CURLOPT_ACCEPT_ENCODING, "gzip");
        /* What is read at once is unpacked at once, to a thousand times as much: 16 MiB of 16 KiB. */
        SET(CURLOPT_BUFFERSIZE, 4096L);
    }
    if (strcmp(request->method, "POST") == 0) {
        SET(CURLOPT_POST, 1L);
        SET(CURLOPT_POSTFIELDS, request->body);
        SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)http->body.len);
    }
    return rc ? JH_ENOMEM : 0;
}
