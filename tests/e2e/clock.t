#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A clock that has lost its time must not date records: before the build nothing is committed or
# sent, and it is said; set back by more than minutes, records do not go back with it.
. "$abs_top_srcdir/tests/tap/tap.sh"
. "$abs_top_srcdir/tests/e2e/lib.sh"

books_standard
{
    base_conf
    cat <<END
standards: {dir: standards, use: [books]}
sources:
  - {name: one, plugin: file, format: csv, path: $tmp/one.csv, settle: 0s, interval: 1d}
alerts: {group_wait: 0s}
END
    spool_conf
} >"$conf"
table() { # ROUND BOOKS
    printf 'round,county_code,county_name,school_code,kind,pupils_primary,books\n'
    printf '%s,990101,Qingshi,1,primary,100,100\n%s,990101,Qingshi,2,primary,100,%s\n' "$1" "$1" "$2"
}
# Two hours before it are still after the beginning of the day on which this was built.
now=$(($(date +%s) + 10800))
show() { echo "$1"000 >"$tmp/clock"; }
start() {
    "$junhengd" -c "$conf" --clock "$tmp/clock" 2>>"$log" &
    daemon_pid=$!
    wait_for 30 is_ready
    ok $? "the daemon starts" || diag "$(tail -n 5 "$log")"
}
# shellcheck disable=SC2317 # called by wait_for
rounds() { of /api/v1/counties/990101/history "[v['round'] for v in data if v['stage'] == 'primary']"; }
stamps() { of /api/v1/counties/990101/history "[v['at'][:16] for v in data if v['stage'] == 'primary']"; }
# shellcheck disable=SC2317 # called by wait_for
polled() { api /metrics | grep -q '^junheng_source_polls_total{source="one"} [1-9]'; }
# shellcheck disable=SC2317 # called by wait_for
has_rounds() { [ "$(rounds)" = "$1" ]; }
minute() { TZ=UTC-8 date -d "@$1" +%Y-%m-%dT%H:%M; }

# ---- before the build --------------------------------------------------------------------------------
table 2020 200 >"$tmp/one.csv"
show 1000000
start
like "$(cat "$log")" 'error clock\.implausible .*before this program was built' "a clock of 1970 is told of"
wait_for 20 junhengctl poll one
wait_for 20 polled
ok $? "it polls on"
junhengctl certify 990101 --standard books --date 2013-12-31 --by test --reason trial >"$tmp/out" 2>&1
is $? 1 "no record can be made by hand"
like "$(cat "$tmp/out")" 'before this program was built' "and it says why"
is "$(api /api/v1/retractions -o "$tmp/out" -w '%{http_code}' -d '{"source":"one","round":"2020","by":"test","reason":"trial"}')" 503 \
    "HTTP says that it may be tried again"
like "$(cat "$tmp/out")" '"unavailable".*before this program was built' "in a sentence"
is "$(of /api/v1/counties 'len(data)')" 0 "nothing is committed"
is "$(metric clock_plausible)" 0 "metrics say so"
like "$(junhengctl status)" '^clock +wrong: ' "and status"
show "$now"
wait_for 20 has_rounds "['2020']"
ok $? "when the clock is right it is made up for" || diag "$(tail -n 5 "$log")"
is "$(stamps)" "['$(minute "$now")']" "with the right time"
is "$(metric clock_plausible)" 1 "metrics say so"
like "$(cat "$log")" 'info clock\.plausible' "the log too"

# ---- set back ------------------------------------------------------------------------------------------
junhengctl certify 990101 --standard books --date 2013-12-31 --by test --reason trial >"$tmp/out" 2>&1
is $? 0 "a certification"
show $((now - 60))
table 2021 900 >"$tmp/one.csv"
wait_for 20 junhengctl poll one
wait_for 20 has_rounds "['2020', '2021']"
is "$(stamps)" "['$(minute "$now")', '$(minute "$now")']" "a minute back: the records do not go with it"
is "$(grep -c clock.set_back "$log")" 0 "and it is not worth a word"
show $((now - 7200))
wait_for 20 has_logged 'error clock\.set_back .*seconds=7[12][0-9][0-9]'
ok $? "two hours back is told of" || diag "$(tail -n 5 "$log")"
table 2022 800 >"$tmp/one.csv"
wait_for 20 junhengctl poll one
wait_for 20 has_rounds "['2020', '2021', '2022']"
is "$(of /api/v1/counties/990101/history "sorted({v['at'][:16] for v in data})")" "['$(minute "$now")']" \
    "no record is older than the one before it"
is "$(metric clock_set_back_total)" 1 "metrics count it"
like "$(metric clock_behind_seconds)" '^7[12]' "and by how much"
like "$(junhengctl status)" '^clock +set back: 7[12]' "status shows it"
wait_for 20 all_sent
is "$(of /api/v1/alerts "[a['state'] for a in data]")" "['firing']" "alerts are sent meanwhile"
stop_daemon
ok $? "the daemon ends well"
start
wait_for 20 has_logged 'clock\.set_back'
is "$(grep -c clock.set_back "$log")" 2 "a restart finds it in the store"
show $((now + 60))
wait_for 20 has_logged 'info clock\.caught_up'
ok $? "until the clock has caught up"
stop_daemon
ok $? "the daemon ends well again"
done_testing
