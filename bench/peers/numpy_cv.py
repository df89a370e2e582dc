# SPDX-License-Identifier: Apache-2.0
"""The eight coefficients and their mean with numpy: one array of records, sums by county."""
import sys

import numpy

NAMES = "county kind owner p0 p1 t0 t1 q0 q1 m0 m1 area indoor ground equipment computers books".split()
KINDS = ("小学", "初级中学", "九年一贯制学校")
number = lambda cell: float(cell or 0)  # nobody at the stage

rows = numpy.loadtxt(
    sys.argv[1], dtype=[("county", "U6"), ("kind", "U8"), ("owner", "i1")] + [(name, "f8") for name in NAMES[3:]],
    delimiter=",", skiprows=1, usecols=[1, 4, *range(5, 20)], encoding="utf-8", comments=None,
    converters={column: number for column in range(6, 14)},
)
rows = rows[numpy.isin(rows["kind"], KINDS) & numpy.isin(rows["owner"], (7, 8))]
weight = 100 * rows["p0"] + 110 * rows["p1"]
for stage, (name, factor) in enumerate((("primary", 100), ("junior", 110))):
    here = rows[f"p{stage}"] > 0
    mine, p = rows[here], rows[f"p{stage}"][here]
    share = factor * p / weight[here]
    shared = [mine["area"] - mine["indoor"], mine["indoor"] + mine["ground"], mine["equipment"], mine["computers"], mine["books"]]
    xs = [x * share for x in shared] + [mine[f"{sort}{stage}"] for sort in "tqm"]
    counties, group = numpy.unique(mine["county"], return_inverse=True)
    total = lambda values: numpy.bincount(group, values)
    cvs = [numpy.sqrt(numpy.maximum(total(p) * total(x * x / p) / total(x) ** 2 - 1, 0)) for x in xs]
    for county, *figures in zip(counties, *cvs, sum(cvs) / 8):
        print(county, name, *map(repr, map(float, figures)), sep=",")
