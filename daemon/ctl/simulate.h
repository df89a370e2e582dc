/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `junhengctl simulate`: counties as they would be with some cells changed, and the least that
 * brings them back inside (docs/simulate.md). Needs no daemon, writes nothing. One thread.
 */
#pragma once

int simulate_run(int argc, char **argv);

/* Everything behind the name, but for the options that commands share. */
#define SIMULATE_USAGE                                                                      \
    "  --set SCHOOL[/CAMPUS].FIELD=VALUE\n"                                                 \
    "                       as if this cell held VALUE; may be given often. Shows the\n"    \
    "                       counties concerned before and after\n"                          \
    "  --solve              the least that must be added to bring counties back inside\n"   \
    "  --indicator ID       … of this indicator only\n"                                   \
    "  --stage STAGE        … at primary or junior schools only\n"                        \
    "  --county CODE        … for this county; default: all that do not pass, or, with\n" \
    "                       --set, those concerned\n"                                       \
    "  --format FORMAT      text (default), json or csv\n"
