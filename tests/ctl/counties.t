#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What counties report, from a file to verdicts on items: by hand, offline, as an office would
# try it before anything else.
. "$abs_top_srcdir/tests/tap/tap.sh"
ctl=$abs_top_builddir/junhengctl
cd "$tmp" || bail "no folder"

printf 'round,county_code,county_name,school_code,kind,pupils_primary,teachers_primary,certified_teachers_primary\n' >schools.csv
printf '2025,340103,A,2134000001,primary,360,20,20\n2025,340103,A,2134000002,primary,2001,2000,1999\n' >>schools.csv
printf '2025,340104,B,2134000003,primary,360,20,20\n' >>schools.csv

evaluate() { "$ctl" evaluate --standard quality-2017 --format json "$@" >out 2>err; }
# item COUNTY ID EXPRESSION over the item i
item() {
    python3 -c "
import json, sys
d = json.load(open('out'))
c = [c for c in d['counties'] if c['code'] == sys.argv[1]][0]
i = [i for i in c['items'] if i['id'] == sys.argv[2]][0]
print(eval(sys.argv[3]))" "$@"
}
all() { python3 -c "import json; d = json.load(open('out')); print(repr(($1)))"; }

evaluate schools.csv
is $? 0 "without reports"
is "$(all "[(c['items_verdict'], c['certifiable'], len(c['items'])) for c in d['counties']]")" \
    "[('fail', 'fail', 31), ('unknown', 'unknown', 31)]" "31 items; what the schools prove is proven"
is "$(item 340103 ZF4 "i['verdict'], [(s['code'], s['stage'], s['value'], s['limit']) for s in i['schools']]")" \
    "('fail', [('2134000002', None, 2001, 2000)])" "the school that is too large"
is "$(item 340103 ZF12 "i['verdict'], [(s['code'], s['stage'], s['value']) for s in i['schools']]")" \
    "('fail', [('2134000002', 'primary', 99.95)])" "1999 of 2000 are not 100 %"
is "$(item 340104 ZF12 "i['verdict'], i['reason']")" "('pass', 'computed')" "all of 20 are"
is "$(item 340104 ZF1 "i['verdict'], i['reason'], i['given']")" "('unknown', 'not_reported', None)" \
    "evidence that nobody gave"

cat >counties.csv <<END
统计年份,行政区划代码,指标,数值,单位,佐证材料
2025,340103,ZF12,达标,,
2025,340103,ZF1,达标,,规划文本
2025,340103,ZF11.eligible,1000,人,
2025,340103,ZF11.rotated,99.5,人,
2025,340103,ZF11.rotated_backbone,20,人,
2025,340104,ZF8.teacher_pay,9.1,万元,
2025,340104,ZF8.civil_pay,91000,元,
2025,340104,V3,存在,,
2025,340104,ZF16,达标,,
2025,340104,ZF2,也许,,
END
evaluate --counties counties.csv schools.csv
is $? 0 "with reports" || diag "$(cat err)"
is "$(item 340103 ZF12 "i['verdict'], i['reason'], i['given']")" "('fail', 'mismatch', 'met')" \
    "a report that the data disprove"
is "$(all "[(f['code'], f['line'], f['file']) for f in d['findings'] if f['code'].startswith('item')]")" \
    "[('item_mismatch', 2, 'counties.csv'), ('item_unknown', 10, 'counties.csv')]" "… and what is odd"
is "$(item 340103 ZF1 "i['verdict'], i['evidence']")" "('pass', '规划文本')" "evidence"
is "$(item 340103 ZF11 "i['verdict'], i['value'], i['borderline'], i['inputs']['eligible']")" \
    "('pass', 9.95, True, 1000)" "9.95 % is 10.0 in the form, and marked"
is "$(item 340104 ZF8 "i['verdict'], i['value'], i['at_least'], i['unit']")" \
    "('pass', 91000, 91000, '元')" "two units"
is "$(item 340104 V3 "i['verdict'], i['veto']")" "('fail', True)" "a veto"
is "$(all "d['counties'][1]['items_verdict'], d['counties'][1]['verdict']")" "('fail', 'unknown')" \
    "… which is no matter of the county's verdict"
is "$(all "[(r['line'], r['column'], r['value'], r['file']) for r in d['rejected']]")" \
    "[(11, 'value', '也许', 'counties.csv')]" "a word that is neither"

"$ctl" evaluate --standard quality-2017 --counties counties.csv schools.csv >text 2>err
is $? 0 "as text"
like "$(cat err)" '^junhengctl: counties.csv:11:17: value: "也许": neither a number' "the word is told of"
like "$(cat text)" '✘ ZF12 ' "what fails is named"
like "$(cat text)" 'ZF4 .*2134000002' "… with the school"
is "$(grep -A1 '^疑点' text)" "疑点 1 处: 报送为达标,与数据不符 1
  报送为达标,与数据不符: ZF12 is reported as met, but the data say that it is not met (报送数据, 行 2)
--
疑点 1 处: 报送了标准中没有的项目 1
  报送了标准中没有的项目: ZF16: quality-2017 has no such item (did you mean ZF1?) (报送数据, 行 10)" \
    "what looks wrong in the reports, by county"
"$ctl" evaluate --standard quality-2017 --explain --counties counties.csv schools.csv >text 2>err
like "$(cat text)" '一票否决' "explained: the clauses"

# refused NAME STATUS WHAT-IS-SAID ARGUMENT...: nothing on stdout
refused() {
    name=$1 status=$2 said=$3
    shift 3
    evaluate "$@"
    is "$?:$(wc -c <out)" "$status:0" "$name"
    like "$(cat err)" "$said" "… and is told why"
}
sed 's/^2025/2024/' counties.csv >old.csv
refused "reports of another round" 2 'old.csv: is of round 2024, but the schools are of 2025' --counties old.csv schools.csv
"$ctl" evaluate --standard quality-2017 --counties old.csv schools.csv >out 2>err
is "$?:$(wc -c <out):$(wc -l <err)" "2:0:1" "… once, when counties are read one at a time, too"
{ cat counties.csv; echo '2025,340103,ZF1,不达标,,'; } >twice.csv
refused "an item twice" 2 '^junhengctl: twice.csv:12:1: ZF1 of 340103 is there twice: also at twice.csv:3' --counties twice.csv schools.csv
refused "a file that is none" 2 'schools.csv:1:1: no item column' --counties schools.csv schools.csv
refused "a file that is not there" 2 'nothing.csv' --counties nothing.csv schools.csv

# ---- points of a province ----------------------------------------------------------------

sed 's/^standard: .*/standard: p/; s/^  pass: 85/  pass: 85\n  points: {G1: 6, G2: 6, G3: 6, G4: 6, G5: 6, G6: 6, G7: 6, G8: 6, G9: 6, G10: 6, G11: 6, G12: 6, G13: 6, G14: 6, G15: 6, G16: 5, G17: 5}/' \
    "$abs_top_srcdir/etc/standards/basic-2012.yaml" >p.yaml
{
    echo 'county_code,item,value'
    for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14; do echo "340103,G$i,met"; done
    echo '340103,G15,0.5'
    echo '340103,G16,unmet'
    echo '340103,G17,unmet'
} >points.csv
"$ctl" evaluate --standard p.yaml --format json --counties points.csv schools.csv >out
is "$(all "d['counties'][0]['score'], d['counties'][0]['items_verdict']")" \
    "({'verdict': 'fail', 'known': 84.5, 'missing': 0, 'pass': 85}, 'fail')" "84.5 points are not 85"
sed -i 's/G15,0.5/G15,1/' points.csv
"$ctl" evaluate --standard p.yaml --format json --counties points.csv schools.csv >out
is "$(all "d['counties'][0]['score']['verdict'], d['counties'][0]['items_verdict']")" "('pass', 'pass')" "85 are"
"$ctl" evaluate --standard basic-2012 --format json --counties points.csv schools.csv >out
is "$(all "d['counties'][0]['score']['verdict'], d['counties'][0]['items_verdict']")" "('unknown', 'unknown')" \
    "without a province's points nothing is judged"
# ---- packed, and in a workbook -----------------------------------------------------------------------
verdicts() { all "[[i['verdict'] for i in c['items']] for c in d['counties']]"; }
evaluate --counties counties.csv schools.csv
want=$(verdicts)
gzip -c counties.csv >counties.csv.gz
evaluate --counties counties.csv.gz schools.csv
is "$? $(verdicts)" "0 $want" "gzip: the same as unpacked" || diag "$(cat err)"
sed -n '1,6p' counties.csv >one.csv
sed -n '1p;7,$p' counties.csv >two.csv
python3 - <<'EOF'
import zipfile
for name, members in (("all.zip", ["one.csv", "two.csv"]), ("mixed.zip", ["schools.csv", "one.csv", "err"])):
    with zipfile.ZipFile(name, "w") as archive:
        for member in members: archive.write(member)
EOF
evaluate --counties all.zip schools.csv
is "$? $(verdicts)" "0 $want" "a zip of two files is both of them" || diag "$(cat err)"
evaluate --member schools.csv --counties mixed.zip mixed.zip
like "$? $(cat err)" '^2 .*mixed.zip: zip: which member is meant' "a zip of several kinds"
evaluate --member schools.csv --counties mixed.zip --counties-member one.csv mixed.zip
is "$? $(item 340103 ZF1 "i['verdict']")" "0 pass" "its members are named each for itself" || diag "$(cat err)"
python3 "$abs_top_srcdir/tests/ctl/rewrite.py" xlsx counties.csv counties.xlsx
evaluate --counties counties.xlsx --counties-sheet S schools.csv
is "$? $(verdicts)" "0 $want" "a workbook, its sheet named" || diag "$(cat err)"
evaluate --counties counties.xlsx --counties-sheet T schools.csv
like "$? $(cat err)" '^2 .*no sheet is called as' "which has to be there"
head -c 100 counties.csv.gz >cut.gz
evaluate --counties cut.gz schools.csv
like "$? $(cat err)" '^2 .*cut.gz: gzip: cut short' "damage is refused"
done_testing
