/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/standard.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/date.h"
#include "base/file.h"
#include "base/num.h"
#include "conf/option.h"
#include "conf/standard_keys.h"
#include "digest/digest.h"

enum { ID_MAX = 64, WORDS_MAX = 4096 };

/* One standard being read. */
struct reader {
    struct standard *st;
    struct arena *arena;
    struct errs *errs;
};

/* ---- small values ---------------------------------------------------------------------- */

static void fill(struct reader *r, const struct yaml_node *map, const char *path,
                 const struct standard_keys *keys, void *conf, size_t size)
{
    option_fill(map, path, keys->options, keys->parts, conf, size, r->arena, r->errs);
}

/* The node to point at: the key's value where it is there, else the map. */
static const struct yaml_node *at(const struct yaml_node *map, const char *key)
{
    const struct yaml_node *node = yaml_get(map, key);
    return node ? node : map;
}

enum least { MAY_BE_ZERO, ABOVE_ZERO };

/* A decimal of at most `max` (0: any), told when it is none. */
static bool read_decimal(struct reader *r, const struct yaml_node *map, const char *path,
                         const char *key, const char *text, enum least least, int max,
                         struct decimal *ret)
{
    struct decimal d;
    char name[OPTION_PATH], quoted[YAML_SHOW];
    option_path(path, key, name);
    yaml_quote(text, quoted);
    if (decimal_parse(text, strlen(text), &d) != 0)
        yaml_error(at(map, key), r->errs,
                   "%s: expected a decimal number such as 0.65, got %s", name, quoted);
    else if (d.n < 0 || (least == ABOVE_ZERO && d.n == 0))
        yaml_error(at(map, key), r->errs, "%s: expected a number %s, got %s", name,
                   least == ABOVE_ZERO ? "above 0" : "of 0 or more", quoted);
    else if (max && decimal_cmp(d, (struct decimal){max, 0}) > 0)
        yaml_error(at(map, key), r->errs, "%s: expected at most %d, got %s", name, max,
                   quoted);
    else {
        *ret = d;
        return true;
    }
    return false;
}

static double read_share(struct reader *r, const struct yaml_node *map, const char *key,
                         const char *text, enum least least)
{
    struct decimal d = {0};
    read_decimal(r, map, "", key, text, least, 1, &d);
    return decimal_double(d);
}

static bool id_ok(const char *id, const char *more)
{
    size_t n = strlen(id);
    if (!n || n > ID_MAX || *id == '.' || *id == '-')
        return false;
    for (const char *p = id; *p; p++)
        if (!(*p >= 'a' && *p <= 'z') && !(*p >= '0' && *p <= '9') && !strchr(more, *p))
            return false;
    return true;
}

/* ---- top ------------------------------------------------------------------------------- */

static void refuse_later(struct reader *r, const struct yaml_node *root)
{
    for (size_t i = 0; STANDARD_LATER[i]; i++)
        if (yaml_get(root, STANDARD_LATER[i]))
            yaml_error(yaml_get(root, STANDARD_LATER[i]), r->errs,
                       "%s: not supported yet", STANDARD_LATER[i]);
    const struct yaml_node *monitor = yaml_get(root, "monitor");
    if (!monitor)
        return;
    bool stages = monitor->kind == YAML_LIST && monitor->n == 1 &&
                  !strcmp(monitor->items[0]->text, "stages");
    if (!stages)
        yaml_error(monitor, r->errs, "monitor: only [stages] is supported yet");
}

static void read_top(struct reader *r, const struct yaml_node *root)
{
    struct standard_top top;
    struct standard *st = r->st;
    char quoted[YAML_SHOW];
    fill(r, root, "", &STANDARD_TOP, &top, sizeof top);
    st->id = top.standard ? top.standard : "";
    st->title = top.title ? top.title : st->id;
    st->document = top.document;
    st->kind_title = top.kind_title;
    st->implies = top.implies;
    st->monthly = top.series == SERIES_MONTHLY;
    if (top.standard && !id_ok(top.standard, "-_."))
        yaml_error(
            at(root, "standard"), r->errs,
            "standard: expected lower-case letters, digits, - _ . as its id, got %s",
            yaml_quote(top.standard, quoted));
    if (top.effective &&
        date_parse(top.effective, strlen(top.effective), &st->effective) != 0)
        yaml_error(at(root, "effective"), r->errs,
                   "effective: expected a date such as 2017-04-19, got %s",
                   yaml_quote(top.effective, quoted));
    st->coverage = read_share(r, root, "coverage", top.coverage, ABOVE_ZERO);
    st->vanished_max = read_share(r, root, "vanished_max", top.vanished_max, MAY_BE_ZERO);
}

static void read_rounding(struct reader *r, const struct yaml_node *root)
{
    static const struct yaml_node NONE = {.kind = YAML_MAP, .file = "", .text = ""};
    struct standard_rounding rounding;
    const struct yaml_node *map = yaml_get(root, "rounding");
    fill(r, map ? map : &NONE, "rounding", &STANDARD_ROUNDING, &rounding,
         sizeof rounding);
    r->st->rounding.value = (unsigned)rounding.value;
    r->st->rounding.cv = (unsigned)rounding.cv;
    r->st->rounding.raw = rounding.compare == COMPARE_RAW;
}

/* ---- population ------------------------------------------------------------------------ */

static bool read_kind(struct reader *r, const struct yaml_node *word, const char *path,
                      struct exclude *ret)
{
    const char *names[KIND_COUNT];
    char quoted[YAML_SHOW], mean[OPTION_MEAN];
    if (!option_text(word, path, r->errs))
        return false;
    int kind = kind_of(word->text, strlen(word->text));
    if (kind >= 0) {
        ret->kinds |= UINT32_C(1) << kind;
        return true;
    }
    for (int i = 0; i < KIND_COUNT; i++)
        names[i] = kind_id((enum kind)i);
    yaml_error(word, r->errs, "%s: unknown kind of school %s%s", path,
               yaml_quote(word->text, quoted),
               option_mean(word->text, names, KIND_COUNT, mean));
    return false;
}

/* One kind, or a list of them. */
static void read_kinds(struct reader *r, const struct yaml_node *node, const char *path,
                       struct exclude *ret)
{
    char name[OPTION_PATH];
    option_path(path, "kind", name);
    if (node->kind != YAML_LIST) {
        read_kind(r, node, name, ret);
        return;
    }
    if (!node->n)
        yaml_error(node, r->errs, "%s: an empty list", name);
    for (size_t i = 0; i < node->n; i++)
        read_kind(r, node->items[i], name, ret);
}

/* "teaching_point below 50 pupils" */
static const char *exclude_reason(struct reader *r, const struct exclude *e)
{
    struct buf words;
    buf_init(&words, WORDS_MAX);
    for (int kind = 0; kind < KIND_COUNT; kind++)
        if (e->kinds & UINT32_C(1) << kind)
            buf_fmt(&words, "%s%s", words.len ? " or " : "", kind_id((enum kind)kind));
    if (e->pupils_below > 0)
        buf_fmt(&words, "%sbelow %.0f pupils", words.len ? " " : "", e->pupils_below);
    const char *text = arena_str(r->arena, buf_text(&words));
    buf_done(&words);
    return text;
}

static void read_exclude(struct reader *r, const struct yaml_node *map, const char *path)
{
    struct standard_exclude keys;
    struct exclude e = {0};
    fill(r, map, path, &STANDARD_EXCLUDE, &keys, sizeof keys);
    const struct yaml_node *kind = yaml_get(map, "kind");
    if (kind)
        read_kinds(r, kind, path, &e);
    else if (map->kind == YAML_MAP && !keys.pupils_below)
        yaml_error(map, r->errs, "%s: needs a kind, or pupils_below above 0", path);
    e.pupils_below = (double)keys.pupils_below;
    e.rule = keys.pupils_below ? "pupils_below" : "kind";
    e.reason = keys.reason ? keys.reason : exclude_reason(r, &e);
    r->st->exclude[r->st->n_exclude++] = e;
}

static void read_excludes(struct reader *r, const struct yaml_node *list)
{
    char path[OPTION_PATH];
    if (list->kind != YAML_LIST) {
        yaml_error(list, r->errs, "population.exclude: expected a list, got %s",
                   list->kind == YAML_MAP ? "a map" : "text");
        return;
    }
    if (list->n > STANDARD_EXCLUDE_MAX) {
        yaml_error(list, r->errs, "population.exclude: more than %d",
                   STANDARD_EXCLUDE_MAX);
        return;
    }
    for (size_t i = 0; i < list->n; i++) {
        option_item("population", "exclude", i, path);
        read_exclude(r, list->items[i], path);
    }
}

static void read_owners(struct reader *r, const struct yaml_node *list,
                        const struct jh_list *owners)
{
    char quoted[YAML_SHOW];
    if (!owners->n)
        yaml_error(list, r->errs,
                   "population.owners: an empty list: no school would count");
    for (size_t i = 0; i < owners->n; i++) {
        int64_t owner;
        const char *text = owners->items[i];
        if (num_parse_int(text, strlen(text), 1, OWNER_COUNT, &owner) == 0)
            r->st->owners |= UINT32_C(1) << owner;
        else
            yaml_error(list->items[i], r->errs,
                       "population.owners[%zu]: expected 1 to %d, got %s", i, OWNER_COUNT,
                       yaml_quote(text, quoted));
    }
}

static void read_population(struct reader *r, const struct yaml_node *root)
{
    struct standard_population keys;
    const struct yaml_node *map = yaml_get(root, "population");
    if (!map)
        return;
    size_t before = r->errs->errors;
    fill(r, map, "population", &STANDARD_POPULATION, &keys, sizeof keys);
    r->st->campus_merge = keys.campus == CAMPUS_MERGE;
    if (yaml_get(map, "exclude"))
        read_excludes(r, yaml_get(map, "exclude"));
    if (yaml_get(map, "owners") && r->errs->errors == before)
        read_owners(r, yaml_get(map, "owners"), &keys.owners);
}

/* ---- numerators ------------------------------------------------------------------------ */

/* An error inside the text of a numerator: columns count on from where the text starts. */
static void numerator_error(struct reader *r, const struct yaml_node *node,
                            const char *path, const char *where, const char *text)
{
    errs_at(r->errs, ERR_ERROR, node->file, node->line,
            node->col + node->quoted + (unsigned)(where - node->text), "%s.numerator: %s",
            path, text);
}

static void unknown_field(struct reader *r, const struct yaml_node *node,
                          const char *path, const char *where, size_t len)
{
    const char *names[FIELD_COUNT];
    char word[ID_MAX + 1], quoted[YAML_SHOW], mean[OPTION_MEAN], text[256];
    enum stage stage;
    enum field primary, field = field_of(where, len);
    snprintf(word, sizeof word, "%.*s", (int)(len < ID_MAX ? len : ID_MAX), where);
    yaml_quote(word, quoted);
    if (field != FIELD_NONE && field_staged(field, &stage, &primary)) {
        snprintf(text, sizeof text, "%s is the column of one stage: write \"%s\"", quoted,
                 field_family_id(field));
    } else {
        for (int f = 0; f < FIELD_COUNT; f++)
            names[f] = field_family_id((enum field)f);
        snprintf(text, sizeof text, "unknown field %s%s", quoted,
                 option_mean(word, names, FIELD_COUNT, mean));
    }
    numerator_error(r, node, path, where, text);
}

/* A field name at *p; *p moves behind it. */
static bool read_term(struct reader *r, const struct yaml_node *node, const char *path,
                      const char **p, int sign, struct indicator *ind)
{
    const char *start = *p;
    while (**p && !strchr(" +-", **p))
        ++*p;
    size_t len = (size_t)(*p - start);
    bool staged = false;
    if (!len) {
        numerator_error(r, node, path, start, "expected a field here");
        return false;
    }
    enum field field = field_family(start, len, &staged);
    if (field == FIELD_NONE) {
        unknown_field(r, node, path, start, len);
        return true;
    }
    for (size_t i = 0; i < ind->n_terms; i++) {
        if (ind->terms[i].field != field)
            continue;
        numerator_error(r, node, path, start, "the field is there twice");
        return true;
    }
    if (ind->n_terms == STANDARD_TERMS_MAX) {
        numerator_error(r, node, path, start, "too many fields");
        return false;
    }
    ind->terms[ind->n_terms].field = field;
    ind->terms[ind->n_terms].staged = staged;
    ind->terms[ind->n_terms++].sign = sign;
    return true;
}

/* field { (+|-) field } */
static void read_numerator(struct reader *r, const struct yaml_node *node,
                           const char *path, struct indicator *ind)
{
    const char *p = node->text;
    for (int sign = 1;;) {
        p += strspn(p, " ");
        if (!read_term(r, node, path, &p, sign, ind))
            return;
        p += strspn(p, " ");
        if (!*p)
            return;
        if (*p != '+' && *p != '-') {
            numerator_error(r, node, path, p, "expected + or - here");
            return;
        }
        sign = *p++ == '+' ? 1 : -1;
    }
}

/* ---- indicators ------------------------------------------------------------------------ */

static void read_minima(struct reader *r, const struct yaml_node *map, const char *path,
                        struct indicator *ind)
{
    struct standard_minima minima;
    const struct yaml_node *node = yaml_get(map, "school_min");
    char name[OPTION_PATH];
    if (!node)
        return;
    option_path(path, "school_min", name);
    fill(r, node, name, &STANDARD_MINIMA, &minima, sizeof minima);
    for (int s = 0; s < STAGE_COUNT; s++)
        ind->has_min[s] =
            minima.stage[s] && read_decimal(r, node, name, stage_id((enum stage)s),
                                            minima.stage[s], ABOVE_ZERO, 0, &ind->min[s]);
}

/* Names joined by commas, as struct indicator holds them. */
static const char *join(struct reader *r, const struct yaml_node *node, const char *path,
                        const struct jh_list *list)
{
    struct buf words;
    buf_init(&words, WORDS_MAX);
    for (size_t i = 0; i < list->n; i++) {
        if (strpbrk(list->items[i], ",\""))
            yaml_error(node->items[i], r->errs,
                       "%s.departments[%zu]: a name without , and \"", path, i);
        buf_fmt(&words, "%s%s", i ? "," : "", list->items[i]);
    }
    const char *text = arena_str(r->arena, buf_text(&words));
    buf_done(&words);
    return text;
}

/* Single columns of combined schools are shared out unless told otherwise. */
static bool split(struct reader *r, const struct yaml_node *map, const char *path,
                  const struct indicator *ind, bool written)
{
    bool single = false;
    for (size_t i = 0; i < ind->n_terms; i++)
        single |= !ind->terms[i].staged;
    if (!yaml_get(map, "split"))
        return single;
    if (ind->n_terms && written && !single)
        yaml_warning(yaml_get(map, "split"), r->errs,
                     "%s.split: nothing to split: its fields are given by stage", path);
    if (ind->n_terms && !written && single)
        yaml_warning(yaml_get(map, "split"), r->errs,
                     "%s.split: a combined school counts with all it has at each stage",
                     path);
    return written;
}

static void check_id(struct reader *r, const struct yaml_node *map, const char *path,
                     const struct indicator *ind)
{
    bool staged;
    char quoted[YAML_SHOW];
    size_t len = strlen(ind->id);
    const struct yaml_node *node = at(map, "id");
    yaml_quote(ind->id, quoted);
    if (!id_ok(ind->id, "_"))
        yaml_error(node, r->errs,
                   "%s.id: expected lower-case letters, digits and _, got %s", path,
                   quoted);
    else if (!strcmp(ind->id, "composite"))
        yaml_error(node, r->errs, "%s.id: \"composite\" is the mean of all", path);
    else if (field_of(ind->id, len) != FIELD_NONE ||
             field_family(ind->id, len, &staged) != FIELD_NONE)
        yaml_error(node, r->errs, "%s.id: %s is the name of a data field", path, quoted);
    else if (standard_indicator(r->st, ind->id) >= 0)
        yaml_error(node, r->errs, "%s.id: %s is there twice", path, quoted);
}

static void read_indicator(struct reader *r, const struct yaml_node *map,
                           const char *path)
{
    struct standard_figure keys;
    struct indicator *ind = &r->st->indicators[r->st->n_indicators];
    fill(r, map, path, &STANDARD_FIGURE, &keys, sizeof keys);
    ind->id = keys.id ? keys.id : "";
    ind->title = keys.title ? keys.title : ind->id;
    ind->unit = keys.unit;
    ind->clause = keys.clause;
    ind->departments = join(r, at(map, "departments"), path, &keys.departments);
    ind->per = (int)keys.per;
    if (keys.id)
        check_id(r, map, path, ind);
    if (keys.numerator)
        read_numerator(r, yaml_get(map, "numerator"), path, ind);
    ind->split = split(r, map, path, ind, keys.split);
    read_minima(r, map, path, ind);
    r->st->n_indicators++;
}

static void read_indicators(struct reader *r, const struct yaml_node *root)
{
    const struct yaml_node *list = yaml_get(root, "indicators");
    char path[OPTION_PATH], shown[YAML_SHOW];
    if (!list)
        yaml_error(root, r->errs, "\"indicators\" is missing");
    else if (list->kind != YAML_LIST)
        yaml_error(list, r->errs, "indicators: expected a list, got %s",
                   list->kind == YAML_MAP ? "a map" : yaml_show(list, shown));
    else if (!list->n || list->n > STANDARD_INDICATORS_MAX)
        yaml_error(list, r->errs, "indicators: expected 1 to %d, got %zu",
                   STANDARD_INDICATORS_MAX, list->n);
    else
        for (size_t i = 0; i < list->n; i++) {
            option_item("", "indicators", i, path);
            read_indicator(r, list->items[i], path);
        }
}

/* ---- rules ----------------------------------------------------------------------------- */

static void read_cv_rule(struct reader *r, const struct yaml_node *root)
{
    static const enum cv_applies APPLIES[] = {CV_EACH, CV_COMPOSITE, CV_BOTH};
    struct standard_cv_rule keys;
    struct standard *st = r->st;
    const struct yaml_node *map = yaml_get(root, "cv_rule");
    if (!map) {
        yaml_error(root, r->errs, "\"cv_rule\" is missing");
        return;
    }
    fill(r, map, "cv_rule", &STANDARD_CV_RULE, &keys, sizeof keys);
    st->applies = APPLIES[keys.applies_to];
    st->cv_clause = keys.clause;
    bool any = false;
    for (int s = 0; s < STAGE_COUNT; s++) {
        const char *text = keys.stage[s], *key = stage_id((enum stage)s);
        any |= text != NULL;
        st->has_stage[s] = text && read_decimal(r, map, "cv_rule", key, text, ABOVE_ZERO,
                                                0, &st->limit[s]);
    }
    if (map->kind == YAML_MAP && !any)
        yaml_error(map, r->errs, "cv_rule: needs a limit for primary or junior");
}

/* What the school rule needs of the indicators. */
static void check_minima(struct reader *r, const struct yaml_node *list)
{
    const struct standard *st = r->st;
    for (size_t i = 0; list && i < st->n_indicators; i++) {
        for (int s = 0; s < STAGE_COUNT; s++) {
            const struct indicator *ind = &st->indicators[i];
            struct decimal floor;
            const char *stage = stage_id((enum stage)s);
            if (st->has_stage[s] && !ind->has_min[s])
                yaml_error(
                    list->items[i], r->errs,
                    "indicators[%zu].school_min: \"%s\" is missing: school_rule needs it",
                    i, stage);
            else if (ind->has_min[s] && decimal_mul(ind->min[s], st->floor, &floor) != 0)
                yaml_error(
                    list->items[i], r->errs,
                    "indicators[%zu].school_min.%s: more than 9 decimals together with "
                    "the floor",
                    i, stage);
        }
    }
}

static void read_school_rule(struct reader *r, const struct yaml_node *root)
{
    struct standard_school_rule keys;
    struct standard *st = r->st;
    const struct yaml_node *map = yaml_get(root, "school_rule");
    if (!map)
        return;
    size_t before = r->errs->errors;
    fill(r, map, "school_rule", &STANDARD_SCHOOL_RULE, &keys, sizeof keys);
    st->has_school_rule = true;
    st->at_least = (int)keys.at_least;
    st->school_clause = keys.clause;
    if (keys.floor)
        read_decimal(r, map, "school_rule", "floor", keys.floor, ABOVE_ZERO, 1,
                     &st->floor);
    if (st->n_indicators && keys.at_least > (int64_t)st->n_indicators)
        yaml_error(at(map, "at_least"), r->errs,
                   "school_rule.at_least: %d of %zu indicators: no school could pass",
                   st->at_least, st->n_indicators);
    if (r->errs->errors == before)
        check_minima(r, yaml_get(root, "indicators"));
}

const struct standard *standard_parse(const char *file, const char *bytes, size_t n,
                                      struct arena *arena, struct errs *errs)
{
    size_t before = errs->errors;
    struct reader r = {arena_alloc(arena, sizeof *r.st), arena, errs};
    const struct yaml_node *root = r.st ? yaml_parse(file, bytes, n, arena, errs) : NULL;
    if (!root)
        return NULL;
    r.st->file = root->file;
    r.st->cv_clause = r.st->school_clause = "";
    read_top(&r, root);
    if (root->kind != YAML_MAP)
        return NULL;
    refuse_later(&r, root);
    read_rounding(&r, root);
    read_population(&r, root);
    read_indicators(&r, root);
    read_cv_rule(&r, root);
    read_school_rule(&r, root);
    sha256_hex(bytes, n, r.st->sha256);
    return errs->errors == before ? r.st : NULL;
}

const struct standard *standard_load(const char *path, struct arena *arena,
                                     struct errs *errs)
{
    char *bytes;
    size_t n;
    struct jh_err err;
    if (file_read(path, YAML_MAX_BYTES, &bytes, &n, &err) != 0) {
        errs_add(errs, ERR_ERROR, &err);
        return NULL;
    }
    const struct standard *st = standard_parse(path, bytes, n, arena, errs);
    free(bytes);
    return st;
}
