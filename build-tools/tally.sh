#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tally.sh BUILD_DIR [STATUS]: sums up what `make check` left in BUILD_DIR/tests: a line per folder,
# every failure, and last of all "N passed, N failed[, N skipped]". Exits 1 on a failure.
# STATUS is what `make check` exited with: if it failed although no test did, that counts.
set -eu
cd "$1"

# The driver writes a line "PASS: tests/base/test_err 3 - name" for each result.
# shellcheck disable=SC2016 # awk's dollars
{ echo /dev/null; find tests -name '*.log' | LC_ALL=C sort; } | xargs awk -v status="${2:-0}" '
    FNR == 1 {
        folder = FILENAME
        sub(/\/[^\/]*$/, "", folder)
        if (!(folder in known)) { known[folder] = 1; order[++folders] = folder }
        fails_here = 0
    }
    !/^(PASS|XFAIL|SKIP|FAIL|XPASS|ERROR): tests\// { next }
    $1 == "PASS:" || $1 == "XFAIL:" { passed[folder]++; good++; next }
    $1 == "SKIP:" { skipped[folder]++; skips++; notes = notes "  " $0 "\n"; next }
    # A program that failed a test exits with 1, which its driver reports once more.
    /- exited with status 1$/ && fails_here { next }
    { failed[folder]++; bad++; fails_here++; notes = notes "  " $0 "\n" }
    END {
        for (i = 1; i <= folders; i++) {
            f = order[i]
            printf "  %-18s %5d passed", f, passed[f]
            if (failed[f]) printf "  %d FAILED", failed[f]
            if (skipped[f]) printf "  %d skipped", skipped[f]
            printf "\n"
        }
        if (status && !bad) { bad++; notes = notes "  FAIL: make check exited with " status "\n" }
        if (notes != "") printf "\n%s", notes
        printf "\n%d passed, %d failed", good, bad
        if (skips) printf ", %d skipped", skips
        printf "\n"
        exit bad > 0
    }'
