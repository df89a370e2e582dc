/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands that make a running daemon do something: certify, decertify, retract, poll, reload. What a
 * person decides carries --by and --reason. Each returns the exit status.
 */
#pragma once

#define ACT_CERTIFY_USAGE                                                                  \
    "CODE --standard ID --date YYYY-MM-DD [--cohort YEAR] [--document TEXT]\n"             \
    "          [--baseline ROUND] [--by NAME] [--reason TEXT], or\n"                       \
    "          --import FILE.csv with columns county, standard, date, cohort, document,\n" \
    "          baseline; what the file has no column for comes from the options\n"

int act_certify(int argc, char **argv);
int act_decertify(int argc, char **argv);
int act_retract(int argc, char **argv);
int act_poll(int argc, char **argv);
int act_reload(int argc, char **argv);
