#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Who is told of a slip is found out on a quiet day, not after one: by whom, through what, and by
# which line of the configuration; and an alert that would reach nobody is a failure.
. "$abs_top_srcdir/tests/tap/tap.sh"
ctl=$abs_top_builddir/junhengctl
export JUNHENG_PLUGIN_DIR="$abs_top_builddir/.libs"

routes() { "$ctl" routes test -c "$tmp/junheng.yaml" "$@" 2>&1 | sed "s|$tmp/||g"; }

printf 'code,name,parent\n34,皖,\n35,闽,\n3401,合肥,34\n340103,庐阳,3401\nKFQ,高新区,3401\n' >"$tmp/divisions.csv"
cat >"$tmp/junheng.yaml" <<END
divisions: divisions.csv
channels:
  - {name: spool, plugin: spool, path: $tmp/spool}
  - {name: hook, plugin: webhook, url: "http://127.0.0.1:9/"}
offices:
  - {id: luyang, level: county, covers: ["340103"], channels: [spool]}
  - {id: anhui, level: province, covers: ["34"], channels: [hook, spool]}
  - {id: fujian, level: province, covers: ["35"], channels: [hook]}
routes:
  - {match: {kind: slip, severity: critical}, to: [city]}
  - {match: {kind: warning, standard: basic-2012}, to: [fujian]}
END
cat >"$tmp/want" <<'END'
340103 庐阳 < 3401 合肥 < 34 皖
slip, critical: 1 offices
  anhui  province  hook, spool  junheng.yaml:10 sends it to city, which has no office here: the next level up
slip, warning: 1 offices
  luyang  county  spool  no route reaches an office: the lowest that covers it
END
is "$(routes --county 340103)" "$(cat "$tmp/want")" "both severities of a slip"
like "$(routes --county KFQ --severity critical)" "^KFQ 高新区 < 3401 合肥 < 34 皖$" "a zone lies where the file says"
like "$(routes --county KFQ --kind warning --standard basic-2012)" "anhui .*no route reaches an office" \
    "an office that does not cover it is not told"
like "$(routes --county 350102 --kind warning --standard basic-2012)" \
    "fujian  province  hook  junheng.yaml:11 sends it to fujian" "and one that does"
like "$(routes --county 350102 --kind warning)" "(not in the divisions file)" "a county nobody knows is told so"
"$ctl" routes test -c "$tmp/junheng.yaml" --county 110101 >"$tmp/out"
is $? 1 "an alert that reaches nobody is a failure"
like "$(cat "$tmp/out")" "^slip, critical: 0 offices: nobody is told$" "and says so"
is "$("$ctl" routes test -c "$tmp/junheng.yaml" --county 340103 --kind data_overdue --format json |
    python3 -c 'import json, sys; d = json.load(sys.stdin)["data"][0]; o = d["offices"][0]
print(d["severity"], o["office"], o["level"], o["channels"])')" "warning luyang county ['spool']" "as JSON"
like "$(routes --kind script_broken)" "anhui .*no route reaches an office: the highest" \
    "what is no county's goes to the highest offices, and needs no county"
sed -i '1a alerts: {operators: [fujian]}' "$tmp/junheng.yaml"
is "$(routes --kind delivery_dead)" "$(printf 'delivery_dead, warning: 1 offices\n  fujian  province  hook  alerts.operators names it')" \
    "or to those who look after the program"
for wrong in "" "--county" "--county 1 --kind slid" "--county 1 --severity bad" "--county 1 --format csv"; do
    # shellcheck disable=SC2086
    "$ctl" routes test $wrong 2>"$tmp/err"
    is $? 64 "called wrongly: $wrong"
done
done_testing
