# SPDX-License-Identifier: Apache-2.0
"""The eight coefficients and their mean with pandas: only the columns that count are read, with their types."""
import sys

import numpy
import pandas

NAMES = "round county school name kind owner p0 p1 t0 t1 q0 q1 m0 m1 area indoor ground equipment computers books".split()
NUMBERS = {name: "float64" for name in NAMES[6:]}
KINDS = ("小学", "初级中学", "九年一贯制学校")

rows = pandas.read_csv(
    sys.argv[1], header=0, names=NAMES, usecols=[1, *range(4, 20)],
    dtype={"county": "category", "kind": "category", "owner": "int8", **NUMBERS},
)
rows = rows[rows.kind.isin(KINDS) & rows.owner.isin((7, 8))]
weight = 100 * rows.p0.fillna(0) + 110 * rows.p1.fillna(0)
results = []
for stage, (name, factor) in enumerate((("primary", 100), ("junior", 110))):
    mine = rows[rows[f"p{stage}"] > 0]
    p = mine[f"p{stage}"]
    share = factor * p / weight[mine.index]
    shared = [mine.area - mine.indoor, mine.indoor + mine.ground, mine.equipment, mine.computers, mine.books]
    xs = [x * share for x in shared] + [mine[f"{sort}{stage}"] for sort in "tqm"]
    table = pandas.DataFrame({"p": p, **{f"x{k}": x for k, x in enumerate(xs)}, **{f"q{k}": x * x / p for k, x in enumerate(xs)}})
    sums = table.groupby(mine.county.cat.remove_unused_categories(), observed=True).sum()
    cv = pandas.DataFrame({f"c{k}": numpy.sqrt((sums.p * sums[f"q{k}"] / sums[f"x{k}"] ** 2 - 1).clip(lower=0)) for k in range(8)})
    cv["composite"] = cv.mean(axis=1)
    cv.insert(0, "stage", name)
    results.append(cv)
pandas.concat(results).to_csv(sys.stdout, header=False)
