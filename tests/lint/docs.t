#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What people look up is there: every log event is explained, every link leads somewhere.
. "$abs_top_srcdir/tests/tap/tap.sh"

# log_event()s may span lines and choose between two names.
events() {
    find daemon plugins -name '*.c' -exec cat {} + | tr '\n' ' ' | sed 's/;/;\n/g' |
        grep 'log_event(' | grep -oE '"[a-z_]+\.[a-z_]+"' | tr -d '"' | grep -v '\.h$' | sort -u
}
unexplained() {
    for event in $(events); do
        grep -qE "^\|.*${event}[ ,].*\|.*\|.*\|" docs/operations.md || echo "$event is not in docs/operations.md"
    done
}

dead_links() {
    for page in ./*.md docs/*.md lua/*.md bench/*.md plugins/*/README.md; do
        grep -oE '\]\([^)#:]+[)#]' "$page" | sed 's/^](//; s/[)#]$//' | while read -r link; do
            [ -e "$(dirname "$page")/$link" ] || echo "$page: $link"
        done
    done
}

cd "$abs_top_srcdir" || bail "no source folder"
[ "$(events | wc -l)" -ge 12 ]
ok $? "the events are found" || diag "$(events)"
is "$(unexplained)" "" "every log event is explained"
is "$(dead_links)" "" "every link between documents leads somewhere"

mkdir -p "$tmp/tree/daemon" "$tmp/tree/plugins/x" "$tmp/tree/docs" "$tmp/tree/lua" "$tmp/tree/bench" && cd "$tmp/tree" || bail "no tree"
printf 'log_event(log, ok ? A : B,\n          ok ? "a.known" : "b.other", 1);\n' >daemon/x.c
echo '| a.known | info | words |' >docs/operations.md
for page in x.md lua/x.md bench/x.md plugins/x/README.md; do echo '[x](docs/gone.md)' >"$page"; done
is "$(unexplained)" "b.other is not in docs/operations.md" "refused: an event nobody explains"
is "$(dead_links | grep '^./x.md')" "./x.md: docs/gone.md" "refused: a link to nowhere"
done_testing
