#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A silent source: a certified county whose data are not there when they are due is told of, though
# nothing has happened but that time went by; the office hears of it, and that it is mended.
# shellcheck disable=SC2317 # some functions are called by wait_for only
. "$abs_top_srcdir/tests/tap/tap.sh"
. "$abs_top_srcdir/tests/e2e/lib.sh"

at() { echo "$(date -u -d "$1" +%s)000" >"$tmp/clock"; } # a moment, UTC
rows() {
    echo "round,county_code,county_name,school_code,kind,pupils_primary,books"
    for year in "$@"; do
        echo "$year,990101,青石县,1,primary,100,100"
        echo "$year,990101,青石县,2,primary,100,110"
    done
}
books_standard
{
    base_conf
    cat <<END
standards: {dir: standards, use: [books]}
sources:
  - {name: drop, plugin: file, path: $tmp/data.csv, format: csv, interval: 1d, settle: 0s, due: {month: 12, day: 31}}
alerts: {group_wait: 0s, data_quality: {enabled: false}}
channels:
  - {name: spool, plugin: spool, path: $tmp/spool}
offices:
  - {id: county, name: 县督导室, level: county, covers: ["990101"], channels: [spool]}
END
} >"$conf"
rows 2034 >"$tmp/data.csv"
at 2035-12-31T15:59:00Z
launch_daemon() {
    "$junhengd" -c "$conf" --clock "$tmp/clock" 2>>"$log" &
    daemon_pid=$!
}
open_kinds() { of "/api/v1/alerts?state=open" "' '.join(sorted(a['kind'] + ' ' + a['round'] for a in data))"; }
are_open() { [ "$(open_kinds)" = "$1" ]; }

start_daemon
wait_for 20 has_logged "round.evaluated.* round=2034 "
ok $? "the round before is there"
junhengctl certify 990101 --standard books --date 2013-12-31 --by test --reason "a trial" >"$tmp/out" 2>&1
ok $? "the county is certified" || diag "$(cat "$tmp/out")"
is "$(open_kinds)" "" "a minute before the day has passed nobody is late"
at 2035-12-31T16:00:00Z
wait_for 30 are_open "data_overdue 2035"
ok $? "at midnight in Shanghai the county is" || diag "$(open_kinds) $(tail -n 3 "$log")"
wait_for 30 all_sent
like "$(cat "$tmp"/spool/*.txt)" '数据逾期 警告 青石县\(990101\).*2035 学年.*2035-12-31' "its office is told"
like "$(junhengctl status)" 'data overdue 1' "status counts it"
is "$(junhengctl alerts list --kind data_overdue | grep -c 990101)" 1 "it is listed by its kind"
is "$(junhengctl alerts list --kind slip)" "no alerts" "and not by another"
like "$(api /metrics)" 'junheng_alerts.kind="data_overdue",severity="warning". 1' "and measured"

stop_daemon
start_daemon
at 2036-01-02T02:00:00Z
rows 2035 >"$tmp/data.csv"
wait_for 30 junhengctl poll drop
wait_for 30 are_open ""
ok $? "the data end it" || diag "$(open_kinds) $(tail -n 3 "$log")"
wait_for 30 all_sent
like "$(cat "$tmp"/spool/*.txt)" '已补报.*青石县' "which is told, too"
is "$(cat "$tmp"/spool/*.txt | grep -c '^编号')" 2 "neither a restart nor another day has told it twice"
stop_daemon
ok $? "the daemon ends well"
done_testing
