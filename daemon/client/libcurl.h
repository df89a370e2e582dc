/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libcurl, loaded by the first call that needs it: with the thirty libraries behind it, it takes
 * longer to load than a county takes to be judged, and most commands of junhengctl work on files
 * alone. Once loaded it stays. Any thread.
 */
#pragma once

#include <curl/curl.h>

#include "base/err.h"

/* Its functions, by their names behind curl_. */
struct libcurl {
    CURL *(*easy_init)(void);
    CURLcode (*easy_setopt)(CURL *curl, CURLoption option, ...);
    CURLcode (*easy_perform)(CURL *curl);
    CURLcode (*easy_getinfo)(CURL *curl, CURLINFO info, ...);
    const char *(*easy_strerror)(CURLcode code);
    void (*easy_cleanup)(CURL *curl);
    struct curl_slist *(*slist_append)(struct curl_slist *list, const char *text);
    void (*slist_free_all)(struct curl_slist *list);
};

/* JH_EIO where it is not installed. */
int libcurl_load(struct libcurl *ret, struct jh_err *err);
