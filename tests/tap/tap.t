#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Failures must look like failures, in both TAP writers.
. "$abs_top_srcdir/tests/tap/tap.sh"

out=$("$abs_top_builddir/tests/tap/test_tap" --fail)
is $? 1 "a failing C test exits with 1"
is "$(printf '%s\n' "$out" | grep -c '^not ok')" 4 "each wrong comparison is one not ok"
like "$out" '^1\.\.4$' "the plan comes last"
"$abs_top_builddir/tests/tap/test_tap" --none >"$tmp/out"
is $? 1 "a C test without results fails"

shell_test() { abs_top_srcdir=$abs_top_srcdir sh -c ". \"\$abs_top_srcdir/tests/tap/tap.sh\"; $1"; }
out=$(shell_test 'is a b "differs"; like abc "^b" "no match"; ok 0 fine; done_testing')
is $? 1 "a failing shell test exits with 1"
is "$(printf '%s\n' "$out" | grep -c '^not ok')" 2 "each wrong shell comparison is one not ok"
out=$(shell_test 'ok 0 fine; skip 2 reason; done_testing')
is $? 0 "a passing shell test exits with 0"
is "$(printf '%s\n' "$out" | grep -c '# SKIP reason')" 2 "skips are counted"
shell_test done_testing >"$tmp/out"
is $? 1 "a shell test without results fails"
done_testing
