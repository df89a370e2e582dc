#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A plugin of somebody else must build from what is installed, and from nothing else.
. "$abs_top_srcdir/tests/tap/tap.sh"
fetch=$abs_top_builddir/tests/loop/fetch
export ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0"
umask 022

command -v pkg-config >"$tmp/which" || skip_all "pkg-config is not installed"
stage=$tmp/stage
make -C "$abs_top_builddir" install-pkgincludeHEADERS install-pkgconfigDATA DESTDIR="$stage" \
    >"$tmp/install.log" 2>&1
ok $? "the header and junheng.pc are installed" || diag "$(tail -n 5 "$tmp/install.log")"

pc=$(find "$stage" -name junheng.pc)
PKG_CONFIG_PATH=$(dirname "$pc")
PKG_CONFIG_SYSROOT_DIR=$stage
PKG_CONFIG_ALLOW_SYSTEM_CFLAGS=1
export PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR PKG_CONFIG_ALLOW_SYSTEM_CFLAGS
cflags=$(pkg-config --cflags junheng)
like "$cflags" "-I$stage/" "pkg-config says where the header is"
plugindir=$(unset PKG_CONFIG_SYSROOT_DIR; pkg-config --variable=plugindir junheng)
like "$plugindir" '^/.*/junheng$' "and where plugins go: $plugindir"

dir=$stage$plugindir
mkdir -p "$dir" "$tmp/src" && chmod 755 "$dir"
cp "$abs_top_srcdir/tests/plugins/sample/source_sample.c" "$tmp/src/"
# shellcheck disable=SC2086 # lists of flags
(cd "$tmp/src" && ${CC-cc} -std=c11 -Wall -Wextra -Wpedantic -Werror -shared -fPIC $cflags \
    -o "$dir/source_sample.so" source_sample.c) >"$tmp/cc.log" 2>&1
ok $? "the sample builds from the installed header alone" || diag "$(cat "$tmp/cc.log")"
printf '#include <junheng/plugin.h>\nint main() { return JH_ABI - 1; }\n' >"$tmp/src/x.cc"
if command -v c++ >"$tmp/which"; then
    # shellcheck disable=SC2086
    c++ -std=c++11 -Wall -fsyntax-only $cflags "$tmp/src/x.cc" >"$tmp/cc.log" 2>&1
    ok $? "the header is C++ too" || diag "$(cat "$tmp/cc.log")"
else
    skip 1 "no C++ compiler"
fi

run() { "$fetch" "$dir" sample "$@" 2>&1; }
like "$(run text=a,b copies=3)" '^body sample.csv 9: a,ba,ba,b$' "loaded, opened, polled: its body arrives"
like "$(run text=a,b copies=3)" 'debug sample.fetch name=probe text=copying' "it can log"
like "$(run text="$(seq 200 | tr -d '\n')" copies=1)" '^failed -1: text is longer than 100 bytes$' "it can refuse"
chmod o+w "$dir/source_sample.so"
like "$(run text=a copies=1)" 'source_sample.so: refused: everybody may write' "not when everybody may write it"
done_testing
