#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A file that should never have been accepted can be taken back over the control socket: what it
# had replaced counts again, its alert ends as a correction, and the same bytes stay out.
# shellcheck disable=SC2317 # some functions are called by wait_for only
. "$abs_top_srcdir/tests/tap/tap.sh"
. "$abs_top_srcdir/tests/e2e/lib.sh"

books_standard
{
    base_conf
    cat <<END
standards: {dir: standards, use: [books]}
sources:
  - {name: one, plugin: file, format: csv, path: $tmp/one.csv, interval: 1d}
alerts: {group_wait: 0s}
END
    spool_conf
} >"$conf"
table() { # ROUND BOOKS
    printf 'round,county_code,county_name,school_code,kind,pupils_primary,books\n'
    printf '%s,990101,Qingshi,1,primary,100,100\n%s,990101,Qingshi,2,primary,100,%s\n' "$1" "$1" "$2"
}
table 2020 300 >"$tmp/one.csv"
start_daemon
wait_for 20 has_logged 'round.evaluated source=one round=2020'
ok $? "2020 is in"
junhengctl certify 990101 --standard books --date 2013-12-31 --by test --reason trial >>"$tmp/none"
ok $? "the county is certified"
poll_until() { # PATTERN
    wait_for 20 junhengctl poll one
    wait_for 20 has_logged "$1"
}
table 2021 900 >"$tmp/one.csv"
poll_until 'round.evaluated source=one round=2021'
ok $? "2021 comes and fails"
is "$(of /api/v1/alerts "data[0]['state']")" firing "which fires"

junhengctl retract one --round 2021 --by clerk >>"$tmp/none" 2>&1
is "$?" 64 "no retraction without a reason"
junhengctl retract one --round 2019 --by clerk --reason slip >"$tmp/out" 2>&1
is "$?" 1 "none of what is not there"
like "$(cat "$tmp/out")" 'nothing of source one is in force in round 2019' "in words"
junhengctl retract one --round 2021 --by clerk --reason "not their data" >"$tmp/out" 2>&1
ok $? "2021 is retracted" || diag "$(cat "$tmp/out")"
like "$(cat "$tmp/out")" '1 submission of source one in round 2021 retracted' "it says what was done"
has_logged 'data.retracted source=one round=2021 by=clerk reason="not their data"'
ok $? "so does the log"
is "$(of /api/v1/counties "data[0]['standards'][0]['round']")" 2020 "2020 is the newest round again"
is "$(of /api/v1/alerts "data[0]['state'] + ' ' + data[0]['cause']")" "resolved corrected" "the alert has ended"
wait_for 20 grep -q 更正 -r "$tmp/spool"
ok $? "and the office is told of a correction"
like "$(junhengctl history 990101)" '2021 .*fail \(retracted\)' "history shows it as retracted"
like "$(junhengctl sources)" 'one .* 2021' "sources shows the round"
is "$(of /api/v1/sources "data[0]['retracted'][0]['by']")" clerk "and who did it"

table 2021 900 >"$tmp/one.csv"
poll_until 'data.still_retracted source=one'
ok $? "the same bytes come again, and stay out" || diag "$(tail -n 3 "$log")"
is "$(of /api/v1/counties "data[0]['standards'][0]['round']")" 2020 "nothing of them counts"
is "$(of /api/v1/sources "data[0]['state']")" ok "the source is not to blame"
table 2021 310 >"$tmp/one.csv"
poll_until 'round.evaluated source=one round=2021 .*pass=1'
ok $? "other bytes are taken"
is "$(of /api/v1/sources "len(data[0]['retracted'])")" 0 "nothing is pending any more"
is "$(of /api/v1/counties "data[0]['standards'][0]['round'] + data[0]['standards'][0]['verdict']")" 2021pass "and judged"
stop_daemon
ok $? "the daemon ends well"
! has_logged 'Sanitizer|runtime error'
ok $? "no sanitizer has anything to say"
done_testing
