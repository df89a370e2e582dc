/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/beside.h"

/* Rows at once: handing over costs two threads as much as judging a few schools. */
enum { ARENA_MAX = 16 << 20, BATCH = 1024 };

struct reader {
    const struct input_options *options;
    struct intake *intake;
    struct beside *beside;
    const struct jh_plugin *format;
    void *format_conf;
    struct mapping mapping;
    struct arena *arena;
    const char **digests; /* NULL: nobody asks */
    size_t n_digests;
};

/* A file while it is read. */
struct bytes {
    int fd;
    struct sha256 *hash; /* or NULL */
};

static int64_t read_file(void *arg, void *buf, size_t n)
{
    const struct bytes *bytes = arg;
    ssize_t got;
    do
        got = read(bytes->fd, buf, n);
    while (got < 0 && errno == EINTR);
    if (got > 0)
        sha256_add(bytes->hash, buf, (size_t)got);
    return got < 0 ? JH_EIO : got;
}

static int take_row(void *arg, const struct jh_row *row)
{
    return intake_row(arg, row, NULL);
}

static int parse(const struct reader *r, const char *path, struct bytes *bytes)
{
    struct loader_body body = {read_file, bytes};
    struct loader_rows rows = {take_row, r->intake};
    struct jh_blob blob = {.size = sizeof blob,
                           .url = path,
                           .name = path,
                           .type = "",
                           .etag = "",
                           .last_modified = ""};
    beside_wait(r->beside); /* for the list of files may move */
    int rc = intake_file(r->intake, path, "", "all", &r->mapping, NULL);
    if (!rc)
        rc = loader_stream(r->format, r->format_conf, &blob, &body, &rows);
    return rc ? rc : intake_file_end(r->intake, NULL);
}

static int parse_hashed(struct reader *r, const char *path, int fd)
{
    if (!r->digests)
        return parse(r, path, &(struct bytes){fd, NULL});
    char *hex = arena_alloc(r->arena, SHA256_HEX);
    struct bytes bytes = {fd, hex ? sha256_new() : NULL};
    if (!bytes.hash)
        return JH_ENOMEM;
    int rc = parse(r, path, &bytes);
    sha256_end(bytes.hash, hex);
    r->digests[r->n_digests++] = hex;
    return rc;
}

/* A plain file of no unreasonable size, which can be read once more. */
static int parse_file(struct reader *r, const char *path)
{
    struct stat st;
    const char *format =
        r->options->format ? r->options->format : input_format(path, "", 0);
    if (strcmp(path, "-") == 0 || strcmp(format, r->format->name) != 0)
        return JH_ENOENT;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return JH_EIO;
    int rc = JH_ENOENT;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size <= INPUT_FILE_MAX)
        rc = parse_hashed(r, path, fd);
    close(fd);
    return rc;
}

static int read_all(struct reader *r, char *const *files, size_t n,
                    struct intake_result *ret)
{
    const struct round wanted = r->options->round;
    struct intake_result result = {0};
    int rc = 0;
    for (size_t i = 0; i < n && !rc; i++)
        rc = parse_file(r, files[i]);
    if (!rc)
        rc = intake_finish(r->intake, NULL, 0, &result, NULL);
    if (!rc &&
        (!result.round.year || (wanted.year && round_cmp(result.round, wanted) != 0))) {
        intake_result_done(&result);
        rc = JH_ENOENT; /* input_read() finds the words */
    }
    if (!rc)
        *ret = result;
    return rc;
}

/* The format, its options, the mapping and room for what is told of the files. */
static int reader_init(struct reader *r, size_t n)
{
    const struct input_options *options = r->options;
    r->intake = intake_new(options->aliases, NULL);
    r->format = loader_find(options->loader, JH_FORMAT, "csv", NULL);
    if (!r->arena || !r->intake || !r->format || n > INPUT_FILES_MAX)
        return JH_ENOMEM;
    r->format_conf = input_format_conf(r->format, NULL, r->arena);
    r->digests = options->digest ? arena_array(r->arena, n, sizeof *r->digests) : NULL;
    if (!r->format_conf || (options->digest && !r->digests))
        return JH_ENOMEM;
    if (options->mapping)
        r->mapping = *options->mapping;
    if (!r->mapping.round.year)
        r->mapping.round = options->round;
    return 0;
}

/* Counties are judged in a thread of their own. */
static int read_beside(struct reader *r, char *const *files, size_t n,
                       intake_county_fn *county, void *arg, struct intake_result *ret)
{
    struct beside beside;
    int rc = intake_stream(r->intake, BATCH, beside_give, &beside);
    if (rc)
        return rc;
    if (r->options->findings)
        intake_stream_findings(r->intake);
    r->beside = &beside;
    beside_start(&beside, county, arg);
    rc = read_all(r, files, n, ret);
    int judged = beside_stop(&beside);
    r->beside = NULL;
    return rc ? rc : judged;
}

int stream_read(const struct input_options *options, char *const *files, size_t n,
                intake_county_fn *county, void *arg, struct input *ret)
{
    struct input in = {.arena = arena_new(ARENA_MAX)};
    struct reader r = {.options = options, .arena = in.arena};
    int rc = reader_init(&r, n);
    const char **names = rc ? NULL : arena_array(in.arena, n, sizeof *names);
    if (!rc)
        rc = names ? read_beside(&r, files, n, county, arg, &in.now) : JH_ENOMEM;
    if (!rc && r.digests)
        rc = input_digest(r.digests, r.n_digests, in.sha256);
    for (size_t i = 0; i < n && !rc; i++)
        names[i] = files[i];
    in.names = names;
    in.n_names = n;
    intake_free(r.intake);
    if (rc)
        input_done(&in);
    else
        *ret = in;
    return rc;
}
