# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# The shell twin of tap.h. A test begins with `. "$abs_top_srcdir/tests/tap/tap.sh"` and
# ends with `done_testing`. $tmp is a fresh folder, removed at the end.

tap_count=0
tap_failed=0
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM

# ok STATUS NAME: as in `grep -q x file; ok $? "x is there"`
ok() {
    tap_count=$((tap_count + 1))
    if [ "$1" -eq 0 ]; then
        printf 'ok %d - %s\n' "$tap_count" "$2"
    else
        tap_failed=$((tap_failed + 1))
        printf 'not ok %d - %s\n' "$tap_count" "$2"
        return 1
    fi
}

# diag TEXT: lines for the reader, never taken for results
diag() { printf '%s\n' "$1" | sed 's/^/# /'; }

# is GOT WANT NAME
is() {
    [ "$1" = "$2" ]
    ok $? "$3" || {
        diag "got:  $1"
        diag "want: $2"
        return 1
    }
}

# like TEXT REGEX NAME: an extended regular expression matches somewhere in TEXT
like() {
    printf '%s\n' "$1" | grep -Eq -e "$2"
    ok $? "$3" || {
        diag "text: $1"
        diag "does not match: $2"
        return 1
    }
}

# skip N WHY
skip() {
    tap_left=$1
    while [ "$tap_left" -gt 0 ]; do
        tap_count=$((tap_count + 1))
        tap_left=$((tap_left - 1))
        printf 'ok %d # SKIP %s\n' "$tap_count" "$2"
    done
}

# skip_all WHY: nothing here can run on this machine
skip_all() {
    printf '1..0 # SKIP %s\n' "$1"
    exit 0
}

bail() {
    printf 'Bail out! %s\n' "$1"
    exit 99
}

done_testing() {
    printf '1..%d\n' "$tap_count"
    [ "$tap_failed" -eq 0 ] && [ "$tap_count" -gt 0 ]
    exit
}
