#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Workbooks that other programs have written hold what people see in those: files of LibreOffice
# (tests/golden, how they were made is told there) and of openpyxl, with all that bureaus put in.
. "$abs_top_srcdir/tests/tap/tap.sh"
ctl=$abs_top_builddir/junhengctl
export JUNHENG_PLUGIN_DIR="$abs_top_builddir/.libs"
golden=$abs_top_srcdir/tests/golden
write="$golden/workbook.py"

inspect() { "$ctl" inspect --format json "$@" >"$tmp/out" 2>"$tmp/err"; }
json() { python3 -c "import json, sys; d = json.load(open(sys.argv[1])); print($1)" "$tmp/out"; }
# rows: how the first are read, a line each
rows() { json '"\n".join("|".join(r["cells"]) for r in d["first"])'; }
fields() { json '" ".join(str(c["field"]) for c in d["columns"])'; }
FIELDS="round county_code school_code school_name kind built_year pupils_primary pupils_junior \
teachers_primary teachers_junior equipment_value books None None"
ROWS="2025|990121|2199004001|第一小学|小学|1956|418||20||12.5|9,711|好|2025-09-01 08:30:00
2025|990121|2199004002|第二学校|九年一贯制|1980|100|200|10|16|3.25|5000|true|
2025|990121|2199004003|第三学校|小学|1990|#DIV/0!||10||3.25|5000|false|"

# ---- LibreOffice -------------------------------------------------------------------------------------
inspect "$golden/libreoffice.xlsx"
is "$? $(fields)" "0 $FIELDS" "title, units, header in two rows with merged cells, stray styles" || diag "$(cat "$tmp/err")"
is "$(rows)" "$ROWS" "dates, computed formulas, an error, truth values, a hidden row and column"
is "$(json '[(r["line"], r["column"], r["value"]) for r in d["rejected"]]')" \
    "[(7, 'pupils_primary', '#DIV/0!')]" "an error as pupils costs the row"

# change FROM TO NEW: every part of the workbook
changed() {
    python3 - "$golden/libreoffice.xlsx" "$tmp/a.xlsx" "$@" <<'EOF'
import re, sys, zipfile
source, target, *pairs = sys.argv[1:]
with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
    for name in old.namelist():
        text = old.read(name).decode()
        for before, after in zip(pairs[::2], pairs[1::2]):
            text = re.sub(before, after, text)
        new.writestr(name, text)
EOF
}
changed 'http://schemas.openxmlformats.org/officeDocument/2006/relationships' \
    'http://purl.oclc.org/ooxml/officeDocument/relationships' \
    'http://schemas.openxmlformats.org/spreadsheetml/2006/main' 'http://purl.oclc.org/ooxml/spreadsheetml/main'
inspect "$tmp/a.xlsx"
is "$? $(fields)" "0 $FIELDS" "the names of strict workbooks" || diag "$(cat "$tmp/err")"
is "$(rows)" "$ROWS" "and their rows"
changed 'Target="(worksheets|sharedStrings|styles)' 'Target="/xl/\1'
inspect "$tmp/a.xlsx"
is "$? $(rows)" "0 $ROWS" "parts by whole paths" || diag "$(cat "$tmp/err")"

# ---- LibreOffice, old workbooks -----------------------------------------------------------------------
inspect "$golden/libreoffice.xls"
if [ -x /usr/bin/soffice ]; then
    is "$? $(fields)" "0 $FIELDS" "an old workbook is converted" || diag "$(cat "$tmp/err")"
    is "$(rows)" "$ROWS" "to the same rows"
    (unset HOME; env -i "$ctl" inspect --format json "$golden/libreoffice.xls" >"$tmp/out" 2>"$tmp/err")
    is "$? $(rows)" "0 $ROWS" "also where there is no home, as in a service" || diag "$(cat "$tmp/err")"
    head -c 4000 "$golden/libreoffice.xls" >"$tmp/cut.xls"
    inspect "$tmp/cut.xls"
    like "$? $(cat "$tmp/err")" '^2 .*cut.xls: damaged or cut short' "half of one is refused"
else
    like "$? $(cat "$tmp/err")" '^2 .*libreoffice.xls: XLS is not read: save it as XLSX' "without LibreOffice: refused"
    skip 3 "no LibreOffice here"
fi

# ---- openpyxl ----------------------------------------------------------------------------------------
for python in python3 /usr/bin/python3 ''; do
    [ -z "$python" ] || "$python" -c 'import openpyxl' 2>"$tmp/err" && break
done
if [ -n "$python" ]; then
    "$python" "$write" "$tmp/a.xlsx" values || bail "workbook.py"
    inspect "$tmp/a.xlsx"
    is "$? $(rows)" "0 $ROWS" "openpyxl" || diag "$(cat "$tmp/err")"
    "$python" "$write" "$tmp/a.xlsx" values 1904 || bail "workbook.py"
    inspect "$tmp/a.xlsx"
    is "$? $(rows)" "0 $ROWS" "dates from 1904" || diag "$(cat "$tmp/err")"
    "$python" "$write" "$tmp/a.xlsx" formulas || bail "workbook.py"
    inspect "$tmp/a.xlsx"
    like "$? $(cat "$tmp/err")" '^2 .*a.xlsx:6:10: a formula that was never computed' "formulas that nobody computed"
else
    skip 3 "no openpyxl here"
fi
done_testing
