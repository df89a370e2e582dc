/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/findings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/client.h"
#include "ctl/command.h"
#include "ctl/remote.h"
#include "render/table.h"

enum { PATH = 512 };

static const char *state_of(const json_t *f)
{
    const json_t *accepted = json_object_get(f, "accepted");
    return json_is_object(accepted) ? "accepted" : remote_text(f, "policy");
}

static void print_findings(const json_t *list)
{
    static const enum table_align ALIGN[] = {TABLE_LEFT, TABLE_LEFT, TABLE_LEFT,
                                             TABLE_LEFT, TABLE_LEFT, TABLE_LEFT,
                                             TABLE_LEFT};
    struct table *t = table_new(7, ALIGN);
    const json_t *f;
    size_t i;
    table_row(
        t, (const char *[]){"ID", "ROUND", "COUNTY", "CODE", "STATE", "SCHOOL", "TEXT"});
    json_array_foreach(list, i, f) table_row(
        t, (const char *[]){remote_text(f, "id"), remote_text(f, "round"),
                            remote_text(f, "county"), remote_text(f, "code"), state_of(f),
                            remote_text(f, "school"), remote_text(f, "text")});
    remote_print_table(t);
}

static int list(struct remote *r, int argc, char **argv)
{
    char path[PATH] = "/api/v1/findings";
    const char *county = remote_take(&argc, argv, "--county");
    char *escaped = county ? client_escape(county) : NULL;
    json_t *data;
    if (argc != 1 || (escaped && strlen(escaped) > PATH / 2)) {
        free(escaped);
        return command_usage("findings", "list takes --county CODE, and no more");
    }
    if (escaped)
        snprintf(path, sizeof path, "/api/v1/findings?county=%s", escaped);
    free(escaped);
    int rc = remote_get(r, path, &data);
    return rc ? rc : remote_show(r, data, print_findings);
}

static void print_accepted(const json_t *data)
{
    printf("%s is accepted; %lld counties were judged again, %lld alert transitions\n",
           remote_text(data, "accepted"),
           (long long)json_integer_value(json_object_get(data, "judged")),
           (long long)json_integer_value(json_object_get(data, "transitions")));
    if (json_object_get(data, "failed"))
        fprintf(stderr, "%s: warning: it could not be judged again: %s\n",
                COMMAND_PROGRAM, remote_text(data, "failed"));
}

static int accept_one(struct remote *r, int argc, char **argv)
{
    char path[PATH];
    json_t *data;
    char *id = argc == 2 ? client_escape(argv[1]) : NULL;
    if (!id || strlen(id) > PATH / 2 || !r->by || !r->reason) {
        free(id);
        return command_usage("findings", "accept needs an id, --by and --reason");
    }
    snprintf(path, sizeof path, "/api/v1/findings/%s/accept", id);
    free(id);
    json_t *body = json_pack("{s:s s:s}", "by", r->by, "reason", r->reason);
    int rc = body ? remote_post(r, path, body, &data) : COMMAND_FAILED;
    json_decref(body);
    return rc ? rc : remote_show(r, data, print_accepted);
}

int findings_main(int argc, char **argv)
{
    struct remote r = {0};
    argc = remote_options(&r, argc, argv);
    if (argc < 0)
        return COMMAND_USAGE;
    if (argc >= 2 && !strcmp(argv[1], "list"))
        return list(&r, argc - 1, argv + 1);
    if (argc >= 2 && !strcmp(argv[1], "accept"))
        return accept_one(&r, argc - 1, argv + 1);
    return command_usage("findings", "expected list or accept");
}
