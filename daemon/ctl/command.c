/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/command.h"

#include <stdarg.h>
#include <stdio.h>

const char COMMAND_PROGRAM[] = "junhengctl";

int command_usage(const char *command, const char *fmt, ...)
{
    va_list ap;
    fprintf(stderr, "%s: %s: ", COMMAND_PROGRAM, command);
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fprintf(stderr, " (see: %s help %s)\n", COMMAND_PROGRAM, command);
    return COMMAND_USAGE;
}

int command_fail(int status, const struct jh_err *err)
{
    err_print(stderr, COMMAND_PROGRAM, err);
    return status;
}
