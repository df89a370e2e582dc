/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `junhengctl check` does everything a start of the daemon would do short of starting, and
 * `junhengctl standards` shows what standards there are. Each takes its own argv and returns
 * an exit status of command.h.
 */
#pragma once

int check_run(int argc, char **argv);
int check_standards(int argc, char **argv);
