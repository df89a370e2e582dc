#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The eight coefficients and their mean with SQLite: the columns typed, the database in memory.
names="round county school name kind owner p0 p1 t0 t1 q0 q1 m0 m1 area indoor ground equipment computers books"
typed=$(echo "$names" | sed 's/\([^ ]*\)/\1 NUMERIC/g; s/county NUMERIC/county TEXT/; s/ \([a-z]\)/, \1/g; s/, NUMERIC/ NUMERIC/g')

stage() { # NUMBER NAME WEIGHT
    w="$3 * p$1 / (100.0 * ifnull(nullif(p0, ''), 0) + 110.0 * ifnull(nullif(p1, ''), 0))"
    echo "SELECT county, '$2' AS stage, p$1 AS p, (area - indoor) * $w AS x1, (indoor + ground) * $w AS x2,
        equipment * $w AS x3, computers * $w AS x4, books * $w AS x5, t$1 * 1.0 AS x6, q$1 * 1.0 AS x7, m$1 * 1.0 AS x8
        FROM s WHERE owner IN (7, 8) AND kind IN ('小学', '初级中学', '九年一贯制学校') AND p$1 > 0 AND p$1 <> ''"
}
cvs=
for k in 1 2 3 4 5 6 7 8; do
    cvs="$cvs, sqrt(max(sum(p) * sum(x$k * x$k / p) / (sum(x$k) * sum(x$k)) - 1, 0)) AS c$k"
done
sqlite3 :memory: <<SQL
CREATE TABLE s ($typed);
.mode csv
.import --skip 1 '$1' s
SELECT *, (c1 + c2 + c3 + c4 + c5 + c6 + c7 + c8) / 8 FROM (
    SELECT county, stage$cvs FROM ($(stage 0 primary 100) UNION ALL $(stage 1 junior 110)) GROUP BY 1, 2);
SQL
