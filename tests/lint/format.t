#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The layout of C is decided by .clang-format and by nobody else.
. "$abs_top_srcdir/tests/tap/tap.sh"

command -v clang-format >"$tmp/which" || skip_all "clang-format is not installed"
case $(clang-format --version) in
*' version 14.'*) ;;
*) skip_all "the layout is that of clang-format 14" ;;
esac

cd "$abs_top_srcdir" || bail "no source folder"
find daemon plugins tests bench demo -name '*.[ch]' 2>"$tmp/none" >"$tmp/files"
xargs clang-format --dry-run -Werror <"$tmp/files" >"$tmp/out" 2>&1
ok $? "C sources are laid out by clang-format (run: clang-format -i FILE)" ||
    diag "$(grep -E '(error|warning):' "$tmp/out" | sed 's/:.*//' | uniq -c)"

printf 'int f( void ){return 1;}\n' >"$tmp/x.c"
! clang-format --style=file --assume-filename="$abs_top_srcdir/x.c" --dry-run -Werror <"$tmp/x.c" 2>"$tmp/out"
ok $? "what is laid out otherwise is refused"
done_testing
