/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands that look at a running daemon and change nothing. Each takes its own argv (argv[0]
 * is the command's name), prints to stdout and returns the exit status.
 */
#pragma once

int watch_status(int argc, char **argv);
int watch_sources(int argc, char **argv);
int watch_counties(int argc, char **argv);
int watch_history(int argc, char **argv);
int watch_alerts(int argc, char **argv);
int watch_deliveries(int argc, char **argv);
