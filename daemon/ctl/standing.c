/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/standing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/client.h"
#include "ctl/command.h"
#include "ctl/remote.h"

enum { PATH = 512 };

/* ---- showing --------------------------------------------------------------------------------- */

/* What people may do next, by the word of the daemon. */
static const char *next_of(const json_t *standing)
{
    static const char *const NEXT[][2] = {
        {"first_round", "watched from the round after the baseline on"},
        {"next_round", "the next round is judged as it comes"},
        {"rectify_or_wait", "a person may order rectification (rectify)"},
        {"restore_when_met", "restore, with its document, when the order is met"},
        {"revoke_rectify_or_restore",
         "the program proposes revocation: people decide (revoke, rectify or restore)"},
        {"restore_or_certify", "restore or certify gives the title back"}};
    const char *word = remote_text(standing, "next");
    for (size_t i = 0; i < sizeof NEXT / sizeof *NEXT; i++)
        if (strcmp(word, NEXT[i][0]) == 0)
            return NEXT[i][1];
    return "nothing: not certified";
}

void standing_print_line(const json_t *standing)
{
    const char *deadline = remote_text(standing, "deadline");
    if (json_is_object(standing))
        printf("standing %s since %.10s%s%s; next: %s\n", remote_text(standing, "state"),
               remote_text(standing, "since"), *deadline ? ", to be put right by " : "",
               deadline, next_of(standing));
}

static void print_acts(const json_t *history)
{
    const json_t *x;
    size_t i;
    json_array_foreach(history, i, x)
    {
        const char *by = remote_text(x, "by"), *document = remote_text(x, "document"),
                   *reason = remote_text(x, "reason"),
                   *deadline = remote_text(x, "deadline");
        printf("  %.10s  %s -> %s  %s%s%s", remote_text(x, "at"), remote_text(x, "from"),
               remote_text(x, "to"), remote_text(x, "act"), *deadline ? " " : "",
               deadline);
        printf("%s%s%s%s%s%s\n", *by ? "  by " : "  by the program", by,
               *document ? ", " : "", document, *reason ? ": " : "", reason);
    }
}

static void print_standings(const json_t *list)
{
    const json_t *x;
    size_t i;
    if (!json_array_size(list))
        puts("not certified, and never was");
    json_array_foreach(list, i, x)
    {
        const json_t *baseline = json_object_get(x, "baseline");
        const char *deadline = remote_text(x, "deadline");
        printf("%s by %s: %s since %.10s\n", remote_text(x, "county"),
               remote_text(x, "standard"), remote_text(x, "state"),
               remote_text(x, "since"));
        if (*deadline)
            printf("  to be put right by the end of %s\n", deadline);
        printf("  next: %s\n", next_of(x));
        if (json_is_object(baseline))
            printf("  compared with round %s as it was on %.10s\n",
                   remote_text(baseline, "round"), remote_text(baseline, "frozen_at"));
        print_acts(json_object_get(x, "history"));
    }
}

int standing_main(int argc, char **argv)
{
    struct remote r = {0};
    char path[PATH];
    json_t *data;
    argc = remote_options(&r, argc, argv);
    if (argc != 2)
        return command_usage("standing", "expected one county code");
    char *code = client_escape(argv[1]);
    int n = code ? snprintf(path, sizeof path, "/api/v1/standings?county=%s", code) : -1;
    free(code);
    if (n < 0 || n >= PATH)
        return command_usage("standing", "\"%s\" is too long", argv[1]);
    int rc = remote_get(&r, path, &data);
    return rc ? rc : remote_show(&r, data, print_standings);
}

/* ---- deciding -------------------------------------------------------------------------------- */

static void print_decided(const json_t *x)
{
    const char *deadline = remote_text(x, "deadline");
    printf("%s by %s is %s%s%s; %lld alert transitions\n", remote_text(x, "county"),
           remote_text(x, "standard"), remote_text(x, "state"),
           *deadline ? ", to be put right by the end of " : "", deadline,
           (long long)json_integer_value(json_object_get(x, "transitions")));
}

static int decide(const char *act, int argc, char **argv)
{
    struct remote r = {0};
    json_t *data;
    bool order = strcmp(act, "rectify") == 0;
    argc = remote_options(&r, argc, argv);
    if (argc < 0)
        return COMMAND_USAGE;
    const char *standard = remote_take(&argc, argv, "--standard");
    const char *deadline = order ? remote_take(&argc, argv, "--deadline") : NULL;
    const char *document = remote_take(&argc, argv, "--document");
    if (argc != 2 || !standard || !document || !r.by || !r.reason || (order && !deadline))
        return command_usage(act,
                             "expected a county code, --standard, %s--document, --by and "
                             "--reason",
                             order ? "--deadline YYYY-MM, " : "");
    json_t *body = json_pack("{s:s s:s s:s s:s s:s s:s s:s*}", "act", act, "county",
                             argv[1], "standard", standard, "document", document, "by",
                             r.by, "reason", r.reason, "deadline", deadline);
    int rc = body ? remote_post(&r, "/api/v1/standings", body, &data) : COMMAND_FAILED;
    json_decref(body);
    return rc ? rc : remote_show(&r, data, print_decided);
}

int rectify_main(int argc, char **argv)
{
    return decide("rectify", argc, argv);
}

int revoke_main(int argc, char **argv)
{
    return decide("revoke", argc, argv);
}

int restore_main(int argc, char **argv)
{
    return decide("restore", argc, argv);
}
