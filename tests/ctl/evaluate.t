#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The real program on cases with known results, from the bytes of a file to the printed digit:
# what a user would check first, and what a wrong build would get wrong.
. "$abs_top_srcdir/tests/tap/tap.sh"

golden=$abs_top_srcdir/tests/golden
ctl=$abs_top_builddir/junhengctl
[ -x "$ctl" ] || bail "no junhengctl in the build folder"

evaluate() { "$ctl" evaluate "$@" 2>"$tmp/err"; }

# figure COUNTY STAGE INDICATOR COLUMN, from $tmp/out.csv
figure() {
    awk -F, -v c="$1" -v s="$2" -v i="$3" -v k="$4" '
        NR == 1 { for (n = 1; n <= NF; n++) if ($n == k) col = n }
        $1 == c && $2 == s && $3 == i { print $col }' "$tmp/out.csv"
}

# near COUNTY STAGE INDICATOR COLUMN WANT EPS NAME
near() {
    got=$(figure "$1" "$2" "$3" "$4")
    awk -v g="$got" -v w="$5" -v e="$6" 'BEGIN { d = g - w; exit !(g != "" && d <= e && -d <= e) }'
    ok $? "$7" || diag "got $got, want $5 within $6"
}

verdict() { is "$(figure "$1" "$2" "$3" verdict)" "$4" "$5"; }

# json PATH: a value out of $tmp/out.json, as Python writes it
json() { python3 -c "import json, sys; d = json.load(open(sys.argv[1])); print($1)" "$tmp/out.json"; }

# ---- one indicator, judged by itself ---------------------------------------------------------

evaluate --standard "$golden/books.yaml" --format csv "$golden/books.csv" >"$tmp/out.csv"
is $? 0 "books.csv is evaluated" || diag "$(cat "$tmp/err")"
b=books_per_pupil
is "$(head -n 1 "$tmp/out.csv")" \
    "county_code,stage,indicator,mean,sd,cv,limit,verdict,borderline" "the columns of csv"
near 340001 primary $b cv 0.515256630 5e-10 "the published worked example"
near 340001 primary $b mean 6.334437086 5e-10 "… its mean"
near 340001 primary $b sd 3.263860705 5e-10 "… its deviation"
near 340001 primary composite cv 0.515256630 5e-10 "… its composite, of one"
near 340002 primary $b cv 0.5 0 "1 : 3"
verdict 340002 primary $b pass "… within 0.50"
verdict 340002 junior $b fail "… over 0.45"
near 340003 junior $b cv 0.45 1e-15 "9/20"
verdict 340003 junior $b pass "… within 0.45"
verdict 340004 primary $b fail "a missing cell cannot save it"
is "$(figure 340004 primary $b cv)" "" "… but there is no figure"
near 340005 primary $b cv 0 0 "identical schools"
near 340006 primary $b cv 0 0 "a single school"
near 340007 primary $b cv 0.816496581 5e-10 "a true zero counts"
near 340008 primary $b cv 0.345190168 5e-10 "three sizes"
near 340009 primary $b mean 5.749837563 1e-9 "a nine-year school: primary mean"
near 340009 primary $b cv 0.202435917 1e-9 "… primary CV"
near 340009 junior $b mean 7.540376352 1e-9 "… junior mean"
near 340009 junior $b cv 0.085655310 1e-9 "… junior CV"
near 340010 primary $b mean 1 1e-12 "a twelve-year school: 600 of 1436"
near 340010 junior $b mean 1.1 1e-12 "… 440 of 1436"
near 340011 junior $b mean 1 1e-12 "a secondary school: 500 of 1100"
near 340012 primary $b mean 58.503778337531486 1e-8 "the published split: 9711.627 of 23226"
near 340012 junior $b mean 64.354156171284634 1e-8 "… 13514.373 of 23226"
verdict 340013 primary $b unknown "nothing anywhere"
is "$(figure 340013 primary $b cv)" "" "… has no CV"
verdict 340014 primary $b unknown "a missing cell that could save it"

evaluate --standard "$golden/books.yaml" --format json "$golden/books.csv" >"$tmp/out.json"
is $? 0 "the same as JSON"
county() { json "[c for c in d['counties'] if c['code'] == '$1'][0]$2"; }
is "$(json "'%.9f' % d['counties'][0]['stages'][0]['indicators'][0]['cv']")" 0.515256630 "the CV"
is "$(json "d['data_sha256']")" "$(sha256sum <"$golden/books.csv" | cut -c 1-64)" "the file's digest"
is "$(json "d['round'], d['standard']")" "2025 books" "round and standard"
near_bound=$(county 340004 "['stages'][0]['indicators'][0]['bound']")
is "$(printf '%.6f' "$near_bound")" 0.803219 "sqrt(20/31) is the proven bound"
is "$(county 340004 "['stages'][0]['indicators'][0]['missing']")" \
    "[{'school': '2134000014', 'campus': '', 'field': 'books', 'line': 15, 'reason': 'empty'}]" \
    "what is missing, and where"
is "$(county 340006 "['stages'][0].get('note')")" single_school "a single school is marked"
is "$(county 340001 "['verdict']")" fail "a county fails by its worst stage"
is "$(json "[c['code'] for c in d['counties']] == sorted(c['code'] for c in d['counties'])")" \
    True "counties are in order"

printf 'code,name,parent,stages\n340005,,,primary\n' >"$tmp/divisions.csv"
evaluate --standard "$golden/books.yaml" --divisions "$tmp/divisions.csv" --format json \
    "$golden/books.csv" >"$tmp/out.json"
is "$(county 340005 "['verdict']")" pass "a county that has no junior stage"
is "$(county 340006 "['verdict']")" unknown "… and one that lacks it"

# ---- the composite of eight ------------------------------------------------------------------

evaluate --standard basic-2012 --format csv "$golden/basic.csv" >"$tmp/out.csv"
is $? 0 "basic.csv is evaluated by the standard that is built in" || diag "$(cat "$tmp/err")"
near 350001 primary composite cv 0.65 1e-15 "13/20, eight times"
verdict 350001 primary composite pass "… within 0.65"
verdict 350001 junior composite pass "11/20 within 0.55"
verdict 350002 primary composite fail "0.6505 prints 0.651"
verdict 350003 junior composite fail "0.5505 prints 0.551"
verdict 350001 primary computers_per_100 none "a single CV is not judged"

# ---- six of seven ----------------------------------------------------------------------------

schools() { json "' '.join(c['schools'][0]['verdict'] for c in d['counties'])"; }
evaluate --standard quality-2017 --format json "$golden/quality.csv" >"$tmp/out.json"
is $? 0 "quality.csv is evaluated" || diag "$(cat "$tmp/err")"
is "$(schools)" "pass pass fail fail unknown fail pass pass fail" "6 of 7, by the form"
is "$(json "d['counties'][3]['schools'][0]['below']")" \
    "['teaching_area_per_pupil', 'sports_area_per_pupil']" "what is below"
sed 's/compare: form/compare: raw/' "$abs_top_srcdir/etc/standards/quality-2017.yaml" >"$tmp/raw.yaml"
evaluate --standard "$tmp/raw.yaml" --format json "$golden/quality.csv" >"$tmp/out.json"
is $? 0 "the same, raw" || diag "$(cat "$tmp/err")"
is "$(schools)" "pass pass fail fail unknown fail pass pass fail" "1.955 reaches 2.3 x 0.85 raw"

# ---- several files ---------------------------------------------------------------------------

head -n 6 "$golden/books.csv" >"$tmp/a.csv"
{ head -n 1 "$golden/books.csv"; sed -n '7,10p' "$golden/books.csv"; } >"$tmp/b.csv"
sed 's/^2025/2024/' "$golden/books.csv" >"$tmp/before.csv"
evaluate --standard "$golden/books.yaml" --format json "$tmp/b.csv" "$tmp/a.csv" >"$tmp/out.json"
is "$(json "[c['code'] for c in d['counties']]")" "['340001', '340002']" "files of a round are joined"
digests=$(for f in a b; do sha256sum <"$tmp/$f.csv" | cut -c 1-64; done | sort | sha256sum | cut -c 1-64)
is "$(json "d['data_sha256']")" "$digests" "… their digest is that of the sorted digests"
evaluate --standard "$golden/books.yaml" --format json "$tmp/a.csv" "$tmp/a.csv" >"$tmp/out.json"
is "$?:$(wc -c <"$tmp/out.json")" 2:0 "the same school in two files is refused"
evaluate --standard "$golden/books.yaml" --format json "$tmp/before.csv" "$tmp/a.csv" >"$tmp/out.json"
is "$(json "(d['round'], len(d['counties']))")" "('2025', 1)" "another round only serves to compare"
evaluate --standard "$golden/books.yaml" --format json --round 2024 "$tmp/before.csv" "$tmp/a.csv" \
    >"$tmp/out.json"
is "$(json "d['round']")" 2024 "unless it is asked for"
sed '3s/,[0-9]*$/,/; 4s/,[0-9]*$/,x/' "$tmp/a.csv" >"$tmp/holes.csv"
evaluate --standard "$golden/books.yaml" --format json "$tmp/b.csv" "$tmp/holes.csv" >"$tmp/out.json"
is "$(json "[m['file'].split('/')[-1] for c in d['counties'] for m in c['stages'][0]['indicators'][0]['missing'] if m['school'] < '2134000006']")" \
    "['holes.csv', 'holes.csv']" "of several files what is missing names its own"
is "$(json "[(r['file'].split('/')[-1], r['line']) for r in d['rejected']]")" \
    "[('holes.csv', 4)]" "… and so does what is rejected"
evaluate --standard "$golden/books.yaml" "$tmp/b.csv" "$tmp/holes.csv" >"$tmp/out"
like "$(cat "$tmp/out")" 'books: empty \(.*holes.csv, .* 3\)' "… also as text"
sed '4d' "$tmp/a.csv" >"$tmp/fewer.csv"
evaluate --standard "$golden/books.yaml" --format json "$tmp/before.csv" "$tmp/fewer.csv" >"$tmp/out.json"
is "$(county 340001 "['stages'][0]['verdict']")" unknown \
    "89 of 302 pupils are gone: what would pass is unknown"
evaluate --standard "$golden/books.yaml" --format json "$tmp/fewer.csv" >"$tmp/out.json"
is "$(county 340001 "['stages'][0]['verdict']")" pass "… and did pass where there is no past"
sed 's/^2025/2023/' "$tmp/a.csv" >"$tmp/a2023.csv"
sed 's/^2025/2024/' "$tmp/b.csv" >"$tmp/b2024.csv"
evaluate --standard "$golden/books.yaml" --format json "$tmp/a2023.csv" "$tmp/b2024.csv" "$tmp/fewer.csv" \
    "$tmp/b.csv" >"$tmp/out.json"
is "$(county 340001 "['stages'][0]['verdict']")" unknown "a county that skipped a year: its own last round counts"
is "$(county 340002 "['stages'][0]['verdict']")" pass "… beside one that did not"
sed '3,$d' "$tmp/a2023.csv" >"$tmp/one2023.csv"
sed 's/^2023/2022/' "$tmp/a2023.csv" >"$tmp/a2022.csv"
evaluate --standard "$golden/books.yaml" --format json "$tmp/a2022.csv" "$tmp/one2023.csv" "$tmp/fewer.csv" \
    >"$tmp/out.json"
is "$(county 340001 "['stages'][0]['verdict']")" pass "… and only that: schools gone two rounds ago are not missed"
sed 's/^2025,//; s/^round,//' "$tmp/a.csv" >"$tmp/no_round.csv"
evaluate --standard "$golden/books.yaml" --format json --round 2023 - <"$tmp/no_round.csv" >"$tmp/out.json"
is "$?:$(json "d['round']")" 0:2023 "standard input, its round from --round"

# ---- explained -------------------------------------------------------------------------------

sed 's/,279$/,379/; s/^2025/2024/' "$tmp/a.csv" >"$tmp/then.csv"
evaluate --standard "$golden/books.yaml" --format json --explain "$tmp/then.csv" "$tmp/a.csv" >"$tmp/out.json"
books="d['counties'][0]['stages'][0]['indicators'][0]"
is "$(json "'%.12f' % sum(s['share'] for s in ${books}['shares'])")" 1.000000000000 "shares sum to 1"
is "$(json "${books}['change']['from'], ${books}['change']['enrolment'], ${books}['change']['schools']")" \
    "2024 0 0" "books were lost, nothing else changed"
is "$(json "'%.15f' % (${books}['change']['after'] - ${books}['change']['before'] - ${books}['change']['resource'])")" \
    0.000000000000000 "… so resources are all of the change"
evaluate --standard quality-2017 --format json --explain "$golden/quality.csv" >"$tmp/out.json"
is "$(json "[(b['field'], b['lacks']) for b in d['counties'][2]['stages'][0]['indicators'][3]['below']]")" \
    "[('teaching_area', 1360)]" "3.82 of 4.5 m2 for 2000 pupils: 1360 are missing"
evaluate --standard "$golden/books.yaml" --explain "$tmp/then.csv" "$tmp/a.csv" >"$tmp/out"
like "$(cat "$tmp/out")" '2024 0\.[0-9]+ → 2025 0\.515 ' "the same for people"

# ---- refusals --------------------------------------------------------------------------------

# refused NAME STATUS WHAT-IS-SAID ARGUMENT...: nothing on stdout
refused() {
    name=$1 status=$2 said=$3
    shift 3
    evaluate "$@" >"$tmp/out"
    is "$?:$(wc -c <"$tmp/out")" "$status:0" "$name"
    like "$(cat "$tmp/err")" "$said" "… and is told why"
}
cd "$tmp" || bail "no folder"
std=$golden/books.yaml
printf 'round,school_code,kind,pupils_primary,books\n2025,1,primary,5,5\n' >no_county.csv
refused "no county column" 2 '^junhengctl: no_county.csv:1:.*county' --standard "$std" no_county.csv
{ cat a.csv; sed -n '2s/^2025/2024/p' a.csv; } >two.csv
refused "two rounds in a file" 2 '^junhengctl: two.csv:7:1: ' --standard "$std" two.csv
{ cat a.csv; sed -n 2p a.csv; } >twice.csv
refused "a school twice" 2 '^junhengctl: twice.csv:7:' --standard "$std" twice.csv
printf '%s\n"2025,1\n' "$(head -n 1 a.csv)" >quote.csv
refused "a quote never closed" 2 '^junhengctl: quote.csv:2:1: ' --standard "$std" quote.csv
printf '%s\n2025,1,\377\n' "$(head -n 1 a.csv)" >bytes.csv
refused "invalid UTF-8" 2 '^junhengctl: bytes.csv:2:' --standard "$std" bytes.csv
refused "a file that is not there" 2 'nothing.csv' --standard "$std" nothing.csv
refused "a round that is not there" 2 '2031' --standard "$std" --round 2031 a.csv
refused "a standard that is not there" 2 'basic-2013' --standard basic-2013 a.csv
printf 'standard: x\nbogus: 1\n' >bad.yaml
refused "a bad standard" 2 '^junhengctl: bad.yaml:2:1: ' --standard bad.yaml a.csv
refused "no standard" 64 'standard' a.csv
refused "no file" 64 'no file' --standard "$std"
refused "an unknown option" 64 'unknown option --frobnicate' --standard "$std" --frobnicate a.csv
refused "an unknown format" 64 'expected text, json or csv' --standard "$std" --format xml a.csv
refused "a round that is none" 64 'got "soon"' --standard "$std" --round soon a.csv

sed '3s/,37,/,NaN,/; 4s/,935$/,-3/' a.csv >cells.csv
evaluate --standard "$std" --format csv cells.csv >out.csv
is $? 0 "a bad row and a bad cell do not refuse the file"
like "$(cat err)" '^junhengctl: cells.csv:3:[0-9]+: pupils_primary: "NaN"' "the row is told of"
like "$(cat err)" '^junhengctl: cells.csv:4:[0-9]+: books: "-3"' "the cell is told of"
verdict 340001 primary $b unknown "their county cannot pass, nor is it proven to fail"

# ---- the official form -----------------------------------------------------------------------

# A county of four schools, one of them combined: raw amounts, and the form that is made of
# them, with so many decimals: 17 are all.
cat >raw.csv <<'EOF'
round,county_code,school_name,kind,owner,pupils_primary,pupils_junior,above_qual_teachers_primary,above_qual_teachers_junior,backbone_teachers_primary,backbone_teachers_junior,pe_arts_teachers_primary,pe_arts_teachers_junior,teaching_area,indoor_sports_area,sports_ground_area,equipment_value,multimedia_classrooms
2025,990101,甲小学,primary,7,500,0,23,,7,,6,,3400,300,4200,1150000,14
2025,990101,乙小学,primary,7,310,0,19,,4,,3,,1900,0,3300,800000,7
2025,990101,丙学校,nine_year,7,166,210,9,14,2,5,2,3,2700,200,4000,1000000,11
2025,990101,丁中学,junior,7,0,640,,41,,9,,7,4900,600,7400,1900000,19
EOF
cat >form.yaml <<'EOF'
defaults: {county_code: "990101", round: 2025}
EOF
evaluate --standard quality-2017 --format json raw.csv >raw.json
form() {
    python3 - "$1" raw.json >form.csv <<'EOF'
import json, sys
d = json.load(open(sys.argv[2]))
county = d["counties"][0]
ids = [i["id"] for i in county["stages"][0]["indicators"]]
pupils = {("甲小学", "primary"): 500, ("乙小学", "primary"): 310, ("丙学校", "primary"): 166,
          ("丙学校", "junior"): 210, ("丁中学", "junior"): 640}
titles = ["每百名学生拥有高于规定学历教师数", "每百名学生拥有县级及以上 骨干教师数",
          "每百名学生拥有体育、艺术 (美术、音乐)专任教师数", "生均教学及辅助用 房面积（ ㎡）",
          "生均体育运动场馆面积（㎡）", "生均教学仪器设备值(元)", "每百名学生拥有网络多媒体 教室数"]
width = 4 + len(titles)
line = lambda *cells: print(",".join(list(cells) + [""] * (width - len(cells))))
line("表 分学校情况")
line("序 号", "学校名称", "举办者 类型", "在校生数", *titles)
line(*["L%d" % (i + 1) for i in range(width)])
for stage, name in (("primary", "小学部"), ("junior", "初中部")):
    line(name)
    for n, s in enumerate(s for s in county["schools"] if s["stage"] == stage):
        line(str(n + 1), s["code"], "7", str(pupils[s["code"], stage]),
             *["%.*f" % (int(sys.argv[1]), s["values"][i]) for i in ids])
line("注： 数值均保留两位小数。")
EOF
    evaluate --standard quality-2017 --columns form.yaml --format json form.csv >form.json
}
# apart: the largest difference of a CV between raw.json and form.json
apart() {
    python3 -c '
import json
cvs = [[i["cv"] for s in json.load(open(f))["counties"][0]["stages"] for i in s["indicators"]]
       for f in ("raw.json", "form.json")]
assert len(cvs[0]) == 14 == len(cvs[1])
print("%.3g" % max(abs(a - b) for a, b in zip(*cvs)))'
}
form 17
is $? 0 "form 2-2 is read, with its title, sections and note" || diag "$(cat err)"
ok "$(apart | awk '{ print !($1 <= 1e-9) }')" "its values as they are give the CVs of the raw amounts"
form 2
ok "$(apart | awk '{ print !($1 <= 0.005) }')" "those of two decimals give them within 0.005"

sed '1s/$/,生均教学仪器设备值（万元）/; 2s/$/,0.23/; 3s/$/,0.31/; 4,5s/$/,/' raw.csv >both.csv
evaluate --standard quality-2017 --format json both.csv >"$tmp/out.json"
is "$(json "[(f['school'], f['line']) for f in d['findings'] if f['code'] == 'value_mismatch']")" \
    "[('乙小学', 3)]" "a value that its raw amounts contradict is a finding"

# What looks wrong in the data, for people too; by whichever way the file is read.
{
    echo 'round,county_code,county_name,school_code,school_name,kind,owner,pupils_primary,teachers_primary,staff_primary,books'
    echo '2025,990101,A,2199000001,甲小学,primary,7,360,20,19,100'
    for i in 2 3 4 5 6 7; do echo "2025,990101,A,219900000$i,小学$i,primary,,200,0,5,100"; done
} >odd.csv
evaluate --standard "$std" odd.csv >streamed
{ cat odd.csv; echo '2025,990102,B,2199000011,乙小学,primary,7,360,19,20,100'; sed -n 's/0001,甲/0012,丙/p' odd.csv; } >mixed.csv
evaluate --standard "$std" mixed.csv >collected
want='疑点 13 处: 部分大于整体 1, 有学生而无教师 6, 举办者类型为空 6
  部分大于整体: 2199000001 甲小学: teachers_primary 20 is more than staff_primary 19 (行 2)
  有学生而无教师: 2199000002 小学2: 200 primary pupils and not one teacher (行 3)'
is "$(grep -A2 '^疑点' streamed)" "$want" "text counts what was found by kind, warnings first, and shows some"
is "$(tail -n 1 streamed)" "  另有 8 处" "… and how many more there are"
like "$(grep '^疑点' collected)" '^疑点 14 处: 部分大于整体 2, ' "a county that comes back: the same of all its rows"

# ---- the program -----------------------------------------------------------------------------

evaluate --standard "$std" a.csv >out
is $? 0 "text is the default"
like "$(cat out)" '340001' "… for people"
is "$("$ctl" --version | cut -d ' ' -f 1)" junhengctl "--version"
like "$("$ctl" help)" '^  evaluate ' "help lists the commands"
like "$("$ctl" help evaluate)" '--standard ID\|FILE' "help of a command"
like "$("$ctl" evaluate --help)" '--standard ID\|FILE' "… asked for the other way round"
"$ctl" >out 2>err
is "$?:$(wc -c <out)" 64:0 "no command: usage, to stderr"
"$ctl" evalaute 2>err
is $? 64 "an unknown command"
"$ctl" evaluate --standard "$std" a.csv >/dev/full 2>err
is $? 1 "a full disk is no success"
done_testing
