/* SPDX-License-Identifier: Apache-2.0 */
/*
 * junhengd: reads the command line, starts the daemon, runs it until it is told to stop.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "api/api.h"
#include "daemon.h"

static const char USAGE[] =
    "Usage: junhengd [-c CONFIG]\n"
    "Monitors balanced compulsory education: polls sources, evaluates, alerts.\n"
    "\n"
    "  -c, --config FILE  configuration (default " JH_SYSCONF_DIR "/junheng.yaml)\n"
    "      --clock FILE   take the time from FILE (milliseconds since 1970): for tests\n"
    "  -V, --version      print the version\n"
    "  -h, --help         print this\n"
    "\n"
    "Check a configuration before a start or reload with: junhengctl check -c CONFIG\n";

int main(int argc, char **argv)
{
    static const struct option LONG[] = {{"config", required_argument, NULL, 'c'},
                                         {"clock", required_argument, NULL, 'k'},
                                         {"version", no_argument, NULL, 'V'},
                                         {"help", no_argument, NULL, 'h'},
                                         {0}};
    struct daemon_options options = {.config_path = JH_SYSCONF_DIR "/junheng.yaml",
                                     .built_ms = INT64_C(1000) * JH_BUILD_EPOCH,
                                     .routes = api_routes()};
    for (int c; (c = getopt_long(argc, argv, "c:Vh", LONG, NULL)) != -1;) {
        switch (c) {
        case 'c':
            options.config_path = optarg;
            break;
        case 'k':
            options.clock_file = optarg;
            break;
        case 'V':
            puts("junhengd " PACKAGE_VERSION);
            return 0;
        case 'h':
            fputs(USAGE, stdout);
            return 0;
        default:
            fputs(USAGE, stderr);
            return 64;
        }
    }
    if (optind < argc) {
        fputs(USAGE, stderr);
        return 64;
    }
    struct daemon *daemon = calloc(1, sizeof *daemon);
    if (!daemon)
        return 1;
    int rc = daemon_start(daemon, &options);
    if (rc == 0)
        rc = daemon_run(daemon);
    free(daemon);
    return rc ? 1 : 0;
}
