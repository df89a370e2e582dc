#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Local indicators from the command line: mistakes with their place, tests as TAP, runs over
# files, each as a person who writes one meets it.
. "$abs_top_srcdir/tests/tap/tap.sh"
ctl=$abs_top_builddir/junhengctl

cat >"$tmp/books.lua" <<'EOF'
return jh.indicator {
  id = "books", title = "生均图书", needs = { "books", "pupils" }, params = { limit = 15 },
  evaluate = function(d, p)
    local books = d:mean("books", { per = "pupils" })
    return jh.verdict(books >= p.limit, books, "生均图书%.1f册", books)
  end,
  tests = {
    { name = "够", rows = { { pupils = 100, books = 2000 } }, expect = "pass", value = 20 },
    { name = "没报", rows = { { pupils = 100 } }, expect = "unknown" },
  },
}
EOF
cat >"$tmp/schools.csv" <<'EOF'
round,county_code,school_code,kind,pupils_primary,pupils_junior,books
2025,340103,2134000001,primary,100,,1000
2025,340103,2134000002,primary,100,,3000
2025,340104,2134000003,primary,100,,
2025,340104,3134000004,junior,,100,1000
EOF

# check
out=$("$ctl" lua check "$tmp/books.lua" 2>&1)
is $? 0 "a good indicator"
is "$out" "$tmp/books.lua: ok: books, 2 tests" "is told so"
sed 's/needs/nedes/; s/15/{}/' "$tmp/books.lua" >"$tmp/wrong.lua"
out=$("$ctl" lua check "$tmp/wrong.lua" 2>&1)
is $? 1 "a mistaken one"
like "$out" "^junhengctl: $tmp/wrong.lua:2: unknown key \"nedes\"" "with file and line"
like "$out" "^junhengctl: $tmp/wrong.lua:2: params.limit: a number" "every mistake"
out=$("$ctl" lua check "$abs_top_srcdir/lua/indicators" 2>&1)
is $? 0 "the shipped ones are good" || diag "$out"

# test
out=$("$ctl" lua test "$tmp/books.lua" "$abs_top_srcdir/lua/indicators/unsafe_buildings.lua" 2>&1)
is $? 0 "tests that pass"
like "$out" '^ok 2 - books: 没报$' "are named"
like "$out" '^ok 3 - unsafe_buildings: ' "and counted over files"
like "$out" '^1\.\.6$' "with one plan"
sed 's/value = 20/value = 21/' "$tmp/books.lua" >"$tmp/fails.lua"
out=$("$ctl" lua test "$tmp/fails.lua" 2>&1)
is $? 1 "a test that fails"
like "$out" '^not ok 1 - books: 够$' "is told"
like "$out" '^# expected the value 21, got 20$' "with what was wrong"

# run
out=$("$ctl" lua run "$tmp/books.lua" "$tmp/schools.csv" 2>&1)
is $? 0 "a run"
like "$out" '^340103 +primary +books +pass +20\.000 +生均图书20\.0册$' "gives a verdict"
like "$out" '^340104 +primary +books +unknown .*books is missing at 1 of 1 schools' "or says what is missing"
out=$("$ctl" lua run --param books.limit=25 --format json "$tmp/books.lua" "$tmp/schools.csv" 2>&1)
like "$out" '"county":"340103","stage":"primary","verdict":"fail","value":20,' "with another limit, as JSON"
out=$("$ctl" lua run --param books.limt=25 "$tmp/books.lua" "$tmp/schools.csv" 2>&1)
is $? 2 "a parameter that is not there is refused"
out=$("$ctl" lua run "$tmp/books.lua" "$tmp/none.csv" 2>"$tmp/err")
is $? 2 "no data"
is "$out" "" "nothing on stdout"

# evaluate --lua
out=$("$ctl" evaluate --standard basic-2012 --lua "$tmp/books.lua" --format json "$tmp/schools.csv" 2>"$tmp/err")
is $? 0 "evaluate with local indicators" || diag "$(cat "$tmp/err")"
like "$out" '"local":\[\{"id":"books","stage":"primary".*"verdict":"pass","value":20,' "the county's own"
out=$("$ctl" evaluate --standard basic-2012 --lua "$tmp/books.lua" "$tmp/schools.csv" 2>&1)
like "$out" '^340103 +primary +books +pass +20\.000' "below the text"
out=$("$ctl" evaluate --standard basic-2012 --lua "$tmp/wrong.lua" "$tmp/schools.csv" 2>"$tmp/err")
is $? 2 "a mistaken indicator refuses"
is "$out" "" "with nothing on stdout"
like "$(cat "$tmp/err")" 'wrong.lua:2: unknown key' "and says why"

# usage
for args in "" "frob" "run $tmp/books.lua" "test" "check --frob x" "run --param x y z"; do
    # shellcheck disable=SC2086 # the words of a command line
    "$ctl" lua $args >"$tmp/out" 2>&1
    is $? 64 "usage: lua $args"
done
done_testing
