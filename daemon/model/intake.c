/* SPDX-License-Identifier: Apache-2.0 */
#include "model/intake.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "model/dataset_pool.h"
#include "model/intake_internal.h"

enum {
    MAX_ROWS = 4000000,
    MAX_COLUMNS = 512,
    MAX_REJECTED = 10000,
    FILE_ARENA = 16 << 20, /* what a file's header and mapping may take */
};
#define MAX_BYTES ((size_t)2 << 30)

struct intake *intake_new(const struct alias_table *aliases,
                          const struct intake_limits *limits)
{
    struct intake *in = calloc(1, sizeof *in);
    if (!in)
        return NULL;
    in->aliases = aliases;
    if (limits)
        in->limits = *limits;
    struct intake_limits *l = &in->limits;
    l->max_rows = l->max_rows ? l->max_rows : MAX_ROWS;
    l->max_columns =
        l->max_columns && l->max_columns < MAX_COLUMNS ? l->max_columns : MAX_COLUMNS;
    l->max_bytes = l->max_bytes ? l->max_bytes : MAX_BYTES;
    l->max_rejected = l->max_rejected ? l->max_rejected : MAX_REJECTED;
    in->arena = in->texts = arena_new(l->max_bytes);
    in->by_key = map_new(16);
    in->by_county = map_new(64);
    if (in->arena && in->by_key && in->by_county)
        return in;
    intake_free(in);
    return NULL;
}

void intake_free(struct intake *in)
{
    if (!in)
        return;
    if (in->texts != in->arena)
        arena_free(in->texts);
    intake_stream_done(in);
    free(in->schools);
    free(in->county);
    for (size_t i = 0; i < INTAKE_COLUMNS; i++)
        free(in->col[i]);
    free(in->counties);
    free(in->missing);
    free(in->rejected);
    free(in->rejected_county);
    free(in->findings);
    free(in->blocks);
    free(in->finding_county);
    free(in->files);
    free(in->infos);
    free(in->codes);
    map_free(in->by_key);
    map_free(in->by_county);
    arena_free(in->now.arena);
    arena_free(in->arena);
    free(in);
}

/* ---- memory ------------------------------------------------------------------------------ */

int intake_room(struct intake *in, void **array, size_t *cap, size_t need, size_t size)
{
    if (need <= *cap)
        return 0;
    size_t bigger = *cap ? *cap * 2 : 64;
    while (bigger < need)
        bigger *= 2;
    size_t more = (bigger - *cap) * size;
    if (more > in->limits.max_bytes || in->bytes > in->limits.max_bytes - more)
        return JH_ELIMIT;
    void *p = realloc(*array, bigger * size);
    if (!p)
        return JH_ENOMEM;
    *array = p;
    *cap = bigger;
    in->bytes += more;
    return 0;
}

/* All columns have the capacity of `schools`, so one check per row is enough. */
static int grow_rows(struct intake *in)
{
    size_t cap = in->cap, same = in->cap, want = in->cap ? in->cap * 2 : 1024;
    int rc = INTAKE_ROOM(in, in->county, cap, want);
    for (size_t i = 0; i < INTAKE_COLUMNS && !rc; i++) {
        cap = same;
        if (in->col[i])
            rc = INTAKE_ROOM(in, in->col[i], cap, want);
    }
    return rc ? rc : INTAKE_ROOM(in, in->schools, in->cap, want);
}

int intake_room_row(struct intake *in)
{
    if (in->n + in->stream.rows >= in->limits.max_rows)
        return JH_ELIMIT;
    return in->n < in->cap ? 0 : grow_rows(in);
}

int intake_column(struct intake *in, uint32_t dest)
{
    size_t cap = 0;
    if (in->col[dest])
        return 0;
    int rc = in->cap ? 0 : grow_rows(in);
    if (!rc)
        rc = INTAKE_ROOM(in, in->col[dest], cap, in->cap);
    for (size_t i = 0; i < in->n && !rc; i++)
        in->col[dest][i] = NAN;
    return rc;
}

/* ---- refusals, rejections, findings ------------------------------------------------------ */

static int spoiled(struct intake *in, struct jh_err *err)
{
    if (err)
        *err = in->refused;
    return in->refused.code;
}

static int refuse(struct intake *in, struct jh_err *err, const char *file, unsigned line,
                  unsigned col, const char *fmt, va_list ap)
{
    char text[sizeof in->refused.text];
    vsnprintf(text, sizeof text, fmt, ap);
    text[utf8_cut(text, strlen(text), sizeof text - 1)] = '\0';
    err_at(&in->refused, JH_EINVAL, file, line, col, "%s", text);
    return spoiled(in, err);
}

int intake_refuse(struct intake *in, struct jh_err *err, unsigned line, unsigned col,
                  const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int rc = refuse(in, err, in->files[in->now.index].name, line, col, fmt, ap);
    va_end(ap);
    return rc;
}

int intake_refuse_mapping(struct intake *in, struct jh_err *err, unsigned line,
                          unsigned col, const char *fmt, ...)
{
    const char *file = in->now.mapping->file;
    va_list ap;
    va_start(ap, fmt);
    int rc = refuse(in, err, file ? file : "", line, col, fmt, ap);
    va_end(ap);
    return rc;
}

int intake_fail(struct intake *in, struct jh_err *err, int code)
{
    const char *name = in->n_files ? in->files[in->now.index].name : "";
    if (code == JH_ELIMIT)
        err_at(&in->refused, code, name, 0, 0,
               "more than %zu rows, or than %zu MiB of data", in->limits.max_rows,
               in->limits.max_bytes >> 20);
    else
        err_at(&in->refused, code, name, 0, 0, "%s", err_name(code));
    return spoiled(in, err);
}

const char *intake_column_id(const struct intake *in, uint32_t dest)
{
    return dest < FIELD_COUNT ? field_id((enum field)dest)
                              : in->extra[dest - FIELD_COUNT].header;
}

typedef uint8_t lanes __attribute__((vector_size(16)));

static inline lanes controls(const char *p)
{
    lanes bytes;
    memcpy(&bytes, p, sizeof bytes);
    return (lanes)(bytes < ' ') | (lanes)(bytes == 0x7F);
}

/* Is any byte below a blank, or DEL? */
static bool has_control(const char *p, size_t len)
{
    uint64_t any[2];
    char few[sizeof(lanes)] = "xxxxxxxxxxxxxxxx";
    const char *end = p + len;
    if (len < sizeof few) {
        memcpy(few, p, len);
        p = few;
        end = few + sizeof few;
    }
    lanes found = controls(end - sizeof few);
    for (; end - p > (ptrdiff_t)sizeof few; p += sizeof few)
        found |= controls(p);
    memcpy(any, &found, sizeof any);
    return any[0] | any[1];
}

const char *intake_text(struct intake *in, struct jh_slice text, size_t max)
{
    if (!text.len)
        return "";
    size_t len = text.len > max ? utf8_cut(text.p, text.len, max) : text.len;
    char *copy = arena_strn(in->texts, text.p, len);
    bool control = copy && has_control(text.p, len);
    for (size_t i = 0; control && i < len; i++)
        if ((unsigned char)copy[i] < 0x20 || copy[i] == 0x7F)
            copy[i] = ' '; /* these texts go into tables and messages */
    return copy ? copy : "";
}

uint32_t intake_county(struct intake *in, struct jh_slice code)
{
    int64_t at = map_get(in->by_county, code.p, code.len);
    if (at != MAP_NONE)
        return (uint32_t)at;
    const char *copy = arena_strn(in->arena, code.p, code.len);
    if (!copy || INTAKE_ROOM(in, in->counties, in->cap_counties, in->n_counties + 1) ||
        map_add(in->by_county, copy, code.len, (int64_t)in->n_counties, &at))
        return INTAKE_COUNTY_NONE;
    in->counties[in->n_counties] =
        (struct intake_county){.code = copy, .name = "", .len = code.len};
    return (uint32_t)in->n_counties++;
}

int intake_expect(struct intake *in, const char *county)
{
    uint32_t at = intake_county(in, (struct jh_slice){county, strlen(county)});
    if (at == INTAKE_COUNTY_NONE)
        return JH_ENOMEM;
    in->counties[at].expected = true;
    return 0;
}

void intake_reject(struct intake *in, const struct rejected *add, uint32_t county)
{
    if (in->stream.fn && add->row && county == INTAKE_COUNTY_NONE)
        (void)intake_stream_collect(in, NULL);
    size_t n = in->n_rejected;
    bool kept = n < in->limits.max_rejected &&
                !INTAKE_ROOM(in, in->rejected, in->cap_rejected, n + 1) &&
                !INTAKE_ROOM(in, in->rejected_county, in->cap_rejected_county, n + 1);
    in->rejected_total++;
    if (add->row && county != INTAKE_COUNTY_NONE)
        in->counties[county].dropped++;
    else if (add->row && !kept)
        in->infos[add->file].unplaced++;
    if (!kept)
        return;
    in->rejected[n] = *add;
    in->rejected_county[n] = county;
    in->n_rejected++;
}

void intake_closed(struct intake *in, const struct closed_list *closed)
{
    in->closed = closed;
}

void intake_policy(struct intake *in, intake_policy_fn *fn, void *arg)
{
    in->policy = fn;
    in->policy_arg = arg;
}

void intake_find(struct intake *in, const struct intake_what *what, const char *code,
                 const char *severity, const char *fmt, ...)
{
    size_t n = in->n_findings;
    bool late = what->county != INTAKE_COUNTY_NONE && in->counties[what->county].closed;
    if (in->stream.findings && late) /* its list has been handed over */
        (void)intake_stream_collect(in, NULL);
    if ((in->stream.fn && !in->stream.findings) || n >= in->limits.max_rejected ||
        INTAKE_ROOM(in, in->findings, in->cap_findings, n + 1) ||
        INTAKE_ROOM(in, in->finding_county, in->cap_finding_county, n + 1))
        return;
    char text[512];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    size_t len = utf8_cut(text, strlen(text), sizeof text - 1);
    in->findings[n] = (struct finding){
        .code = code,
        .severity = severity,
        .county =
            what->county == INTAKE_COUNTY_NONE ? "" : in->counties[what->county].code,
        .school = what->school ? what->school : "",
        .campus = what->campus ? what->campus : "",
        .file = what->file,
        .line = what->line,
        .text = intake_text(in, (struct jh_slice){text, len}, sizeof text)};
    in->finding_county[n] = what->county;
    in->n_findings++;
}

/* ---- files ------------------------------------------------------------------------------- */

int intake_file(struct intake *in, const char *name, const char *sha256, const char *part,
                const struct mapping *mapping, struct jh_err *err)
{
    if (in->refused.code)
        return spoiled(in, err);
    size_t n = in->n_files;
    int rc = n < INTAKE_FILES_MAX ? INTAKE_ROOM(in, in->files, in->cap_files, n + 1)
                                  : JH_ELIMIT;
    if (!rc)
        rc = INTAKE_ROOM(in, in->infos, in->cap_infos, n + 1);
    if (rc)
        return intake_fail(in, err, rc);
    arena_free(in->now.arena);
    in->now = (struct intake_open){.open = true,
                                   .index = (uint16_t)n,
                                   .mapping = mapping,
                                   .arena = arena_new(FILE_ARENA),
                                   .last_county = INTAKE_COUNTY_NONE};
    struct dataset_file *file = &in->files[n];
    *file = (struct dataset_file){.name = arena_str(in->arena, name),
                                  .sha256 = arena_str(in->arena, sha256 ? sha256 : ""),
                                  .part = arena_str(in->arena, part ? part : "all")};
    in->infos[n] = (struct intake_file_info){0};
    if (!in->now.arena || !file->name || !file->sha256 || !file->part)
        return intake_fail(in, err, JH_ENOMEM);
    in->n_files++;
    return 0;
}

int intake_row(struct intake *in, const struct jh_row *row, struct jh_err *err)
{
    if (in->refused.code)
        return spoiled(in, err);
    return in->now.header ? intake_row_read(in, row, err)
                          : intake_search_row(in, row, err);
}

int intake_file_end(struct intake *in, struct jh_err *err)
{
    if (in->refused.code)
        return spoiled(in, err);
    int rc = in->now.header ? 0 : intake_search_end(in, err);
    if (rc)
        return rc;
    if (!in->now.rows)
        return intake_refuse(in, err, in->now.header_line, 1,
                             "a header and no row below it: a round without any school");
    in->now.open = false;
    return 0;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int intake_peek(const struct intake *in, struct arena *arena, struct round *ret_round,
                const char *const **ret_counties, size_t *ret_n, struct jh_err *err)
{
    const char *name = in->n_files ? in->files[0].name : "";
    if (!in->round.year)
        return err_at(err, JH_EINVAL, name, in->n_files ? in->now.header_line : 0, 0,
                      "no round: no column says it; name one under `columns:`, or give "
                      "`round:` to the source");
    const char **codes = arena_array(arena, in->n_counties + 1, sizeof *codes);
    size_t n = 0;
    for (size_t i = 0; codes && i < in->n_counties; i++)
        if (in->counties[i].rows && (codes[n] = arena_str(arena, in->counties[i].code)))
            n++;
    if (!codes)
        return err_set(err, JH_ENOMEM, "out of memory");
    qsort(codes, n, sizeof *codes, by_text);
    *ret_round = in->round;
    *ret_counties = codes;
    *ret_n = n;
    return 0;
}

int intake_places(const struct intake *in,
                  int (*fn)(void *arg, const char *county, const char *school), void *arg)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < in->n; i++)
        rc = fn(arg, in->counties[in->county[i]].code, in->schools[i].code);
    return rc;
}

void intake_result_done(struct intake_result *result)
{
    for (size_t i = 0; i < result->n; i++)
        dataset_unref(result->datasets[i]);
    dataset_pool_unref(result->pool); /* the lists go with the last dataset */
    *result = (struct intake_result){0};
}
