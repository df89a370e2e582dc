#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A plugin runs with all our rights: only what fits, and what nobody else could have written.
. "$abs_top_srcdir/tests/tap/tap.sh"
probe=$abs_top_builddir/tests/plugin/probe
cc=${CC-cc}
dir=$tmp/plugins
mkdir -m 755 "$dir" || bail "no folder"
umask 022
export ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0"

# plugin FILE [cc flags]: tests/plugin/fake.c as FILE
plugin() {
    file=$1
    shift
    # shellcheck disable=SC2086 # CC may hold flags
    $cc -shared -fPIC -w -I"$abs_top_srcdir/plugins/include" "$@" -o "$dir/$file" \
        "$abs_top_srcdir/tests/plugin/fake.c" || bail "cannot build $file"
}
probe() { "$probe" "$dir" "$@" 2>&1; }
refused() { # KIND NAME PATTERN WHAT
    like "$(probe "$1" "$2")" "$3" "$4"
}

plugin format_fake.so
is "$(probe 2 fake)" "loaded fake 1.5
check set, close set" "a plugin that fits is loaded, once"
is "$(probe 2 fake 'a,b')" "loaded fake 1.5
check set, close set
row a,b
row b" "a format runs without a daemon"
like "$(probe 2 fake 'a,b' stop)" 'row a,b
probe: in.csv: over a limit' "it stops when the taker of rows says so"
like "$(probe 2 fake bad)" 'probe: in.csv:3:7: not like this' "its error arrives with its place"

plugin format_short.so -DNAME='"short"' -DSIZE='offsetof(struct jh_plugin, options)'
refused 2 short 'its ops do nothing' "a struct without ops is refused"
plugin format_older.so -DNAME='"older"' -DSIZE='sizeof(struct jh_plugin)' -DOPS_SIZE=4
refused 2 older 'its ops do nothing' "ops that end early read as zeros"
plugin format_newer.so -DNAME='"newer"' -DSIZE='sizeof(struct jh_plugin) + 64'
like "$(probe 2 newer)" '^loaded newer' "a longer struct of the same ABI is fine"
plugin format_tiny.so -DNAME='"tiny"' -DSIZE=12
refused 2 tiny 'format_tiny.so: refused: its struct has only 12 bytes' "a stump is refused"

plugin format_abi.so -DNAME='"abi"' -DABI=2
refused 2 abi 'format_abi.so: refused: was built for plugin ABI 2, this program has ABI 1' \
    "another ABI: the file and both numbers are told"
plugin source_kind.so -DNAME='"kind"'
refused 1 kind 'source_kind.so: refused: is of kind 2 \(format\), not of kind 1 \(source\)' "wrong kind"
plugin format_name.so
refused 2 name 'calls itself "fake", not "name"' "wrong name"
plugin format_options.so -DNAME='"options"' -DOFFSET=9
refused 2 options 'option word lies outside of the 8 bytes of conf_size' "an option outside of its struct"
plugin format_silent.so -DSYMBOL=something_else
refused 2 silent 'exports no symbol junheng_plugin' "no symbol"
plugin format_needy.so -DNAME='"needy"' -DNEEDS=log_write
refused 2 needy 'cannot be loaded: .*log_write' "what imports from the program is refused"
echo nonsense >"$dir/format_text.so"
refused 2 text 'format_text.so: cannot be loaded' "not a shared object"
refused 2 absent 'there is no format plugin "absent" \(there are: abi, fake, ' "absent: told what there is"
refused 2 ../format_fake 'cannot be the name of a plugin' "a path is no name"

chmod g+w "$dir/format_fake.so"
refused 2 fake 'format_fake.so: refused: its group may write this plugin' "writable by its group"
chmod g-w,o+w "$dir/format_fake.so"
refused 2 fake 'format_fake.so: refused: everybody may write this plugin' "writable by everybody"
chmod o-w "$dir/format_fake.so"
chmod o+w "$dir"
refused 2 fake 'plugins: refused: everybody may write this plugin folder' "folder writable by everybody"
mkdir -m 755 "$tmp/links"
ln -s "$dir/format_fake.so" "$tmp/links/format_fake.so"
like "$("$probe" "$tmp/links" 2 fake 2>&1)" 'plugins: refused: everybody may write' "a link hides nothing"
chmod o-w "$dir"
like "$("$probe" "$tmp/links" 2 fake 2>&1)" '^loaded fake' "a link to a safe place is fine"
if [ "$(id -u)" = 0 ]; then
    chown 12345 "$dir/format_fake.so"
    refused 2 fake 'belongs to user 12345' "the file of somebody else"
    chown 0 "$dir/format_fake.so"
else
    skip 1 "only root can give a file away"
fi

touch "$dir/format_.so" "$dir/other_x.so" "$dir/notify_hook.so" "$dir/format_csv.la"
is "$(probe | grep -e notify -e other -e '^format $' -e csv)" "notify hook" "the list holds plugins only"
is "$(JUNHENG_PLUGIN_DIR=$dir "$probe" --dir)" "$dir" "the folder comes from the environment"
like "$(env -u JUNHENG_PLUGIN_DIR "$probe" --dir)" '/junheng$' "else it is the installed one"
mkdir -p "$tmp/tree/.libs" && cp "$probe" "$tmp/tree/probe" && cp "$dir/format_fake.so" "$tmp/tree/.libs/"
is "$(env -u JUNHENG_PLUGIN_DIR "$tmp/tree/probe" --dir)" "$tmp/tree/.libs" "or that of the build tree"
printf '#!/bin/sh\n' >"$tmp/helper" && chmod 755 "$tmp/helper"
is "$(JUNHENG_LUA=$tmp/helper "$probe" --helper)" "$tmp/helper" "so does the helper"
like "$(JUNHENG_LUA=$tmp/none "$probe" --helper)" 'none: cannot run the helper' "which must be there"
done_testing
