/* SPDX-License-Identifier: Apache-2.0 */
#include "pages.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

enum { FIRST_ROOM = 64 * 1024, CURSOR_TEXT = 2048, NUMBER_TEXT = 24 };

static bool is_json(const struct pages *p)
{
    return p->options->page_body == OPTIONS_PAGE_JSON;
}

static int refuse(struct jh_err *err, const char *text)
{
    return transport_fail(err, JH_EREFUSED, "", text);
}

/* ---- what was there already -------------------------------------------------------------- */

static uint64_t hash(const char *text, size_t n, uint64_t h)
{
    for (size_t i = 0; i < n; i++)
        h = (h ^ (unsigned char)text[i]) * 0x100000001B3ull;
    return h ^ h >> 29;
}

/* JH_EEXIST: seen before. */
static int remember(struct pages *p, uint64_t what)
{
    for (size_t i = 0; i < p->n_seen; i++)
        if (p->seen[i] == what)
            return JH_EEXIST;
    if (p->n_seen % 64 == 0) {
        uint64_t *more = realloc(p->seen, (p->n_seen + 64) * sizeof *more);
        if (!more)
            return JH_ENOMEM;
        p->seen = more;
    }
    p->seen[p->n_seen++] = what;
    return 0;
}

static int remember_address(struct pages *p)
{
    return remember(p, hash(p->next, strlen(p->next), 0xCBF29CE484222325ull));
}

/* ---- the joined body --------------------------------------------------------------------- */

static int append(struct pages *p, const char *text, size_t n, struct jh_err *err)
{
    if (n > (size_t)p->max_bytes - p->len)
        return transport_fail(err, JH_ELIMIT, "",
                              "all pages together are larger than max_bytes");
    if (p->len + n > p->room) {
        size_t room = p->room ? p->room : FIRST_ROOM;
        while (room < p->len + n)
            room *= 2;
        char *more = realloc(p->body, room);
        if (!more)
            return transport_fail(err, JH_ENOMEM, "", "out of memory");
        p->body = more;
        p->room = room;
    }
    if (n)
        memcpy(p->body + p->len, text, n);
    p->len += n;
    return 0;
}

static int append_text(struct pages *p, const char *text, struct jh_err *err)
{
    return append(p, text, strlen(text), err);
}

/* Opens or closes the objects around the list, so that it stands where it stood. */
static int append_frame(struct pages *p, bool opening, struct jh_err *err)
{
    const char *path = p->options->page_rows ? p->options->page_rows : "";
    int rc = opening ? 0 : append_text(p, "]", err);
    for (size_t len; !rc && *path; path += len + (path[len] == '.')) {
        char name[OPTIONS_LINE];
        len = strcspn(path, ".");
        snprintf(name, sizeof name, "{\"%.*s\":", (int)len, path);
        rc = append_text(p, opening ? name : "}", err);
    }
    return rc || !opening ? rc : append_text(p, "[", err);
}

/* ---- rows -------------------------------------------------------------------------------- */

static int rows_twice(struct pages *p, struct jh_slice rows, struct jh_err *err)
{
    int rc = remember(p, hash(rows.p, rows.len, 0x84222325CBF29CE4ull));
    if (rc == JH_EEXIST)
        return refuse(err, "has the same rows as a page before: does the portal know "
                           "what it was asked for?");
    return rc ? transport_fail(err, rc, "", "out of memory") : 0;
}

static int add_json(struct pages *p, struct jh_slice body, struct jh_err *err,
                    int64_t *ret_n)
{
    struct jh_slice list, rows;
    const char *path = p->options->page_rows ? p->options->page_rows : "";
    if (!json_whole(body))
        return transport_fail(err, JH_EINVAL, "", "is not one whole JSON text");
    if (!json_find(body, path, &list) || !json_items(list, &rows, ret_n))
        return transport_fail(err, JH_EINVAL, "", "has no list where page_rows says");
    int rc = p->n ? 0 : append_frame(p, true, err);
    if (rc || !*ret_n)
        return rc;
    rc = rows_twice(p, rows, err);
    if (!rc && p->rows)
        rc = append(p, ",", 1, err);
    return rc ? rc : append(p, rows.p, rows.len, err);
}

/* To the end of the first record; a quoted cell may hold line ends. */
static size_t record(const char *text, size_t n)
{
    bool quoted = false;
    for (size_t i = 0; i < n; i++) {
        quoted ^= text[i] == '"';
        if (text[i] == '\n' && !quoted)
            return i + 1;
    }
    return n;
}

static size_t without_end(const char *text, size_t n)
{
    while (n && strchr("\r\n", text[n - 1]) && text[n - 1])
        n--;
    return n;
}

static bool is_blank(struct jh_slice text)
{
    return without_end(text.p, text.len) == 0;
}

static int keep_header(struct pages *p, struct jh_slice line, struct jh_err *err)
{
    p->header = malloc(line.len + 1);
    if (!p->header)
        return transport_fail(err, JH_ENOMEM, "", "out of memory");
    if (line.len)
        memcpy(p->header, line.p, line.len);
    p->header_len = line.len;
    return 0;
}

/* The rows of a page end with a line end, so that the next page's begin a line. */
static int add_csv(struct pages *p, struct jh_slice body, struct jh_err *err,
                   int64_t *ret_n)
{
    size_t mark = body.len >= 3 && !memcmp(body.p, "\xEF\xBB\xBF", 3) ? 3 : 0;
    size_t head = mark + record(body.p + mark, body.len - mark);
    struct jh_slice line = {body.p + mark, without_end(body.p + mark, head - mark)};
    struct jh_slice rows = {body.p + head, body.len - head};
    *ret_n = is_blank(rows) ? 0 : 1;
    int rc = 0;
    if (!p->n) {
        rc = keep_header(p, line, err);
        rc = rc ? rc : append(p, body.p, head, err);
    } else if (body.len &&
               (line.len != p->header_len || memcmp(line.p, p->header, line.len) != 0)) {
        rc = refuse(err, "has another header than the first page");
    }
    if (rc || !*ret_n)
        return rc;
    rc = rows_twice(p, rows, err);
    if (!rc && p->len && p->body[p->len - 1] != '\n')
        rc = append(p, "\n", 1, err);
    return rc ? rc : append(p, rows.p, rows.len, err);
}

/* ---- what comes next --------------------------------------------------------------------- */

static int number_url(struct pages *p, int64_t which)
{
    const struct options *o = p->options;
    char number[NUMBER_TEXT], size[NUMBER_TEXT], url[LINK_URL];
    snprintf(number, sizeof number, "%" PRId64, o->page_start + which);
    snprintf(size, sizeof size, "%" PRId64, o->page_size);
    if (!o->page_size_param || !*o->page_size_param)
        return link_with(o->url, o->page_param, number, p->next);
    return link_with(o->url, o->page_size_param, size, url) ||
                   link_with(url, o->page_param, number, p->next)
               ? JH_ELIMIT
               : 0;
}

/* The text that page_next leads to; "" where there is none, or null. */
static int find_next(const struct pages *p, struct jh_slice body, char *ret, size_t size,
                     struct jh_err *err)
{
    struct jh_slice value;
    ret[0] = '\0';
    if (!json_find(body, p->options->page_next, &value))
        return 0;
    if (value.len == 5 && !memcmp(value.p, "false", 5))
        return 0;
    if (!json_text(value, ret, size))
        return transport_fail(err, JH_EINVAL, "", "has no text where page_next says");
    return 0;
}

static int next_link(struct pages *p, const struct pages_page *page, struct jh_err *err)
{
    char link[LINK_URL];
    int rc = 0;
    if (p->options->paging == OPTIONS_PAGING_LINK)
        link_next(page->links, link);
    else
        rc = find_next(p, page->body, link, sizeof link, err);
    if (rc || !*link)
        return rc;
    return link_resolve(p->options->url, page->url, link, p->next, err);
}

static int next_cursor(struct pages *p, const struct pages_page *page, struct jh_err *err)
{
    char cursor[CURSOR_TEXT];
    int rc = find_next(p, page->body, cursor, sizeof cursor, err);
    if (rc || !*cursor)
        return rc;
    rc = link_with(p->options->url, p->options->page_param, cursor, p->next);
    return rc ? transport_fail(err, rc, "", "the cursor is too long") : 0;
}

static int next_number(struct pages *p, int64_t rows, struct jh_err *err)
{
    if (!rows || (p->total >= 0 && p->rows >= p->total))
        return 0;
    int rc = number_url(p, p->n + 1);
    return rc ? transport_fail(err, rc, "", "url is too long") : 0;
}

/* Asking for what was asked for before never ends. */
static int check_next(struct pages *p, struct jh_err *err)
{
    char text[128];
    if (!*p->next)
        return 0;
    snprintf(text, sizeof text, "is not the last one, and max_pages is %" PRId64,
             p->options->max_pages);
    if (p->n + 1 >= p->options->max_pages)
        return transport_fail(err, JH_ELIMIT, "", text);
    int rc = remember_address(p);
    if (rc == JH_EEXIST)
        return refuse(err,
                      "leads to a page that was read already: the pages go in a circle");
    return rc ? transport_fail(err, rc, "", "out of memory") : 0;
}

static int find_following(struct pages *p, const struct pages_page *page, int64_t rows,
                          struct jh_err *err)
{
    int rc = 0;
    p->next[0] = '\0';
    switch ((enum options_paging)p->options->paging) {
    case OPTIONS_PAGING_LINK:
    case OPTIONS_PAGING_NEXT:
        rc = next_link(p, page, err);
        break;
    case OPTIONS_PAGING_CURSOR:
        rc = next_cursor(p, page, err);
        break;
    case OPTIONS_PAGING_PAGE:
        rc = next_number(p, rows, err);
        break;
    default:
        break;
    }
    return rc ? rc : check_next(p, err);
}

/* ---- a page ------------------------------------------------------------------------------ */

/* Every page must say the same, or the data changed while they were read. */
static int read_total(struct pages *p, struct jh_slice body, struct jh_err *err)
{
    char text[NUMBER_TEXT], *end = text;
    struct jh_slice value;
    const char *path = p->options->page_total;
    if (!path || !*path)
        return 0;
    bool found = json_find(body, path, &value) && json_text(value, text, sizeof text);
    int64_t total = found ? strtoll(text, &end, 10) : -1;
    if (!found || end == text || *end || total < 0)
        return transport_fail(err, JH_EINVAL, "", "has no number where page_total says");
    if (p->n && total != p->total)
        return transport_fail(
            err, JH_EBUSY, "",
            "says another total than the first page: it changed meanwhile");
    p->total = total;
    return 0;
}

static int finish(struct pages *p, struct jh_err *err)
{
    char text[160];
    snprintf(text, sizeof text,
             "is the last one: %" PRId64 " rows came, page_total said %" PRId64, p->rows,
             p->total);
    if (p->total >= 0 && p->rows != p->total)
        return refuse(err, text);
    return is_json(p) ? append_frame(p, false, err) : 0;
}

int pages_add(struct pages *p, const struct pages_page *page, struct jh_err *err)
{
    int64_t rows = 0;
    int rc = is_json(p) ? add_json(p, page->body, err, &rows)
                        : add_csv(p, page->body, err, &rows);
    if (!rc && is_json(p))
        rc = read_total(p, page->body, err);
    if (rc)
        return rc;
    p->rows += rows;
    rc = find_following(p, page, rows, err);
    if (!rc && !*p->next)
        rc = finish(p, err);
    p->n += !rc;
    return rc;
}

int pages_init(struct pages *pages, const struct options *options, int64_t max_bytes)
{
    *pages = (struct pages){.options = options, .max_bytes = max_bytes, .total = -1};
    int rc = 0;
    if (options->paging == OPTIONS_PAGING_PAGE)
        rc = number_url(pages, 0);
    else if (snprintf(pages->next, LINK_URL, "%s", options->url) >= LINK_URL)
        rc = JH_ELIMIT;
    return rc ? rc : remember_address(pages);
}

void pages_done(struct pages *pages)
{
    free(pages->body);
    free(pages->header);
    free(pages->seen);
    *pages = (struct pages){0};
}
