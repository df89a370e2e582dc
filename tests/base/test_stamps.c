/* SPDX-License-Identifier: Apache-2.0 */
/* What is written down is never dated before the build, nor before what was written down last. */
#include "base/stamps.h"
#include "tap/tap.h"

enum { BUILT = 1000 * 1000, MINUTE = 60 * 1000 };

int main(void)
{
    struct clock wall = clock_fixed(BUILT - 1);
    struct stamps s;
    stamps_init(&s, &wall, BUILT);
    ok(!stamps_plausible(&s), "a clock that shows a time before the build is wrong");
    wall.fixed_ms = BUILT;
    ok(stamps_plausible(&s), "at the build it may be right");
    wall.fixed_ms = BUILT + 60 * MINUTE;
    is_int(clock_wall(&s.clock), wall.fixed_ms, "stamps show the time");
    wall.fixed_ms -= MINUTE;
    is_int(clock_wall(&s.clock), wall.fixed_ms, "back, too, when nothing was stamped");
    stamps_used(&s, wall.fixed_ms);
    stamps_used(&s, BUILT);
    wall.fixed_ms -= 5 * MINUTE;
    is_int(clock_wall(&s.clock), BUILT + 59 * MINUTE,
           "but never behind the newest stamp");
    is_int(stamps_behind_ms(&s), 0, "five minutes are not worth a word");
    wall.fixed_ms -= 1;
    is_int(stamps_behind_ms(&s), 5 * MINUTE + 1, "more are");
    is_int(clock_mono(&s.clock), wall.fixed_ms, "intervals go by the clock itself");
    wall.fixed_ms = BUILT + 59 * MINUTE + 1;
    is_int(clock_wall(&s.clock), wall.fixed_ms,
           "on it goes when the clock has caught up");
    is_int(stamps_behind_ms(&s), 0, "nothing is behind then");
    return done_testing();
}
