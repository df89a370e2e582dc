/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/reports.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "ctl/input.h"
#include "digest/container.h"

enum { FILE_MAX = 256 << 20, ARENA_MAX = 1 << 20 };

/* Where the rows go, and what they say about themselves. */
struct sink {
    struct county_intake *intake;
    struct jh_err err;
};

static int take_row(void *arg, const struct jh_row *row)
{
    struct sink *sink = arg;
    return county_intake_row(sink->intake, row, &sink->err);
}

static int parse(struct loader *loader, const struct reports_from *from, const char *name,
                 struct jh_slice body, struct sink *sink, struct arena *arena,
                 struct jh_err *err)
{
    const struct jh_plugin *format =
        loader_find(loader, JH_FORMAT, input_format(name, body.p, body.len), err);
    void *conf = format ? input_format_conf(format, from->sheet, arena) : NULL;
    if (!conf)
        return format ? err_set(err, JH_ENOMEM, "out of memory") : JH_ENOENT;
    struct loader_rows rows = {take_row, sink};
    struct jh_blob blob = {.size = sizeof blob,
                           .body = body,
                           .url = name,
                           .name = name,
                           .type = "",
                           .etag = "",
                           .last_modified = ""};
    int rc = county_intake_file(sink->intake, name, NULL, err);
    if (rc)
        return rc;
    rc = loader_parse(format, conf, &blob, &rows, err);
    if (rc && sink->err.code && err)
        *err = sink->err;
    return rc ? rc : county_intake_file_end(sink->intake, err);
}

/* The file, or the files that are packed in it. */
static int parse_all(struct loader *loader, const struct reports_from *from,
                     struct jh_slice body, struct sink *sink, struct arena *arena,
                     struct jh_err *err)
{
    const struct container_rule rule = {.member = from->member,
                                        .max_bytes = INPUT_FILE_MAX};
    struct container packed = {.n = 0};
    int rc = container_unpack(&rule, from->path, body.p, body.len, &packed, err);
    if (!rc && !packed.n)
        rc = parse(loader, from, from->path, body, sink, arena, err);
    for (size_t i = 0; i < packed.n && !rc; i++) {
        const struct container_part *part = &packed.parts[i];
        rc = parse(loader, from, part->name, (struct jh_slice){part->bytes, part->n},
                   sink, arena, err);
    }
    container_done(&packed);
    return rc;
}

int reports_read(const struct reports_from *from, const struct county_words *words,
                 struct loader *loader, struct county_intake_result *ret,
                 struct jh_err *err)
{
    char *bytes = NULL;
    size_t n = 0;
    struct county_intake_result result = {0};
    struct arena *arena = arena_new(ARENA_MAX);
    struct sink sink = {.intake = county_intake_new(words)};
    int rc = arena && sink.intake ? file_read(from->path, FILE_MAX, &bytes, &n, err)
                                  : err_set(err, JH_ENOMEM, "out of memory");
    if (!rc)
        rc = parse_all(loader, from, (struct jh_slice){bytes, n}, &sink, arena, err);
    if (!rc)
        rc = county_intake_finish(sink.intake, &result, err);
    county_intake_free(sink.intake);
    arena_free(arena);
    free(bytes);
    if (rc)
        county_intake_result_done(&result);
    else
        *ret = result;
    return rc;
}
