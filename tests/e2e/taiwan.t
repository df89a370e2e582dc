#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Real data, end to end: eight years of every primary school of 22 counties, in the ministry's
# own layout, polled over HTTP one year after the other; then some of them once more where two
# failing rounds make a slip, with a year that comes late. The yardstick is one that nobody
# applies to these counties; this exercises the machine and says nothing about them.
# shellcheck disable=SC2317 # some functions are called by wait_for only
. "$abs_top_srcdir/tests/tap/tap.sh"
real=${JUNHENG_SHARED-}/data/taiwan
[ -f "$real/basec_103.csv" ] || skip_all "the real data are not here"
. "$abs_top_srcdir/tests/e2e/lib.sh"

mkdir "$tmp/portal" "$tmp/standards"
cp "$real"/basec_1??.csv "$tmp/portal/"
serve portal python3 "$abs_top_srcdir/demo/portal.py" "$tmp/portal" "$tmp/portal.port"

cat >"$tmp/standards/teachers.yaml" <<'END'
standard: teachers
title: 每百名学生专任教师数
effective: 2013-01-01
rounding: {value: 2, cv: 3, compare: form}
population: {campus: merge}
indicators:
  - {id: teachers_per_100, title: 每百名学生专任教师数, numerator: teachers, per: 100, split: false}
cv_rule: {applies_to: composite, primary: 0.65}
monitor: [stages]
END
# The years 103 to 108 are told by the file's name only, to which the portal redirects.
write_conf() { # FOLDER OF THE STATE, ROUNDS THAT MUST FAIL
    base_conf | sed "s|^state_dir.*|state_dir: $1|"
    cat <<END
standards: {dir: standards, use: [teachers]}
profiles:
  ministry:
    format: csv
    columns:
      county_code: {column: 縣市代碼, map: {"19": "06", "21": "11", "50": "12"}}
      county_name: 縣市名稱
      school_code: 學校代碼
      school_name: 學校名稱
      pupils_primary: [1年級男學生數, 1年級女學生數, 2年級男學生數, 2年級女學生數, 3年級男學生數, 3年級女學生數,
                       4年級男學生數, 4年級女學生數, 5年級男學生數, 5年級女學生數, 6年級男學生數, 6年級女學生數]
      teachers_primary: [男專任教師, 女專任教師]
    defaults: {kind: primary, owner: 7}
sources:
  - {name: ministry, plugin: http, url: "http://127.0.0.1:$(port portal)/newest", profile: ministry,
     interval: 1d, round: {from: url, match: 'basec_(\\d+)', add: 1911}}
alerts: {group_wait: 0s, data_quality: {enabled: false}, slip: {for: $2, propose_after: 0}, warning: {margin: 0.03, k: 2, n: 2}}
END
    spool_conf
}
write_conf "$tmp/state" 1 >"$conf"

ln -s basec_103.csv "$tmp/portal/newest"
{
    echo county_code,standard,date
    cut -d, -f1 "$real/basec_103.csv" | sed '1d; s/19/06/; s/21/11/; s/50/12/; s/$/,teachers,2013-12-31/' | sort -u
} >"$tmp/certified.csv"
is "$(wc -l <"$tmp/certified.csv")" 23 "22 counties are to be certified"

start_daemon
junhengctl certify --import "$tmp/certified.csv" --by test --reason "a trial" >"$tmp/out" 2>&1
ok $? "they are certified" || diag "$(cat "$tmp/out")"

# evaluated YEAR TIMES
evaluated() { [ "$(grep -c "round.evaluated.* round=$1 " "$log")" -ge "$2" ]; }
# deliver FILE: polled
deliver() {
    ln -sfn "$1" "$tmp/portal/newest"
    # The first poll may be under way by itself.
    wait_for 20 junhengctl poll ministry || diag "cannot poll"
}
for year in 103 104 105 106 107 108 109 110; do
    deliver basec_$year.csv
    wait_for 60 evaluated $((year + 1911)) 1
    ok $? "$((year + 1911)) is evaluated" || diag "$(tail -n 5 "$log")"
done

api /api/v1/counties >"$tmp/counties.json"
sed 1d "$tmp/certified.csv" | while IFS=, read -r code _; do
    junhengctl history "$code" --format json >"$tmp/history.$code.json"
done
for id in $(of /api/v1/alerts '*[a["id"] for a in data]'); do
    api "/api/v1/alerts/$id" >"$tmp/alert.$id.json"
done

cat >"$tmp/check.py" <<'END'
import csv, glob, json, sys
what, tmp, reference = sys.argv[1:4]
names = {c["code"]: c["name"] for c in json.load(open(tmp + "/counties.json"))["data"]}
if what == "cv":
    of = {}
    for code in names:
        for row in json.load(open("%s/history.%s.json" % (tmp, code)))["data"]:
            if row["stage"] == "primary":
                of[code, row["round"]] = row["indicators"]["teachers_per_100"]
    code_of = {name: code for code, name in names.items()}
    code_of["桃園縣"] = code_of["桃園市"]
    compared = worst = 0
    for row in csv.DictReader(open(reference)):
        if row["population"] != "all" or row["indicator"] != "teachers_per_100":
            continue
        cv = of[code_of[row["county"]], row["ce_year_start"]]
        worst = max(worst, abs(cv - float(row["cv"])))
        compared += 1
    print(compared, "agree" if worst < 1e-6 else "differ by up to %g" % worst)
else:
    for file in glob.glob(tmp + "/alert.*.json"):
        alert = json.load(open(file))["data"]
        for t in alert["transitions"] if alert["kind"] == what else []:
            print(t["round"], alert["county"]["code"], names[alert["county"]["code"]], t["to"], t["cause"] or "-")
END
is "$(python3 "$tmp/check.py" cv "$tmp" "$real/cv_reference_by_county.csv")" "176 agree" \
    "every coefficient is the reference's within 1e-6"
is "$(python3 "$tmp/check.py" slip "$tmp" - | cut -d' ' -f1,3- | sort)" "2014 南投縣 firing -
2014 澎湖縣 firing -
2014 連江縣 firing -
2015 花蓮縣 firing -
2015 連江縣 resolved passed
2016 臺東縣 firing -
2017 嘉義縣 firing -
2017 苗栗縣 firing -
2017 連江縣 firing -
2020 雲林縣 firing -" "exactly these counties slip and recover"
wait_for 30 all_sent
told="SELECT count(*) FROM outbox o JOIN alert a ON a.id = o.alert WHERE a.kind = 'slip' AND o.message NOT NULL"
is "$(sqlite3 "$tmp/state/junheng.db" "$told")" 10 "each is told once"
# 2017: 0.493, 0.510, 0.588, a line that reaches 0.65 in 2019; 2019: it falls; 2020: 0.649; 2021: 0.625.
is "$(python3 "$tmp/check.py" warning "$tmp" - | grep 新竹縣 | cut -d' ' -f1,3- | sort)" "2017 新竹縣 firing -
2019 新竹縣 resolved passed
2020 新竹縣 firing -" "the one that comes near, and never slips, is warned of"
told() { sqlite3 "$1/junheng.db" "SELECT alert, n, round, \"to\" FROM transition ORDER BY at_ms, alert, n"; }
judged() { sqlite3 "$1/junheng.db" "SELECT round, county, stage, revision, outcome FROM verdict ORDER BY 1, 2, 3, 4"; }
unchanged() { api /metrics | sed -n 's/^junheng_bodies_total{result="unchanged"} //p'; }
told "$tmp/state" >"$tmp/told"
judged "$tmp/state" >"$tmp/judged"
before=$(unchanged)
again() { [ "$(unchanged)" -gt "$before" ]; }
deliver basec_110.csv
wait_for 30 again
ok $? "the same file is published again"
cp "$tmp/portal/basec_110.csv" "$tmp/portal/again_basec_110.csv"
before=$(unchanged)
deliver again_basec_110.csv
wait_for 30 again
ok $? "and under another name" || diag "$(tail -n 5 "$log")"
judged "$tmp/state" | cmp - "$tmp/judged"
ok $? "which judges nothing"
echo >>"$tmp/portal/basec_105.csv"
deliver basec_105.csv
wait_for 60 evaluated 2016 2
ok $? "an earlier year comes again"
told "$tmp/state" | cmp - "$tmp/told"
ok $? "and none of that opens, ends or tells anything"
like "$(of /api/v1/counties 'sum(c["verdict"] == "fail" for c in data)')" '^8$' "eight are failing at the end"
stop_daemon
ok $? "the daemon ends well"

# ---- two failing rounds make a slip, and one year comes late ------------------------------------
cp "$real/basec_105.csv" "$tmp/portal/"
ln -sfn basec_103.csv "$tmp/portal/newest"
write_conf "$tmp/second" 2 >"$conf"
: >"$log"
start_daemon
junhengctl certify --import "$tmp/certified.csv" --by test --reason "a trial" >"$tmp/out" 2>&1
come() { # FILE ROUND
    deliver "$1"
    wait_for 60 evaluated "$2" 1
    ok $? "$2 comes" || diag "$(tail -n 5 "$log")"
}
slips() {
    sqlite3 "$tmp/second/junheng.db" "SELECT t.round / 100, a.county, t.\"to\" FROM transition t
        JOIN alert a ON a.id = t.alert WHERE a.kind = 'slip' AND t.\"to\" != 'pending' ORDER BY 1, 2"
}
come basec_103.csv 2014
come basec_105.csv 2016
before=$(slips)
come basec_104.csv 2015
is "$(slips)" "$before" "late: no slip begins or ends by it"
come basec_106.csv 2017
cat >"$tmp/twice.py" <<'END'
# By the reference's coefficients, the rounds 2014, 2016 and 2017: two in a row must fail.
import csv, json, sys
cv, lines = {}, []
for row in csv.DictReader(open(sys.argv[1])):
    if row["population"] == "all" and row["indicator"] == "teachers_per_100":
        cv[row["county"].replace("桃園縣", "桃園市"), row["ce_year_start"]] = float(row["cv"])
for county in json.load(open(sys.argv[2]))["data"]:
    failing = 0
    for year in "2014", "2016", "2017":
        if cv[county["name"], year] >= 0.6505:
            failing += 1
            if failing == 2:
                lines.append("%s|%s|firing" % (year, county["code"]))
        elif failing:
            lines.append("%s|%s|resolved" % (year, county["code"]))
            failing = 0
print("\n".join(sorted(lines)))
END
is "$(slips)" "$(python3 "$tmp/twice.py" "$real/cv_reference_by_county.csv" "$tmp/counties.json")" \
    "told is who fails twice, at the second time, by the reference's figures"
stop_daemon
ok $? "it ends well, too"
for state in "$tmp/state" "$tmp/second"; do
    junhengctl journal verify --database "$state/junheng.db" >"$tmp/out" 2>&1
    ok $? "the journal is sound" || diag "$(cat "$tmp/out")"
done
done_testing
