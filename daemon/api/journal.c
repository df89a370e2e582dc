/* SPDX-License-Identifier: Apache-2.0 */
/* The journal, a page at a time: what follows on the last entry that the reader has. */
#include <string.h>

#include "api/parts.h"
#include "base/num.h"
#include "render/json_journal.h"
#include "store/journal.h"

enum { PAGE = 1000 };

static int number_of(const struct http_request *req, const char *name, int64_t *ret)
{
    const char *text = http_arg(req, name);
    return text ? num_parse_int(text, strlen(text), 0, INT64_MAX, ret) : 0;
}

static json_t *page_json(const struct store_entry *rows, size_t n)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(list,
                              json_journal(rows[i].seq, rows[i].at_ms, rows[i].kind,
                                           rows[i].body, rows[i].prev, rows[i].sha256));
    return list;
}

/* A reader that has all gets an empty page, and asks again with the same number. */
void api_journal(void *owner, const struct http_request *req, const char *const *args,
                 struct http_reply *reply)
{
    struct reading r;
    struct store_entry *rows;
    size_t n;
    int64_t after = 0;
    (void)args;
    if (number_of(req, "after", &after)) {
        http_error(reply, 400, "invalid", "after: expected the seq of an entry");
        return;
    }
    if (reading_init(&r, owner, reply))
        return;
    if (store_journal(r.store, after, INT64_MIN, http_arg(req, "county"), PAGE, r.arena,
                      &rows, &n, &r.err))
        reading_failed(&r, reply);
    else
        api_page(reply, page_json(rows, n), n ? rows[n - 1].seq : after);
    reading_done(&r);
}
