#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A daemon takes over what another, of the level below, has in force: the same rows, the same verdict;
# corrections and retractions travel up, dropped rows stay dropped, and a level below that cannot be
# reached leaves all as it is.
# shellcheck disable=SC2317 # some functions are called by wait_for only
. "$abs_top_srcdir/tests/tap/tap.sh"
. "$abs_top_srcdir/tests/e2e/lib.sh"

low_port=$(python3 -c "import socket
s = socket.socket()
s.bind(('127.0.0.1', 0))
print(s.getsockname()[1])")
mkdir -p "$tmp/standards" "$tmp/low"
cat >"$tmp/standards/books.yaml" <<'END'
standard: books
title: books
effective: 2010-01-01
population: {campus: merge, owners: [7, 8]}
indicators:
  - {id: books_per_pupil, title: books, numerator: books, per: 1, split: true}
cv_rule: {applies_to: composite, primary: 0.65}
END
cat >"$tmp/low.yaml" <<END
state_dir: $tmp/low/state
control_socket: $tmp/low.sock
http: {listen: "127.0.0.1:$low_port"}
standards: {dir: standards, use: [books]}
sources:
  - {name: county, plugin: file, format: csv, path: $tmp/schools.csv, interval: 1d}
  - {name: office, plugin: file, format: csv, path: $tmp/reported.csv, interval: 1d, holds: county}
END
# The record above says that of county 990102 only private schools count.
printf 'code,name,parent,stages,own_owners\n990101,Qingshi,,,\n990102,Baishi,,,10\n' >"$tmp/divisions.csv"
{
    base_conf
    cat <<END
standards: {dir: standards, use: [books]}
divisions: $tmp/divisions.csv
sources:
  - {name: below, plugin: junheng, format: json, url: "http://127.0.0.1:$low_port", interval: 1d}
  - {name: below-office, plugin: junheng, format: json, url: "http://127.0.0.1:$low_port", export: county_data, holds: county, interval: 1d}
alerts: {group_wait: 0s, warning: {enabled: false}, decline: {enabled: false}, data_quality: {enabled: false}}
END
    spool_conf
} >"$conf"

table() { # ROUND BOOKS [MORE]: of the second school of each county
    printf 'round,county_code,county_name,school_code,kind,owner,pupils_primary,books,teachers_primary\n'
    for county in 990101,Qingshi 990102,Baishi; do
        printf '%s,%s,%s1,primary,7,100,100.5,7\n' "$1" "$county" "${county%,*}"
        printf '%s,%s,%s2,primary,7,100,%s,\n' "$1" "$county" "${county%,*}" "$2"
    done
    [ -z "${3-}" ] || printf '%s\n' "$3"
}
low() { JUNHENG_SOCKET=$tmp/low.sock junhengctl "$@"; }
low_api() { curl -sS --max-time 20 "http://127.0.0.1:$low_port$1"; }
start_low() {
    "$junhengd" -c "$tmp/low.yaml" 2>>"$tmp/low.log" &
    low_pid=$!
    servers="$servers $low_pid"
    wait_for 60 low status || bail "the level below does not start: $(tail -n 5 "$tmp/low.log")"
}
# below_until PATTERN: the level below reads its file
below_until() {
    wait_for 60 low poll county
    wait_for 60 grep -Eq -e "$1" "$tmp/low.log" || diag "$(tail -n 5 "$tmp/low.log")"
}
# above_until PATTERN: the level above asks the one below
above_until() {
    wait_for 60 junhengctl poll below
    wait_for 60 has_logged "$1" || diag "$(tail -n 5 "$log")"
    has_logged "$1"
}
newest() { # CODE KEY
    of "/api/v1/counties/$1" "data['standards'][0]['$2']"
}

table 2020 300 >"$tmp/schools.csv"
printf 'round,county_code,item,value,unit,evidence\n2020,990101,ZF1,met,,document 3\n2020,990101,SH1,91.3,%%,\n' >"$tmp/reported.csv"
start_low
below_until 'round.evaluated source=county round=2020'
wait_for 60 grep -q 'source=office' "$tmp/low.log"

index=$(low_api /api/v1/export)
like "$index" '"round":"2020","sha256":"[0-9a-f]{64}"' "the index names the rounds in force"
like "$index" '"verdict":"pass","complete":true' "with the verdicts on them"
page=$(low_api '/api/v1/export/2020?county=990101')
like "$page" '"counties":\[\{"code":"990101","rows":2,"revision":[0-9]+,"sha256":"[0-9a-f]{64}"\}\],"next":null' "a round has its counties with their hashes"
like "$page" '"school_code":"9901012".*"teachers_primary":null' "what is missing stays missing"
like "$page" '"books":100.5,' "digits are kept"
like "$(low_api '/api/v1/export/2020?holds=county')" '"item":"ZF1","value":"met","evidence":"document 3"' "county data are there too"
like "$(low_api /api/v1/export/2019)" not_found "a round that nobody knows is none"
etag=$(curl -sSI -X GET "http://127.0.0.1:$low_port/api/v1/export" | tr -d '\r' | sed -n 's/^[Ee][Tt]ag: //p')
is "$(curl -sS -o /dev/null -w '%{http_code}' -H "If-None-Match: $etag" "http://127.0.0.1:$low_port/api/v1/export")" 304 "nothing new is said shortly"

start_daemon
wait_for 60 has_logged 'round.evaluated source=below round=2020.*'
is "$(newest 990101 verdict)" pass "the level above judges the same rows"
wait_for 60 has_logged 'source=below-office'
ok $? "county data have come as well"
like "$(junhengctl findings list)" 'verdict_differs' "a verdict that differs is a finding"
like "$(of /api/v1/findings "data[0]['text']")" 'books: unknown here, pass at the level below' "with both verdicts"
is "$(of /api/v1/findings "[f['county'] for f in data]")" "['990102']" "of that county alone"
wait_for 60 junhengctl poll below
wait_for 60 test "$(of /api/v1/sources "data[0]['unchanged']")" -ge 1
ok $? "an index that is the same is not read again"

junhengctl certify 990101 --standard books --date 2013-12-31 --by test --reason trial >>"$tmp/none"
table 2021 900 >"$tmp/schools.csv"
below_until 'round.evaluated source=county round=2021'
above_until 'round.evaluated source=below round=2021.*fail=1'
ok $? "a slip below is one above"
is "$(of /api/v1/alerts "data[0]['state']")" firing "which fires, certified here"
table 2021 310 >"$tmp/schools.csv"
below_until 'round.evaluated source=county round=2021 .*pass=2'
above_until 'round.evaluated source=below round=2021 .*pass=1'
ok $? "a correction below travels up"
is "$(of /api/v1/alerts "data[0]['state'] + ' ' + data[0]['cause']")" "resolved corrected" "as one"

table 2022 310 '2022,990101,Qingshi,9901013,primary,7,abc,100,5' >"$tmp/schools.csv"
below_until 'round.evaluated source=county round=2022'
above_until 'round.evaluated source=below round=2022'
is "$(newest 990101 round)$(newest 990101 verdict)" 2022unknown "a row that was dropped below keeps the county from passing above"
has_logged 'dropped below: pupils_primary not a number'
ok $? "and is listed with what was wrong there"

kill -9 "$low_pid"
wait "$low_pid" 2>>"$tmp/none"
wait_for 60 junhengctl poll below
wait_for 60 test "$(of /api/v1/sources "data[0]['state']")" = failing
wait_for 60 has_logged 'source.failed|poll.failed'
is "$(of /api/v1/sources "data[0]['state']")" failing "a level below that is gone is a source that fails"
is "$(newest 990101 round)$(newest 990101 verdict)" 2022unknown "what was taken over stays in force"

start_low
table 2022 900 >"$tmp/schools.csv"
below_until 'round.evaluated source=county round=2022.*fail=2'
above_until 'round.evaluated source=below round=2022.*fail=1'
is "$(of /api/v1/alerts "[a['state'] for a in data if a['round'] == '2022']")" "['firing']" "it is back, with a slip"
take_back() { low retract county --round 2022 --by clerk --reason "not their data" >>"$tmp/none"; }
take_back
ok $? "which is taken back below"
above_until 'round.evaluated source=below round=2022.*rejected=1.*fail=0|dropped below'
is "$(newest 990101 round)$(newest 990101 verdict)" 2022unknown "what it had replaced is in force again, above as well"
is "$(of /api/v1/alerts "[a['state'] for a in data if a['round'] == '2022']")" "['firing']" "which ends nothing"
take_back
above_until 'data.retracted source=below round=2022'
ok $? "with nothing left below, the round is taken back above"
is "$(newest 990101 round)$(newest 990101 verdict)" 2021pass "the round before is the newest again"
is "$(of /api/v1/alerts "[a['state'] for a in data if a['state'] == 'firing']")" "[]" "and the alert has ended"

stop_daemon
ok $? "the daemon ends well"
kill -TERM "$low_pid"
wait "$low_pid"
ok $? "so does the one below"
! grep -Eq 'Sanitizer|runtime error' "$log" "$tmp/low.log"
ok $? "no sanitizer has anything to say"
done_testing
