#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The promise of the outbox: killed at any moment, the daemon loses no alert, and what it sends
# again carries the same key. The same rounds are run twice, once undisturbed.
# shellcheck disable=SC2317 # some functions are called by wait_for only
. "$abs_top_srcdir/tests/tap/tap.sh"
. "$abs_top_srcdir/tests/e2e/lib.sh"

rounds=10
kills=1 # a round
[ -z "${JUNHENG_LONG-}" ] || rounds=51 kills=20 # a thousand

"$abs_top_builddir/junheng-generate" --rounds 2019 --counties 20 --schools 400 --out "$tmp" || bail "no province"
mkdir "$tmp/portal"
year=2013
# In each year half of the schools of some counties lose nine tenths of their rooms, computers
# and books, in the next they have them again.
while [ $year -lt $((2013 + rounds)) ]; do
    awk -F, -v OFS=, -v year=$year 'NR > 1 {
        $1 = year
        if ((substr($2, 3) * 7 + year * 3) % 4 == 0 && NR % 2)
            for (k = 21; k <= 26; k++) if ($k != "") $k = int($k / 10)
    } 1' "$tmp/2019.csv" >"$tmp/portal/$year.csv"
    year=$((year + 1))
done
ln -s 2013.csv "$tmp/portal/newest"
serve portal python3 "$abs_top_srcdir/demo/portal.py" "$tmp/portal" "$tmp/portal.port"
umask 077
echo "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" >"$tmp/secret"

write_conf() { # NAME OF THE RUN, PORT OF ITS RECEIVER
    base_conf | sed "s|^state_dir.*|state_dir: $tmp/$1|"
    cat <<END
standards: {use: [basic-2012]}
sources:
  - {name: portal, plugin: http, format: csv, url: "http://127.0.0.1:$(port portal)/newest", interval: 100ms}
channels:
  - {name: hook, plugin: webhook, url: "http://127.0.0.1:$(port "$1")/", secret_file: $tmp/secret,
     retry_min: 100ms, retry_max: 1s}
offices:
  - {id: all, name: 全部, level: nation, channels: [hook]}
alerts: {group_wait: 100ms, warning: {enabled: false}, decline: {enabled: false}, data_quality: {enabled: false}}
END
}

certify() {
    {
        echo county_code,standard,date
        cut -d, -f2 "$tmp/2019.csv" | sed 1d | sort -u | sed 's/$/,basic-2012,2012-12-31/'
    } >"$tmp/certified.csv"
    junhengctl certify --import "$tmp/certified.csv" --by test --reason "a trial" >>"$tmp/none"
}

has_round() { [ "$(of /api/v1/counties "min(s['round'] for c in data for s in c['standards'])" 2>>"$tmp/none")" = "$1" ]; }

# A moment within 0.6 s, rather soon, anew every time.
moment() { awk -v seed="$1" 'BEGIN { srand(seed); printf "%.3f\n", 0.6 * rand() ^ 2 }'; }

run() { # NAME KILLS
    ln -sfn 2013.csv "$tmp/portal/newest"
    serve "$1" python3 "$abs_top_srcdir/demo/receiver.py" "$tmp/secret" "$tmp/$1.port" "$tmp/$1.hooks" 5
    write_conf "$1" >"$conf"
    start_daemon
    wait_for 30 has_round 2013 || bail "the first round is not evaluated: $(tail -n 3 "$log")"
    certify || bail "cannot certify"
    year=2014
    while [ $year -lt $((2013 + rounds)) ]; do
        ln -sfn $year.csv "$tmp/portal/newest"
        k=0
        while [ $k -lt "$2" ]; do
            sleep "$(moment $((year * 100 + k)))"
            kill_daemon
            launch_daemon
            k=$((k + 1))
        done
        wait_for 60 has_round $year || bail "$year is not evaluated: $(tail -n 3 "$log")"
        year=$((year + 1))
    done
    wait_for 60 all_sent
    ok $? "$1: all is sent in the end"
    : >"$tmp/$1.alerts"
    for id in $(of /api/v1/alerts '*[a["id"] for a in data]'); do
        api "/api/v1/alerts/$id" >>"$tmp/$1.alerts"
        echo >>"$tmp/$1.alerts"
    done
    stop_daemon
    ok $? "$1: it stops well"
    is "$(sqlite3 "$tmp/$1/junheng.db" 'PRAGMA integrity_check')" ok "$1: the database is sound"
    junhengctl journal verify --database "$tmp/$1/junheng.db" >"$tmp/out" 2>&1
    ok $? "$1: nothing was kept without its entry in the journal, nor the other way" || diag "$(cat "$tmp/out")"
}
run undisturbed 0
run killed "$kills"

cat >"$tmp/check.py" <<'END'
import collections, json, sys
def transitions(name):
    of = {}
    for line in open(name + ".alerts"):
        alert = json.loads(line)["data"]
        for t in alert["transitions"]:
            of["%s:%d" % (alert["id"], t["n"])] = (alert["county"]["code"], t["round"], t["to"], t["cause"])
    return of
def hooks(name):
    return [json.loads(line) for line in open(name + ".hooks")]
a, b = transitions("undisturbed"), transitions("killed")
print("transitions", "many" if len(a) > 20 else len(a), "same" if sorted(map(str, a.values())) == sorted(map(str, b.values())) else "differ")
keys, members = collections.defaultdict(set), collections.defaultdict(set)
for hook in hooks("killed"):
    members[hook["id"]].add(tuple(hook["pairs"]))
    for pair in hook["pairs"]:
        keys[pair].add(hook["id"])
delivered = {p for h in hooks("killed") if h["answered"] == 204 for p in h["pairs"]}
print("lost", len(set(b) - delivered), "invented", len(set(keys) - set(b)))
print("under two keys", sum(len(k) > 1 for k in keys.values()), "changed", sum(len(m) > 1 for m in members.values()))
print("unsigned", sum(not h["verified"] for h in hooks("killed")), "again", len(hooks("killed")) > len(members))
END
cd "$tmp" || bail "no folder"
is "$(python3 check.py)" "transitions many same
lost 0 invented 0
under two keys 0 changed 0
unsigned 0 again True" "nothing lost, nothing invented, one key each"
cd / || exit 1
done_testing
