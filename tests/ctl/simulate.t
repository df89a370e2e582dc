#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What a county is told to buy is what it needs: an answer of --solve, given back with --set,
# must pass, and one unit less must not. And a slip of the pen in --set must not pass unnoticed.
. "$abs_top_srcdir/tests/tap/tap.sh"

golden=$abs_top_srcdir/tests/golden
ctl=$abs_top_builddir/junhengctl
[ -x "$ctl" ] || bail "no junhengctl in the build folder"
books="--standard $golden/books.yaml"

# shellcheck disable=SC2086 # $books is two words
simulate() { "$ctl" simulate $books "$@" 2>"$tmp/err"; }

# json EXPRESSION: a value out of $tmp/out.json, as Python writes it
json() { python3 -c "import json, sys; d = json.load(open(sys.argv[1])); print($1)" "$tmp/out.json"; }

# ---- --set -----------------------------------------------------------------------------------

simulate --format json --set 2134000004.books=500 --set 2134000002.图书册数=300 "$golden/books.csv" >"$tmp/out.json"
is $? 0 "cells are set" || diag "$(cat "$tmp/err")"
is "$(json "[c['code'] for c in d['counties']]")" "['340001']" "the county concerned"
is "$(json "[(s['field'], s['from'], s['to']) for s in d['counties'][0]['set']]")" \
    "[('books', 160, 500), ('books', 137, 300)]" "what was set, an alias too"
is "$(json "'%.6f' % d['counties'][0]['before']['stages'][0]['indicators'][0]['cv']")" 0.515257 "before"
sed 's/,160$/,500/; s/,137$/,300/' "$golden/books.csv" >"$tmp/set.csv"
after=$(json "d['counties'][0]['after']['stages']")
# shellcheck disable=SC2086
"$ctl" evaluate $books --format json "$tmp/set.csv" >"$tmp/out.json"
is "$after" "$(json "d['counties'][0]['stages']")" "after is what evaluate says of such a file"

simulate --set 2134000004.books=500 "$golden/books.csv" >"$tmp/out"
like "$(cat "$tmp/out")" '2134000004 books: 160 → 500' "text: what was set"
like "$(cat "$tmp/out")" '0\.515 ✘ → 0\.[0-9]{3} ✔' "… before and after"
simulate --format csv --set 2134000004.books=500 "$golden/books.csv" >"$tmp/out"
is "$(head -n 1 "$tmp/out")" \
    "state,county_code,stage,indicator,mean,sd,cv,limit,verdict,borderline" "csv"
is "$(cut -d , -f 1,2,3,9 "$tmp/out" | sed -n '2p;6p')" "before,340001,primary,fail
after,340001,primary,pass" "… before and after"

{
    printf 'round,county_code,county_name,school_code,campus,stage,kind,pupils_primary,pupils_junior,books\n'
    printf '2025,340001,x,77,east,,primary,50,,10\n2025,340001,x,77,west,,primary,50,,20\n'
    printf '2025,340001,x,78,,primary,nine_year,50,,10\n2025,340001,x,78,,junior,nine_year,,50,20\n'
} >"$tmp/rows.csv"
simulate --format json --set 77/west.books=5 --set 78/junior.books=6 --set 78.pupils_primary=7 \
    "$tmp/rows.csv" >"$tmp/out.json"
is $? 0 "campus and stage choose a row" || diag "$(cat "$tmp/err")"
is "$(json "[(s['school'], s['campus'], s['from'], s['to']) for s in d['counties'][0]['set']]")" \
    "[('77', 'west', 20, 5), ('78', '', 20, 6), ('78', '', 50, 7)]" "… the right one"

# ---- --solve ---------------------------------------------------------------------------------

simulate --format json --solve --county 340001 "$golden/books.csv" >"$tmp/out.json"
is $? 0 "solved" || diag "$(cat "$tmp/err")"
is "$(json "[(a['status'], a['total'], a['limit']) for a in d['counties'][0]['solve']]")" \
    "[('solved', 16, 0.5)]" "16 books"
is "$(json "[(x['school'], x['from'], x['to']) for x in d['counties'][0]['solve'][0]['additions']]")" \
    "[('2134000004', 160, 176)]" "… for the poorest school"
# verdict BOOKS
verdict() {
    simulate --format json --set "2134000004.books=$1" "$golden/books.csv" >"$tmp/out.json"
    json "d['counties'][0]['after']['stages'][0]['verdict']"
}
is "$(verdict 176) $(verdict 175)" "pass fail" "given back it passes, one less does not"

simulate --solve --format csv --county 340001 "$golden/books.csv" >"$tmp/out"
is "$(cat "$tmp/out")" "county_code,stage,aim,indicator,status,total,school,campus,field,amount,from,to
340001,primary,cv,books_per_pupil,solved,16,2134000004,,books,16,160,176" "csv"
simulate --solve --format json "$golden/books.csv" >"$tmp/out.json"
is "$(json "[(c['code'], a['status']) for c in d['counties'] for a in c['solve'] if a['status'] != 'solved']")" \
    "[('340004', 'missing'), ('340013', 'undefined'), ('340014', 'missing')]" \
    "where data are missing, or nobody has anything, nobody knows"
is "$(json "sorted(set(c['before']['verdict'] for c in d['counties']))")" "['fail', 'unknown']" \
    "counties that pass are left out"
simulate --solve --format json --set 2134000001.books=0 --set 2134000001.books=1 "$golden/books.csv" >"$tmp/out.json"
is "$(json "[c['code'] for c in d['counties']]")" "['340001']" "with --set: the counties concerned"
is "$(json "d['counties'][0]['solve'][0]['additions'][0]['from']")" 1 "… as they would be"

books="--standard basic-2012"
simulate --solve --format json --county 350002 "$golden/basic.csv" >"$tmp/out.json"
is "$(json "[(a['aim'], a['total']) for a in d['counties'][0]['solve']] == 8 * [('composite', 1)]")" True \
    "the composite: one more of any of the eight"
simulate --solve --county 350002 "$golden/basic.csv" >"$tmp/out"
like "$(cat "$tmp/out")" '综合差异系数 0.651 ✘ → 0.650 ✔ \(合格\)' "… for people"
simulate --solve --format json --county 350002 --stage junior --indicator books_per_pupil "$golden/basic.csv" >"$tmp/out.json"
is "$(json "[a['status'] for a in d['counties'][0]['solve']]")" "['inside']" "asked for what is inside"

books="--standard quality-2017"
simulate --solve --format json --county 360003 "$golden/quality.csv" >"$tmp/out.json"
is "$(json "[(a['aim'], a['status'], a['unsolved'], [(x['field'], x['amount']) for x in a['additions']]) for a in d['counties'][0]['solve']]")" \
    "[('school_rule', 'solved', 0, [('teaching_area', 10)])]" "3.82 to 3.83: the floor of 3.825 as printed"

# Several things fail at once: one plan, which given back with --set passes.
{
    printf 'round,county_code,county_name,school_code,kind,pupils_primary,pupils_junior,books,computers\n'
    printf '2025,340001,x,81,primary,100,,100,1\n2025,340001,x,82,primary,100,,300,30\n'
    printf '2025,340001,x,83,junior,,100,100,5\n2025,340001,x,84,junior,,100,300,5\n'
} >"$tmp/two.csv"
cat >"$tmp/two.yaml" <<END
standard: two
title: two
effective: 2012-01-01
indicators:
  - {id: books_per_pupil, title: b, numerator: books}
  - {id: computers_per_100, title: c, numerator: computers, per: 100}
cv_rule: {applies_to: each, primary: 0.25, junior: 0.25}
END
books="--standard $tmp/two.yaml"
simulate --solve --format json "$tmp/two.csv" >"$tmp/out.json"
is "$(json "[(a['stage'], a['total'], a['verdict']) for a in d['counties'][0]['solve']]")" \
    "[('primary', 80, 'fail'), ('primary', 17, 'fail'), ('junior', 80, 'fail')]" "no answer is enough alone"
joint="d['counties'][0]['joint']"
is "$(json "(${joint}['status'], ${joint}['verdict'], ${joint}['fails'], [(x['school'], x['amount'], x['to']) for x in ${joint}['additions']])")" \
    "('solved', 'pass', [], [('81', 80, 180), ('81', 17, 18), ('83', 80, 180)])" "together they are"
simulate --format json --set 81.books=180 --set 81.computers=18 --set 83.books=180 "$tmp/two.csv" >"$tmp/out.json"
is "$(json "d['counties'][0]['after']['verdict']")" pass "… given back they pass"
simulate --solve --format csv "$tmp/two.csv" >"$tmp/out"
is "$(grep -c ',,joint,.*,solved,,8[13],,' "$tmp/out")" 3 "… csv"
simulate --solve "$tmp/two.csv" >"$tmp/out"
like "$(cat "$tmp/out")" '合并方案.*\(合格\)' "… for people"
sed 's/81,primary,100,,100,1$/81,primary,100,,,1/' "$tmp/two.csv" >"$tmp/hole.csv"
simulate --solve --format json "$tmp/hole.csv" >"$tmp/out.json"
is "$(json "(${joint}['status'], ${joint}['verdict'], ${joint}['fails'])")" \
    "('missing', 'unknown', [{'stage': 'primary', 'figure': 'books_per_pupil'}])" "a hole in the data: what still fails"
simulate --solve --format json --stage primary "$tmp/two.csv" >"$tmp/out.json"
is "$(json "$joint")" None "a part asked for: no plan for all"
grep -v ',junior,' "$tmp/two.csv" >"$tmp/half.csv"
simulate --solve "$tmp/half.csv" >"$tmp/out"
like "$(cat "$tmp/out")" '仍不合格: 初中 没有学校' "a stage without schools cannot be mended"

# ---- refusals --------------------------------------------------------------------------------

books="--standard $golden/books.yaml"
# refused NAME STATUS WHAT-IS-SAID ARGUMENT...: nothing on stdout
refused() {
    name=$1 status=$2 said=$3
    shift 3
    simulate "$@" >"$tmp/out"
    is "$?:$(wc -c <"$tmp/out")" "$status:0" "$name"
    like "$(cat "$tmp/err")" "$said" "… and is told why" || diag "$(cat "$tmp/err")"
}
f=$golden/books.csv
refused "an unknown school" 2 'no school has the code "213400004" \(did you mean "2134000004"\?\)' --set 213400004.books=1 "$f"
refused "an unknown field" 2 'unknown field "boks" \(did you mean "books"\?\)' --set 2134000004.boks=1 "$f"
refused "a field of words" 2 '"kind" holds words' --set 2134000004.kind=primary "$f"
refused "a value that is none" 2 '"-1" is no amount' --set 2134000004.books=-1 "$f"
refused "no value" 2 'no value' --set 2134000004.books= "$f"
refused "an unknown campus" 2 'no campus "north"' --set 77/north.books=1 "$tmp/rows.csv"
refused "one of several campuses" 2 'there are: 77/east, 77/west' --set 77.books=1 "$tmp/rows.csv"
refused "no form of --set" 64 'expected SCHOOL\[/CAMPUS\].FIELD=VALUE' --set 2134000004 "$f"
refused "an unknown county" 2 '"340091".*did you mean' --solve --county 340091 "$f"
refused "an unknown indicator" 2 'did you mean "books_per_pupil"' --solve --indicator books_per_pupl "$f"
refused "an unknown stage" 64 'expected primary or junior' --solve --stage senior "$f"
refused "nothing to do" 64 'neither --set nor --solve' "$f"
refused "an option of --solve by itself" 64 'go with --solve' --set 2134000004.books=1 --stage primary "$f"
like "$("$ctl" help simulate)" '--set SCHOOL' "help"
done_testing
