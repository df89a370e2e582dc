/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How sources reach a server: certificates, a proxy, time-outs. The rows for an option table,
 * what is wrong with them as a whole, the secrets they name, and the part of a request that they
 * decide. Texts of the options are the host's; a struct transport lives as long as the
 * instance and is wiped when it is closed. Loop thread; the checks are pure.
 */
#pragma once

#include <junheng/plugin.h>

enum { TRANSPORT_SECRET = 4096 };

struct transport_options {
    char *ca_file, *client_cert_file, *client_key_file;
    char *proxy, *proxy_auth_file;
    int64_t connect_timeout;
    bool accept_compressed;
};

/* Rows of the option table of a struct that has a struct transport_options in `member`. */
/* clang-format off */
#define TRANSPORT_AT(in, member, field) (offsetof(in, member) + offsetof(struct transport_options, field))
#define TRANSPORT_TEXT(in, member, field, words) \
    {.name = #field, .type = JH_STRING, .offset = TRANSPORT_AT(in, member, field), .help = (words)}
#define TRANSPORT_OPTIONS(in, member) \
    TRANSPORT_TEXT(in, member, ca_file, "Certificates to trust instead of the system's, in one PEM file."), \
    TRANSPORT_TEXT(in, member, client_cert_file, "Certificate to show to the portal, in PEM."), \
    TRANSPORT_TEXT(in, member, client_key_file, "Its key, in PEM, not readable by all; absent: in the same file."), \
    TRANSPORT_TEXT(in, member, proxy, "Proxy to go through, http:// or https://; that of the environment never counts."), \
    TRANSPORT_TEXT(in, member, proxy_auth_file, "File with user:password for the proxy; not readable by all."), \
    {.name = "connect_timeout", .type = JH_DURATION, .offset = TRANSPORT_AT(in, member, connect_timeout), \
     .def = "15s", .min = 1, .max = 3600 * 1000, .help = "How long to wait for a connection."}, \
    {.name = "accept_compressed", .type = JH_BOOL, .offset = TRANSPORT_AT(in, member, accept_compressed), \
     .def = "true", .help = "Ask for a gzip body; max_bytes counts what it becomes."}
/* clang-format on */

/* What is wrong, in words; NULL: nothing. */
const char *transport_wrong_url(const char *url);
const char *transport_wrong(const struct transport_options *options, const char *url);
bool transport_given(const char *text);
bool transport_has_control(const char *text);
bool transport_has_user(const char *url);
/* Fills err (if not NULL) and returns code. */
int transport_fail(struct jh_err *err, int code, const char *file, const char *text);

struct transport {
    const struct transport_options *options;
    char proxy_auth[TRANSPORT_SECRET]; /* "" = none */
};

/* What `file` holds; "" where none is named. */
int transport_secret(const struct jh_host *host, struct jh_ctx *ctx, const char *file,
                     char *buf, size_t size, struct jh_err *err);
int transport_open(struct transport *transport, const struct jh_host *host,
                   struct jh_ctx *ctx, const struct transport_options *options,
                   struct jh_err *err);
void transport_close(struct transport *transport);
void transport_fill(const struct transport *transport, struct jh_http_request *request);

/* 408, 425, 429 and 5xx pass by themselves; other statuses want somebody to look. */
int transport_code(int status);
/* Of a failure that passes: when to ask again. A host of before has no place for it. */
void transport_retry(struct jh_fetch *fetch, const struct jh_http_response *response);
/* Why a transfer could not be begun. */
const char *transport_not_started(int code);
/* What errors call the place: without the query, in which portals carry their keys. */
void transport_place(const char *url, char *ret, size_t size);
