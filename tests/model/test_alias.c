/* SPDX-License-Identifier: Apache-2.0 */
/* Headers are how figures find their fields: exact matches only, a unit only in a bracket. */
#include "tap/tap.h"

#include <stdio.h>
#include <string.h>

#include <junheng/plugin.h>

#include "model/alias.h"

static const char *folded(const char *text)
{
    static char out[256];
    size_t n = 0;
    if (alias_fold(text, strlen(text), out, sizeof out - 1, &n))
        return "refused";
    out[n] = '\0';
    return out;
}

static void test_fold(void)
{
    is_str(folded("教学仪器设备值（万元）"), "教学仪器设备值(万元)",
           "full-width brackets");
    is_str(folded(" 学校\u3000名 称\t\n"), "学校名称", "all white space goes");
    is_str(folded("１２３"), "123", "full-width digits");
    is_str(folded("面积（㎡）"), "面积(m2)", "squared metres");
    is_str(folded("\u200B学\uFEFF校"), "学校", "invisible marks go");
    is_str(folded(""), "", "nothing stays nothing");
    is_str(folded("\xFF"), "refused", "invalid UTF-8");
    char small[4];
    size_t n = 99;
    is_int(alias_fold("学校", 6, small, sizeof small, &n), JH_ELIMIT,
           "too long for the room");
    is_int((long long)n, 99, "and nothing is returned");
}

static struct alias_table *table(void)
{
    struct alias_table *t = alias_new();
    const char *prefix[STAGE_COUNT] = {"小学", "初中"};
    int rc = alias_add_id(t, "teachers", "专任教师数", prefix);
    rc |= alias_add_id(t, "equipment_value", "教学仪器设备值", NULL);
    rc |= alias_add_id(t, "county_name", "县(市、区)", NULL);
    rc |= alias_add_word(t, TEXT_KIND, "九年一贯制学校", KIND_NINE_YEAR);
    rc |= alias_add_unit(t, "万元", UNIT_MONEY, 10000);
    rc |= alias_add_unit(t, "元", UNIT_MONEY, 1);
    if (rc)
        bail("table");
    return t;
}

/* What a header means, in words. */
static const char *means(const struct alias_table *t, const char *header)
{
    static char text[128];
    struct alias_hit hit;
    if (!alias_header(t, header, strlen(header), &hit))
        return "unknown";
    snprintf(text, sizeof text, "%s%s*%g",
             hit.is_text  ? text_field_id(hit.text)
             : hit.family ? field_family_id(hit.field)
                          : field_id(hit.field),
             hit.family ? " (family)" : "", hit.factor);
    return text;
}

static void test_headers(const struct alias_table *t)
{
    is_str(means(t, "teachers_junior"), "teachers_junior*1", "an English id");
    is_str(means(t, "teachers"), "teachers (family)*1", "a family id");
    is_str(means(t, " 小学 专任教师数 "), "teachers_primary*1", "an alias with a stage");
    is_str(means(t, "专任教师数"), "teachers (family)*1", "an alias without");
    is_str(means(t, "教学仪器设备值（万元）"), "equipment_value*10000",
           "a unit converts");
    is_str(means(t, "教学仪器设备值(元)"), "equipment_value*1",
           "the unit of the field itself");
    is_str(means(t, "equipment_value(万元)"), "equipment_value*10000",
           "behind an id too");
    is_str(means(t, "教学仪器设备值(吨)"), "unknown", "an unknown unit is not cut away");
    is_str(means(t, "教学仪器设备值(万元)(元)"), "unknown", "only one bracket is cut");
    is_str(means(t, "县（市、区）"), "county_name*1", "a bracket of the name itself");
    is_str(means(t, "county_name(万元)"), "unknown", "text has no factor");
    is_str(means(t, "(万元)"), "unknown", "a bracket alone");
    is_str(means(t, ")"), "unknown", "a bracket never opened");
    is_str(means(t, "Teachers"), "unknown", "ids are matched exactly");
}

static void test_words(const struct alias_table *t)
{
    is_int(alias_word(t, TEXT_KIND, "nine_year", 9), KIND_NINE_YEAR, "a kind by id");
    is_int(alias_word(t, TEXT_KIND, "九年一贯制 学校", strlen("九年一贯制 学校")),
           KIND_NINE_YEAR, "a kind by word, folded");
    is_int(alias_word(t, TEXT_OWNER, "10", 2), 10, "an owner by number");
    is_int(alias_word(t, TEXT_OWNER, "１０", 6), 10, "in full-width digits");
    is_int(alias_word(t, TEXT_OWNER, "11", 2), -1, "there are ten");
    is_int(alias_word(t, TEXT_OWNER, "nine_year", 9), -1, "words belong to their field");
    is_int(alias_word(t, TEXT_KIND, "", 0), -1, "an empty cell is no word");
}

static void test_clash(struct alias_table *t)
{
    struct alias_hit hit = {.field = FIELD_books, .factor = 1};
    is_int(alias_add_field(t, "专任 教师数", hit), JH_EEXIST, "one header, two meanings");
    hit =
        (struct alias_hit){.field = FIELD_teachers_primary, .family = true, .factor = 1};
    is_int(alias_add_field(t, "专任教师数", hit), 0, "the same again does no harm");
    is_int(alias_add_word(t, TEXT_KIND, "nine_year", KIND_SENIOR), JH_EEXIST,
           "words too");
    is_int(alias_add_unit(t, "万元", UNIT_MONEY, 1000), JH_EEXIST, "units too");
    is_int(alias_add_id(t, "no_such", "x", NULL), JH_ENOENT, "no such id");
    is_int(alias_add_id(t, "books", " ", NULL), JH_EINVAL, "an empty header");
}

static void test_suggest(const struct alias_table *t)
{
    is_str(alias_suggest(t, "county_cod", 10), "county_code", "a letter missing");
    is_str(alias_suggest(t, "小学专职教师数", strlen("小学专职教师数")), "小学专任教师数",
           "one character wrong");
    is_str(alias_suggest(t, "completely different", 20), NULL, "nothing near");
    is_str(alias_suggest(t, "", 0), NULL, "nothing for nothing");
    const char *names[8];
    struct alias_hit like = {.field = FIELD_equipment_value, .factor = 1};
    is_int((long long)alias_names(t, like, names, 8), 2, "names of a field");
    is_str(names[0], "equipment_value", "its id first");
    is_str(names[1], "教学仪器设备值", "then what people write");
}

int main(void)
{
    struct alias_table *t = table();
    test_fold();
    test_headers(t);
    test_words(t);
    test_clash(t);
    test_suggest(t);
    alias_free(t);
    alias_free(NULL);
    return done_testing();
}
