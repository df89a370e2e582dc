/* SPDX-License-Identifier: Apache-2.0 */
/*
 * junhengctl: finds the command and runs it. A new command is a file ctl/<topic>.c with a
 * run function, and a line in the table below.
 */
#include <stdio.h>
#include <string.h>

#include "ctl/act.h"
#include "ctl/check.h"
#include "ctl/command.h"
#include "ctl/evaluate.h"
#include "ctl/findings.h"
#include "ctl/given.h"
#include "ctl/inspect.h"
#include "ctl/journal.h"
#include "ctl/lua.h"
#include "ctl/replay.h"
#include "ctl/review.h"
#include "ctl/rollup.h"
#include "ctl/routes.h"
#include "ctl/simulate.h"
#include "ctl/standing.h"
#include "ctl/tend.h"
#include "ctl/test.h"
#include "ctl/watch.h"

#define REMOTE_USAGE "[--socket PATH | -c CONFIG] [--format text|json]\n"

static const struct command COMMANDS[] = {
    {"evaluate", "judges files of school data by a standard; needs no daemon",
     "--standard ID|FILE [OPTION]... FILE...\n" GIVEN_USAGE
     "  --lua PATH           local indicators: a folder or a file; json and text\n"
     "  --format FORMAT      text (default), json or csv\n"
     "  --explain            json, text: who drives each figure, who is below the line and\n"
     "                       by how much, what changed since the round before\n",
     evaluate_run},
    {"simulate", "what would be if, and what it takes to bring a county back inside",
     "--standard ID|FILE [--set …]... [--solve] [OPTION]... FILE...\n" GIVEN_USAGE
         SIMULATE_USAGE,
     simulate_run},
    {"rollup", "prefectures, provinces, the nation: how many pass, how figures spread",
     "--standard ID|FILE [--level LEVEL] [OPTION]... FILE...\n" GIVEN_USAGE ROLLUP_USAGE,
     rollup_run},
    {"lua", "checks, tests and runs local indicators; needs no daemon", LUA_USAGE,
     lua_command},
    {"inspect", "what is understood of a new file, and a source to begin with",
     INSPECT_USAGE, inspect_run},
    {"check", "everything a start or reload would check, all errors at once",
     "[-c CONFIG]\n"
     "  -c CONFIG            default: " JH_SYSCONF_DIR "/junheng.yaml\n",
     check_run},
    {"standards", "the standards there are, and one in full",
     "list | show ID|FILE [--standards-dir DIR]\n", check_standards},
    {"test", "unit tests of rules: rounds in, verdicts, alerts and messages expected out",
     TEST_USAGE, test_run},
    {"replay", "the archive once more by today's configuration, and what differs",
     REPLAY_USAGE, replay_run},
    {"routes", "who would be told of an alert, and why", ROUTES_USAGE, routes_run},
    {"journal", "what was judged, told and done, and whether somebody changed it",
     JOURNAL_USAGE, journal_run},
    {"status", "how the daemon is doing", REMOTE_USAGE, watch_status},
    {"sources", "every source: state, last success, next poll, failure", REMOTE_USAGE,
     watch_sources},
    {"counties", "newest verdict of every county and standard",
     "[--verdict pass|fail|unknown] " REMOTE_USAGE, watch_counties},
    {"history", "a county's verdicts, round by round", "CODE " REMOTE_USAGE,
     watch_history},
    {"alerts", "alerts, one with its text, and what people do with it",
     TEND_USAGE REMOTE_USAGE, watch_alerts},
    {"silence", "keeps messages of some alerts back for a while",
     SILENCE_USAGE REMOTE_USAGE, silence_command},
    {"deliveries", "messages: queued, delivered, dead", REMOTE_USAGE, watch_deliveries},
    {"certify", "records that counties were certified, and judges them at once",
     ACT_CERTIFY_USAGE REMOTE_USAGE, act_certify},
    {"decertify", "ends a certification and the alerts that stand on it",
     "CODE --standard ID [--by NAME] [--reason TEXT] " REMOTE_USAGE, act_decertify},
    {"standing", "what became of a county's titles, by whom, and what comes next",
     "CODE " REMOTE_USAGE, standing_main},
    {"rectify", "orders that a county puts right what fails, by the end of a month",
     "--deadline YYYY-MM " STANDING_USAGE REMOTE_USAGE, rectify_main},
    {"revoke", "records that people revoked a title: it is monitored no more",
     STANDING_USAGE REMOTE_USAGE, revoke_main},
    {"restore", "ends an order or a proposal, or gives a revoked title back",
     STANDING_USAGE REMOTE_USAGE, restore_main},
    {"retract", "takes back what a source delivered for a round, and judges by the rest",
     "SOURCE --round ROUND --by NAME --reason TEXT [--file NAME] " REMOTE_USAGE,
     act_retract},
    {"review", "what waits for a review, and that it is right, or goes back",
     REVIEW_USAGE REMOTE_USAGE, review_main},
    {"findings", "what is doubtful in the data, and that one of it is right as it is",
     "list [--county CODE] | accept ID --by NAME --reason TEXT " REMOTE_USAGE,
     findings_main},
    {"poll", "polls a source now, or all of them", "SOURCE|--all " REMOTE_USAGE,
     act_poll},
    {"reload", "reads the configuration anew, or keeps the old one and says why",
     REMOTE_USAGE, act_reload},
};

enum { COMMAND_COUNT = sizeof COMMANDS / sizeof *COMMANDS };

static const struct command *find(const char *name)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(COMMANDS[i].name, name) == 0)
            return &COMMANDS[i];
    }
    return NULL;
}

static void print_help(FILE *to)
{
    fprintf(to, "usage: %s COMMAND [ARGUMENT]...\n\n", COMMAND_PROGRAM);
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        fprintf(to, "  %-12s %s\n", COMMANDS[i].name, COMMANDS[i].summary);
    fprintf(to, "  %-12s %s\n", "help", "what a command does and takes");
    fprintf(to, "\nexit: 0 done, 1 the answer is no, 2 input refused, "
                "3 no daemon answers, 64 called wrongly\n");
}

static int unknown(const char *name)
{
    fprintf(stderr, "%s: unknown command \"%s\" (see: %s help)\n", COMMAND_PROGRAM, name,
            COMMAND_PROGRAM);
    return COMMAND_USAGE;
}

static int help(const char *name)
{
    if (!name) {
        print_help(stdout);
        return COMMAND_OK;
    }
    const struct command *command = find(name);
    if (!command)
        return unknown(name);
    printf("%s: %s\n\nusage: %s %s %s", command->name, command->summary, COMMAND_PROGRAM,
           command->name, command->usage);
    return COMMAND_OK;
}

static int run(int argc, char **argv)
{
    if (argc < 2) {
        print_help(stderr);
        return COMMAND_USAGE;
    }
    const char *word = argv[1];
    if (strcmp(word, "--version") == 0) {
        printf("%s %s\n", COMMAND_PROGRAM, PACKAGE_VERSION);
        return COMMAND_OK;
    }
    if (strcmp(word, "help") == 0 || strcmp(word, "--help") == 0 ||
        strcmp(word, "-h") == 0)
        return help(argc > 2 ? argv[2] : NULL);
    const struct command *command = find(word);
    if (!command)
        return unknown(word);
    if (argc > 2 && strcmp(argv[2], "--help") == 0)
        return help(word);
    return command->run(argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
    int status = run(argc, argv);
    if (fflush(stdout) || ferror(stdout)) { /* a full disk must not look like an answer */
        perror(COMMAND_PROGRAM);
        return status ? status : COMMAND_FAILED;
    }
    return status;
}
