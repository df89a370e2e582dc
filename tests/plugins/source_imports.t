#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The sources take nothing from the executable: all they lack comes from versioned libraries.
. "$abs_top_srcdir/tests/tap/tap.sh"

[ -z "${JUNHENG_SANITIZED-}" ] || skip_all "a sanitizer's runtime is in the program"
command -v nm >"$tmp/which" || skip_all "nm is not installed"

for plugin in source_http source_file source_folder source_junheng; do
    so=$abs_top_builddir/.libs/$plugin.so
    nm -D --undefined-only "$so" >"$tmp/undefined" || bail "nm failed on $plugin"
    is "$(awk '$1 == "U" && $2 !~ /@(GLIBC|OPENSSL)_/ { print $2 }' "$tmp/undefined")" "" \
        "$plugin imports from libc and libcrypto only"
    is "$(nm -D --defined-only "$so" | awk '{ print $3 }')" "junheng_plugin" "$plugin exports one symbol"
done
done_testing
