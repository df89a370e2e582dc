#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every junior school of 22 counties as somebody has tidied the ministry's table: the zeros in
# front of codes are lost, and 225 schools have pupils and no teacher. It loads, and says so.
. "$abs_top_srcdir/tests/tap/tap.sh"
data=${JUNHENG_SHARED-}/data/taiwan/tidy_junior_110.csv
[ -r "$data" ] || skip_all "the data is not here"
cd "$tmp" || bail "no folder"

cat >columns.yaml <<'END'
columns:
  round: {column: roc_school_year, add: 1911}
  county_code: county
  county_name: {column: county}
  pupils_junior: students
  classes_junior: classes
  teachers_junior: teachers
defaults: {kind: junior, owner: 7}
END
cat >trial.yaml <<'END'
standard: trial
title: trial
effective: 2012-01-01
population: {campus: merge}
indicators:
  - {id: classes_per_100, title: classes, numerator: classes, per: 100, split: false}
cv_rule: {applies_to: composite, junior: 0.45}
END
"$abs_top_builddir/junhengctl" evaluate --standard trial.yaml --columns columns.yaml --format json "$data" >out.json 2>err
ok $? "the file loads" || diag "$(cat err)"
of() { python3 -c "import collections, json; d = json.load(open('out.json')); f = d['findings']; print($1)"; }
is "$(of "len(d['counties']), sum(s['schools'] for c in d['counties'] for s in c['stages'])")" "22 959" \
    "22 counties; six of 965 schools have nobody"
is "$(of "len(d['rejected'])")" 0 "nothing is refused"
is "$(of "sorted(collections.Counter(x['code'] for x in f).items())")" \
    "[('teachers_zero', 225)]" "225 schools with pupils and not one teacher, each named, and nothing else"
is "$(of "len({x['school'] for x in f if x['code'] == 'teachers_zero'})")" 225 "225 different schools"
is "$(of "[x['text'] for x in f if x['school'] == '10301'][:1]")" "['35 junior pupils and not one teacher']" \
    "with its figures; its code is kept as it stands"
"$abs_top_builddir/junhengctl" inspect --columns columns.yaml "$data" >out 2>err
like "$(cat out)" "school_code" "inspect shows what was understood" || diag "$(cat out err)"
done_testing
