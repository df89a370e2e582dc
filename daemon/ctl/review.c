/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/review.h"

#include <stdio.h>
#include <string.h>

#include "ctl/command.h"
#include "ctl/remote.h"
#include "render/table.h"

/* Takes a word without a value out of argv. */
static bool take_flag(int *argc, char **argv, const char *name)
{
    for (int i = 1; i < *argc; i++) {
        if (strcmp(argv[i], name) != 0)
            continue;
        memmove(&argv[i], &argv[i + 1], (size_t)(*argc - i) * sizeof *argv);
        --*argc;
        return true;
    }
    return false;
}

static void print_reviews(const json_t *list)
{
    static const enum table_align ALIGN[] = {TABLE_LEFT, TABLE_LEFT,  TABLE_LEFT,
                                             TABLE_LEFT, TABLE_RIGHT, TABLE_LEFT,
                                             TABLE_LEFT, TABLE_LEFT};
    const json_t *v;
    size_t i;
    if (!json_array_size(list)) {
        puts("nothing waits for a review");
        return;
    }
    struct table *t = table_new(8, ALIGN);
    table_row(t, (const char *[]){"SOURCE", "ROUND", "FILE", "RECEIVED", "COUNTIES",
                                  "SHA256", "STATE", "WHY"});
    json_array_foreach(list, i, v)
    {
        char counties[32], sha[16], at[32], why[512] = "";
        snprintf(sha, sizeof sha, "%.12s", remote_text(v, "sha256"));
        snprintf(at, sizeof at, "%.10s", remote_text(v, "received_at"));
        if (*remote_text(v, "by"))
            snprintf(why, sizeof why, "%s: %s", remote_text(v, "by"),
                     remote_text(v, "reason"));
        table_row(t, (const char *[]){remote_text(v, "source"), remote_text(v, "round"),
                                      remote_text(v, "file"), at,
                                      remote_number(v, "counties", counties, 32), sha,
                                      remote_text(v, "state"), why});
    }
    remote_print_table(t);
}

static int list(struct remote *r, bool all)
{
    json_t *data;
    int rc = remote_get(r, all ? "/api/v1/reviews?state=all" : "/api/v1/reviews", &data);
    return rc ? rc : remote_show(r, data, print_reviews);
}

static long long whole(const json_t *object, const char *key)
{
    return (long long)json_integer_value(json_object_get(object, key));
}

static void print_reviewed(const json_t *data)
{
    long long n = whole(data, "submissions");
    printf("%lld submission%s of source %s in round %s %s\n", n, n == 1 ? "" : "s",
           remote_text(data, "source"), remote_text(data, "round"),
           remote_text(data, "state"));
    if (!strcmp(remote_text(data, "state"), "returned"))
        printf(
            "an earlier one is in force again for %lld; %lld counties were in it, %lld "
            "have no data of that round now; %lld alert transitions\n",
            whole(data, "restored"), whole(data, "counties"), whole(data, "gone"),
            whole(data, "transitions"));
    else
        printf("%lld counties were judged again, %lld alert transitions\n",
               whole(data, "judged"), whole(data, "transitions"));
    if (json_object_get(data, "failed"))
        fprintf(stderr, "%s: warning: not all could be judged again: %s\n",
                COMMAND_PROGRAM, remote_text(data, "failed"));
}

int review_main(int argc, char **argv)
{
    struct remote r = {0};
    json_t *data;
    argc = remote_options(&r, argc, argv);
    if (argc < 0)
        return COMMAND_USAGE;
    const char *round = remote_take(&argc, argv, "--round");
    const char *file = remote_take(&argc, argv, "--file");
    const char *sha256 = remote_take(&argc, argv, "--sha256");
    bool all = take_flag(&argc, argv, "--all");
    bool accept = take_flag(&argc, argv, "--accept");
    bool back = take_flag(&argc, argv, "--return");
    bool acts = round || file || sha256 || accept || back;
    if (!acts && (argc == 1 || (argc == 2 && !strcmp(argv[1], "list"))))
        return list(&r, all);
    if (argc != 2 || all || !round || accept == back || !r.by || !r.reason)
        return command_usage("review", "expected list, or a source, --round, one of "
                                       "--accept and --return, --by and --reason");
    json_t *body = json_pack("{s:s s:s s:s s:s s:s s:s* s:s*}", "source", argv[1],
                             "round", round, "act", accept ? "accept" : "return", "by",
                             r.by, "reason", r.reason, "file", file, "sha256", sha256);
    int rc = body ? remote_post(&r, "/api/v1/reviews", body, &data) : COMMAND_FAILED;
    json_decref(body);
    return rc ? rc : remote_show(&r, data, print_reviewed);
}
