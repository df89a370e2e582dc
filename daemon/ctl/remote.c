/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/remote.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "client/client.h"
#include "conf/yaml.h"
#include "ctl/command.h"
#include "render/json.h"

enum { ANSWER_BYTES = 256 << 20, TABLE_BYTES = 64 << 20, TIMEOUT_MS = 600000 };

int remote_options(struct remote *r, int argc, char **argv)
{
    const char *format = NULL;
    const struct {
        const char *name;
        const char **value;
    } known[] = {{"--socket", &r->socket}, {"-c", &r->config}, {"--config", &r->config},
                 {"--format", &format},    {"--by", &r->by},   {"--reason", &r->reason}};
    int kept = 1;
    for (int i = 1; i < argc; i++) {
        const char **value = NULL;
        for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
            size_t len = strlen(known[k].name);
            if (strncmp(argv[i], known[k].name, len) != 0)
                continue;
            if (argv[i][len] == '=' && len > 2) {
                *known[k].value = argv[i] + len + 1;
                value = known[k].value;
            } else if (!argv[i][len] && i + 1 < argc) {
                *known[k].value = argv[++i];
                value = known[k].value;
            } else if (!argv[i][len]) {
                fprintf(stderr, "%s: %s needs a value\n", COMMAND_PROGRAM, argv[i]);
                return -1;
            }
        }
        if (!value)
            argv[kept++] = argv[i];
    }
    argv[kept] = NULL;
    if (format && strcmp(format, "json") != 0 && strcmp(format, "text") != 0) {
        fprintf(stderr, "%s: --format: expected json or text, got \"%s\"\n",
                COMMAND_PROGRAM, format);
        return -1;
    }
    r->json = format && strcmp(format, "json") == 0;
    return kept;
}

const char *remote_take(int *argc, char **argv, const char *name)
{
    for (int i = 1; i + 1 < *argc; i++) {
        if (strcmp(argv[i], name) != 0)
            continue;
        const char *value = argv[i + 1];
        memmove(&argv[i], &argv[i + 2], (size_t)(*argc - i - 1) * sizeof *argv);
        *argc -= 2;
        return value;
    }
    return NULL;
}

/* Only the one key is wanted: a configuration with errors elsewhere still tells its socket. */
static int socket_of_config(struct remote *r)
{
    struct errs errs;
    errs_init(&errs, 20);
    struct arena *arena = arena_new(64 << 20);
    const struct yaml_node *root = arena ? yaml_load(r->config, arena, &errs) : NULL;
    const struct yaml_node *node = root ? yaml_get(root, "control_socket") : NULL;
    int rc = root ? 0 : -1;
    if (node && node->text && *node->text == '/') {
        snprintf(r->found, sizeof r->found, "%s", node->text);
    } else if (node && node->text) {
        const char *slash = strrchr(r->config, '/');
        snprintf(r->found, sizeof r->found, "%.*s%s",
                 slash ? (int)(slash - r->config + 1) : 0, r->config, node->text);
    }
    errs_print(stderr, COMMAND_PROGRAM, &errs);
    errs_done(&errs);
    arena_free(arena);
    return rc;
}

static int find_socket(struct remote *r)
{
    const char *env = getenv("JUNHENG_SOCKET");
    if (*r->found)
        return 0;
    if (r->socket)
        snprintf(r->found, sizeof r->found, "%s", r->socket);
    else if (r->config && socket_of_config(r))
        return COMMAND_FAILED;
    else if (!*r->found && env && *env)
        snprintf(r->found, sizeof r->found, "%s", env);
    if (!*r->found)
        snprintf(r->found, sizeof r->found, "%s", JH_RUN_DIR "/control.sock");
    return 0;
}

/* An item of a request that was read from a file is told with its place there. */
static void tell_item(const struct remote *r, const json_t *item)
{
    json_int_t index = json_integer_value(json_object_get(item, "index"));
    const char *key = remote_text(item, "key");
    const json_t *places = json_array_get(r->items_places, (size_t)index);
    const json_t *place = json_object_get(places, key);
    struct jh_err err;
    if (!place)
        place = json_object_get(places, "");
    err_at(&err, JH_EINVAL, r->items_file,
           (unsigned)json_integer_value(json_array_get(place, 0)),
           (unsigned)json_integer_value(json_array_get(place, 1)), "%s: %s", key,
           remote_text(item, "message"));
    err_print(stderr, COMMAND_PROGRAM, &err);
}

/* {"error":{"code","message","errors"?,"items"?}} to stderr. */
static void tell_error(const struct remote *r, const json_t *answer, int status)
{
    const json_t *items = json_object_get(json_object_get(answer, "error"), "items");
    const json_t *error = json_object_get(answer, "error");
    const char *message = json_string_value(json_object_get(error, "message"));
    const json_t *all = json_object_get(error, "errors"), *item;
    size_t i;
    json_array_foreach(all, i, item)
        fprintf(stderr, "%s: %s\n", COMMAND_PROGRAM, json_string_value(item));
    json_array_foreach(items, i, item) tell_item(r, item);
    if (message && !json_array_size(items))
        fprintf(stderr, "%s: %s\n", COMMAND_PROGRAM, message);
    else if (!message)
        fprintf(stderr, "%s: the daemon answered with status %d\n", COMMAND_PROGRAM,
                status);
}

static int ask(struct remote *r, const char *method, const char *path, const json_t *body,
               json_t **ret)
{
    struct client_reply reply = {0};
    struct jh_err err = {0};
    json_t *answer;
    char *text = body ? json_text(body, ANSWER_BYTES) : NULL;
    int rc = find_socket(r);
    if (rc)
        goto out;
    if (client_call(r->found, method, path, text, text ? strlen(text) : 0, TIMEOUT_MS,
                    &reply, &err)) {
        rc = command_fail(COMMAND_UNREACHABLE, &err);
        goto out;
    }
    answer = json_loadb(reply.body, reply.len, 0, NULL);
    if (reply.status >= 200 && reply.status < 300 && json_object_get(answer, "data")) {
        *ret = json_incref(json_object_get(answer, "data"));
    } else {
        tell_error(r, answer, reply.status);
        rc = COMMAND_FAILED;
    }
    json_decref(answer);
    client_reply_done(&reply);
out:
    free(text);
    return rc;
}

int remote_get(struct remote *r, const char *path, json_t **ret)
{
    return ask(r, "GET", path, NULL, ret);
}

int remote_post(struct remote *r, const char *path, const json_t *body, json_t **ret)
{
    return ask(r, "POST", path, body, ret);
}

void remote_print(const json_t *value)
{
    json_t *object = json_pack("{s:O}", "data", value);
    char *text = object ? json_text(object, ANSWER_BYTES) : NULL;
    if (text)
        puts(text);
    free(text);
    json_decref(object);
}

int remote_show(const struct remote *r, json_t *data, void (*print)(const json_t *data))
{
    if (r->json)
        remote_print(data);
    else
        print(data);
    json_decref(data);
    return COMMAND_OK;
}

void remote_print_table(struct table *t)
{
    struct buf out;
    buf_init(&out, TABLE_BYTES);
    table_print(t, 0, &out);
    fputs(buf_text(&out), stdout);
    buf_done(&out);
    table_free(t);
}

const char *remote_text(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

const char *remote_number(const json_t *object, const char *key, char *buf, size_t size)
{
    const json_t *value = json_object_get(object, key);
    char text[NUM_TEXT] = "-";
    if (json_is_number(value))
        num_fixed(json_number_value(value), json_is_integer(value) ? 0 : 3, text);
    snprintf(buf, size, "%s", text);
    return buf;
}
