#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Where a source asks for a review, its data are judged and shown, and a slip in them is told at
# once; but no alert ends by them until a person has said that they are right. Through kill -9s.
# shellcheck disable=SC2317 # some functions are called by wait_for only
. "$abs_top_srcdir/tests/tap/tap.sh"
. "$abs_top_srcdir/tests/e2e/lib.sh"

books_standard
mkdir "$tmp/portal"
table() { # ROUND BOOKS
    printf 'round,county_code,county_name,school_code,kind,pupils_primary,books\n'
    printf '%s,990101,Qingshi,1,primary,100,100\n%s,990101,Qingshi,2,primary,100,%s\n' "$1" "$1" "$2"
}
table 2020 300 >"$tmp/portal/data.csv"
serve portal python3 "$abs_top_srcdir/demo/portal.py" "$tmp/portal" "$tmp/portal.port"
{
    base_conf
    cat <<END
standards: {dir: standards, use: [books]}
sources:
  - {name: one, plugin: http, url: "http://127.0.0.1:$(port portal)/data.csv", format: csv, interval: 1d, review: required}
alerts: {group_wait: 0s, warning: {enabled: false}, decline: {enabled: false}, data_quality: {enabled: false}}
END
    spool_conf
} >"$conf"
junhengctl check -c "$conf" >"$tmp/out" 2>&1
ok $? "the option is known" || diag "$(cat "$tmp/out")"
start_daemon
evaluated() { has_logged "round.evaluated source=one round=$1 .*$2"; }
polled() { [ "$(of /api/v1/sources "data[0]['polls'] > 0 and not data[0]['in_flight']")" = True ]; }
deliver() { # ROUND BOOKS VERDICT
    cat "$log" >>"$tmp/log.all"
    : >"$log"
    table "$1" "$2" >"$tmp/portal/data.csv"
    wait_for 20 junhengctl poll one
    wait_for 30 evaluated "$1" "$3"
    ok $? "$1 comes: $3" || diag "$(tail -n 5 "$log")"
}
alert_is() { is "$(of /api/v1/alerts "data[0]['state'] + (' stale' if data[0]['stale'] else '')")" "$1" "$2"; }
told() { grep -l "$1" -r "$tmp/spool" | wc -l; }
review() { junhengctl review "$@" --by clerk --reason "seen by the city" >"$tmp/out" 2>&1; }

wait_for 30 evaluated 2020 pass=1
ok $? "2020 comes"
junhengctl certify 990101 --standard books --date 2013-12-31 --by test --reason trial >>"$tmp/none"
ok $? "the county is certified"
is "$(of /api/v1/counties "data[0]['standards'][0]['verdict'] + ' ' + data[0]['standards'][0]['review']")" \
    "pass submitted" "what nobody has looked at is judged, and said to be such"
like "$(junhengctl counties)" "complete, not reviewed" "in the table, too"
deliver 2021 900 fail=1
alert_is firing "a slip is told without waiting"
wait_for 20 grep -q '数据尚未审核' -r "$tmp/spool"
ok $? "with a word that nobody has looked at the data"
deliver 2022 300 pass=1
alert_is "firing stale" "a pass that nobody has looked at ends nothing"
like "$(junhengctl alerts show "$(of /api/v1/alerts "data[0]['id']")")" '审核通过之前本提示不解除' "and the alert says why"
is "$(of /api/v1/sources "data[0]['review']")" "{'required': True, 'waiting': 3}" "the source tells how much waits"
is "$(metric reviews_waiting)" 3 "so do the metrics"
like "$(junhengctl status)" 'reviews +3 submissions wait' "and status"
like "$(junhengctl review)" '^one +2022 ' "the list says what"
kill_daemon
start_daemon
alert_is "firing stale" "after a kill -9 it waits still"

# ---- sent back ----------------------------------------------------------------------------------
junhengctl review one --round 2022 --accept --by clerk >"$tmp/out" 2>&1
is "$?" 64 "no word without a reason"
review one --round 2022
is "$?" 64 "nor without saying which word"
review nobody --round 2022 --accept
is "$?" 1 "of a source that there is not"
review one --round 2019 --accept
like "$(cat "$tmp/out")" 'nothing of source one is in force in round 2019' "nor of a round that there is not"
review one --round 2022 --return
ok $? "2022 is sent back" || diag "$(cat "$tmp/out")"
like "$(cat "$tmp/out")" '1 submission of source one in round 2022 returned' "it says what was done"
is "$(of /api/v1/counties "data[0]['standards'][0]['round']")" 2021 "2021 is the newest round again"
alert_is firing "and its slip stands"
is "$(of /api/v1/sources "str(data[0]['retracted'][0]['returned']) + ' ' + data[0]['retracted'][0]['reason']")" \
    "True seen by the city" "the source's owner sees why"
like "$(junhengctl sources)" '2022 \(returned\)' "in the table, too"
kill_daemon
start_daemon
wait_for 20 polled
alert_is firing "the same bytes change nothing"

# ---- accepted -----------------------------------------------------------------------------------
deliver 2022 310 pass=1
alert_is "firing stale" "a new body starts anew"
sha=$(of "/api/v1/reviews" "[v['sha256'] for v in data if v['round'] == '2022'][0]")
review one --round 2022 --accept --sha256 0123456789
is "$?" 1 "other bytes than those that were looked at are not meant"
alert_is "firing stale" "so nothing has ended"
kill_daemon
start_daemon
review one --round 2022 --accept --sha256 "$sha"
ok $? "2022 is accepted" || diag "$(cat "$tmp/out")"
like "$(cat "$tmp/out")" '1 counties were judged again, 1 alert transitions' "which ends the alert"
alert_is resolved "at once"
review one --round 2022 --accept
is "$?" 1 "once is enough"
like "$(cat "$tmp/out")" 'has been reviewed already' "in words"
has_logged 'data.reviewed source=one round=2022 by=clerk reason="seen by the city"'
ok $? "the log has it"
wait_for 20 all_sent
kill_daemon
start_daemon
is "$(of /api/v1/counties "data[0]['standards'][0]['review']")" reviewed "the word is kept"
is "$(told 恢复)" 1 "the end is told exactly once"
is "$(of /api/v1/alerts "len(data)")" 1 "it is one alert"
is "$(of "/api/v1/reviews?state=all" "[v['round'] + v['state'] for v in data]")" \
    "['2022reviewed', '2022returned', '2021submitted', '2020submitted']" "all that was said is on record"
is "$(of "/api/v1/reviews?state=all" "data[1]['by'] + ': ' + data[1]['reason']")" "clerk: seen by the city" \
    "with who said it, and why"

# ---- again --------------------------------------------------------------------------------------
export TMPDIR="$tmp"
out=$(junhengctl replay -c "$conf" --archive 2>&1)
like "$out" 'alerts: 0 new, 0 resolved, 1 unchanged' "the past computed again ends where it ended" || diag "$out"
printf 'checks: {tenfold: off}\n' >>"$conf"
junhengctl reload >"$tmp/out" 2>&1
ok $? "a reload that judges all again" || diag "$(cat "$tmp/out")"
is "$(of /api/v1/counties "data[0]['standards'][0]['review']")" reviewed "leaves the review as it is"
deliver 2023 900 fail=1
deliver 2023 311 pass=1
alert_is "firing stale" "a correction that waits"
sed -i 's/, review: required//' "$conf"
junhengctl reload >"$tmp/out" 2>&1
resolved() { [ "$(of /api/v1/alerts "data[0]['state'] + ' ' + str(data[0]['cause'])")" = "resolved corrected" ]; }
wait_for 30 resolved
ok $? "a source that asks for no review any more ends it" || diag "$(of /api/v1/alerts "data[0]")"
review one --round 2023 --accept
like "$(cat "$tmp/out")" 'asks for no review' "and has nothing to review"
stop_daemon
ok $? "the daemon ends well"
! grep -E 'Sanitizer|runtime error' "$log" "$tmp/log.all"
ok $? "no sanitizer has anything to say"
done_testing
