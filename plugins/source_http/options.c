/* SPDX-License-Identifier: Apache-2.0 */
#include "options.h"

#include <string.h>
#include <strings.h>

#include "link.h"

/* ---- the check --------------------------------------------------------------------------- */

bool options_is_header(const char *line)
{
    size_t name = strcspn(line, ": \t");
    return name > 0 && line[name] == ':' && !transport_has_control(line) &&
           strlen(line) < OPTIONS_LINE;
}

/* What a header may be called; "" where the header is not wanted. */
static bool is_name(const char *name)
{
    static const char LETTERS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                  "0123456789-_";
    return !name || (strspn(name, LETTERS) == strlen(name) && strlen(name) < 128);
}

static const char *wrong_url(const struct options *o)
{
    return transport_wrong_url(o->url);
}

static const char *wrong_request(const struct options *o)
{
    bool body = o->body || transport_given(o->body_file);
    for (size_t i = 0; i < o->headers.n; i++)
        if (!options_is_header(o->headers.items[i]))
            return "headers: each must be of the form \"name: value\"";
    if (body && o->method != OPTIONS_POST)
        return "a body is sent with method: POST only";
    if (o->body && transport_given(o->body_file))
        return "body and body_file: one of them is enough";
    if (o->body && strlen(o->body) > OPTIONS_BODY)
        return "body is larger than 1 MiB";
    if (o->content_type &&
        (transport_has_control(o->content_type) || strlen(o->content_type) > 256))
        return "content_type holds a control character, or is too long";
    return NULL;
}

/* What is given for another kind of auth was meant for something. */
static const char *wrong_auth(const struct options *o)
{
    if ((o->auth == OPTIONS_BASIC) !=
        (transport_given(o->user) || transport_given(o->password_file)))
        return "user and password_file are of auth: basic, which wants both";
    if (o->auth == OPTIONS_BASIC &&
        (!transport_given(o->user) || !transport_given(o->password_file)))
        return "auth: basic wants user and password_file";
    if (o->auth == OPTIONS_BASIC &&
        (strchr(o->user, ':') || transport_has_control(o->user)))
        return "user holds a colon or a control character";
    if ((o->auth == OPTIONS_BEARER) != transport_given(o->token_file))
        return "token_file is of auth: bearer, which wants it";
    if ((o->auth == OPTIONS_HMAC) != transport_given(o->hmac_key_file))
        return "hmac_key_file is of auth: hmac, which wants it";
    if (o->auth != OPTIONS_NO_AUTH && transport_has_user(o->url))
        return "url holds a user, and auth says another: leave one out";
    return NULL;
}

static const char *wrong_hmac(const struct options *o)
{
    if (o->auth != OPTIONS_HMAC)
        return NULL;
    if (!is_name(o->hmac_header) || !is_name(o->hmac_date_header) ||
        !is_name(o->hmac_id_header) || !is_name(o->hmac_body_header))
        return "hmac_header and its like are names of headers, without colon and value";
    if (!transport_given(o->hmac_header) || !transport_given(o->hmac_date_header))
        return "hmac_header and hmac_date_header cannot be empty: both are checked";
    if (o->hmac_id && (transport_has_control(o->hmac_id) || strlen(o->hmac_id) > 512))
        return "hmac_id holds a control character, or is too long";
    return NULL;
}

static const char *wrong_way(const struct options *o)
{
    return transport_wrong(&o->way, o->url);
}

/* Names joined by points that stand in JSON as they are written here. */
static bool is_path(const char *path)
{
    return !path || (!transport_has_control(path) && !strpbrk(path, "\"\\ ") &&
                     strlen(path) < 256);
}

static const char *wrong_paging(const struct options *o)
{
    bool json = o->page_body == OPTIONS_PAGE_JSON,
         number = o->paging == OPTIONS_PAGING_PAGE;
    bool next = o->paging == OPTIONS_PAGING_NEXT || o->paging == OPTIONS_PAGING_CURSOR;
    if (o->paging == OPTIONS_PAGING_NONE)
        return NULL;
    if (o->method == OPTIONS_POST)
        return "paging is with method: GET only";
    if (next && (!json || !transport_given(o->page_next)))
        return "paging: next and cursor want page_body: json and page_next";
    if (!json && (transport_given(o->page_rows) || transport_given(o->page_total)))
        return "page_rows and page_total are of page_body: json";
    if (!is_path(o->page_rows) || !is_path(o->page_next) || !is_path(o->page_total))
        return "page_rows, page_next and page_total are names joined by points";
    if (!is_name(o->page_param) || !is_name(o->page_size_param) ||
        !transport_given(o->page_param))
        return "page_param and page_size_param are names of parameters";
    if (number && transport_given(o->page_size_param) != (o->page_size > 0))
        return "page_size_param and page_size belong together";
    if ((number || o->paging == OPTIONS_PAGING_CURSOR) && link_has(o->url, o->page_param))
        return "url holds the parameter page_param already";
    return NULL;
}

int options_check(const void *conf, struct jh_err *err)
{
    static const char *(*const CHECKS[])(const struct options *o) = {
        wrong_url, wrong_request, wrong_auth, wrong_hmac, wrong_way, wrong_paging};
    const struct options *o = conf;
    if (o->headers.n > OPTIONS_HEADERS)
        return transport_fail(err, JH_ELIMIT, "", "headers: more than 32");
    for (size_t i = 0; i < sizeof CHECKS / sizeof *CHECKS; i++) {
        const char *wrong = CHECKS[i](o);
        if (wrong)
            return transport_fail(err, JH_EINVAL, "", wrong);
    }
    return 0;
}

/* ---- the table --------------------------------------------------------------------------- */

static const char *const METHODS[] = {"GET", "POST", NULL};
static const char *const AUTHS[] = {"none", "basic", "bearer", "hmac", NULL};
static const char *const HASHES[] = {"sha256", "sha512", NULL};
static const char *const DATES[] = {"http", "unix", NULL};
static const char *const PAGINGS[] = {"none", "link", "next", "page", "cursor", NULL};
static const char *const PAGE_BODIES[] = {"csv", "json", NULL};
static const char *const ENCODINGS[] = {"hex", "base64", NULL};

/* clang-format off */
#define AT(field) offsetof(struct options, field)
#define TEXT(field, default_, words) \
    {.name = #field, .type = JH_STRING, .offset = AT(field), .def = (default_), .help = (words)}
#define WORD(field, default_, list, text) \
    {.name = #field, .type = JH_ENUM, .offset = AT(field), .def = (default_), .words = (list), .help = (text)}

const struct jh_option options_table[] = {
    {.name = "url", .type = JH_STRING, .offset = AT(url), .required = true,
     .help = "What to get, http:// or https://."},
    WORD(method, "GET", METHODS, "How to ask."),
    TEXT(body, NULL, "What to send with POST."),
    TEXT(body_file, NULL, "A file with what to send instead, read when the source is opened."),
    TEXT(content_type, "application/x-www-form-urlencoded", "Content-Type of what is sent."),
    {.name = "headers", .type = JH_LIST, .offset = AT(headers),
     .help = "Header lines to send, each \"name: value\"; a redirect takes them along."},
    TEXT(header_file, NULL, "File with one more header line, such as a key; not readable by all."),
    WORD(auth, "none", AUTHS, "How to say who asks; a client certificate may come on top."),
    TEXT(user, NULL, "User of auth: basic."),
    TEXT(password_file, NULL, "File with the password of auth: basic; not readable by all."),
    TEXT(token_file, NULL, "File with the token of auth: bearer; not readable by all."),
    TEXT(hmac_key_file, NULL, "File with the key of auth: hmac; not readable by all."),
    WORD(hmac_hash, "sha256", HASHES, "Hash of the signature."),
    TEXT(hmac_header, "X-Signature", "Header that carries the signature."),
    WORD(hmac_encoding, "hex", ENCODINGS, "How the signature is written."),
    TEXT(hmac_date_header, "Date", "Header that carries the date that is signed."),
    WORD(hmac_date, "http", DATES, "How the date is written: as in HTTP, or in seconds since 1970."),
    TEXT(hmac_id, NULL, "Name of the key, for the portal; absent: not sent."),
    TEXT(hmac_id_header, "X-Key-Id", "Header that carries hmac_id."),
    TEXT(hmac_body_header, NULL, "Header that carries the SHA-256 of the body in hex; absent: not sent."),
    TRANSPORT_OPTIONS(struct options, way),
    {.name = "max_redirects", .type = JH_INT, .offset = AT(max_redirects), .def = "3",
     .max = 20, .help = "How many redirects to follow; none with POST or auth: hmac."},
    WORD(paging, "none", PAGINGS, "How a portal that cuts its data up leads to the next page: by a Link header, "
         "by a URL or cursor in the JSON text, or by counting."),
    WORD(page_body, "csv", PAGE_BODIES, "What pages are, so that they can be joined."),
    TEXT(page_rows, NULL, "Names, joined by points, that lead to the rows of a JSON page; absent: it is a list."),
    TEXT(page_next, NULL, "Names that lead to the URL or cursor of the next page; absent there, null or empty at the end."),
    TEXT(page_total, NULL, "Names that lead to the number of all rows; as many must have come."),
    TEXT(page_param, "page", "Parameter of the URL for the page's number or the cursor."),
    {.name = "page_start", .type = JH_INT, .offset = AT(page_start), .def = "1", .max = 1, .help = "Number of the first page."},
    TEXT(page_size_param, NULL, "Parameter of the URL for page_size."),
    {.name = "page_size", .type = JH_INT, .offset = AT(page_size), .def = "0", .max = 1000000,
     .help = "Rows that a page is asked to have."},
    {.name = "max_pages", .type = JH_INT, .offset = AT(max_pages), .def = "1000", .min = 1, .max = 10000,
     .help = "More pages fail the poll; max_bytes is of all together."},
    {0}};
/* clang-format on */
