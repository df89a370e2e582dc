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
is "$(sed -n '/^indicators/,/^school_rule/p' "$tmp/shown.yaml" | grep -c '^  - id')" 7 "… with its parent's indicators"
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

# ---- a relaxation relied on is told -----------------------------------------------------------

cat >"$tmp/small.csv" <<'CSV'
统计年份,区县代码,区县名称,学校代码,学校名称,办学类型,城乡类型,小学在校生数,小学体育艺术专任教师数,小学兼职走教体育艺术教师数
2025,340103,庐阳区,2134000001,村小,小学,乡村,60,0,1
2025,340103,庐阳区,2134000002,镇小,小学,镇区,60,1,1
CSV
"$ctl" evaluate --standard quality-2017 --format json "$tmp/small.csv" >"$tmp/out.json" 2>"$tmp/err"
is "$(python3 -c '
import json, sys
county = json.load(open(sys.argv[1]))["counties"][0]
print(county["relaxations"], county["duties"], *[s["values"]["pe_arts_teachers_per_100"] for s in county["schools"]])
' "$tmp/out.json")" \
    "[{'id': 'R1', 'school': '2134000001', 'campus': '', 'stage': 'primary', 'indicator': 'pe_arts_teachers_per_100'}] [] 1.6666666666666667 1.6666666666666667" \
    "JSON names the relaxation and the school"
"$ctl" evaluate --standard quality-2017 --format text "$tmp/small.csv" >"$tmp/out" 2>"$tmp/err"
is "$(grep '过渡规定' "$tmp/out")" \
    "过渡规定 R1 2134000001 村小 小学: 每百名学生拥有体育、艺术（美术、音乐）专任教师数" "so does the text"

echo 'extends: quality-2071' >"$tmp/bad.yaml"
"$ctl" standards show "$tmp/bad.yaml" >"$tmp/out" 2>"$tmp/err"
is $? 1 "a parent that is not there"
is "$(cat "$tmp/err")" \
    "junhengctl: $tmp/bad.yaml:1:10: extends: no standard \"quality-2071\" (did you mean \"quality-2017\"?)" \
    "… is told at its place"
is "$(cat "$tmp/out")" "" "… and nothing is printed"

# ---- what is refused, each at its place --------------------------------------------------------

mkdir "$tmp/bad" && cd "$tmp/bad" || bail "no folder"
rest='indicators: [{id: x, numerator: books, school_min: {primary: 3}}]
cv_rule: {applies_to: each, primary: 0.5}'
refused() { # NAME FILE PLACE-AND-WORDS
    "$ctl" standards show "$2" >out 2>err
    is "$?:$(cat out):$(cat err)" "1::junhengctl: $2:$3" "$1"
    "$ctl" evaluate --standard "$2" "$abs_top_srcdir/tests/golden/books.csv" >out 2>again
    is "$?:$(cat out):$(cat again)" "2::$(cat err)" "… by evaluate, too"
}
printf 'standard: x\n%s\nitems: [{id: A}, {id: B}]\nscore: {items: [A, B], points: {A: 50, B: 49}, pass: 85}\n' \
    "$rest" >points.yaml
refused "points that do not add up to 100" points.yaml '5:32: score.points: they sum to 99, expected 100'
printf 'standard: x\n%s\nitems:\n  - {id: A}\n  - {id: A}\n' "$rest" >item.yaml
refused "an item twice" item.yaml '6:10: items[1].id: "A" is there twice: first on line 5'
printf 'standard: a\nextends: b\n' >a.yaml
printf 'standard: b\nextends: c\n' >b.yaml
printf 'standard: c\nextends: a\n' >c.yaml
"$ctl" standards show a.yaml >out 2>err
is "$?:$(cat out):$(cat err)" "1::junhengctl: ./c.yaml:2:10: extends: a cycle: a -> b -> c -> a" "a cycle"
"$ctl" standards show --standards-dir . b >out 2>err
is "$?:$(cat out):$(cat err)" "1::junhengctl: ./a.yaml:2:10: extends: a cycle: b -> c -> a -> b" "… of a folder"
printf 'standard: x\nindicators: [{id: x, numerator: boks}]\ncv_rule: {applies_to: each, primary: 0.5}\n' >numerator.yaml
refused "an unknown numerator" numerator.yaml \
    '2:33: indicators[0].numerator: unknown field "boks" (did you mean "books"?)'
printf 'standard: x\n%s\nschool_rule: {at_least: 1, floor: 1.01}\n' "$rest" >floor.yaml
refused "a floor above 1" floor.yaml '4:35: school_rule.floor: expected at most 1, got "1.01"'
printf 'standard: x\neffective: 2017-02-29\n%s\n' "$rest" >date.yaml
refused "a date that does not exist" date.yaml \
    '2:12: effective: expected a day that there is, such as 2017-04-19, got "2017-02-29"'
for id in points item numerator floor date; do
    sed -i "s/^standard: x/standard: $id/" "$id.yaml"
done
printf 'state_dir: %s/state\nstandards: {dir: %s, use: [points, item, a, numerator, floor, date]}\n' "$tmp" "$tmp/bad" \
    >"$tmp/bad.conf"
"$ctl" check -c "$tmp/bad.conf" >out 2>err
is "$?:$(grep -Ec 'bad/(points.yaml:5:32|item.yaml:6:10|c.yaml:2:10|numerator.yaml:2:33|floor.yaml:4:35|date.yaml:2:12): ' err)" \
    "1:6" "check tells all six" || diag "$(cat err)"

done_testing
