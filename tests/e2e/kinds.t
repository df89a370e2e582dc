#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What goes wrong with sources, scripts and channels, and what local indicators say, by a real
# daemon: told once, to the right office, over another channel than a dead one, also after a
# kill -9, and over when it is over.
# shellcheck disable=SC2317 # some functions are called by wait_for only
. "$abs_top_srcdir/tests/tap/tap.sh"
. "$abs_top_srcdir/tests/e2e/lib.sh"

mkdir "$tmp/lua" || bail "no folder"
books_standard
rows() { # ROUND BOOKS BOOKS
    echo "round,county_code,county_name,school_code,kind,pupils_primary,books"
    echo "$1,990101,青石县,1,primary,100,$2"
    echo "$1,990101,青石县,2,primary,100,$3"
}
script() { # EXPRESSION
    cat >"$tmp/lua/few.lua" <<END
return jh.indicator {
  id = "few", title = "生均图书", stage = "primary", needs = { "books" }, severity = "warning",
  evaluate = function(d)
    local v = d:mean("books", { per = "pupils" })
    return jh.verdict($1, v, "生均 %.1f 册", v)
  end,
}
END
}
cat >"$tmp/hook.py" <<'END'
import http.server, os, sys
class Hook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204 if os.path.exists(sys.argv[2]) else 410)
        self.send_header("Content-Length", "0")
        self.end_headers()
    def log_message(self, *words):
        pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
with open(sys.argv[1] + ".new", "w") as file:
    file.write(str(server.server_address[1]))
os.rename(sys.argv[1] + ".new", sys.argv[1])
server.serve_forever()
END
serve hook python3 "$tmp/hook.py" "$tmp/hook.port" "$tmp/alive"
serve portal python3 "$abs_top_srcdir/tests/e2e/faults.py" "$tmp/portal.port" "$tmp/good.csv"
(umask 077 && printf whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0 >"$tmp/secret")
{
    base_conf
    cat <<END
standards: {dir: standards, use: [books]}
lua: {dirs: [$tmp/lua]}
sources:
  - {name: drop, plugin: file, path: $tmp/data.csv, format: csv, settle: 0s, interval: 200ms, backoff_max: 200ms}
  - {name: portal, plugin: http, url: "http://127.0.0.1:$(port portal)/good", format: csv, part: more, covers: ["98"], interval: 200ms, backoff_max: 200ms}
alerts:
  group_wait: 0s
  operators: [desk]
  source_failed: {polls: 2, after: 200ms}
channels:
  - {name: hook, plugin: webhook, url: "http://127.0.0.1:$(port hook)/", secret_file: $tmp/secret, retry_min: 100ms, give_up: 1s}
  - {name: spool, plugin: spool, path: $tmp/spool}
  - {name: own, plugin: spool, path: $tmp/own}
offices:
  - {id: county, name: 县督导室, level: county, covers: ["990101"], channels: [hook, spool]}
  - {id: desk, name: 运维, level: nation, channels: [hook, own]}
END
} >"$conf"
open_kinds() { of "/api/v1/alerts?state=open" "' '.join(sorted(a['kind'] + ':' + a['subject'] + ('~' if a['stale'] else '') for a in data))"; }
are_open() { [ "$(open_kinds)" = "$1" ]; }
is_open() { open_kinds | tr ' ' '\n' | grep -qx "$1"; }
is_over() { ! open_kinds | tr ' ' '\n' | sed 's/~$//' | grep -qx "$1"; }
messages() { cat "$tmp/own"/*.txt "$tmp/spool"/*.txt 2>>"$tmp/none"; }
told() { grep -Eq -e "$1" "$tmp/own"/*.txt "$tmp/spool"/*.txt 2>>"$tmp/none"; }
count() { messages | grep -Ec -e "$1"; }

script 'v >= 2'
rows 2020 100 120 >"$tmp/data.csv"
start_daemon

# a source that is not there
wait_for 30 is_open source_failed:portal
ok $? "a source that fails is an alert" || diag "$(open_kinds) $(tail -n 3 "$log")"
wait_for 20 told '数据源故障 警告 portal'
ok $? "whom it concerns is told" || diag "$(messages)"
is "$(junhengctl alerts list --kind source_failed | grep -c portal)" 1 "it is listed by its kind"
like "$(api /metrics)" 'junheng_alerts.kind="source_failed",severity="warning". 1' "and measured"

# a local indicator
wait_for 20 is_open local:990101
ok $? "an indicator that fails is one" || diag "$(open_kinds)"
wait_for 20 told '地方指标 警告 青石县'
ok $? "the county's office is told" || diag "$(messages)"
like "$(messages)" '生均 1.1 册' "in the indicator's words"

# the hook answers 410: the message is dead
wait_for 20 is_open delivery_dead:hook
ok $? "a channel that has died is one" || diag "$(open_kinds) $(tail -n 3 "$log")"
wait_for 20 told '通知失败 警告 hook'
ok $? "told through another channel" || diag "$(messages)"
kill_daemon
start_daemon
sleep 1
is "$(count '^【均衡监测】通知失败 警告 hook|^【均衡监测】数据源故障 警告 portal|^【均衡监测】地方指标 警告')" \
    "$(messages | grep -E '^【均衡监测】(通知失败|数据源故障|地方指标) 警告' | sort -u | wc -l)" \
    "a kill -9 repeats none"

# they end
rows 2020 100 "" >"$tmp/new" && mv "$tmp/new" "$tmp/data.csv"
wait_for 20 is_open 'local:990101~'
ok $? "unknown ends nothing" || diag "$(open_kinds)"
rows 2019 900 900 | sed 's/990101,青石县/980101,白水县/' >"$tmp/good.csv"
wait_for 30 is_over source_failed:portal
ok $? "a source that is back is over" || diag "$(open_kinds) $(tail -n 3 "$log")"

# a script that breaks, and is mended
script 'v.x.y'
kill -HUP "$daemon_pid"
wait_for 30 is_open script_broken:few
ok $? "a script that breaks is one" || diag "$(open_kinds) $(tail -n 3 "$log")"
wait_for 20 told '脚本故障 警告 few'
ok $? "its operators are told, where" || diag "$(messages)"
like "$(messages)" 'few.lua:5' "with its place"
is_open 'local:990101~'
ok $? "and it ends no alert of its own"
script 'v >= 2'
kill -HUP "$daemon_pid"
wait_for 30 is_over script_broken:few
ok $? "mended, it is over" || diag "$(open_kinds) $(tail -n 3 "$log")"

: >"$tmp/alive"
rows 2021 900 900 >"$tmp/new" && mv "$tmp/new" "$tmp/data.csv"
wait_for 30 is_over local:990101
ok $? "a whole pass of a newer round ends the indicator's" || diag "$(open_kinds) $(tail -n 3 "$log")"
wait_for 30 is_over delivery_dead:hook
ok $? "the channel delivers again" || diag "$(open_kinds) $(tail -n 3 "$log")"
wait_for 30 all_sent
like "$(messages)" '已恢复 hook' "which is told"
is "$(open_kinds)" "" "nothing is open"
is "$(count '^【均衡监测】地方指标 警告')" 1 "the indicator was told of once"
junhengctl journal verify -c "$conf" >"$tmp/out" 2>&1
ok $? "the journal is sound" || diag "$(cat "$tmp/out")"
stop_daemon
ok $? "the daemon ends well"
done_testing
