#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Hundreds of sources, each with a fault of its own, over and over: every failure is told with its
# reason, the good ones are polled all the same, and nothing grows: no file, no memory, no wait.
# shellcheck disable=SC2317 # some functions are called by wait_for only
. "$abs_top_srcdir/tests/tap/tap.sh"
. "$abs_top_srcdir/tests/e2e/lib.sh"

sources=300 cycles=5 patience=120
# Of CPU, in one callback. Aimed at are 50 ms; a shared machine counts stolen time as ours.
most=0.25
[ -z "${JUNHENG_LONG-}" ] || sources=3000 cycles=100 patience=3600 most=0.05
[ -z "${JUNHENG_SANITIZED-}" ] || sources=60
"$abs_top_builddir/junheng-generate" --rounds 2021 --out "$tmp" || bail "no province"
serve portal python3 "$abs_top_srcdir/tests/e2e/faults.py" "$tmp/portal.port" "$tmp/2021.csv"
echo "t0ken-of-the-test" >"$tmp/token" && chmod 600 "$tmp/token"
faults="drip reset half length loop 304 500 bomb hang"
{
    base_conf
    cat <<END
standards: {use: [basic-2012]}
max_transfers: 100
profiles:
  bad: {format: csv, interval: 1s, backoff_max: 1s, timeout: 30s, max_bytes: 256KiB}
sources:
  - {name: good, plugin: http, profile: bad, url: "http://127.0.0.1:$(port portal)/good?key=qu3ry"}
  - {name: address, plugin: http, profile: bad, url: "http://127.0.0.1:$(port portal)/good", deny: [127.0.0.0/8]}
END
    i=0
    while [ $i -lt $sources ]; do
        for fault in $faults; do
            [ $i -lt $sources ] || break
            case $fault in
            drip | hang) time=", timeout: 300ms" ;;
            *) time= ;;
            esac
            echo "  - {name: $fault-$i, plugin: http, profile: bad, auth: bearer, token_file: $tmp/token," \
                "url: \"http://127.0.0.1:$(port portal)/$fault?key=qu3ry\"$time}"
            i=$((i + 1))
        done
    done
    cat <<END
channels:
  - {name: spool, plugin: spool, path: $tmp/spool}
offices:
  - {id: all, name: 全部, level: nation, channels: [spool]}
END
} >"$conf"
start_daemon

least() { of /api/v1/sources "min(s['polls'] for s in data)"; }
polled() { [ "$(least)" -gt "$1" ]; }
files() { find "/proc/$daemon_pid/fd" 2>>"$tmp/none" | wc -l; }
memory() { awk '/^VmRSS/ { print $2 }' "/proc/$daemon_pid/status"; }
wait_for $patience polled 2
ok $? "all sources are polled twice" || diag "$(tail -n 3 "$log")"
files=$(files) memory=$(memory)
wait_for $patience polled $((cycles + 2))
ok $? "and $cycles times more" || diag "$(least) polls"
diag "files: $files, then $(files); KiB: $memory, then $(memory)"
# As many connections as transfers may stand; what leaks, leaks with every poll.
[ "$(files)" -le $((files + 120)) ]
ok $? "no file is left open"
[ "$(memory)" -lt $((memory + 32768)) ] || [ -n "${JUNHENG_SANITIZED-}" ]
ok $? "memory does not grow"
longest=$(metric loop_longest_callback_cpu_seconds)
diag "longest callback: $longest s of CPU"
[ -n "${JUNHENG_SANITIZED-}" ] || awk -v s="$longest" -v most="$most" 'BEGIN { exit s >= most }'
ok $? "no callback of the loop used $most s of CPU" || diag "$(grep loop.slow "$log")"
is "$(of /api/v1/sources "[s['state'] for s in data if s['name'] == 'good'][0]")" ok "the good source is well"
is "$(of /api/v1/counties "len(data) > 0")" True "and judged"

# ---- every failure, with its reason -------------------------------------------------------------
junhengctl sources >"$tmp/listing" 2>&1
api /metrics >"$tmp/metrics"
told() { # FAULT PATTERN REASON
    bad=$(of /api/v1/sources "[s['name'] + ': ' + str(s['error']) for s in data if s['name'].startswith('$1')
        and not __import__('re').search('$2', str(s['error']))][:1]")
    is "$bad" "[]" "$1: each says why ($2)"
    is "$(grep -c "^$1.* failing " "$tmp/listing")" "$(grep -c "name: $1" "$conf")" "… in junhengctl sources"
    is "$(grep -c "^junheng_source_failing{source=\"$1.*reason=\"$3\"} 1" "$tmp/metrics")" "$(grep -c "name: $1" "$conf")" \
        "… and as $3 in /metrics"
}
told drip 'timed out' timeout
told hang 'timed out' timeout
told reset 'reset by peer|Empty reply' io
told half 'closed with' io
told length 'larger than 256 KiB' limit
told loop 'redirects' io
told 304 'HTTP 304' refused
told 500 'HTTP 500' io
told bomb 'larger than 256 KiB' limit
told address '127.0.0.1 is refused: deny 127.0.0.0/8' refused

# ---- secrets ------------------------------------------------------------------------------------
api /api/v1/sources >"$tmp/sources.json"
junhengctl status >"$tmp/status" 2>&1
is "$(cat "$log" "$tmp/listing" "$tmp/metrics" "$tmp/sources.json" "$tmp/status" | grep -cE 't0ken|qu3ry')" 0 \
    "no secret is in log, listing, metrics or status"
stop_daemon
is "$?" 0 "it stops"
like "$(tail -n 1 "$log")" 'daemon.stopped .*loop=0' "nothing is left on the loop"
! has_logged 'Sanitizer|runtime error'
ok $? "no sanitizer has anything to say"
done_testing
