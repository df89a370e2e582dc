/* SPDX-License-Identifier: Apache-2.0 */
/* An inspection for programs; the shape is told in docs/data.md. */
#include "ctl/inspect.h"
#include "render/json.h"
#include "render/json_make.h"

static json_t *columns_of(const struct inspection *in)
{
    json_t *list = json_array();
    for (size_t i = 0; i < in->columns.n; i++) {
        const struct intake_heading *h = &in->columns.headings[i];
        json_t *map = json_put(json_object(), "header", json_words(h->header));
        map = json_put(map, "field", json_maybe(h->use == INTAKE_VALUE ? NULL : h->id));
        map =
            json_put(map, "indicator", json_maybe(h->use == INTAKE_VALUE ? h->id : NULL));
        map = json_put(map, "nearest",
                       json_maybe(h->use == INTAKE_KEPT ? h->nearest : NULL));
        map = json_put(map, "meaning",
                       json_maybe(h->use == INTAKE_KEPT ? h->meaning : NULL));
        list = json_add(list, map);
    }
    return list;
}

static json_t *first_of(const struct inspection *in)
{
    json_t *list = json_array();
    for (size_t i = 0; i < in->n_first; i++) {
        const struct inspect_row *row = &in->first[i];
        json_t *map = json_put(json_object(), "line", json_integer(row->line));
        map = json_put(map, "cells", json_words_list(row->cells, row->n));
        list = json_add(list, map);
    }
    return list;
}

static json_t *standards_of(const struct inspection *in)
{
    json_t *list = json_array();
    for (size_t i = 0; i < in->n_standards; i++) {
        const struct inspect_standard *s = &in->standards[i];
        json_t *map = json_put(json_object(), "id", json_words(s->standard->id));
        map = json_put(map, "figures", json_integer((json_int_t)s->able));
        map = json_put(map, "of", json_integer((json_int_t)s->standard->n_indicators));
        map = json_put(map, "lacks", json_words_list(s->lack, s->n_lack));
        list = json_add(list, map);
    }
    return list;
}

static json_t *counties_of(const struct inspection *in)
{
    json_t *list = json_array();
    for (size_t i = 0; i < in->result.n; i++) {
        const struct dataset *ds = in->result.datasets[i];
        json_t *map = json_put(json_object(), "code", json_words(ds->county_code));
        map = json_put(map, "name", json_words(ds->county_name));
        map = json_put(map, "schools", json_integer((json_int_t)ds->n));
        list = json_add(list, map);
    }
    return list;
}

static json_t *refused_of(const struct jh_err *err)
{
    if (!err->code)
        return json_null();
    json_t *map = json_put(json_object(), "line", json_integer(err->line));
    map = json_put(map, "column", json_integer(err->col));
    return json_put(map, "message", json_words(err->text));
}

static json_t *source_of(const struct inspection *in)
{
    struct buf text;
    buf_init(&text, 1 << 20);
    inspect_source(in, &text);
    json_t *value = text.failed ? NULL : json_words(buf_text(&text));
    buf_done(&text);
    return value;
}

static json_t *rejected_of(const struct intake_result *result)
{
    json_t *list = json_array();
    for (size_t i = 0; i < result->n_rejected; i++)
        list = json_add(list, json_rejected(&result->rejected[i], NULL));
    return list;
}

static json_t *findings_of(const struct intake_result *result)
{
    json_t *list = json_array();
    for (size_t i = 0; i < result->n_findings; i++)
        list = json_add(list, json_finding(&result->findings[i], NULL));
    return list;
}

int inspect_json(const struct inspection *in, struct buf *out)
{
    char round[ROUND_TEXT] = "";
    if (in->result.round.year)
        round_print(in->result.round, round);
    json_t *map = json_put(json_object(), "file", json_words(in->name));
    map = json_put(map, "format", json_words(in->format));
    map = json_put(map, "encoding", json_maybe(*in->encoding ? in->encoding : NULL));
    map = json_put(map, "bytes", json_integer((json_int_t)in->bytes));
    map = json_put(map, "sha256", json_words(in->sha256));
    map = json_put(map, "round", json_maybe(*round ? round : NULL));
    map = json_put(map, "header_line", json_integer(in->columns.header_line));
    map = json_put(map, "columns", columns_of(in));
    map = json_put(map, "rows", json_integer((json_int_t)in->rows));
    map = json_put(map, "first", first_of(in));
    map = json_put(map, "counties", counties_of(in));
    map = json_put(map, "standards", standards_of(in));
    map = json_put(map, "rejected", rejected_of(&in->result));
    map = json_put(map, "findings", findings_of(&in->result));
    map = json_put(map, "refused", refused_of(&in->refused));
    map = json_put(map, "source", source_of(in));
    int rc = map ? json_dump(map, out) : JH_ENOMEM;
    json_decref(map);
    return rc;
}
