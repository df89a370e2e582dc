#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Functions have at most 60 lines, files 600. size.exceptions may allow up to 100 and
# 1,000; it only shrinks: an entry that is no longer needed, or allows more than is there,
# must go. Tests keep the hard limits only.
. "$abs_top_srcdir/tests/tap/tap.sh"

sizes() { # ROOT FOLDER...
    (cd "$1" && shift && find "$@" -name '*.[ch]' -exec awk -f "$abs_top_srcdir/tests/lint/size.awk" {} +)
}

# judge EXCEPTIONS <sizes: an exception is "file function lines why", or "file - lines why"
judge() {
    awk -v exceptions="$1" '
    BEGIN {
        while ((getline row < exceptions) > 0) {
            if (row ~ /^(#|$)/) continue
            split(row, f, " ")
            allow[f[1] " " f[2]] = f[3]
            if (f[4] == "") print f[1] ": " f[2] ": an exception says why"
        }
    }
    {
        key = $1 " " $2
        soft = $2 == "-" ? 600 : 60
        hard = $2 == "-" ? 1000 : 100
        what = $2 == "-" ? $1 : $1 ": " $2 "()"
        seen[key] = 1
        if ($3 > hard) print what " has " $3 " lines, never more than " hard
        else if (key in allow && $3 <= soft) print what ": no longer needs its exception"
        else if (key in allow && $3 < allow[key]) print what ": has shrunk to " $3 ", so should its exception"
        else if ($3 > (key in allow ? allow[key] : soft)) print what " has " $3 " lines, at most " (key in allow ? allow[key] : soft)
    }
    END { for (key in allow) if (!(key in seen)) print key ": exception for what is not there" }'
}

exceptions=$abs_top_srcdir/tests/lint/size.exceptions
sizes "$abs_top_srcdir" daemon plugins >"$tmp/sizes"
is "$(judge "$exceptions" <"$tmp/sizes")" "" "functions and files are short"
sizes "$abs_top_srcdir" tests | awk '$3 > ($2 == "-" ? 1000 : 100)' >"$tmp/long"
is "$(cat "$tmp/long")" "" "no function of a test has more than 100 lines, no file 1,000"
awk '$2 != "-" { n++; if ($3 > 15) over++ } END { printf "# %d functions, %d longer than 15 lines\n", n, over }' "$tmp/sizes"

# The measure itself, and each complaint.
mkdir "$tmp/daemon"
{
    printf 'struct s {\n    int a;\n};\n\nstatic const int t[] = {\n    1,\n};\n\n'
    printf 'static int\nlong_one(int a,\n         int b)\n{\n'
    seq 70 | sed 's/.*/    call(&);/'
    printf '}\n\n/* a comment (with brackets) */\nvoid short_one(void)\n{\n    x();\n}\n'
} >"$tmp/daemon/x.c"
is "$(sizes "$tmp" daemon)" "daemon/x.c long_one 70
daemon/x.c short_one 1
daemon/x.c - 89" "functions and files are measured"

said() { sizes "$tmp" daemon | judge "$tmp/exceptions"; }
: >"$tmp/exceptions"
is "$(said)" "daemon/x.c: long_one() has 70 lines, at most 60" "too long is refused"
echo 'daemon/x.c long_one 70 a table in code' >"$tmp/exceptions"
is "$(said)" "" "an exception allows it"
echo 'daemon/x.c long_one 80 a table in code' >"$tmp/exceptions"
like "$(said)" 'has shrunk to 70' "an exception shrinks with its function"
echo 'daemon/x.c long_one 70' >"$tmp/exceptions"
like "$(said)" 'says why' "an exception has a reason"
printf 'daemon/x.c long_one 70 why\ndaemon/x.c short_one 70 why\ndaemon/y.c f 70 why\n' >"$tmp/exceptions"
like "$(said)" 'short_one\(\): no longer needs' "an exception without need is refused"
like "$(said)" 'daemon/y.c f: exception for what is not there' "so is one without a function"
seq 101 | sed 's/.*/    call(&);/; 1s/^/void f(void)\n{\n/; $s/$/\n}/' >"$tmp/daemon/x.c"
echo 'daemon/x.c f 101 why' >"$tmp/exceptions"
like "$(said)" 'never more than 100' "no exception allows more than 100 lines"
done_testing
