#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Any past verdict can be computed again from the archive, and what a changed standard would have
# done to the past is known before the daemon is told of it: replay works on a copy.
. "$abs_top_srcdir/tests/tap/tap.sh"
. "$abs_top_srcdir/tests/e2e/lib.sh"

books_standard
{
    base_conf
    cat <<END
standards: {dir: standards, use: [books]}
sources:
  - {name: one, plugin: file, format: csv, path: $tmp/one.csv, interval: 1d}
alerts: {group_wait: 0s, warning: {enabled: false}}
END
    spool_conf
} >"$conf"
table() { # ROUND BOOKS BOOKS: of the second school of each of two counties
    printf 'round,county_code,county_name,school_code,kind,pupils_primary,books\n'
    printf '%s,990101,Qingshi,1,primary,100,100\n%s,990101,Qingshi,2,primary,100,%s\n' "$1" "$1" "$2"
    printf '%s,990102,Heshui,3,primary,100,100\n%s,990102,Heshui,4,primary,100,%s\n' "$1" "$1" "$3"
}
# shellcheck disable=SC2317 # called by wait_for
evaluated() { [ "$(grep -c 'round.evaluated source=one' "$log")" -ge "$1" ]; }
came=1
arrive() { # ROUND BOOKS BOOKS
    came=$((came + 1))
    table "$1" "$2" "$3" >"$tmp/one.csv"
    wait_for 20 junhengctl poll one
    wait_for 20 evaluated "$came"
    ok $? "$1 $2 $3" || diag "$(tail -n 3 "$log")"
}
export TMPDIR="$tmp"
replay() { junhengctl replay -c "$conf" --archive "$@" 2>&1; }
alerts() { replay --format json | python3 -c 'import json, sys; d = json.load(sys.stdin)["compared"]
a, v = d["alerts"], d["verdicts"]; print(v["differ"], a["new"], a["resolved"], a["unchanged"])'; }

table 2020 300 310 >"$tmp/one.csv"
start_daemon
wait_for 20 evaluated 1
for county in 990101 990102; do
    junhengctl certify $county --standard books --date 2013-12-31 --by test --reason trial >>"$tmp/none"
done
arrive 2021 900 300
arrive 2021 900 310
arrive 2022 800 320
arrive 2020 299 310
is "$(of /api/v1/alerts "[a['county']['code'] for a in data if a['state'] == 'firing']")" "['990101']" "one slip"

out=$(replay --dry-run)
is $? 0 "the archive while the daemon runs"
like "$out" '^5 bodies replayed, 0 of them without news, 0 refused' "all bodies, also those that were corrected"
like "$out" '^verdicts: 12 the same, 0 differ$' "come to the same verdicts" || diag "$out"
like "$out" '^alerts: 0 new, 0 resolved, 1 unchanged$' "and alerts"
sed -i 's/primary: 0.65/primary: 0.515/' "$tmp/standards/books.yaml"
is "$(alerts)" "2 1 0 1" "a stricter limit: what would have been" || replay
like "$(replay)" '990102 +Heshui +books +2022 +county +pass -> fail' "is told"
sed -i 's/primary: 0.515/primary: 0.95/' "$tmp/standards/books.yaml"
is "$(alerts)" "4 0 1 0" "a laxer one" || replay
is "$(of /api/v1/alerts "[a['county']['code'] for a in data if a['state'] == 'firing']")" "['990101']" \
    "the daemon knows nothing of it"
sed -i 's/numerator: books/numerator: bookz/' "$tmp/standards/books.yaml"
replay >"$tmp/out"
is $? 1 "a configuration that is wrong is not replayed"
like "$(cat "$tmp/out")" "books.yaml:" "but told"
is "$(find "$tmp" -maxdepth 1 -name 'junheng-trial-*')" "" "nothing is left behind"

# ---- who would have been told ----------------------------------------------------------------------------
sed -i 's/bookz/books/; s/0.95/0.65/' "$tmp/standards/books.yaml"
# other SED: by a configuration that differs; the daemon's stays as it is
other() {
    sed "$1" "$conf" >"$tmp/other.yaml"
    junhengctl replay -c "$tmp/other.yaml" --archive --dry-run 2>&1
}
out=$(other '')
like "$out" '^alerts: 0 new, 0 resolved, 1 unchanged$' "the same configuration changes nothing" || diag "$out"
out=$(other 's/group_wait: 0s/group_wait: 0s, slip: {for: 2}/')
like "$out" '^alerts: 0 new, 0 resolved, 1 changed, 0 unchanged$' "an alert that waits for a second round" || diag "$out"
like "$out" '990101 +Qingshi +books +2021 +slip +told of firing 2021: all over spool -> nobody$' "is told later"
like "$out" '990101 +Qingshi +books +2021 +slip +told of firing 2022: nobody -> all over spool$' "a round later"
like "$out" '^verdicts: 12 the same, 0 differ$' "with the same verdicts"
out=$(other 's/id: all,/id: new,/')
like "$out" 'told of firing 2021: all over spool -> new over spool$' "another office" || diag "$out"
is "$(junhengctl replay -c "$tmp/other.yaml" --archive --format json | python3 -c 'import json, sys
a = json.load(sys.stdin)["compared"]["alerts"]; x = a["list"][0]
print(a["changed"], x["county"], x["name"], x["kind"], x["since_round"], x["change"], x["told"])')" \
    "1 990101 Qingshi slip 2021 changed [{'of': 'firing 2021', 'was': 'all over spool', 'is': 'new over spool'}, {'of': 'proposed 2022', 'was': 'all over spool', 'is': 'new over spool'}]" \
    "as JSON"
sed -i 's/primary: 0.65/primary: 0.515/' "$tmp/standards/books.yaml"
like "$(other '')" '990102 +Heshui +books +2022 +slip +new: nothing -> firing critical, 2022$' "a stricter limit: an alert more"
sed -i 's/primary: 0.515/primary: 0.95/' "$tmp/standards/books.yaml"
out=$(other '')
like "$out" '990101 +Qingshi +books +2021 +slip +resolved: firing critical, 2022 -> nothing$' "a laxer one: one less"
like "$out" 'told of firing 2021: all over spool -> nobody$' "and who would not have been told"
sed -i 's/primary: 0.95/primary: 0.65/' "$tmp/standards/books.yaml"

# ---- a folder ------------------------------------------------------------------------------------------
mkdir "$tmp/rounds"
table 2018 300 310 >"$tmp/rounds/1.csv"
table 2019 500 310 >"$tmp/rounds/2.csv"
printf 'round\n1' >"$tmp/rounds/3.csv"
out=$(junhengctl replay -c "$conf" --rounds "$tmp/rounds" --state "$tmp/kept" 2>&1)
is $? 0 "a folder of rounds"
like "$out" "^3 bodies replayed, .* 1 refused" "each through the pipeline" || diag "$out"
like "$out" "rounds/3.csv:1:1: no county column|3.csv:1:1: no county column" "what is refused is told"
[ -s "$tmp/kept/junheng.db" ]
ok $? "the store is kept where it was asked for"
junhengctl replay -c "$conf" --rounds "$tmp/rounds" --state "$tmp/kept" 2>"$tmp/err"
is $? 1 "and never written over"
junhengctl replay -c "$conf" 2>"$tmp/err"
is $? 64 "called wrongly"
stop_daemon
ok $? "the daemon ends well"
done_testing
