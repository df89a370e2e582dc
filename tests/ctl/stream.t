#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A file that lies county by county is evaluated while it is read. What is printed must be the
# same as of the same rows in any other order, and nothing when the last row is refused.
. "$abs_top_srcdir/tests/tap/tap.sh"
ctl=$abs_top_builddir/junhengctl

"$abs_top_builddir/junheng-generate" --out "$tmp" --rounds 2024 --counties 12 --schools 900 >"$tmp/log" ||
    bail "junheng-generate"
head -n 1 "$tmp/2024.csv" >"$tmp/head"
tail -n +2 "$tmp/2024.csv" >"$tmp/rows"

# Counties one behind the other, from the last to the first; then rows across counties.
{ cat "$tmp/head" && sort -t, -k2,2r -s "$tmp/rows"; } >"$tmp/backwards.csv"
{ cat "$tmp/head" && awk '{ print NR % 7, NR, $0 }' "$tmp/rows" | sort -k1,1n -k2,2n | cut -d' ' -f3-; } >"$tmp/mixed.csv"
mkdir "$tmp/parts"
awk -F, -v dir="$tmp/parts" -v head="$(cat "$tmp/head")" '
    !($2 in seen) { seen[$2]; print head >(dir "/" $2 ".csv") }
    { print >(dir "/" $2 ".csv") }' "$tmp/rows"

evaluate() { # FORMAT FILE...
    format=$1
    shift
    "$ctl" evaluate --standard quality-2017 --format "$format" "$@"
}
for format in csv text; do
    evaluate "$format" "$tmp/2024.csv" >"$tmp/want" 2>"$tmp/want.err"
    [ "$(wc -l <"$tmp/want")" -gt 100 ]
    ok $? "$format: there is something to compare"
    for shape in backwards mixed; do
        evaluate "$format" "$tmp/$shape.csv" >"$tmp/got" 2>"$tmp/err"
        cmp "$tmp/want" "$tmp/got"
        ok $? "$format: rows $shape, the same figures"
    done
    evaluate "$format" "$tmp"/parts/*.csv >"$tmp/got" 2>"$tmp/err"
    cmp "$tmp/want" "$tmp/got"
    ok $? "$format: a file for each county, the same figures"
    evaluate "$format" - <"$tmp/2024.csv" >"$tmp/got" 2>"$tmp/err"
    cmp "$tmp/want" "$tmp/got"
    ok $? "$format: from standard input, the same figures"
done

# What counties report is there before the first school is read.
printf 'county_code,item,value\n' >"$tmp/reports.csv"
sed 's/^[^,]*,\([^,]*\),.*/\1,ZF1,met/' "$tmp/rows" | sort -u >>"$tmp/reports.csv"
for shape in 2024 backwards mixed; do
    evaluate text --counties "$tmp/reports.csv" "$tmp/$shape.csv" >"$tmp/$shape.text" 2>"$tmp/err"
done
cmp "$tmp/2024.text" "$tmp/mixed.text" && cmp "$tmp/2024.text" "$tmp/backwards.text"
ok $? "with reports of counties: the same text"
evaluate text "$tmp/2024.csv" 2>"$tmp/err" | cmp -s - "$tmp/2024.text"
isnt $? 0 "… in which they are heard"

# More than the spool holds in memory, and a folder for files that is not there.
"$abs_top_builddir/junheng-generate" --out "$tmp" --national --counties 700 --schools 7000 >"$tmp/log"
evaluate csv "$tmp/national.csv" >"$tmp/want" 2>"$tmp/err"
{ head -n 1 "$tmp/national.csv" && tail -n +2 "$tmp/national.csv" | sort -t, -k3,3r; } >"$tmp/other.csv"
evaluate csv "$tmp/other.csv" >"$tmp/got" 2>"$tmp/err"
cmp "$tmp/want" "$tmp/got"
ok $? "more output than is held in memory"
is "$(sed -n '2,$s/,.*//p' "$tmp/want" | sort -c 2>&1)" "" "counties are printed in the order of their codes"

# The last row is refused: nothing on stdout, and the words are those of the whole file.
refused() { # ROW WORDS NAME
    { cat "$tmp/2024.csv" && printf '%s\n' "$1"; } >"$tmp/bad.csv"
    evaluate csv "$tmp/bad.csv" >"$tmp/got" 2>"$tmp/err"
    is "$? $(cat "$tmp/got")" "2 " "$3: refused, with nothing on stdout"
    like "$(cat "$tmp/err")" "bad.csv:$(wc -l <"$tmp/bad.csv"):[0-9]*: .*$2" "$3: the place is told"
}
last=$(tail -n 1 "$tmp/rows")
refused "$(head -n 1 "$tmp/rows")" 'is there twice' 'a row of the first county once more'
refused "$(head -n 1 "$tmp/rows" | cut -d, -f1),99ZZ$(head -n 1 "$tmp/rows" | cut -d, -f2 --complement | cut -c5-)" 'in county' 'its school in another county'
refused "2023${last#2024}" 'round 2023' 'another round'
refused "$last,1" 'cell too many' 'a cell too many'
refused "\"$last" 'never closed' 'an open quote'
refused "$(printf '%s\377' "$last")" 'UTF-8' 'a byte that is not UTF-8'

# A dropped row of no known county keeps every county from passing, also those read before it.
{ cat "$tmp/2024.csv" && echo "$last" | awk -F, -v OFS=, '{ $2 = ""; $4 = "9" $4; print }'; } >"$tmp/dropped.csv"
evaluate csv "$tmp/dropped.csv" >"$tmp/got" 2>"$tmp/err"
is "$? $(grep -c ',pass,' "$tmp/got")" "0 0" "a row without a county at the end: no county passes"
done_testing
