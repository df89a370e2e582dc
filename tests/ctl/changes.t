#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Over a change of codes a county is compared with what it came of, and no region counts it twice.
. "$abs_top_srcdir/tests/tap/tap.sh"

ctl=$abs_top_builddir/junhengctl
cd "$tmp" || bail "no folder"
head='round,county_code,school_code,kind,pupils_primary,pupils_junior,books'
rows() { for i in $3; do echo "$1,$2,S$i,nine_year,100,100,100"; done; }
{ echo "$head" && rows 2022 990101 "1 2 3" && rows 2022 990102 "11 12 13"; } >then.csv
{ echo "$head" && rows 2023 990103 "1 2 3 11 12"; } >now.csv
{ echo "$head" && rows 2023 990109 "21 22"; } >other.csv
printf 'date,kind,from,to,document\n2023-07-01,merge,990101;990102,990103,Order 5\n' >changes.csv
json() { python3 -c "import json; d = json.load(open('out.json')); $1"; }
evaluate() { "$ctl" evaluate --standard basic-2012 --format json "$@" >out.json 2>err; }
county() { json "c = d['counties'][0]; print(c['incomplete'], c.get('boundary_change'))"; }

evaluate then.csv now.csv
is "$(county)" "[] None" "without the table nobody knows what it came of"
evaluate --division-changes changes.csv then.csv now.csv
is "$(county)" "['vanished'] {'kind': 'merge', 'date': '2023-07-01', 'from': ['990101', '990102'], 'to': ['990103'], 'document': 'Order 5'}" \
    "with it a school is missed, and the county is marked"
evaluate --division-changes changes.csv now.csv
is "$(county | cut -c1-20)" "[] {'kind': 'merge'," "the first round after it is marked without the one before, too"

rollup() { "$ctl" rollup --standard basic-2012 --format json --level nation "$@" >out.json 2>err; }
rollup --division-changes changes.csv then.csv now.csv
is "$(json "c = d['regions'][0]['counties']; print(c['total'], c['verdict']['compared'])")" "1 1" "a merged county counts once, and is compared"
rollup --division-changes changes.csv then.csv other.csv
is "$(json "c = d['regions'][0]['counties']; print(c['total'], c['verdict']['compared'])")" "2 1" "one that is silent counts once, as unknown"
rollup then.csv now.csv
is "$(json "print(d['regions'][0]['counties']['total'])")" 3 "without the table there are three"

printf 'date,kind,from,to,document\n2023,join,1;2,3,\n' >bad.csv
"$ctl" evaluate --standard basic-2012 --division-changes bad.csv now.csv >out 2>err
is "$?:$(wc -c <out)" "2:0" "a bad table is refused"
like "$(cat err)" 'bad.csv:2:6: expected code, rename, merge' "… at its place"
done_testing
