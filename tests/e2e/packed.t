#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A daemon unpacks what comes packed: each file in an archive is a file of its own, with its
# own round by its name, and a bad one leaves the others alone.
# shellcheck disable=SC2317 # some functions are called by wait_for only
. "$abs_top_srcdir/tests/tap/tap.sh"
. "$abs_top_srcdir/tests/e2e/lib.sh"

mkdir "$tmp/drop"
put() { # FILE MEMBER=PUPILS ...: a zip of JSON files, one county each
    python3 - "$@" <<'EOF'
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1] + ".part", "w", zipfile.ZIP_DEFLATED) as archive:
    for word in sys.argv[2:]:
        name, pupils = word.split("=")
        rows = [{"county_code": name[-11:-5], "school_code": f"{name[-11:-5]}00{i}", "kind": "primary",
                 "pupils": {"primary": pupils}, "books": 1000 * i} for i in (1, 2)]
        archive.writestr(name, json.dumps({"data": {"items": rows}}))
EOF
    mv "$1.part" "$1"
}
{
    base_conf
    cat <<END
sources:
  - name: drop
    plugin: file
    path: $tmp/drop
    settle: 0s
    interval: 100ms
    backoff_max: 200ms
    format: json
    format_options: {rows: data.items}
    member: "*.json"
    round: {from: path, match: '/(\\d{4})/\\d+\\.json\$'}
    columns: {pupils_primary: pupils.primary}
END
} >"$conf"

put "$tmp/drop/a.zip" 2023/990101.json=100 2024/990101.json=110 2024/990102.json=120 notes.txt=1
start_daemon
rounds() { junhengctl history "$1" --format json | python3 -c 'import json, sys
print(sorted({v["round"] for v in json.load(sys.stdin)["data"]}))'; }
has_rounds() { [ "$(rounds "$1")" = "$2" ]; }
wait_for 30 has_rounds 990101 "['2023', '2024']"
is "$(rounds 990101)" "['2023', '2024']" "two files of an archive are two rounds of a county"
wait_for 30 has_rounds 990102 "['2024']"
is "$(rounds 990102)" "['2024']" "and the third is of another county"

gzip -c "$tmp/drop/a.zip" >"$tmp/b.gz" && mv "$tmp/b.gz" "$tmp/drop/b.gz"
wait_for 30 has_logged 'data.refused.*b:1:.*JSON'
ok $? "an archive in gzip is unpacked once, and then is no JSON" || diag "$(tail -n 5 "$log")"
rm "$tmp/drop/b.gz"
put "$tmp/drop/a.zip" 2024/990103.json=x 2024/990104.json=140
wait_for 30 has_rounds 990104 "['2024']"
is "$(rounds 990104)" "['2024']" "a file beside a bad one is judged"
wait_for 30 has_logged 'data.re[a-z]*.*a.zip/2024/990103.json'
ok $? "the bad one is told by its name" || diag "$(tail -n 5 "$log")"
done_testing
