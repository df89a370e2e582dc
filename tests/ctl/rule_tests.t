#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Unit tests of rules: those of what is shipped pass, and a test says exactly what was not as
# expected and where that is written; nothing in a file of tests is passed over.
. "$abs_top_srcdir/tests/tap/tap.sh"
export JUNHENG_PLUGIN_DIR="$abs_top_builddir/.libs"
export TMPDIR="$tmp"
cd "$tmp" || bail "no folder"
run() { "$abs_top_builddir/junhengctl" test "$@" 2>&1; }

for file in "$abs_top_srcdir"/etc/tests/*.yaml; do
    out=$(run "$file")
    is $? 0 "the tests of $(basename "$file") pass" || diag "$out"
    like "$out" '^1\.\.[1-9]' "and are TAP"
done
sed -n '/^```yaml$/,/^```$/{/^```/!p}' "$abs_top_srcdir/docs/rule-tests.md" >doc.yaml
out=$(run doc.yaml)
is $? 0 "the example of the documentation passes" || diag "$out"
like "$out" '^ok 1 - a county that slips' "and has its name"

# ---- what fails says where -----------------------------------------------------------------------------
# failing NAME SED WANTED: the example with a change fails, and says so
failing() {
    sed "$2" doc.yaml >changed.yaml
    out=$(run changed.yaml)
    is $? 1 "$1"
    like "$out" "$3" "is told with its place" || diag "$out"
}
failing "another verdict" 's/primary, verdict: fail/primary, verdict: pass/' \
    '^# changed\.yaml:[0-9]+:[0-9]+: verdict: expected pass, got fail$'
failing "another figure" 's/composite: "0.700"/composite: "0.701"/' 'composite: expected 0\.701, got 0\.700$'
failing "another state" 's/state: firing, transition/state: pending, transition/' 'state: expected pending, got firing$'
failing "another number" 's/transition: 1/transition: 2/' 'transition: expected 2, got 1$'
failing "not stale" 's/stale: true/stale: false/' 'stale: expected false, got true$'
failing "other words" 's/0.700 > 0.65/0.700 > 0.66/' '^# changed.*: contains: not there: "0\.700 > 0\.66"$'
failing "a letter that nobody expected" 's/told: \[.*/told: nobody/' \
    'told: not expected: province over spool: .*0\.700 > 0\.65$'
failing "a letter that does not come" 's/told: nobody/told: {office: province}/' 'told: nothing went to province$'
failing "an alert that nobody expected" 's/^          alerts: \[.*transition.*/          alerts: none/' \
    'alerts: not expected: slip of county 990121 by basic-2012 is firing$'
failing "a body that is refused" 's/county_code: "990121", county_name: Qingshi, //' 'deliver: data\.csv:1:1: no county column'
failing "one that is refused for something else" \
    's/^      - at: +7d/      - {at: +6d, deliver: {text: x, outcome: refused, says: zzz}}\n&/' \
    'says: expected "zzz" in "'
failing "a county that was not judged" 's/verdicts: \[{county: "990121", standard/verdicts: [{county: "990122", standard/' \
    'county 990122 was not judged by basic-2012'

# ---- what is not a file of tests ---------------------------------------------------------------------------
failing "an unknown act" 's/deliver:/delivre:/' 'changed\.yaml:10:9: .*unknown key "delivre" \(did you mean "deliver"\?\)$'
failing "an unknown expectation" 's/alerts: \[/alert: [/' 'unknown key "alert" \(did you mean "alerts"\?\)$'
failing "an unknown key of an expectation" 's/transition: 1/transitions: 1/' \
    'unknown key "transitions" \(did you mean "transition"\?\)$'
failing "an unknown key of the file" 's/^tests:/testes:/' 'unknown key "testes" \(did you mean "tests"\?\)$'
failing "an office that there is not" 's/office: province/office: provinz/' \
    'the configuration has no office "provinz"'
failing "a standard that is not in use" 's/standard: basic-2012, date/standard: basic-2021, date/' \
    'has no standard "basic-2021" \(did you mean "basic-2012"\?\)$'
failing "a state that there is not" 's/state: firing, stale/state: fireing, stale/' 'state: expected any, none, pending'
failing "a time that there is not" 's/at: 2012-10-08T09:00/at: 2012-02-30/' 'changed\.yaml:9:13: .*at: expected a time'
failing "time that runs back" 's/at: +7d/at: 2012-10-07/' 'at: is before the step before$'
failing "a wrong configuration" 's/basic-2012\]}/basic-2012]}\n  chanels: []/' \
    'changed\.yaml:3:3: unknown key "chanels" \(did you mean "channels"\?\)$'
failing "two acts in a step" 's/^        deliver:$/        retract: {source: data, round: 2012}\n&/' 'a step is one act'
like "$(run doc.yaml changed.yaml)" '^1\.\.2$' "several files are one plan"
run nowhere.yaml >out
is $? 1 "a file that there is not"
like "$(cat out)" 'nowhere\.yaml: ' "is told"

# ---- a configuration beside it, data in files -------------------------------------------------------------------
mkdir data
printf '%s\n' 'round,county_code,school_code,kind,pupils_primary,books' '2020,990121,1,primary,100,100' \
    '2020,990121,2,primary,100,900' >data/2020.csv
cat >books.yaml <<'END'
standard: books
title: books
effective: 2010-01-01
population: {campus: merge}
indicators:
  - {id: books_per_pupil, title: books, numerator: books, per: 1, split: true}
cv_rule: {applies_to: composite, primary: 0.65}
END
cat >junheng.yaml <<END
standards: {use: [./books.yaml]}
sources:
  - {name: one, plugin: file, format: csv, path: one.csv}
  - {name: two, plugin: file, format: json, path: two.json, part: more}
channels:
  - {name: spool, plugin: spool, path: spool}
offices:
  - {id: a, name: a, level: county, covers: ["990121"], channels: [spool]}
  - {id: b, name: b, level: province, channels: [spool]}
routes:
  - {match: {kind: slip}, to: [county, province]}
alerts: {group_wait: 0s}
END
cat >mine.yaml <<'END'
config: junheng.yaml
tests:
  - name: "all parts # both offices"
    certify: {county: "990121", standard: books, date: 2018-12-20}
    steps:
      - at: 2020-10-08
        deliver:
          - {source: one, file: data/2020.csv}
          - {source: two, each: {round: 2020, county_code: "990121"},
             rows: [{school_code: 3, kind: primary, pupils_primary: 100, books: 100}]}
        expect:
          verdicts: [{county: "990121", standard: books, complete: true, verdict: fail}]
          told: [{office: a}, {office: b, contains: [slip]}]
  - name: nothing happens, nobody is told
    steps:
      - {at: 2020-10-08, expect: {told: nobody, alerts: []}}
END
sed -i 's/, contains: \[slip\]//' mine.yaml
out=$(run mine.yaml)
is $? 0 "a junheng.yaml and files beside the tests" || diag "$out"
like "$out" '^ok 1 - all parts \\# both offices$' "a name is no directive"

# ---- local indicators --------------------------------------------------------------------------------------
mkdir -p lua
cat >lua/few.lua <<'END'
return jh.indicator {
  id = "few", title = "books", stage = "primary", needs = { "books" },
  evaluate = function(d) local v = d:mean("books"); return jh.verdict(v >= 200, v, "%d books", v) end,
}
END
cat >local.yaml <<'END'
config:
  standards: {use: [basic-2012]}
  lua: {dirs: [lua]}
  offices: [{id: county, level: county, channels: [spool]}]
  alerts: {data_quality: {enabled: false}}
tests:
  - name: a local indicator is told of until it passes
    steps:
      - at: 2020-10-08
        deliver: {each: {round: 2020, county_code: "990121", kind: primary, pupils_primary: 100}, rows: [{school_code: 1, books: 100}]}
        expect:
          alerts: [{kind: local, county: "990121", indicator: few, state: firing, severity: notice}]
          told: [{office: county, contains: ["100 books"]}]
      - at: +7d
        deliver: {each: {round: 2020, county_code: "990121", kind: primary, pupils_primary: 100}, rows: [{school_code: 1}]}
        expect: {alerts: [{kind: local, county: "990121", indicator: few, state: firing, stale: true}], told: nobody}
      - at: +1y
        deliver: {each: {round: 2021, county_code: "990121", kind: primary, pupils_primary: 100}, rows: [{school_code: 1, books: 300}]}
        expect:
          alerts: [{kind: local, county: "990121", indicator: few, state: resolved, cause: passed}]
          told: [{office: county, status: resolved}]
END
out=$(run local.yaml)
is $? 0 "a test may expect alerts of local indicators" || diag "$out"
sed 's/indicator: few, state: resolved/indicator: many, state: resolved/' local.yaml >wrong.yaml
out=$(run wrong.yaml)
is $? 1 "and those of another one are none"
"$abs_top_builddir/junhengctl" test 2>err
is $? 64 "no file"
"$abs_top_builddir/junhengctl" test --fast mine.yaml 2>err
is $? 64 "an option that there is not"
is "$(find "$tmp" -maxdepth 1 -name 'junheng-*')" "" "nothing is left behind"
done_testing
