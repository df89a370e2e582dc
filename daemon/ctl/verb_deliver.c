/* SPDX-License-Identifier: Apache-2.0 */
/* deliver: a source's body, from a file, as text, or row by row. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "ctl/verb.h"
#include "render/json.h"
#include "render/json_make.h"

enum { BODY_MAX = 64 << 20, COLUMNS_MAX = 500 };

enum { OUTCOME_ACCEPTED, OUTCOME_UNCHANGED, OUTCOME_RETRACTED, OUTCOME_REFUSED };
static const char *const OUTCOMES[] = {"accepted", "unchanged", "retracted", "refused",
                                       NULL};

struct deliver {
    const char *source, *name, *file, *text, *says;
    int outcome;
    struct jh_slice body;
    const char *url;
};

#define AT(member) offsetof(struct deliver, member)
static const struct jh_option OPTIONS[] = {
    {"source", JH_STRING, AT(source), NULL, 0, 0, NULL, false,
     "who delivers; needed where the configuration has several sources"},
    {"name", JH_STRING, AT(name), NULL, 0, 0, NULL, false,
     "of the file; a later one of the same source, name and round takes its place"},
    {"file", JH_STRING, AT(file), NULL, 0, 0, NULL, false,
     "the body, by its path from the test file"},
    {"text", JH_STRING, AT(text), NULL, 0, 0, NULL, false,
     "the body as it is, in the format of the source"},
    {"outcome", JH_ENUM, AT(outcome), "accepted", 0, 0, OUTCOMES, false,
     "what becomes of it"},
    {"says", JH_STRING, AT(says), NULL, 0, 0, NULL, false,
     "a part of the reason when it is refused"},
    {0}};
static const char *const PARTS[] = {"rows", "each", NULL};

/* ---- rows ------------------------------------------------------------------------------------ */

struct columns {
    const char *name[COLUMNS_MAX];
    size_t n;
};

static void add_columns(struct columns *c, const struct scene_reader *r,
                        const struct yaml_node *map, const char *path)
{
    for (size_t i = 0; map && map->kind == YAML_MAP && i < map->n; i++) {
        const struct yaml_node *key = map->pairs[i].key;
        size_t k = 0;
        while (k < c->n && strcmp(c->name[k], key->text) != 0)
            k++;
        if (k == COLUMNS_MAX)
            yaml_error(key, r->errs, "%s: more than %d columns", path, COLUMNS_MAX);
        else if (k == c->n)
            c->name[c->n++] = key->text;
    }
}

/* A cell of a row, or what all rows have; NULL: empty. */
static const char *cell_of(const struct scene_reader *r, const struct yaml_node *row,
                           const struct yaml_node *each, const char *column,
                           const char *path)
{
    const struct yaml_node *node = yaml_get(row, column);
    char name[OPTION_PATH];
    node = node ? node : yaml_get(each, column);
    if (!node || yaml_is_null(node))
        return NULL;
    return option_text(node, option_path(path, column, name), r->errs) ? node->text
                                                                       : NULL;
}

static void csv_cell(struct buf *out, const char *text, bool first)
{
    if (!first)
        buf_char(out, ',');
    buf_char(out, '"');
    for (const char *p = text ? text : ""; *p; p++) {
        if (*p == '"')
            buf_char(out, '"');
        buf_char(out, *p);
    }
    buf_char(out, '"');
}

static void make_csv(const struct scene_reader *r, const struct yaml_node *rows,
                     const struct yaml_node *each, const char *path,
                     const struct columns *c, struct buf *out)
{
    for (size_t k = 0; k < c->n; k++)
        csv_cell(out, c->name[k], k == 0);
    buf_char(out, '\n');
    for (size_t i = 0; i < rows->n; i++) {
        char at[OPTION_PATH];
        option_item(path, "rows", i, at);
        for (size_t k = 0; k < c->n; k++)
            csv_cell(out, cell_of(r, rows->items[i], each, c->name[k], at), k == 0);
        buf_char(out, '\n');
    }
}

static void make_json(const struct scene_reader *r, const struct yaml_node *rows,
                      const struct yaml_node *each, const char *path,
                      const struct columns *c, struct buf *out)
{
    json_t *list = json_array();
    for (size_t i = 0; i < rows->n; i++) {
        char at[OPTION_PATH];
        json_t *map = json_object();
        option_item(path, "rows", i, at);
        for (size_t k = 0; k < c->n; k++)
            map = json_put(map, c->name[k],
                           json_maybe(cell_of(r, rows->items[i], each, c->name[k], at)));
        list = json_add(list, map);
    }
    if (!list || json_dump(list, out))
        out->failed = true;
    json_decref(list);
}

static bool are_maps(const struct scene_reader *r, const struct yaml_node *rows,
                     const char *path)
{
    char shown[YAML_SHOW];
    size_t before = r->errs->errors;
    if (rows->kind != YAML_LIST || !rows->n)
        yaml_error(rows, r->errs, "%s.rows: expected a list of rows, got %s", path,
                   yaml_show(rows, shown));
    for (size_t i = 0; rows->kind == YAML_LIST && i < rows->n; i++)
        if (rows->items[i]->kind != YAML_MAP)
            yaml_error(rows->items[i], r->errs,
                       "%s.rows[%zu]: expected fields and their values, got %s", path, i,
                       yaml_show(rows->items[i], shown));
    return r->errs->errors == before;
}

static void read_rows(const struct scene_reader *r, const struct yaml_node *map,
                      const char *path, const char *format, struct deliver *d)
{
    const struct yaml_node *rows = yaml_get(map, "rows"), *each = yaml_get(map, "each");
    struct columns *c = arena_alloc(r->arena, sizeof *c);
    struct buf out;
    bool csv = !strcmp(format, "csv"), json = !strcmp(format, "json");
    if (!c || !are_maps(r, rows, path))
        return;
    if (!csv && !json) {
        yaml_error(rows, r->errs,
                   "%s.rows: the source reads %s: rows go with csv and json", path,
                   format);
        return;
    }
    add_columns(c, r, each, path);
    for (size_t i = 0; i < rows->n; i++)
        add_columns(c, r, rows->items[i], path);
    buf_init(&out, BODY_MAX);
    (csv ? make_csv : make_json)(r, rows, each, path, c, &out);
    const char *bytes = out.failed ? NULL : arena_strn(r->arena, buf_text(&out), out.len);
    if (!bytes)
        yaml_error(rows, r->errs, "%s.rows: too large", path);
    d->body = (struct jh_slice){bytes, bytes ? out.len : 0};
    buf_done(&out);
}

/* ---- reading ------------------------------------------------------------------------------------- */

static void read_file(const struct scene_reader *r, const struct yaml_node *map,
                      const char *path, struct deliver *d)
{
    struct jh_err err = {0};
    char *bytes = NULL;
    size_t n = 0;
    d->url = *d->file == '/' ? d->file : arena_fmt(r->arena, "%s/%s", r->dir, d->file);
    if (!d->url || file_read(d->url, BODY_MAX, &bytes, &n, &err)) {
        yaml_error(yaml_get(map, "file"), r->errs, "%s.file: %s: %s", path, d->file,
                   err.text);
        return;
    }
    char *copy = arena_alloc(r->arena, n + 1);
    if (copy)
        memcpy(copy, bytes, n);
    d->body = (struct jh_slice){copy, copy ? n : 0};
    free(bytes);
}

static const struct source_conf *the_source(const struct scene_reader *r,
                                            const struct yaml_node *map, const char *path,
                                            struct deliver *d)
{
    const struct config *c = r->config;
    if (!d->source && c->n_sources == 1)
        d->source = c->sources[0].name;
    if (!d->source)
        yaml_error(map, r->errs, "%s.source: the configuration has %zu: say which", path,
                   c->n_sources);
    scene_source(r, map, path, d->source);
    return d->source ? config_source(c, d->source) : NULL;
}

static void deliver_read(const struct scene_reader *r, const struct yaml_node *map,
                         const char *path, void *conf)
{
    struct deliver *d = conf;
    const struct yaml_node *rows = yaml_get(map, "rows");
    const struct source_conf *source = the_source(r, map, path, d);
    if (!source)
        return;
    if (!!d->file + !!d->text + !!rows != 1) {
        yaml_error(map, r->errs, "%s: expected one of file, text and rows", path);
        return;
    }
    if (yaml_get(map, "each") && !rows)
        yaml_error(yaml_get(map, "each"), r->errs, "%s.each: goes with rows", path);
    if (d->says && d->outcome != OUTCOME_REFUSED)
        yaml_error(yaml_get(map, "says"), r->errs, "%s.says: goes with outcome: refused",
                   path);
    d->name =
        d->name ? d->name : arena_fmt(r->arena, "%s.%s", source->name, source->format);
    d->url = d->name;
    if (rows)
        read_rows(r, map, path, source->format, d);
    else if (d->text)
        d->body = (struct jh_slice){d->text, strlen(d->text)};
    else
        read_file(r, map, path, d);
}

/* ---- running ----------------------------------------------------------------------------------- */

static bool is_refusal(int rc)
{
    return rc == JH_EINVAL || rc == JH_ELIMIT || rc == JH_EEXIST || rc == JH_EREFUSED;
}

static void check_reason(struct scene *s, const struct yaml_node *map,
                         const struct deliver *d, const struct jh_err *why)
{
    if (d->says && !strstr(why->text, d->says))
        scene_wrong(s, yaml_get(map, "says"), "says: expected \"%s\" in \"%s\"", d->says,
                    why->text);
}

static int deliver_run(struct scene *s, const struct yaml_node *map, const void *conf,
                       struct jh_err *err)
{
    const struct deliver *d = conf;
    struct pipeline_report report = {0};
    struct jh_err why = {0};
    struct gather_body body = {.source = config_source(s->config, d->source),
                               .name = d->name,
                               .url = d->url,
                               .type = "",
                               .etag = "",
                               .last_modified = "",
                               .bytes = d->body.p,
                               .n = d->body.len,
                               .received_ms = s->trial.clock.fixed_ms};
    int rc = pipeline_run(s->trial.pipeline, &body, &report, &why);
    int got = rc                 ? OUTCOME_REFUSED
              : report.unchanged ? OUTCOME_UNCHANGED
              : report.retracted ? OUTCOME_RETRACTED
                                 : OUTCOME_ACCEPTED;
    if ((rc && !is_refusal(rc)) || (rc && d->outcome != OUTCOME_REFUSED)) {
        *err = why;
        return rc;
    }
    if (report.failed.code || report.lapse.code) {
        *err = report.failed.code ? report.failed : report.lapse;
        return err->code;
    }
    if (rc)
        check_reason(s, map, d, &why);
    scene_equal(s, map, "outcome", OUTCOMES[d->outcome], OUTCOMES[got]);
    return 0;
}

const struct verb VERB_DELIVER = {"deliver",    OPTIONS,    PARTS, sizeof(struct deliver),
                                  deliver_read, deliver_run};
