/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `junhengctl journal verify|show`: the journal of a database, whether a daemon runs on it or
 * not. Reads only. One thread.
 */
#pragma once

#define JOURNAL_USAGE                                                                    \
    "verify | show [-c CONFIG | --database FILE] [OPTION]...\n"                          \
    "  -c, --config FILE    default: " JH_SYSCONF_DIR "/junheng.yaml\n"                  \
    "  --database FILE      a junheng.db, or a copy of one\n"                            \
    "  --anchor SEQ:HASH    verify: an entry that was written down elsewhere\n"          \
    "  --since DATE         show: from this day on, such as 2025-03-01\n"                \
    "  --after SEQ          show: what follows on this entry\n"                          \
    "  --county CODE        show: what is about this county\n"                           \
    "  --format FORMAT      text (default) or json\n"

int journal_run(int argc, char **argv);
