#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The first thing that people run must not rot: the demo ends well and shows what it promises.
. "$abs_top_srcdir/tests/tap/tap.sh"

BUILT=1 BUILD=$abs_top_builddir "$abs_top_srcdir/scripts/demo" >"$tmp/out" 2>&1
is "$?" 0 "the demo ends with 0" || diag "$(tail -n 30 "$tmp/out")"
shows() { # PATTERN WHAT
    grep -Eq -e "$1" "$tmp/out"
    ok $? "it shows $2"
}
shows '滑坡 严重 青石县' "the slip, as the office reads it"
shows 'province-hook +delivered' "where it was delivered"
shows 'signature verified' "a webhook whose signature is right"
shows '0\.650 .*边界值' "a figure that is close"
shows '数据不足' "an unknown that is no pass"
shows '鹿鸣县实验小学 teaching_area' "the cell that is missing"
shows '滑坡扩大 严重 青石县' "the alert that grows"
shows '恢复 青石县' "the recovery"
shows 'drained and ended with 0' "that the daemon ends well"
! grep -q "$(printf '\033')" "$tmp/out"
ok $? "no colours where there is no terminal"
"$abs_top_srcdir/scripts/demo" --nonsense >"$tmp/out" 2>&1
is "$?" 64 "it takes no other words"
done_testing
