#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Statistics of an invented nation: the same bytes for the same seed, everywhere.

    nation.py FILE              300,000 schools of 3,000 counties, county by county
    nation.py --shuffle FILE    the same rows in no order
    nation.py --split DIR       the same rows, a file for each county

Counties have 10 to 562 schools, half of them 89 or fewer. Schools are primary, junior or of nine years;
some are teaching points, special or private, which a standard leaves out. No cell is missing, so every
program that can add and divide comes to the same figures.
"""
import argparse
import os
import random

COUNTIES, SCHOOLS, LEAST, MEDIAN, MOST = 3000, 300_000, 10, 89, 562
HEADER = (
    "统计年份,行政区划代码,学校标识码,学校名称,办学类型,举办者类型,小学在校生数,初中在校生数,"
    "小学专任教师数,初中专任教师数,小学高于规定学历教师数,初中高于规定学历教师数,"
    "小学中级及以上职称教师数,初中中级及以上职称教师数,教学及辅助用房面积(㎡),室内体育用房面积(㎡),"
    "运动场地面积(㎡),教学仪器设备值(万元),计算机台数,图书册数"
)
PLACES = "东风 和平 建设 青山 白石 长河 双桥 柳林 新华 南湖 北关 松岭 桃源 金沙 红星 清泉".split()
KINDS = ("小学", "初级中学", "九年一贯制学校", "教学点", "特殊教育学校")
SHARES = (58, 80, 90, 97, 100)


def county_sizes(rng):
    """Sizes with the least, the median and the most asked for, SCHOOLS in all."""
    half = COUNTIES // 2
    small = [LEAST + round((MEDIAN - LEAST) * rng.random() ** 0.35) for _ in range(half - 1)] + [LEAST]
    large = [MEDIAN + round((MOST - MEDIAN) * rng.random() ** 9) for _ in range(half - 2)] + [MEDIAN, MOST]
    left = SCHOOLS - sum(small) - sum(large)
    while left:
        i = rng.randrange(half - 2)
        sizes, least, most = (large, MEDIAN, MOST) if left > 0 else (small, LEAST, MEDIAN)
        step = max(-10, min(10, left, most - sizes[i]), least - sizes[i])
        sizes[i] += step
        left -= step
    sizes = small + large
    rng.shuffle(sizes)
    return sizes


def amounts(rng, wealth, stages, pupils):
    """Teachers of three sorts per stage, then areas (in hundredths), equipment, computers, books."""
    each = lambda mean: wealth * mean * (0.6 + 0.8 * rng.random())
    teachers = [round(pupils[s] * each((0.060, 0.078)[s])) + 1 if s in stages else "" for s in (0, 1)]
    qualified = [int(t * (0.7 + 0.25 * rng.random())) if t else "" for t in teachers]
    titled = [int(t * (0.3 + 0.4 * rng.random())) if t else "" for t in teachers]
    everybody = sum(pupils[s] for s in stages)
    hundredths = [int(everybody * each(m) * 100) for m in (5.2, 0.4, 8.0, 0.21)]
    hundredths[0] += hundredths[1]
    areas = ["%d.%02d" % divmod(v, 100) for v in hundredths]
    return teachers + qualified + titled + areas + [int(everybody * each(m)) for m in (0.13, 26)]


def county_rows(rng, county, first, n):
    """The rows of one county, in order of school code."""
    code = "%02d%02d%02d" % (11 + county // 60, 1 + county // 20 % 3, 1 + county % 20)
    place = PLACES[county % len(PLACES)]
    wealth = 0.7 + 0.6 * rng.random()
    for i in range(n):
        pick = rng.random() * 100
        kind = next(k for k, share in enumerate(SHARES) if pick < share)
        if i < 2:
            kind = i  # a primary and a junior school everywhere
        owner = 7 if i < 2 or rng.random() < 0.94 else 10
        stages = ((0,), (1,), (0, 1), (0,), (0,))[kind]
        size = (600, 700, 500, 30, 60)[kind]
        pupils = [int(size * (0.3 + 1.4 * rng.random())) if s in stages else "" for s in (0, 1)]
        town, village = PLACES[i * 7 % len(PLACES)], PLACES[i % len(PLACES)]
        name = "%s县%s镇%s第%d%s" % (place, town, village, i // len(PLACES) + 1, KINDS[kind])
        cells = [2024, code, "21%08d" % (first + i), name, KINDS[kind], owner, *pupils]
        yield ",".join(map(str, cells + amounts(rng, wealth, stages, pupils)))


def write(path, rows):
    with open(path, "w", encoding="utf-8", newline="\n") as out:
        out.write(HEADER + "\n")
        out.writelines(row + "\n" for row in rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shuffle", action="store_true", help="rows in no order")
    parser.add_argument("--split", action="store_true", help="TO is a folder: a file for each county")
    parser.add_argument("to", metavar="TO")
    args = parser.parse_args()
    rng = random.Random(args.seed)
    counties, first = [], 0
    for county, n in enumerate(county_sizes(rng)):
        counties.append(list(county_rows(rng, county, first, n)))
        first += n
    if args.split:
        os.makedirs(args.to, exist_ok=True)
        for county, rows in enumerate(counties):
            write(os.path.join(args.to, "%04d.csv" % county), rows)
        return
    rows = [row for county in counties for row in county]
    if args.shuffle:
        rng.shuffle(rows)
    write(args.to, rows)


main()
