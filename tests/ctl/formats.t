#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# One table is one table, however it is written: what counts must not hang on the program that a
# bureau saved it with.
. "$abs_top_srcdir/tests/tap/tap.sh"
ctl=$abs_top_builddir/junhengctl
golden=$abs_top_srcdir/tests/golden

# evaluate STANDARD FILE...: JSON without what names the bytes and the lines
evaluate() {
    "$ctl" evaluate --standard "$@" --format json 2>"$tmp/err" >"$tmp/out" || { cat "$tmp/err"; return; }
    python3 - "$tmp/out" <<'EOF'
import json, sys
def strip(v):
    if isinstance(v, list): return [strip(x) for x in v]
    if isinstance(v, dict):
        return {k: strip(x) for k, x in v.items() if k not in ("line", "column", "col", "file", "files", "data_sha256", "data", "evaluation")}
    return v
print(json.dumps(strip(json.load(open(sys.argv[1]))), sort_keys=True, indent=1, ensure_ascii=False))
EOF
}

# write FORMAT FROM.csv TO: the same table in another form
write() { python3 "$abs_top_srcdir/tests/ctl/rewrite.py" "$@"; }

for name in basic quality; do
    standard=$([ $name = basic ] && echo basic-2012 || echo quality-2017)
    evaluate "$standard" "$golden/$name.csv" >"$tmp/want"
    [ "$(wc -l <"$tmp/want")" -gt 100 ]
    ok $? "$name: there is something to compare"
    for format in json json-numbers json-schools xlsx xlsx-inline; do
        file=$tmp/$name.${format%%-*}
        write "$format" "$golden/$name.csv" "$file" || bail "rewrite.py"
        evaluate "$standard" "$file" >"$tmp/got"
        is "$(diff "$tmp/want" "$tmp/got" | head -n 20)" "" "$name as $format: the same figures"
    done
done

# ---- which format it is ----------------------------------------------------------------------

write json "$golden/basic.csv" "$tmp/basic.json"
evaluate basic-2012 "$golden/basic.csv" >"$tmp/want"
cp "$tmp/basic.json" "$tmp/basic.data"
evaluate basic-2012 "$tmp/basic.data" >"$tmp/got"
is "$(diff "$tmp/want" "$tmp/got" | head -n 20)" "" "an unknown name: the first bytes tell"
evaluate basic-2012 - <"$tmp/basic.json" >"$tmp/got"
is "$(diff "$tmp/want" "$tmp/got" | head -n 20)" "" "standard input: the first bytes tell"
cp "$tmp/basic.json" "$tmp/basic.csv"
evaluate basic-2012 --input-format json "$tmp/basic.csv" >"$tmp/got"
is "$(diff "$tmp/want" "$tmp/got" | head -n 20)" "" "--input-format has the last word"
like "$(evaluate basic-2012 --input-format jsn "$tmp/basic.csv")" 'there is no format plugin "jsn"' "a format that is not there"
"$ctl" evaluate --standard basic-2012 --format csv "$golden/basic.csv" >"$tmp/want" 2>"$tmp/err"
"$ctl" evaluate --standard basic-2012 --format csv "$tmp/basic.json" >"$tmp/got" 2>"$tmp/err"
cmp "$tmp/want" "$tmp/got"
ok $? "csv out of json is that out of csv"

# ---- packed ------------------------------------------------------------------------------------

packed() { # MEMBER FILE ...: as $tmp/a.zip
    python3 - "$tmp/a.zip" "$@" <<'EOF'
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as archive:
    for name, path in zip(sys.argv[2::2], sys.argv[3::2]):
        archive.write(path, name)
EOF
}
evaluate basic-2012 "$golden/basic.csv" >"$tmp/want"
gzip -c "$golden/basic.csv" >"$tmp/basic.csv.gz"
evaluate basic-2012 "$tmp/basic.csv.gz" >"$tmp/got"
is "$(diff "$tmp/want" "$tmp/got" | head -n 20)" "" "gzip"
write json "$golden/basic.csv" "$tmp/basic.json"
packed 2025/basic.json "$tmp/basic.json" README.txt "$abs_top_srcdir/README.md"
like "$(evaluate basic-2012 "$tmp/a.zip")" 'a.zip: zip: which member is meant.*2025/basic.json, README.txt' "a zip of two kinds"
evaluate basic-2012 --member '*.json' "$tmp/a.zip" >"$tmp/got"
is "$(diff "$tmp/want" "$tmp/got" | head -n 20)" "" "a member of a zip, in its own format"
head -n 9 "$golden/basic.csv" >"$tmp/one.csv"
{ head -n 1 "$golden/basic.csv" && tail -n +10 "$golden/basic.csv"; } >"$tmp/two.csv"
packed one.csv "$tmp/one.csv" two.csv "$tmp/two.csv"
evaluate basic-2012 "$tmp/a.zip" >"$tmp/got"
is "$(diff "$tmp/want" "$tmp/got" | head -n 20)" "" "a zip of several files is several files"
sed '3s/,7,/,x,/' "$golden/basic.csv" >"$tmp/one.csv"
packed d/one.csv "$tmp/one.csv"
"$ctl" evaluate --standard basic-2012 "$tmp/a.zip" >"$tmp/out" 2>"$tmp/err"
like "$(cat "$tmp/err")" 'a.zip/d/one.csv:3:' "what is wrong in a member is told with its name and line"

# ---- places ------------------------------------------------------------------------------------

cat >"$tmp/bad.json" <<'EOF'
{"schools": [
  {"round": 2025, "county_code": "990101", "school_code": "2199000001", "kind": "primary",
   "pupils_primary": 100, "teachers_primary": "many"},
  {"round": 2025, "county_code": "990101", "school_code": "2199000002", "kind": "primary",
   "pupils_primary": true, "teachers_primary": 5}]}
EOF
"$ctl" evaluate --standard basic-2012 --format text "$tmp/bad.json" >"$tmp/out" 2>"$tmp/err"
like "$(cat "$tmp/err")" 'bad.json:3:47: teachers_primary: "many": not a number' "a bad cell has the place of the value"
like "$(cat "$tmp/err")" 'bad.json:5:22: pupils_primary: "true": not a number' "true is no number"

cat >"$tmp/bad.csv" <<'EOF'
round,county_code,school_code,kind,pupils_primary,teachers_primary
2025,990101,2199000001,primary,100,#N/A
2025,990101,#N/A,primary,100,5
2025,#REF!,2199000003,primary,100,5
EOF
write xlsx "$tmp/bad.csv" "$tmp/bad.xlsx" || bail "rewrite.py"
"$ctl" evaluate --standard basic-2012 --format text "$tmp/bad.xlsx" >"$tmp/out" 2>"$tmp/err"
like "$(cat "$tmp/err")" 'bad.xlsx:2:6: teachers_primary: "#N/A": not a number; taken as missing' "an error is no figure"
like "$(cat "$tmp/err")" 'bad.xlsx:3:3: school_code: "#N/A": an error of the spreadsheet; row dropped' "nor a code of a school"
like "$(cat "$tmp/err")" 'bad.xlsx:4:2: county_code: "#REF!": an error of the spreadsheet; row dropped' "nor a county"
like "$("$ctl" evaluate --standard basic-2012 --sheet T "$tmp/bad.xlsx" 2>&1)" 'no sheet is called as .sheet. says .there are: S' "--sheet says which"

# ---- what is called .xls -------------------------------------------------------------------------

xls() { "$ctl" evaluate --standard basic-2012 "$tmp/a.xls" 2>&1; }
printf '\320\317\021\340\241\261\032\341' >"$tmp/a.xls"
like "$(xls)" 'a.xls: damaged or cut short: save or fetch it again' "a binary workbook with nothing in it"
cp "$tmp/bad.xlsx" "$tmp/a.xls"
like "$(xls)" 'a.xls: this is XLSX in spite of its name' "a workbook by a wrong name"
echo '<html><table>' >"$tmp/a.xls"
like "$(xls)" 'a.xls: this is a web page' "a web page"
cp "$golden/basic.csv" "$tmp/a.xls"
like "$(xls)" 'a.xls: this is no XLS file: is it CSV' "text"
done_testing
