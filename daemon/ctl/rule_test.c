/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/rule_test.h"

#include <stddef.h>
#include <string.h>

#include "ctl/moment.h"

enum { TESTS_MAX = 10000, STEPS_MAX = 1000, ENTRIES_MAX = 10000, KEYS_MAX = 32 };

/* A list, or one thing that stands for a list of itself. */
struct items {
    const struct yaml_node *const *list;
    size_t n;
};

static struct items items_of(const struct scene_reader *r, const struct yaml_node *node,
                             const char *path, size_t max)
{
    const struct yaml_node **one = arena_alloc(r->arena, sizeof *one);
    if (node->kind == YAML_LIST && node->n <= max)
        return (struct items){node->items, node->n};
    if (!one || node->kind == YAML_LIST) {
        yaml_error(node, r->errs, "%s: more than %zu", path, max);
        return (struct items){0};
    }
    *one = node;
    return (struct items){one, 1};
}

static bool is_map(const struct scene_reader *r, const struct yaml_node *node,
                   const char *path)
{
    char shown[YAML_SHOW];
    if (node->kind == YAML_MAP)
        return true;
    yaml_error(node, r->errs, "%s: expected a map, got %s", path, yaml_show(node, shown));
    return false;
}

/* ---- acts --------------------------------------------------------------------------------------- */

static void read_act(const struct scene_reader *r, const struct verb *verb,
                     const struct yaml_node *node, const char *path, struct rule_act *ret)
{
    char name[OPTION_PATH], item[OPTION_PATH];
    struct items items =
        items_of(r, node, option_path(path, verb->name, name), ENTRIES_MAX);
    const void **confs = arena_array(r->arena, items.n, sizeof *confs);
    for (size_t i = 0; confs && i < items.n; i++) {
        void *conf = arena_alloc(r->arena, verb->size);
        size_t before = r->errs->errors;
        confs[i] = conf;
        option_item(path, verb->name, i, item);
        if (!conf || !is_map(r, items.list[i], item))
            continue;
        option_fill(items.list[i], item, verb->options, verb->parts, conf, verb->size,
                    r->arena, r->errs);
        if (verb->read && r->errs->errors == before)
            verb->read(r, items.list[i], item, conf);
    }
    *ret = (struct rule_act){verb, items.list, confs, confs ? items.n : 0};
}

/* ---- expectations ---------------------------------------------------------------------------------- */

static void read_claim(const struct scene_reader *r, const struct claim *claim,
                       const struct yaml_node *node, const char *path, bool only,
                       struct claims *ret)
{
    char name[OPTION_PATH], item[OPTION_PATH];
    struct items items = {0};
    bool none =
        claim->none && node->kind == YAML_SCALAR && !strcmp(node->text, claim->none);
    if (!none)
        items = items_of(r, node, option_path(path, claim->name, name), ENTRIES_MAX);
    const void **confs = arena_array(r->arena, items.n, sizeof *confs);
    for (size_t i = 0; confs && i < items.n; i++) {
        void *conf = arena_alloc(r->arena, claim->size);
        size_t before = r->errs->errors;
        confs[i] = conf;
        option_item(path, claim->name, i, item);
        if (!conf || !is_map(r, items.list[i], item))
            continue;
        option_fill(items.list[i], item, claim->options, claim->parts, conf, claim->size,
                    r->arena, r->errs);
        if (r->errs->errors == before)
            claim->read(r, items.list[i], item, conf);
    }
    *ret = (struct claims){node, items.list, confs, confs ? items.n : 0, only};
}

static const struct claim *claim_of(const char *name, size_t *ret_i)
{
    for (size_t i = 0; CLAIMS[i]; i++)
        if (!strcmp(CLAIMS[i]->name, name)) {
            *ret_i = i;
            return CLAIMS[i];
        }
    return NULL;
}

static bool read_only(const struct scene_reader *r, const struct yaml_node *map,
                      const char *path)
{
    static const struct jh_option ONLY = {"only", JH_BOOL, 0,     NULL, 0,
                                          0,      NULL,    false, ""};
    const struct yaml_node *node = yaml_get(map, "only");
    char name[OPTION_PATH];
    bool only = false;
    if (node)
        option_value(node, option_path(path, "only", name), &ONLY, &only, r->arena,
                     r->errs);
    return only;
}

static void read_expect(const struct scene_reader *r, const struct yaml_node *map,
                        const char *path, struct rule_step *step)
{
    const char *words[KEYS_MAX] = {"only"};
    size_t n = 1, k;
    for (size_t i = 0; CLAIMS[i]; i++)
        words[n++] = CLAIMS[i]->name;
    if (!is_map(r, map, path))
        return;
    bool only = read_only(r, map, path);
    for (size_t i = 0; i < map->n; i++) {
        const struct yaml_node *key = map->pairs[i].key;
        const struct claim *claim = claim_of(key->text, &k);
        if (claim)
            read_claim(r, claim, map->pairs[i].value, path, only, &step->claims[k]);
        else if (strcmp(key->text, "only") != 0)
            option_unknown(key, path, words, n, r->errs);
    }
}

/* ---- steps ------------------------------------------------------------------------------------------ */

static const struct verb *verb_of(const char *name)
{
    for (size_t i = 0; VERBS[i]; i++)
        if (!strcmp(VERBS[i]->name, name))
            return VERBS[i];
    return NULL;
}

static void unknown_key(const struct scene_reader *r, const struct yaml_node *key,
                        const char *path)
{
    const char *words[KEYS_MAX] = {"at", "expect"};
    size_t n = 2;
    for (size_t i = 0; VERBS[i]; i++)
        words[n++] = VERBS[i]->name;
    option_unknown(key, path, words, n, r->errs);
}

static void read_time(const struct scene_reader *r, const struct yaml_node *map,
                      const char *path, int64_t before_ms, struct rule_step *step)
{
    const struct yaml_node *at = yaml_get(map, "at");
    char shown[YAML_SHOW];
    step->ms = before_ms;
    if (!at && !before_ms)
        yaml_error(map, r->errs, "%s.at: the first step says when it is", path);
    if (!at)
        return;
    if (at->kind == YAML_SCALAR && (*at->text != '+' || before_ms) &&
        !moment_parse(at->text, before_ms, &step->ms)) {
        if (step->ms < before_ms)
            yaml_error(at, r->errs, "%s.at: is before the step before", path);
        return;
    }
    yaml_error(at, r->errs,
               "%s.at: expected a time such as 2022-10-01T09:00, or behind the first "
               "one +7d, +12h or +1mo, got %s",
               path, yaml_show(at, shown));
    step->ms = before_ms ? before_ms : 1; /* it is told once */
}

static void read_step(const struct scene_reader *r, const struct yaml_node *map,
                      const char *path, int64_t before_ms, struct rule_step *step)
{
    char name[OPTION_PATH];
    step->at = map;
    step->ms = before_ms;
    if (!is_map(r, map, path))
        return;
    read_time(r, map, path, before_ms, step);
    for (size_t i = 0; i < map->n; i++) {
        const struct yaml_node *key = map->pairs[i].key, *value = map->pairs[i].value;
        const struct verb *verb = verb_of(key->text);
        if (verb && step->act.verb)
            yaml_error(key, r->errs, "%s: a step is one act: \"%s\" wants one of its own",
                       path, key->text);
        else if (verb)
            read_act(r, verb, value, path, &step->act);
        else if (!strcmp(key->text, "expect"))
            read_expect(r, value, option_path(path, "expect", name), step);
        else if (strcmp(key->text, "at") != 0)
            unknown_key(r, key, path);
    }
}

/* ---- tests ------------------------------------------------------------------------------------------- */

/* `certify` of a test is what there was before: a step at the time of the first. */
static void read_steps(const struct scene_reader *r, const struct yaml_node *map,
                       const char *path, struct rule_test *test)
{
    const struct yaml_node *list = yaml_get(map, "steps"),
                           *certify = yaml_get(map, "certify");
    char name[OPTION_PATH];
    size_t first = certify ? 1 : 0;
    int64_t before_ms = 0;
    if (!list || list->kind != YAML_LIST || !list->n || list->n > STEPS_MAX) {
        yaml_error(list ? list : map, r->errs,
                   "%s.steps: expected a list of 1 to %d steps", path, STEPS_MAX);
        return;
    }
    struct rule_step *steps = arena_array(r->arena, list->n + 1, sizeof *steps);
    for (size_t i = 0; steps && i < list->n; i++) {
        read_step(r, list->items[i], option_item(path, "steps", i, name), before_ms,
                  &steps[first + i]);
        before_ms = steps[first + i].ms;
    }
    if (steps && certify) {
        steps[0].at = certify;
        steps[0].ms = steps[1].ms;
        read_act(r, verb_of("certify"), certify, path, &steps[0].act);
    }
    test->steps = steps;
    test->n_steps = steps ? first + list->n : 0;
}

static void read_test(const struct scene_reader *r, const struct yaml_node *map,
                      const char *path, struct rule_test *test)
{
    static const struct jh_option OPTIONS[] = {
        {"name", JH_STRING, offsetof(struct rule_test, name), NULL, 0, 0, NULL, true,
         "the rule that the test holds"},
        {0}};
    static const char *const PARTS[] = {"certify", "steps", NULL};
    if (!is_map(r, map, path))
        return;
    option_fill(map, path, OPTIONS, PARTS, test, sizeof *test, r->arena, r->errs);
    test->at = map;
    read_steps(r, map, path, test);
}

const struct rule_test *rule_test_read(const struct scene_reader *r,
                                       const struct yaml_node *root, size_t *ret_n)
{
    const struct yaml_node *list = yaml_get(root, "tests");
    char path[OPTION_PATH];
    if (!list || list->kind != YAML_LIST || !list->n || list->n > TESTS_MAX) {
        yaml_error(list ? list : root, r->errs, "tests: expected a list of 1 to %d tests",
                   TESTS_MAX);
        return NULL;
    }
    struct rule_test *tests = arena_array(r->arena, list->n, sizeof *tests);
    for (size_t i = 0; tests && i < list->n; i++)
        read_test(r, list->items[i], option_item("", "tests", i, path), &tests[i]);
    *ret_n = list->n;
    return tests;
}
