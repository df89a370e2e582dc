#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A county that is certified under a code with a slip in it is never judged, and nobody notices.
# A code that neither the divisions file nor any data know is refused, with what may be meant.
# shellcheck disable=SC2317 # some functions are called by wait_for only
. "$abs_top_srcdir/tests/tap/tap.sh"
. "$abs_top_srcdir/tests/e2e/lib.sh"

printf 'code,name,parent\n99,Yunling,\n9901,Qing,99\n990101,Qingshi,9901\n990112,Heshui,9901\n' >"$tmp/divisions.csv"
printf 'round,county_code,school_code,kind,pupils_primary,books\n2020,ZONE1,1,primary,100,100\n' >"$tmp/one.csv"
{
    base_conf
    cat <<END
standards: {use: [basic-2012]}
divisions: divisions.csv
sources:
  - {name: one, plugin: file, format: csv, path: $tmp/one.csv, interval: 1d}
END
    spool_conf
} >"$conf"
start_daemon
wait_for 20 has_logged 'round.evaluated source=one'
ok $? "data of one county are there"

certify() { # CODE
    junhengctl certify "$1" --standard basic-2012 --date 2013-12-31 --by test --reason trial >"$tmp/out" 2>&1
}
certified() { of /api/v1/certifications 'len(data)'; }
certify 990101
is "$?" 0 "one of the divisions file, before its first data"
certify ZONE1
is "$?" 0 "one that only data know"
certify 990121
is "$?" 1 "two digits swapped: refused"
like "$(cat "$tmp/out")" '^junhengctl: county: 990121 is not in the divisions file.*did you mean .*990112 \(Heshui\)' "with what may be meant"
certify 123456
like "$(cat "$tmp/out")" 'no data have come for it$' "nothing is suggested for what is like nothing"
for code in 99 9901; do
    certify $code
    is "$?" 1 "a province's or a city's code: refused"
    like "$(cat "$tmp/out")" "^junhengctl: county: $code is no county: others lie in it" "as what it is"
done
is "$(certified)" 2 "nothing was recorded of those"

printf 'date,county,standard\n2013-12-31,990112,basic-2012\n2013-12-31,990011,basic-2012\n2013-02-31,990101,basic-2012\n' >"$tmp/list.csv"
junhengctl certify --import "$tmp/list.csv" --by test >"$tmp/out" 2>&1
is "$?" 1 "a list with a date that does not exist"
like "$(cat "$tmp/out")" "^junhengctl: $tmp/list.csv:4:1: date: expected" "is told with its place"
sed -i 's/2013-02-31/2013-12-31/' "$tmp/list.csv"
junhengctl certify --import "$tmp/list.csv" --by test >"$tmp/out" 2>&1
is "$?" 1 "a list with a slip in a code"
like "$(cat "$tmp/out")" "^junhengctl: $tmp/list.csv:3:12: county: 990011 is not" "is told with its place"
is "$(certified)" 2 "nothing of it was recorded"

# ---- without a divisions file nobody can tell ------------------------------------------------
grep -v '^divisions:' "$conf" >"$tmp/new" && cp "$tmp/new" "$conf"
junhengctl reload >>"$tmp/none"
certify 990121
is "$?" 0 "without a divisions file any code is taken"
like "$(cat "$tmp/out")" 'warning: county 990121: no data are known of it yet' "with a warning"
certify ZONE1
! grep -q warning "$tmp/out"
ok $? "but for those that data know"
stop_daemon
ok $? "the daemon ends well"
done_testing
