#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What was judged, told and done is in the journal, in order; it can be read and checked while the
# daemon runs, after a kill -9, and by hand; a change that somebody made around the daemon is found.
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
alerts: {group_wait: 0s}
END
    spool_conf
} >"$conf"
table() { # ROUND BOOKS
    printf 'round,county_code,county_name,school_code,kind,pupils_primary,books\n'
    printf '%s,990101,Qingshi,1,primary,100,100\n%s,990101,Qingshi,2,primary,100,%s\n' "$1" "$1" "$2"
}
verify() { junhengctl journal verify -c "$conf" "$@" >"$tmp/out" 2>&1; }
kinds() { of "/api/v1/journal$1" '*[e["kind"] for e in data]'; }

table 2020 300 >"$tmp/one.csv"
start_daemon
wait_for 20 has_logged 'round.evaluated source=one round=2020'
junhengctl certify 990101 --standard books --date 2013-12-31 --by clerk --reason trial >>"$tmp/none"
table 2021 900 >"$tmp/one.csv"
wait_for 20 junhengctl poll one
wait_for 20 has_logged 'round.evaluated source=one round=2021'
wait_for 20 all_sent
is "$(kinds '')" "begin config verdict certify standing standing verdict transition standing delivery" "each fact has its entry, in order"
is "$(kinds '?after=3&county=990101')" "certify standing standing verdict transition standing" "from an entry on, of a county"
is "$(api /api/v1/journal?after=10 | python3 -c 'import json, sys; print(json.load(sys.stdin))')" "{'data': [], 'cursor': 10}" "who has all is told where to go on"
like "$(api '/api/v1/journal?after=x')" '"invalid"' "a cursor is a number"
verify
is "$?" 0 "it is sound while the daemon runs"
like "$(cat "$tmp/out")" '^sound: 10 entries; 1 transitions, 2 verdicts, 4 acts' "and says what it has looked at"
anchor=$(sed -n 's/^anchor: //p' "$tmp/out")
like "$(junhengctl journal show -c "$conf" --county 990101)" 'certify +\{"act":1,"county":"990101".*"by":"clerk","reason":"trial"' "people read it by county"
is "$(junhengctl journal show -c "$conf" --after 7 --format json | python3 -c 'import json, sys; print(*[e["kind"] for e in json.load(sys.stdin)["data"]])')" "transition standing delivery" "programs as JSON"

kill_daemon
verify --anchor "$anchor"
is "$?" 0 "it is sound after a kill -9, and the anchor is in it"
start_daemon
is "$(kinds '?after=10')" config "a start says what is in force"
stop_daemon
ok $? "the daemon ends well"

db=$tmp/state/junheng.db
is "$(sqlite3 "$db" "SELECT seq||char(10)||at_ms||char(10)||kind||char(10)||body||char(10)||prev_sha256 FROM journal WHERE seq = 4" | sha256sum | cut -d' ' -f1)" \
    "$(sqlite3 "$db" 'SELECT sha256 FROM journal WHERE seq = 4')" "an entry can be checked by hand"
like "$(sqlite3 "$db" 'DELETE FROM journal' 2>&1)" 'nothing is taken out of the journal' "the database gives nothing away"
sqlite3 "$db" "UPDATE transition SET cause = 'passed'"
verify
is "$?" 1 "a transition that was changed is found"
like "$(cat "$tmp/out")" 'entry 8: the store says something else' "with its entry"
junhengctl journal verify --anchor 1 >>"$tmp/none" 2>&1
is "$?" 64 "an anchor is a number and a hash"
done_testing
