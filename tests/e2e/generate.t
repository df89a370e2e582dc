#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The demo, tests and benchmarks tell of the same invented schools on every machine.
. "$abs_top_srcdir/tests/tap/tap.sh"
generate=$abs_top_builddir/junheng-generate

mkdir "$tmp/a" "$tmp/b" "$tmp/c" "$tmp/n"
"$generate" --out "$tmp/a" && "$generate" --out "$tmp/b" --seed 1
ok $? "a province is generated"
is "$(cd "$tmp/a" && cat ./*.csv | sha256sum)" "$(cd "$tmp/b" && cat ./*.csv | sha256sum)" "twice the same"
# Whoever changes the province changes these, and tells so.
is "$(cd "$tmp/a" && sha256sum 2019.csv 2022.csv 2024.csv | cut -c1-16)" "437f9f3034d3fb7a
4f9bd8e1f7ea2611
a5ac5cd6074c7e7b" \
    "and byte for byte what it was when this was written"
"$generate" --out "$tmp/c" --seed 2 --rounds 2022
! cmp -s "$tmp/a/2022.csv" "$tmp/c/2022.csv"
ok $? "another seed, another province"

composites() { awk -F, -v c="$1" -v s="$2" '$2 == c && $3 == s { printf "%s%s", n++ ? " " : "", $4 }' "$tmp/a/expected.csv"; }
is "$(composites 990121 primary)" "0.548000 0.553000 0.561258 0.669000 0.684000 0.557051" "one county slips and recovers"
is "$(composites 990121 junior)" "0.388839 0.367251 0.370068 0.362990 0.563000 0.359470" "its junior schools a year later"
awk -F, '$1 == 2021 && $2 == 990122 && $3 == "primary" { exit !($4 > 0.65 && $4 < 0.6505) }' "$tmp/a/expected.csv"
ok $? "one is so close that rounding decides"
awk -F, 'NR > 1 && $2 != 990121 && $2 != 990122 && $4 > ($3 == "primary" ? 0.62 : 0.52) { exit 1 }' "$tmp/a/expected.csv"
ok $? "the others are fine"
is "$(awk -F, '$6 != "教学点" && $21 == ""' "$tmp"/a/20*.csv | cut -d, -f1,2)" "2023,990222" "one decisive cell is empty"

"$generate" --national --counties 30 --schools 3000 --out "$tmp/n"
is "$(wc -l <"$tmp/n/national.csv")" "3001" "a nation has as many schools as asked for"
is "$(head -n 1 "$tmp/n/national.csv" | tr , '\n' | wc -l)" "20" "and twenty columns"
is "$(cut -d, -f3 "$tmp/n/national.csv" | sort | uniq -d)" "" "no code twice"
"$generate" --out "$tmp/nowhere" 2>"$tmp/err"
is "$? $(grep -c nowhere "$tmp/err")" "1 1" "a folder that is not there is an error"
"$generate" --rounds 2024-2019 --out "$tmp/a" 2>"$tmp/err"
is "$?" "64" "rounds run forward"
done_testing
