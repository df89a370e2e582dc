/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/buf.h"
#include "conf/option.h"
#include "conf/standard_read.h"

/* ---- numerators ------------------------------------------------------------------------ */

/* An error inside the text of a numerator: columns count on from where the text starts. */
static void numerator_error(struct standard_reader *r, const struct yaml_node *node,
                            const char *path, const char *where, const char *text)
{
    errs_at(r->errs, ERR_ERROR, node->file, node->line,
            node->col + node->quoted + (unsigned)(where - node->text), "%s.numerator: %s",
            path, text);
}

static void unknown_field(struct standard_reader *r, const struct yaml_node *node,
                          const char *path, const char *where, size_t len)
{
    const char *names[FIELD_COUNT];
    char word[STANDARD_ID_MAX + 1], quoted[YAML_SHOW], mean[OPTION_MEAN], text[256];
    enum stage stage;
    enum field primary, field = field_of(where, len);
    snprintf(word, sizeof word, "%.*s",
             (int)(len < STANDARD_ID_MAX ? len : STANDARD_ID_MAX), where);
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
static bool read_term(struct standard_reader *r, const struct yaml_node *node,
                      const char *path, const char **p, int sign, struct indicator *ind)
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
void standard_numerator(struct standard_reader *r, const struct yaml_node *node,
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

static void read_minima(struct standard_reader *r, const struct yaml_node *map,
                        const char *path, struct indicator *ind)
{
    struct standard_minima minima;
    const struct yaml_node *node = yaml_get(map, "school_min");
    char name[OPTION_PATH];
    if (!node)
        return;
    option_path(path, "school_min", name);
    standard_fill(r, node, name, &STANDARD_MINIMA, &minima, sizeof minima);
    for (int s = 0; s < STAGE_COUNT; s++)
        ind->has_min[s] = minima.stage[s] &&
                          standard_decimal(r, node, name, stage_id((enum stage)s),
                                           minima.stage[s], ABOVE_ZERO, 0, &ind->min[s]);
}

const char *standard_join(struct standard_reader *r, const struct yaml_node *node,
                          const char *path, const struct jh_list *list)
{
    struct buf words;
    buf_init(&words, STANDARD_WORDS_MAX);
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
static bool split(struct standard_reader *r, const struct yaml_node *map,
                  const char *path, const struct indicator *ind, bool written)
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

static void check_id(struct standard_reader *r, const struct yaml_node *map,
                     const char *path, const struct indicator *ind)
{
    bool staged;
    char quoted[YAML_SHOW];
    size_t len = strlen(ind->id);
    const struct yaml_node *node = standard_at(map, "id");
    yaml_quote(ind->id, quoted);
    if (!standard_id_ok(ind->id, "_"))
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

static void read_indicator(struct standard_reader *r, const struct yaml_node *map,
                           const char *path)
{
    struct standard_figure keys;
    struct indicator *ind = &r->st->indicators[r->st->n_indicators];
    standard_fill(r, map, path, &STANDARD_FIGURE, &keys, sizeof keys);
    ind->id = keys.id ? keys.id : "";
    ind->title = keys.title ? keys.title : ind->id;
    ind->unit = keys.unit;
    ind->clause = keys.clause;
    ind->departments =
        standard_join(r, standard_at(map, "departments"), path, &keys.departments);
    ind->per = (int)keys.per;
    if (keys.id)
        check_id(r, map, path, ind);
    if (keys.numerator)
        standard_numerator(r, yaml_get(map, "numerator"), path, ind);
    ind->split = split(r, map, path, ind, keys.split);
    read_minima(r, map, path, ind);
    r->st->n_indicators++;
}

void standard_read_indicators(struct standard_reader *r, const struct yaml_node *root)
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
