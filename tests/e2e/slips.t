#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A nation slips in one round, by two standards: every county is told of once to each office, in one
# message an office, province and standard, over one webhook, and the loop answers all the while.
# shellcheck disable=SC2317 # some functions are called by wait_for only
. "$abs_top_srcdir/tests/tap/tap.sh"
. "$abs_top_srcdir/tests/e2e/lib.sh"

provinces=30 counties=10 # in each
# Of CPU, in one callback; as in storm.t.
most=0.25
[ -z "${JUNHENG_LONG-}" ] || counties=100 most=0.05
all=$((provinces * counties))
slips=$((2 * all)) # by two standards
umask 077
echo "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" >"$tmp/secret"
serve hook python3 "$abs_top_srcdir/demo/receiver.py" "$tmp/secret" "$tmp/hook.port" "$tmp/hooks"

# Two schools in each county, alike; or one of them has all the books.
nation() { # ROUND BOOKS-OF-ONE BOOKS-OF-THE-OTHER
    awk -v round="$1" -v one="$2" -v other="$3" -v provinces=$provinces -v counties=$counties 'BEGIN {
        print "round,county_code,school_code,kind,pupils_primary,books"
        for (p = 0; p < provinces; p++)
            for (c = 1; c <= counties; c++) {
                code = sprintf("%d%04d", 11 + p, c)
                printf "%d,%s,%s1,primary,100,%d\n%d,%s,%s2,primary,100,%d\n", round, code, code, one, round, code, code, other
            }
    }' >"$tmp/new" && mv "$tmp/new" "$tmp/nation.csv"
}
codes() { cut -d, -f2 "$tmp/nation.csv" | sed 1d | sort -u; }
nation 2020 1000 1000
{
    echo code,name,parent
    codes | cut -c1-2 | sort -u | sed 's/.*/&,Province &,/'
    codes | sed 's/^\(..\).*/&,County &,\1/'
} >"$tmp/divisions.csv"
codes | sed '1i county,standard,date
s/.*/&,books,2019-12-31\n&,papers,2019-12-31/' >"$tmp/certified.csv"
books_standard
sed 's/^standard: books/standard: papers/' "$tmp/standards/books.yaml" >"$tmp/standards/papers.yaml"
{
    base_conf
    cat <<END
standards: {dir: $tmp/standards, use: [books, papers]}
divisions: divisions.csv
sources:
  - {name: nation, plugin: file, format: csv, path: $tmp/nation.csv, interval: 1s, settle: 0s}
channels:
  - {name: hook, plugin: webhook, url: "http://127.0.0.1:$(port hook)/", secret_file: $tmp/secret}
alerts: {group_wait: 100ms}
routes:
  - {match: {kind: slip}, to: [province, nation]}
offices:
  - {id: all, name: 全国, level: nation, channels: [hook]}
END
    codes | cut -c1-2 | sort -u | sed 's/.*/  - {id: p&, name: 省&, level: province, covers: ["&"], channels: [hook]}/'
} >"$conf"
start_daemon
wait_for 60 has_logged "round.evaluated source=nation round=2020 .*counties=$all .*pass=$slips"
ok $? "$all counties pass" || diag "$(tail -n 5 "$log")"
like "$(junhengctl certify --import "$tmp/certified.csv" --by test --reason trial 2>&1)" "^$slips certified" "and are certified by both standards"

nation 2021 0 1000
wait_for 60 has_logged "round.evaluated source=nation round=2021 .*transitions=$slips"
ok $? "in the next round all of them slip" || diag "$(tail -n 5 "$log")"
told() { is_ready && all_sent; }
wait_for 120 told
ok $? "and everything is sent" || diag "$(junhengctl status 2>&1)"

# ---- what came --------------------------------------------------------------------------------
# received EXPRESSION: what Python makes of the messages; `by` has the alerts of each office
received() {
    python3 - "$tmp/hooks" "$1" <<'END'
import collections, json, sys
with open(sys.argv[1], encoding="utf-8") as f:
    messages = [json.loads(line) for line in f]
by = collections.defaultdict(list)
for m in messages:
    by[m["receiver"]] += m["pairs"]
print(eval(sys.argv[2]))
END
}
is "$(received 'len(messages)')" $((4 * provinces)) "a message a province and standard to each of the two offices it concerns"
is "$(received 'len({(m["receiver"], m["group"]["province"], m["group"]["standard"]) for m in messages})')" $((4 * provinces)) \
    "and not two of the same"
is "$(received 'sum(len({c[:2] for c in m["counties"]} | {m["group"]["province"]}) > 1 for m in messages)')" 0 \
    "each holds the counties of its province"
is "$(received 'all(m["verified"] for m in messages)')" True "each signed"
is "$(received 'len(by)')" $((provinces + 1)) "every office is told"
is "$(received 'sum(map(len, by.values()))')" $((2 * slips)) "of every county, to its province and to the nation"
is "$(received 'all(len(p) == len(set(p)) for p in by.values())')" True "once"
is "$(received 'len(by["all"])')" $slips "the nation's office of all"
is "$(received 'len(by["p11"])')" $((2 * counties)) "a province's of its own"
is "$(received 'len({m["key"] for m in messages})')" $((4 * provinces)) "under a key each"
is "$(sqlite3 "$tmp/state/junheng.db" "SELECT count(*) FROM alert WHERE open = 1")" $slips "an open alert a county and standard"
took=$(sqlite3 "$tmp/state/junheng.db" "SELECT max(m.done_ms) - (SELECT max(at_ms) FROM transition) FROM message m")
diag "from the judgement to the last message delivered, with 100 ms of group_wait: $took ms"
diag "longest callback: $(metric loop_longest_callback_cpu_seconds) s of CPU"
[ -n "${JUNHENG_SANITIZED-}" ] || metric loop_longest_callback_cpu_seconds | awk -v most=$most '{ exit $1 >= most }'
ok $? "no callback of the loop used $most s of CPU" || diag "$(grep loop.slow "$log")"
stop_daemon
is "$?" 0 "it stops"
like "$(tail -n 1 "$log")" 'daemon.stopped .*loop=0' "nothing is left on the loop"
junhengctl journal verify --database "$tmp/state/junheng.db" >"$tmp/out" 2>&1
ok $? "the journal has it all" || diag "$(cat "$tmp/out")"
! has_logged 'Sanitizer|runtime error'
ok $? "no sanitizer has anything to say"
done_testing
