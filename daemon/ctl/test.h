/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `junhengctl test`: unit tests of rules, as docs/rule-tests.md describes them, each through the
 * whole pipeline by the configuration that the file names, on a virtual clock. TAP on stdout.
 * Main thread.
 */
#pragma once

#define TEST_USAGE                                                                              \
    "FILE.yaml...\n"                                                                            \
    "  Rounds, certifications and a virtual clock in, verdicts, alerts and messages expected\n" \
    "  out: see docs/rule-tests.md. Prints TAP; nothing is sent.\n"

int test_run(int argc, char **argv);
