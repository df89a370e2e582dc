#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A slip of a unit, from a portal to the office: it blocks, the county is unknown and its alert
# stands; a person's word on that one figure ends it, and lapses with the figure. Every step
# survives a kill -9, and is seen in the lists and the metrics.
# shellcheck disable=SC2317 # some functions are called by wait_for only
. "$abs_top_srcdir/tests/tap/tap.sh"
. "$abs_top_srcdir/tests/e2e/lib.sh"

mkdir "$tmp/portal" "$tmp/standards"
cat >"$tmp/standards/things.yaml" <<'END'
standard: things
title: things
effective: 2010-01-01
population: {campus: merge}
indicators:
  - {id: equipment_value_per_pupil, title: equipment, numerator: equipment_value, per: 1, split: true}
cv_rule: {applies_to: composite, primary: 0.65}
END
table() { # ROUND VALUE OTHERS LAST
    echo round,county_code,county_name,school_code,kind,pupils_primary,equipment_value
    for school in 1 2 3 4 5; do
        value=$3
        [ $school != 1 ] || value=$2
        [ $school != 5 ] || value=$4
        echo "$1,990101,Qingshi,$school,primary,100,$value"
    done
}
table 2020 100000 100000 100000 >"$tmp/portal/data.csv"
serve portal python3 "$abs_top_srcdir/demo/portal.py" "$tmp/portal" "$tmp/portal.port"
{
    base_conf
    cat <<END
standards: {dir: standards, use: [things]}
sources:
  - {name: one, plugin: http, url: "http://127.0.0.1:$(port portal)/data.csv", format: csv, interval: 1d,
     checks: {unit_factor: block}}
alerts: {group_wait: 0s, warning: {enabled: false}, decline: {enabled: false}, data_quality: {enabled: false}}
END
    spool_conf
} >"$conf"
start_daemon
evaluated() { has_logged "round.evaluated source=one round=$1 .*$2"; }
deliver() { # ROUND VALUE OTHERS LAST VERDICT
    cat "$log" >>"$tmp/log.all"
    : >"$log"
    table "$1" "$2" "$3" "$4" >"$tmp/portal/data.csv"
    wait_for 20 junhengctl poll one
    wait_for 30 evaluated "$1" "$5"
    ok $? "$1 comes: $5" || diag "$(tail -n 5 "$log")"
}
restart() {
    kill_daemon
    start_daemon
}
verdict() { of /api/v1/counties "data[0]['standards'][0]['round'] + ' ' + data[0]['standards'][0]['verdict']"; }
alert_is() { is "$(of /api/v1/alerts "data[0]['state'] + (' stale' if data[0]['stale'] else '')")" "$1" "$2"; }
blocking() { of /api/v1/findings "$1" | tr -d "[]',"; }
ids() { blocking "[f['id'] for f in data if f['policy'] == 'block' and not f['accepted']]"; }

wait_for 30 evaluated 2020 pass=1
ok $? "2020 comes"
junhengctl certify 990101 --standard things --date 2013-12-31 --by test --reason trial >>"$tmp/none"
ok $? "the county is certified"
deliver 2021 100000 100000 5000000 fail=1
alert_is firing "which is told"
is "$(metric findings_blocking)" 0 "no finding blocks"
deliver 2022 50 500000 500000 unknown=1
is "$(verdict)" "2022 unknown" "ten thousand yuan taken for yuan: nobody knows"
alert_is "firing stale" "which ends nothing"
n=$(ids | wc -w)
[ "$n" -ge 1 ]
ok $? "the slip is listed" || diag "$(api /api/v1/findings)"
is "$(blocking "sorted({f['school'] + f['code'] for f in data if f['policy'] == 'block'})")" 1unit_factor "with its school"
is "$(metric findings_blocking)" "$n" "and counted"
is "$(of /api/v1/status "data['findings']['blocking']")" "$n" "also by status"
like "$(junhengctl findings list)" "unit_factor +block +1 +equipment_value comes to 0.5 a pupil" "people read it, too"
restart
is "$(verdict)" "2022 unknown" "after a kill -9 it blocks still"
is "$(ids | wc -w)" "$n" "by the same findings"

accept_all() {
    for id in $(ids); do
        junhengctl findings accept "$id" --by clerk --reason "$1" >"$tmp/out" 2>&1 || diag "$(cat "$tmp/out")"
    done
}
accept_all "a school in the open"
is "$(verdict)" "2022 pass" "a person says that it is right"
alert_is resolved "which ends the alert"
is "$(of /api/v1/alerts "data[0]['cause']")" passed "as a pass"
is "$(metric findings_blocking)" 0 "nothing blocks any more"
is "$(of /api/v1/findings "{f['accepted']['by'] + ': ' + f['accepted']['reason'] for f in data if f['accepted']}")" \
    "{'clerk: a school in the open'}" "who said it stays with the finding"
restart
is "$(verdict)" "2022 pass" "after a kill -9 the word stands"
export TMPDIR="$tmp"
out=$(junhengctl replay -c "$conf" --archive 2>&1)
like "$out" 'verdicts: [0-9]+ the same, 0 differ' "the past computed again knows it, too" || diag "$out"
deliver 2022 51 500000 500000 unknown=1
is "$(verdict)" "2022 unknown" "another figure is another finding, of which nobody has said anything"
[ "$(ids | wc -w)" -ge 1 ]
ok $? "it is listed anew"
deliver 2022 50 500000 500000 pass=1
is "$(verdict)" "2022 pass" "the figure that was accepted comes back, and the word with it"
wait_for 20 all_sent
ok $? "all is sent"
stop_daemon
ok $? "the daemon ends well"
! grep -E 'Sanitizer|runtime error' "$log" "$tmp/log.all"
ok $? "no sanitizer has anything to say"
done_testing
