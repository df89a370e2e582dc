#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# More data than fits: what waits for evaluation is bounded in bytes, polls wait, nothing is
# lost, and the event loop copies none of it.
# shellcheck disable=SC2317 # some functions are called by wait_for only
. "$abs_top_srcdir/tests/tap/tap.sh"
. "$abs_top_srcdir/tests/e2e/lib.sh"

"$abs_top_builddir/junheng-generate" --rounds 2021 --counties 30 --schools 900 --out "$tmp" || bail "no province"
mkdir "$tmp/drop" "$tmp/parts" || bail "no folder"
size=5M
[ -z "${JUNHENG_SANITIZED-}" ] || size=100k
# Sixty files full of nothing, each refused; then thirty of one county each.
i=0
while [ $i -lt 60 ]; do
    truncate -s $size "$tmp/drop/$(printf %03d $i).csv"
    i=$((i + 1))
done
awk -F, -v to="$tmp/parts" 'NR == 1 { head = $0; next }
    !seen[$2]++ { print head >(to "/" $2 ".csv") } { print >(to "/" $2 ".csv") }' "$tmp/2021.csv"
{
    base_conf
    cat <<END
max_waiting: 20KiB
standards: {use: [basic-2012]}
sources:
  - {name: folder, plugin: file, format: csv, path: $tmp/drop, interval: 1d, settle: 0s}
END
    for file in "$tmp"/parts/*; do
        code=$(basename "$file" .csv)
        echo "  - {name: c$code, plugin: file, format: csv, path: $file, interval: 1d, covers: [\"$code\"], settle: 0s}"
    done
    spool_conf
} >"$conf"
start_daemon

evaluated() { metric 'bodies_total{result="evaluated"}'; }
refused() { metric 'bodies_total{result="refused"}'; }
most=0
all_there() {
    bytes=$(metric evaluation_queue_bytes)
    in_flight=$(of /api/v1/sources "sum(s['in_flight'] for s in data)")
    [ "${bytes:-0}" -le "$most" ] || most=$bytes
    echo "# $(evaluated) evaluated, $(refused) refused, $bytes bytes wait, $in_flight polls" >&2
    [ "$(evaluated)" = 30 ] && [ "$(refused)" = 60 ]
}
wait_for 60 all_there
ok $? "all are evaluated or refused in the end" || diag "$(tail -n 3 "$log")"
is "$(of /api/v1/sources "sum(s['state'] == 'ok' for s in data)")" 30 "no poll was lost, nothing asked in vain"
is "$(grep -c 'source.failed source=c' "$log")" 0 "and none failed"
like "$(of /api/v1/sources "[s['error'] for s in data if s['name'] == 'folder'][0]")" \
    '^000.csv:.*and 59 more bodies were refused' "of those refused the first is told"
is "$(of /api/v1/sources "[s['failures'] for s in data if s['name'] == 'folder'][0]")" 1 "as one failure of one poll"
is "$(metric evaluation_queue_bytes)" 0 "nothing waits any more"
longest=$(metric loop_longest_callback_cpu_seconds)
diag "longest callback: $longest s of CPU; most that waited: $most bytes"
[ -n "${JUNHENG_SANITIZED-}" ] || awk -v s="$longest" 'BEGIN { exit s >= 0.05 }'
ok $? "no callback of the loop used 50 ms of CPU"
stop_daemon
is "$?" 0 "it stops"

# ---- more than was expected -------------------------------------------------------------------
# Nobody knows before the first poll how much a source brings: two at once are more than fit in.
awk -F, -v to="$tmp" 'BEGIN { pad = "x"; while (length(pad) < 14000) pad = pad pad }
    NR == 1 { print $0 ",note" >(to "/odd.csv"); print $0 ",note" >(to "/even.csv"); next }
    { print $0 "," pad >(to ($2 % 2 ? "/odd.csv" : "/even.csv")) }' "$tmp/2021.csv"
{
    base_conf
    cat <<END
max_waiting: 9MiB
standards: {use: [basic-2012]}
sources:
  - {name: odd, plugin: file, format: csv, path: $tmp/odd.csv, interval: 1d, settle: 0s}
  - {name: even, plugin: file, format: csv, path: $tmp/even.csv, interval: 1d, settle: 0s}
channels:
  - {name: spool, plugin: spool, path: $tmp/spool}
offices:
  - {id: all, name: 全部, level: nation, channels: [spool]}
END
} | sed "s|^state_dir: .*|state_dir: $tmp/state2|" >"$conf"
start_daemon
both_there() { [ "$(evaluated)" = 2 ]; }
wait_for 60 both_there
ok $? "both are evaluated" || diag "$(tail -n 3 "$log")"
diag "$(wc -c <"$tmp/odd.csv") and $(wc -c <"$tmp/even.csv") bytes, $(metric evaluation_queue_most_bytes) waited, $(metric evaluation_deferred_total) deferred"
[ "$(metric evaluation_queue_most_bytes)" -le $((9 << 20)) ]
ok $? "and never more than max_waiting waited"
is "$(of /api/v1/sources "sum(s['failures'] for s in data)")" 0 "nothing has failed"
stop_daemon
ok $? "it stops again"
done_testing
