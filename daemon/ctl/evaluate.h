/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `junhengctl evaluate`: files of school data and a standard in, verdicts out. No daemon, no
 * store, no network. Nothing reaches stdout unless everything could be read. One thread.
 */
#pragma once

int evaluate_run(int argc, char **argv);
