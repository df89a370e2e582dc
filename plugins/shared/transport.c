/* SPDX-License-Identifier: Apache-2.0 */
#include "transport.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

int transport_fail(struct jh_err *err, int code, const char *file, const char *text)
{
    if (err) {
        *err = (struct jh_err){.code = code};
        snprintf(err->file, sizeof err->file, "%s", file);
        snprintf(err->text, sizeof err->text, "%s", text);
    }
    return code;
}

/* ---- the check --------------------------------------------------------------------------- */

bool transport_given(const char *text)
{
    return text && *text;
}

bool transport_has_control(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7F)
            return true;
    return false;
}

static const char *host_of(const char *url)
{
    return strncasecmp(url, "http://", 7) == 0    ? url + 7
           : strncasecmp(url, "https://", 8) == 0 ? url + 8
                                                  : NULL;
}

bool transport_has_user(const char *url)
{
    const char *host = host_of(url);
    return host && memchr(host, '@', strcspn(host, "/?#"));
}

const char *transport_wrong_url(const char *url)
{
    const char *host = host_of(url ? url : "");
    if (!host)
        return "url must begin with http:// or https://";
    if (!*host || strchr("/?#:", *host))
        return "url names no host";
    if (transport_has_control(url) || strchr(url, ' '))
        return "url holds a space or a control character: write %20";
    return NULL;
}

const char *transport_wrong(const struct transport_options *o, const char *url)
{
    if (transport_given(o->client_key_file) && !transport_given(o->client_cert_file))
        return "client_key_file wants the client_cert_file that it belongs to";
    if (transport_given(o->client_cert_file) && strncasecmp(url, "https://", 8) != 0)
        return "client_cert_file is shown over https:// only";
    if (transport_given(o->proxy_auth_file) && !transport_given(o->proxy))
        return "proxy_auth_file wants a proxy";
    if (!transport_given(o->proxy))
        return NULL;
    if (!host_of(o->proxy) || !*host_of(o->proxy) || transport_has_control(o->proxy))
        return "proxy must begin with http:// or https:// and name a host";
    return transport_has_user(o->proxy)
               ? "proxy holds a user: proxy_auth_file is the place for it"
               : NULL;
}

/* ---- opening ----------------------------------------------------------------------------- */

int transport_secret(const struct jh_host *host, struct jh_ctx *ctx, const char *file,
                     char *buf, size_t size, struct jh_err *err)
{
    int rc = transport_given(file) ? host->secret(ctx, file, buf, size, err) : 0;
    return rc < 0 ? rc : 0;
}

/* libcurl reads it, and asks nobody who else may. */
static int check_key_file(const char *file, struct jh_err *err)
{
    struct stat st;
    if (!transport_given(file))
        return 0;
    if (stat(file, &st))
        return transport_fail(err, errno == ENOENT ? JH_ENOENT : JH_EIO, file,
                              strerror(errno));
    if (st.st_mode & (S_IROTH | S_IWOTH))
        return transport_fail(
            err, JH_EREFUSED, file,
            "holds a key but everybody may read or write it: chmod 600");
    return 0;
}

/* A host of before would go without what it does not know, and not say so. */
static int check_host(const struct transport_options *o, const struct jh_host *host,
                      struct jh_err *err)
{
    size_t reach = offsetof(struct jh_host, request_size) + sizeof host->request_size;
    if (!transport_given(o->client_cert_file) && !transport_given(o->proxy))
        return 0;
    if (host->size >= reach && host->request_size >= sizeof(struct jh_http_request))
        return 0;
    return transport_fail(err, JH_EVERSION, "",
                          "this junhengd knows neither proxies nor client certificates");
}

int transport_open(struct transport *transport, const struct jh_host *host,
                   struct jh_ctx *ctx, const struct transport_options *o,
                   struct jh_err *err)
{
    const char *key =
        transport_given(o->client_key_file) ? o->client_key_file : o->client_cert_file;
    *transport = (struct transport){.options = o};
    int rc = check_host(o, host, err);
    if (!rc)
        rc = transport_secret(host, ctx, o->proxy_auth_file, transport->proxy_auth,
                              sizeof transport->proxy_auth, err);
    if (!rc && transport->proxy_auth[0] && !strchr(transport->proxy_auth, ':'))
        rc = transport_fail(err, JH_EINVAL, o->proxy_auth_file,
                            "must hold one line of the form user:password");
    return rc ? rc : check_key_file(key, err);
}

void transport_close(struct transport *transport)
{
    explicit_bzero(transport->proxy_auth, sizeof transport->proxy_auth);
}

/* ---- asking and the answer ---------------------------------------------------------------- */

void transport_fill(const struct transport *transport, struct jh_http_request *request)
{
    const struct transport_options *o = transport->options;
    request->connect_timeout_ms = o->connect_timeout;
    request->ca_file = o->ca_file;
    request->accept_compressed = o->accept_compressed;
    request->client_cert_file = o->client_cert_file;
    request->client_key_file = o->client_key_file;
    request->proxy = transport_given(o->proxy) ? o->proxy : NULL;
    request->proxy_auth = transport->proxy_auth[0] ? transport->proxy_auth : NULL;
}

int transport_code(int status)
{
    bool passes = status >= 500 || status == 408 || status == 425 || status == 429;
    return passes ? JH_EIO : JH_EREFUSED;
}

void transport_retry(struct jh_fetch *fetch, const struct jh_http_response *response)
{
    bool knows =
        fetch->size >= offsetof(struct jh_fetch, retry_after_ms) + sizeof(int64_t);
    if (knows && transport_code(response->status) == JH_EIO &&
        response->retry_after_ms > 0)
        fetch->retry_after_ms = response->retry_after_ms;
}

const char *transport_not_started(int code)
{
    return code == JH_EBUSY    ? "too many transfers wait already"
           : code == JH_ELIMIT ? "the request is too long"
                               : "the transfer could not be started";
}

void transport_place(const char *url, char *ret, size_t size)
{
    snprintf(ret, size, "%.*s", (int)strcspn(url, "?#"), url);
}
