/* SPDX-License-Identifier: Apache-2.0 */
#include "render/view.h"

#include <math.h>
#include <string.h>

#include "base/num.h"
#include "render/json_make.h"

enum { TOP_FIGURES = 3, LACKS_MAX = 2, SHORT_ID = 8, SHORT_SHA = 12, WORD = 160 };

/* ---- reading ------------------------------------------------------------------------------ */

static const char *text_of(const json_t *map, const char *key)
{
    const char *text = json_string_value(json_object_get(map, key));
    return text ? text : "";
}

static double number_of(const json_t *map, const char *key)
{
    const json_t *v = json_object_get(map, key);
    return json_is_number(v) ? json_number_value(v) : NAN;
}

static bool text_is(const json_t *map, const char *key, const char *want)
{
    return strcmp(text_of(map, key), want) == 0;
}

/* "kind", "slip" -> the phrase kind_slip; the id itself where there is none. */
static const char *phrase(const struct messages *m, const char *group, const char *id)
{
    char key[2 * WORD];
    snprintf(key, sizeof key, "%s_%s", group, id);
    const char *text = messages_phrase(m, key);
    return text == key ? id : text;
}

static json_t *fixed(double v, const json_t *alert)
{
    char text[NUM_TEXT];
    if (isnan(v))
        return json_null();
    num_fixed(v, (unsigned)json_integer_value(json_object_get(alert, "digits")), text);
    return json_words(text);
}

/* The value to five decimals where the printed one hides something. */
static json_t *exact(double v, const json_t *alert)
{
    char text[NUM_TEXT];
    unsigned digits = (unsigned)json_integer_value(json_object_get(alert, "digits"));
    if (isnan(v) || num_round(v, digits) == num_round(v, 5))
        return json_null();
    num_fixed(v, 5, text);
    return json_words(text);
}

static json_t *first_bytes(const json_t *map, const char *key, size_t n)
{
    const char *text = text_of(map, key); /* hex digits */
    return json_stringn(text, strnlen(text, n));
}

static json_t *shown(const json_t *list)
{
    return json_boolean(json_array_size(list) || json_object_size(list));
}

/* ---- figures ------------------------------------------------------------------------------ */

static json_t *figure_name(const struct messages *m, const json_t *figure)
{
    char name[WORD];
    if (text_is(figure, "id", "composite"))
        return json_words(messages_phrase(m, "composite"));
    const char *title = text_of(figure, "title");
    snprintf(name, sizeof name, "%s%s", *title ? title : text_of(figure, "id"),
             messages_phrase(m, "cv"));
    return json_words(name);
}

static json_t *over(const json_t *figure, const json_t *alert)
{
    unsigned digits = (unsigned)json_integer_value(json_object_get(alert, "digits"));
    double limit = number_of(figure, "limit");
    return fixed(num_round(number_of(figure, "value"), digits) - limit, alert);
}

static json_t *figure_entry(const struct messages *m, const json_t *alert,
                            const json_t *stage, const json_t *figure)
{
    bool fails = text_is(figure, "outcome", "fail"),
         passes = text_is(figure, "outcome", "pass");
    json_t *map = json_deep_copy(figure);
    map = json_put(map, "stage", json_words(text_of(stage, "stage")));
    map = json_put(map, "stage_title",
                   json_words(messages_phrase(m, text_of(stage, "stage"))));
    map = json_put(map, "name", figure_name(m, figure));
    map = json_put(map, "fails", json_boolean(fails));
    map = json_put(map, "passes", json_boolean(passes));
    map = json_put(map, "unknown", json_boolean(!fails && !passes));
    map = json_put(map, "sign", json_words(fails ? ">" : passes ? "\u2264" : "/"));
    map = json_put(map, "over", fails ? over(figure, alert) : json_null());
    map = json_put(map, "exact", exact(number_of(figure, "value"), alert));
    map = json_put(map, "previous_printed", fixed(number_of(figure, "previous"), alert));
    return json_put(map, "baseline_printed", fixed(number_of(figure, "baseline"), alert));
}

/* The stage's figures that have a limit. */
static json_t *judged(const struct messages *m, const json_t *alert, const json_t *stage)
{
    json_t *list = json_array();
    const json_t *figures = json_object_get(stage, "figures");
    for (size_t i = 0; i < json_array_size(figures); i++) {
        const json_t *f = json_array_get(figures, i);
        if (json_is_object(f) && !text_is(f, "outcome", "none"))
            list = json_add(list, figure_entry(m, alert, stage, f));
    }
    return list;
}

static json_t *rule_entry(const struct messages *m, const json_t *stage)
{
    const json_t *rule = json_object_get(stage, "school_rule");
    bool fails = text_is(rule, "outcome", "fail");
    json_t *failing = json_object_get(rule, "failing");
    return json_pack("{s:s,s:o,s:o,s:o,s:b,s:b,s:O}", "id", "school_rule", "stage",
                     json_words(text_of(stage, "stage")), "stage_title",
                     json_words(messages_phrase(m, text_of(stage, "stage"))), "name",
                     json_words(messages_phrase(m, "school_rule_name")), "fails", fails,
                     "school_rule", 1, "schools", failing ? failing : json_null());
}

/* ---- indicators and schools ------------------------------------------------------------------ */

static const json_t *indicator(const json_t *stage, const char *id)
{
    const json_t *list = json_object_get(stage, "indicators");
    for (size_t i = 0; i < json_array_size(list); i++)
        if (text_is(json_array_get(list, i), "id", id))
            return json_array_get(list, i);
    return NULL;
}

/* The next indicator in falling order of its CV: below (cv, index) of the last one. */
static const json_t *next_by_cv(const json_t *stage, const json_t *last)
{
    const json_t *list = json_object_get(stage, "indicators"), *best = NULL;
    double limit = last ? number_of(last, "cv") : INFINITY;
    bool past = !last;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *x = json_array_get(list, i);
        double cv = number_of(x, "cv");
        bool candidate = cv < limit || (cv == limit && past);
        past = past || x == last;
        if (candidate && (!best || cv > number_of(best, "cv")))
            best = x;
    }
    return best;
}

static json_t *top(const json_t *alert, const json_t *stage)
{
    json_t *list = json_array();
    const json_t *x = NULL;
    for (int i = 0; i < TOP_FIGURES && (x = next_by_cv(stage, x)); i++) {
        json_t *map = json_deep_copy(x);
        list = json_add(list, json_put(map, "previous_printed",
                                       fixed(number_of(x, "previous"), alert)));
    }
    return list;
}

/* Three figures are enough for people: 8,310, 12.4, 0.052. */
static json_t *amount(double v)
{
    char text[NUM_TEXT];
    double size = fabs(v);
    num_fixed(v, size >= 100 ? 0 : size >= 1 ? 1 : 3, text);
    size_t len = strlen(text);
    if (isnan(v))
        return json_null();
    if (size >= 1000)
        return json_real(num_round(v, 0)); /* the template groups it */
    while (strchr(text, '.') && (text[len - 1] == '0' || text[len - 1] == '.'))
        text[--len] = '\0';
    return json_words(text);
}

static json_t *lack(const json_t *ind, const json_t *school, double gap)
{
    const char *unit = text_of(ind, "unit"), *id = text_of(ind, "id");
    return json_pack(
        "{s:o,s:o,s:o,s:o,s:o,s:o}", "title", json_words(text_of(ind, "title")), "value",
        amount(number_of(json_object_get(school, "values"), id)), "mean",
        amount(number_of(ind, "mean")), "amount", amount(-gap), "unit", json_words(unit),
        "raw_unit", json_stringn(unit, strcspn(unit, "/")));
}

/* What the school is short of, in the order in which the indicators weigh. */
static json_t *lacks(const json_t *stage, const json_t *school)
{
    json_t *list = json_array();
    const json_t *x = NULL, *gaps = json_object_get(school, "gaps");
    while (json_array_size(list) < LACKS_MAX && (x = next_by_cv(stage, x))) {
        double gap = number_of(gaps, text_of(x, "id"));
        if (gap < 0)
            list = json_add(list, lack(x, school, gap));
    }
    return list;
}

static json_t *below_titles(const json_t *stage, const json_t *school)
{
    json_t *list = json_array();
    const json_t *below = json_object_get(school, "below");
    for (size_t i = 0; i < json_array_size(below); i++) {
        const char *id = json_string_value(json_array_get(below, i));
        list =
            json_add(list, json_words(text_of(indicator(stage, id ? id : ""), "title")));
    }
    return list;
}

static json_t *drivers(const json_t *stage)
{
    json_t *list = json_array();
    const json_t *schools = json_object_get(stage, "schools");
    for (size_t i = 0; i < json_array_size(schools); i++) {
        const json_t *school = json_array_get(schools, i);
        if (!json_is_object(school))
            continue;
        json_t *map = json_deep_copy(school), *missing = lacks(stage, school);
        if (text_is(school, "name", ""))
            map = json_put(map, "name", json_words(text_of(school, "code")));
        map = json_put(map, "lacks_shown", shown(missing));
        map = json_put(map, "lacks", missing);
        list = json_add(list, json_put(map, "below_titles", below_titles(stage, school)));
    }
    return list;
}

/* ---- stages ------------------------------------------------------------------------------- */

static json_t *stage_view(const struct messages *m, const json_t *alert,
                          const json_t *stage)
{
    json_t *map = json_deep_copy(stage);
    json_t *figures = judged(m, alert, stage), *weigh = top(alert, stage);
    json_t *schools = drivers(stage), *rule = rule_entry(m, stage);
    bool fails = text_is(stage, "outcome", "fail");
    json_t *failing = json_object_get(rule, "schools");
    map = json_put(map, "title", json_words(messages_phrase(m, text_of(stage, "stage"))));
    map = json_put(map, "outcome_word",
                   json_words(messages_phrase(m, text_of(stage, "outcome"))));
    map = json_put(map, "rule_fails",
                   json_integer_value(failing) > 0 ? json_incref(failing) : json_null());
    map = json_put(map, "judged_shown", shown(figures));
    map = json_put(map, "judged", figures);
    map = json_put(map, "top_shown", json_boolean(fails && json_array_size(weigh)));
    map = json_put(map, "top", weigh);
    map = json_put(map, "drivers_shown", shown(schools));
    map = json_put(map, "drivers", schools);
    return json_put(map, "rule", rule);
}

static json_t *stage_views(const struct messages *m, const json_t *alert)
{
    json_t *list = json_array();
    const json_t *stages = json_object_get(alert, "stages");
    for (size_t i = 0; i < json_array_size(stages); i++)
        if (json_is_object(json_array_get(stages, i)))
            list = json_add(list, stage_view(m, alert, json_array_get(stages, i)));
    return list;
}

/* ---- items -------------------------------------------------------------------------------- */

/* "at_least" as a sign. */
static const char *sign_of(const json_t *item)
{
    return text_is(item, "compare", "at_least")  ? "\u2265"
           : text_is(item, "compare", "at_most") ? "\u2264"
           : text_is(item, "compare", "below")   ? "<"
           : text_is(item, "compare", "above")   ? ">"
                                                 : "";
}

/* In the digits of its form; unrounded where the rule compares it so. Null without a rule. */
static json_t *item_number(const json_t *item, const char *key, bool rounded)
{
    char text[NUM_TEXT];
    json_int_t digits = json_integer_value(json_object_get(item, "digits"));
    double v = number_of(item, key);
    if (isnan(v) || !*sign_of(item))
        return json_null();
    if (rounded && digits >= 0)
        num_fixed(v, (unsigned)digits, text);
    else
        num_print(v, text);
    return json_words(text);
}

static json_t *item_view(const struct messages *m, const json_t *item)
{
    const char *title = text_of(item, "title");
    json_t *map =
        json_pack("{s:o,s:s,s:s,s:o,s:b,s:i,s:b,s:o}", "id",
                  json_words(text_of(item, "id")), "stage", "items", "stage_title", "",
                  "name", json_words(*title ? title : text_of(item, "id")), "fails",
                  text_is(item, "verdict", "fail"), "item", 1, "veto",
                  json_is_true(json_object_get(item, "veto")), "outcome_word",
                  json_words(messages_phrase(m, text_of(item, "verdict"))));
    map = json_put(map, "printed", item_number(item, "value", true));
    map = json_put(map, "limit", item_number(item, "limit", false));
    map = json_put(map, "sign", json_words(sign_of(item)));
    return json_put(map, "unit", json_words(text_of(item, "unit")));
}

/* They stand beside the stages, as "items/ID" among the keys. */
static json_t *item_views(const struct messages *m, const json_t *alert)
{
    json_t *list = json_array();
    const json_t *items = json_object_get(alert, "items");
    for (size_t i = 0; i < json_array_size(items); i++)
        if (json_is_object(json_array_get(items, i)))
            list = json_add(list, item_view(m, json_array_get(items, i)));
    return list;
}

/* ---- what the message is about ------------------------------------------------------------ */

static bool has_key(const json_t *keys, const json_t *entry)
{
    char key[WORD];
    snprintf(key, sizeof key, "%s/%s", text_of(entry, "stage"), text_of(entry, "id"));
    for (size_t i = 0; i < json_array_size(keys); i++) {
        const char *text = json_string_value(json_array_get(keys, i));
        if (text && strcmp(text, key) == 0)
            return true;
    }
    return false;
}

static json_t *pick_one(json_t *list, const json_t *keys, json_t *entry)
{
    bool wanted =
        keys ? has_key(keys, entry) : json_is_true(json_object_get(entry, "fails"));
    return wanted ? json_add(list, json_incref(entry)) : list;
}

/* Entries of all stages and items whose keys are in the list; keys NULL: those that fail. */
static json_t *pick(const json_t *stages, const json_t *items, const json_t *keys)
{
    json_t *list = json_array();
    for (size_t i = 0; i < json_array_size(stages); i++) {
        const json_t *stage = json_array_get(stages, i);
        const json_t *figures = json_object_get(stage, "judged");
        for (size_t k = 0; k < json_array_size(figures); k++)
            list = pick_one(list, keys, json_array_get(figures, k));
        list = pick_one(list, keys, json_object_get(stage, "rule"));
    }
    for (size_t i = 0; i < json_array_size(items); i++)
        list = pick_one(list, keys, json_array_get(items, i));
    return list;
}

/* Firing tells what fails, an extension what is new, an ending what had been told. */
static json_t *targets(const json_t *alert, const json_t *stages, const json_t *items,
                       const char *to)
{
    const json_t *keys = strcmp(to, "extended") == 0   ? json_object_get(alert, "added")
                         : strcmp(to, "resolved") == 0 ? json_object_get(alert, "told")
                                                       : NULL;
    json_t *list = pick(stages, items, keys);
    if (json_array_size(list) || !keys)
        return list;
    json_decref(list);
    return pick(stages, items, NULL);
}

static json_t *with_past(const json_t *entries)
{
    json_t *list = json_array();
    for (size_t i = 0; i < json_array_size(entries); i++) {
        json_t *e = json_array_get(entries, i);
        if (json_is_string(json_object_get(e, "previous_printed")) ||
            json_is_string(json_object_get(e, "baseline_printed")))
            list = json_add(list, json_incref(e));
    }
    return list;
}

static json_t *names(const json_t *entries)
{
    json_t *list = json_array();
    char name[WORD];
    for (size_t i = 0; i < json_array_size(entries); i++) {
        const json_t *e = json_array_get(entries, i);
        snprintf(name, sizeof name, "%s%s", text_of(e, "stage_title"),
                 text_of(e, "name"));
        list = json_add(list, json_words(name));
    }
    return list;
}

static bool composite_fails(const json_t *failing)
{
    for (size_t i = 0; i < json_array_size(failing); i++)
        if (text_is(json_array_get(failing, i), "id", "composite"))
            return true;
    return false;
}

/* ---- words -------------------------------------------------------------------------------- */

static const char *change_of(const json_t *alert, const char *to)
{
    static const char *const ACTIVE[] = {"extended", "expired", "escalated", "proposed"};
    for (size_t i = 0; i < sizeof ACTIVE / sizeof *ACTIVE; i++)
        if (strcmp(to, ACTIVE[i]) == 0)
            return ACTIVE[i];
    if (strcmp(to, "resolved") != 0)
        return "firing";
    const char *cause = text_of(alert, "cause");
    return *cause ? cause : "passed";
}

/* What an ending is called may depend on the kind: change_passed_data_overdue. */
static const char *change_phrase(const struct messages *m, const char *change,
                                 const char *kind)
{
    char own[WORD];
    snprintf(own, sizeof own, "%s_%s", change, kind);
    const char *text = phrase(m, "change", own);
    return text == own ? phrase(m, "change", change) : text;
}

static json_t *put_words(json_t *map, const struct messages *m, const json_t *alert,
                         const char *to)
{
    const char *change = change_of(alert, to), *id = text_of(alert, "kind"),
               *kind = phrase(m, "kind", id);
    bool active = strcmp(to, "resolved") != 0;
    char word[WORD];
    snprintf(word, sizeof word, "%s%s", active ? kind : "", change_phrase(m, change, id));
    map = json_put(map, "kind_word", json_words(kind));
    map = json_put(map, "severity_word",
                   json_words(phrase(m, "severity", text_of(alert, "severity"))));
    map = json_put(map, "change_word", json_words(word));
    return json_put(map, "change", json_pack("{s:b,s:b}", change, 1, "active", active));
}

/* Lowest first, as an address is read aloud: city, province. */
static json_t *place(const json_t *alert)
{
    json_t *list = json_array();
    const json_t *up =
        json_object_get(json_object_get(alert, "county"), "division_names");
    for (size_t i = json_array_size(up); i-- > 0;)
        if (json_string_length(json_array_get(up, i))) /* a code nobody has named */
            list = json_add(list, json_incref(json_array_get(up, i)));
    return list;
}

/* What became of the county, with a word for it. */
static json_t *boundary(const struct messages *m, const json_t *alert)
{
    const json_t *change = json_object_get(alert, "boundary_change");
    if (!json_is_object(change))
        return json_null();
    json_t *map = json_put(json_deep_copy(change), "word",
                           json_words(phrase(m, "boundary", text_of(change, "kind"))));
    return json_put(map, "to_shown", shown(json_object_get(change, "to")));
}

static json_t *put_marks(json_t *map, const json_t *alert)
{
    const json_t *cert = json_object_get(alert, "certification");
    const char *document = text_of(cert, "document");
    map = json_put(map, "place", place(alert));
    map =
        json_put(map, "cert_document",
                 json_words(*document ? document : text_of(alert, "standard_document")));
    map = json_put(map, "monthly",
                   json_boolean(strchr(text_of(alert, "data_round"), '-') != NULL));
    map = json_put(map, "short_id", first_bytes(alert, "id", SHORT_ID));
    map = json_put(map, "short_sha256", first_bytes(alert, "data_sha256", SHORT_SHA));
    map = json_put(map, "clauses_shown", shown(json_object_get(alert, "clauses")));
    return json_put(map, "departments_shown",
                    shown(json_object_get(alert, "departments")));
}

/* ---- other kinds than slips ------------------------------------------------------------------ */

/* "2025-01-31T09:00:00+08:00" as people write it: to the minute. */
static json_t *with_moments(json_t *map, const json_t *detail)
{
    static const char *const KEYS[] = {"since", "last", "ok", "delivered"};
    for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++) {
        const char *text = text_of(detail, KEYS[i]);
        if (strlen(text) > sizeof "2025-01-31T09:00")
            map = json_put(map, KEYS[i], json_sprintf("%.10s %.5s", text, text + 11));
    }
    return map;
}

/* What is said of such an alert: each with its code, by which a template takes what it knows. */
static json_t *detail_view(const struct messages *m, const json_t *alert,
                           const json_t *detail)
{
    const char *code = text_of(detail, "code"), *stage = text_of(detail, "stage");
    const char *group = text_is(alert, "kind", "data_quality") ? "finding" : "detail";
    const char *title = text_of(detail, "title");
    json_t *map = json_deep_copy(detail), *count = json_object_get(detail, "count");
    map = json_put(map, "is", json_pack("{s:b}", *code ? code : "none", 1));
    map =
        json_put(map, "stage_title", json_words(*stage ? messages_phrase(m, stage) : ""));
    map = with_moments(map, detail);
    if (count)
        map = json_put(map, "schools", json_incref(count)); /* a digest's column */
    if (json_is_true(json_object_get(detail, "figure")))
        return json_put(map, "name", figure_name(m, detail));
    return json_put(map, "name", json_words(*title ? title : phrase(m, group, code)));
}

static json_t *detail_views(const struct messages *m, const json_t *alert)
{
    json_t *list = json_array();
    const json_t *details = json_object_get(alert, "details");
    for (size_t i = 0; i < json_array_size(details); i++)
        if (json_is_object(json_array_get(details, i)))
            list = json_add(list, detail_view(m, alert, json_array_get(details, i)));
    return list;
}

static json_t *put_subject(json_t *map, const json_t *alert)
{
    const json_t *county = json_object_get(alert, "county");
    const char *name =
        json_is_object(county) ? text_of(county, "name") : text_of(alert, "subject");
    map = json_put(map, "subject_name", json_words(name));
    const char *kind = text_of(alert, "kind");
    return json_put(map, "is_kind", json_pack("{s:b}", *kind ? kind : "slip", 1));
}

/* They say what they say by their details; figures, where there are some, stand beside. */
static json_t *view_other(const struct messages *m, const json_t *alert, json_t *map)
{
    json_t *details = detail_views(m, alert);
    json_t *main = json_array_get(details, 0);
    size_t n = json_array_size(details);
    map = json_put(map, "main", main ? json_incref(main) : json_null());
    map = json_put(map, "more", n > 1 ? json_integer((json_int_t)n) : json_null());
    map = json_put(map, "details_shown", shown(details));
    map = json_put(map, "targets", details ? json_incref(details) : NULL);
    return json_put(map, "details", details);
}

enum message_template view_template(const json_t *view, enum message_template slip)
{
    int more = slip == MESSAGE_TEXT;
    if (text_is(view, "kind", "slip") || text_is(view, "kind", ""))
        return slip;
    return (enum message_template)((json_is_object(json_object_get(view, "county"))
                                        ? MESSAGE_COUNTY_SUBJECT
                                        : MESSAGE_SYSTEM_SUBJECT) +
                                   more);
}

json_t *view_alert(const struct messages *m, const json_t *alert, const char *to)
{
    bool active = strcmp(to, "resolved") != 0;
    json_t *stages = stage_views(m, alert), *items = item_views(m, alert);
    json_t *told = targets(alert, stages, items, to);
    json_t *failing = pick(stages, items, NULL);
    json_t *main = json_array_get(told, 0);
    size_t n = json_array_size(told);
    bool larger = active && json_is_true(json_object_get(alert, "basic")) &&
                  composite_fails(failing);
    json_t *map = put_marks(put_words(json_deep_copy(alert), m, alert, to), alert);
    map = json_put(map, "boundary", boundary(m, alert));
    map = json_put(map, "stages", stages);
    map = json_put(map, "items_shown", shown(items));
    map = json_put(map, "items", items);
    map = json_put(map, "main", main ? json_incref(main) : json_null());
    map = json_put(map, "more", n > 1 ? json_integer((json_int_t)n) : json_null());
    map = json_put(map, "changes", with_past(told));
    map = json_put(map, "added_names", names(told));
    map = json_put(map, "review_waits",
                   json_boolean(active && text_is(alert, "review", "submitted")));
    map = json_put(map, "larger_slip", json_boolean(larger));
    map = json_put(map, "aims_shown", json_boolean(active && json_array_size(failing)));
    map = json_put(map, "aims", failing);
    map = put_subject(json_put(map, "targets", told), alert);
    bool slip = text_is(alert, "kind", "slip") || text_is(alert, "kind", "");
    return slip ? map : view_other(m, alert, map);
}
