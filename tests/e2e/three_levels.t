#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# County, city, province: three daemons, each of which reads the one below. What is in force at the bottom is
# judged at the top; what is taken back there, left unread by a new configuration, or was never judged by
# any standard does not stay in force above.
# shellcheck disable=SC2317 # some functions are called by wait_for only
. "$abs_top_srcdir/tests/tap/tap.sh"
. "$abs_top_srcdir/tests/e2e/lib.sh"

ports=$(python3 -c "import socket
held = [socket.socket() for i in range(2)]
for s in held:
    s.bind(('127.0.0.1', 0))
print(*[s.getsockname()[1] for s in held])")
county_port=${ports% *} city_port=${ports#* }
books_standard
long_header=$(printf 'x%.0s' $(seq 300))

# level NAME PORT SOURCES: the configuration of a level below the province
level() {
    mkdir -p "$tmp/$1"
    cat >"$tmp/$1.yaml" <<END
state_dir: $tmp/$1/state
control_socket: $tmp/$1.sock
http: {listen: "127.0.0.1:$2"}
standards: {dir: standards, use: [books]}
sources:
$3
END
}
county_sources="  - {name: schools, plugin: file, format: csv, path: $tmp/schools.csv, interval: 1d}
  - {name: other, plugin: file, format: csv, path: $tmp/other.csv, interval: 1d}
  - {name: old, plugin: file, format: csv, path: $tmp/old.csv, interval: 1d}
  - {name: office, plugin: file, format: csv, path: $tmp/reported.csv, interval: 1d, holds: county}"
level county "$county_port" "$county_sources"
# reads_from PORT: the two sources of a level above
reads_from() {
    cat <<END
  - {name: below, plugin: junheng, format: json, url: "http://127.0.0.1:$1", interval: 1d}
  - {name: below-office, plugin: junheng, format: json, url: "http://127.0.0.1:$1", export: county_data, holds: county, interval: 1d}
END
}
level city "$city_port" "$(reads_from "$county_port")"
{
    base_conf
    echo "standards: {dir: standards, use: [books]}"
    echo "sources:"
    reads_from "$city_port"
    echo "alerts: {group_wait: 0s, warning: {enabled: false}, decline: {enabled: false}, data_quality: {enabled: false}}"
    spool_conf
} >"$conf"

table() { # ROUND COUNTY [HEADER]
    printf 'round,county_code,school_code,kind,owner,pupils_primary,books%s\n' "${3+,$3}"
    printf '%s,%s,%s1,primary,7,100,100%s\n' "$1" "$2" "$2" "${3+,5}"
    printf '%s,%s,%s2,primary,7,100,110%s\n' "$1" "$2" "$2" "${3+,6}"
}
at() { # LEVEL COMMAND...
    level=$1
    shift
    JUNHENG_SOCKET=$tmp/$level.sock junhengctl "$@"
}
start_level() {
    "$junhengd" -c "$tmp/$1.yaml" 2>>"$tmp/$1.log" &
    servers="$servers $!"
    wait_for 60 at "$1" status || bail "the level $1 does not start: $(tail -n 5 "$tmp/$1.log")"
}
# knows LEVEL PATTERN: its log; SOURCE is polled until then
said() { grep -Eq -e "$2" "$tmp/$1.log"; }
ask_city() { at city poll "$1" && sleep 0.3 && said city "$2"; }
city_until() { wait_for 60 ask_city "$1" "$2" || diag "$(tail -n 5 "$tmp/city.log")"; }
ask_province() { junhengctl poll "$1" && sleep 0.3 && has_logged "$2"; }
province_until() { wait_for 60 ask_province "$1" "$2" || diag "$(tail -n 5 "$log")"; }
newest() { of "/api/v1/counties/$1" "data['standards'][0]['round'] + ' ' + data['standards'][0]['verdict']"; }
index() { # PORT EXPRESSION of the rounds, by name
    curl -sS --max-time 20 "http://127.0.0.1:$1/api/v1/export" | python3 -c "import json, sys
rounds = {r['round']: r for r in json.load(sys.stdin)['data']['rounds']}
print($2)"
}

table 2021 990101 "$long_header" >"$tmp/schools.csv"
table 2021 990102 >"$tmp/other.csv"
table 2009 990103 >"$tmp/old.csv" # before the standard: nobody judges it
printf 'round,county_code,item,value,unit,evidence\n2021,990101,ZF1,met,,document 3\n2021,990109,ZF1,met,,\n' >"$tmp/reported.csv"
start_level county
wait_for 60 said county 'source=old' && wait_for 60 said county 'source=other' &&
    wait_for 60 said county 'source=schools' && wait_for 60 said county 'source=office'
start_level city
city_until below 'source=below round=2021.*(pass=1|pass=2)'
city_until below 'source=below round=2009'
city_until below-office 'source=below-office round=2021'
start_daemon
province_until below 'source=below round=2009'
wait_for 60 test "$(newest 990102)" = "2021 pass"
is "$(newest 990101)" "2021 pass" "what lies two levels below is judged at the top"
is "$(newest 990102)" "2021 pass" "each of its counties"
wait_for 60 has_logged 'source=below-office round=2021'
ok $? "county data come all the way"
! has_logged 'name longer than'
ok $? "a column with a name that no reader takes is left out, and costs nothing else"

at county retract old --round 2009 --by clerk --reason trial >>"$tmp/none"
ok $? "a round that no standard judges is taken back at the bottom"
is "$(index "$county_port" "[c['retracted'] for c in rounds['2009']['counties']]")" "[True]" "the index goes on to tell of it"
city_until below 'data.retracted source=below round=2009'
province_until below 'data.retracted source=below round=2009'
has_logged 'data.retracted source=below round=2009'
ok $? "it is taken back at the top"

at county retract office --round 2021 --by clerk --reason trial >>"$tmp/none"
city_until below-office 'data.retracted source=below-office round=2021'
province_until below-office 'data.retracted source=below-office round=2021'
has_logged 'data.retracted source=below-office round=2021'
ok $? "county data that are taken back at the bottom are at the top"
is "$(index "$city_port" "rounds['2021']['county_data']['counties']")" "[]" "those of a county without schools, too"
printf 'round,county_code,item,value,unit,evidence\n2021,990101,ZF1,met,,document 3 \n2021,990109,ZF1,met,,\n' >"$tmp/reported.csv"
came_back() { at county poll office && [ "$(index "$county_port" "rounds['2021']['county_data']['counties']")" = "['990101', '990109']" ]; }
wait_for 60 came_back
again() { at city poll below-office && [ "$(index "$city_port" "rounds['2021']['county_data']['counties']")" = "['990101', '990109']" ]; }
wait_for 60 again
ok $? "the same values in a new file are in force again above"

level county "$county_port" "$(printf '%s\n' "$county_sources" | grep -v 'name: other')"
at county reload >>"$tmp/none"
ok $? "a source is taken out at the bottom"
city_until below 'source=below round=2021.*unknown=1'
province_until below 'source=below round=2021.*unknown=1'
is "$(newest 990102)" "2021 unknown" "what it had delivered is no pass at the top any more"
is "$(newest 990101)" "2021 pass" "what the others have delivered is"
has_logged 'incomplete below: no schools are in force'
ok $? "and why is listed"

stop_daemon
ok $? "the daemon ends well"
! grep -Eq 'Sanitizer|runtime error' "$log" "$tmp/county.log" "$tmp/city.log"
ok $? "no sanitizer has anything to say"
done_testing
