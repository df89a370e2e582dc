/* SPDX-License-Identifier: Apache-2.0 */
/* Hostile tables through scanner and intake: whatever comes out must keep the promises that
 * everything behind relies on. Two tables, parted by a line of '=', so that the second meets
 * the first as its last round. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/target.h"
#include "model/intake.h"
#include "scan.h"

struct feed {
    struct intake *in;
    struct jh_err err;
};

static int take_row(void *arg, const struct jh_row *row)
{
    struct feed *feed = arg;
    return intake_row(feed->in, row, &feed->err);
}

static void check_schools(const struct dataset *ds)
{
    for (size_t i = 0; i < ds->n; i++) {
        const struct school *s = &ds->schools[i];
        HOLDS(s->code && *s->code && s->name && s->campus && s->parent_code);
        HOLDS(s->kind < KIND_COUNT && s->owner >= 1 && s->owner <= OWNER_COUNT);
        HOLDS(s->stage <= STAGE_NONE && s->file < ds->n_files && s->line > 0);
        HOLDS(dataset_find(ds, s->code, s->campus, (enum stage)s->stage) == (ptrdiff_t)i);
        for (int stage = 0; stage < STAGE_COUNT; stage++) {
            bool needed = s->stage != STAGE_NONE
                              ? s->stage == stage
                              : kind_needs_pupils((enum kind)s->kind, (enum stage)stage);
            double pupils = dataset_value(ds, FIELD_pupils_primary + (unsigned)stage, i);
            HOLDS(!needed || pupils >= 0);
        }
    }
}

static void check_values(const struct dataset *ds)
{
    for (int f = 0; f < FIELD_COUNT; f++)
        for (size_t i = 0; ds->col[f] && i < ds->n; i++) {
            double v = ds->col[f][i];
            const struct missing *m = dataset_missing(ds, i, (enum field)f);
            HOLDS(isnan(v) || (v >= 0 && v <= 1e12));
            HOLDS(isnan(v) || !m);
            HOLDS(!m || (m->reason && m->line && m->col));
        }
    for (size_t i = 1; i < ds->n_missing; i++) {
        const struct missing *a = &ds->missing[i - 1], *b = &ds->missing[i];
        HOLDS(a->school < b->school || (a->school == b->school && a->field < b->field));
    }
}

static void check_result(const struct intake_result *result)
{
    size_t rows = 0;
    for (size_t k = 0; k < result->n; k++) {
        const struct dataset *ds = result->datasets[k];
        HOLDS(k == 0 ||
              strcmp(result->datasets[k - 1]->county_code, ds->county_code) < 0);
        check_schools(ds);
        check_values(ds);
        rows += ds->rows_dropped;
        for (size_t i = 0; i < ds->n_rejected; i++)
            HOLDS(ds->rejected[i].reason && ds->rejected[i].value &&
                  ds->rejected[i].column);
        for (size_t i = 0; i < ds->n_findings; i++)
            HOLDS(ds->findings[i].text && *ds->findings[i].code);
    }
    for (size_t i = 0; i < result->n_rejected && result->n; i++)
        HOLDS(!result->rejected[i].row || rows > 0); /* a dropped row is somebody's */
}

static int read_table(const struct alias_table *aliases, struct jh_slice bytes,
                      const struct mapping *mapping, const struct intake_result *last,
                      struct intake_result *ret)
{
    static const struct scan_conf conf = {',', 256};
    const struct intake_limits limits = {
        .max_rows = 1000, .max_columns = 64, .max_rejected = 20};
    struct feed feed = {.in = intake_new(aliases, &limits)};
    struct text text;
    struct jh_err err = {0};
    HOLDS(feed.in);
    int rc = intake_file(feed.in, "fuzz.csv", NULL, NULL, mapping, &err);
    if (!rc)
        rc = text_init(&text, "fuzz.csv", bytes, TEXT_UTF8, &err);
    if (!rc)
        rc = scan_rows(&text, &conf, take_row, &feed, &err);
    if (!rc)
        rc = intake_file_end(feed.in, &err);
    if (!rc)
        rc = intake_finish(feed.in, last->datasets, last->n, ret, &err);
    HOLDS(!rc || err.text[0] || feed.err.text[0]); /* every refusal says why */
    intake_free(feed.in);
    if (!rc)
        check_result(ret);
    return rc;
}

/* Short headers, so that a fuzzer finds them. */
static struct alias_table *short_names(void)
{
    static const char *const names[][2] = {
        {"round", "r"},           {"county_code", "c"},  {"county_name", "n"},
        {"school_code", "s"},     {"school_name", "t"},  {"campus", "u"},
        {"stage", "g"},           {"kind", "k"},         {"owner", "o"},
        {"pupils", "p"},          {"teachers", "e"},     {"books", "b"},
        {"equipment_value", "v"}, {"pupils_senior", "h"}};
    const char *prefix[STAGE_COUNT] = {"1", "2"};
    struct alias_table *t = alias_new();
    HOLDS(t);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        HOLDS(alias_add_id(t, names[i][0], names[i][1], prefix) == 0);
    for (int k = 0; k < KIND_COUNT; k++) {
        const char word[] = {(char)('A' + k), '\0'};
        HOLDS(alias_add_word(t, TEXT_KIND, word, k) == 0);
    }
    HOLDS(alias_add_word(t, TEXT_STAGE, "1", STAGE_PRIMARY) == 0);
    HOLDS(alias_add_word(t, TEXT_STAGE, "2", STAGE_JUNIOR) == 0);
    HOLDS(alias_add_unit(t, "w", UNIT_MONEY, 10000) == 0);
    return t;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *const sum[] = {"x", "y", NULL}, *const one[] = {"z", NULL};
    const char *const from[] = {"q", NULL}, *const to[] = {"7", NULL};
    const struct mapping_column columns[] = {{"computers", sum, 1, 0, NULL, NULL, 1, 1},
                                             {"books", one, 10000, -1, from, to, 2, 1}};
    const struct mapping_default defaults[] = {{"kind", "primary", 3, 1}};
    const struct mapping mapping = {"map.yaml", columns, 2, defaults, 1, {0, 0}};
    struct intake_result last = {0}, now = {0};
    if (!size || size > 8192)
        return 0;
    struct alias_table *aliases = short_names();
    const struct mapping *use = data[0] & 1 ? &mapping : NULL;
    const char *text = (const char *)data + 1, *end = text + size - 1;
    const char *split = memmem(text, size - 1, "\n=\n", 3);
    if (split)
        (void)read_table(aliases, (struct jh_slice){text, (size_t)(split - text)}, use,
                         &last, &last);
    const char *second = split ? split + 3 : text;
    (void)read_table(aliases, (struct jh_slice){second, (size_t)(end - second)}, use,
                     &last, &now);
    intake_result_done(&now);
    intake_result_done(&last);
    alias_free(aliases);
    return 0;
}
