#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Somebody takes an alert in hand, and it comes back when that is over; a silence keeps messages
# back, hides nothing, and what it kept back is told when it ends; what nobody looks after goes up
# a level, over a restart as well. Time is a file's.
# shellcheck disable=SC2317 # some functions are called by wait_for only
. "$abs_top_srcdir/tests/tap/tap.sh"
. "$abs_top_srcdir/tests/e2e/lib.sh"

books_standard
printf 'date,kind,name\n2031-03-08,workday,x\n2031-03-10,holiday,x\n' >"$tmp/holidays.csv"
{
    base_conf
    cat <<END
standards: {dir: standards, use: [books]}
calendar: holidays.csv
escalation: {critical: 5}
silences: {max: 30d}
sources:
  - {name: one, plugin: file, format: csv, path: $tmp/one.csv, interval: 1d}
alerts: {group_wait: 0s}
channels:
  - {name: low, plugin: spool, path: $tmp/low}
  - {name: high, plugin: spool, path: $tmp/high}
  - {name: top, plugin: spool, path: $tmp/top}
offices:
  - {id: county, name: 县, level: county, channels: [low]}
  - {id: province, name: 省, level: province, channels: [high]}
  - {id: nation, name: 国, level: nation, channels: [top]}
routes:
  - {match: {kind: slip}, to: [county]}
END
} >"$conf"
table() { # ROUND BOOKS
    printf 'round,county_code,county_name,school_code,kind,pupils_primary,books\n'
    printf '%s,340103,Luyang,1,primary,100,100\n%s,340103,Luyang,2,primary,100,%s\n' "$1" "$1" "$2"
}
today() { date -ud "$1 02:00" +%s000 >"$tmp/clock"; } # 10:00 in Shanghai
launch_daemon() {
    "$junhengd" -c "$conf" --clock "$tmp/clock" 2>>"$log" &
    daemon_pid=$!
}
new_day() { # DATE: the tick of a day comes with a reload, too
    today "$1"
    junhengctl reload >>"$tmp/none" 2>&1
}
files() { find "$tmp/$1" -type f 2>>"$tmp/none" | wc -l; }
state() { of /api/v1/alerts "data[0]['state']"; }
poll_until() { # PATTERN
    wait_for 20 junhengctl poll one
    wait_for 20 has_logged "$1"
}

today 2031-03-03 # a Monday
table 2022 300 >"$tmp/one.csv"
start_daemon
wait_for 20 has_logged 'round.evaluated source=one round=2022'
junhengctl certify 340103 --standard books --date 2013-12-31 --by test --reason trial >>"$tmp/none"
table 2023 900 >"$tmp/one.csv"
poll_until 'round.evaluated source=one round=2023'
id=$(of /api/v1/alerts "data[0]['id']")
wait_for 20 all_sent
low=$(files low)
[ "$low" -ge 1 ] && [ "$(files high)" = 0 ]
ok $? "the county is told, the province is not"

# ---- in hand ---------------------------------------------------------------------------------
junhengctl alerts ack "$id" --by clerk >>"$tmp/none" 2>&1
is "$?" 64 "no acknowledgement without a reason"
junhengctl alerts ack "$id" --by clerk --reason "x" --month 2031-02 >"$tmp/out" 2>&1
is "$?" 1 "none to a month that is over"
like "$(cat "$tmp/out")" 'month: expected one that is not over' "in words"
junhengctl alerts ack "$id" --by clerk --unit county --reason "buying books" --plan "3,000 books" --month 2031-03 >"$tmp/out" 2>&1
is "$?" 0 "it is taken in hand" || diag "$(cat "$tmp/out")"
like "$(cat "$tmp/out")" 'acknowledged until 2031-04-01 00:00' "to the end of the month"
is "$(of /api/v1/alerts "data[0]['state'], data[0]['acknowledged']['by'], data[0]['acknowledged']['plan'], data[0]['acknowledged']['month']")" \
    "acknowledged clerk 3,000 books 2031-03" "everybody sees by whom, and what for"
junhengctl alerts assign "$id" --to "deputy/county" --by clerk >>"$tmp/none"
junhengctl alerts comment "$id" --by inspector --text "seen on the spot" >>"$tmp/none"
is "$(of "/api/v1/alerts/$id" "data['assigned']['to'], data['comments'][0]['text']")" "deputy/county seen on the spot" "and who has it, and what was said"
like "$(junhengctl alerts show "$id")" 'acknowledged by clerk, county until 2031-04-01' "people read it"
new_day 2031-03-31
is "$(state)" acknowledged "on its last day it stands"
is "$(files low)" "$low" "no office was told of any of this"
new_day 2031-04-01
wait_for 20 has_logged 'alerts.tick expired=1 escalated=1'
ok $? "the day after, it is over: it comes back, and goes up, for the month has passed" || diag "$(tail -n 3 "$log")"
is "$(of "/api/v1/alerts/$id" "*[t['to'] for t in data['transitions']]")" "firing acknowledged expired escalated" "each a numbered transition"
is "$(of "/api/v1/alerts/$id" "data['state'], data['acknowledged']")" "firing None" "it fires again"
wait_for 20 all_sent
grep -q 处置到期 -r "$tmp/low" && grep -q 升级 -r "$tmp/high"
ok $? "the county and the province are told so"

# ---- up, by working days ---------------------------------------------------------------------
printf '2031-04-04,holiday,x\n2031-04-06,workday,x\n' >>"$tmp/holidays.csv"
kill_daemon
high=$(files high)
today 2031-04-08
start_daemon
new_day 2031-04-08
wait_for 20 all_sent
is "$(files high) $(files top) $(of "/api/v1/alerts/$id" "data['transition']")" "$high 0 4" "within five working days nothing goes up, and a restart repeats nothing"
new_day 2031-04-09
wait_for 20 has_logged 'alerts.tick expired=0 escalated=1'
ok $? "a holiday and a Sunday that is worked are counted as they are: then it does"
wait_for 20 all_sent
[ "$(files high)" = "$high" ] && [ "$(files top)" -ge 1 ]
ok $? "to the nation"
stop_daemon

# ---- silence -----------------------------------------------------------------------------------
today 2031-04-10
start_daemon
junhengctl silence add --match county=340103 --until 2031-09-01 --by clerk --reason trial >"$tmp/out" 2>&1
is "$?" 1 "no silence beyond the longest"
like "$(cat "$tmp/out")" 'at most 30 days' "in words"
junhengctl silence add --match count=340103 --until 10d --by clerk --reason trial >>"$tmp/none" 2>&1
is "$?" 1 "none with a misspelt match"
junhengctl silence add --match county=340103 --until 2031-04-28 --by clerk --reason "the school moves" >"$tmp/out" 2>&1
is "$?" 0 "one is recorded" || diag "$(cat "$tmp/out")"
like "$(cat "$tmp/out")" 'warning: it keeps back critical slips' "and says loudly what it hides"
like "$(junhengctl silence list)" 'county=340103 +2031-04-28 .*HIDES CRITICAL SLIPS' "so does the list"
is "$(metric silences)" 1 "the metrics count it"
low=$(files low) high=$(files high)
table 2024 310 >"$tmp/one.csv"
poll_until 'round.evaluated source=one round=2024'
wait_for 20 all_sent
is "$(state)" resolved "alerts go on: it has ended"
is "$(files low) $(files high)" "$low $high" "but no office is told"
is "$(metric silences_withheld)" 3 "what it keeps back is counted"
like "$(junhengctl status)" 'silences +1 in force, 3 messages kept back' "in the status too"
new_day 2031-04-21
wait_for 20 has_logged 'alerts.tick .*reminded=1'
ok $? "a week before its end it is brought to mind"
wait_for 20 all_sent
grep -q 静默即将到期 -r "$tmp/low"
ok $? "of the lowest office"
new_day 2031-04-29
wait_for 20 has_logged 'alerts.tick .*silences_ended=1 released=3'
ok $? "it ends by itself" || diag "$(tail -n 3 "$log")"
wait_for 20 all_sent
grep -q 恢复 -r "$tmp/low" && grep -q 恢复 -r "$tmp/high"
ok $? "and who had been told of the alert is told of its end, the province too"
is "$(of /api/v1/silences 'len(data)') $(of '/api/v1/silences?all=1' "data[0]['by']")" "0 clerk" "it stays on record"
junhengctl silence end 1 --by clerk --reason again >>"$tmp/none" 2>&1
is "$?" 1 "what has ended cannot be ended"
junhengctl journal verify -c "$conf" >"$tmp/out" 2>&1
ok $? "all of it is in the journal" || diag "$(cat "$tmp/out")"
is "$(of /api/v1/journal "*[e['kind'] for e in data if e['kind'] in ('acknowledge', 'assign', 'comment', 'silence', 'silence.ended')]")" \
    "acknowledge assign comment silence silence.ended" "each act and its end"
stop_daemon
ok $? "the daemon ends well"
! has_logged 'Sanitizer|runtime error'
ok $? "no sanitizer has anything to say"
done_testing
