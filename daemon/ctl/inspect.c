/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/inspect.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/utf8.h"
#include "client/client.h"
#include "conf/standard.h"
#include "ctl/given.h"
#include "digest/container.h"
#include "model/cell.h"

enum {
    ARENA_MAX = 256 << 20,
    OUT_MAX = 64 << 20,
    ERRORS_MAX = 100,
    KEPT_ROWS = 16,
    LIST_BYTES = 500, /* of the names of packed files, */
    LISTED = 8,       /* so many of them */
    TIMEOUT_MS = 120 * 1000,
};

struct run {
    struct given_asked asked;
    struct arena *arena;
    struct errs errs;
    struct alias_table *aliases;
    const struct mapping *mapping;
    struct loader *loader;
    struct intake *intake;
    char *bytes;
    struct inspection in;
    struct inspect_row kept[KEPT_ROWS]; /* the first rows, whatever they are */
    size_t n_kept;
};

/* ---- rows ------------------------------------------------------------------------------ */

static int keep(struct run *run, const struct jh_row *row)
{
    const char **cells = arena_array(run->arena, row->n + 1, sizeof *cells);
    for (uint32_t i = 0; cells && i < row->n; i++) {
        struct jh_slice s = cell_trim(row->cells[i].p, row->cells[i].len);
        cells[i] = arena_strn(run->arena, s.p, s.len);
        if (!cells[i])
            return JH_ENOMEM;
    }
    if (!cells)
        return JH_ENOMEM;
    run->kept[run->n_kept++] = (struct inspect_row){row->line, cells, row->n};
    return 0;
}

/* After a refusal a few rows more, for people to see. */
static int take_row(void *arg, const struct jh_row *row)
{
    struct run *run = arg;
    struct jh_err *refused = &run->in.refused;
    int rc = run->n_kept < KEPT_ROWS ? keep(run, row) : 0;
    if (rc)
        return err_set(refused, rc, "out of memory");
    if (!refused->code) {
        run->in.rows++;
        intake_row(run->intake, row, refused);
    }
    return run->n_kept == KEPT_ROWS ? refused->code : 0;
}

/* Of the rows kept those below the header; all where there is none. */
static void first_rows(struct run *run)
{
    struct inspection *in = &run->in;
    uint32_t header = in->columns.n ? in->columns.header_line : 0;
    size_t above = 0, counted = in->rows;
    for (size_t i = 0; i < run->n_kept; i++) {
        above += i < counted && run->kept[i].line <= header;
        if (run->kept[i].line > header && in->n_first < INSPECT_ROWS)
            in->first[in->n_first++] = run->kept[i];
    }
    in->rows -= above;
}

/* The rows through an intake, as the daemon would; a refusal is part of the answer. */
static int read_rows(struct run *run, struct jh_err *err)
{
    struct inspection *in = &run->in;
    struct jh_blob blob = {.size = sizeof blob,
                           .body = {run->bytes, in->bytes},
                           .url = in->name,
                           .name = in->name,
                           .type = "",
                           .etag = "",
                           .last_modified = ""};
    const struct jh_plugin *format = loader_find(run->loader, JH_FORMAT, in->format, err);
    void *conf = format ? input_format_conf(format, in->sheet, run->arena) : NULL;
    if (!conf)
        return format ? err_set(err, JH_ENOMEM, "out of memory") : JH_ENOENT;
    struct loader_rows rows = {take_row, run};
    struct mapping mapping = {0};
    if (run->mapping)
        mapping = *run->mapping;
    if (run->asked.round.year)
        mapping.round = run->asked.round;
    int rc =
        intake_file(run->intake, in->name, in->sha256, "all", &mapping, &in->refused);
    if (!rc)
        rc = loader_parse(format, conf, &blob, &rows, err);
    if (rc && !in->refused.code)
        return rc; /* not the format: nothing more can be said */
    if (!in->refused.code)
        intake_file_end(run->intake, &in->refused);
    if (intake_describe(run->intake, run->arena, &in->columns))
        return err_set(err, JH_ENOMEM, "out of memory");
    first_rows(run);
    if (!in->refused.code)
        intake_finish(run->intake, NULL, 0, &in->result, &in->refused);
    return 0;
}

/* ---- what it is good for ----------------------------------------------------------------- */

static bool is_of(const char *id, const char *field)
{
    size_t len = strlen(field);
    return id && !strncmp(id, field, len) &&
           (!id[len] || !strcmp(id + len, "_primary") || !strcmp(id + len, "_junior"));
}

bool inspect_has(const struct inspection *in, const char *id)
{
    for (size_t i = 0; i < in->columns.n; i++)
        if (is_of(in->columns.headings[i].id, id))
            return true;
    for (size_t i = 0; i < in->columns.n_constants; i++)
        if (is_of(in->columns.constants[i], id))
            return true;
    return false;
}

static void judge_indicator(const struct inspection *in, const struct indicator *figure,
                            struct inspect_standard *s)
{
    bool able = true;
    if (inspect_has(in, figure->id)) { /* its values are given */
        s->able++;
        return;
    }
    for (size_t i = 0; i < figure->n_terms; i++) {
        const char *id = figure->terms[i].staged ? field_family_id(figure->terms[i].field)
                                                 : field_id(figure->terms[i].field);
        bool known = inspect_has(in, id);
        able &= known;
        for (size_t k = 0; k < s->n_lack; k++)
            known |= !strcmp(s->lack[k], id);
        if (!known && s->n_lack < INSPECT_LACK_MAX)
            s->lack[s->n_lack++] = id;
    }
    s->able += able;
}

static int judge_standards(struct run *run)
{
    struct inspection *in = &run->in;
    const char *const *ids = standard_list(NULL, run->arena, &run->errs);
    for (; ids && *ids && in->n_standards < INSPECT_STANDARDS; ids++) {
        struct inspect_standard *s = &in->standards[in->n_standards];
        s->standard = standard_find(*ids, NULL, run->arena, &run->errs);
        if (!s->standard)
            continue;
        in->n_standards++;
        for (size_t k = 0; k < s->standard->n_indicators; k++)
            judge_indicator(in, &s->standard->indicators[k], s);
    }
    return run->errs.errors ? JH_EINVAL : 0;
}

/* ---- the command --------------------------------------------------------------------------- */

bool inspect_is_url(const struct inspection *in)
{
    return !strncmp(in->place, "http://", 7) || !strncmp(in->place, "https://", 8);
}

static int fetch(struct run *run, struct jh_err *err)
{
    struct client_reply reply;
    struct inspection *in = &run->in;
    int rc = client_fetch(in->place, INPUT_FILE_MAX, TIMEOUT_MS, &reply, err);
    if (rc)
        return rc;
    run->bytes = reply.body;
    in->bytes = reply.len;
    return 0;
}

static int refuse_several(const struct run *run, const struct container *packed,
                          struct jh_err *err)
{
    struct buf list;
    buf_init(&list, LIST_BYTES);
    for (size_t i = 0; i < packed->n && i < LISTED; i++)
        buf_fmt(&list, "%s%s", i ? ", " : "",
                packed->parts[i].name + strlen(run->in.place) + 1);
    err_at(err, JH_EINVAL, run->in.place, 0, 0,
           "%zu files are packed in it, and one is looked at at a time: name it with "
           "--member (there are: %s%s)",
           packed->n, buf_text(&list), packed->n > LISTED ? ", ..." : "");
    buf_done(&list);
    return JH_EINVAL;
}

/* The one file that is packed in the body takes its place. */
static int unpack(struct run *run, struct jh_err *err)
{
    struct inspection *in = &run->in;
    const struct container_rule rule = {.member = in->member,
                                        .max_bytes = INPUT_FILE_MAX};
    struct container packed = {.n = 0};
    int rc = container_unpack(&rule, in->place, run->bytes, in->bytes, &packed, err);
    if (!rc && packed.n > 1)
        rc = refuse_several(run, &packed, err);
    if (!rc && packed.n) {
        free(run->bytes);
        run->bytes = packed.parts[0].bytes;
        packed.parts[0].bytes = NULL;
        in->bytes = packed.parts[0].n;
        in->name = arena_str(run->arena, packed.parts[0].name);
        rc = in->name ? 0 : err_set(err, JH_ENOMEM, "out of memory");
    }
    container_done(&packed);
    return rc;
}

/* What the bytes are, as far as it can be said without reading them as rows. */
static int look(struct run *run, struct jh_err *err)
{
    struct inspection *in = &run->in;
    in->place = in->name = *run->asked.files;
    in->member = run->asked.member;
    in->sheet = run->asked.sheet;
    int rc = inspect_is_url(in)
                 ? fetch(run, err)
                 : file_read(in->place, INPUT_FILE_MAX, &run->bytes, &in->bytes, err);
    if (!rc)
        rc = unpack(run, err);
    if (rc)
        return rc;
    bool utf8 = utf8_check(run->bytes, in->bytes) == in->bytes;
    bool bom = in->bytes >= 3 && !memcmp(run->bytes, "\xEF\xBB\xBF", 3);
    in->format = run->asked.input_format ? run->asked.input_format
                                         : input_format(in->name, run->bytes, in->bytes);
    in->encoding = strcmp(in->format, "csv") != 0 ? ""
                   : !utf8                        ? "GB18030"
                   : bom                          ? "UTF-8 with BOM"
                                                  : "UTF-8";
    sha256_hex(run->bytes, in->bytes, in->sha256);
    return read_rows(run, err);
}

static int prepare(struct run *run, struct jh_err *err)
{
    run->arena = arena_new(ARENA_MAX);
    run->loader = loader_new(NULL);
    run->aliases = alias_load(&run->errs);
    if (run->arena && run->asked.columns)
        run->mapping = mapping_load(run->asked.columns, run->arena, &run->errs);
    if (run->errs.errors)
        return JH_EINVAL;
    run->in.columns_file = run->asked.columns;
    run->intake = run->aliases ? intake_new(run->aliases, NULL) : NULL;
    if (!run->arena || !run->loader || !run->intake)
        return err_set(err, JH_ENOMEM, "out of memory");
    return 0;
}

static int show(struct run *run)
{
    struct buf out;
    int status = run->in.refused.code ? COMMAND_REFUSED : COMMAND_OK;
    buf_init(&out, OUT_MAX);
    if (run->asked.format == GIVEN_JSON)
        inspect_json(&run->in, &out);
    else
        inspect_text(&run->in, &out);
    if (out.failed)
        status = given_no_memory();
    else if (fputs(buf_text(&out), stdout) < 0 || fflush(stdout))
        status = COMMAND_FAILED;
    buf_done(&out);
    if (run->in.refused.code)
        command_fail(status, &run->in.refused);
    return status;
}

static int inspect(struct run *run)
{
    struct jh_err err = {0};
    int rc = prepare(run, &err);
    if (!rc)
        rc = look(run, &err);
    if (!rc)
        rc = judge_standards(run);
    errs_print(stderr, COMMAND_PROGRAM, &run->errs);
    if (rc)
        return run->errs.errors ? COMMAND_REFUSED : command_fail(COMMAND_REFUSED, &err);
    return show(run);
}

static void done(struct run *run)
{
    intake_result_done(&run->in.result);
    intake_free(run->intake);
    loader_free(run->loader);
    alias_free(run->aliases);
    arena_free(run->arena);
    errs_done(&run->errs);
    free(run->bytes);
}

int inspect_run(int argc, char **argv)
{
    static const struct option OPTIONS[] = {
        {"round", required_argument, NULL, 'r'},
        {"columns", required_argument, NULL, 'c'},
        {"format", required_argument, NULL, 'f'},
        {"input-format", required_argument, NULL, 'F'},
        {"member", required_argument, NULL, 'm'},
        {"sheet", required_argument, NULL, 'T'},
        {NULL, 0, NULL, 0},
    };
    struct run run = {.asked = {.command = "inspect"}};
    int status = given_ask_files(&run.asked, argc, argv, OPTIONS, NULL, NULL);
    if (status)
        return status;
    if (run.asked.n_files > 1)
        return command_usage("inspect", "one file at a time");
    if (run.asked.format == GIVEN_CSV)
        return command_usage("inspect", "--format: expected text or json");
    errs_init(&run.errs, ERRORS_MAX);
    status = inspect(&run);
    done(&run);
    return status;
}
