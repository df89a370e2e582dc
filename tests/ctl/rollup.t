#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What a province tells the nation is added up here. Every number is computed once more from what
# `evaluate` says of the counties; a county that delivered nothing must show as unknown.
. "$abs_top_srcdir/tests/tap/tap.sh"

ctl=$abs_top_builddir/junhengctl
cd "$tmp" || bail "no folder"
"$abs_top_builddir/junheng-generate" --out "$tmp" --rounds 2023-2024 --counties 12 --schools 300 >log ||
    bail "junheng-generate"

rollup() { "$ctl" rollup "$@" 2>err; }
# json EXPRESSION: a value out of out.json, as Python writes it
json() { python3 -c "import json; d = json.load(open('out.json')); r = {(x['level'], x['parent'], x['code']): x for x in d['regions']}; n = r.get(('nation', '', ''), {}).get('counties'); print($1)"; }

# ---- a province in which not all is well -----------------------------------------------------

# 990102 is a zone with a code of its own now, 990103 has gone silent, 990199 never said anything,
# 990202 lacks an area somewhere, and one county has a code of its own and no parent.
sed 's/,990102,/,ZONE,/; s/,990221,/,NOWHERE,/' 2023.csv >then.csv
sed 's/,990102,/,ZONE,/; /,990103,/d; s/,990221,/,NOWHERE,/' 2024.csv |
    awk -F, -v OFS=, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i ~ /^教学及/) b = i } $2 == "990202" && !done { $b = ""; done = 1 } { print }' >now.csv
{ sed 's/^990102,/ZONE,/; /^990221/d; s/\r$//' divisions.csv && echo '990199,无声县,9901'; } >div.csv

cat >again.py <<'END'
"""Regions from what evaluate says, by other means; differences to rollup's JSON are printed."""
import csv, json, math, sys
now, then, out = (json.load(open(f)) for f in sys.argv[1:4])
rows = {r["code"]: r for r in csv.DictReader(open(sys.argv[4]))}
parents = {r["parent"] for r in rows.values()}
counties = {c["code"]: c for c in now["counties"]}
before = {c["code"]: c for c in then["counties"]}
silent = (set(before) | {c for c in rows if c not in parents}) - set(counties)
wrong = []

def place(code):
    chain = []
    while code in rows and rows[code]["parent"]:
        code = rows[code]["parent"]
        chain.insert(0, code)
    if not chain and len(code) == 6 and code.isdigit():
        chain = [code[:2], code[:4]]
    return (chain + ["", ""])[:2]

def same(what, got, want):
    near = isinstance(got, float) and isinstance(want, float) and math.isclose(got, want, rel_tol=1e-9, abs_tol=1e-12)
    if got != want and not near:
        wrong.append((what, got, want))

def quartile(points, share):
    reached, all = 0, sum(w for _, w in points)
    for cv, w in sorted(points):
        reached += w
        if reached >= share * all - 1e-9:
            return cv

def stage_of(county, stage):
    return next((s for s in county["stages"] if s["stage"] == stage), None) if county else None

def figure_of(stage, id):
    if stage is None:
        return None
    return stage["composite"] if id == "composite" else next(i for i in stage["indicators"] if i["id"] == id)

def check_verdict(what, got, codes, judge):
    pairs = [(judge(counties.get(c)), judge(before.get(c))) for c in codes]
    for verdict in "pass", "fail", "unknown", "none":
        same((what, verdict), got[verdict], sum(a == verdict for a, _ in pairs))
    if "compared" in got:
        same((what, "compared"), got["compared"], sum(c in before for c in codes))
        same((what, "to_fail"), got["to_fail"], sum(p == ("fail", "pass") for p in pairs))
        same((what, "to_pass"), got["to_pass"], sum(p == ("pass", "fail") for p in pairs))
        same((what, "to_unknown"), got["to_unknown"], sum(a == "unknown" and b in ("pass", "fail") for a, b in pairs))

def check_figure(what, got, stage, codes):
    here = {c: (figure_of(stage_of(counties.get(c), stage), got["id"]), figure_of(stage_of(before.get(c), stage), got["id"])) for c in codes}
    pupils = {c: stage_of(counties[c], stage)["pupils"] for c in codes if c in counties}
    limit = got["limit"]
    silent_is = "none" if limit is None else "unknown"
    check_verdict(what, got["verdict"], codes,
                  lambda c: figure_of(stage_of(c, stage), got["id"])["verdict"] if c else silent_is)
    cv = [(f["cv"], pupils[c], c) for c, (f, _) in here.items() if f and f["cv"] is not None]
    same((what, "n"), got["cv"]["counties"], len(cv))
    if cv:
        same((what, "mean"), got["cv"]["mean"], math.fsum(x for x, _, _ in cv) / len(cv))
        same((what, "weighted"), got["cv"]["weighted_mean"], math.fsum(x * p for x, p, _ in cv) / sum(p for _, p, _ in cv))
        same((what, "min"), got["cv"]["min"], min(cv)[0])
        same((what, "max"), got["cv"]["max"], max(cv)[0])
    for i in range(3):
        same((what, "quartile"), got["cv"]["quartiles"][i], quartile([(x, 1) for x, _, _ in cv], (i + 1) / 4))
        same((what, "weighted quartile"), got["cv"]["weighted_quartiles"][i], quartile([(x, p) for x, p, _ in cv], (i + 1) / 4))
    by = [(f["cv"] - g["cv"], pupils[c]) for c, (f, g) in here.items() if f and g and f["cv"] is not None and g["cv"] is not None]
    same((what, "compared"), got["change"]["counties"] if got["change"] else 0, len(by))
    if by:
        same((what, "change"), got["change"]["mean"], math.fsum(x for x, _ in by) / len(by))
        same((what, "weighted change"), got["change"]["weighted_mean"], math.fsum(x * p for x, p in by) / sum(p for _, p in by))
    if got["id"] != "composite":
        means = [(f["mean"], pupils[c]) for c, (f, _) in here.items() if f and f["mean"] is not None]
        same((what, "provision"), got["provision"]["mean"], math.fsum(m * p for m, p in means) / sum(p for _, p in means) if means else None)
    rank = sorted(((-(f["cv"] if f["cv"] is not None else f.get("bound", 0)), c) for c, (f, _) in here.items() if f and (f["cv"] is not None or f.get("bound", 0) > 0)))
    same((what, "worst"), [w["code"] for w in got["worst"]], [c for _, c in rank[:5]])

places = {c: place(c) for c in set(counties) | silent}
want = {("nation", "", "")}
want |= {("province", "", p) for p, _ in places.values()} | {("prefecture", p, q) for p, q in places.values()}
same("regions", {(r["level"], r["parent"], r["code"]) for r in out["regions"]}, want)
for r in out["regions"]:
    level = {"nation": lambda p, q: True, "province": lambda p, q: p == r["code"],
             "prefecture": lambda p, q: (p, q) == (r["parent"], r["code"])}[r["level"]]
    codes = sorted(c for c, (p, q) in places.items() if level(p, q))
    what = r["level"], r["code"]
    same((what, "name"), r["name"], rows[r["code"]]["name"] if r["code"] in rows else "")
    same((what, "total"), r["counties"]["total"], len(codes))
    same((what, "silent"), [c["code"] for c in r["counties"]["without_data"]], [c for c in codes if c in silent])
    check_verdict(what, r["counties"]["verdict"], codes, lambda c: c["verdict"] if c else "unknown")
    for key in "items_verdict", "certifiable":
        empty = next(iter(counties.values()))[key]  # nobody reports, so that it is alike for all
        check_verdict((what, key), r["counties"][key], codes, lambda c: c[key] if c else "unknown" if empty != "none" else "none")
    for s in r["stages"]:
        name = s["stage"]
        check_verdict((what, name), s["verdict"], codes, lambda c: stage_of(c, name)["verdict"] if c else "unknown")
        here = [stage_of(counties[c], name) for c in codes if c in counties]
        same((what, "schools"), s["schools"], sum(x["schools"] for x in here))
        same((what, "pupils"), float(s["pupils"]), float(sum(x["pupils"] for x in here)))
        for f in s["figures"]:
            check_figure((what, name, f["id"]), f, name, codes)
print(len(out["regions"]), "regions", *wrong[:5])
END
for standard in basic-2012 quality-2017; do
    "$ctl" evaluate --standard $standard --divisions div.csv --format json then.csv >then.json 2>err
    "$ctl" evaluate --standard $standard --divisions div.csv --format json then.csv now.csv >now.json 2>err
    rollup --standard $standard --divisions div.csv --format json then.csv now.csv >out.json
    is $? 0 "$standard: rolled up" || diag "$(cat err)"
    is "$(python3 again.py now.json then.json out.json div.csv)" "7 regions" \
        "$standard: every number of every region is what the counties say"
    is "$(json "d['standard'], d['round'], len(d['data_sha256'])")" "$standard 2024 64" "$standard: of what"
done
is "$(json "n['total'], n['with_data'], [c['name'] for c in n['without_data']]")" \
    "13 11 ['澄湖区', '无声县']" \
    "a county that delivers no more, and one that never did, are counted and named"
is "$(json "[(k[0], r[k]['counties']['total'], [c['code'] for c in r[k]['counties']['list']]) for k in r if not k[2] and k[0] != 'nation']")" \
    "[('province', 1, ['NOWHERE']), ('prefecture', 1, ['NOWHERE'])]" "a county in no region counts for the nation and is listed"
is "$(json "[c['code'] for c in r['prefecture', '99', '9901']['stages'][0]['figures'][0]['worst']].count('ZONE')")" 1 \
    "a zone with a code of its own lies where its parent says"
is "$(json "sum(r[k]['counties']['verdict']['fail'] for k in r if k[0] == 'prefecture') == n['verdict']['fail']")" True \
    "prefectures add up to the nation"

# ---- which counties, which level --------------------------------------------------------------

rollup --standard quality-2017 --format json now.csv >out.json
is "$(json "[(x['level'], x['code'], x['counties']['total']) for x in d['regions']]")" \
    "[('nation', '', 11), ('province', '99', 9), ('prefecture', '9901', 2), ('prefecture', '9902', 3), ('prefecture', '9903', 4), ('province', '', 2), ('prefecture', '', 2)]" \
    "without a divisions file six digits tell, and nothing else"
is "$(json "n['verdict']['compared'], r['nation', '', '']['stages'][0]['figures'][0]['change']")" "0 None" \
    "without a round before nothing is compared"
for level in nation province prefecture; do
    rollup --standard quality-2017 --divisions div.csv --level $level --format json now.csv >out.json
    is "$(json "{x['level'] for x in d['regions']}")" "{'$level'}" "--level $level"
done
printf 'code,name,parent,stages\n99,p,,\nALONE,小学县,99,primary\n' >primary.csv
rollup --standard quality-2017 --divisions primary.csv --level nation --format json now.csv >out.json
is "$(json "[(s['stage'], s['verdict']['unknown'] + s['verdict']['fail'] + s['verdict']['pass']) for s in d['regions'][0]['stages']]")" \
    "[('primary', 12), ('junior', 11)]" "a stage that a county does not have is not missed"

# 990122 was heard of two rounds ago only, and 990155 has only told of itself.
sed '/,990122,/d' then.csv >without.csv
sed 's/^2023,/2022,/' then.csv >older.csv
printf '行政区划代码,指标,数值\n990155,OWN,达标\n990302,OWN,不达标\n990321,OWN,达标\n' >reports.csv
{ cat "$abs_top_srcdir/tests/golden/books.yaml" && echo 'items: [{id: OWN, rule: evidence}]'; } >own.yaml
sed '/,990122,/d; /,ZONE,/d' now.csv >less.csv
rollup --standard quality-2017 --counties reports.csv --level nation --format json less.csv without.csv older.csv >out.json
is $? 0 "three rounds and reports" || diag "$(cat err)"
is "$(json "[c['code'] for c in n['without_data']], n['verdict']['compared']")" "['990103', '990122', '990155', 'ZONE'] 12" \
    "a county is missed however long it is silent"
rollup --standard own.yaml --counties reports.csv --level nation --format json now.csv >out.json
is "$(json "[c['code'] for c in n['without_data']], [n['items_verdict'][k] for k in ('pass', 'fail', 'unknown')]")" "['990155'] [2, 1, 9]" \
    "what counties report counts, and who only reports is without data"

# ---- read while it streams -----------------------------------------------------------------------

rollup --standard quality-2017 --divisions div.csv --format json now.csv >out.json
"$ctl" evaluate --standard quality-2017 --format json now.csv >now.json 2>err
is "$(json "d['data_sha256']")" "$(python3 -c "import json; print(json.load(open('now.json'))['data_sha256'])")" \
    "the digest is that of evaluate"
rollup --standard quality-2017 --divisions div.csv --format json - <now.csv >piped.json
cmp out.json piped.json
ok $? "from standard input the same"
{ head -n 1 now.csv && tail -n +2 now.csv | sort -r; } >mixed.csv
rollup --standard quality-2017 --divisions div.csv --format json mixed.csv | sed 's/"data_sha256":"[0-9a-f]*"//' >mixed.json
sed 's/"data_sha256":"[0-9a-f]*"//' out.json >want.json
cmp want.json mixed.json
ok $? "whatever the order of rows"

# ---- for people, and csv ---------------------------------------------------------------------------

rollup --standard quality-2017 --divisions div.csv then.csv now.csv >out.txt
like "$(cat out.txt)" '没有数据 2: .* 990103, 无声县 990199' "text: who delivered nothing"
like "$(cat out.txt)" '未划入省级地区' "… and who lies nowhere"
like "$(cat out.txt)" '较上期 \([0-9]+ 个县\): 合格→不合格 [0-9]+' "… and what turned"
is "$(grep -c '^全国   2024   quality-2017$' out.txt)" 1 "… of which round and standard"
is "$(python3 - <<'END'
import unicodedata
wide = lambda s: sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in s)
ends = []
for line in open("out.txt", encoding="utf-8"):
    if line.startswith(" " * 20):
        ends.append(set())
    if line.startswith("    ") and "差异最大" not in line:
        ends[-1].add(wide(line[: line.index(")")]))  # of the column of means
print([len(e) for e in ends])
END
)" "[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]" "… columns stand one below the other"

rollup --standard quality-2017 --divisions div.csv --format csv then.csv now.csv >out.csv
is "$(python3 -c "
import csv
rows = list(csv.reader(open('out.csv')))
print({len(r) for r in rows} == {34}, len(rows) == 1 + 7 * (3 + 2 * 9))")" "True True" "csv: a line per region, stage and figure"
is "$(python3 -c "
import csv, json
d = json.load(open('out.json'))
r = next(r for r in csv.DictReader(open('out.csv')) if r['level'] == 'nation' and r['stage'] == 'junior' and r['indicator'] == 'teaching_area_per_pupil')
f = d['regions'][0]['stages'][1]['figures'][3]
print(f['id'] == r['indicator'], all(float(r[a]) == b for a, b in (('limit', f['limit']), ('mean', f['cv']['mean']), ('weighted_q1', f['cv']['weighted_quartiles'][0]), ('max', f['cv']['max']), ('provision', f['provision']['mean']))), r['worst_code'] == f['worst'][0]['code'])")" \
    "True True True" "… with the numbers of the JSON"

# ---- refusals ------------------------------------------------------------------------------------------

# refused NAME STATUS WHAT-IS-SAID ARGUMENT...: nothing on stdout
refused() {
    name=$1 status=$2 said=$3
    shift 3
    rollup "$@" >out
    is "$?:$(wc -c <out)" "$status:0" "$name"
    like "$(cat err)" "$said" "… and is told why" || diag "$(cat err)"
}
printf 'code,name,parent\n99,p,9901\n9901,c,99\n990101,x,9901\n' >cycle.csv
refused "divisions in a circle" 2 'cycle.csv:2:1: it lies in itself' --standard quality-2017 --divisions cycle.csv now.csv
printf 'code,name,parent\n990101,x,9901\n' >orphan.csv
refused "an unknown parent" 2 'orphan.csv:2:10: no division has the code of its parent, "9901"' --standard quality-2017 --divisions orphan.csv now.csv
{ cat now.csv && tail -n 1 now.csv; } >twice.csv
refused "a row twice" 2 "twice.csv:$(wc -l <twice.csv):[0-9]+: .*is there twice" --standard quality-2017 twice.csv
refused "an unknown level" 64 'level: expected prefecture, province or nation, got "county"' --standard quality-2017 --level county now.csv
refused "no standard" 64 'standard is missing' now.csv
refused "no file" 64 'no file given' --standard quality-2017
refused "an unknown standard" 2 'quality-2018' --standard quality-2018 now.csv
awk -F, -v OFS=, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i ~ /图书/) b = i } NR == 2 { $b = "many" } { print }' now.csv >cell.csv
for format in text json; do
    rollup --standard quality-2017 --format $format cell.csv >out
    like "$?:$(cat err)" '^0:junhengctl: cell.csv:2:[0-9]+: .*"many".*taken as missing' "$format: a bad cell is told"
done
like "$("$ctl" help rollup)" '--level LEVEL .*prefecture, province or nation' "help"
done_testing
