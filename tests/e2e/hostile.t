#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Local indicators are other people's programs. Whatever they try in a running daemon, and
# however often their process is killed, each costs its own verdicts; the loop does not notice.
# shellcheck disable=SC2317 # some functions are called by wait_for only
. "$abs_top_srcdir/tests/tap/tap.sh"
. "$abs_top_srcdir/tests/e2e/lib.sh"

"$abs_top_builddir/junheng-generate" --rounds 2020-2022 --counties 24 --schools 480 --out "$tmp" || bail "no province"
mkdir "$tmp/lua" "$tmp/drop" || bail "no folder"
script() { # ID BODY
    cat >"$tmp/lua/$1.lua" <<END
return jh.indicator {
  id = "$1", title = "$1", stage = "primary",
  evaluate = function(d)
    $2
  end,
}
END
}
script a_good 'return jh.pass(d:count())'
script z_good 'return jh.pass(d:sum("pupils"))'
script loop 'while true do end'
script protected 'while true do pcall(error, string.rep("x", 100)) end'
script bomb 'local t = {} while true do t[#t + 1] = string.rep("x", 1000) .. #t end'
script doubles 'local s = "x" while true do s = s .. s end'
script rep 'return jh.pass(#string.rep("x", 1 << 40))'
script rep_nothing 'return jh.pass(#string.rep("", 1 << 60))'
script backtrack 'return jh.pass((("a"):rep(5000):find((".-"):rep(30) .. "b")))'
script gc 'setmetatable({}, { __gc = function() while true do end end })'
script closes 'local x <close> = setmetatable({}, { __close = function() while true do end end }) error("x")'
script reads 'return jh.pass(#io.open("/etc/passwd"):read("a"))'
script shell 'os.execute("touch '"$tmp"'/touched")'
script loads 'return load("return os")().execute("touch '"$tmp"'/touched")'
script flood 'for i = 1, 1e9 do coroutine.wrap(function() coroutine.yield() end)() end'
script deep 'local function f(n) return 1 + f(n + 1) end return jh.pass(f(1))'
script sorts 'local t = {} for i = 1, 1000 do t[i] = i end table.sort(t, function() return true end) while true do table.sort(t) end'
script words 'error(string.rep("%s\\27[2J", 100000))'
{
    base_conf
    cat <<END
lua: {dirs: [$tmp/lua], wall: 50ms}
standards: {use: [basic-2012]}
sources:
  - {name: drop, plugin: file, format: csv, path: $tmp/drop, settle: 0s, interval: 100ms}
END
    spool_conf
} >"$conf"
add() { cp "$tmp/$1.csv" "$tmp/drop/.new" && mv "$tmp/drop/.new" "$tmp/drop/$1.csv"; }
county=$(sed -n 2p "$tmp/2020.csv" | cut -d, -f2)
of_round() { [ "$(of "/api/v1/counties/$county" "data['standards'][0]['round']")" = "$1" ]; }
# local OUTCOME: how many of the newest round's local verdicts are that
locals() { sqlite3 "$tmp/state/junheng.db" "SELECT count(*) FROM local_verdict WHERE outcome = '$1' AND round = (SELECT max(round) FROM local_verdict)"; }
helper() {
    for keeper in $(children "$daemon_pid"); do
        children "$keeper"
    done
}
answers() { # asks for health until the round is there
    until of_round "$1" 2>>"$tmp/none" || [ "$(date +%s)" -gt "$2" ]; do
        curl -sS --max-time 1 --unix-socket "$socket" http://junheng/healthz >"$tmp/health" 2>&1 &&
            grep -q ok "$tmp/health" || echo late >>"$tmp/late"
    done
    of_round "$1"
}

start_daemon
add 2020
answers 2020 $(($(date +%s) + 60))
ok $? "the round is judged" || diag "$(tail -n 5 "$log")"
[ ! -e "$tmp/late" ]
ok $? "all the while /healthz was answered"
is "$(locals broken) $(locals pass)" "384 48" "sixteen scripts are broken in 24 counties, two pass"
is "$(of /api/v1/status "data['counties']['total']")" 24 "the standards are judged"
[ ! -e "$tmp/touched" ]
ok $? "nothing was run"
! has_logged "$(printf '\033')"
ok $? "no control character reached the log"

add 2021
n=0
while [ $n -lt 5 ]; do
    sleep 0.2
    # shellcheck disable=SC2046 # a list
    kill -9 $(helper) 2>>"$tmp/none" && n=$((n + 1))
done
kill_scripts
answers 2021 $(($(date +%s) + 60))
ok $? "junheng-lua killed six times at work: the round is judged" || diag "$(tail -n 5 "$log")"
made_up() { [ "$(locals pass) $(of /api/v1/status "data['lua']['behind']")" = "48 False" ]; }
wait_for 30 made_up
ok $? "and no indicator was missed" || diag "$(locals pass) $(locals broken)"
longest=$(metric loop_longest_callback_cpu_seconds)
diag "longest callback: $longest s of CPU"
[ -n "${JUNHENG_SANITIZED-}" ] || awk -v s="$longest" 'BEGIN { exit s >= 0.05 }'
ok $? "no callback of the loop used 50 ms of CPU"
add 2022
sleep 0.3
stop_daemon
is "$?" 0 "it stops in the middle of it"
like "$(tail -n 1 "$log")" 'daemon.stopped .*loop=0' "with nothing left"
! has_logged 'Sanitizer|runtime error'
ok $? "no sanitizer has anything to say"
done_testing
