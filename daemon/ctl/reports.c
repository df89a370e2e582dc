/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/reports.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "conf/option.h"
#include "ctl/input.h"

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

static int parse(struct loader *loader, const char *path, struct jh_slice body,
                 struct sink *sink, struct arena *arena, struct jh_err *err)
{
    const struct jh_plugin *format =
        loader_find(loader, JH_FORMAT, input_format(path, body.p, body.len), err);
    void *conf = format ? arena_alloc(arena, format->conf_size) : NULL;
    if (!conf)
        return format ? err_set(err, JH_ENOMEM, "out of memory") : JH_ENOENT;
    if (format->options)
        option_defaults(format->options, conf, arena);
    struct loader_rows rows = {take_row, sink};
    struct jh_blob blob = {.size = sizeof blob,
                           .body = body,
                           .url = path,
                           .name = path,
                           .type = "",
                           .etag = "",
                           .last_modified = ""};
    int rc = county_intake_file(sink->intake, path, NULL, err);
    if (rc)
        return rc;
    rc = loader_parse(format, conf, &blob, &rows, err);
    if (rc && sink->err.code && err)
        *err = sink->err;
    return rc ? rc : county_intake_file_end(sink->intake, err);
}

int reports_read(const char *path, const struct county_words *words,
                 struct loader *loader, struct county_intake_result *ret,
                 struct jh_err *err)
{
    char *bytes = NULL;
    size_t n = 0;
    struct county_intake_result result = {0};
    struct arena *arena = arena_new(ARENA_MAX);
    struct sink sink = {.intake = county_intake_new(words)};
    int rc = arena && sink.intake ? file_read(path, FILE_MAX, &bytes, &n, err)
                                  : err_set(err, JH_ENOMEM, "out of memory");
    if (!rc)
        rc = parse(loader, path, (struct jh_slice){bytes, n}, &sink, arena, err);
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
