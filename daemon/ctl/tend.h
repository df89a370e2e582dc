/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What people do with alerts, over the control socket: `alerts ack|assign|comment`, and
 * `silence`. One thread.
 */
#pragma once

#include <stdbool.h>

#include "ctl/remote.h"

#define TEND_USAGE                                                                           \
    "list [--state open|firing|acknowledged|resolved] | show ID\n"                           \
    "  ack ID --by NAME --reason TEXT [--unit OFFICE] [--plan TEXT] [--month YYYY-MM]\n"     \
    "      [--expires 90d|DATE]   default: the end of the month, else alerts.acknowledged\n" \
    "  assign ID --to NAME --by NAME [--reason TEXT]\n"                                      \
    "  comment ID --text TEXT --by NAME\n"                                                   \
    "  "

#define SILENCE_USAGE                                                                        \
    "list [--all]\n"                                                                         \
    "  add --match KEY=VALUE[,…] --until DATE|30d --by NAME --reason TEXT [--office ID]\n" \
    "      KEY: county, kind, standard, severity, region (a prefix of codes)\n"              \
    "  end ID --by NAME --reason TEXT\n"                                                     \
    "  "

bool tend_is(const char *word);
int tend_command(struct remote *r, int argc, char **argv);
int silence_command(int argc, char **argv);
