#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The nation in one file (300,000 invented schools in 3,000 counties) through
# `junhengctl evaluate`, against what else one might use, run in turn on the same machine.
# Ratios are junheng / peer, medians of RUNS (5); under 1 is faster. Only ratios mean anything.
# A peer that is not installed is left out.
set -eu
cd "$(dirname "$0")/.."

build=${BUILD:-build}
runs=${RUNS:-5}
dir=$build/bench-data
file=$dir/national.csv
mkdir -p "$dir"
[ -s "$file" ] || "$build/junheng-generate" --national --out "$dir"

ours() { "$build/junhengctl" evaluate --standard basic-2012 --format csv "$file"; }
count_lines() { wc -l "$file"; }

# The eight coefficients of the primary stage by the identity P * sum(x*x/P) / sum(x)^2 - 1,
# without combined schools, checks, missing data or the junior stage: less than half of the work.
awk_program='NR > 1 && $5 == "小学" && $6 == 7 {
    c = $2; p = $7; n[c] += p
    x[1] = $15 - $16; x[2] = $16 + $17; x[3] = $18; x[4] = $19
    x[5] = $20; x[6] = $9; x[7] = $11; x[8] = $13
    for (k = 1; k <= 8; k++) { s[c, k] += x[k]; q[c, k] += x[k] * x[k] / p }
}
END {
    for (c in n) {
        sum = 0
        for (k = 1; k <= 8; k++) { v = n[c] * q[c, k] / (s[c, k] * s[c, k]) - 1; sum += sqrt(v > 0 ? v : 0) }
        print c, sum / 8
    }
}'
with_mawk() { mawk -F, "$awk_program" "$file"; }
with_sqlite() {
    sqlite3 :memory: ".mode csv" ".import $file s" "SELECT 行政区划代码, sum(小学在校生数), sum(图书册数),
        sum(图书册数 * 1.0 * 图书册数 / 小学在校生数) FROM s WHERE 办学类型 = '小学' GROUP BY 1"
}
with_pandas() { python3 -c "import pandas, sys; d = pandas.read_csv(sys.argv[1]); print(d.groupby('行政区划代码').sum(numeric_only=True))" "$file"; }

peers=count_lines
! command -v mawk >/dev/null || peers="$peers with_mawk"
! command -v sqlite3 >/dev/null || peers="$peers with_sqlite"
! python3 -c 'import pandas' 2>/dev/null || peers="$peers with_pandas"

# seconds COMMAND: wall clock of one run
seconds() {
    start=$(date +%s%N)
    "$1" >/dev/null
    echo "$start $(date +%s%N)" | awk '{ printf "%.4f\n", ($2 - $1) / 1e9 }'
}
median() { sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

rm -f "$dir"/*.times
run=0
while [ $run -lt "$runs" ]; do
    for what in ours $peers; do
        seconds "$what" >>"$dir/$what.times"
    done
    run=$((run + 1))
done
printf '%-14s %10s %8s\n' what seconds ratio
for what in ours $peers; do
    printf '%-14s %10s %8s\n' "$what" "$(median "$dir/$what.times")" \
        "$(echo "$(median "$dir/ours.times") $(median "$dir/$what.times")" | awk '{ printf "%.2f", $1 / $2 }')"
done
