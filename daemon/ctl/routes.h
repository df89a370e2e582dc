/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `junhengctl routes test`: which offices an alert would reach by the configuration, through
 * which channels, and by which route. No daemon, nothing is sent. Main thread.
 */
#pragma once

#define ROUTES_USAGE                                                                     \
    "test [-c CONFIG] --county CODE [--kind KIND] [--severity WORD] [--standard ID]\n"   \
    "     [--format text|json]\n"                                                        \
    "  --kind KIND          default: slip\n"                                             \
    "  --severity WORD      critical, warning, notice; default: all that the kind may have\n"

int routes_run(int argc, char **argv);
