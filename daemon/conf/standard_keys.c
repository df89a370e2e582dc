/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/standard_keys.h"

#include <stddef.h>

#include "model/standard.h"

#define AT(type, member) offsetof(struct standard_##type, member)
#define TEXT(type, name, member, def, required, help)                                    \
    {                                                                                    \
        name, JH_STRING, AT(type, member), def, 0, 0, NULL, required, help               \
    }

enum { DIGITS_MAX = 6 };

static const char *const SERIES[] = {"yearly", "monthly", NULL};
static const char *const COMPARE[] = {"form", "raw", NULL};
static const char *const CAMPUS[] = {"separate", "merge", NULL};
static const char *const APPLIES[] = {"each", "composite", "both", NULL};

static const char *const TOP_PARTS[] = {
    "rounding",    "population", "indicators", "school_rule", "cv_rule",
    "monitor",     "items",      "veto",       "score",       "precondition",
    "relaxations", "extends",    NULL};
static const char *const POPULATION_PARTS[] = {"exclude", NULL};
static const char *const EXCLUDE_PARTS[] = {"kind", NULL};
static const char *const FILTER_PARTS[] = {"kind", "setting", "owner", NULL};
static const char *const FIGURE_PARTS[] = {"school_min", NULL};
static const char *const ITEM_PARTS[] = {"rule", NULL};
static const char *const ITEM_RULE_PARTS[] = {"where",    "stage", "all_of", "any_of",
                                              "known_of", "n_of",  NULL};
static const char *const RELAXATION_PARTS[] = {"where", "rule", "duty", NULL};
static const char *const N_OF_PARTS[] = {"of", NULL};
static const char *const SCORE_PARTS[] = {"points", NULL};
static const char *const LEVELS[] = {"county", "school", NULL};
static const char *const EACH[] = {"county", "school", "stage", NULL};
static const char *const WHO[] = {"standard", "all", NULL};
static const char *const NONE_MEANS[] = {"unknown", "pass", NULL};

static const struct jh_option TOP[] = {
    TEXT(top, "standard", standard, NULL, true, "its id"),
    TEXT(top, "title", title, NULL, false, "what people call it"),
    TEXT(top, "document", document, "", false, "the document that set it"),
    TEXT(top, "implies", implies, "", false,
         "id of a standard that its certified counties stay monitored for as well"),
    TEXT(top, "kind_title", kind_title, "", false,
         "what a county that meets it is called"),
    TEXT(top, "effective", effective, NULL, false,
         "first day; rounds with an earlier reference date are not monitored"),
    TEXT(top, "coverage", coverage, "1", false,
         "share of the enrolment whose data must be known before a figure may pass"),
    TEXT(top, "vanished_max", vanished_max, "0.05", false,
         "share of the last round's enrolment that may vanish with its schools"),
    {"series", JH_ENUM, AT(top, series), "yearly", 0, 0, SERIES, false,
     "rounds it judges"},
    {0}};

static const struct jh_option ROUNDING[] = {
    {"value", JH_INT, AT(rounding, value), "2", 0, DIGITS_MAX, NULL, false,
     "decimals of school values"},
    {"cv", JH_INT, AT(rounding, cv), "3", 0, DIGITS_MAX, NULL, false,
     "decimals of coefficients of variation"},
    {"compare", JH_ENUM, AT(rounding, compare), "form", 0, 0, COMPARE, false,
     "what limits are compared with: the rounded value of the form, or the raw one"},
    {0}};

static const struct jh_option POPULATION[] = {
    {"campus", JH_ENUM, AT(population, campus), "separate", 0, 0, CAMPUS, false,
     "campuses of a school are judged each, or added up first"},
    {"owners", JH_LIST, AT(population, owners), NULL, 0, 0, NULL, false,
     "owners (1 to 10) whose schools count; absent: all"},
    {0}};

static const struct jh_option EXCLUDE[] = {
    {"pupils_below", JH_INT, AT(exclude, pupils_below), "0", 0, 1000000, NULL, false,
     "only with fewer pupils at the stage; 0: at any size"},
    TEXT(exclude, "reason", reason, NULL, false, "words for those who ask why"),
    {0}};

/* Of pupils, of a class: what a county could have at most. */
#define COUNT(name, help)                                                                \
    {                                                                                    \
#name, JH_INT, AT(filter, name), NULL, 1, 1000000, NULL, false, help             \
    }

static const struct jh_option FILTER[] = {
    COUNT(pupils_from, "at least so many pupils, primary and junior together"),
    COUNT(pupils_below, "fewer pupils than that"),
    COUNT(largest_class_below, "its largest class has fewer pupils than that"),
    {"built_until", JH_INT, AT(filter, built_until), NULL, 1800, 2200, NULL, false,
     "built in that year or before"},
    {"boarding", JH_BOOL, AT(filter, boarding), NULL, 0, 0, NULL, false,
     "it is a boarding school, or is none"},
    {"dense_centre", JH_BOOL, AT(filter, dense_centre), NULL, 0, 0, NULL, false,
     "it lies in a dense city centre, or does not"},
    TEXT(filter, "migrant_share_above", migrant_share_above, NULL, false,
         "migrants' children are more than this share of its pupils"),
    {0}};

static const struct jh_option FIGURE[] = {
    TEXT(figure, "id", id, NULL, true, "lower-case letters, digits and _"),
    TEXT(figure, "title", title, NULL, false, "what people call it; absent: the id"),
    TEXT(figure, "numerator", numerator, NULL, true, "data fields joined by + and -"),
    {"per", JH_INT, AT(figure, per), "1", 1, 10000, NULL, false, "per so many pupils"},
    {"split", JH_BOOL, AT(figure, split), NULL, 0, 0, NULL, false,
     "amounts of combined schools are shared out among their stages; absent: those that are "
     "not given by stage"},
    TEXT(figure, "unit", unit, "", false, "printed behind values"),
    TEXT(figure, "clause", clause, "", false, "the rule in words, quoted to people"),
    {"departments", JH_LIST, AT(figure, departments), NULL, 0, 0, NULL, false,
     "who can mend it"},
    {0}};

static const struct jh_option MINIMA[] = {
    TEXT(minima, "primary", stage[STAGE_PRIMARY], NULL, false, "least value of a school"),
    TEXT(minima, "junior", stage[STAGE_JUNIOR], NULL, false, "least value of a school"),
    {0}};

static const struct jh_option SCHOOL_RULE[] = {
    {"at_least", JH_INT, AT(school_rule, at_least), NULL, 1, STANDARD_INDICATORS_MAX,
     NULL, true, "so many indicators must reach their school_min"},
    TEXT(school_rule, "floor", floor, NULL, true,
         "share of school_min that the others must reach"),
    TEXT(school_rule, "clause", clause, "", false, "the rule in words, quoted to people"),
    {0}};

static const struct jh_option CV_RULE[] = {
    {"applies_to", JH_ENUM, AT(cv_rule, applies_to), NULL, 0, 0, APPLIES, true,
     "the limits bind each indicator, their mean, or both"},
    TEXT(cv_rule, "primary", stage[STAGE_PRIMARY], NULL, false,
         "limit; absent: not judged"),
    TEXT(cv_rule, "junior", stage[STAGE_JUNIOR], NULL, false,
         "limit; absent: not judged"),
    TEXT(cv_rule, "clause", clause, "", false, "the rule in words, quoted to people"),
    {0}};

static const struct jh_option ITEM[] = {
    TEXT(item, "id", id, NULL, true, "as county data call it; letters, digits and _"),
    TEXT(item, "title", title, NULL, false, "the item in words; absent: the id"),
    {"level", JH_ENUM, AT(item, level), "county", 0, 0, LEVELS, false,
     "whose matter it is: the county's, or a school's"},
    TEXT(item, "clause", clause, "", false, "the rule in words, quoted to people"),
    {"departments", JH_LIST, AT(item, departments), NULL, 0, 0, NULL, false,
     "who can mend it"},
    {"inputs", JH_LIST, AT(item, inputs), NULL, 0, 0, NULL, false,
     "names of the county data that its rule computes with: ID.name"},
    {0}};

static const struct jh_option ITEM_RULE[] = {
    {"each", JH_ENUM, AT(item_rule, each), "county", 0, 0, EACH, false,
     "whom the rest is asked of: the county once, every school, or every school at each of "
     "its stages"},
    {"population", JH_ENUM, AT(item_rule, population), "standard", 0, 0, WHO, false,
     "which schools: those that the standard counts, or all of the county"},
    {"none", JH_ENUM, AT(item_rule, none), "unknown", 0, 0, NONE_MEANS, false,
     "what it means that no school is concerned"},
    TEXT(item_rule, "value", value, NULL, false,
         "what is compared; absent: the number that the item itself has"),
    TEXT(item_rule, "at_least", limit[RULE_AT_LEAST], NULL, false, "a limit"),
    TEXT(item_rule, "at_most", limit[RULE_AT_MOST], NULL, false, "a limit"),
    TEXT(item_rule, "below", limit[RULE_BELOW], NULL, false, "a limit"),
    TEXT(item_rule, "above", limit[RULE_ABOVE], NULL, false, "a limit"),
    {"digits", JH_INT, AT(item_rule, digits), NULL, 0, ITEM_DIGITS_MAX, NULL, false,
     "decimals of the form; absent: compared unrounded"},
    TEXT(item_rule, "unit", unit, "", false, "printed behind values"),
    {0}};

static const struct jh_option N_OF[] = {
    {"n", JH_INT, AT(n_of, n), NULL, 1, RULE_OF_MAX, NULL, true, "so many must hold"},
    TEXT(n_of, "floor", floor, NULL, false,
         "share of their limit that the others must reach"),
    {0}};

static const struct jh_option SCORE[] = {
    {"items", JH_LIST, AT(score, items), NULL, 0, 0, NULL, true,
     "ids of the items that count by points"},
    TEXT(score, "pass", pass, NULL, true, "so many of 100 points"),
    {0}};

static const struct jh_option RELAXATION[] = {
    TEXT(relaxation, "id", id, NULL, true, "a letter, then letters, digits, _ and -"),
    TEXT(relaxation, "clause", clause, "", false, "the rule in words, quoted to people"),
    TEXT(relaxation, "until", until, NULL, true,
         "rounds with a reference date from that day on are without it"),
    TEXT(relaxation, "indicator", indicator, NULL, false,
         "whose numerator it replaces, or else:"),
    TEXT(relaxation, "numerator", numerator, NULL, false,
         "data fields joined by + and -"),
    TEXT(relaxation, "item", item, NULL, false, "whose rule it replaces"),
    {0}};

static const struct jh_option DUTY[] = {
    {"years_after_certification", JH_INT, AT(duty, years_after_certification), NULL, 1,
     50, NULL, true, "so long a certified county may rely on it"},
    {0}};

const struct standard_keys STANDARD_TOP = {TOP, TOP_PARTS};
const struct standard_keys STANDARD_ROUNDING = {ROUNDING, NULL};
const struct standard_keys STANDARD_POPULATION = {POPULATION, POPULATION_PARTS};
const struct standard_keys STANDARD_EXCLUDE = {EXCLUDE, EXCLUDE_PARTS};
const struct standard_keys STANDARD_FILTER = {FILTER, FILTER_PARTS};
const struct standard_keys STANDARD_FIGURE = {FIGURE, FIGURE_PARTS};
const struct standard_keys STANDARD_MINIMA = {MINIMA, NULL};
const struct standard_keys STANDARD_SCHOOL_RULE = {SCHOOL_RULE, NULL};
const struct standard_keys STANDARD_CV_RULE = {CV_RULE, NULL};
const struct standard_keys STANDARD_ITEM = {ITEM, ITEM_PARTS};
const struct standard_keys STANDARD_ITEM_RULE = {ITEM_RULE, ITEM_RULE_PARTS};
const struct standard_keys STANDARD_N_OF = {N_OF, N_OF_PARTS};
const struct standard_keys STANDARD_RELAXATION = {RELAXATION, RELAXATION_PARTS};
const struct standard_keys STANDARD_DUTY = {DUTY, NULL};
const struct standard_keys STANDARD_SCORE = {SCORE, SCORE_PARTS};
