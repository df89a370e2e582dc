/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `junhengctl review`: what waits for a person's review in a running daemon, and that person's
 * word: accepted, or sent back. Returns an exit status of command.h.
 */
#pragma once

#define REVIEW_USAGE                                                                     \
    "[list [--all]] | SOURCE --round ROUND [--file NAME] [--sha256 HEX]\n"               \
    "          --accept|--return --by NAME --reason TEXT "

int review_main(int argc, char **argv);
