#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The systemd unit is well-formed and stays hardened.
. "$abs_top_srcdir/tests/tap/tap.sh"

command -v systemd-analyze >"$tmp/which" || skip_all "systemd-analyze is not installed"
unit=$abs_top_builddir/etc/junheng.service

# verify wants the programs and manual pages of the unit to be installed: it gets others.
sed -e 's|^ExecStart=.*|ExecStart=/bin/true|' -e '/^Documentation=/d' "$unit" >"$tmp/junheng.service"
out=$(systemd-analyze verify --man=no "$tmp/junheng.service" 2>&1)
is "$out" "" "systemd-analyze verify has nothing to say"
sed 's/^WatchdogSec=.*/WatchdogSec=soon/' "$tmp/junheng.service" >"$tmp/wrong.service"
like "$(systemd-analyze verify --man=no "$tmp/wrong.service" 2>&1)" "Failed to parse" "and would say so"

# The scale ends at 100; a plain unit has 96.
systemd-analyze security --offline=true --threshold=20 "$tmp/junheng.service" >"$tmp/out" 2>&1
ok $? "exposure is at most 2.0: $(tail -n 1 "$tmp/out")"
grep -v '^Protect' "$tmp/junheng.service" >"$tmp/weaker.service"
! systemd-analyze security --offline=true --threshold=20 "$tmp/weaker.service" >"$tmp/out" 2>&1
ok $? "a weaker unit is refused: $(tail -n 1 "$tmp/out")"

! grep -E '@[a-z]+@|\$\{' "$unit" "$abs_top_builddir/etc/junheng.tmpfiles"
ok $? "every path is filled in"
if command -v systemd-sysusers >"$tmp/which"; then
    systemd-sysusers --dry-run "$abs_top_srcdir/etc/junheng.sysusers" >"$tmp/out" 2>&1
    ok $? "systemd-sysusers understands its file" || diag "$(cat "$tmp/out")"
else
    skip 1 "systemd-sysusers is not installed"
fi
done_testing
