#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What comes from outside may hang, lie or be endless; what people write may be wrong. Each is
# told with its reason, and none of it disturbs what worked before.
# shellcheck disable=SC2317 # some functions are called by wait_for only
. "$abs_top_srcdir/tests/tap/tap.sh"
. "$abs_top_srcdir/tests/e2e/lib.sh"

openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 \
    -addext subjectAltName=IP:127.0.0.1 -keyout "$tmp/key.pem" -out "$tmp/cert.pem" 2>>"$tmp/none" ||
    bail "no certificate"
"$abs_top_builddir/junheng-generate" --rounds 2021 --out "$tmp" || bail "no province"
serve plain python3 "$abs_top_srcdir/tests/e2e/faults.py" "$tmp/plain.port" "$tmp/2021.csv"
serve tls python3 "$abs_top_srcdir/tests/e2e/faults.py" "$tmp/tls.port" "$tmp/2021.csv" "$tmp/cert.pem" "$tmp/key.pem"

source_line() { # NAME URL MORE
    echo "  - {name: $1, plugin: http, format: csv, interval: 1d, url: \"$2\"$3}"
}
write_conf() {
    base_conf
    echo "standards: {use: [basic-2012]}"
    echo "sources:"
    plain=http://127.0.0.1:$(port plain)
    source_line good "$plain/good" ""
    source_line hanging "$plain/hang" ", timeout: 1s"
    source_line stalling "$plain/stall" ", timeout: 1s"
    source_line bomb "$plain/bomb" ", max_bytes: 64MiB"
    source_line large "$plain/good" ", max_bytes: 4KiB"
    source_line endless "$plain/endless" ", max_bytes: 1MiB"
    source_line broken "$plain/503" ""
    source_line quote "$plain/quote" ""
    source_line untrusted "https://127.0.0.1:$(port tls)/good" ""
    source_line trusted "https://127.0.0.1:$(port tls)/other" ", ca_file: $tmp/cert.pem"
    spool_conf
}
write_conf >"$conf"
start_daemon

state() { of /api/v1/sources "[s['state'] for s in data if s['name'] == '$1'][0]"; }
is_state() { [ "$(state "$1")" = "$2" ]; }
wait_for 30 is_state good ok
ok $? "a good source is polled" || diag "$(of /api/v1/sources data)"
refused() { # NAME PATTERN WHAT
    wait_for 30 is_state "$1" failing
    junhengctl sources 2>&1 | grep -Eq "^$1 .*failing"
    ok $? "$1: junhengctl sources shows it as failing"
    like "$(of /api/v1/sources "[s['error'] for s in data if s['name'] == '$1'][0]")" "$2" "$3"
    has_logged "(source.failed|data.refused) source=$1 "
    ok $? "… and the log says so"
}
refused hanging '[Tt]im(e|ed) ?-?out|dead-?line' "a source that hangs is given up after its timeout"
refused stalling '[Tt]im(e|ed) ?-?out|dead-?line' "so is one that stalls in the middle"
refused bomb '64|larger|limit' "a gzip bomb ends at the limit"
refused large '4|larger|limit' "a body over the limit is refused"
refused endless 'larger|limit' "an endless body is cut off"
refused broken '503' "an HTTP error is told"
refused quote ':2:15: .*quote' "a quote that is never closed is refused with its place"
refused untrusted '[Cc]ertificate|SSL|TLS' "a certificate that does not verify is refused"
wait_for 30 is_state trusted ok
ok $? "and accepted where it is named"
[ "$(awk '/^VmHWM/ { print $2 }' "/proc/$daemon_pid/status")" -lt 400000 ] || [ -n "${JUNHENG_SANITIZED-}" ]
ok $? "the bomb did not grow in memory"
is "$(of /api/v1/counties 'len(data)')" 13 "the good data are in force"

# ---- the same again -------------------------------------------------------------------------
polls() { of /api/v1/sources "[s['polls'] for s in data if s['name'] == 'quote'][0]"; }
tries() { of /api/v1/sources "[s['failures'] for s in data if s['name'] == 'quote'][0]"; }
once_more() { [ "$(tries)" = "$1" ]; }
before=$(tries)
junhengctl poll quote >>"$tmp/none"
wait_for 20 once_more $((before + 1))
is "$(grep -c 'data.refused source=quote' "$log")" 1 "a body that is refused again is told once"

# ---- reload ---------------------------------------------------------------------------------
sed 's/interval: 1d/interval: 1x/' "$conf" >"$tmp/wrong" && cp "$tmp/wrong" "$conf"
kill -HUP "$daemon_pid"
wait_for 20 has_logged 'config.refused'
ok $? "a wrong configuration is refused" || diag "$(tail -n 3 "$log")"
like "$(grep -E 'config.refused|junheng.yaml:' "$log")" 'junheng.yaml:[0-9]+:[0-9]+: ' "with file, line and column"
like "$(of /api/v1/status "data['config']['error']")" 'interval' "status tells it"
is "$(of /api/v1/sources 'len(data)')" 10 "the old one stays in force"
junhengctl reload >"$tmp/out" 2>&1
is "$?" 1 "junhengctl reload says that it failed"
write_conf | grep -v 'name: hanging' >"$conf"
kill -HUP "$daemon_pid"
gone() { [ "$(of /api/v1/sources 'len(data)')" = 9 ]; }
wait_for 20 gone
ok $? "a right one is taken over"
is "$(of /api/v1/status "data['config']['error']")" None "and the error is gone"

# ---- the end --------------------------------------------------------------------------------
junhengctl poll stalling >>"$tmp/none" 2>&1
stop_daemon
is "$?" 0 "SIGTERM ends it with 0"
like "$(tail -n 1 "$log")" 'daemon.stopped .*loop=0' "nothing is left on the loop"
junhengctl status >>"$tmp/none" 2>"$tmp/err"
is "$?" 3 "junhengctl tells that nobody is there"
like "$(cat "$tmp/err")" 'cannot reach junhengd at' "in words"
done_testing
