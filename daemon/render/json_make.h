/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small helpers of render/ for building JSON. They pass failures on: a NULL anywhere (out of
 * memory) makes the whole value NULL, so that a shape is complete or not there at all.
 * References given are taken over, also on failure. Any thread.
 */
#pragma once

#include <jansson.h>

/* Appends and returns the list, or frees both and returns NULL. */
json_t *json_add(json_t *list, json_t *item);
/* Sets and returns the map, or frees both and returns NULL. */
json_t *json_put(json_t *map, const char *key, json_t *value);
/* A text; "" for NULL and for what is not UTF-8. */
json_t *json_words(const char *text);
/* A text, or null for NULL. */
json_t *json_maybe(const char *text);
json_t *json_words_list(const char *const *texts, size_t n);
