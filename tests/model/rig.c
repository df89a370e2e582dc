/* SPDX-License-Identifier: Apache-2.0 */
#include "model/rig.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/standard.h"
#include "format_csv/scan.h"
#include "tap/tap.h"

void rig_init(struct rig *rig)
{
    struct errs errs;
    errs_init(&errs, 10);
    *rig = (struct rig){.aliases = alias_load(&errs)};
    errs_print(stdout, "#", &errs);
    errs_done(&errs);
    if (!rig->aliases)
        bail("aliases");
}

void rig_done(struct rig *rig)
{
    alias_free(rig->aliases);
}

struct feed {
    struct intake *in;
    struct jh_err err;
};

static int take_row(void *arg, const struct jh_row *row)
{
    struct feed *feed = arg;
    return intake_row(feed->in, row, &feed->err);
}

int rig_read_file(struct intake *in, const struct rig_file *file, struct jh_err *err)
{
    static const struct scan_conf conf = {',', 1 << 16};
    struct feed feed = {.in = in};
    struct text text;
    struct jh_slice bytes = {file->text, strlen(file->text)};
    int rc = intake_file(in, file->name, "", file->part, file->mapping, err);
    if (rc)
        return rc;
    rc = text_init(&text, file->name, bytes, TEXT_UTF8, err);
    if (!rc)
        rc = scan_rows(&text, &conf, take_row, &feed, err);
    if (feed.err.code)
        *err = feed.err;
    text_done(&text);
    return rc ? rc : intake_file_end(in, err);
}

int rig_read(const struct rig *rig, const struct rig_file *files,
             struct intake_result *ret, struct jh_err *err)
{
    struct intake *in = intake_new(rig->aliases, &rig->limits);
    int rc = 0;
    intake_policy(in, rig->policy, NULL);
    for (; !rc && files->name; files++)
        rc = rig_read_file(in, files, err);
    if (!rc)
        rc = intake_finish(in, rig->previous, rig->n_previous, ret, err);
    intake_free(in);
    return rc;
}

void rig_show_school(FILE *to, const struct dataset *ds, size_t i)
{
    const struct school *s = &ds->schools[i];
    fprintf(to, " %s", s->code);
    if (*s->campus)
        fprintf(to, "/%s", s->campus);
    if (s->stage != STAGE_NONE)
        fprintf(to, "#%s", stage_id((enum stage)s->stage));
    fprintf(to, " %s", kind_id((enum kind)s->kind));
    for (int f = 0; f < FIELD_COUNT; f++) {
        const struct missing *m = dataset_missing(ds, i, (enum field)f);
        if (!ds->col[f] || (isnan(ds->col[f][i]) && !m))
            continue;
        if (m)
            fprintf(to, " %s=?%u:%u:%s", field_id((enum field)f), m->line, m->col,
                    m->reason);
        if (!isnan(ds->col[f][i]))
            fprintf(to, " %s=%.17g", field_id((enum field)f), ds->col[f][i]);
    }
    for (size_t e = 0; e < ds->n_extra; e++)
        fprintf(to, " [%s]=%g", ds->extra[e].header, ds->extra[e].values[i]);
    fputc('\n', to);
}

static void show_rejected(FILE *to, const struct rejected *r)
{
    fprintf(to, " %s %u:%u %s \"%s\": %s\n", r->row ? "dropped" : "bad", r->line, r->col,
            r->column, r->value, r->reason);
}

static void show_finding(FILE *to, const struct finding *f)
{
    fprintf(to, " %s %s %s%s%s: %s\n", f->severity, f->code, f->school,
            *f->campus ? "/" : "", f->campus, f->text);
}

static void show_result(FILE *to, const struct intake_result *result)
{
    char round[ROUND_TEXT];
    for (size_t k = 0; k < result->n; k++) {
        const struct dataset *ds = result->datasets[k];
        round_print(ds->round, round);
        fprintf(to, "%s %s %s", ds->county_code, ds->county_name, round);
        if (ds->rows_dropped)
            fprintf(to, " dropped %zu", ds->rows_dropped);
        if (ds->doubts)
            fprintf(to, " doubts %zu", ds->doubts);
        fputc('\n', to);
        for (size_t i = 0; i < ds->n; i++)
            rig_show_school(to, ds, i);
        for (size_t i = 0; i < ds->n_rejected; i++)
            show_rejected(to, &ds->rejected[i]);
        for (size_t i = 0; i < ds->n_findings; i++)
            show_finding(to, &ds->findings[i]);
    }
    for (size_t i = 0; i < result->n_findings; i++)
        if (!*result->findings[i].county)
            show_finding(to, &result->findings[i]);
}

char *rig_show_files(const struct rig *rig, const struct rig_file *files)
{
    char *text = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&text, &size);
    struct intake_result result = {0};
    struct jh_err err = {0};
    char line[2048];
    if (rig_read(rig, files, &result, &err)) {
        err_format(&err, line, sizeof line);
        fputs(line, to);
    } else {
        show_result(to, &result);
    }
    intake_result_done(&result);
    fclose(to);
    return text;
}

char *rig_show(const struct rig *rig, const char *csv, const struct mapping *mapping)
{
    struct rig_file files[] = {{"schools.csv", csv, NULL, mapping}, {0}};
    return rig_show_files(rig, files);
}

void rig_gives(const struct rig *rig, const char *csv, const struct mapping *mapping,
               const char *want, const char *name)
{
    char *got = rig_show(rig, csv, mapping);
    is_str(got, want, name);
    free(got);
}

void rig_says(const struct rig *rig, const char *csv, const struct mapping *mapping,
              const char *want, const char *name)
{
    char *got = rig_show(rig, csv, mapping);
    if (!ok(strstr(got, want) != NULL, "%s", name))
        is_str(got, want, "in full");
    free(got);
}
