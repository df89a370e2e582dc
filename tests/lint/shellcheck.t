#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Shell scripts are read by shellcheck.
. "$abs_top_srcdir/tests/tap/tap.sh"

command -v shellcheck >"$tmp/which" || skip_all "shellcheck is not installed"

cd "$abs_top_srcdir" || bail "no source folder"
find bootstrap scripts .ci build-tools tests bench -type f \( -name '*.sh' -o -name '*.t' \
    -o -path 'bootstrap' -o -path 'scripts/*' -o -path '.ci/*' \) 2>"$tmp/none" >"$tmp/files"
xargs grep -lE '^#!.*sh|shellcheck shell=' <"$tmp/files" >"$tmp/scripts"
# The TAP helper is found at run time; abs_top_srcdir and friends come from the Makefile.
xargs shellcheck -f gcc -e SC1090,SC1091,SC2015,SC2016,SC2154 <"$tmp/scripts" >"$tmp/out"
ok $? "$(wc -l <"$tmp/scripts") scripts are clean" || diag "$(head -n 40 "$tmp/out")"

printf '#!/bin/sh\nrm -rf $1/*\n' >"$tmp/x.sh"
! shellcheck "$tmp/x.sh" >"$tmp/out"
ok $? "an unquoted variable is refused"
done_testing
