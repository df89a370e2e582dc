#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A county that is missing from the newest file keeps its last verdict. Every list says of which
# round that is, or a pass of years ago would be read as one of today.
# shellcheck disable=SC2317 # some functions are called by wait_for only
. "$abs_top_srcdir/tests/tap/tap.sh"
. "$abs_top_srcdir/tests/e2e/lib.sh"

books_standard
{
    base_conf
    cat <<END
standards: {dir: standards, use: [books]}
sources:
  - {name: one, plugin: file, format: csv, path: $tmp/one.csv, interval: 1d}
  - {name: far, plugin: file, format: csv, path: $tmp/far.csv, interval: 1d}
END
    spool_conf
} >"$conf"
table() { # ROUND COUNTY...
    echo round,county_code,county_name,school_code,kind,pupils_primary,books
    round=$1
    shift
    for county; do
        echo "$round,$county,Qingshi,${county}1,primary,100,100"
        echo "$round,$county,Qingshi,${county}2,primary,100,100"
    done
}
table 2020 990101 990102 >"$tmp/one.csv"
table 2019 880101 >"$tmp/far.csv"
start_daemon
wait_for 20 has_logged 'round.evaluated source=one round=2020' && wait_for 20 has_logged 'round.evaluated source=far'
ok $? "a round of three counties, from two sources"
is "$(of /api/v1/status "data['counties']['behind']")" 0 "all are in the newest round of their source"
table 2021 990101 >"$tmp/one.csv"
wait_for 20 junhengctl poll one
wait_for 20 has_logged 'round.evaluated source=one round=2021'
ok $? "the next round comes without one of them" || diag "$(tail -n 5 "$log")"

seen() { # CODE KEY
    of /api/v1/counties "[c['standards'][0]['$2'] for c in data if c['code'] == '$1'][0]"
}
is "$(seen 990101 round) $(seen 990101 newest_round) $(seen 990101 behind)" "2021 2021 False" "who is in it is not behind"
is "$(seen 990102 round) $(seen 990102 newest_round) $(seen 990102 behind)" "2020 2021 True" "who is not, is"
is "$(seen 880101 round) $(seen 880101 newest_round) $(seen 880101 behind)" "2019 2021 False" \
    "who is of another source that has delivered nothing newer is not, but shows its round"
is "$(of /api/v1/counties/990102 "data['behind']")" True "the county itself says so too"
like "$(junhengctl counties | grep '^990102')" '2020 +2021 +BEHIND +pass \(of 2020\)' "junhengctl marks it"
like "$(junhengctl counties | grep '^990101')" '2021 +2021 +pass +complete' "and only it"
is "$(of /api/v1/status "data['counties']['behind']")" 1 "status counts it"
like "$(junhengctl status)" '1 of them behind' "in words"
like "$(api /metrics)" 'junheng_counties_behind\{standard="books"\} 1' "so does the metric"

# ---- a source that says what it covers, and never had the county ------------------------------
sed "s|{name: one,|{name: one, covers: [\"88\"],|" "$conf" >"$tmp/new" && cp "$tmp/new" "$conf"
junhengctl reload >>"$tmp/none"
is "$(seen 880101 behind)" True "a source that covers it has delivered a newer round without it"
stop_daemon
ok $? "the daemon ends well"
done_testing
