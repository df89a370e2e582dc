#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `junhengctl standards`, with which a province looks at its overlay before it is in force: what
# comes of it is printed whole, and where it is laxer than the national text it says so.
. "$abs_top_srcdir/tests/tap/tap.sh"

ctl=$abs_top_builddir/junhengctl
[ -x "$ctl" ] || bail "no junhengctl in the build folder"

cat >"$tmp/ours.yaml" <<'YAML'
standard: ours
extends: quality-2017
school_rule: {at_least: 5}
cv_rule: {junior: 0.40}
YAML

"$ctl" standards show "$tmp/ours.yaml" >"$tmp/shown.yaml" 2>"$tmp/err"
is $? 0 "an overlay is shown" || diag "$(cat "$tmp/err")"
is "$(grep -c '^  - id' "$tmp/shown.yaml")" 7 "… with its parent's indicators"
is "$(sed -n '/^cv_rule/,/junior/p' "$tmp/shown.yaml" | tr -d '\n')" \
    "cv_rule:  applies_to: each  primary: 0.5  junior: 0.4" "… and both limits"
is "$(grep '^coverage' "$tmp/shown.yaml")" "coverage: 1" "… and defaults"
is "$(cat "$tmp/err")" \
    "junhengctl: warning: $tmp/ours.yaml:3:25: school_rule.at_least: 5, and 6 in quality-2017: laxer than what it extends" \
    "where it is laxer is said"

sed 's/^standard: .*/standard: shown/' "$tmp/shown.yaml" >"$tmp/again.yaml"
"$ctl" standards show "$tmp/again.yaml" | sed 's/^standard: .*/standard: ours/' >"$tmp/third.yaml"
cmp "$tmp/shown.yaml" "$tmp/third.yaml" 2>/dev/null
ok $? "what is shown can be a standard itself"

cat >"$tmp/junheng.yaml" <<YAML
state_dir: $tmp/state
standards: {use: [basic-2012, quality-2017, ./ours.yaml]}
YAML
"$ctl" check -c "$tmp/junheng.yaml" >"$tmp/out" 2>"$tmp/err"
is $? 0 "check takes it" || diag "$(cat "$tmp/err")"
is "$(grep -c 'ours.yaml:3:25: .*laxer' "$tmp/err")" 1 "… and says where it is laxer"

echo 'extends: quality-2071' >"$tmp/bad.yaml"
"$ctl" standards show "$tmp/bad.yaml" >"$tmp/out" 2>"$tmp/err"
is $? 1 "a parent that is not there"
is "$(cat "$tmp/err")" \
    "junhengctl: $tmp/bad.yaml:1:10: extends: no standard \"quality-2071\" (did you mean \"quality-2017\"?)" \
    "… is told at its place"
is "$(cat "$tmp/out")" "" "… and nothing is printed"

done_testing
