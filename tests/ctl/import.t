#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A list of certifications is read before anybody is asked: its mistakes have a place, and
# without a daemon it is the daemon that is missed.
. "$abs_top_srcdir/tests/tap/tap.sh"
ctl=$abs_top_builddir/junhengctl

import() { "$ctl" certify --socket "$tmp/none.sock" --by clerk --reason trial --import "$tmp/$1" 2>&1; }

printf 'county,standard,date\n340103,basic-2012,2014-12-31\n' >"$tmp/good.csv"
out=$(import good.csv)
is $? 3 "a good list and no daemon"
like "$out" "^junhengctl: .*none\.sock" "it is the socket that is told"
printf 'county,standart,date\n340103,basic-2012,2014-12-31\n' >"$tmp/slip.csv"
out=$(import slip.csv)
is $? 2 "a slip in a column's name"
like "$out" "^junhengctl: $tmp/slip.csv:1:8: unknown column \"standart\"" "is told with its place"
printf 'county,standard,date\n' >"$tmp/none.csv"
like "$(import none.csv)" "no certifications in the file" "a list of nothing"
printf 'county,"standard,date\n' >"$tmp/quote.csv"
like "$(import quote.csv)" "^junhengctl: $tmp/quote.csv:1:8: quote opened here is never closed" "a broken table"
done_testing
