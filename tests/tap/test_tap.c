/* SPDX-License-Identifier: Apache-2.0 */
/* The passing half of tap.h; tap.t watches a failing program from outside. */
#include "tap/tap.h"

#include <math.h>
#include <string.h>

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--fail") == 0) {
        is_int(1, 2, "one is not two");
        is_str("a\nnot ok", NULL, "text is not NULL");
        is_dbl(1.0, 1.1, 0.01, "too far apart");
        is_dbl(NAN, 1.0, 0.01, "not a number");
        return done_testing();
    }
    if (argc > 1 && strcmp(argv[1], "--none") == 0)
        return done_testing();
    ok(true, "ok takes %s", "a format");
    is_int(2, 2, "is_int");
    is_str("x", "x", "is_str");
    is_str(NULL, NULL, "is_str of two NULLs");
    is_dbl(0.1 + 0.2, 0.3, 1e-12, "is_dbl");
    is_dbl(INFINITY, INFINITY, 0, "is_dbl of two infinities");
    return done_testing();
}
