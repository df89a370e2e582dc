/* SPDX-License-Identifier: Apache-2.0 */
#include "render/json_journal.h"

#include "base/date.h"
#include "render/json_make.h"

json_t *json_journal(int64_t seq, int64_t at_ms, const char *kind, const char *body,
                     const char *prev, const char *sha256)
{
    char at[DATE_TEXT];
    json_t *object = json_object();
    date_stamp(at_ms, at);
    object = json_put(object, "seq", json_integer(seq));
    object = json_put(object, "at", json_string(at));
    object = json_put(object, "at_ms", json_integer(at_ms));
    object = json_put(object, "kind", json_words(kind));
    object = json_put(object, "body", json_loads(body, 0, NULL));
    object = json_put(object, "prev_sha256", json_words(prev));
    return json_put(object, "sha256", json_words(sha256));
}
