/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `junhengctl replay`: what a daemon has archived, or a folder of rounds, once more through the
 * whole pipeline by today's configuration, on a clock that shows what it showed then. Works on
 * a store of its own; the daemon's is only read, and nothing is sent. Main thread.
 */
#pragma once

#define REPLAY_USAGE                                                                              \
    "[-c CONFIG] --archive | --rounds DIR [--source NAME] [--dry-run] [--state DIR]\n"            \
    "       [--format text|json]\n"                                                               \
    "  --archive            all bodies the daemon has, and the certifications, in the order\n"    \
    "                       they came; then which alerts, letters and verdicts would have\n"      \
    "                       been others than the daemon's: \"3 new, 1 resolved, 12 unchanged\"\n" \
    "  --rounds DIR         files of a folder, by name, as a source would deliver them\n"         \
    "  --source NAME        as which; needed where the configuration has several\n"               \
    "  --state DIR          keeps the store it works on there; the folder must not exist\n"       \
    "  --dry-run            said by habit: nothing is ever changed or sent\n"

int replay_run(int argc, char **argv);
