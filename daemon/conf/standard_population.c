/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/buf.h"
#include "base/num.h"
#include "conf/option.h"
#include "conf/standard_read.h"

/* "teaching_point below 50 pupils" */
static const char *exclude_reason(struct standard_reader *r, const struct exclude *e)
{
    struct buf words;
    buf_init(&words, STANDARD_WORDS_MAX);
    for (int kind = 0; kind < KIND_COUNT; kind++)
        if (e->kinds & UINT32_C(1) << kind)
            buf_fmt(&words, "%s%s", words.len ? " or " : "", kind_id((enum kind)kind));
    if (e->pupils_below > 0)
        buf_fmt(&words, "%sbelow %.0f pupils", words.len ? " " : "", e->pupils_below);
    const char *text = arena_str(r->arena, buf_text(&words));
    buf_done(&words);
    return text;
}

static void read_exclude(struct standard_reader *r, const struct yaml_node *map,
                         const char *path)
{
    struct standard_exclude keys;
    struct exclude e = {0};
    char name[OPTION_PATH];
    standard_fill(r, map, path, &STANDARD_EXCLUDE, &keys, sizeof keys);
    const struct yaml_node *kind = yaml_get(map, "kind");
    if (kind)
        e.kinds = standard_kinds(r, kind, option_path(path, "kind", name));
    else if (map->kind == YAML_MAP && !keys.pupils_below)
        yaml_error(map, r->errs, "%s: needs a kind, or pupils_below above 0", path);
    e.pupils_below = (double)keys.pupils_below;
    e.rule = keys.pupils_below ? "pupils_below" : "kind";
    e.reason = keys.reason ? keys.reason : exclude_reason(r, &e);
    r->st->exclude[r->st->n_exclude++] = e;
}

static void read_excludes(struct standard_reader *r, const struct yaml_node *list)
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

void standard_read_population(struct standard_reader *r, const struct yaml_node *root)
{
    struct standard_population keys;
    const struct yaml_node *map = yaml_get(root, "population");
    if (!map)
        return;
    size_t before = r->errs->errors;
    standard_fill(r, map, "population", &STANDARD_POPULATION, &keys, sizeof keys);
    r->st->campus_merge = keys.campus == CAMPUS_MERGE;
    if (yaml_get(map, "exclude"))
        read_excludes(r, yaml_get(map, "exclude"));
    const struct yaml_node *owners = yaml_get(map, "owners");
    if (owners && r->errs->errors == before)
        r->st->owners = standard_owners(r, owners, "population.owners");
}
