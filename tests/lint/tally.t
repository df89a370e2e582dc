#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The sum that scripts/check ends with.
. "$abs_top_srcdir/tests/tap/tap.sh"

tally() { sh "$abs_top_srcdir/build-tools/tally.sh" "$tmp" "$@" >"$tmp/out"; }
last() { tail -n 1 "$tmp/out"; }
mkdir -p "$tmp/tests/base" "$tmp/tests/eval"

tally
is "$? $(last)" "0 0 passed, 0 failed" "no tests, no result"
printf 'ok 1 - a\nPASS: tests/base/x 1 - a\nok 2\nPASS: tests/base/x 2\n' >"$tmp/tests/base/x.log"
tally
is "$? $(last)" "0 2 passed, 0 failed" "passes are counted once"
echo 'SKIP: tests/eval/s 1 # SKIP no data' >"$tmp/tests/eval/s.log"
tally
is "$? $(last)" "0 2 passed, 0 failed, 1 skipped" "skips are counted"
tally 2
is "$(last)" "2 passed, 1 failed, 1 skipped" "a make that fails by itself is a failure"
printf 'FAIL: tests/eval/x 1 - cv\nERROR: tests/eval/x - exited with status 1\n' >"$tmp/tests/eval/x.log"
! tally 2
ok $? "a failure shows in the exit status"
is "$(last)" "2 passed, 1 failed, 1 skipped" "the exit status of a failed test is not counted again"
like "$(cat "$tmp/out")" 'FAIL: tests/eval/x 1 - cv' "what failed is named"
printf 'ERROR: tests/eval/y - exited with status 139\n' >"$tmp/tests/eval/y.log"
! tally
is "$(last)" "2 passed, 2 failed, 1 skipped" "a crash is a failure"
done_testing
