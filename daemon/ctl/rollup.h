/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `junhengctl rollup`: what files of school data say of prefectures, provinces and the nation
 * (docs/rollup.md). Needs no daemon, writes nothing. One thread.
 */
#pragma once

int rollup_run(int argc, char **argv);

/* Everything behind the name, but for the options that commands share. */
#define ROLLUP_USAGE                                                                     \
    "  --level LEVEL        prefecture, province or nation only; default: all three\n"   \
    "  --format FORMAT      text (default), json or csv\n"
