#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# kill -9 at each single write of a short life, and not where chance has it (kill9.t): whatever
# had been written until then, the daemon that is started again ends with the same alerts under
# the same numbers, the same messages, and a sound journal. In check-long at all of the writes.
. "$abs_top_srcdir/tests/tap/tap.sh"
. "$abs_top_srcdir/tests/e2e/lib.sh"

points=20
[ -z "${JUNHENG_LONG-}" ] || points=0
[ -z "${JUNHENG_SANITIZED-}" ] || points=8
seed=${JUNHENG_SEED:-20251201}
diag "JUNHENG_SEED=$seed"
umask 077
echo "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" >"$tmp/secret"
python3 "$abs_top_srcdir/tests/e2e/crash.py" "$abs_top_builddir" "$tmp" \
    "$abs_top_builddir/tests/e2e/.libs/breaks.so" "$points" "$seed" >"$tmp/out" 2>&1
ok $? "every life comes to its end"
grep '^#' "$tmp/out" || diag "$(tail -n 20 "$tmp/out")"
is "$(grep '^transitions' "$tmp/out")" "transitions 2 messages 4 hooks 2 spool 2 journal sound" \
    "an undisturbed one has a slip that fires and ends, told through a folder and a webhook"
is "$(grep '^differ' "$tmp/out")" "differ 0 killed nearly always" \
    "nothing is lost, invented or renumbered by a death at any of these writes"
done_testing
