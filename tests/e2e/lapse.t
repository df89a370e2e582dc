#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# When junheng-lua cannot run, local indicators wait and standards are judged; what was missed
# is had as soon as it can run again, without new data, also over a restart.
# shellcheck disable=SC2317 # some functions are called by wait_for only
. "$abs_top_srcdir/tests/tap/tap.sh"
. "$abs_top_srcdir/tests/e2e/lib.sh"

"$abs_top_builddir/junheng-generate" --rounds 2019-2022 --out "$tmp" || bail "no province"
mkdir "$tmp/drop" "$tmp/lua" || bail "no folder"
cat >"$tmp/lua/enough.lua" <<'END'
return jh.indicator {
  id = "enough", title = "schools", stage = "primary",
  evaluate = function(d) return jh.pass(d:count()) end,
}
END
{
    base_conf
    cat <<END
helper: $tmp/junheng-lua
lua: {dirs: [$tmp/lua]}
standards: {use: [basic-2012]}
sources:
  - {name: drop, plugin: file, format: csv, path: $tmp/drop, settle: 0s, interval: 100ms}
END
    spool_conf
} >"$conf"
come() { ln -s "$abs_top_builddir/junheng-lua" "$tmp/junheng-lua"; }
go() { rm "$tmp/junheng-lua" && kill_scripts; }
add() { cp "$tmp/$1.csv" "$tmp/drop/.new" && mv "$tmp/drop/.new" "$tmp/drop/$1.csv"; }
county=$(sed -n 2p "$tmp/2019.csv" | cut -d, -f2)
is_at() { # ROUND VERDICT
    [ "$(of "/api/v1/counties/$county" \
        "data['standards'][0]['round'], [l['verdict'] for l in data['local']]")" = "$1 ['$2']" ]
}
lua() { of /api/v1/status "data['lua']['$1']"; }
is_lua() { [ "$(lua "$1")" = "$2" ]; }

come
add 2019
start_daemon
wait_for 20 is_at 2019 pass
ok $? "a local indicator is judged" || diag "$(tail -n 5 "$log")"
kill_scripts
add 2020
wait_for 20 is_at 2020 pass
ok $? "junheng-lua killed with all that starts it: it is there again" || diag "$(tail -n 5 "$log")"
is "$(grep -c script.lost "$log") $(lua error)" "0 None" "and nothing was missed"

go
add 2021
wait_for 20 is_at 2021 broken
ok $? "gone for good: the standard is judged, the indicator is broken" || diag "$(tail -n 5 "$log")"
like "$(lua error)" 'junheng-lua: no such program' "status says why"
is "$(lua behind)" True "and that something waits"
like "$(junhengctl status)" 'cannot run: .*no such program' "junhengctl status too"
is "$(metric script_host_up)" 0 "a metric tells"
add 2022
wait_for 20 is_at 2022 broken
ok $? "the next round too"
is "$(grep -c 'script.lost' "$log")" 1 "the log says so once"
! has_logged 'data.refused|source.failed'
ok $? "no data were refused"

come
wait_for 30 is_lua behind False
ok $? "it is back: what was missed is had, without new data" || diag "$(tail -n 5 "$log")"
is_at 2022 pass
ok $? "the indicator passes"
is "$(sqlite3 "$tmp/state/junheng.db" "SELECT count(*) FROM local_verdict WHERE outcome = 'broken'" 2>&1)" 0 \
    "in both rounds"
is "$(lua error) $(metric script_host_up)" "None 1" "nothing is said any more"
like "$(grep -c script.recovered "$log")" '^1$' "but that it has recovered"

go
echo >>"$tmp/drop/2022.csv"
wait_for 20 is_at 2022 broken
kill_daemon
come
start_daemon
wait_for 20 is_at 2022 pass
ok $? "a restart catches up as well" || diag "$(tail -n 5 "$log")"
go
stop_daemon
is "$?" 0 "it stops without junheng-lua"
done_testing
