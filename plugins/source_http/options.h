/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What junheng.yaml may say of a source of plugin http: the struct that the host fills by
 * options_table, and what is wrong with it as a whole. The host owns the texts; they live as
 * long as the instance. Any thread.
 */
#pragma once

#include <junheng/plugin.h>

#include "transport.h"

enum { OPTIONS_HEADERS = 32, OPTIONS_LINE = 4096, OPTIONS_BODY = 1 << 20 };

enum options_method { OPTIONS_GET, OPTIONS_POST };
enum options_auth { OPTIONS_NO_AUTH, OPTIONS_BASIC, OPTIONS_BEARER, OPTIONS_HMAC };
enum options_date { OPTIONS_DATE_HTTP, OPTIONS_DATE_UNIX };
enum options_encoding { OPTIONS_HEX, OPTIONS_BASE64 };
enum options_hash { OPTIONS_SHA256, OPTIONS_SHA512 };

enum options_paging {
    OPTIONS_PAGING_NONE,
    OPTIONS_PAGING_LINK,
    OPTIONS_PAGING_NEXT,
    OPTIONS_PAGING_PAGE,
    OPTIONS_PAGING_CURSOR
};
enum options_page_body { OPTIONS_PAGE_CSV, OPTIONS_PAGE_JSON };

struct options {
    char *url, *body, *body_file, *content_type, *header_file;
    int method, auth;
    struct jh_list headers;
    char *user, *password_file, *token_file;
    char *hmac_key_file, *hmac_header, *hmac_date_header, *hmac_body_header;
    char *hmac_id, *hmac_id_header;
    int hmac_hash, hmac_date, hmac_encoding;
    struct transport_options way;
    int64_t max_redirects;
    int paging, page_body;
    char *page_rows, *page_next, *page_total, *page_param, *page_size_param;
    int64_t page_start, page_size, max_pages;
};

extern const struct jh_option options_table[];

/* As jh_plugin.check. */
int options_check(const void *conf, struct jh_err *err);
/* "name: value" without control characters, of less than OPTIONS_LINE bytes? */
bool options_is_header(const char *line);
