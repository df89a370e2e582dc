#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A disk that is full, fails or was made read-only under the running daemon: it says so, the earlier
# state stands, nothing is sent that was not committed and no alert ends; when it can be written
# again what came meanwhile is fetched again and told, without a restart and without a poll by hand.
# shellcheck disable=SC2317 # some functions are called by wait_for only
. "$abs_top_srcdir/tests/tap/tap.sh"
. "$abs_top_srcdir/tests/e2e/lib.sh"

breaks=$abs_top_builddir/tests/e2e/.libs/breaks.so
[ -e "$breaks" ] || bail "breaks.so is not built"
export ASAN_OPTIONS="$ASAN_OPTIONS:verify_asan_link_order=0"
launch_daemon() {
    LD_PRELOAD="$breaks" JUNHENG_BREAK_FAULT="$tmp/fault" "$junhengd" -c "$conf" 2>>"$log" &
    daemon_pid=$!
}
clean_up_disk() {
    [ -z "$daemon_pid" ] || kill -9 "$daemon_pid" 2>>"$tmp/none"
    umount "$tmp/small" 2>>"$tmp/none"
    clean_up
}
trap clean_up_disk EXIT

state=$tmp/state
books_standard
write_conf() { # FOLDER OF THE STATE
    base_conf | sed "s|^state_dir.*|state_dir: $1|"
    cat <<END
standards: {dir: standards, use: [books]}
sources:
  - {name: one, plugin: file, format: csv, path: $tmp/one.csv, settle: 0s, interval: 1d}
  - {name: drop, plugin: folder, format: csv, path: $tmp/drop, settle: 0s, interval: 200ms, backoff_max: 300ms}
alerts: {group_wait: 0s, data_quality: {enabled: false}}
channels:
  - {name: spool, plugin: spool, path: $tmp/spool, retry_min: 100ms, retry_max: 200ms}
offices:
  - {id: all, name: 全部, level: nation, channels: [spool]}
END
}
table() { # ROUND BOOKS [COUNTY]
    printf 'round,county_code,county_name,school_code,kind,pupils_primary,books\n'
    printf '%s,%s,Qingshi,%s1,primary,100,100\n' "$1" "${3-990101}" "${3-990101}"
    printf '%s,%s,Qingshi,%s2,primary,100,%s\n' "$1" "${3-990101}" "${3-990101}" "$2"
}
publish() { table "$1" "$2" >"$tmp/new" && mv "$tmp/new" "$tmp/one.csv"; }
rounds() { of /api/v1/counties/990101/history "[v['round'] for v in data if v['stage'] == 'primary']"; }
has_rounds() { [ "$(rounds)" = "$1" ]; }
alert() { of /api/v1/alerts "[(a['state'], a['transition']) for a in data if a['kind'] == 'slip'][:1]"; }
has_alert() { [ "$(alert)" = "$1" ]; }
letters() { find "$tmp/spool" -name '*.txt' 2>>"$tmp/none" | wc -l; }
has_letters() { [ "$(letters)" = "$1" ]; }
readiness() { api /readyz -o "$tmp/body" -w '%{http_code}'; }
is_lost() { [ "$(metric store_writable)" = 0 ]; }
is_found() { [ "$(metric store_writable)" = 1 ]; }
told_times() { grep -c "$1" "$log"; }
certify() { junhengctl certify "$@" --standard books --date 2019-12-31 --by test --reason trial; }

mkdir "$tmp/drop"
publish 2020 150
write_conf "$state" >"$conf"
start_daemon
wait_for 30 has_rounds "['2020']"
ok $? "a round is judged while all is well" || diag "$(tail -n 5 "$log")"
certify 990101 >"$tmp/out" 2>&1
ok $? "and its county certified" || diag "$(cat "$tmp/out")"
is "$(metric store_writable) $(readiness)" "1 200" "the store can be written, and it is ready"

# disturb NAME BREAK MEND ROUND BOOKS REASON ALERT-BEFORE ALERT-AFTER LETTERS-AFTER
lost=0
disturb() {
    before=$(rounds) letters=$(letters)
    lost=$((lost + 1))
    $2
    publish "$4" "$5"
    wait_for 20 junhengctl poll one
    wait_for 30 is_lost
    ok $? "$1: metrics tell it" || diag "$(tail -n 5 "$log")"
    is "$(told_times ' error store\.lost ')" $lost "the log, once"
    is "$(readiness)" 503 "/readyz"
    like "$(junhengctl status)" "^store +cannot be written since .*($6)" "and status, with the reason"
    certify 990102 >"$tmp/out" 2>&1
    is $? 1 "an act of a person fails, in words"
    is "$(rounds)" "$before" "the earlier state stands"
    is "$(alert)" "$7" "no alert opens or ends"
    is "$(letters)" "$letters" "nobody is told what was not committed"
    $3
    wait_for 30 is_found
    ok $? "when it can be written again, that is found out" || diag "$(tail -n 5 "$log")"
    wait_for 30 has_alert "$8"
    ok $? "what came meanwhile is fetched again, and judged" || diag "$(alert) $(tail -n 5 "$log")"
    wait_for 30 has_letters "$9"
    ok $? "and told" || diag "$(letters) $(tail -n 5 "$log")"
    is "$(told_times ' info store\.recovered ')" $lost "the log has its end"
    is "$(readiness)" 200 "it is ready"
}
full() { echo "28 write $state" >"$tmp/fault"; }
failing() { echo "5 sync $state" >"$tmp/fault"; }
read_only() { echo "30 write,open,name $state" >"$tmp/fault"; }
mend() { rm "$tmp/fault"; }
disturb "a full disk" full mend 2021 900 'disk is full|No space' "[]" "[('firing', 1)]" 1
disturb "one whose fsync fails" failing mend 2022 150 'disk I/O error' "[('firing', 1)]" "[('resolved', 2)]" 2
disturb "one that is read-only" read_only mend 2023 900 'disk I/O error|readonly' "[('resolved', 2)]" "[('firing', 1)]" 3

# ---- beside the store ----------------------------------------------------------------------------
echo "28 write,open $tmp/spool" >"$tmp/fault"
publish 2024 150
wait_for 20 junhengctl poll one
wait_for 30 has_alert "[('resolved', 2)]"
ok $? "the folder of the letters is full: the round is judged all the same"
wait_for 20 has_logged 'warn notify\.retry .*No space left'
ok $? "the log says that a letter waits, and why" || diag "$(tail -n 5 "$log")"
is "$(letters) $(readiness)" "3 200" "none is there by halves, and the daemon is ready"
is "$(of /api/v1/status "data['deliveries']['queued']")" 1 "status counts it"
mend
wait_for 30 has_letters 4
ok $? "it is delivered as soon as there is space"

echo "30 write,open,name $tmp/drop" >"$tmp/fault"
table 2021 150 990103 >"$tmp/new" && cp "$tmp/new" "$tmp/drop/.new" && mv "$tmp/drop/.new" "$tmp/drop/a.csv"
drop_fails() { of /api/v1/sources "[s['state'] for s in data if s['name'] == 'drop'][0]" | grep -q failing; }
wait_for 30 drop_fails
ok $? "a drop folder that cannot be written: the source fails" || diag "$(tail -n 5 "$log")"
is "$(find "$tmp/drop" -name a.csv)" "$tmp/drop/a.csv" "the file stays where it is"
mend
moved() { [ -e "$tmp/drop/accepted/a.csv" ]; }
wait_for 30 moved
ok $? "and is judged and moved when it can be" || diag "$(tail -n 5 "$log")"
is "$(of /api/v1/counties/990103/history "len([v for v in data if v['stage'] == 'primary'])")" 1 "once"
is "$(sqlite3 "$state/junheng.db" 'SELECT count(*), count(DISTINCT key) FROM message')" "4|4" "each letter was made once"

verified() { # DATABASE
    stop_daemon
    is $? 0 "it stops well"
    is "$(sqlite3 "$1" 'PRAGMA integrity_check')" ok "the database is sound"
    junhengctl journal verify --database "$1" >"$tmp/out" 2>&1
    ok $? "and so is the journal" || diag "$(cat "$tmp/out")"
}
verified "$state/junheng.db"
! has_logged 'Sanitizer|runtime error'
ok $? "no sanitizer has anything to say"

# ---- no make-believe -----------------------------------------------------------------------------
mkdir "$tmp/small"
if [ "$(id -u)" != 0 ] || ! mount -t tmpfs -o size=4m tmpfs "$tmp/small" 2>>"$tmp/none"; then
    skip 17 "a small disk can be mounted by root only"
else
    write_conf "$tmp/small/state" >"$conf"
    rm -rf "$tmp/spool"
    publish 2020 150
    : >"$log"
    lost=0
    start_daemon
    wait_for 30 has_rounds "['2020']"
    ok $? "on a small disk" || diag "$(tail -n 5 "$log")"
    certify 990101 >"$tmp/out" 2>&1
    fill() { dd if=/dev/zero of="$tmp/small/filler" bs=4k 2>>"$tmp/none"; }
    empty() { rm "$tmp/small/filler"; }
    disturb "filled up" fill empty 2021 900 'disk is full|No space' "[]" "[('firing', 1)]" 1
    verified "$tmp/small/state/junheng.db"
fi
done_testing
