#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Files come out of the generated table byte for byte, whatever is in them.
. "$abs_top_srcdir/tests/tap/tap.sh"

mkdir -p "$tmp/etc/standards" "$tmp/base"
printf '\0\1\377"\\\n' >"$tmp/etc/standards/b.yaml"
: >"$tmp/etc/empty.yaml"
seq 20000 >"$tmp/etc/a.yaml"
sh "$abs_top_srcdir/build-tools/embed.sh" "$tmp/etc" etc/standards/b.yaml etc/empty.yaml etc/a.yaml >"$tmp/t.c"
ok $? "the table is generated"

cat >"$tmp/main.c" <<'END'
#include <stdio.h>
#include <string.h>
#include "base/embedded.h"
int main(int argc, char **argv)
{
    for (const struct embedded_file *f = embedded_files; f->name; f++) {
        if (argc == 1)
            printf("%s %zu %d\n", f->name, f->size, f->data[f->size]);
        else if (strcmp(f->name, argv[1]) == 0)
            fwrite(f->data, 1, f->size, stdout);
    }
    return 0;
}
END
${CC-cc} -I"$abs_top_srcdir/daemon" -o "$tmp/show" "$tmp/main.c" "$tmp/t.c" || bail "does not compile"
is "$("$tmp/show")" "a.yaml 108894 0
empty.yaml 0 0
standards/b.yaml 6 0" "names are sorted, sizes right, data ended by 0"
for f in a.yaml standards/b.yaml; do
    "$tmp/show" "$f" | cmp - "$tmp/etc/$f"
    ok $? "$f comes out as it went in"
done
! sh "$abs_top_srcdir/build-tools/embed.sh" "$tmp/etc" etc/gone.yaml >"$tmp/t.c" 2>"$tmp/err"
ok $? "a file that is not there is an error"
done_testing
