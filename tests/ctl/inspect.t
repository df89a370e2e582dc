#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Who is handed a file has to know what junheng makes of it before a county is judged by it: what
# each column is taken for, what is missing, and a source that a check accepts as it is printed.
. "$abs_top_srcdir/tests/tap/tap.sh"
ctl=$abs_top_builddir/junhengctl
export JUNHENG_PLUGIN_DIR="$abs_top_builddir/.libs"
golden=$abs_top_srcdir/tests/golden

inspect() { "$ctl" inspect "$@" >"$tmp/out" 2>"$tmp/err"; }
# json EXPRESSION: of the last answer, as python says it
json() { python3 -c "import json, sys; d = json.load(open(sys.argv[1])); print($1)" "$tmp/out"; }
# accepted: does a configuration with the printed source pass the check?
accepted() {
    {
        sed -n '/^sources:/,$p' "$tmp/out"
        echo "channels: [{name: spool, plugin: spool, path: $tmp/spool}]"
        echo "offices: [{id: all, level: nation, channels: [spool]}]"
    } >"$tmp/junheng.yaml"
    "$ctl" check -c "$tmp/junheng.yaml" >"$tmp/said" 2>&1
}

# ---- a file that speaks for itself -----------------------------------------------------------------
inspect "$golden/basic.csv"
is $? 0 "a good file"
like "$(cat "$tmp/out")" '^round +2025$' "its round"
like "$(cat "$tmp/out")" '^counties +3, 350001 to 350003$' "its counties"
like "$(cat "$tmp/out")" 'basic-2012: 8 of 8$' "what it is enough for"
like "$(cat "$tmp/out")" 'quality-2017: 4 of 7; no column of backbone_teachers, pe_arts_teachers, multimedia_classrooms$' \
    "and what not"
accepted
is $? 0 "the source is ready" || diag "$(cat "$tmp/said")"

# ---- one that needs help ----------------------------------------------------------------------------
cat >"$tmp/2024 schools.csv" <<'END'
县区名称,学校名称,办学类型,小学在校学生数,小学专任教师,图书册数（万册）,备注
甲县,一小,小学,100,8,0.1,x
甲县,二小,小学,200,0,12,
甲县,三小,小学,1o0,9,3,
END
inspect --format json "$tmp/2024 schools.csv"
is $? 0 "headers that nobody knows"
is "$(json 'd["columns"][0]["field"], d["columns"][3]["field"]')" "county_name pupils_primary" \
    "known ones"
is "$(json 'd["columns"][4]["nearest"], d["columns"][4]["meaning"]')" \
    "小学专任教师数 teachers_primary" "and one that is nearly known"
is "$(json 'd["columns"][6]["field"], d["columns"][6]["nearest"]')" "None None" "and one that is not"
is "$(json 'len(d["first"]), d["first"][0]["line"], d["first"][1]["cells"][1]')" "3 2 二小" "rows"
is "$(json 'd["rejected"][0]["line"], d["rejected"][0]["value"]')" "4 1o0" "a refused cell"
is "$(json 'd["encoding"], d["rows"], d["refused"]')" "UTF-8 3 None" "the rest"
inspect "$tmp/2024 schools.csv"
like "$(cat "$tmp/out")" "name: 2024schools" "a name"
like "$(cat "$tmp/out")" "round: \{from: path, match: '\(\\\\d\{4\}\)'\} +# 2024 here" "the round is in the file's name"
like "$(cat "$tmp/out")" '# +teachers_primary: "小学专任教师" +# by likeness' "what is guessed is not said"
accepted
is $? 0 "the source is ready" || diag "$(cat "$tmp/said")"

# ---- with a mapping --------------------------------------------------------------------------------
printf 'columns: {teachers: 小学专任教师}\ndefaults: {owner: 7}\n' >"$tmp/columns.yaml"
inspect --format json --columns "$tmp/columns.yaml" --round 2024 "$tmp/2024 schools.csv"
is "$(json 'd["columns"][4]["field"], d["round"]')" "teachers 2024" "what the mapping says"
like "$(json 'd["source"]')" "round: 2024" "and the round that was given"
printf 'columns: {teachrs: x, school_code: y, : z\n' >"$tmp/columns.yaml"
inspect --columns "$tmp/columns.yaml" "$tmp/2024 schools.csv"
is $? 2 "a broken mapping"
is "$(cat "$tmp/out")" "" "says nothing"

# ---- what is refused --------------------------------------------------------------------------------
printf 'a,b\n1,2\n' >"$tmp/strange.csv"
inspect "$tmp/strange.csv"
is $? 2 "a file of something else"
like "$(cat "$tmp/err")" "^junhengctl: $tmp/strange.csv:1:1: no county column" "is refused with its place"
like "$(cat "$tmp/out")" '^refused: no county column' "and shown all the same"
accepted
is $? 0 "the source can be read" || diag "$(cat "$tmp/said")"
printf 'a,"b\n1,2\n' >"$tmp/broken.csv"
inspect "$tmp/broken.csv"
is "$? $(cat "$tmp/out")" "2 " "what is no table is not shown"
like "$(cat "$tmp/err")" "broken.csv:1:3: quote opened here is never closed" "but told"
inspect "$tmp/none.csv"
is $? 2 "no file"
inspect
is $? 64 "called wrongly"

# ---- packed -----------------------------------------------------------------------------------------
packed() { # MEMBER FILE ...: as $tmp/a.zip
    python3 - "$tmp/a.zip" "$@" <<'EOF'
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as archive:
    for name, path in zip(sys.argv[2::2], sys.argv[3::2]):
        archive.write(path, name)
EOF
}
gzip -c "$golden/basic.csv" >"$tmp/basic.csv.gz"
inspect --format json "$tmp/basic.csv.gz"
is "$? $(json 'd["file"].rsplit("/", 1)[1], d["format"], d["rows"], d["sha256"]')" \
    "0 basic.csv csv 12 $(sha256sum <"$golden/basic.csv" | cut -d' ' -f1)" "gzip: the file in it"
inspect "$tmp/basic.csv.gz"
like "$(cat "$tmp/out")" 'path: ".*/basic.csv.gz"$' "the source is the packed file"
accepted
is $? 0 "and is ready" || diag "$(cat "$tmp/said")"
packed d/one.csv "$golden/basic.csv" README.txt "$tmp/said"
inspect "$tmp/a.zip"
is "$? $(cat "$tmp/out")" "2 " "a zip of several kinds"
like "$(cat "$tmp/err")" 'a.zip: zip: which member is meant' "is refused"
inspect --member '*.csv' "$tmp/a.zip"
is $? 0 "unless it is named"
like "$(cat "$tmp/out")" '^file +.*/a.zip/d/one.csv$' "a member is called so"
like "$(cat "$tmp/out")" '^    member: "\*.csv"$' "and the source names it"
accepted
is $? 0 "and is ready" || diag "$(cat "$tmp/said")"
packed one.csv "$golden/basic.csv" two.csv "$golden/basic.csv"
inspect "$tmp/a.zip"
like "$? $(cat "$tmp/err")" '^2 .*a.zip: 2 files are packed in it.*--member .there are: one.csv, two.csv.$' \
    "several tables: one at a time"
head -c 300 "$tmp/basic.csv.gz" >"$tmp/cut.csv.gz"
inspect "$tmp/cut.csv.gz"
like "$? $(cat "$tmp/err")" '^2 .*cut.csv.gz: gzip: cut short' "damage is refused as ever"
python3 "$abs_top_srcdir/tests/ctl/rewrite.py" xlsx "$golden/basic.csv" "$tmp/basic.xlsx"
inspect --format json "$tmp/basic.xlsx"
is "$? $(json 'd["format"], d["encoding"], d["rows"]')" "0 xlsx None 12" "a workbook is no archive"
inspect --sheet S "$tmp/basic.xlsx"
like "$(cat "$tmp/out")" '^    format_options: .sheet: "S".$' "--sheet goes into the source"
accepted
is $? 0 "which is ready" || diag "$(cat "$tmp/said")"
inspect --sheet T "$tmp/basic.xlsx"
like "$? $(cat "$tmp/err")" '^2 .*no sheet is called as' "and has to be there"

# ---- behind a URL -----------------------------------------------------------------------------------
cp "$golden/basic.csv" "$tmp/served.csv"
python3 -c '
import functools, http.server, sys
serve = functools.partial(http.server.SimpleHTTPRequestHandler, directory=sys.argv[1])
server = http.server.HTTPServer(("127.0.0.1", 0), serve)
print(server.server_port, file=open(sys.argv[1] + "/port", "w"), flush=True)
for _ in range(3): server.handle_request()
' "$tmp" 2>"$tmp/server" &
while [ ! -s "$tmp/port" ]; do sleep 0.05; done
url=http://127.0.0.1:$(cat "$tmp/port")
inspect --format json "$url/served.csv"
is "$? $(json 'd["rows"]')" "0 12" "a body behind a URL"
inspect --format json "$url/basic.csv.gz"
is "$? $(json 'd["rows"]')" "0 12" "a packed one"
inspect "$url/none.csv"
is "$? $(sed 's|.*//[^/]*||' "$tmp/err")" "2 /none.csv: HTTP status 404" "none"
wait

# ---- real data --------------------------------------------------------------------------------------
hongkong=${JUNHENG_SHARED-}/data/hongkong/subset_no_personal_data_2022.csv
if [ -r "$hongkong" ]; then
    inspect --format json "$hongkong"
    is "$? $(json 'len(d["columns"]), d["header_line"], len(d["first"])')" "2 18 1 3" \
        "a file without pupils and codes is shown"
    like "$(cat "$tmp/err")" "1:1: no county column .*name one under .columns:., or give a constant" \
        "and refused with what to do"
else
    skip 2 "no data of Hong Kong here"
fi
done_testing
