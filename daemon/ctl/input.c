/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/input.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/file.h"
#include "conf/option.h"
#include "digest/container.h"
#include "model/kin.h"

enum { PEEK_ROWS = 64, ARENA_MAX = 16 << 20 };

struct file {
    const char *name;
    char *bytes;
    size_t n;
    char sha256[SHA256_HEX];
    const struct jh_plugin *format;
    const void *format_conf;
    struct round round;
};

struct reader {
    const struct input_options *options;
    struct arena *arena;
    struct file *files;
    size_t n;
};

/* ---- one file -------------------------------------------------------------------------- */

const char *input_format(const char *name, const char *bytes, size_t n)
{
    static const char *const known[] = {"csv", "json", "xlsx", "xls"};
    static const struct {
        const char *bytes;
        size_t n;
        const char *format;
    } begin[] = {{"PK\3\4", 4, "xlsx"}, {"\xD0\xCF\x11\xE0", 4, "xls"}};
    const char *dot = strrchr(name, '.'), *end = bytes + n;
    for (size_t i = 0; dot && i < sizeof known / sizeof *known; i++)
        if (strcasecmp(dot + 1, known[i]) == 0)
            return known[i];
    for (size_t i = 0; i < sizeof begin / sizeof *begin; i++)
        if (n >= begin[i].n && memcmp(bytes, begin[i].bytes, begin[i].n) == 0)
            return begin[i].format;
    while (bytes < end && memchr("\xEF\xBB\xBF \t\r\n", *bytes, 7))
        bytes++;
    return bytes < end && (*bytes == '{' || *bytes == '[') ? "json" : "csv";
}

/* Which sheet, for a format that has such an option. */
static void set_sheet(const struct jh_plugin *format, void *conf, const char *sheet)
{
    for (const struct jh_option *o = format->options; sheet && o && o->name; o++)
        if (o->type == JH_STRING && strcmp(o->name, "sheet") == 0)
            memcpy((char *)conf + o->offset, &sheet, sizeof sheet);
}

void *input_format_conf(const struct jh_plugin *format, const char *sheet,
                        struct arena *arena)
{
    void *conf = arena_alloc(arena, format->conf_size);
    if (conf && format->options)
        option_defaults(format->options, conf, arena);
    if (conf)
        set_sheet(format, conf, sheet);
    return conf;
}

/* Takes the bytes over, also when it fails. */
static int file_init(struct reader *r, const char *name, char *bytes, size_t n,
                     struct jh_err *err)
{
    if (r->n == INPUT_FILES_MAX) {
        free(bytes);
        return err_set(err, JH_ELIMIT, "more than %d files", INPUT_FILES_MAX);
    }
    struct file *f = &r->files[r->n++];
    *f = (struct file){.name = arena_str(r->arena, name), .bytes = bytes, .n = n};
    if (!f->name)
        return err_set(err, JH_ENOMEM, "out of memory");
    sha256_hex(f->bytes, f->n, f->sha256);
    const char *format =
        r->options->format ? r->options->format : input_format(name, f->bytes, f->n);
    f->format = loader_find(r->options->loader, JH_FORMAT, format, err);
    if (!f->format)
        return JH_ENOENT;
    f->format_conf = input_format_conf(f->format, r->options->sheet, r->arena);
    return f->format_conf ? 0 : err_set(err, JH_ENOMEM, "out of memory");
}

/* A file, or the files that are packed in it. */
static int file_load(struct reader *r, const char *path, struct jh_err *err)
{
    const struct container_rule rule = {.member = r->options->member,
                                        .max_bytes = INPUT_FILE_MAX};
    const char *name = strcmp(path, "-") == 0 ? "stdin" : path;
    struct container packed = {.n = 0};
    char *bytes = NULL;
    size_t n = 0;
    int rc = file_read(path, INPUT_FILE_MAX, &bytes, &n, err);
    if (!rc)
        rc = container_unpack(&rule, name, bytes, n, &packed, err);
    if (rc || packed.n)
        free(bytes);
    else
        rc = file_init(r, name, bytes, n, err);
    for (size_t i = 0; i < packed.n && !rc; i++) {
        struct container_part *part = &packed.parts[i];
        rc = file_init(r, part->name, part->bytes, part->n, err);
        part->bytes = NULL;
    }
    container_done(&packed);
    return rc;
}

/* Where the rows of a file go. */
struct sink {
    struct intake *intake;
    struct jh_err *err;
    size_t rows, most; /* stops after `most` */
};

enum { ENOUGH = JH_ECANCELED };

static int take_row(void *arg, const struct jh_row *row)
{
    struct sink *sink = arg;
    int rc = intake_row(sink->intake, row, sink->err);
    if (!rc && ++sink->rows >= sink->most)
        rc = ENOUGH;
    return rc;
}

static int file_rows(const struct reader *r, const struct file *f, struct intake *intake,
                     size_t most, struct jh_err *err)
{
    struct jh_err of_row = {0};
    struct sink sink = {intake, &of_row, 0, most};
    struct loader_rows rows = {take_row, &sink};
    struct jh_blob blob = {.size = sizeof blob,
                           .body = {f->bytes, f->n},
                           .url = f->name,
                           .name = f->name,
                           .type = "",
                           .etag = "",
                           .last_modified = ""};
    struct mapping mapping = {0};
    if (r->options->mapping)
        mapping = *r->options->mapping;
    if (!mapping.round.year)
        mapping.round = f->round;
    int rc = intake_file(intake, f->name, f->sha256, "all", &mapping, err);
    if (rc)
        return rc;
    rc = loader_parse(f->format, f->format_conf, &blob, &rows, err);
    if (rc && of_row.code && err)
        *err = of_row;
    if (rc == ENOUGH && sink.rows >= most)
        rc = 0;
    return rc ? rc : intake_file_end(intake, err);
}

/* ---- which round ----------------------------------------------------------------------- */

/* The round of a file, told by its first rows. year 0: it does not say. */
static int file_peek(const struct reader *r, struct file *f, struct jh_err *err)
{
    struct intake *intake = intake_new(r->options->aliases, NULL);
    if (!intake)
        return err_set(err, JH_ENOMEM, "out of memory");
    struct intake_result result = {0};
    int rc = file_rows(r, f, intake, PEEK_ROWS, err);
    if (!rc)
        rc = intake_finish(intake, NULL, 0, &result, err);
    intake_free(intake);
    if (rc)
        return rc;
    f->round = result.round.year ? result.round : r->options->round;
    intake_result_done(&result);
    if (!f->round.year)
        return err_at(err, JH_EINVAL, f->name, 1, 1,
                      "no round: add a column \"round\" or say which with --round");
    return 0;
}

/* The newest round, of the series that is judged if it is there at all. */
static struct round newest(const struct reader *r)
{
    struct round best = {0};
    for (size_t i = 0; i < r->n; i++) {
        struct round round = r->files[i].round;
        bool ours = (round.month != 0) == r->options->monthly;
        bool best_ours = best.year && (best.month != 0) == r->options->monthly;
        if (!best.year || ours > best_ours ||
            (ours == best_ours && round_cmp(round, best) > 0))
            best = round;
    }
    return best;
}

/* The next older one of the same series among the files; year 0 = none. */
static struct round older_round(const struct reader *r, struct round than)
{
    struct round best = {0};
    for (size_t i = 0; i < r->n; i++) {
        struct round round = r->files[i].round;
        if (round_same_series(round, than) && round_cmp(round, than) < 0 &&
            (!best.year || round_cmp(round, best) > 0))
            best = round;
    }
    return best;
}

static bool is_of(const struct file *f, struct round round)
{
    return round.year && round_cmp(f->round, round) == 0;
}

/* ---- all files of a round ---------------------------------------------------------------- */

static int round_rows(const struct reader *r, struct round round, struct intake *intake,
                      struct jh_err *err)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < r->n; i++)
        if (is_of(&r->files[i], round))
            rc = file_rows(r, &r->files[i], intake, SIZE_MAX, err);
    return rc;
}

static int older_read(const struct reader *r, struct round round, struct previous *to,
                      struct jh_err *err)
{
    struct intake_result result = {0};
    struct intake *intake = intake_new(r->options->aliases, NULL);
    if (!intake)
        return err_set(err, JH_ENOMEM, "out of memory");
    int rc = round_rows(r, round, intake, err);
    if (!rc)
        rc = intake_finish(intake, NULL, 0, &result, err);
    if (!rc && previous_add(to, &result))
        rc = err_set(err, JH_ENOMEM, "out of memory");
    intake_result_done(&result);
    intake_free(intake);
    return rc;
}

static int place(void *kin, const char *county, const char *school)
{
    return kin_place(kin, county, school);
}

/* Counties that have come of others are compared with what those had. */
static int kin_read(const struct reader *r, const struct intake *intake,
                    const struct entity_codes *counties, struct previous *ret,
                    struct round *at, struct jh_err *err)
{
    struct entity_codes older = {0}, here = {0};
    struct round round = *at, next;
    const char *const *all;
    size_t n;
    int rc = intake_peek(intake, r->arena, &round, &all, &n, err);
    if (rc)
        return rc;
    struct kin *kin = kin_new(r->options->changes, round, ret);
    rc = kin ? kin_wanted(kin, counties->list, counties->n, r->arena, &older, &here)
             : JH_ENOMEM;
    while (!rc && older.n && (next = older_round(r, *at)).year) {
        *at = next;
        rc = older_read(r, *at, ret, err);
        older.n = previous_lacking(ret, older.list, older.n);
    }
    if (!rc && here.n)
        rc = intake_places(intake, place, kin);
    if (!rc && here.n)
        rc = kin_join(kin, counties->list, counties->n, ret);
    kin_free(kin);
    return rc == JH_ENOMEM ? err_set(err, rc, "out of memory") : rc;
}

/* Of each county the next older round that holds it: back until all have theirs, at ret_at. */
static int before_read(const struct reader *r, const struct intake *intake,
                       struct previous *ret, struct round *ret_at, struct jh_err *err)
{
    const char *const *counties;
    struct round round = {0}, next;
    size_t n;
    int rc = intake_peek(intake, r->arena, &round, &counties, &n, err);
    const char **lacking = rc ? NULL : arena_array(r->arena, n + 1, sizeof *lacking);
    if (!rc && !lacking)
        rc = err_set(err, JH_ENOMEM, "out of memory");
    if (!rc && n)
        memcpy(lacking, counties, n * sizeof *lacking);
    const struct entity_codes all = {rc ? NULL : (const char **)counties, n};
    while (!rc && n && (next = older_round(r, round)).year) {
        round = next;
        rc = older_read(r, round, ret, err);
        n = previous_lacking(ret, lacking, n);
    }
    *ret_at = round;
    if (!rc && r->options->changes && r->options->changes->n)
        rc = kin_read(r, intake, &all, ret, ret_at, err);
    return rc;
}

/* The rounds older than that: of counties that are in none of those which were read. */
static int rest_read(const struct reader *r, struct round at, struct previous *ret,
                     struct jh_err *err)
{
    int rc = 0;
    while (!rc && (at = older_round(r, at)).year)
        rc = older_read(r, at, ret, err);
    return rc;
}

static bool is_now(const struct intake_result *now, const char *county)
{
    for (size_t i = 0; i < now->n; i++)
        if (strcmp(now->datasets[i]->county_code, county) == 0)
            return true;
    return false;
}

/* Counties that should be there by what became of those of older rounds, and are not. */
static int absent_heirs(const struct reader *r, const struct input *in,
                        struct entity_codes *ret)
{
    struct date day = round_reference(in->now.round);
    struct entity_codes heirs, all = {0};
    size_t kept = 0;
    int rc = 0;
    for (size_t i = 0; !rc && i < in->before.n; i++) {
        const struct dataset *ds = in->before.datasets[i];
        const char *code = ds->county_code;
        size_t first = entity_after(r->options->changes, round_reference(ds->round));
        rc = entity_heirs(r->options->changes, code, first, day, r->arena, &heirs);
        if (!rc && (heirs.n != 1 || strcmp(heirs.list[0], code) != 0))
            rc = entity_join(&all, &heirs, r->arena);
    }
    for (size_t i = 0; i < all.n; i++)
        if (!is_now(&in->now, all.list[i]))
            all.list[kept++] = all.list[i];
    *ret = (struct entity_codes){all.list, kept};
    return rc;
}

static int place_now(const struct intake_result *now, struct kin *kin)
{
    int rc = 0;
    for (size_t c = 0; c < now->n; c++)
        for (size_t i = 0; !rc && i < now->datasets[c]->n; i++)
            rc = kin_place(kin, now->datasets[c]->county_code,
                           now->datasets[c]->schools[i].code);
    return rc;
}

/* What those are compared with: nobody counts twice, and nobody is left out. */
static int absent_read(const struct reader *r, struct input *in, struct jh_err *err)
{
    struct entity_codes absent, older, here = {0};
    int rc = absent_heirs(r, in, &absent);
    struct kin *kin =
        rc ? NULL : kin_new(r->options->changes, in->now.round, &in->before);
    rc =
        kin ? kin_wanted(kin, absent.list, absent.n, r->arena, &older, &here) : JH_ENOMEM;
    if (!rc && here.n)
        rc = place_now(&in->now, kin);
    if (!rc && here.n)
        rc = kin_join(kin, absent.list, absent.n, &in->before);
    kin_free(kin);
    return rc ? err_set(err, rc, "out of memory") : 0;
}

static int compare_digests(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int input_digest(const char **digests, size_t n, char ret[SHA256_HEX])
{
    if (n == 1) {
        memcpy(ret, digests[0], SHA256_HEX);
        return 0;
    }
    if (n)
        qsort(digests, n, sizeof *digests, compare_digests);
    struct sha256 *h = sha256_new();
    if (!h)
        return JH_ENOMEM;
    for (size_t i = 0; i < n; i++) {
        sha256_add(h, digests[i], SHA256_HEX - 1);
        sha256_add(h, "\n", 1);
    }
    sha256_end(h, ret);
    return 0;
}

/* Names and the digest of what a round's files hold, whatever order they were named in. */
static int identify(const struct reader *r, struct round round, struct input *in)
{
    const char **names = arena_array(r->arena, r->n, sizeof *names);
    const char **digests = arena_array(r->arena, r->n, sizeof *digests);
    if (!names || !digests)
        return JH_ENOMEM;
    size_t n = 0;
    for (size_t i = 0; i < r->n; i++) {
        if (!is_of(&r->files[i], round))
            continue;
        digests[n] = r->files[i].sha256;
        names[n++] = r->files[i].name;
    }
    in->names = names;
    in->n_names = n;
    return input_digest(digests, n, in->sha256);
}

static int now_read(const struct reader *r, struct round now, struct input *in,
                    struct jh_err *err)
{
    struct intake *intake = intake_new(r->options->aliases, NULL);
    if (!intake)
        return err_set(err, JH_ENOMEM, "out of memory");
    struct round at = now;
    int rc = round_rows(r, now, intake, err);
    if (!rc)
        rc = before_read(r, intake, &in->before, &at, err);
    if (intake)
        intake_closed(intake, r->options->closed);
    if (!rc)
        rc = intake_finish(intake, in->before.datasets, in->before.n, &in->now, err);
    if (!rc && r->options->every)
        rc = rest_read(r, at, &in->before, err);
    if (!rc && r->options->every && r->options->changes && r->options->changes->n)
        rc = absent_read(r, in, err);
    intake_free(intake);
    return rc;
}

static int rounds_read(const struct reader *r, struct input *in, struct jh_err *err)
{
    struct round now = r->options->round.year ? r->options->round : newest(r);
    int rc = identify(r, now, in);
    if (rc)
        return err_set(err, rc, "out of memory");
    if (!in->n_names) {
        char text[ROUND_TEXT];
        round_print(now, text);
        return err_set(err, JH_ENOENT, "none of the files is of round %s", text);
    }
    return now_read(r, now, in, err);
}

int input_read(const struct input_options *options, char *const *files, size_t n,
               struct input *ret, struct jh_err *err)
{
    struct input in = {.arena = arena_new(ARENA_MAX)};
    if (!in.arena)
        return err_set(err, JH_ENOMEM, "out of memory");
    struct reader r = {.options = options, .arena = in.arena};
    r.files = calloc(INPUT_FILES_MAX, sizeof *r.files);
    int rc = r.files ? 0 : err_set(err, JH_ENOMEM, "out of memory");
    for (size_t i = 0; !rc && i < n; i++)
        rc = file_load(&r, files[i], err);
    for (size_t i = 0; !rc && i < r.n; i++)
        rc = file_peek(&r, &r.files[i], err);
    if (!rc)
        rc = rounds_read(&r, &in, err);
    for (size_t i = 0; i < r.n; i++)
        free(r.files[i].bytes);
    free(r.files);
    if (rc)
        input_done(&in);
    else
        *ret = in;
    return rc;
}

void input_done(struct input *in)
{
    intake_result_done(&in->now);
    previous_done(&in->before);
    arena_free(in->arena);
    *in = (struct input){0};
}

const struct dataset *input_before(const struct input *in, const char *county)
{
    return previous_find(&in->before, county);
}
