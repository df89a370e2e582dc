/* SPDX-License-Identifier: Apache-2.0 */
/* What counties are judged by: `standards:` and `lua:`. */
#include <string.h>

#include "base/num.h"
#include "conf/config_read.h"
#include "conf/option.h"
#include "conf/standard.h"
#include "digest/digest.h"

/* ---- standards ------------------------------------------------------------------------- */

static const struct standard *read_standard(struct config_reader *r, const char *what,
                                            const struct yaml_node *at, const char *path)
{
    struct errs errs;
    const char *file = standard_is_path(what) ? config_path(r, what) : what;
    errs_init(&errs, 100);
    const struct standard *st =
        standard_find(file, r->config->standards_dir, r->arena, &errs);
    yaml_pass_on(at, path, &errs, r->errs);
    errs_done(&errs);
    return st;
}

/*
 * County records belong to it: own_owners and stages decide what a standard counts; and changes,
 * which decide what a county is compared with.
 */
void config_hash_rules(struct config *c)
{
    struct sha256 *h = sha256_new();
    for (size_t i = 0; h && i < c->n_standards; i++)
        sha256_add_str(h, c->standards[i]->sha256);
    for (size_t i = 0; h && i < c->n_divisions; i++) {
        const struct division *d = &c->divisions[i];
        if (!d->stage_bits && !d->owner_bits)
            continue;
        sha256_add_str(h, d->code);
        sha256_add(h, &d->stage_bits, sizeof d->stage_bits);
        sha256_add(h, &d->owner_bits, sizeof d->owner_bits);
    }
    for (size_t i = 0; h && i < c->closed.n; i++) {
        const struct closed_school *s = &c->closed.list[i];
        char round[ROUND_TEXT];
        round_print(s->round, round);
        sha256_add_str(h, s->school);
        sha256_add_str(h, s->county);
        sha256_add_str(h, round);
    }
    if (h)
        config_hash_changes(&c->changes, h);
    if (h)
        sha256_end(h, c->standards_sha256);
}

static void hash_node(struct sha256 *h, const struct yaml_node *node)
{
    sha256_add_str(h, node->kind == YAML_MAP ? "{" : node->kind == YAML_LIST ? "[" : "");
    if (node->kind == YAML_SCALAR)
        sha256_add_str(h, node->text);
    for (size_t i = 0; i < node->n; i++) {
        if (node->kind == YAML_MAP)
            sha256_add_str(h, node->pairs[i].key->text);
        hash_node(h, node->kind == YAML_MAP ? node->pairs[i].value : node->items[i]);
    }
    sha256_add_str(h, node->kind == YAML_SCALAR ? "" : "}");
}

void config_hash_text(struct config *c, const struct yaml_node *root)
{
    struct sha256 *h = sha256_new();
    hash_node(h, root);
    sha256_end(h, c->sha256);
}

/* The entry of `use:` an id comes from, or the nearest node there is. */
static const struct yaml_node *use_node(const struct config_reader *r, size_t i)
{
    const struct yaml_node *map = yaml_get(r->root, "standards"),
                           *use = yaml_get(map, "use");
    if (use && use->kind == YAML_LIST && i < use->n)
        return use->items[i];
    return use ? use : map ? map : r->root;
}

/* A county certified by one is watched by the other too, if that is in use. */
static void check_implied(struct config_reader *r)
{
    const struct config *c = r->config;
    for (size_t i = 0; i < c->n_standards; i++) {
        const char *implied = c->standards[i]->implies;
        bool used = !*implied;
        for (size_t k = 0; k < c->n_standards; k++)
            used |= !strcmp(c->standards[k]->id, implied);
        if (!used)
            yaml_warning(
                use_node(r, i), r->errs,
                "standards.use: %s implies %s, which is not in use: its counties are "
                "not watched for that",
                c->standards[i]->id, implied);
    }
}

void config_read_standards(struct config_reader *r)
{
    static const char *const SHIPPED[] = {"basic-2012", "quality-2017"};
    struct config_standards keys;
    const struct yaml_node *map = yaml_get(r->root, "standards");
    struct config *c = r->config;
    char path[OPTION_PATH];
    config_fill(r, map, "standards", &CONFIG_STANDARDS, &keys, sizeof keys);
    c->standards_dir = config_path(r, keys.dir);
    if (!yaml_get(map, "use"))
        keys.use = (struct jh_list){SHIPPED, 2};
    else if (!keys.use.n)
        yaml_error(use_node(r, 0), r->errs, "standards.use: nothing to judge by");
    if (keys.use.n > CONFIG_STANDARDS_MAX) {
        yaml_error(use_node(r, 0), r->errs, "standards.use: more than %d",
                   CONFIG_STANDARDS_MAX);
        return;
    }
    const struct standard **list = arena_array(r->arena, keys.use.n, sizeof *list);
    for (size_t i = 0; list && i < keys.use.n; i++) {
        option_item("standards", "use", i, path);
        const struct standard *st =
            read_standard(r, keys.use.items[i], use_node(r, i), path);
        for (size_t k = 0; st && k < c->n_standards; k++)
            if (!strcmp(list[k]->id, st->id))
                yaml_error(use_node(r, i), r->errs, "%s: \"%s\" is there twice", path,
                           st->id);
        if (st)
            list[c->n_standards++] = st;
    }
    c->standards = list;
    check_implied(r);
}

/* ---- lua ------------------------------------------------------------------------------- */

static bool is_number(const struct yaml_node *node)
{
    struct decimal d;
    return !node->quoted && decimal_parse(node->text, strlen(node->text), &d) == 0;
}

static size_t count_params(const struct yaml_node *params)
{
    size_t n = 0;
    for (size_t i = 0; i < params->n; i++)
        n += params->pairs[i].value->n;
    return n;
}

static void read_params(struct config_reader *r, const struct yaml_node *params)
{
    char path[OPTION_PATH], name[OPTION_PATH], shown[YAML_SHOW];
    struct lua_param *list = NULL;
    if (params->kind == YAML_MAP)
        list = arena_array(r->arena, count_params(params), sizeof *list);
    else
        yaml_error(params, r->errs, "lua.params: expected a map, got %s",
                   yaml_show(params, shown));
    for (size_t i = 0; list && i < params->n; i++) {
        const char *indicator = params->pairs[i].key->text;
        const struct yaml_node *map = params->pairs[i].value;
        option_path("lua.params", indicator, path);
        if (map->kind != YAML_MAP)
            yaml_error(map, r->errs, "%s: expected a map, got %s", path,
                       yaml_show(map, shown));
        for (size_t k = 0; map->kind == YAML_MAP && k < map->n; k++) {
            const struct yaml_node *value = map->pairs[k].value;
            option_path(path, map->pairs[k].key->text, name);
            if (option_text(value, name, r->errs))
                list[r->config->lua.n_params++] = (struct lua_param){
                    indicator, map->pairs[k].key->text, value->text, is_number(value)};
        }
    }
    r->config->lua.params = list;
}

void config_read_lua(struct config_reader *r)
{
    struct config_lua keys;
    const struct yaml_node *map = yaml_get(r->root, "lua");
    struct config *c = r->config;
    config_fill(r, map, "lua", &CONFIG_LUA, &keys, sizeof keys);
    const char **dirs = arena_array(r->arena, keys.dirs.n, sizeof *dirs);
    for (size_t i = 0; dirs && i < keys.dirs.n; i++)
        dirs[i] = config_path(r, keys.dirs.items[i]);
    c->lua.dirs = dirs;
    c->lua.n_dirs = dirs ? keys.dirs.n : 0;
    c->lua.memory_bytes = keys.memory;
    c->lua.wall_ms = keys.wall;
    if (yaml_get(map, "params"))
        read_params(r, yaml_get(map, "params"));
}
