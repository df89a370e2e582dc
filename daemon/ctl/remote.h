/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Talking to a running daemon over its control socket: finding the socket, asking, and the
 * common options of all commands that do. One thread.
 */
#pragma once

#include <jansson.h>

#include "base/buf.h"
#include "base/err.h"
#include "render/table.h"

/* What --socket, -c, --format, --by and --reason said. */
struct remote {
    const char *socket, *config, *by, *reason;
    bool json;
    char found[256]; /* the socket, once known */
    /*
     * Where the items of a request stand, when they were read from a file: a list of objects
     * that give [line, column] by key, and of the whole item under "". NULL: nowhere.
     */
    const char *items_file;
    const json_t *items_places;
};

/*
 * Takes its options out of argv (any order), leaving argv[0] and what is not an option of
 * remote's; returns the new argc, or -1 when one is wrong (told to stderr).
 */
int remote_options(struct remote *r, int argc, char **argv);
/* Takes "NAME VALUE" out of argv; NULL when it is not there. */
const char *remote_take(int *argc, char **argv, const char *name);
/* Asks; *ret is the `data` of the answer. Errors are told to stderr: an exit status of command.h. */
int remote_get(struct remote *r, const char *path, json_t **ret);
int remote_post(struct remote *r, const char *path, const json_t *body, json_t **ret);
/* Shows an answer: as JSON where --format asks for that, else by `print`. Lets go of it. */
int remote_show(const struct remote *r, json_t *data, void (*print)(const json_t *data));
/* Prints a value as JSON, as --format json asks. */
void remote_print(const json_t *value);
/* Prints a table and frees it. */
void remote_print_table(struct table *t);

/* Values of JSON objects for tables; "" or "-" when null. */
const char *remote_text(const json_t *object, const char *key);
const char *remote_number(const json_t *object, const char *key, char *buf, size_t size);
