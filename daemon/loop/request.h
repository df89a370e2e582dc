/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One HTTP request as libcurl wants it: the copied request with its limits filled in, what is
 * wrong with it, and the easy handle set up. No loop in here, so that what is sent can be read
 * in one place. Used by transfer.c only. Loop thread.
 */
#pragma once

#include <curl/curl.h>

#include "base/buf.h"
#include "base/err.h"

enum { REQUEST_MAX_HEADER_BYTES = 128 * 1024 };

struct request {
    struct jh_http_request
        http; /* whole, defaults filled in; points into the copies below */
    char *method, *url, *ca_file, *body;
    char *client_cert_file, *client_key_file, *proxy, *proxy_auth; /* NULL: none */
    struct curl_slist *headers;
    struct jh_err wrong; /* code 0: nothing is */
};

/* Copies; what is wrong with it goes to ret->wrong. JH_ENOMEM. */
int request_copy(struct request *ret, const struct jh_http_request *from);
void request_done(struct request *request);
/* Everything but the callbacks for bodies, headers and errors. JH_ENOMEM, JH_EINVAL. */
int request_setup(const struct request *request, CURL *easy);
