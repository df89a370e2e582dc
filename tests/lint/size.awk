# SPDX-License-Identifier: Apache-2.0
# Prints "file name lines" for each function of the given C files, and "file - lines" for
# each file. Relies on the house format: a body begins with "{" in column one and ends
# with "}" there. Lines are those between the braces.

function flush_file() { if (path != "") print path, "-", lines }

FNR == 1 { flush_file(); path = FILENAME; head = ""; open = 0 }
{ lines = FNR }
open && /^}/ { if (is_function) print path, name, FNR - open - 1; open = 0; head = ""; next }
open { next }
/^{/ {
    open = FNR
    name = head
    is_function = (name ~ /[A-Za-z0-9_][ ]*\(/)
    sub(/__attribute__.*/, "", name)
    sub(/[ ]*\(.*/, "", name)
    sub(/.*[^A-Za-z0-9_]/, "", name)
    next
}
# A struct, an enum or a table opens at the end of its line; it is no function.
/^[^ \t#}\/].*{$/ { open = FNR; is_function = 0; next }
/^#|^\/[\/*]|^ \*|;[ \t]*$|^$/ { head = ""; next }
{ head = head " " $0 }
END { flush_file() }
