#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# People reload while the daemon works, stop it in the middle of that, and start it twice. None
# of it may touch memory that is gone, leave the daemon hanging, or let two judge one database.
# shellcheck disable=SC2317 # some functions are called by wait_for only
. "$abs_top_srcdir/tests/tap/tap.sh"
. "$abs_top_srcdir/tests/e2e/lib.sh"

"$abs_top_builddir/junheng-generate" --rounds 2019-2021 --out "$tmp" || bail "no province"
write_conf() { # STATE_DIR SOCKET
    cat <<END2
state_dir: $1
control_socket: $2
lua: {dirs: ["$abs_top_srcdir/lua/indicators"]}
standards: {use: [basic-2012]}
sources:
  - {name: a, plugin: file, format: csv, path: $tmp/2019.csv, interval: 100ms}
  - {name: b, plugin: file, format: csv, path: $tmp/2020.csv, interval: 100ms}
channels:
  - {name: spool, plugin: spool, path: $tmp/spool}
offices:
  - {id: all, name: 全部, level: nation, channels: [spool]}
END2
}
write_conf "$tmp/state" "$socket" >"$conf"
start_daemon

# ---- a second one ---------------------------------------------------------------------------
write_conf "$tmp/state" "$tmp/second.sock" >"$tmp/second.yaml"
"$junhengd" -c "$tmp/second.yaml" 2>"$tmp/second"
is "$?" 1 "a second daemon on the same state_dir does not start"
like "$(cat "$tmp/second")" 'state/junheng.db: another junhengd is running' "and says why"
write_conf "$tmp/other" "$socket" >"$tmp/second.yaml"
"$junhengd" -c "$tmp/second.yaml" 2>"$tmp/second"
is "$?" 1 "nor one on the same control socket"
like "$(cat "$tmp/second")" 'control.sock: another junhengd' "with the reason"
is_ready >>"$tmp/none"
ok $? "the first one does not mind"

# ---- a storm, and SIGTERM in it -------------------------------------------------------------
storm() { # SIGNALS SECONDS UNTIL SIGTERM
    i=0
    while [ $i -lt "$1" ]; do
        kill -HUP "$daemon_pid"
        i=$((i + 1))
    done
    sleep "$2"
    stop_daemon
    is "$?" 0 "SIGTERM $2 s after $1 SIGHUPs ends it with 0" || diag "$(tail -n 40 "$log")"
    like "$(tail -n 1 "$log")" 'daemon.stopped .*loop=0' "with nothing left on the loop"
}
for pause in 0 0.01 0.02 0.05; do
    storm 30 $pause
    start_daemon
done
# One more signal at the very end is not an end by that signal.
i=0
kill -TERM "$daemon_pid"
while [ $i -lt 2000 ] && kill -HUP "$daemon_pid" 2>>"$tmp/none"; do
    i=$((i + 1))
done
wait "$daemon_pid"
is "$?" 0 "SIGHUPs until it is gone: it still ends with 0"
daemon_pid=
start_daemon
junhengctl reload >>"$tmp/none" &
first=$!
junhengctl reload >>"$tmp/none"
ok $? "two at once over the control socket"
wait $first
ok $? "both succeed"

# ---- no room on the disk ----------------------------------------------------------------------
evaluated() { [ "$(grep -c 'round.evaluated source=a' "$log")" -gt "$before" ]; }
before=$(grep -c 'round.evaluated source=a' "$log")
if prlimit --pid "$daemon_pid" --fsize=20000:unlimited 2>>"$tmp/none"; then
    echo >>"$tmp/2019.csv"
    wait_for 20 has_logged 'data.refused source=a .*junheng.db'
    ok $? "data that cannot be written down are refused" || diag "$(tail -n 5 "$log")"
    api /healthz -f >>"$tmp/none"
    ok $? "the daemon lives"
    prlimit --pid "$daemon_pid" --fsize=unlimited:unlimited
    wait_for 20 evaluated
    ok $? "with room again they are evaluated" || diag "$(tail -n 5 "$log")"
fi
stop_daemon
is "$?" 0 "it stops"
! has_logged 'Sanitizer|runtime error'
ok $? "no sanitizer has anything to say"
done_testing
