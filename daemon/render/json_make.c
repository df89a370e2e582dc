/* SPDX-License-Identifier: Apache-2.0 */
#include "render/json_make.h"

json_t *json_add(json_t *list, json_t *item)
{
    if (json_array_append_new(list, item) == 0)
        return list;
    json_decref(list);
    return NULL;
}

json_t *json_put(json_t *map, const char *key, json_t *value)
{
    if (json_object_set_new(map, key, value) == 0)
        return map;
    json_decref(map);
    return NULL;
}

json_t *json_words(const char *text)
{
    json_t *v = json_string(text ? text : "");
    return v ? v : json_string("");
}

json_t *json_maybe(const char *text)
{
    return text ? json_words(text) : json_null();
}

json_t *json_words_list(const char *const *texts, size_t n)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++)
        list = json_add(list, json_words(texts[i]));
    return list;
}
