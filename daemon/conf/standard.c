/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/standard.h"

#include <string.h>

#include "base/date.h"
#include "conf/standard_extend.h"
#include "conf/standard_read.h"
#include "digest/digest.h"

static void read_top(struct standard_reader *r, const struct yaml_node *root)
{
    struct standard_top top;
    struct standard *st = r->st;
    char quoted[YAML_SHOW];
    standard_fill(r, root, "", &STANDARD_TOP, &top, sizeof top);
    st->id = top.standard ? top.standard : "";
    st->title = top.title ? top.title : st->id;
    st->document = top.document;
    st->kind_title = top.kind_title;
    st->implies = top.implies;
    st->monthly = top.series == SERIES_MONTHLY;
    if (top.standard && !standard_id_ok(top.standard, "-_."))
        yaml_error(
            standard_at(root, "standard"), r->errs,
            "standard: expected lower-case letters, digits, - _ . as its id, got %s",
            yaml_quote(top.standard, quoted));
    if (top.effective &&
        date_parse(top.effective, strlen(top.effective), &st->effective) != 0)
        yaml_error(standard_at(root, "effective"), r->errs,
                   "effective: expected a day that there is, such as 2017-04-19, got %s",
                   yaml_quote(top.effective, quoted));
    st->coverage = standard_share(r, root, "coverage", top.coverage, ABOVE_ZERO);
    st->vanished_max =
        standard_share(r, root, "vanished_max", top.vanished_max, MAY_BE_ZERO);
}

static void read_rounding(struct standard_reader *r, const struct yaml_node *root)
{
    static const struct yaml_node NONE = {.kind = YAML_MAP, .file = "", .text = ""};
    struct standard_rounding rounding;
    const struct yaml_node *map = yaml_get(root, "rounding");
    standard_fill(r, map ? map : &NONE, "rounding", &STANDARD_ROUNDING, &rounding,
                  sizeof rounding);
    r->st->rounding.value = (unsigned)rounding.value;
    r->st->rounding.cv = (unsigned)rounding.cv;
    r->st->rounding.raw = rounding.compare == COMPARE_RAW;
}

const struct standard *standard_read(const struct yaml_node *root,
                                     const char sha256[SHA256_HEX], struct arena *arena,
                                     struct errs *errs)
{
    size_t before = errs->errors;
    struct standard_reader r = {arena_alloc(arena, sizeof *r.st), arena, errs};
    if (!r.st) {
        yaml_error(root, errs, "too large");
        return NULL;
    }
    r.st->file = root->file;
    r.st->cv_clause = r.st->school_clause = "";
    read_top(&r, root);
    if (root->kind != YAML_MAP)
        return NULL;
    read_rounding(&r, root);
    standard_read_population(&r, root);
    standard_read_indicators(&r, root);
    standard_read_cv_rule(&r, root);
    standard_read_school_rule(&r, root);
    standard_read_items(&r, root);
    standard_read_score(&r, root);
    standard_read_relaxations(&r, root);
    standard_read_monitor(&r, root);
    memcpy(r.st->sha256, sha256, SHA256_HEX);
    return errs->errors == before ? r.st : NULL;
}

const struct standard *standard_parse(const char *file, const char *bytes, size_t n,
                                      struct arena *arena, struct errs *errs)
{
    struct standard_layer layer;
    if (!standard_layer_parse(file, bytes, n, arena, errs, &layer))
        return NULL;
    return standard_resolve(&layer, NULL, arena, errs);
}
