#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Rules of docs/CODING.md that a machine can see. Each check prints what breaks the rule in
# the tree below the current folder; each is also shown something that must not pass.
. "$abs_top_srcdir/tests/tap/tap.sh"
lint=$abs_top_srcdir/tests/lint

c_files() { find "$@" -name '*.[ch]'; }
headers() { find daemon plugins tests -name '*.h'; }
code() { c_files "$@" | xargs -r awk -f "$lint/strip.awk"; }
# By name, because builds, also those of distcheck, may lie in the tree.
text_files() {
    find .ci bench build-tools daemon docs etc lua plugins scripts tests bootstrap configure.ac \
        Makefile.am junheng.pc.in NEWS ./*.md -type f \( -name '*.[ch]' -o -name '*.sh' -o -name '*.t' \
        -o -name '*.awk' -o -name '*.lua' -o -name '*.py' -o -name '*.inc' -o -name '*.md' -o -name '*.yaml' \
        -o -name '*.in' -o -name '*.a[cm]' -o -name NEWS -o -name bootstrap -o -path 'scripts/*' \
        -o -path '.ci/*' \) 2>"$tmp/none"
}

# Rule 7, and what depends on the locale (10) or on a loop nobody owns (6).
banned='strcpy|stpcpy|strcat|sprintf|vsprintf|strtok|atoi|atol|atoll|atof|alloca|gets'
banned="$banned|setlocale|uv_default_loop|luaL_openlibs|system|tmpnam|mktemp"
banned_functions() {
    code daemon plugins tests | grep -E "(^|[^A-Za-z0-9_.>])($banned)[[:space:]]*\("
}

# It is always set, and empty where it does not hold: random_long() knows.
long_by_hand() { grep -rn --include='*.c' 'getenv("JUNHENG_LONG")' tests | grep -v '^tests/tap/random\.c:'; }

pragma_once() { headers | xargs -r grep -L '^#pragma once$'; }

# A header says in three lines or more what it is for, who owns what, which thread may call.
opening_comment() {
    for header in $(headers); do
        awk '/^#/ { exit } !/SPDX/ && /[A-Za-z]/ { n++ } END { exit n < 2 }' "$header" ||
            echo "$header: opens without saying what it is for"
    done
}

spdx() {
    text_files | grep -Ev '\.(md|yaml)$|^NEWS$|\.in$' | xargs -r awk '
        FNR == 1 { if (path != "" && !found) print path; path = FILENAME; found = 0 }
        FNR <= 3 && /SPDX-License-Identifier: Apache-2.0/ { found = 1 }
        END { if (path != "" && !found) print path }'
}

# Rule 10. Tests may feed Chinese; the daemon and its plugins take theirs from etc/.
chinese_in_c() {
    c_files daemon plugins | xargs -r awk -v strings=1 -f "$lint/strip.awk" |
        LC_ALL=C.UTF-8 grep -P '[\x{2E80}-\x{9FFF}\x{F900}-\x{FAFF}\x{FF00}-\x{FFEF}\x{20000}-\x{3FFFF}]'
}

tabs() { text_files | grep -Ev '\.(inc|am|ac|md|in)$|^NEWS$' | xargs -r grep -nP '\t'; }

trailing_space() { text_files | xargs -r grep -nE '[[:space:]]+$'; }

# Paths that are true on one machine only: homes, and wherever this tree happens to lie.
local_paths() {
    above=$(dirname "$abs_top_srcdir")
    case $above in
    / | /tmp | /var/tmp | /usr | /usr/src | /srv | /opt | /mnt | /root | /home) above= ;;
    esac
    text_files | xargs -r grep -nE "/(home|Users)/[a-z]+/${above:+|(^|[^A-Za-z0-9_./-])$above/}" |
        grep -v '^tests/lint/rules\.t:'
}

# Rule 6: objects hold no data that changes. Constants with addresses in them are in
# .data.rel.ro, which the loader closes.
mutable_data() { # OBJECT...
    objdump -t "$@" | awk '
        /file format/ { object = $1; sub(/:$/, "", object); sub(/.*\//, "", object); next }
        NF > 3 && ($(NF - 2) ~ /^\.(data|bss|tdata|tbss|data\.rel|data\.rel\.local)$/ || $(NF - 2) == "*COM*") {
            if ($NF !~ /^\./) { sub(/\.[0-9]+$/, "", $NF); print object ": " $NF }
        }' | grep -vxF -f "$lint/state.exceptions"
}

# ---- the tree --------------------------------------------------------------------------

cd "$abs_top_srcdir" || bail "no source folder"
is "$(banned_functions)" "" "no banned functions"
is "$(long_by_hand)" "" "a test asks random_long() whether it may take long"
is "$(pragma_once)" "" "every header has #pragma once"
is "$(opening_comment)" "" "every header says what it is for"
is "$(spdx)" "" "every source, script and fragment names its licence"
is "$(chinese_in_c)" "" "no Chinese in C"
is "$(tabs)" "" "no tabs"
is "$(trailing_space)" "" "no space at line ends"
is "$(local_paths)" "" "no path of one machine"

objects=$(find "$abs_top_builddir/daemon" "$abs_top_builddir/plugins" -name '*.o' 2>"$tmp/none")
if [ -n "${JUNHENG_SANITIZED-}" ]; then
    skip 1 "sanitizers add data of their own"
elif [ -z "$objects" ]; then
    skip 1 "nothing is compiled yet"
else
    # shellcheck disable=SC2086 # a list
    is "$(mutable_data $objects)" "" "no mutable data of file scope"
fi

# ---- what must not pass ----------------------------------------------------------------

mkdir -p "$tmp/tree/daemon/base" "$tmp/tree/plugins" "$tmp/tree/tests" && cd "$tmp/tree" || bail "no tree"
planted() { # FILE CONTENT CHECK NAME
    printf '%b\n' "$2" >"$1"
    [ -n "$($3)" ]
    ok $? "refused: $4"
    rm "$1"
}
x=daemon/base/x
planted $x.c 'int f(char *p) { return atoi (p); }' banned_functions "atoi()"
planted $x.c 'void f(char *p) {\n    /* a */ strcpy(p, "//"); }' banned_functions "strcpy() behind a comment"
planted tests/x.c 'int n = getenv("JUNHENG_LONG") ? 9 : 1;' long_by_hand "a test that is always long"
planted $x.h '/* SPDX */' pragma_once "a header without #pragma once"
planted $x.h '/* SPDX-License-Identifier: Apache-2.0 */\n#pragma once' opening_comment "a header without words"
planted $x.c 'int x;' spdx "a source without licence"
planted $x.c 'const char *x = "\0344\0270\0255";' chinese_in_c "Chinese in a literal"
planted $x.c '\tint x;' tabs "a tab"
planted $x.c 'int x; ' trailing_space "space at the end of a line"
planted $x.c '// see /home/somebody/notes' local_paths "a path of one machine"
printf '%b\n' '// \0344\0270\0255 strcpy(a, b)\n/*\n strcpy(a, b) */ const char *s = "strcpy(a, b) /*";' \
    'int f(void) { return my_atoi("1"); }' >$x.c
is "$(banned_functions)$(chinese_in_c)" "" "comments, literals and longer names are left alone"

planted_data() { # DECLARATION WANT NAME
    printf '%s\n' "$1" >$x.c
    ${CC-cc} -fPIC -w -c -o x.o $x.c || bail "no compiler"
    is "$(mutable_data x.o)" "$2" "$3"
}
planted_data 'int counter = 3;' 'x.o: counter' "refused: a global"
planted_data 'static int n; int f(void) { return n++; }' 'x.o: n' "refused: a file-scope static"
planted_data 'int f(void) { static int n; return n++; }' 'x.o: n' "refused: a static in a function"
planted_data 'const char *names[] = {"a"};' 'x.o: names' "refused: a table that forgot its second const"
planted_data 'int f(void); int (*const t[])(void) = {f}; const char *const s[] = {"a"};' '' "allowed: constant tables"
cd / || exit 1
done_testing
