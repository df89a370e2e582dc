/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/standard_extend.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "conf/option.h"
#include "conf/standard_read.h"
#include "digest/digest.h"

/* A layer with all that it extends. */
struct resolved {
    const struct yaml_node *root;
    const struct standard *standard;
};

struct extending {
    const char *dir;
    struct arena *arena;
    struct errs *errs;
    struct errs *laxer; /* warnings of all overlays of the chain */
};

bool standard_layer_parse(const char *file, const char *bytes, size_t n,
                          struct arena *arena, struct errs *errs,
                          struct standard_layer *ret)
{
    struct standard_layer layer = {.root = yaml_parse(file, bytes, n, arena, errs)};
    if (!layer.root)
        return false;
    const struct yaml_node *id = yaml_get(layer.root, "standard");
    layer.name = id && id->kind == YAML_SCALAR && *id->text ? id->text : layer.root->file;
    sha256_hex(bytes, n, layer.sha256);
    *ret = layer;
    return true;
}

/* ---- parents --------------------------------------------------------------------------- */

/* A path is relative to the file that says it. */
static const char *path_from(struct extending *x, const struct yaml_node *extends)
{
    const char *what = extends->text, *slash = strrchr(extends->file, '/');
    if (!standard_is_path(what) || *what == '/' || !slash)
        return what;
    return arena_fmt(x->arena, "%.*s/%s", (int)(slash - extends->file), extends->file,
                     what);
}

/* Is one of the chain extended again? By its bytes: a file has many paths. */
static bool refuse_cycle(struct extending *x, const struct yaml_node *extends,
                         const struct standard_layer *parent)
{
    const char *chain = parent->name;
    for (const struct standard_layer *l = parent->overlay; l && chain; l = l->overlay) {
        chain = arena_fmt(x->arena, "%s -> %s", l->name, chain);
        if (strcmp(l->sha256, parent->sha256) != 0)
            continue;
        yaml_error(extends, x->errs, "extends: a cycle: %s", chain ? chain : l->name);
        return true;
    }
    return false;
}

/*
 * Where no folder of standards is given, an id that is not built in may be that of a file beside
 * the one that says it. That folder, or NULL.
 */
static const char *folder_beside(struct extending *x, const struct yaml_node *extends)
{
    const char *slash = strrchr(extends->file, '/');
    if (x->dir || standard_is_path(extends->text))
        return NULL;
    const char *folder =
        slash ? arena_strn(x->arena, extends->file, (size_t)(slash - extends->file))
              : ".";
    const char *path =
        folder ? arena_fmt(x->arena, "%s/%s.yaml", folder, extends->text) : NULL;
    return path && access(path, F_OK) == 0 ? folder : NULL;
}

static bool find_parent(struct extending *x, const struct standard_layer *layer,
                        const struct yaml_node *extends, struct standard_layer *ret)
{
    struct errs errs;
    char shown[YAML_SHOW];
    if (extends->kind != YAML_SCALAR || yaml_is_null(extends) || !*extends->text) {
        yaml_error(extends, x->errs,
                   "extends: expected the id or the file of one standard, got %s",
                   yaml_show(extends, shown));
        return false;
    }
    errs_init(&errs, 100);
    const char *what = path_from(x, extends);
    bool found = what && standard_layer_find(what, x->dir, x->arena, &errs, ret);
    const char *beside = found ? NULL : folder_beside(x, extends);
    if (beside) {
        errs_done(&errs);
        errs_init(&errs, 100);
        found = standard_layer_find(what, beside, x->arena, &errs, ret);
    }
    yaml_pass_on(extends, "extends", &errs, x->errs);
    errs_done(&errs);
    if (!found)
        return false;
    ret->overlay = layer;
    return !refuse_cycle(x, extends, ret);
}

static unsigned depth(const struct standard_layer *layer)
{
    unsigned n = 0;
    for (; layer; layer = layer->overlay)
        n++;
    return n;
}

/* Verdicts and certificates go by the id: an overlay is not its parent. */
static bool own_id(struct extending *x, const struct standard_layer *layer,
                   const struct standard *parent)
{
    const struct yaml_node *id = yaml_get(layer->root, "standard");
    if (!id)
        yaml_error(layer->root, x->errs,
                   "\"standard\" is missing: an overlay has an id of its own");
    else if (!strcmp(id->text, parent->id))
        yaml_error(id, x->errs,
                   "standard: \"%s\" is the one it extends: give it an id of its own",
                   parent->id);
    else
        return true;
    return false;
}

/* ---- chains ---------------------------------------------------------------------------- */

static bool resolve(struct extending *x, const struct standard_layer *layer,
                    char sha256[SHA256_HEX], struct resolved *ret);

/* The parent resolved; its warnings come again with the overlay, unless that mends them. */
static bool resolve_parent(struct extending *x, const struct standard_layer *parent,
                           char sha256[SHA256_HEX], struct resolved *ret)
{
    struct errs errs;
    errs_init(&errs, 200);
    struct extending up = {x->dir, x->arena, &errs, x->laxer};
    bool good = resolve(&up, parent, sha256, ret);
    for (size_t i = 0; i < errs.n; i++)
        if (errs.items[i].kind == ERR_ERROR)
            errs_add(x->errs, ERR_ERROR, &errs.items[i].err);
    errs_done(&errs);
    return good;
}

/* The hash of an overlay is that of its bytes and of its parent's hash. */
static bool add_hash(const struct standard_layer *layer, char sha256[SHA256_HEX])
{
    struct sha256 *h = sha256_new();
    if (!h)
        return false;
    sha256_add_str(h, layer->sha256);
    sha256_add_str(h, sha256);
    sha256_end(h, sha256);
    return true;
}

static bool resolve_overlay(struct extending *x, const struct standard_layer *layer,
                            const struct yaml_node *extends, char sha256[SHA256_HEX],
                            struct resolved *ret)
{
    struct standard_layer parent;
    struct resolved up;
    if (depth(layer) == STANDARD_CHAIN_MAX) {
        yaml_error(extends, x->errs, "extends: more than %d standards deep",
                   STANDARD_CHAIN_MAX);
        return false;
    }
    if (!find_parent(x, layer, extends, &parent) ||
        !resolve_parent(x, &parent, sha256, &up) || !own_id(x, layer, up.standard) ||
        !add_hash(layer, sha256))
        return false;
    ret->root = standard_merge(up.root, layer->root, up.standard->id, x->arena, x->errs);
    ret->standard =
        ret->root ? standard_read(ret->root, sha256, x->arena, x->errs) : NULL;
    if (ret->standard)
        standard_laxer(up.standard, ret->standard, layer->root, ret->root, x->laxer);
    return ret->standard;
}

static bool resolve(struct extending *x, const struct standard_layer *layer,
                    char sha256[SHA256_HEX], struct resolved *ret)
{
    size_t before = x->errs->errors;
    const struct yaml_node *extends = yaml_get(layer->root, "extends");
    if (extends)
        return resolve_overlay(x, layer, extends, sha256, ret);
    standard_refuse_removes(layer->root, x->errs);
    if (x->errs->errors > before)
        return false;
    memcpy(sha256, layer->sha256, SHA256_HEX);
    ret->root = layer->root;
    ret->standard = standard_read(ret->root, sha256, x->arena, x->errs);
    return ret->standard;
}

const struct standard *standard_resolve(const struct standard_layer *layer,
                                        const char *dir, struct arena *arena,
                                        struct errs *errs)
{
    char sha256[SHA256_HEX];
    struct resolved all;
    struct errs laxer;
    errs_init(&laxer, 200);
    struct extending x = {dir, arena, errs, &laxer};
    bool good = resolve(&x, layer, sha256, &all);
    for (size_t i = 0; good && i < laxer.n; i++)
        errs_add(errs, laxer.items[i].kind, &laxer.items[i].err);
    errs_done(&laxer);
    return good ? all.standard : NULL;
}
