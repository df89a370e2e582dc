#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# docs/config.md is made from the option tables; a key that changes changes the page too.
. "$abs_top_srcdir/tests/tap/tap.sh"

document=$abs_top_builddir/tests/conf/document
"$document" "$abs_top_builddir/.libs" >"$tmp/config.md" 2>"$tmp/said" || bail "$(cat "$tmp/said")"
is "$(cat "$tmp/said")" "" "every shipped plugin was found"
is "$(diff "$abs_top_srcdir/docs/config.md" "$tmp/config.md")" "" \
    "docs/config.md is up to date (make config-doc)"
like "$(cat "$tmp/config.md")" 'connect_timeout' "options of plugins are there"
done_testing
