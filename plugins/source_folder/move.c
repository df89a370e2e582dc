/* SPDX-License-Identifier: Apache-2.0 */
#include "move.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "drop.h"
#include "refuse.h"

enum { MOST_OF_A_NAME = 10000, FOLDER_MODE = 0750, FILE_MODE = 0640 };

static int fail_errno(struct jh_err *err, const char *file, const char *what)
{
    refuse_at(err, JH_EIO, file, 0, 0, "%s: %s", what, strerror(errno));
    return JH_EIO;
}

static int join(char *ret, const char *folder, const char *into, const char *name,
                const char *end)
{
    int n = snprintf(ret, PATH_MAX, "%s/%s/%s%s", folder, into, name, end);
    return n < 0 || n >= PATH_MAX ? JH_ELIMIT : 0;
}

/* ---- the folders ------------------------------------------------------------------------- */

static int prepare(const char *folder, const char *into, struct jh_err *err)
{
    char path[PATH_MAX];
    struct stat st;
    if (join(path, folder, into, "", ""))
        return JH_ELIMIT;
    if (mkdir(path, FOLDER_MODE) && errno != EEXIST)
        return fail_errno(err, path, "cannot be made");
    if (lstat(path, &st))
        return fail_errno(err, path, "cannot be looked at");
    path[strlen(path) - 1] = '\0'; /* with the slash a link would be followed */
    if (lstat(path, &st) || !S_ISDIR(st.st_mode)) {
        errno = ENOTDIR;
        return fail_errno(err, path, "files cannot be moved there");
    }
    return access(path, W_OK | X_OK)
               ? fail_errno(err, path, "files cannot be moved there")
               : 0;
}

int move_prepare(const char *folder, struct jh_err *err)
{
    if (access(folder, F_OK)) {
        refuse_at(err, JH_ENOENT, folder, 0, 0, "%s", strerror(errno));
        return JH_ENOENT;
    }
    if (access(folder, W_OK | X_OK))
        return fail_errno(err, folder, "files cannot be moved out of it");
    int rc = prepare(folder, MOVE_ACCEPTED, err);
    return rc ? rc : prepare(folder, MOVE_REFUSED, err);
}

/* ---- the report -------------------------------------------------------------------------- */

static int write_all(int fd, const char *text, size_t n)
{
    while (n) {
        ssize_t done = write(fd, text, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return JH_EIO;
        text += done;
        n -= (size_t)done;
    }
    return fsync(fd) ? JH_EIO : 0;
}

static int write_report(const char *path, const char *report, struct jh_err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);
    if (fd < 0)
        return fail_errno(err, path, "cannot be written");
    int rc = write_all(fd, report, strlen(report))
                 ? fail_errno(err, path, "cannot be written")
                 : 0;
    close(fd);
    return rc;
}

/* ---- the move ---------------------------------------------------------------------------- */

/* Some file systems of the net know no RENAME_NOREPLACE; we are alone in these folders. */
static int rename_new(const char *from, const char *to)
{
    struct stat st;
    if (!renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE))
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return -1;
    if (!lstat(to, &st)) {
        errno = EEXIST;
        return -1;
    }
    return rename(from, to);
}

/* NAME, else NAME.2 and so on: one of which nothing is there yet. */
static int free_name(const char *folder, const char *into, const char *name, int from,
                     char to[PATH_MAX], int *ret)
{
    struct stat st;
    char end[16] = "";
    for (int i = from; i < MOST_OF_A_NAME; i++) {
        if (i > 1)
            snprintf(end, sizeof end, ".%d", i);
        if (join(to, folder, into, name, end))
            return JH_ELIMIT;
        if (lstat(to, &st)) {
            *ret = i;
            return 0;
        }
    }
    return JH_ELIMIT;
}

static int check_same(const char *path, const struct stat *was, struct jh_err *err)
{
    struct stat st;
    if (lstat(path, &st))
        return fail_errno(err, path, "went away");
    if (drop_same(&st, was))
        return 0;
    refuse_at(err, JH_EBUSY, path, 0, 0, "is another file by now: it is read again");
    return JH_EBUSY;
}

int move_file(const char *folder, const char *name, const struct stat *was,
              const char *into, const char *report, struct jh_err *err)
{
    char from[PATH_MAX], to[PATH_MAX], words[PATH_MAX];
    int n = snprintf(from, sizeof from, "%s/%s", folder, name), which = 1;
    int rc = n < 0 || n >= PATH_MAX ? JH_ELIMIT : check_same(from, was, err);
    for (; !rc; which++) {
        rc = free_name(folder, into, name, which, to, &which);
        if (!rc && snprintf(words, sizeof words, "%s.report.txt", to) >= PATH_MAX)
            rc = JH_ELIMIT;
        if (!rc)
            rc = write_report(words, report, err);
        if (rc || !rename_new(from, to))
            break;
        if (errno != EEXIST)
            rc = fail_errno(err, from, "cannot be moved");
    }
    if (rc == JH_ELIMIT)
        refuse_at(err, rc, from, 0, 0, "cannot be moved: no name is left for it in %s",
                  into);
    return rc;
}
