/* SPDX-License-Identifier: Apache-2.0 */
#include "drop.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "refuse.h"

enum { MOST_ENTRIES = 20000 };

static int fail_errno(struct jh_err *err, const char *file)
{
    int code = errno == ENOENT ? JH_ENOENT : JH_EIO;
    refuse_at(err, code, file, 0, 0, "%s", strerror(errno));
    return code;
}

static int no_memory(struct jh_err *err)
{
    refuse_at(err, JH_ENOMEM, "", 0, 0, "out of memory");
    return JH_ENOMEM;
}

bool drop_same(const struct stat *a, const struct stat *b)
{
    return a->st_ino == b->st_ino && a->st_dev == b->st_dev && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
           a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* ---- which ------------------------------------------------------------------------------- */

static bool ends_with(const char *name, const char *end)
{
    size_t n = strlen(name), m = strlen(end);
    return n >= m && strcmp(name + n - m, end) == 0;
}

/* What browsers, editors and copying programs have not finished, and reports of ours. */
static bool is_unfinished(const char *name)
{
    static const char *const ends[] = {
        "~",         ".tmp",        ".temp", ".part",     ".partial",   ".swp",
        ".download", ".crdownload", ".bak",  ".filepart", ".report.txt"};
    if (name[0] == '.' || name[0] == '#' || name[0] == '~')
        return true;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (ends_with(name, ends[i]))
            return true;
    return false;
}

static bool is_held(const struct drop *drop, const char *path)
{
    for (size_t i = 0; i < drop->n_held; i++)
        if (strcmp(drop->held[i], path) == 0)
            return true;
    return false;
}

/* A time in the future counts as long ago: a clock that is wrong must not hold a file for ever. */
static bool has_settled(const struct drop *drop, const struct stat *st)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    int64_t age = (now.tv_sec - st->st_mtim.tv_sec) * 1000 +
                  (now.tv_nsec - st->st_mtim.tv_nsec) / 1000000;
    return age < 0 || age >= drop->settle_ms;
}

static int add(struct drop *drop, const char *path, const struct stat *st)
{
    struct drop_file *f = &drop->files[drop->n];
    *f = (struct drop_file){.path = strdup(path), .st = *st};
    if (!f->path)
        return JH_ENOMEM;
    f->name = strrchr(f->path, '/') + 1;
    drop->n++;
    return 0;
}

static int look_at(struct drop *drop, const char *name, struct jh_err *err)
{
    struct stat st;
    char path[PATH_MAX];
    if (is_unfinished(name) || fnmatch(drop->pattern, name, FNM_PERIOD) != 0)
        return 0;
    int len = snprintf(path, sizeof path, "%s/%s", drop->folder, name);
    if (len < 0 || (size_t)len >= sizeof path || is_held(drop, path))
        return 0;
    /* what went away meanwhile, folders, links and devices are not ours */
    if (lstat(path, &st) || !S_ISREG(st.st_mode) || !has_settled(drop, &st))
        return 0;
    return add(drop, path, &st) ? no_memory(err) : 0;
}

/* The order in which people laid them down: a correction comes behind what it corrects. */
static int by_age(const void *a, const void *b)
{
    const struct drop_file *x = a, *y = b;
    if (x->st.st_mtim.tv_sec != y->st.st_mtim.tv_sec)
        return x->st.st_mtim.tv_sec < y->st.st_mtim.tv_sec ? -1 : 1;
    if (x->st.st_mtim.tv_nsec != y->st.st_mtim.tv_nsec)
        return x->st.st_mtim.tv_nsec < y->st.st_mtim.tv_nsec ? -1 : 1;
    return strcmp(x->name, y->name);
}

static int list(struct drop *drop, struct jh_err *err)
{
    DIR *dir = opendir(drop->folder);
    if (!dir)
        return fail_errno(err, drop->folder);
    int rc = 0;
    errno = 0;
    for (struct dirent *e; !rc && (e = readdir(dir)); errno = 0) {
        rc = look_at(drop, e->d_name, err);
        if (!rc && drop->n == MOST_ENTRIES) {
            refuse_at(err, JH_ELIMIT, drop->folder, 0, 0, "holds more than %d files",
                      MOST_ENTRIES);
            rc = JH_ELIMIT;
        }
    }
    if (!rc && errno)
        rc = fail_errno(err, drop->folder);
    closedir(dir);
    if (!rc && drop->n)
        qsort(drop->files, drop->n, sizeof *drop->files, by_age);
    return rc;
}

/* ---- what is in them --------------------------------------------------------------------- */

static int read_all(struct drop_file *f, int fd)
{
    size_t size = (size_t)f->st.st_size;
    struct stat st;
    f->body = malloc(size + 1);
    if (!f->body)
        return JH_ENOMEM;
    while (f->len <= size) {
        ssize_t n = read(fd, f->body + f->len, size + 1 - f->len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return JH_EIO;
        if (n == 0)
            break;
        f->len += (size_t)n;
    }
    errno = EBUSY;
    bool same = f->len == size && fstat(fd, &st) == 0 && drop_same(&st, &f->st);
    return same ? 0 : JH_EBUSY;
}

static int read_file(struct drop_file *f)
{
    int fd = open(f->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
    if (fd < 0)
        return JH_EIO;
    int rc = read_all(f, fd), saved = errno;
    close(fd);
    errno = saved;
    return rc;
}

static void forget(struct drop_file *f)
{
    free(f->path);
    free(f->body);
    *f = (struct drop_file){0};
}

/* Keeps those that could be read, as many as there is room for; the others come next time. */
static void read_files(struct drop *drop)
{
    int64_t total = 0;
    size_t kept = 0;
    for (size_t i = 0; i < drop->n; i++) {
        struct drop_file *f = &drop->files[i];
        bool large = f->st.st_size > drop->max_bytes;
        bool room =
            !kept || (kept < DROP_MOST && f->st.st_size <= drop->max_total - total);
        if (large && !drop->large.path) {
            drop->large = *f;
            *f = (struct drop_file){0};
        } else if (large || !room) {
            forget(f);
        } else if (read_file(f)) {
            fail_errno(&drop->skipped, f->path);
            forget(f);
        } else {
            total += f->st.st_size;
            drop->files[kept++] = *f;
        }
    }
    drop->n = kept;
}

int drop_read(struct drop *drop, struct jh_err *err)
{
    drop->files = calloc(MOST_ENTRIES, sizeof *drop->files);
    if (!drop->files)
        return no_memory(err);
    int rc = list(drop, err);
    if (!rc)
        read_files(drop);
    return rc;
}

void drop_done(struct drop *drop)
{
    for (size_t i = 0; i < drop->n; i++)
        forget(&drop->files[i]);
    free(drop->files);
    forget(&drop->large);
    drop->files = NULL;
    drop->n = 0;
}
