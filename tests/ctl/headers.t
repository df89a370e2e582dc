#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Forms of bureaus have headers in two or three rows, titles and a note of units above. Each
# column is read as the rows say together, or not at all: never as its lowest header alone.
. "$abs_top_srcdir/tests/tap/tap.sh"
ctl=$abs_top_builddir/junhengctl
export JUNHENG_PLUGIN_DIR="$abs_top_builddir/.libs"

inspect() { "$ctl" inspect --format json "$@" >"$tmp/out" 2>"$tmp/err"; }
json() { python3 -c "import json, sys; d = json.load(open(sys.argv[1])); print($1)" "$tmp/out"; }
# columns: header=field of each, by blanks
columns() { json '" ".join(c["header"] + "=" + str(c["field"] or c["indicator"]) for c in d["columns"])'; }
file=$tmp/a.csv
save() { cat >"$file"; }

# ---- two rows ----------------------------------------------------------------------------------------
save <<'END'
青石县义务教育学校情况表,,,,,,,
单位：万元,,,,,,,
学年,行政区划代码,学校名称,办学类型,在校生,,专任教师,,教学仪器设备值
,,,,小学,初中,小学,初中,
2025,990121,一校,九年一贯制,500,300,30,20,12.5
2025,990121,二校,小学,400,,20,,10
END
sed -i '1,2s/$/,/' "$file"
inspect "$file"
is "$?" 0 "a header in two rows" || diag "$(cat "$tmp/err")"
is "$(columns)" "学年=round 行政区划代码=county_code 学校名称=school_name 办学类型=kind \
小学在校生数=pupils_primary 初中在校生数=pupils_junior 小学专任教师数=teachers_primary \
初中专任教师数=teachers_junior 教学仪器设备值=equipment_value" "groups of columns, in either order"
is "$(json 'd["header_line"], d["rows"], d["first"][0]["line"]')" "4 2 5" "the rows below"
is "$(json '[f["code"] for f in d["findings"]].count("unit_note")')" 1 "the note of units is told"
"$ctl" evaluate --standard basic-2012 --format json "$file" >"$tmp/out" 2>"$tmp/err"
is "$(json 'round([i["mean"] for s in d["counties"][0]["stages"] if s["stage"] == "primary" for i in s["indicators"] if i["id"] == "equipment_value_per_pupil"][0], 2)')" \
    "$(python3 -c 'print(round((125000 * 500 / (500 + 1.1 * 300) + 100000) / 900, 2))')" "and amounts are yuan"

save <<'END'
学年,行政区划代码,学校名称,小学,,初中,
,,,在校生数,专任教师数,在校生数,专任教师数
2025,990121,一校,500,30,300,20
END
printf 'defaults: {kind: nine_year}\n' >"$tmp/kind.yaml"
inspect --columns "$tmp/kind.yaml" "$file"
is "$(columns | cut -d' ' -f4-)" "小学在校生数=pupils_primary 小学专任教师数=teachers_primary \
初中在校生数=pupils_junior 初中专任教师数=teachers_junior" "stages above"

# ---- three rows, wholes, units below --------------------------------------------------------------------
save <<'END'
学年,区县代码,学校名称,学校类型,在校学生,,,图书册数,运动场地面积
,,,,小学,,初中,,
,,,,合计,女,合计,万册,㎡
2025,990121,一校,九年一贯制,500,250,300,1.2,5000
END
inspect "$file"
is "$(columns | cut -d' ' -f5-)" "小学在校学生数=pupils_primary 在校学生/小学/女=None 初中在校学生数=pupils_junior \
图书册数(万册)=books 运动场地面积(m2)=sports_ground_area" "three rows, totals of groups, and a row of units" || diag "$(cat "$tmp/err" "$tmp/out")"
is "$(json 'd["rows"], d["rejected"]')" "1 []" "and none of them is a school"

save <<'END'
学年,区县代码,学校名称,学校类型,小学在校生数,图书册数
,,,,,万册
2025,990121,一校,小学,500,1.2
END
inspect "$file"
is "$(json 'd["columns"][5]["header"], d["rows"], d["rejected"]')" "图书册数(万册) 1 []" "a row of a single unit"

# ---- groups above the row that is known -----------------------------------------------------------------
save <<'END'
基本情况,,,,办学条件,,附设幼儿班,
学年,区县代码,学校名称,学校类型,小学在校生数,图书册数,班级数,人数
2025,990121,一校,小学,500,12000,3,80
END
inspect "$file"
is "$(columns)" "学年=round 区县代码=county_code 学校名称=school_name 学校类型=kind 小学在校生数=pupils_primary \
图书册数=books 附设幼儿班/班级数=None 附设幼儿班人数=pupils_preschool" "words that say nothing, and one that says much" || diag "$(cat "$tmp/err")"
like "$(json '[f["text"] for f in d["findings"] if f["code"] == "header_group"]')" '附设幼儿班/班级数.*is not read' \
    "what is not understood is told, and never read as the lowest header"
save <<'END'
城区学校,,,,,寄宿制学校,
学年,区县代码,学校名称,学校类型,小学在校生数,图书册数,班级数
2025,990121,一校,小学,500,12000,3
END
inspect "$file"
like "$? $(cat "$tmp/err")" '^2 .*a.csv:1:1: the row above the header may hold groups of columns, and .城区学校/学年. is not known' \
    "a row above of which nothing is understood: refused"
save <<'END'
青石县教育局,,,填表日期：2025-10-08,,,
学年,区县代码,学校名称,学校类型,小学在校生数,图书册数,班级数
2025,990121,一校,小学,500,12000,3
END
inspect "$file"
is "$? $(json 'd["columns"][5]["field"]')" "0 books" "a title with a date is no row of groups"

# ---- no school is taken for a header -----------------------------------------------------------------------
save <<'END'
学年,区县代码,学校名称,学校类型,小学在校生数,图书册数
2025,990121,一校,小学,未报,未报
2025,990121,二校,小学,400,未报
END
inspect "$file"
is "$(json '[(r["line"], r["row"]) for r in d["rejected"]][:2], d["header_line"]')" "[(2, True), (3, False)] 1" \
    "a school without a single number is a school" || diag "$(cat "$tmp/out")"
save <<'END'
学年,区县代码,学校名称,学校类型,小学在校生数,图书册数
小学部,,,,,
2025,990121,二校,小学,400,5000
END
inspect "$file"
is "$(json '[f["code"] for f in d["findings"]], d["header_line"]')" "['section_row'] 1" "a section is a section"

# ---- a person's word ------------------------------------------------------------------------------------
save <<'END'
学年,区县代码,学校名称,学校类型,小学,,
,,,,人数,教师,教师其中体艺
2025,990121,一校,小学,500,30,5
END
cat >"$tmp/columns.yaml" <<'END'
columns:
  pupils_primary: 小学/人数
  teachers_primary: 小学教师
  pe_arts_teachers_primary: 教师其中体艺小学
END
inspect --columns "$tmp/columns.yaml" "$file"
is "$? $(columns | cut -d' ' -f5-)" "0 小学/人数=pupils_primary 小学教师=teachers_primary 教师其中体艺小学=pe_arts_teachers_primary" \
    "\`columns:\` names a joined header with slashes, or its parts in any order" || diag "$(cat "$tmp/err")"
save <<'END'
学年,区县代码,学校名称,学校类型,小学,
,,,,在校人数,专职教师数
2025,990121,一校,小学,500,30
END
"$ctl" inspect "$file" >"$tmp/out" 2>"$tmp/err"
like "$(cat "$tmp/out")" '# +teachers_primary: "小学/专职教师数" +# by likeness' "a likely mapping is suggested"

# ---- units ---------------------------------------------------------------------------------------------
table() { # NOTE HEADER
    printf '%s,,,,,\n学年,区县代码,学校名称,学校类型,小学在校生数,%s\n2025,990121,一校,小学,500,12.5\n' "$@" >"$file"
}
table '单位：人、元、万元' 教学仪器设备值
inspect "$file"
like "$? $(cat "$tmp/err")" '^2 .*a.csv:1:1: the note of units does not say which columns.*教学仪器设备值' "two units of money"
table '单位：人、元、万元' '教学仪器设备值（万元）'
inspect "$file"
is $? 0 "unless the header has its own"
table '单位：万人' 教学仪器设备值
inspect "$file"
like "$? $(cat "$tmp/err")" '^2 .*the note of units does not say which columns.*小学在校生数' "万人: of which counts?"
table '单位：青石县教育局' 教学仪器设备值
inspect "$file"
is "$? $(json '[f["code"] for f in d["findings"]]')" "0 ['above_header']" "an office is no unit"
table '学校情况（单位：万元）' 设备
printf 'columns: {equipment_value: 设备}\n' >"$tmp/columns.yaml"
inspect --columns "$tmp/columns.yaml" "$file"
like "$? $(cat "$tmp/err")" '^2 .*columns.yaml:1:28: equipment_value: the note in line 1 .*say here with .unit:' \
    "a mapped column must say"
printf 'columns: {equipment_value: {column: 设备, unit: 元}}\n' >"$tmp/columns.yaml"
inspect --columns "$tmp/columns.yaml" "$file"
is $? 0 "and is believed"
done_testing
