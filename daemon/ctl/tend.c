/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/tend.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/client.h"
#include "ctl/command.h"
#include "render/table.h"

enum { PATH = 512, CELL = 256 };

bool tend_is(const char *word)
{
    return !strcmp(word, "ack") || !strcmp(word, "assign") || !strcmp(word, "comment");
}

/* Posts to "before/ID/after"; takes the body over. */
static int post(struct remote *r, const char *before, const char *id, const char *after,
                json_t *body, void (*print)(const json_t *data))
{
    char path[PATH];
    char *escaped = client_escape(id);
    json_t *data;
    int n =
        escaped ? snprintf(path, sizeof path, "%s/%s/%s", before, escaped, after) : -1;
    free(escaped);
    int rc = n < 0 || n >= PATH ? command_usage(before, "\"%s\" is too long", id)
             : body             ? remote_post(r, path, body, &data)
                                : COMMAND_FAILED;
    json_decref(body);
    return rc ? rc : remote_show(r, data, print);
}

/* ---- alerts ------------------------------------------------------------------------------------ */

static void print_tended(const json_t *data)
{
    const char *expires = remote_text(data, "expires");
    printf("%s is %s", remote_text(data, "alert"), remote_text(data, "state"));
    if (*expires)
        printf(" until %.10s %.5s", expires, expires + 11);
    putchar('\n');
}

int tend_command(struct remote *r, int argc, char **argv)
{
    const char *to = remote_take(&argc, argv, "--to");
    const char *text = remote_take(&argc, argv, "--text");
    const char *unit = remote_take(&argc, argv, "--unit");
    const char *plan = remote_take(&argc, argv, "--plan");
    const char *month = remote_take(&argc, argv, "--month");
    const char *expires = remote_take(&argc, argv, "--expires");
    if (argc != 3 || !r->by)
        return command_usage("alerts", "%s needs an id and --by", argv[1]);
    if (!strcmp(argv[1], "ack") && !r->reason)
        return command_usage("alerts", "ack needs --reason");
    if (!strcmp(argv[1], "assign") && !to)
        return command_usage("alerts", "assign needs --to");
    if (!strcmp(argv[1], "comment") && !text)
        return command_usage("alerts", "comment needs --text");
    json_t *body = json_pack("{s:s s:s* s:s* s:s* s:s* s:s* s:s* s:s*}", "by", r->by,
                             "reason", r->reason, "to", to, "text", text, "unit", unit,
                             "plan", plan, "month", month, "expires", expires);
    return post(r, "/api/v1/alerts", argv[2], argv[1], body, print_tended);
}

/* ---- silences ------------------------------------------------------------------------------------ */

static const char *match_text(const json_t *silence, char buf[CELL])
{
    const char *key;
    json_t *value;
    size_t len = 0;
    buf[0] = '\0';
    json_object_foreach(json_object_get(silence, "match"), key, value)
    {
        int n = snprintf(buf + len, CELL - len, "%s%s=%s", len ? "," : "", key,
                         json_string_value(value));
        len += n > 0 && (size_t)n < CELL - len ? (size_t)n : 0;
    }
    return buf;
}

static const char *warning_of(const json_t *silence)
{
    return json_is_true(json_object_get(silence, "hides_critical_slips"))
               ? "HIDES CRITICAL SLIPS"
               : "";
}

static void print_silences(const json_t *list)
{
    static const enum table_align ALIGN[] = {TABLE_RIGHT, TABLE_LEFT, TABLE_LEFT,
                                             TABLE_LEFT,  TABLE_LEFT, TABLE_LEFT,
                                             TABLE_LEFT};
    struct table *t;
    const json_t *x;
    size_t i;
    if (!json_array_size(list)) {
        puts("no silences");
        return;
    }
    t = table_new(7, ALIGN);
    table_row(t, (const char *[]){"ID", "MATCH", "UNTIL", "ENDED", "BY", "REASON", ""});
    json_array_foreach(list, i, x)
    {
        char id[CELL], match[CELL], ended[CELL];
        snprintf(ended, sizeof ended, "%.10s", remote_text(x, "ended_at"));
        table_row(t,
                  (const char *[]){remote_number(x, "id", id, CELL), match_text(x, match),
                                   remote_text(x, "until"), ended, remote_text(x, "by"),
                                   remote_text(x, "reason"), warning_of(x)});
    }
    remote_print_table(t);
}

static void print_silence(const json_t *x)
{
    char match[CELL];
    printf("silence %lld until the end of %s: %s\n",
           (long long)json_integer_value(json_object_get(x, "id")),
           remote_text(x, "until"), match_text(x, match));
    if (*warning_of(x))
        fprintf(stderr,
                "%s: warning: it keeps back critical slips of certified counties: they "
                "stay open and listed, but no office is told\n",
                COMMAND_PROGRAM);
}

static void print_ended(const json_t *data)
{
    printf("silence %lld has ended; %lld that it kept back are told now\n",
           (long long)json_integer_value(json_object_get(data, "ended")),
           (long long)json_integer_value(json_object_get(data, "released")));
}

/* "county=340103,kind=warning" */
static json_t *match_of(const char *text)
{
    json_t *map = json_object();
    while (map && *text) {
        size_t n = strcspn(text, ","), key = strcspn(text, "=,");
        if (key >= n || !key) {
            json_decref(map);
            return NULL;
        }
        json_t *value = json_stringn(text + key + 1, n - key - 1);
        if (json_object_setn_new(map, text, key, value)) {
            json_decref(map);
            return NULL;
        }
        text += n + (text[n] == ',');
    }
    return map;
}

static int add(struct remote *r, int argc, char **argv)
{
    const char *match = remote_take(&argc, argv, "--match");
    const char *until = remote_take(&argc, argv, "--until");
    const char *office = remote_take(&argc, argv, "--office");
    json_t *data, *map = match ? match_of(match) : NULL;
    if (argc != 1 || !map || !until || !r->by || !r->reason) {
        json_decref(map);
        return command_usage(
            "silence", "add needs --match KEY=VALUE[,…], --until, --by and --reason");
    }
    json_t *body = json_pack("{s:o s:s s:s s:s s:s*}", "match", map, "until", until, "by",
                             r->by, "reason", r->reason, "office", office);
    int rc = body ? remote_post(r, "/api/v1/silences", body, &data) : COMMAND_FAILED;
    json_decref(body);
    return rc ? rc : remote_show(r, data, print_silence);
}

static int list(struct remote *r, int argc, char **argv)
{
    json_t *data;
    bool all = argc == 2 && !strcmp(argv[1], "--all");
    if (argc != 1 && !all)
        return command_usage("silence", "list takes --all, and no more");
    int rc = remote_get(r, all ? "/api/v1/silences?all=1" : "/api/v1/silences", &data);
    return rc ? rc : remote_show(r, data, print_silences);
}

int silence_command(int argc, char **argv)
{
    struct remote r = {0};
    argc = remote_options(&r, argc, argv);
    if (argc < 0)
        return COMMAND_USAGE;
    if (argc >= 2 && !strcmp(argv[1], "list"))
        return list(&r, argc - 1, argv + 1);
    if (argc >= 2 && !strcmp(argv[1], "add"))
        return add(&r, argc - 1, argv + 1);
    if (argc != 3 || strcmp(argv[1], "end") != 0)
        return command_usage("silence", "expected list, add or end ID");
    if (!r.by || !r.reason)
        return command_usage("silence", "end needs --by and --reason");
    return post(&r, "/api/v1/silences", argv[2], "end",
                json_pack("{s:s s:s}", "by", r.by, "reason", r.reason), print_ended);
}
