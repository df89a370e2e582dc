#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A table of closed schools that an office keeps: mistakes in it are told with their place, and
# what it records is not missed, also in real data.
. "$abs_top_srcdir/tests/tap/tap.sh"
cd "$tmp" || bail "no folder"

evaluate() { "$abs_top_builddir/junhengctl" evaluate --format json "$@" 2>err >out.json; }
of() { python3 -c "import json; d = json.load(open('out.json')); c = {c['code']: c for c in d['counties']}; print($1)"; }

cat >books.yaml <<'END'
standard: books
title: books
effective: 2010-01-01
population: {campus: merge}
indicators:
  - {id: books_per_pupil, title: books, numerator: books, per: 1, split: true}
cv_rule: {applies_to: composite, primary: 0.65}
END
header=round,county_code,school_code,kind,pupils_primary,books
printf '%s\n2020,990101,1,primary,100,100\n2020,990101,2,primary,50,50\n' "$header" >a.csv
printf '%s\n2021,990101,1,primary,100,100\n' "$header" >b.csv
refuses() { # TABLE ERROR
    printf '%b' "$1" >closed.csv
    evaluate --standard books.yaml --closed closed.csv a.csv b.csv
    is "$?" 2 "refused: $2"
    like "$(cat err)" "closed.csv$2" "with its place" || cat err
}
refuses 'school_code\n2\n' ':1: the first row must name the columns school_code and round'
refuses 'school_code,round\n,2021\n' ':2:1: no school_code'
refuses 'school_code,round\n2,soon\n' ':2:3: expected the first round without the school, such as 2025, got "soon"'
refuses 'school_code,rouns\n2,2021\n' ':1:13: unknown column "rouns" \(did you mean "round"\?\)'
refuses 'school_code,round\n2,2021\n1,2021\n2,2020\n' ':4:1: school "2" is there twice: first on line 2'
refuses 'school_code,round\n2,"2021\n' ':2:3: a quote that is not closed'
refuses 'school_code,round,round\n2,2021\n' ':1:19: a column is there twice: "round"'
evaluate --standard books.yaml --closed none.csv a.csv b.csv
is "$?" 2 "a table that is not there is refused"

evaluate --standard books.yaml a.csv b.csv
is "$(of "c['990101']['verdict'], [f['code'] for f in d['findings']]")" "unknown ['school_vanished']" \
    "a third of the pupils is gone: unknown" || cat out.json
printf '学校标识码,学年,reason,successor\n2,2021年,并入,1\n' >closed.csv
evaluate --standard books.yaml --closed closed.csv a.csv b.csv
ok $? "headers as in school data" || cat err
is "$(of "c['990101']['verdict'], [f['code'] for f in d['findings']]")" "pass []" "recorded as closed it is not missed"
printf 'school_code,round,county_code\n2,2021,990102\n' >closed.csv
evaluate --standard books.yaml --closed closed.csv a.csv b.csv
is "$(of "c['990101']['verdict']")" unknown "a record for another county is none"

cat >junheng.yaml <<'END'
state_dir: state
closed: closed.csv
divisions: divisions.csv
channels: [{name: spool, plugin: spool, path: spool}]
offices: [{id: all, level: nation, channels: [spool]}]
END
printf 'code,name\n990101,Qingshi\n' >divisions.csv
"$abs_top_builddir/junhengctl" check -c junheng.yaml >out 2>&1
is "$?" 0 "check reads it"
like "$(cat out)" 'school 2: county 990102 is not in the divisions file' "and warns of a county that nobody knows"
printf 'school_code,round\n2,x\n' >closed.csv
"$abs_top_builddir/junhengctl" check -c junheng.yaml >out 2>&1
is "$?" 1 "a mistake in it is one of the configuration"
like "$(cat out)" 'closed.csv:2:3: expected the first round' "with its place"

# ---- real data ----------------------------------------------------------------------------------
data=${JUNHENG_SHARED-}/data/taiwan
real_data() {
    grades() { for what; do for grade in 1 2 3 4 5 6; do printf '%s年級%s, ' "$grade" "$what"; done; done; }
    cat >columns.yaml <<END
columns:
  county_code: {column: 縣市代碼, map: {"19": "06", "21": "11", "50": "12"}}
  county_name: 縣市名稱
  round: {column: 學年度, add: 1911}
  school_code: 學校代碼
  school_name: 學校名稱
  pupils_primary: [$(grades 男學生數 女學生數)]
  teachers_primary: [男專任教師, 女專任教師]
defaults: {kind: primary}
END
    sed 's/books_per_pupil, title: books, numerator: books, per: 1, split: true/t, title: t, numerator: teachers, per: 100, split: false/' \
        books.yaml >teachers.yaml
    for year in 107 108; do
        python3 - "$data/basec_$year.csv" "$year" >"$year.csv" <<'END'
import csv, sys
rows = list(csv.reader(open(sys.argv[1], encoding="utf-8-sig")))
out = csv.writer(sys.stdout)
out.writerow(["學年度"] + rows[0])
out.writerows([[sys.argv[2]] + row for row in rows[1:]])
END
    done
    evaluate --standard teachers.yaml --columns columns.yaml 107.csv 108.csv
    keelung="[c for c in c.values() if c['name'] == '基隆市'][0]['verdict']"
    is "$(of "$keelung")" unknown "Keelung 2019: a school with 5.5 % of the pupils is gone" || cat err
    printf 'school_code,round,reason\n171601,2019,closed\n' >closed.csv
    evaluate --standard teachers.yaml --columns columns.yaml --closed closed.csv 107.csv 108.csv
    is "$(of "$keelung")" pass "recorded as closed, the round is complete" || cat err
    is "$(of "[f['school'] for f in d['findings'] if f['school'] == '171601']")" "[]" "and the school is no finding"
}
if [ -r "$data/basec_108.csv" ]; then
    real_data
else
    skip 3 "the real data are not here"
fi
done_testing
