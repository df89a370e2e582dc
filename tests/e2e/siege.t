#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A long bad day: a large body, a source that never says the same twice, one that asks to be left
# alone, a bad file among good ones, a crowd of readers, reloads and a clock that jumps; then a
# state_dir that cannot be used. What is good is judged, what is bad is named, nothing falls over.
# shellcheck disable=SC2317 # some functions are called by wait_for only
. "$abs_top_srcdir/tests/tap/tap.sh"
. "$abs_top_srcdir/tests/e2e/lib.sh"

"$abs_top_builddir/junheng-generate" --rounds 2020-2022 --counties 24 --schools 480 --out "$tmp" || bail "no province"
schools=190000 least=20000000
[ -z "${JUNHENG_SANITIZED-}" ] || schools=20000 least=2000000 # ten times as slow
"$abs_top_builddir/junheng-generate" --national --counties 300 --schools $schools --out "$tmp" || bail "no nation"
[ "$(wc -c <"$tmp/national.csv")" -gt $least ] || bail "the nation is too small: $(wc -c <"$tmp/national.csv")"
mkdir "$tmp/drop" || bail "no folder"
cp "$tmp/2020.csv" "$tmp/2021.csv" "$tmp/drop" || bail "no files"
sed 's/,[0-9]*$/,"never closed/' "$tmp/2022.csv" >"$tmp/drop/bad.csv"
serve large python3 "$abs_top_srcdir/tests/e2e/faults.py" "$tmp/large.port" "$tmp/national.csv"
serve small python3 "$abs_top_srcdir/tests/e2e/faults.py" "$tmp/small.port" "$tmp/2022.csv"
date +%s000 >"$tmp/clock"
write_conf() {
    base_conf
    cat <<END
standards: {use: [basic-2012]}
sources:
  - {name: large, plugin: http, format: csv, url: "http://127.0.0.1:$(port large)/good", interval: 1d, covers: ["$1"]}
  - {name: restless, plugin: http, format: csv, url: "http://127.0.0.1:$(port small)/changing", interval: 100ms}
  - {name: busy, plugin: http, format: csv, url: "http://127.0.0.1:$(port small)/429", interval: 1s}
  - {name: drop, plugin: file, format: csv, path: $tmp/drop, interval: 1s, settle: 0s}
END
    spool_conf
}
write_conf 11 >"$conf"
of_source() { of /api/v1/sources "[s['$2'] for s in data if s['name'] == '$1'][0]"; }
launch_daemon() {
    "$junhengd" -c "$conf" --clock "$tmp/clock" 2>>"$log" &
    daemon_pid=$!
}
start_daemon

# ---- readers, while all of it comes in ------------------------------------------------------
i=0
readers=
while [ $i -lt 200 ]; do
    api /api/v1/counties -f -o "$tmp/answer.$i" 2>>"$tmp/reader.err" &
    readers="$readers $!"
    i=$((i + 1))
done
# shellcheck disable=SC2086 # a list
for pid in $readers; do wait "$pid" || echo bad >>"$tmp/bad"; done
[ ! -e "$tmp/bad" ]
ok $? "two hundred readers at once are all answered" || diag "$(sort "$tmp/reader.err" | uniq -c)"
wait_for 60 has_logged 'round.evaluated source=large .*counties=300'
ok $? "a body of 20 MB is judged" || diag "$(tail -n 5 "$log")"

# ---- good and bad -----------------------------------------------------------------------------
wait_for 20 has_logged 'data.refused source=drop .*bad.csv'
ok $? "a bad file among good ones is refused"
like "$(of_source drop state) $(of_source drop error)" '^failing bad.csv:[0-9]+:[0-9]+: .*quote' "and named in sources"
is "$(sqlite3 "$tmp/state/junheng.db" "SELECT count(DISTINCT round) FROM submission WHERE source = 'drop'")" 2 "the good ones are taken"
rm "$tmp/drop/bad.csv"
junhengctl poll drop >>"$tmp/none"
is_ok() { [ "$(of_source drop state)" = ok ]; }
wait_for 20 is_ok
ok $? "without it all is well"
like "$(of_source busy error)" 'HTTP 429' "a source that is busy fails"
is "$(of_source busy polls)" 1 "and is left alone as long as it says"
# The clock stands still but for this; it is that of the polls.
tick() { echo "$(($(cat "$tmp/clock") + 1000))" >"$tmp/clock"; }
changed() { tick && [ "$(grep -c 'round.evaluated source=restless' "$log")" -gt 3 ]; }
wait_for 20 changed
ok $? "a source that changes every time is judged every time"

# ---- reloads, and the clock -------------------------------------------------------------------
i=0
while [ $i -lt 20 ]; do
    write_conf $((11 + i)) >"$conf.new" && mv "$conf.new" "$conf"
    kill -HUP "$daemon_pid"
    echo "$(($(date +%s) + (i % 2 ? -1 : 1) * 86400 * i * 20))000" >"$tmp/clock"
    sleep 0.1
    i=$((i + 1))
done
echo "$(($(date +%s) + 86400 * 400))000" >"$tmp/clock"
is_ready >>"$tmp/none"
ok $? "twenty reloads and a clock that jumps by a year: it lives" || diag "$(tail -n 5 "$log")"
before=$(grep -c 'round.evaluated source=restless' "$log")
more() { tick && [ "$(grep -c 'round.evaluated source=restless' "$log")" -gt "$before" ]; }
wait_for 20 more
ok $? "and goes on polling"
longest=$(metric loop_longest_callback_cpu_seconds)
diag "longest callback: $longest s of CPU"
# A body of 20 MB is taken in one callback, which a machine that others share counts at several times its worth.
most=0.25
[ -z "${JUNHENG_LONG-}" ] || most=0.05
[ -n "${JUNHENG_SANITIZED-}" ] || awk -v s="$longest" -v most=$most 'BEGIN { exit s >= most }'
ok $? "no callback of the loop used $most s of CPU"

# ---- its state is taken away under it -----------------------------------------------------------
mv "$tmp/state" "$tmp/aside"
lost() { tick && has_logged 'data.refused .*junheng.db: was removed or replaced'; }
wait_for 20 lost
ok $? "a state_dir that goes away: nothing is judged into nowhere, and it says so"
mv "$tmp/aside" "$tmp/state"
before=$(grep -c 'round.evaluated source=restless' "$log")
later() { echo "$(($(cat "$tmp/clock") + 60000))" >"$tmp/clock" && [ "$(grep -c 'round.evaluated source=restless' "$log")" -gt "$before" ]; }
wait_for 20 later
ok $? "it comes back: the daemon goes on"

# ---- the end, while a body that is no good is looked at ---------------------------------------
{ cat "$tmp/national.csv"; printf '"never closed'; } >"$tmp/drop/late.csv"
junhengctl poll drop >>"$tmp/none"
looked_at() { [ "$(metric evaluation_queue_bytes)" != 0 ]; }
wait_for 10 looked_at
stop_daemon
is "$?" 0 "it stops with a bad body under way"
! has_logged 'Sanitizer|runtime error'
ok $? "no sanitizer has anything to say"

# ---- no place for its state -------------------------------------------------------------------
refuses() { # STATE_DIR PATTERN WHAT
    sed "s|^state_dir.*|state_dir: $1|" "$conf" >"$tmp/other.yaml"
    timeout 20 "$junhengd" -c "$tmp/other.yaml" 2>"$tmp/said"
    is "$?" 1 "$3: it does not start"
    like "$(cat "$tmp/said")" "$2" "and says why"
}
refuses "$tmp/no/such/folder" 'no/such/folder: cannot make state_dir: No such file' "a state_dir whose parent is missing"
refuses "$tmp/2020.csv" '2020.csv.*(not a folder|Not a directory)' "a state_dir that is a file"
refuses /proc '/proc/junheng.db.lock: cannot be opened' "a state_dir in which nothing can be made"
done_testing
