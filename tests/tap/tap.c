/* SPDX-License-Identifier: Apache-2.0 */
#include "tap/tap.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int count;
static int failed;

bool ok(bool cond, const char *name, ...)
{
    va_list args;
    va_start(args, name);
    printf("%sok %d - ", cond ? "" : "not ", ++count);
    vprintf(name, args);
    putchar('\n');
    fflush(stdout); /* a crash must not take results with it */
    va_end(args);
    failed += !cond;
    return cond;
}

bool is_int(long long got, long long want, const char *name)
{
    if (!ok(got == want, "%s", name))
        printf("# got %lld, want %lld\n", got, want);
    return got == want;
}

/* Diagnostics stay on lines that begin with '#', whatever is in the text. */
static void print_text(const char *label, const char *text)
{
    printf("# %s: ", label);
    for (const char *p = text ? text : "(NULL)"; *p; p++) {
        putchar(*p);
        if (*p == '\n')
            fputs("#     ", stdout);
    }
    putchar('\n');
}

bool is_str(const char *got, const char *want, const char *name)
{
    bool same = got && want ? strcmp(got, want) == 0 : got == want;
    if (!ok(same, "%s", name)) {
        print_text("got ", got);
        print_text("want", want);
    }
    return same;
}

bool is_dbl(double got, double want, double eps, const char *name)
{
    bool same = fabs(got - want) <= eps || (isnan(got) && isnan(want)) || got == want;
    if (!ok(same, "%s", name))
        printf("# got %.17g, want %.17g within %g\n", got, want, eps);
    return same;
}

void skip(int n, const char *why)
{
    for (int i = 0; i < n; i++)
        printf("ok %d # SKIP %s\n", ++count, why);
    fflush(stdout);
}

void bail(const char *why)
{
    printf("Bail out! %s\n", why);
    fflush(stdout);
    exit(99);
}

int done_testing(void)
{
    printf("1..%d\n", count);
    return failed || count == 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
