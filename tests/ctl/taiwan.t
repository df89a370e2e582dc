#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Real files as an office publishes them: eight years of every primary school of 22 counties,
# against CVs that were computed elsewhere in exact rationals. The yardstick does not apply to
# these counties; this shows the machinery on real numbers and is no finding about them.
. "$abs_top_srcdir/tests/tap/tap.sh"

data=$JUNHENG_SHARED/data/taiwan
[ -r "$data/cv_reference_by_county.csv" ] || skip_all "the data is not here"
cd "$tmp" || bail "no folder"

grades() { # WHAT...: a list of columns over six grades
    for what; do for grade in 1 2 3 4 5 6; do printf '%s年級%s, ' "$grade" "$what"; done; done
}
mapping() { # FILE EXTRA-LINE
    cat >"$1" <<END
columns:
  county_code: {column: 縣市代碼, map: {"19": "06", "21": "11", "50": "12"}}
  county_name: 縣市名稱
  school_code: 學校代碼
  school_name: 學校名稱
  pupils_primary: [$(grades 男學生數 女學生數)]
  teachers_primary: [男專任教師, 女專任教師]
  classes_primary: [$(grades 班級數)]
$2
defaults: {kind: primary}
END
}
mapping plain.yaml ""
mapping dated.yaml "  round: {column: 學年度, add: 1911}"

standard() { # FILE EXCLUDE
    cat >"$1" <<END
standard: trial
title: trial
effective: 2012-01-01
rounding: {value: 2, cv: 3, compare: form}
population: {campus: merge$2}
indicators:
  - {id: teachers_per_100, title: teachers, numerator: teachers, per: 100, split: false}
  - {id: classes_per_100, title: classes, numerator: classes, per: 100, split: false}
cv_rule: {applies_to: composite, primary: 0.65}
END
}
standard all.yaml ""
standard ge50.yaml ", exclude: [{kind: primary, pupils_below: 50, reason: small}]"

# One line a county, round and indicator: name year population indicator mean cv
figures() { # POPULATION FILE.json
    python3 - "$1" "$2" <<'END'
import json, sys
d = json.load(open(sys.argv[2]))
for county in d["counties"]:
    for stage in county["stages"]:
        for i in stage["indicators"]:
            print(county["name"], d["round"], sys.argv[1], i["id"], i["mean"], i["cv"])
END
}
for year in 103 104 105 106 107 108 109 110; do
    for population in all ge50; do
        set -- --columns plain.yaml --round $((year + 1911))
        [ "$year" -lt 110 ] || set -- --columns dated.yaml
        "$abs_top_builddir/junhengctl" evaluate --standard "$population.yaml" --format json "$@" \
            "$data/basec_$year.csv" >out.json 2>err || { diag "$(cat err)"; bail "$year is refused"; }
        figures "$population" out.json >>ours
    done
done
is "$(cut -d " " -f 2 ours | sort -u | wc -l)" 8 "eight years are evaluated"

awk -F '[ ,]' '
    function near(a, b, e) { return a - b <= e && b - a <= e }
    FNR == NR { mean[$1, $2, $3, $4] = $5; cv[$1, $2, $3, $4] = $6; next }
    FNR > 1 {
        n++
        key = $3 SUBSEP $2 SUBSEP $4 SUBSEP $5
        if (!(key in cv)) { print "absent:", $0; next }
        if (!near(cv[key], $9, 1e-6) || !near(mean[key], $8, 1e-5)) print "differs:", $0, cv[key], mean[key]
    }
    END { print n }' ours "$data/cv_reference_by_county.csv" >compared
is "$(cat compared)" 704 "704 means and CVs agree"
done_testing
