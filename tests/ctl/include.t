#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A province writes three thousand sources as a table and its offices in files of their own: what
# is joined must be whole, and a mistake told at the place where a person can mend it.
. "$abs_top_srcdir/tests/tap/tap.sh"
ctl=$abs_top_builddir/junhengctl
export JUNHENG_PLUGIN_DIR="$abs_top_builddir/.libs"

# check: what junhengctl says of junheng.yaml, with the folder left out
check() { "$ctl" check -c "$tmp/junheng.yaml" 2>&1 | sed "s|$tmp/||g"; }
write() { mkdir -p "$(dirname "$tmp/$1")" && cat >"$tmp/$1"; }

# ---- joined ----------------------------------------------------------------------------------------
write junheng.yaml <<'END'
include: [conf.d/*.yaml, more.yaml, none.d/*.yaml]
standards: {use: [basic-2012]}
profiles: {m: {plugin: http, format: csv, interval: 1d}}
sources_from: counties.csv
sources: [{name: own, plugin: file, path: own.csv}]
channels: [{name: spool, plugin: spool, path: spool}]
END
write conf.d/b.yaml <<'END'
offices: [{id: b, level: city, covers: ["3402"], channels: [spool, hook]}]
profiles: {n: {plugin: file, part: area}}
END
write conf.d/a.yaml <<'END'
offices: [{id: a, level: city, covers: ["3401"], channels: [spool]}]
sources_from: [more.csv]
END
write more.yaml <<'END'
channels: [{name: hook, plugin: webhook, url: "http://127.0.0.1:9/"}]
routes: [{match: {kind: slip}, to: [a, b]}]
END
write counties.csv <<'END'
name,profile,url,covers,defaults.county_code,defaults.kind,due.month,due.day
c1,m,http://127.0.0.1:9/1,340101,340101,primary,,
c2,m,http://127.0.0.1:9/2,"340102; 340103",,,12,31
END
printf '\357\273\277name,profile,path\r\nd1,n,d1.csv\r\n\r\n' >"$tmp/more.csv"
out=$(check)
like "$out" "^junheng.yaml: ok: 4 sources, .* 2 channels, 2 offices" "all are there"

# ---- refused ---------------------------------------------------------------------------------------
# refused NAME WANT: the first line of what is told
refused() { is "$(check | head -n 1)" "junhengctl: $2" "$1"; }

sed -i 's/c2,m,/c1,m,/' "$tmp/counties.csv"
refused "a name of two rows" \
    'counties.csv:3:1: source.name: "c1" is a name already: first in counties.csv:2'
sed -i '3s/c1,m,/own,m,/' "$tmp/counties.csv"
refused "a name of a row and of a source" \
    'counties.csv:3:1: source.name: "own" is a name already: first in junheng.yaml:5'
sed -i '3s/own,m,/c2,k,/' "$tmp/counties.csv"
refused "a profile that is not there" 'counties.csv:3:4: source.profile: there is no "k"'
sed -i '3s/c2,k,/c2,m,/; s/,31$/,32/' "$tmp/counties.csv"
refused "a value of a map" 'counties.csv:3:49: source.due.day: expected 1 to 31, got "32"'
sed -i 's/,32$/,31/; s/url,/ulr,/' "$tmp/counties.csv"
refused "a column that is no key" \
    'counties.csv:1:14: source: unknown key "ulr" (did you mean "url"?)'
sed -i 's/ulr,/name,/' "$tmp/counties.csv"
refused "a column that is there twice" 'counties.csv:1:14: a column is there twice: "name"'
sed -i 's/profile,name,/profile,url,/; s/primary,,$/primary,,,x/' "$tmp/counties.csv"
refused "more cells than columns" 'counties.csv:2:51: a cell without a column "x"'
sed -i 's/primary,,,x/primary,,/' "$tmp/counties.csv"
like "$(check)" "4 sources" "mended"

: >"$tmp/more.csv"
refused "an empty table" \
    'more.csv:1: empty: the first row must name keys of a source, such as name and url'
rm "$tmp/more.csv"
refused "a table that is not there" \
    'conf.d/a.yaml:2:16: sources_from: more.csv: No such file or directory'
echo 'offices: [{id: a, levl: city, channels: [spool]}]' >"$tmp/conf.d/a.yaml"
refused "a slip in an included file" \
    'conf.d/a.yaml:1:19: offices[0]: unknown key "levl" (did you mean "level"?)'
echo 'offices: [{id: b, level: city, channels: [spool]}]' >"$tmp/conf.d/a.yaml"
refused "one id in two files" \
    'conf.d/b.yaml:1:16: offices[0].id: "b" is a name already: first in conf.d/a.yaml:1'
echo 'standards: {use: [basic-2012]}' >"$tmp/conf.d/a.yaml"
refused "one key in two files" \
    'conf.d/a.yaml:1:1: "standards" is there twice: first in junheng.yaml:2'
echo 'profiles: {n: {plugin: file}}' >"$tmp/conf.d/a.yaml"
refused "one profile in two files" \
    'conf.d/b.yaml:2:12: "n" is there twice: first in conf.d/a.yaml:1'
echo 'sources: {name: x}' >"$tmp/conf.d/a.yaml"
refused "a list that is none" 'conf.d/a.yaml:1:10: sources: expected a list, got a map'
echo 'include: more.yaml' >"$tmp/conf.d/a.yaml"
refused "files within files" 'conf.d/a.yaml:1:10: an included file includes no others'
echo '- a' >"$tmp/conf.d/a.yaml"
refused "a file that is no map" 'conf.d/a.yaml:1:1: expected a map, got a list'
rm "$tmp/conf.d/a.yaml" "$tmp/more.yaml"
refused "a file that is not there" 'junheng.yaml:1:26: include: there is no file more.yaml'

# ---- many ------------------------------------------------------------------------------------------
{
    echo name,profile,url,covers
    seq 110101 113100 | sed 's|.*|c&,m,http://127.0.0.1:9/&,&|'
} >"$tmp/counties.csv"
rm "$tmp/conf.d/b.yaml"
sed -i 1d "$tmp/junheng.yaml"
like "$(check)" "ok: 3001 sources" "three thousand sources"
done_testing
