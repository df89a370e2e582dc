# SPDX-License-Identifier: Apache-2.0
# Reads docs/ARCHITECTURE.md (its ```layers and ```libraries blocks), then lines
# "file:line:#include …" of the tree, and prints what is not allowed.

function layer_of(path, parts, n) {
    n = split(path, parts, "/")
    if (parts[1] == "plugins") return "plugins"
    if (n > 2) return parts[2]
    sub(/(_.*)?\.[ch]$/, "", parts[2]) # daemon/daemon_bodies.c is of `daemon`
    return parts[2]
}

# The layer an include names, "" if it is none of ours.
function target_of(header, first) {
    first = header
    sub(/\/.*/, "", first)
    sub(/(_.*)?\.h$/, "", first)
    return (first in allowed) ? first : ""
}

# The key of the library a header belongs to, "" if it is free for all.
function library_of(header, key) {
    key = header
    if (key in home) return key
    sub(/\/.*/, "/*", key)
    return (key in home) ? key : ""
}

function wrong(why) { printf "%s:%s: %s\n", file, line, why }

function check_ours(layer, target) {
    if (target == layer) return
    if (index(" " allowed[layer] " ", " " target " ") == 0)
        wrong(layer " may not include " target " (\"" header "\")")
}

# ---- the matrix ----

FNR == NR && /^```/ { block = ($0 == "```layers" || $0 == "```libraries") ? substr($0, 4) : ""; next }
FNR == NR && block != "" && /:/ {
    key = $0; sub(/:.*/, "", key)
    rest = $0; sub(/^[^:]*:[ ]*/, "", rest)
    file = "docs/ARCHITECTURE.md"; line = FNR
    n = split(rest, names, / +/)
    for (i = 1; i <= n; i++)   # what is below stands above: so there can be no cycle
        if (names[i] != "" && !(names[i] in allowed))
            wrong(key ": " names[i] " has no line " (block == "layers" ? "above this one" : "in the layers"))
    if (block == "layers") { allowed[key] = rest; layers++ } else { home[key] = rest; libraries++ }
    next
}
FNR == NR { next }

# ---- the tree ----

{
    file = $0; sub(/:.*/, "", file)
    line = substr($0, length(file) + 2); sub(/:.*/, "", line)
    header = $0; sub(/^[^"<]*["<]/, "", header); sub(/[">].*/, "", header)
    quoted = ($0 ~ /include[ \t]*"/)
    includes++
    layer = layer_of(file)
    if (!(layer in allowed)) { wrong("folder " layer " has no line in docs/ARCHITECTURE.md"); next }
    if (header ~ /\.\./) { wrong("an include does not climb (\"" header "\")"); next }
    if (header == "junheng/plugin.h") next
    target = target_of(header)
    library = library_of(header)
    if (target != "" && (quoted || header ~ /\//)) check_ours(layer, target)
    else if (quoted && !(layer == "plugins" && header !~ /\//)) wrong("\"" header "\" names no folder of ours")
    else if (library != "" && index(" " home[library] " ", " " layer " ") == 0)
        wrong("<" header "> may only be included by: " home[library])
}

END {
    if (!layers || !libraries) print "docs/ARCHITECTURE.md: no ```layers or no ```libraries block"
    if (!includes) print "no #include found: is this the tree?"
}
