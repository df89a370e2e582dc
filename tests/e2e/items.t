#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A county whose figures are fine slips by what it reports of itself: the message must say which
# item, in the words of the standard, and the API must show every item with its reason. Nobody
# would look for it in the figures.
# shellcheck disable=SC2317 # some functions are called by wait_for only
. "$abs_top_srcdir/tests/tap/tap.sh"
. "$abs_top_srcdir/tests/e2e/lib.sh"

# One school of each stage, at every minimum.
cat >"$tmp/schools.csv" <<'END'
round,county_code,county_name,school_code,kind,owner,pupils_primary,pupils_junior,above_qual_teachers_primary,backbone_teachers_primary,pe_arts_teachers_primary,above_qual_teachers_junior,backbone_teachers_junior,pe_arts_teachers_junior,teaching_area,indoor_sports_area,sports_ground_area,equipment_value,multimedia_classrooms,teachers_primary,certified_teachers_primary,teachers_junior,certified_teachers_junior
2024,990101,青石县,2199000001,primary,7,1000,,42,10,9,,,,4500,0,7500,2000000,23,60,60,,
2024,990101,青石县,3199000002,junior,7,,1000,,,,53,10,9,5800,0,10200,2500000,24,,,80,80
END
printf 'standard: strict\nextends: quality-2017\nmonitor: [stages, items]\n' >"$tmp/strict.yaml"
{
    base_conf
    cat <<END
standards: {use: [./strict.yaml]}
alerts: {group_wait: 0s, warning: {enabled: false}, decline: {enabled: false}, data_quality: {enabled: false}}
sources:
  - {name: schools, plugin: file, format: csv, path: $tmp/schools.csv, interval: 1d}
  - {name: reports, plugin: file, format: csv, path: $tmp/reports.csv, interval: 1d, holds: county}
END
    spool_conf
} >"$conf"
cat >"$tmp/reports.csv" <<'END'
统计年份,行政区划代码,指标,数值,单位,佐证材料
2024,990101,ZF11.eligible,1000,人,
2024,990101,ZF11.rotated,100,人,
2024,990101,ZF11.rotated_backbone,19,人,名册
2024,990101,ZF1,达标,,规划文本
2024,990101,ZF12,达标,,
2024,990101,ZF8.teacher_pay,8.9,万元,
2024,990101,ZF8.civil_pay,90000,元,
2024,990101,ZF8,达标,,
2024,990101,V3,存在,,
2024,990101,ZF16,达标,,
END
mv "$tmp/reports.csv" "$tmp/later.csv"
start_daemon
wait_for 20 has_logged 'round.evaluated source=schools'
ok $? "the schools are judged"
junhengctl certify 990101 --standard strict --date 2022-12-31 --by test --reason trial >"$tmp/out" 2>&1
is $? 0 "the county is certified" || diag "$(cat "$tmp/out")"
county="data['standards'][0]"
is "$(of /api/v1/counties/990101 "(${county}['verdict'], ${county}['items_verdict'], ${county}['certifiable'])")" \
    "('pass', 'unknown', 'unknown')" "its figures pass; of its items nobody has said anything"
is "$(of /api/v1/alerts 'len(data)')" 0 "which is no slip"

mv "$tmp/later.csv" "$tmp/reports.csv"
junhengctl poll reports >"$tmp/out" 2>&1
wait_for 20 has_logged 'round.evaluated source=reports'
ok $? "the county reports" || diag "$(tail -n 5 "$log")"
like "$(grep 'round.evaluated source=reports' "$log")" ' findings=2 ' \
    "what it reports wrongly is counted: a figure that disproves it, and an item that there is not"
is "$(of /api/v1/counties/990101 "(${county}['verdict'], ${county}['items_verdict'], ${county}['certifiable'])")" \
    "('pass', 'fail', 'fail')" "its figures still pass"
# item ID: verdict, reason and value as the API has them
item() { of /api/v1/counties/990101 "[(i['verdict'], i['reason'], i['value'], i['given']) for i in ${county}['items'] if i['id'] == '$1'][0]"; }
is "$(of /api/v1/counties/990101 "len(${county}['items'])")" 31 "all items are there"
is "$(item ZF8)" "('fail', 'mismatch', 89000, 'met')" "ZF8: the figures disprove the word"
is "$(item ZF11)" "('fail', 'computed', 19, None)" "ZF11: 19 of 100 are not 20 %"
is "$(item ZF12)" "('pass', 'computed', None, 'met')" "ZF12: all teachers"
is "$(item V3)" "('fail', 'reported', None, 'present')" "V3: what must not be"
is "$(item ZF2)" "('unknown', 'not_reported', None, None)" "ZF2: nobody says"
is "$(of /api/v1/counties/990101 "[i['evidence'] for i in ${county}['items'] if i['id'] == 'ZF1']")" "['规划文本']" "evidence"
is "$(api /api/v1/counties | python3 -c "import json, sys
s = json.load(sys.stdin)['data'][0]['standards'][0]
print(s['items_verdict'], s['certifiable'], 'items' in s)")" "fail fail False" "the list of counties has the verdicts alone"

# ---- what the office reads ---------------------------------------------------------------------

wait_for 20 all_sent
told() { find "$tmp/spool" -type f ! -name '.*' | head -n 1; }
wait_for 20 told
python3 - "$tmp/spool" >"$tmp/text" <<'END'
import glob, json, os, sys
def texts(x):
    if isinstance(x, dict):
        for k, v in x.items():
            if k in ("subject", "text") and isinstance(v, str): print(v)
            else: texts(v)
    elif isinstance(x, list):
        for v in x: texts(v)
for f in sorted(glob.glob(sys.argv[1] + "/**/*", recursive=True)):
    if os.path.isfile(f):
        s = open(f).read()
        try: texts(json.loads(s))
        except ValueError: print(s)
END
says() { # LINE-BEGINS TEXT NAME
    is "$(sed -n "s/^$1  *//p" "$tmp/text")" "$2" "$3" || diag "$(cat "$tmp/text")"
}
is "$(head -n 1 "$tmp/text")" "【均衡监测】滑坡 严重 青石县(990101)教师平均工资 不合格 等 3 项" "the subject names the first item"
says 结论 '小学合格;初中合格' "the figures are fine"
says 各项要求 '教师平均工资 不合格(89000 元,须 ≥ 90000);教师交流轮岗 不合格(19.0 %,须 ≥ 20);重点学校或重点班 一票否决' \
    "each item with its figure and its limit"
says 如何达标 '教师平均工资达到要求;教师交流轮岗达到要求;消除重点学校或重点班' "what would mend it"
says 责任部门 '人社、财政、教育、编办' "the offices that answer for these items"
says 依据 '全县义务教育学校教师平均工资收入水平不低于当地公务员平均工资收入水平，按规定足额核定教师绩效工资总量;全县每年交流轮岗教师的比例不低于符合交流条件教师总数的10%；其中，骨干教师不低于交流轮岗教师总数的20%;存在重点学校或重点班的，一票否决' \
    "their clauses, and not that of the figures, which pass"
stop_daemon
ok $? "the daemon ends well"
done_testing
