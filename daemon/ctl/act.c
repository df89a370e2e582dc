/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/act.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "client/client.h"
#include "conf/option.h"
#include "ctl/command.h"
#include "ctl/remote.h"
#include "plugin/loader.h"

/* Keys of a certification, as options and as columns of an import. */
static const char *const KEYS[] = {"county", "standard", "date",
                                   "cohort", "document", "baseline"};
enum {
    N_KEYS = 6,
    K_COUNTY = 0,
    K_STANDARD = 1,
    IMPORT_BYTES = 64 << 20,
    CONF_BYTES = 1 << 20
};

/* The person at the keyboard, when --by does not say. */
static const char *who(const struct remote *r)
{
    const char *sudo = getenv("SUDO_USER");
    if (r->by)
        return r->by;
    if (sudo && *sudo)
        return sudo;
    const struct passwd *user = getpwuid(getuid());
    return user ? user->pw_name : "unknown";
}

/* Adds a key when it has a value; a cohort travels as a number. */
static int set_key(json_t *item, const char *key, const char *value)
{
    char *end;
    if (!value || !*value)
        return 0;
    if (strcmp(key, "cohort") != 0)
        return json_object_set_new(item, key, json_string(value));
    long year = strtol(value, &end, 10);
    return json_object_set_new(item, key, *end ? json_string(value) : json_integer(year));
}

static json_t *request(const struct remote *r, json_t *list)
{
    return json_pack("{s:o s:s s:s}", "certifications", list, "by", who(r), "reason",
                     r->reason ? r->reason : "");
}

/* ---- import ------------------------------------------------------------------------------------ */

struct import {
    const char *file;
    const char *const *given; /* options: they fill columns that the file has not */
    int column[N_KEYS];       /* of each key, -1 = none */
    bool headed;
    json_t *list, *places; /* what is asked for, and where it stands */
    struct jh_err *err;
};

static bool cell_is(const struct jh_cell *cell, const char *text)
{
    return cell->len == strlen(text) && memcmp(cell->p, text, cell->len) == 0;
}

static int import_header(struct import *in, const struct jh_row *row)
{
    for (int k = 0; k < N_KEYS; k++)
        in->column[k] = -1;
    for (uint32_t i = 0; i < row->n; i++) {
        int k = 0;
        bool code = cell_is(&row->cells[i], "county_code"); /* as in school data */
        while (k < N_KEYS && !cell_is(&row->cells[i], KEYS[k]) &&
               !(code && k == K_COUNTY))
            k++;
        if (k == N_KEYS)
            return err_at(
                in->err, JH_EINVAL, in->file, row->line, jh_cell_col(row, &row->cells[i]),
                "unknown column \"%.*s\": expected county, standard, date, cohort, "
                "document, baseline",
                (int)row->cells[i].len, row->cells[i].p);
        in->column[k] = (int)i;
    }
    for (int k = 0; k < 3; k++)
        if (in->column[k] < 0 && !in->given[k])
            return err_at(in->err, JH_EINVAL, in->file, row->line, 0,
                          "no column \"%s\"%s%s", KEYS[k], k ? " and no --" : "",
                          k ? KEYS[k] : "");
    in->headed = true;
    return 0;
}

static void put_place(json_t *places, const char *key, unsigned line, unsigned col)
{
    json_object_set_new(places, key,
                        json_pack("[I,I]", (json_int_t)line, (json_int_t)col));
}

static int import_row(void *arg, const struct jh_row *row)
{
    struct import *in = arg;
    if (!in->headed)
        return import_header(in, row);
    json_t *item = json_object(), *places = json_object();
    put_place(places, "", row->line, 1);
    for (int k = 0; k < N_KEYS; k++) {
        const struct jh_cell *cell =
            in->column[k] >= 0 && (uint32_t)in->column[k] < row->n
                ? &row->cells[in->column[k]]
                : NULL;
        char text[1024] = "";
        if (cell && cell->len < sizeof text)
            memcpy(text, cell->p, cell->len);
        if (cell)
            put_place(places, KEYS[k], cell->line, jh_cell_col(row, cell));
        set_key(item, KEYS[k], *text ? text : in->given[k]);
    }
    if (json_array_append_new(in->list, item) ||
        json_array_append_new(in->places, places))
        return err_set(in->err, JH_ENOMEM, "out of memory");
    return 0;
}

/* The csv format with its defaults. */
static int parse_csv(const struct jh_blob *blob, const struct loader_rows *rows,
                     struct jh_err *err)
{
    struct loader *loader = loader_new(NULL);
    struct arena *arena = arena_new(CONF_BYTES);
    const struct jh_plugin *csv =
        loader ? loader_find(loader, JH_FORMAT, "csv", err) : NULL;
    void *conf = csv && arena ? arena_alloc(arena, csv->conf_size) : NULL;
    int rc = csv ? err_set(err, JH_ENOMEM, "out of memory") : JH_ENOENT;
    if (conf) {
        option_defaults(csv->options, conf, arena);
        rc = loader_parse(csv, conf, blob, rows, err);
    }
    arena_free(arena);
    loader_free(loader);
    return rc;
}

static int import_file(const char *file, const char *const *given, json_t **ret,
                       json_t **ret_places, struct jh_err *err)
{
    struct import in = {.file = file,
                        .given = given,
                        .list = json_array(),
                        .places = json_array(),
                        .err = err};
    struct loader_rows rows = {import_row, &in};
    char *bytes = NULL;
    size_t n;
    int rc = file_read(file, IMPORT_BYTES, &bytes, &n, err);
    if (!rc) {
        struct jh_blob blob = {.size = sizeof blob,
                               .body = {bytes, n},
                               .url = file,
                               .name = file,
                               .type = "",
                               .etag = "",
                               .last_modified = ""};
        rc = parse_csv(&blob, &rows, err);
    }
    if (!rc && !json_array_size(in.list))
        rc = err_at(err, JH_EINVAL, file, 0, 0, "no certifications in the file");
    free(bytes);
    if (rc) {
        json_decref(in.list);
        json_decref(in.places);
        return rc;
    }
    *ret = in.list;
    *ret_places = in.places;
    return 0;
}

/* ---- certify and decertify ------------------------------------------------------------------------ */

static void print_certified(const json_t *data)
{
    const json_t *item;
    size_t i;
    bool given = json_object_get(data, "certified") != NULL;
    long long n = (long long)json_integer_value(
        json_object_get(data, given ? "certified" : "decertified"));
    printf("%lld %s\n", n, given ? "certified" : "decertified");
    json_array_foreach(json_object_get(data, "warnings"), i, item)
        fprintf(stderr, "%s: warning: %s\n", COMMAND_PROGRAM, json_string_value(item));
    if (json_object_get(data, "failed"))
        fprintf(stderr,
                "%s: warning: another round could not be judged again: %s; its earlier "
                "verdicts stand\n",
                COMMAND_PROGRAM, remote_text(data, "failed"));
    json_array_foreach(json_object_get(data, "implied"), i, item)
        printf("%s is also monitored for %s: a quality certification implies it\n",
               remote_text(item, "county"), remote_text(item, "standard"));
    printf("judged at once: pass %lld  fail %lld  unknown %lld; %lld alert transitions\n",
           (long long)json_integer_value(json_object_get(data, "pass")),
           (long long)json_integer_value(json_object_get(data, "fail")),
           (long long)json_integer_value(json_object_get(data, "unknown")),
           (long long)json_integer_value(json_object_get(data, "transitions")));
}

static int post_list(struct remote *r, const char *path, json_t *list)
{
    json_t *body = request(r, list), *data;
    int rc = body ? remote_post(r, path, body, &data) : COMMAND_FAILED;
    json_decref(body);
    return rc ? rc : remote_show(r, data, print_certified);
}

int act_certify(int argc, char **argv)
{
    struct remote r = {0};
    struct jh_err err = {0};
    const char *given[N_KEYS] = {NULL};
    json_t *list = NULL, *places = NULL;
    argc = remote_options(&r, argc, argv);
    if (argc < 1)
        return COMMAND_USAGE;
    given[K_STANDARD] = remote_take(&argc, argv, "--standard");
    given[2] = remote_take(&argc, argv, "--date");
    given[3] = remote_take(&argc, argv, "--cohort");
    given[4] = remote_take(&argc, argv, "--document");
    given[5] = remote_take(&argc, argv, "--baseline");
    const char *file = remote_take(&argc, argv, "--import");
    if (argc != (file ? 1 : 2) || (!file && (!given[K_STANDARD] || !given[2]))) {
        return command_usage("certify",
                             "expected a county code, --standard and --date, or "
                             "--import FILE.csv");
    }
    if (file && import_file(file, given, &list, &places, &err)) {
        return command_fail(COMMAND_REFUSED, &err);
    }
    if (!file) {
        json_t *item = json_object();
        given[K_COUNTY] = argv[1];
        for (int k = 0; k < N_KEYS; k++)
            set_key(item, KEYS[k], given[k]);
        list = json_pack("[o]", item);
    }
    r.items_file = file;
    r.items_places = places;
    int rc = post_list(&r, "/api/v1/certifications", list);
    json_decref(places);
    return rc;
}

int act_decertify(int argc, char **argv)
{
    struct remote r = {0};
    argc = remote_options(&r, argc, argv);
    const char *standard = argc > 0 ? remote_take(&argc, argv, "--standard") : NULL;
    if (argc != 2 || !standard) {
        fputs(
            "usage: junhengctl decertify CODE --standard ID [--by NAME] [--reason TEXT]\n",
            stderr);
        return 64;
    }
    return post_list(&r, "/api/v1/decertifications",
                     json_pack("[{s:s s:s}]", "county", argv[1], "standard", standard));
}

/* ---- retract ------------------------------------------------------------------------------------- */

static void print_retracted(const json_t *data)
{
    long long n = (long long)json_integer_value(json_object_get(data, "retracted"));
    long long restored = (long long)json_integer_value(json_object_get(data, "restored"));
    printf("%lld submission%s of source %s in round %s retracted", n, n == 1 ? "" : "s",
           remote_text(data, "source"), remote_text(data, "round"));
    if (restored)
        printf("; an earlier one is in force again for %lld", restored);
    printf("\n%lld counties were in it, %lld have no data of that round now\n",
           (long long)json_integer_value(json_object_get(data, "counties")),
           (long long)json_integer_value(json_object_get(data, "gone")));
    printf("judged at once: pass %lld  fail %lld  unknown %lld; %lld alert transitions\n",
           (long long)json_integer_value(json_object_get(data, "pass")),
           (long long)json_integer_value(json_object_get(data, "fail")),
           (long long)json_integer_value(json_object_get(data, "unknown")),
           (long long)json_integer_value(json_object_get(data, "transitions")));
}

int act_retract(int argc, char **argv)
{
    struct remote r = {0};
    json_t *data;
    argc = remote_options(&r, argc, argv);
    const char *round = argc > 0 ? remote_take(&argc, argv, "--round") : NULL;
    const char *name = argc > 0 ? remote_take(&argc, argv, "--file") : NULL;
    if (argc != 2 || !round || !r.by || !r.reason)
        return command_usage("retract", "expected a source, --round, --by and --reason");
    json_t *body = json_pack("{s:s s:s s:s s:s s:s*}", "source", argv[1], "round", round,
                             "by", r.by, "reason", r.reason, "name", name);
    int rc = body ? remote_post(&r, "/api/v1/retractions", body, &data) : COMMAND_FAILED;
    json_decref(body);
    return rc ? rc : remote_show(&r, data, print_retracted);
}

/* ---- poll and reload ---------------------------------------------------------------------------------- */

static void print_polled(const json_t *data)
{
    long long busy = (long long)json_integer_value(json_object_get(data, "busy"));
    printf("polling %lld sources",
           (long long)json_integer_value(json_object_get(data, "started")));
    if (busy)
        printf("; %lld are being polled already", busy);
    putchar('\n');
}

static int poll_all(struct remote *r)
{
    json_t *data;
    int rc = remote_post(r, "/api/v1/poll", NULL, &data);
    return rc ? rc : remote_show(r, data, print_polled);
}

int act_poll(int argc, char **argv)
{
    struct remote r = {0};
    char path[512];
    json_t *data;
    argc = remote_options(&r, argc, argv);
    if (argc == 2 && !strcmp(argv[1], "--all"))
        return poll_all(&r);
    char *name = argc == 2 ? client_escape(argv[1]) : NULL;
    if (!name || strlen(name) > 400) {
        free(name);
        return command_usage("poll", "expected the name of a source, or --all");
    }
    snprintf(path, sizeof path, "/api/v1/sources/%s/poll", name);
    free(name);
    int rc = remote_post(&r, path, NULL, &data);
    if (rc)
        return rc;
    if (r.json)
        remote_print(data);
    else
        printf("polling %s\n", argv[1]);
    json_decref(data);
    return 0;
}

int act_reload(int argc, char **argv)
{
    struct remote r = {0};
    json_t *data;
    const json_t *warning;
    size_t i;
    argc = remote_options(&r, argc, argv);
    if (argc != 1) {
        return command_usage("reload", "takes no arguments");
    }
    int rc = remote_post(&r, "/api/v1/reload", NULL, &data);
    if (rc)
        return rc;
    json_array_foreach(json_object_get(data, "warnings"), i, warning)
        fprintf(stderr, "%s: warning: %s\n", COMMAND_PROGRAM, json_string_value(warning));
    if (r.json)
        remote_print(data);
    else
        puts("reloaded");
    json_decref(data);
    return 0;
}
