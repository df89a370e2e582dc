#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What becomes of a title: the program proposes, people order, revoke and restore; an order is
# asked for as its month comes without any data, also after a restart. Time is a file's.
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
alerts: {group_wait: 0s, warning: {enabled: false}, decline: {enabled: false}, data_quality: {enabled: false}}
END
    spool_conf
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
deliver() { # ROUND BOOKS
    table "$1" "$2" >"$tmp/one.csv"
    wait_for 20 junhengctl poll one
    wait_for 20 has_logged "round.evaluated source=one round=$1"
}
standing() { of "/api/v1/standings?county=340103" "data[0]['state'], data[0]['deadline']"; }
duties() { of /api/v1/alerts "*[(a['state'], a['severity'], a['deadline']) for a in data if a['kind'] == 'duty']"; }
duty_is() { [ "$(duties)" = "$1" ]; }
decide() { junhengctl "$@" 340103 --standard books --document "No. 7" --by clerk --reason trial >"$tmp/out" 2>&1; }

today 2031-03-03
table 2022 300 >"$tmp/one.csv"
start_daemon
wait_for 20 has_logged 'round.evaluated source=one round=2022'
like "$(junhengctl standing 340103)" 'not certified' "nothing is known of a county that never had a title"
junhengctl certify 340103 --standard books --date 2023-12-31 --document "No. 1" --by clerk --reason trial >>"$tmp/none"
is "$(standing)" "certified None" "it is certified"
deliver 2023 900
deliver 2024 900
is "$(standing)" "proposed None" "two failing rounds: revocation is proposed"
wait_for 20 all_sent
grep -q 建议按程序研究是否撤销认定 -r "$tmp/spool"
ok $? "which is told, as a proposal"
like "$(junhengctl counties)" 'yes +proposed' "the list of counties shows it"
id=$(of /api/v1/alerts "data[0]['id']")
like "$(junhengctl alerts show "$id")" 'standing proposed since 2031-03-03; next: the program proposes revocation: people decide' "and the alert, with what comes next"

junhengctl rectify 340103 --standard books --deadline 2031-05 --by clerk --reason trial >>"$tmp/none" 2>&1
is "$?" 64 "no order without its document"
decide rectify --deadline 2031-02
is "$?" 1 "nor by a month that is over"
decide rectify --deadline 2031-09
is "$?" 0 "a person orders rectification" || diag "$(cat "$tmp/out")"
like "$(cat "$tmp/out")" 'rectification, to be put right by the end of 2031-09' "by a month"
is "$(of "/api/v1/alerts/$id" "data['deadline'], data['standing']['document']")" "2031-09 No. 7" "the slip shows it at once"
like "$(junhengctl standing 340103)" 'proposed -> rectification +rectify 2031-09 +by clerk, No. 7: trial' "the history says who, by what, and why"
is "$(duties)" "" "more than three months are left"

# ---- days pass, and nothing is delivered -----------------------------------------------------
kill_daemon
today 2031-06-30
start_daemon
wait_for 30 duty_is "('firing', 'notice', '2031-09')"
ok $? "three months before the end, over a restart, it is told" || diag "$(duties)"
today 2031-09-30
sleep 2
is "$(duties)" "('firing', 'notice', '2031-09')" "its last day is in time"
today 2031-10-01
wait_for 30 duty_is "('firing', 'critical', '2031-09')"
ok $? "the day after is not" || diag "$(duties)"
is "$(standing)" "proposed 2031-09" "and revocation is proposed again"
wait_for 20 all_sent
grep -q '最迟 2031-09-30 完成整改' -r "$tmp/spool" && grep -q 已逾期 -r "$tmp/spool"
ok $? "in words"
kill_daemon
start_daemon
is "$(standing)" "proposed 2031-09" "a restart changes nothing"
is "$(of "/api/v1/standings?county=340103" "len([h for h in data[0]['history'] if h['to'] == 'proposed'])")" 2 "and proposes nothing twice"

decide revoke
is "$?" 0 "a person revokes" || diag "$(cat "$tmp/out")"
is "$(of "/api/v1/alerts/$id" "data['state'], data['cause']")" "resolved not_monitored" "the county is watched no more"
wait_for 20 duty_is "('resolved', 'critical', '2031-09')"
ok $? "nor asked for anything" || diag "$(duties)"
decide revoke
is "$?" 1 "nothing is revoked twice"
decide restore
is "$?" 0 "a person gives it back" || diag "$(cat "$tmp/out")"
is "$(standing)" "warned None" "as it stands now"
is "$(of '/api/v1/alerts?state=open' "*[a['kind'] for a in data]")" "slip" "what fails is told at once"
junhengctl journal verify -c "$conf" >>"$tmp/none" 2>&1
is "$?" 0 "all of it is in the journal"
like "$(junhengctl journal show -c "$conf" --county 340103)" 'standing' "..."
done_testing
