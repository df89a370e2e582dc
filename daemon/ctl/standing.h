/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What became of a county's title, and what people decide of it: standing, rectify, revoke,
 * restore. Main thread.
 */
#pragma once

#include <jansson.h>

#define STANDING_USAGE "CODE --standard ID --document TEXT --by NAME --reason TEXT "

int standing_main(int argc, char **argv);
int rectify_main(int argc, char **argv);
int revoke_main(int argc, char **argv);
int restore_main(int argc, char **argv);
/* One line of what is known, for `alerts show`; nothing where that is nothing. */
void standing_print_line(const json_t *standing);
