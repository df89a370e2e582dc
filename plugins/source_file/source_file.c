/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A source that reads a file, or all files of a folder in the order of their names. The disk is
 * read in a worker thread (the folder may be a slow share); answers are given on the loop.
 *
 * What was read is known by the list of names, sizes, times and inodes: its hash is the ETag.
 * It goes with the last body only, so that the list counts as taken when all of it is.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <junheng/plugin.h>

enum { MAX_FILES = 10000, ETAG_TEXT = 64 };

struct file_conf {
    char *path, *pattern;
    int64_t settle, max_total;
};

struct jh_inst {
    const struct jh_host *host;
    struct jh_ctx *ctx;
    const struct file_conf *conf;
};

struct file {
    char *name, *path;
    struct stat st;
    char *body;
    size_t len;
};

/* One poll: made on the loop, worked on by one worker, answered on the loop. */
struct job {
    struct jh_inst *inst;
    struct jh_fetch *fetch;
    const struct file_conf *conf;
    char *etag_before;
    int64_t max_bytes;
    struct file *files;
    size_t n;
    size_t outside; /* links that lead out of the folder: left alone */
    char etag[ETAG_TEXT];
    bool unchanged;
    struct jh_err err;
};

static int fail(struct jh_err *err, int code, const char *file, const char *text)
{
    if (err) {
        *err = (struct jh_err){.code = code};
        snprintf(err->file, sizeof err->file, "%s", file);
        snprintf(err->text, sizeof err->text, "%s", text);
    }
    return code;
}

static int fail_errno(struct jh_err *err, const char *file)
{
    return fail(err, errno == ENOENT ? JH_ENOENT : JH_EIO, file, strerror(errno));
}

/* ---- listing (worker) -------------------------------------------------------------------- */

static bool ends_with(const char *name, const char *end)
{
    size_t n = strlen(name), m = strlen(end);
    return n >= m && strcmp(name + n - m, end) == 0;
}

/* Hidden, backups, and what browsers, editors and copying programs have not finished. */
static bool is_unfinished(const char *name)
{
    static const char *const ends[] = {"~",        ".tmp",     ".temp",     ".part",
                                       ".partial", ".swp",     ".download", ".crdownload",
                                       ".bak",     ".filepart"};
    if (name[0] == '.' || name[0] == '#' || name[0] == '~')
        return true;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (ends_with(name, ends[i]))
            return true;
    return false;
}

static void files_free(struct file *files, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(files[i].name);
        free(files[i].path);
        free(files[i].body);
    }
    free(files);
}

/* Does the link lead to something inside of the folder? */
static bool stays_inside(const char *path, const char *real_folder)
{
    char real[PATH_MAX];
    size_t n = strlen(real_folder);
    return realpath(path, real) && strncmp(real, real_folder, n) == 0 && real[n] == '/';
}

/* Adds the entry if it is one of ours. */
static int add_entry(struct job *job, const char *real_folder, const char *name)
{
    struct stat st;
    char path[PATH_MAX];
    if (is_unfinished(name) || fnmatch(job->conf->pattern, name, FNM_PERIOD) != 0)
        return 0;
    int len = snprintf(path, sizeof path, "%s/%s", job->conf->path, name);
    if (len < 0 || (size_t)len >= sizeof path)
        return fail(&job->err, JH_ELIMIT, name, "the path is too long");
    if (lstat(path, &st))
        return errno == ENOENT ? 0
                               : fail_errno(&job->err, path); /* moved away meanwhile */
    if (S_ISLNK(st.st_mode)) {
        bool inside = stays_inside(path, real_folder);
        job->outside += !inside;
        if (!inside || stat(path, &st))
            return 0;
    }
    if (!S_ISREG(st.st_mode))
        return 0;
    if (job->n == MAX_FILES)
        return fail(&job->err, JH_ELIMIT, job->conf->path, "holds more than 10000 files");
    struct file *f = &job->files[job->n];
    *f = (struct file){.name = strdup(name), .path = strdup(path), .st = st};
    job->n++;
    return f->name && f->path ? 0 : fail(&job->err, JH_ENOMEM, "", "out of memory");
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct file *)a)->name, ((const struct file *)b)->name);
}

static int list_folder(struct job *job)
{
    const char *folder = job->conf->path;
    char real[PATH_MAX];
    DIR *dir = realpath(folder, real) ? opendir(real) : NULL;
    if (!dir)
        return fail_errno(&job->err, folder);
    int rc = 0;
    errno = 0;
    for (struct dirent *e; !rc && (e = readdir(dir)); errno = 0)
        rc = add_entry(job, real, e->d_name);
    if (!rc && errno)
        rc = fail_errno(&job->err, folder);
    closedir(dir);
    if (!rc && job->n)
        qsort(job->files, job->n, sizeof *job->files, by_name);
    return rc;
}

static int list_one(struct job *job)
{
    const char *path = job->conf->path, *slash = strrchr(path, '/');
    struct file *f = &job->files[0];
    if (stat(path, &f->st))
        return fail_errno(&job->err, path);
    f->name = strdup(slash ? slash + 1 : path);
    f->path = strdup(path);
    job->n = 1;
    return f->name && f->path ? 0 : fail(&job->err, JH_ENOMEM, "", "out of memory");
}

static int list(struct job *job)
{
    struct stat st;
    files_free(job->files, job->n);
    job->n = job->outside = 0;
    job->files = calloc(MAX_FILES, sizeof *job->files);
    if (!job->files)
        return fail(&job->err, JH_ENOMEM, "", "out of memory");
    if (stat(job->conf->path, &st))
        return fail_errno(&job->err, job->conf->path);
    if (S_ISDIR(st.st_mode))
        return list_folder(job);
    if (S_ISREG(st.st_mode))
        return list_one(job);
    return fail(&job->err, JH_EINVAL, job->conf->path, "is neither a file nor a folder");
}

/* ---- has it changed? (worker) ------------------------------------------------------------ */

static uint64_t mix(uint64_t h, const void *p, size_t n)
{
    for (const unsigned char *at = p; n > 0; at++, n--)
        /* clang 14 does not follow the bytes of a number: */
        /* NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult) */
        h = (h ^ *at) * 0x100000001B3ull;
    return h;
}

static uint64_t hash_list(const struct job *job, uint64_t h)
{
    h = mix(h, job->conf->path, strlen(job->conf->path) + 1);
    for (size_t i = 0; i < job->n; i++) {
        const struct file *f = &job->files[i];
        int64_t facts[] = {(int64_t)f->st.st_mtim.tv_sec, (int64_t)f->st.st_mtim.tv_nsec,
                           (int64_t)f->st.st_size, (int64_t)f->st.st_ino};
        h = mix(h, f->name, strlen(f->name) + 1);
        h = mix(h, facts, sizeof facts);
    }
    return h;
}

static void set_etag(struct job *job)
{
    snprintf(job->etag, sizeof job->etag, "%zu-%016llx%016llx", job->n,
             (unsigned long long)hash_list(job, 0xCBF29CE484222325ull),
             (unsigned long long)hash_list(job, 0x84222325CBF29CE4ull));
}

/* The youngest file, in milliseconds; a time in the future counts as now. */
static int64_t age_ms(const struct job *job)
{
    struct timespec now;
    int64_t youngest = INT64_MAX;
    clock_gettime(CLOCK_REALTIME, &now);
    for (size_t i = 0; i < job->n; i++) {
        const struct timespec *t = &job->files[i].st.st_mtim;
        int64_t age =
            (now.tv_sec - t->tv_sec) * 1000 + (now.tv_nsec - t->tv_nsec) / 1000000;
        if (age < youngest)
            youngest = age;
    }
    return youngest > 0 ? youngest : 0;
}

/* Half a file would be taken for a county that lost half of its schools. */
static int wait_until_settled(struct job *job)
{
    char before[ETAG_TEXT];
    int64_t wait = job->conf->settle - age_ms(job);
    if (!job->n || wait <= 0)
        return 0;
    memcpy(before, job->etag, sizeof before);
    nanosleep(&(struct timespec){wait / 1000, wait % 1000 * 1000000}, NULL);
    int rc = list(job);
    set_etag(job);
    if (!rc && strcmp(before, job->etag) != 0)
        rc = fail(&job->err, JH_EBUSY, job->conf->path, "is being written");
    return rc;
}

/* ---- reading (worker) -------------------------------------------------------------------- */

static int read_body(struct job *job, struct file *f, int fd)
{
    size_t size = (size_t)f->st.st_size;
    f->body = malloc(size + 1);
    if (!f->body)
        return fail(&job->err, JH_ENOMEM, f->path, "out of memory");
    while (f->len <= size) {
        ssize_t n = read(fd, f->body + f->len, size + 1 - f->len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail_errno(&job->err, f->path);
        if (n == 0)
            break;
        f->len += (size_t)n;
    }
    struct stat st;
    bool same = f->len == size && fstat(fd, &st) == 0 && st.st_size == f->st.st_size &&
                st.st_mtim.tv_sec == f->st.st_mtim.tv_sec &&
                st.st_mtim.tv_nsec == f->st.st_mtim.tv_nsec && st.st_ino == f->st.st_ino;
    return same ? 0 : fail(&job->err, JH_EBUSY, f->path, "was written while it was read");
}

static int read_file(struct job *job, struct file *f)
{
    char text[96];
    if (f->st.st_size > job->max_bytes) {
        snprintf(text, sizeof text, "is larger than %lld bytes (max_bytes)",
                 (long long)job->max_bytes);
        return fail(&job->err, JH_ELIMIT, f->path, text);
    }
    int fd = open(f->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return fail_errno(&job->err, f->path);
    int rc = read_body(job, f, fd);
    close(fd);
    return rc;
}

static int read_files(struct job *job)
{
    int64_t total = 0;
    int rc = 0;
    for (size_t i = 0; i < job->n; i++)
        total += job->files[i].st.st_size;
    if (total > job->conf->max_total)
        return fail(&job->err, JH_ELIMIT, job->conf->path,
                    "its files together are larger than max_total");
    for (size_t i = 0; !rc && i < job->n; i++)
        rc = read_file(job, &job->files[i]);
    return rc;
}

static int work(void *arg)
{
    struct job *job = arg;
    char text[160];
    int rc = list(job);
    if (rc)
        return rc;
    snprintf(text, sizeof text, "holds no file that matches %.100s", job->conf->pattern);
    if (!job->n)
        return fail(&job->err, JH_ENOENT, job->conf->path, text);
    set_etag(job);
    job->unchanged = strcmp(job->etag, job->etag_before) == 0;
    if (job->unchanged)
        return 0;
    rc = wait_until_settled(job);
    return rc ? rc : read_files(job);
}

/* ---- the answer (loop) ------------------------------------------------------------------- */

static void job_free(struct job *job)
{
    if (!job)
        return;
    files_free(job->files, job->n);
    free(job->etag_before);
    free(job);
}

static void answer_bodies(struct job *job)
{
    const struct jh_host *host = job->inst->host;
    struct jh_blob *blobs = calloc(job->n, sizeof *blobs);
    if (!blobs) {
        fail(&job->err, JH_ENOMEM, "", "out of memory");
        host->fetch_done(job->inst->ctx, job->fetch, JH_FAILED, NULL, 0, &job->err);
        return;
    }
    for (size_t i = 0; i < job->n; i++)
        blobs[i] = (struct jh_blob){.size = sizeof *blobs,
                                    .body = {job->files[i].body, job->files[i].len},
                                    .url = job->files[i].path,
                                    .name = job->files[i].name,
                                    .type = "",
                                    .etag = i + 1 == job->n ? job->etag : "",
                                    .last_modified = "",
                                    .give = &job->files[i].body};
    host->fetch_done(job->inst->ctx, job->fetch, JH_FETCHED, blobs, job->n, NULL);
    free(blobs);
}

static void on_worked(void *arg, int result)
{
    struct job *job = arg;
    const struct jh_host *host = job->inst->host;
    if (job->outside)
        host->log(job->inst->ctx, JH_WARN, "source_file.link_outside",
                  "links that lead out of the folder are not followed");
    if (result && !job->err.code)
        fail(&job->err, result, job->conf->path, "canceled");
    if (result)
        host->fetch_done(job->inst->ctx, job->fetch, JH_FAILED, NULL, 0, &job->err);
    else if (job->unchanged)
        host->fetch_done(job->inst->ctx, job->fetch, JH_UNCHANGED, NULL, 0, NULL);
    else
        answer_bodies(job);
    job_free(job);
}

static void fetch_now(struct jh_inst *inst, struct jh_fetch *fetch)
{
    struct job *job = calloc(1, sizeof *job);
    struct jh_err err;
    if (job) {
        job->inst = inst;
        job->fetch = fetch;
        job->conf = inst->conf;
        job->max_bytes = fetch->max_bytes;
        job->etag_before = strdup(fetch->etag);
    }
    if (!job || !job->etag_before || inst->host->work(inst->ctx, work, on_worked, job)) {
        job_free(job);
        fail(&err, JH_ENOMEM, inst->conf->path, "out of memory");
        inst->host->fetch_done(inst->ctx, fetch, JH_FAILED, NULL, 0, &err);
    }
}

/* ---- what this plugin is ------------------------------------------------------------------ */

static int check(const void *conf_, struct jh_err *err)
{
    const struct file_conf *conf = conf_;
    if (!conf->path || conf->path[0] != '/')
        return fail(err, JH_EINVAL, "", "path must begin with /");
    if (!conf->pattern || !*conf->pattern || strchr(conf->pattern, '/'))
        return fail(err, JH_EINVAL, "",
                    "pattern must be that of a file name, such as *.csv");
    return 0;
}

static int file_open(const struct jh_host *host, struct jh_ctx *ctx, const void *conf,
                     struct jh_inst **ret_inst, struct jh_err *err)
{
    struct jh_inst *inst = calloc(1, sizeof *inst);
    if (!inst)
        return fail(err, JH_ENOMEM, "", "out of memory");
    *inst = (struct jh_inst){host, ctx, conf};
    *ret_inst = inst;
    return 0;
}

static void file_close(struct jh_inst *inst)
{
    free(inst);
}

#define AT(field) offsetof(struct file_conf, field)

static const struct jh_option options[] = {
    {.name = "path",
     .type = JH_STRING,
     .offset = AT(path),
     .required = true,
     .help = "The file, or the folder with the files."},
    {.name = "pattern",
     .type = JH_STRING,
     .offset = AT(pattern),
     .def = "*",
     .help = "Which files of a folder, such as *.csv."},
    {.name = "settle",
     .type = JH_DURATION,
     .offset = AT(settle),
     .def = "1s",
     .min = 0,
     .max = 60 * 1000,
     .help = "How long a file must have rested: one still being copied is not taken."},
    {.name = "max_total",
     .type = JH_SIZE,
     .offset = AT(max_total),
     .def = "1GiB",
     .min = 1,
     .max = INT64_MAX,
     .help = "Most bytes of all files together; max_bytes is for each."},
    {0}};

static const struct jh_source_ops ops = {.size = sizeof ops, .fetch = fetch_now};

extern const struct jh_plugin junheng_plugin;
const struct jh_plugin junheng_plugin = {
    .abi = JH_ABI,
    .size = sizeof junheng_plugin,
    .kind = JH_SOURCE,
    .name = "file",
    .version = PACKAGE_VERSION,
    .summary = "Reads a file, or all files of a folder.",
    .options = options,
    .conf_size = sizeof(struct file_conf),
    .check = check,
    .open = file_open,
    .close = file_close,
    .ops = &ops,
};
