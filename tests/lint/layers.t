#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Includes point down, never up or sideways: the matrix is in docs/ARCHITECTURE.md.
. "$abs_top_srcdir/tests/tap/tap.sh"

violations() { # ROOT
    (cd "$1" && find daemon plugins -name '*.[ch]' -exec \
        grep -nE '^[[:space:]]*#[[:space:]]*include[[:space:]]*["<]' /dev/null {} + |
        awk -f "$abs_top_srcdir/tests/lint/layers.awk" docs/ARCHITECTURE.md -)
}

is "$(violations "$abs_top_srcdir")" "" "every include points down"

# What must not pass, does not. Each row: file, include line, what is said about it.
plant() { # FILE INCLUDE
    rm -rf "$tmp/tree"
    mkdir -p "$tmp/tree/docs" "$tmp/tree/daemon" "$tmp/tree/plugins/include" "$tmp/tree/$(dirname "$1")"
    cp "$abs_top_srcdir/docs/ARCHITECTURE.md" "$tmp/tree/docs/"
    printf '%s\n' "$2" >"$tmp/tree/$1"
    violations "$tmp/tree"
}
refused() { like "$(plant "$1" "$2")" "^$1:1: $3" "refused: $2 in $1"; }
allowed() { is "$(plant "$1" "$2")" "" "allowed: $2 in $1"; }

refused daemon/base/x.c '#include "model/school.h"' 'base may not include model'
refused daemon/eval/x.h '#include "alert/route.h"' 'eval may not include alert'
refused daemon/store/x.c '#include "conf/tree.h"' 'store may not include conf'
refused daemon/store/x.c '# include <conf/tree.h>' 'store may not include conf'
refused daemon/poll/x.c '#include "notify/notify.h"' 'poll may not include notify'
refused daemon/conf/x.c '#include "pipeline.h"' 'conf may not include pipeline'
refused daemon/pipeline.c '#include "loop/job.h"' 'pipeline may not include loop'
refused daemon/ctl/x.c '#include "loop/job.h"' 'ctl may not include loop'
refused daemon/sandbox/x.c '#include "conf/tree.h"' 'sandbox may not include conf'
refused plugins/format_csv/x.c '#include "base/err.h"' 'plugins may not include base'
refused plugins/format_csv/x.c '#include "../../daemon/base/err.h"' 'an include does not climb'
refused daemon/eval/x.c '#include "x.h"' '"x.h" names no folder'
refused daemon/extra/x.c '#include <stdio.h>' 'folder extra has no line'
refused daemon/store/x.c '#include <uv.h>' '<uv.h> may only be'
refused daemon/pipeline.c '#include <uv.h>' '<uv.h> may only be'
refused daemon/notify/x.c '#include <curl/curl.h>' '<curl/curl.h> may only be'
refused daemon/http/x.c '#include <sqlite3.h>' '<sqlite3.h> may only be'
refused daemon/eval/x.c '#include <lua.h>' '<lua.h> may only be'
refused plugins/source_http/x.c '#include <curl/curl.h>' '<curl/curl.h> may only be'

allowed daemon/alert/x.c '#include "base/err.h"'
allowed daemon/poll/x.c '#include "loop/job.h"'
allowed daemon/main.c '#include "daemon.h"'
allowed daemon/conf/x.h '#include <junheng/plugin.h>'
allowed plugins/format_csv/x.c '#include "scan.h"'
allowed daemon/loop/x.c '#include <curl/curl.h>'

# A matrix with a cycle is refused as such.
plant daemon/base/x.c '#include <stdio.h>' >"$tmp/before"
sed 's/^base:$/base: eval/' "$abs_top_srcdir/docs/ARCHITECTURE.md" >"$tmp/tree/docs/ARCHITECTURE.md"
like "$(violations "$tmp/tree")" 'base: eval has no line above' "a cycle in the matrix is refused"
done_testing
