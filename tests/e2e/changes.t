#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What became of counties is configuration: a reload that brings a change of code carries the county's
# certification, alert and history over, and one that is wrong changes nothing.
# shellcheck disable=SC2317 # some functions are called by wait_for only
. "$abs_top_srcdir/tests/tap/tap.sh"
. "$abs_top_srcdir/tests/e2e/lib.sh"

books_standard
printf 'code,name,parent\n990101,Qingshi,\n990201,Qingshi,\n' >"$tmp/divisions.csv"
printf 'date,kind,from,to,document\n' >"$tmp/changes.csv"
{
    base_conf
    cat <<END
standards: {dir: standards, use: [books]}
divisions: $tmp/divisions.csv
division_changes: $tmp/changes.csv
sources:
  - {name: one, plugin: folder, format: csv, path: $tmp/drop, settle: 0s, interval: 1d}
alerts: {group_wait: 0s, warning: {enabled: false}, decline: {enabled: false}, data_quality: {enabled: false}}
END
    spool_conf
} >"$conf"
mkdir "$tmp/drop"
table() { # ROUND COUNTY BOOKS
    printf 'round,county_code,school_code,kind,pupils_primary,books\n'
    printf '%s,%s,1,primary,100,100\n%s,%s,2,primary,100,%s\n' "$1" "$2" "$1" "$2" "$3"
}
judged() { junhengctl poll one >>"$tmp/none" && sleep 0.2 && has_logged "round.evaluated source=one round=$1"; }
alerts() { of /api/v1/alerts "[(a['county']['code'], a['state']) for a in data if a['kind'] == 'slip']"; }

start_daemon
table 2021 990101 100 >"$tmp/drop/2021.csv"
wait_for 30 judged 2021
junhengctl certify 990101 --standard books --date 2013-12-31 --by test --reason trial >>"$tmp/none"
table 2022 990101 900 >"$tmp/drop/2022.csv"
wait_for 30 judged 2022
is "$(alerts)" "[('990101', 'firing')]" "a certified county slips"
! junhengctl history 990101 | grep -q COUNTY
ok $? "a history under one code has no column for it"

printf 'date,kind,from,to,document\n2023-01-01,moved,990101,990201,\n' >"$tmp/changes.csv"
junhengctl reload >"$tmp/out" 2>&1
is $? 1 "a table of changes that is wrong is not taken over"
like "$(cat "$tmp/out")" 'changes.csv:2:' "and it says where"
table 2023 990201 900 >"$tmp/drop/2023.csv"
wait_for 30 judged 2023
is "$(alerts)" "[('990101', 'firing')]" "the new code is another county as yet"

printf 'date,kind,from,to,document\n2023-01-01,code,990101,990201,\n' >"$tmp/changes.csv"
junhengctl reload >"$tmp/out" 2>&1
ok $? "one that is right is" || diag "$(cat "$tmp/out")"
moved() { [ "$(alerts)" = "[('990201', 'firing')]" ]; }
wait_for 30 moved
is "$(alerts)" "[('990201', 'firing')]" "the alert has moved on with the county"
is "$(of /api/v1/counties "[c['code'] for c in data]")" "['990201']" "there is one county"
is "$(of /api/v1/counties/990101 "[s['code'] for s in data['successors']]")" "['990201']" "the old code tells what it became"
is "$(of /api/v1/counties/990101 "data['ended']['kind']")" code "and by what"
is "$(of /api/v1/counties/990201/history "[(v['county'], v['round']) for v in data]")" \
    "[('990101', '2021'), ('990101', '2022'), ('990201', '2023')]" "its history goes back through both codes"
like "$(junhengctl history 990201)" 'COUNTY +ROUND' "and the text has a column of them"
table 2024 990201 100 >"$tmp/drop/2024.csv"
wait_for 30 judged 2024
is "$(alerts)" "[('990201', 'resolved')]" "a recovery under the new code ends it"
stop_daemon
ok $? "the daemon ends well"
! grep -Eq 'Sanitizer|runtime error' "$log"
ok $? "no sanitizer has anything to say"
done_testing
