#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What would fail at night is found when the configuration is checked: who is never told, routes that
# match nothing, and every message that could not be worded; each with its place.
. "$abs_top_srcdir/tests/tap/tap.sh"
export JUNHENG_PLUGIN_DIR="$abs_top_builddir/.libs"
cd "$tmp" || bail "no folder"
check() { "$abs_top_builddir/junhengctl" check -c junheng.yaml 2>&1; }

printf 'code,name,parent\n34,皖,\n3401,合肥,34\n340103,庐阳,3401\n' >divisions.csv
good() {
    cat <<'END'
divisions: divisions.csv
standards: {use: [basic-2012, quality-2017]}
channels:
  - {name: spool, plugin: spool, path: spool}
  - {name: hook, plugin: webhook, url: "http://127.0.0.1:9/"}
offices:
  - {id: luyang, level: county, covers: ["340103"], channels: [spool]}
  - {id: anhui, level: province, covers: ["34"], channels: [hook]}
routes:
  - {match: {kind: slip}, to: [province]}
END
}
good >junheng.yaml
out=$(check)
is $? 0 "a good configuration" || diag "$out"
# Two standards, six transitions that are told (fires, extended, proposed, three endings), two channels.
like "$out" ' 2 channels, 2 offices, 240 sample messages$' "each channel has worded each kind of message"

# told NAME SED STATUS WANTED: with a change
told() {
    good | sed "$2" >junheng.yaml
    out=$(check)
    is $? "$3" "$1"
    like "$out" "$4" "told with its place" || diag "$out"
}
told "an office that covers nothing is a warning" 's/"34"/"35"/' 0 \
    '^junhengctl: warning: junheng\.yaml:8:43: .*offices\[1\]\.covers\[0\]: nothing in the divisions file begins with "35"$'
told "an office that could never be told" 's/channels: \[hook\]/channels: [hook], quiet: ["00:00-12:00", "12:00-24:00"]/' 1 \
    '^junhengctl: junheng\.yaml:[0-9]+:[0-9]+: offices\[1\]\.quiet: there is no minute left'
told "hours that are none" 's/channels: \[hook\]/channels: [hook], quiet: ["22:00"]/' 1 \
    'offices\[1\]\.quiet\[0\]: expected hours such as 22:00-07:00, got "22:00"'
told "a severity that is none" 's/channels: \[hook\]/channels: [hook], urgent: [grave]/' 1 \
    'offices\[1\]\.urgent\[0\]: expected critical, warning or notice, got "grave"'
told "a route that matches nothing is a warning" 's/kind: slip/kind: decline, severity: critical/' 0 \
    '^junhengctl: warning: junheng\.yaml:10:13: .*matches nothing: a decline is never critical$'
told "a route to a level without an office is one" 's/to: \[province\]/to: [nation]/' 0 \
    'junheng\.yaml:10:[0-9]+: .*no office at the level nation'
told "a channel that no office uses is one" 's/channels: \[hook\]/channels: [spool]/' 0 \
    'junheng\.yaml:5:5: .*channels\[1\]: no office uses it'
told "an office without a channel is an error" 's/, channels: \[hook\]//' 1 'junheng\.yaml:8:[0-9]+: .*channels'
told "an empty list of channels is one" 's/channels: \[hook\]/channels: []/' 1 \
    'junheng\.yaml:8:[0-9]+: .*an office without a channel is never told'
told "a channel that there is not" 's/channels: \[hook\]/channels: [hok]/' 1 \
    'junheng\.yaml:8:[0-9]+: .*no channel "hok" \(did you mean "hook"\?\)'
told "an office that there is not" 's/to: \[province\]/to: [anhiu]/' 1 \
    'junheng\.yaml:10:[0-9]+: .*neither a level nor an office \(did you mean "anhui"\?\)'
told "another zone than Shanghai" '1s/^/timezone: UTC\n/' 1 'junheng\.yaml:1:11: timezone: expected Asia\/Shanghai, got "UTC"$'
done_testing
