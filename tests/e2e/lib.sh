# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# A real junhengd for a test of the whole, with a folder, ports and a socket of its own. After
# tap.sh: `. "$abs_top_srcdir/tests/e2e/lib.sh"`. The test writes $conf, beginning with
# base_conf; what it started is stopped when it ends.

junhengd=$abs_top_builddir/junhengd
conf=$tmp/junheng.yaml
socket=$tmp/control.sock
log=$tmp/log
servers=
daemon_pid=
: >"$log"
export JUNHENG_SOCKET="$socket"
# What has been opened is freed by the kernel; leaks are the business of the unit tests.
export ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0"

[ -x "$junhengd" ] || skip_all "junhengd is not built"

clean_up() {
    for pid in $servers $daemon_pid; do
        kill -9 "$pid" 2>>"$tmp/none"
    done
    rm -rf "$tmp"
}
trap clean_up EXIT

junhengctl() { "$abs_top_builddir/junhengctl" "$@"; }

# wait_for SECONDS COMMAND...: until it succeeds; fails after so many seconds
wait_for() {
    end=$(($(date +%s) + $1))
    shift
    until "$@" >>"$tmp/none" 2>&1; do
        [ "$(date +%s)" -lt "$end" ] || return 1
        sleep 0.05
    done
}

# serve NAME COMMAND...: starts a server that writes its port into $tmp/NAME.port
serve() {
    name=$1
    shift
    "$@" >>"$tmp/$name.out" 2>&1 &
    servers="$servers $!"
    wait_for 20 test -s "$tmp/$name.port" || bail "$name does not start: $(cat "$tmp/$name.out")"
}
port() { cat "$tmp/$1.port"; }

base_conf() {
    cat <<END
state_dir: $tmp/state
control_socket: $socket
http: {listen: "127.0.0.1:0"}
END
}

# spool_conf: the end of a configuration: one office for all, told in $tmp/spool
spool_conf() {
    cat <<END
channels:
  - {name: spool, plugin: spool, path: $tmp/spool}
offices:
  - {id: all, name: 全部, level: nation, channels: [spool]}
END
}

# books_standard: $tmp/standards/books.yaml, one figure and one limit
books_standard() {
    mkdir -p "$tmp/standards"
    cat >"$tmp/standards/books.yaml" <<'END'
standard: books
title: books
effective: 2010-01-01
population: {campus: merge}
indicators:
  - {id: books_per_pupil, title: books, numerator: books, per: 1, split: true}
cv_rule: {applies_to: composite, primary: 0.65}
END
}

# api PATH [curl options]: over the control socket
api() {
    path=$1
    shift
    curl -sS --max-time 20 --unix-socket "$socket" "$@" "http://junheng$path"
}
is_ready() { api /readyz -f; }
has_logged() { grep -Eq -e "$1" "$log"; }

# launch_daemon: does not wait
launch_daemon() {
    "$junhengd" -c "$conf" 2>>"$log" &
    daemon_pid=$!
}

# start_daemon: returns when it is ready
start_daemon() {
    launch_daemon
    wait_for 30 ready_or_gone && is_ready >>"$tmp/none" 2>&1 && return
    diag "$(tail -n 20 "$log")"
    bail "junhengd does not start"
}
ready_or_gone() { is_ready || ! kill -0 "$daemon_pid"; }

# stop_daemon: with SIGTERM; the daemon's exit status
stop_daemon() {
    kill -TERM "$daemon_pid"
    wait "$daemon_pid"
    status=$?
    daemon_pid=
    return $status
}

# kill_daemon: as a power cut would
kill_daemon() {
    kill -9 "$daemon_pid"
    wait "$daemon_pid" 2>>"$tmp/none"
    daemon_pid=
}

# children PID: its child processes, of whatever thread
children() { cat "/proc/$1"/task/*/children 2>>"$tmp/none"; }
# kill_scripts: junheng-lua and what would start it again
kill_scripts() {
    for keeper in $(children "$daemon_pid"); do
        # shellcheck disable=SC2046 # a list
        kill -9 "$keeper" $(children "$keeper") 2>>"$tmp/none"
    done
}
# metric NAME: its value
metric() { api /metrics | sed -n "s/^junheng_$1 //p"; }

# Nothing is on its way to an office.
all_sent() { [ "$(of /api/v1/status "data['deliveries']['waiting'] + data['deliveries']['queued']")" = 0 ]; }

# of PATH EXPRESSION: what Python makes of `data`, the answer's; one line
of() {
    api "$1" | python3 -c "import json, sys
data = json.load(sys.stdin)['data']
print($2)"
}
