#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# junheng-lua is started by others; somebody who starts it by hand is told so, and it ends.
. "$abs_top_srcdir/tests/tap/tap.sh"
lua=$abs_top_builddir/junheng-lua

out=$("$lua" 2>&1)
is $? 64 "without a socket it does not start"
like "$out" "junhengctl lua test" "and says what to do instead"
"$lua" /etc/passwd >"$tmp/out" 2>&1
is $? 64 "nor with a file"
"$lua" 3<"$tmp/out" >"$tmp/out2" 2>&1
is $? 64 "nor with a descriptor that is no socket"
out=$("$lua" --version)
is $? 0 "--version"
like "$out" '^junheng-lua [0-9.]+ \(protocol 1\)$' "tells the protocol"
done_testing
