#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A drop folder: every file is judged once and moved with a report, however often the daemon is
# killed in between; a bad file is refused in words its sender understands, and holds up no other.
# shellcheck disable=SC2317 # some functions are called by wait_for only
. "$abs_top_srcdir/tests/tap/tap.sh"
. "$abs_top_srcdir/tests/e2e/lib.sh"

"$abs_top_builddir/junheng-generate" --rounds 2021 --counties 20 --schools 200 --out "$tmp" || bail "no province"
drop=$tmp/drop
mkdir "$drop" "$tmp/parts" || bail "no folder"
awk -F, -v to="$tmp/parts" 'NR == 1 { head = $0; next }
    !seen[$2]++ { print head >(to "/" $2 ".csv") } { print >(to "/" $2 ".csv") }' "$tmp/2021.csv"
{
    base_conf
    cat <<END
standards: {use: [basic-2012]}
sources:
  - {name: drop, plugin: folder, format: csv, path: $drop, pattern: "*.csv", settle: 0s, interval: 100ms, backoff_max: 200ms}
channels:
  - {name: spool, plugin: spool, path: $tmp/spool}
offices:
  - {id: all, name: 全部, level: nation, channels: [spool]}
END
} >"$conf"
count() { find "$drop/$1" -maxdepth 1 -name '*.csv*' ! -name '*.report.txt' | wc -l; }
submissions() { sqlite3 "$tmp/state/junheng.db" 'SELECT count(*) FROM submission'; }
# Two are judged, the others are not; then the power goes.
set -- "$tmp"/parts/*.csv
total=$#
start_daemon
kills=0
while [ $# -gt 0 ]; do
    for i in 1 2 3 4; do
        [ $# -gt 0 ] || break
        cp "$1" "$drop/.new" && mv "$drop/.new" "$drop/$(basename "$1")"
        shift
    done
    want=$(($(count accepted) + 1))
    some_moved() { [ "$(count accepted)" -ge "$want" ]; }
    wait_for 30 some_moved || diag "none of $i was moved: $(tail -n 3 "$log")"
    kill_daemon
    kills=$((kills + 1))
    start_daemon
done
all_moved() { [ "$(count accepted)" = "$total" ] && [ "$(find "$drop" -maxdepth 1 -name '*.csv' | wc -l)" = 0 ]; }
wait_for 60 all_moved
ok $? "after $kills kills all $total files are in accepted/" || diag "$(ls -l "$drop" "$drop/accepted"; tail -n 5 "$log")"
is "$(count refused)" 0 "none in refused/"
is "$(submissions)" "$total" "each was counted once"
first=$(basename "$(find "$tmp/parts" -name '*.csv' | sort | head -n 1)")
cmp "$tmp/parts/$first" "$drop/accepted/$first"
ok $? "a file is what it was"
like "$(cat "$drop/accepted/$first.report.txt")" '^accepted: ' "with a report"

# What a kill between the commit and the move leaves: the file is still there.
cp "$drop/accepted/$first" "$drop/$first"
moved_again() { [ -e "$drop/accepted/$first.2" ]; }
wait_for 30 moved_again
ok $? "committed before and not moved: moved"
like "$(cat "$drop/accepted/$first.2.report.txt")" 'the same was read before' "as known already"
is "$(submissions)" "$total" "and not counted again"

# ---- refused ----------------------------------------------------------------------------------
state() { of /api/v1/sources "[s['state'] + ' ' + str(s['error']) for s in data if s['name'] == 'drop'][0]"; }
sed '$s/,[0-9]*$/,"never closed/' "$tmp/parts/$first" >"$drop/.new" && mv "$drop/.new" "$drop/bad.csv"
refused() { [ -e "$drop/refused/bad.csv" ]; }
wait_for 30 refused
ok $? "a bad file is moved to refused/"
like "$(cat "$drop/refused/bad.csv.report.txt")" '^refused: bad.csv:[0-9]+:[0-9]+: .*quote' "with its place and reason"
like "$(state)" '^failing bad.csv:[0-9]+:' "the source fails, and says why"
before=$(of /api/v1/sources "data[0]['polls']")
polled() { [ "$(of /api/v1/sources "data[0]['polls']")" -gt $((before + 3)) ]; }
wait_for 30 polled
like "$(state)" '^failing bad.csv:' "an empty folder does not make that well"
sed 's/$/\r/' "$tmp/parts/$first" >"$drop/$first"
well() { state | grep -q '^ok'; }
wait_for 30 well
ok $? "a corrected one, under its name, does" || diag "$(state)"
stop_daemon
is "$?" 0 "it stops"
! has_logged 'Sanitizer|runtime error|not_moved'
ok $? "nothing strange is logged"
done_testing
