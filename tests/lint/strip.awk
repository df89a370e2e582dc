# SPDX-License-Identifier: Apache-2.0
# Prints each line of the given C files as "file:line:code" without comments; the contents
# of string and character literals go too unless -v strings=1.

function strip(text, out, mark, whole) {
    out = ""
    while (text != "") {
        if (in_comment) {
            if (!index(text, "*/")) return out
            text = substr(text, index(text, "*/") + 2)
            in_comment = 0
        }
        if (!match(text, /\/\*|\/\/|"|'/)) return out text
        out = out substr(text, 1, RSTART - 1)
        mark = substr(text, RSTART, RLENGTH)
        text = substr(text, RSTART + RLENGTH)
        if (mark == "//") return out
        if (mark == "/*") { in_comment = 1; continue }
        whole = (mark == "\"") ? match(text, /^([^"\\]|\\.)*"/) : match(text, /^([^'\\]|\\.)*'/)
        if (!whole) RLENGTH = length(text)
        out = out mark (strings ? substr(text, 1, RLENGTH) : mark)
        text = substr(text, RLENGTH + 1)
    }
    return out
}

FNR == 1 { in_comment = 0 }
{
    code = /^[ \t]*#[ \t]*include/ ? "" : strip($0)
    if (code ~ /[^ \t]/) printf "%s:%d:%s\n", FILENAME, FNR, code
}
