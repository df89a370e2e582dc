/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/option.h"

#include <inttypes.h>
#include <string.h>

#include "base/num.h"
#include "base/word.h"

enum { NAMES_MAX = 256, RANGE_TEXT = 96, WORDS_TEXT = 256 };

/* A number and how it may be written behind it. */
struct unit {
    const char *name;
    int64_t factor;
};

static const struct unit DURATIONS[] = {
    {"ms", 1}, {"s", 1000}, {"m", 60 * 1000}, {"h", 3600 * 1000}, {"d", 86400000}, {0}};
static const struct unit SIZES[] = {
    {"", 1}, {"KiB", 1024}, {"MiB", 1024 * 1024}, {"GiB", 1024 * 1024 * 1024}, {0}};
static const struct unit PLAIN[] = {{"", 1}, {0}};

/* ---- did you mean --------------------------------------------------------------------- */

const char *option_suggest(const char *wrong, const char *const *words, size_t n)
{
    return word_nearest(wrong, words, n);
}

const char *option_mean(const char *wrong, const char *const *words, size_t n,
                        char out[OPTION_MEAN])
{
    const char *near = option_suggest(wrong, words, n);
    char quoted[YAML_SHOW];
    if (near)
        snprintf(out, OPTION_MEAN, " (did you mean %s?)", yaml_quote(near, quoted));
    else
        out[0] = '\0';
    return out;
}

/* ---- values --------------------------------------------------------------------------- */

static const struct unit *units_of(enum jh_type type)
{
    return type == JH_DURATION ? DURATIONS : type == JH_SIZE ? SIZES : PLAIN;
}

/* "30s" -> 30000. JH_EINVAL: not written like that; JH_ELIMIT: too large for any range. */
static int parse_amount(const char *text, const struct unit *units, int64_t *ret)
{
    size_t digits = strspn(text, "0123456789");
    size_t sign = *text == '-' && units == PLAIN;
    if (sign)
        digits = 1 + strspn(text + 1, "0123456789");
    if (digits == sign)
        return JH_EINVAL;
    for (const struct unit *u = units; u->name; u++) {
        int64_t n;
        if (strcmp(text + digits, u->name) != 0)
            continue;
        if (num_parse_int(text, digits, INT64_MIN, INT64_MAX, &n) != 0 ||
            __builtin_mul_overflow(n, u->factor, &n))
            return JH_ELIMIT;
        *ret = n;
        return 0;
    }
    return JH_EINVAL;
}

/* The shortest way to write an amount: 90000 -> "90s". */
static void print_amount(int64_t v, enum jh_type type, char *out, size_t size)
{
    const struct unit *best = units_of(type);
    for (const struct unit *u = best; u->name; u++)
        if (v % u->factor == 0 && (v || u->factor <= 1000)) /* nothing is 0s */
            best = u;
    snprintf(out, size, "%" PRId64 "%s", v / best->factor, best->name);
}

static void bounds(const struct jh_option *o, int64_t *ret_min, int64_t *ret_max)
{
    bool any = !o->min && !o->max;
    *ret_min = o->min;
    *ret_max = any ? INT64_MAX : o->max;
}

static void print_range(const struct jh_option *o, char out[RANGE_TEXT])
{
    char low[32], high[32];
    int64_t min, max;
    bounds(o, &min, &max);
    print_amount(min, o->type, low, sizeof low);
    print_amount(max, o->type, high, sizeof high);
    if (max == INT64_MAX)
        snprintf(out, RANGE_TEXT, "%s or more", low);
    else
        snprintf(out, RANGE_TEXT, "%s to %s", low, high);
}

/* The list of words as "a, b or c". */
static void print_words(const char *const *words, char *out, size_t size)
{
    size_t len = 0;
    out[0] = '\0';
    for (size_t i = 0; words[i] && len < size; i++) {
        const char *glue = !i ? "" : words[i + 1] ? ", " : " or ";
        int n = snprintf(out + len, size - len, "%s%s", glue, words[i]);
        len += n > 0 ? (size_t)n : 0;
    }
}

/* What a value of the option looks like, in words. */
static const char *expected(const struct jh_option *o, char words[WORDS_TEXT])
{
    switch (o->type) {
    case JH_BOOL:
        return "true or false";
    case JH_INT:
        return "a whole number";
    case JH_DURATION:
        return "a duration such as 30s, 5m, 6h";
    case JH_SIZE:
        return "a size such as 4096, 64KiB, 256MiB";
    case JH_ENUM:
        print_words(o->words, words, WORDS_TEXT);
        return words;
    case JH_LIST:
        return "a list";
    default:
        return "text";
    }
}

static bool mismatch(const struct yaml_node *node, const char *path,
                     const struct jh_option *o, struct errs *errs)
{
    char words[WORDS_TEXT], shown[YAML_SHOW];
    bool text = node->kind == YAML_SCALAR && !yaml_is_null(node);
    yaml_error(node, errs, "%s: expected %s, got %s", path, expected(o, words),
               o->type == JH_LIST && text ? "text" : yaml_show(node, shown));
    return false;
}

static bool fill_amount(const struct yaml_node *node, const char *path,
                        const struct jh_option *o, int64_t *field, struct errs *errs)
{
    char shown[YAML_SHOW], range[RANGE_TEXT];
    int64_t v, min, max;
    bounds(o, &min, &max);
    int code = parse_amount(node->text, units_of(o->type), &v);
    if (code == JH_EINVAL)
        return mismatch(node, path, o, errs);
    if (code == 0 && v >= min && v <= max) {
        *field = v;
        return true;
    }
    print_range(o, range);
    if (code == JH_ELIMIT && max == INT64_MAX)
        yaml_error(node, errs, "%s: %s is too large", path, yaml_show(node, shown));
    else
        yaml_error(node, errs, "%s: expected %s, got %s", path, range,
                   yaml_show(node, shown));
    return false;
}

static bool fill_word(const struct yaml_node *node, const char *path,
                      const struct jh_option *o, int *field, struct errs *errs)
{
    for (int i = 0; o->words[i]; i++) {
        if (!strcmp(node->text, o->words[i])) {
            *field = i;
            return true;
        }
    }
    return mismatch(node, path, o, errs);
}

static bool fill_bool(const struct yaml_node *node, const char *path,
                      const struct jh_option *o, bool *field, struct errs *errs)
{
    bool yes = !strcmp(node->text, "true");
    if (!yes && strcmp(node->text, "false") != 0)
        return mismatch(node, path, o, errs);
    *field = yes;
    return true;
}

bool option_text(const struct yaml_node *node, const char *path, struct errs *errs)
{
    char shown[YAML_SHOW];
    if (node->kind == YAML_SCALAR && !yaml_is_null(node))
        return true;
    yaml_error(node, errs, "%s: expected text, got %s", path, yaml_show(node, shown));
    return false;
}

static bool fill_list(const struct yaml_node *node, const char *path,
                      const struct jh_option *o, struct jh_list *field,
                      struct arena *arena, struct errs *errs)
{
    if (node->kind != YAML_LIST)
        return mismatch(node, path, o, errs);
    const char **items = arena_array(arena, node->n + 1, sizeof *items);
    bool good = items;
    for (size_t i = 0; items && i < node->n; i++) {
        char at[OPTION_PATH];
        snprintf(at, sizeof at, "%s[%zu]", path, i);
        good = option_text(node->items[i], at, errs) && good;
        items[i] = arena_str(arena, node->items[i]->text);
    }
    if (good)
        *field = (struct jh_list){items, node->n};
    return good;
}

bool option_value(const struct yaml_node *node, const char *path,
                  const struct jh_option *o, void *field, struct arena *arena,
                  struct errs *errs)
{
    if (o->type == JH_LIST)
        return fill_list(node, path, o, field, arena, errs);
    if (node->kind != YAML_SCALAR || yaml_is_null(node))
        return mismatch(node, path, o, errs);
    if (o->type == JH_ENUM)
        return fill_word(node, path, o, field, errs);
    if (o->type == JH_BOOL)
        return fill_bool(node, path, o, field, errs);
    if (o->type != JH_STRING)
        return fill_amount(node, path, o, field, errs);
    *(const char **)field = arena_str(arena, node->text);
    return true;
}

/* ---- maps ----------------------------------------------------------------------------- */

static size_t size_of(enum jh_type type)
{
    switch (type) {
    case JH_BOOL:
        return sizeof(bool);
    case JH_ENUM:
        return sizeof(int);
    case JH_STRING:
        return sizeof(char *);
    case JH_LIST:
        return sizeof(struct jh_list);
    default:
        return sizeof(int64_t);
    }
}

/* A plugin's table is another's work: what it writes must lie within its struct. */
static bool fits(const struct jh_option *o, size_t conf_size)
{
    return o->offset <= conf_size && conf_size - o->offset >= size_of(o->type);
}

static void fill_defaults(const struct jh_option *options, void *conf, size_t conf_size,
                          struct arena *arena)
{
    struct errs none;
    errs_init(&none, 0);
    for (const struct jh_option *o = options; o->name; o++) {
        if (!o->def || !fits(o, conf_size))
            continue;
        const struct yaml_node text = {.kind = YAML_SCALAR,
                                       .file = "",
                                       .text = o->def,
                                       .quoted = true}; /* "" is text */
        const struct yaml_node *items[] = {&text};
        const struct yaml_node list = {
            .kind = YAML_LIST, .file = "", .text = "", .n = 1, .items = items};
        option_value(o->type == JH_LIST ? &list : &text, o->name, o,
                     (char *)conf + o->offset, arena, &none);
    }
    errs_done(&none);
}

void option_defaults(const struct jh_option *options, void *conf, struct arena *arena)
{
    fill_defaults(options, conf, SIZE_MAX, arena);
}

const char *option_path(const char *path, const char *key, char out[OPTION_PATH])
{
    snprintf(out, OPTION_PATH, "%s%s%s", path, *path ? "." : "", key);
    return out;
}

const char *option_item(const char *path, const char *key, size_t i,
                        char out[OPTION_PATH])
{
    snprintf(out, OPTION_PATH, "%s%s%s[%zu]", path, *path ? "." : "", key, i);
    return out;
}

static const struct jh_option *find(const struct jh_option *options, const char *key)
{
    for (const struct jh_option *o = options; o->name; o++)
        if (!strcmp(o->name, key))
            return o;
    return NULL;
}

static bool listed(const char *const *words, const char *word)
{
    for (; words && *words; words++)
        if (!strcmp(*words, word))
            return true;
    return false;
}

void option_unknown(const struct yaml_node *key, const char *path,
                    const char *const *words, size_t n, struct errs *errs)
{
    char quoted[YAML_SHOW], mean[OPTION_MEAN];
    yaml_error(key, errs, "%s%sunknown key %s%s", path, *path ? ": " : "",
               yaml_quote(key->text, quoted), option_mean(key->text, words, n, mean));
}

static void unknown(const struct yaml_node *key, const char *path,
                    const struct jh_option *options, const char *const *also,
                    struct errs *errs)
{
    const char *names[NAMES_MAX];
    size_t n = 0;
    for (const struct jh_option *o = options; o->name && n < NAMES_MAX; o++)
        names[n++] = o->name;
    for (; also && *also && n < NAMES_MAX; also++)
        names[n++] = *also;
    option_unknown(key, path, names, n, errs);
}

static void fill_key(const struct yaml_pair *pair, const char *path,
                     const struct jh_option *o, void *conf, size_t conf_size,
                     struct arena *arena, struct errs *errs)
{
    char at[OPTION_PATH];
    option_path(path, o->name, at);
    if (!fits(o, conf_size))
        yaml_error(pair->key, errs, "%s: its option table does not fit its struct", at);
    else if (yaml_is_null(pair->value))
        yaml_error(pair->key, errs, "%s: no value: leave the key out for its default",
                   at);
    else
        option_value(pair->value, at, o, (char *)conf + o->offset, arena, errs);
}

void option_fill(const struct yaml_node *map, const char *path,
                 const struct jh_option *options, const char *const *also, void *conf,
                 size_t conf_size, struct arena *arena, struct errs *errs)
{
    char shown[YAML_SHOW];
    memset(conf, 0, conf_size);
    fill_defaults(options, conf, conf_size, arena);
    if (map->kind != YAML_MAP) {
        yaml_error(map, errs, "%s%sexpected a map, got %s", path, *path ? ": " : "",
                   map->kind == YAML_SCALAR && !yaml_is_null(map)
                       ? "text"
                       : yaml_show(map, shown));
        return;
    }
    for (size_t i = 0; i < map->n; i++) {
        const struct jh_option *o = find(options, map->pairs[i].key->text);
        if (o)
            fill_key(&map->pairs[i], path, o, conf, conf_size, arena, errs);
        else if (!listed(also, map->pairs[i].key->text))
            unknown(map->pairs[i].key, path, options, also, errs);
    }
    for (const struct jh_option *o = options; o->name; o++)
        if (o->required && !yaml_get(map, o->name))
            yaml_error(map, errs, "%s%s\"%s\" is missing", path, *path ? ": " : "",
                       o->name);
}

/* ---- documentation -------------------------------------------------------------------- */

static const char *type_name(enum jh_type type)
{
    static const char *const NAMES[] = {"true/false", "number", "duration", "size",
                                        "text",       "word",   "list"};
    return NAMES[type];
}

/* What may stand there beyond the type: a range, or the words. */
static void print_domain(const struct jh_option *o, char words[WORDS_TEXT])
{
    char range[RANGE_TEXT];
    words[0] = '\0';
    if (o->type == JH_ENUM) {
        print_words(o->words, words, WORDS_TEXT);
    } else if ((o->type == JH_INT || o->type == JH_DURATION || o->type == JH_SIZE) &&
               (o->min || o->max)) {
        print_range(o, range);
        snprintf(words, WORDS_TEXT, "%s", range);
    }
}

void option_document(FILE *to, const struct jh_option *options)
{
    fprintf(to, "| key | type | default | range | meaning |\n|---|---|---|---|---|\n");
    for (const struct jh_option *o = options; o->name; o++) {
        char domain[WORDS_TEXT];
        const char *tick = o->def ? "`" : "";
        print_domain(o, domain);
        fprintf(to, "| `%s` | %s | %s%s%s | %s | %s |\n", o->name, type_name(o->type),
                tick,
                o->def        ? o->def
                : o->required ? "(required)"
                              : "",
                tick, domain, o->help ? o->help : "");
    }
}
