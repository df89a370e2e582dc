#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# An office is not woken: what is to be told waits until its hours, over midnight, a weekend, a
# Saturday that is worked and a restart, and comes as one message; what is urgent to it does not
# wait. Time is a file's.
# shellcheck disable=SC2317 # some functions are called by wait_for only
. "$abs_top_srcdir/tests/tap/tap.sh"
. "$abs_top_srcdir/tests/e2e/lib.sh"

books_standard
# Saturday the 8th is worked for Monday the 10th.
printf 'date,kind,name\n2031-03-08,workday,x\n2031-03-10,holiday,x\n' >"$tmp/holidays.csv"
{
    base_conf
    cat <<END
standards: {dir: standards, use: [books]}
calendar: holidays.csv
sources:
  - {name: one, plugin: file, format: csv, path: $tmp/one.csv, interval: 1d}
alerts: {group_wait: 0s, warning: {enabled: false}, decline: {enabled: false}, data_quality: {enabled: false}}
channels:
  - {name: day, plugin: spool, path: $tmp/day}
  - {name: night, plugin: spool, path: $tmp/night}
offices:
  - {id: county, name: 县, level: county, channels: [day], quiet: ["18:00-08:00"], workdays_only: true}
  - {id: province, name: 省, level: province, channels: [night], quiet: ["18:00-08:00"], urgent: [critical]}
routes:
  - {match: {kind: slip}, to: [county, province]}
END
} >"$conf"
table() { # ROUND BOOKS
    printf 'round,county_code,county_name,school_code,kind,pupils_primary,books\n'
    printf '%s,340103,Luyang,1,primary,100,100\n%s,340103,Luyang,2,primary,100,%s\n' "$1" "$1" "$2"
}
now() { date -d "$1+08:00" +%s000 >"$tmp/clock"; } # in Shanghai
launch_daemon() {
    "$junhengd" -c "$conf" --clock "$tmp/clock" 2>>"$log" &
    daemon_pid=$!
}
files() { find "$tmp/$1" -type f 2>>"$tmp/none" | wc -l; }
has_files() { [ "$(files "$1")" -ge "$2" ]; }
deliver() { # ROUND BOOKS
    table "$1" "$2" >"$tmp/one.csv"
    wait_for 20 junhengctl poll one
    wait_for 20 has_logged "round.evaluated source=one round=$1"
}
sent() { of /api/v1/deliveries "len({m['key'] for m in data if m['office'] == '$1'})"; } # OFFICE
resolved() { [ "$(of /api/v1/alerts "data[0]['state']")" = resolved ]; }
waits() { of '/api/v1/deliveries?state=waiting' "*[(m['office'], m['next_at'][:16]) for m in data]"; }

now 2031-03-07T20:00:00 # a Friday
table 2022 300 >"$tmp/one.csv"
start_daemon
wait_for 20 has_logged 'round.evaluated source=one round=2022'
junhengctl certify 340103 --standard books --date 2023-12-31 --by clerk --reason trial >>"$tmp/none"
deliver 2023 900
wait_for 20 has_files night 1
ok $? "the province wants to hear at night of what is critical"
per_message=$(files night)
is "$(files day)" 0 "the county is not woken"
is "$(waits)" "('county', '2031-03-08T08:00')" "its message waits for Saturday, which is worked"
like "$(junhengctl deliveries)" 'county +day +waits until 2031-03-08 08:00' "people read it"

now 2031-03-08T07:59:00
kill_daemon
start_daemon
table 2023 300 >"$tmp/one.csv"
wait_for 20 junhengctl poll one
wait_for 20 resolved
wait_for 20 has_files night $((2 * per_message))
is "$(files day)" 0 "nor before its hours, over midnight and a restart, whatever else comes"
now 2031-03-08T08:00:00
wait_for 20 has_files day 1
ok $? "then it is told" || diag "$(waits)"
wait_for 20 all_sent
is "$(sent county) $(sent province)" "1 2" "in one message of all that came of it, and not in two"
is "$(waits)" "" "nothing waits any more"

# ---- a weekend, and the free Monday after it ---------------------------------------------------
day=$(files day)
now 2031-03-08T18:30:00
deliver 2024 900
is "$(waits)" "('county', '2031-03-11T08:00')" "after hours on Saturday it waits for Tuesday"
kill_daemon
now 2031-03-10T12:00:00
start_daemon
sleep 1
is "$(files day)" "$day" "at noon of the free Monday it still does"
now 2031-03-11T08:00:00
wait_for 20 has_files day $((day + 1))
ok $? "on Tuesday it is told"

like "$(junhengctl routes test -c "$conf" --county 340103 --at 2031-03-08T19:00)" 'county .*would be sent at 2031-03-11 08:00' "a test of routes says when"
[ "$per_message" -ge 1 ]
ok $? "a message is at least a file"
sed -i 's/quiet: \["18:00-08:00"\], workdays/quiet: ["00:00-13:00", "13:00-24:00"], workdays/' "$conf"
junhengctl check -c "$conf" >"$tmp/out" 2>&1
is "$?" 1 "an office that can never be told is refused"
like "$(cat "$tmp/out")" 'offices\[0\]\.quiet: there is no minute left' "in words"
done_testing
