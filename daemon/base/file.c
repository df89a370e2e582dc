/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FIRST = 64 * 1024 };

static int failed(const char *path, struct jh_err *err)
{
    return err_at(err, errno == ENOENT ? JH_ENOENT : JH_EIO, path, 0, 0, "%s",
                  strerror(errno));
}

/* Room for one more byte than was expected, so that growth and the end both show. */
static int grow(char **bytes, size_t *cap, size_t max, const char *path,
                struct jh_err *err)
{
    size_t want = *cap * 2 < max + 2 ? *cap * 2 : max + 2;
    char *more = want > *cap ? realloc(*bytes, want) : NULL;
    if (!more)
        return err_at(err, want > *cap ? JH_ENOMEM : JH_ELIMIT, path, 0, 0,
                      "larger than %zu bytes", max);
    *bytes = more;
    *cap = want;
    return 0;
}

static int read_all(int fd, const char *path, size_t max, char **ret, size_t *ret_n,
                    struct jh_err *err)
{
    struct stat st;
    size_t n = 0, cap = FIRST;
    int rc = 0;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 &&
        (size_t)st.st_size <= max)
        cap = (size_t)st.st_size + 2;
    char *bytes = malloc(cap);
    if (!bytes)
        return err_at(err, JH_ENOMEM, path, 0, 0, "out of memory");
    while (!rc) {
        ssize_t got = read(fd, bytes + n, cap - n - 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            rc = failed(path, err);
        if (got <= 0)
            break;
        n += (size_t)got;
        if (n > max)
            rc = err_at(err, JH_ELIMIT, path, 0, 0, "larger than %zu bytes", max);
        else if (n + 1 == cap)
            rc = grow(&bytes, &cap, max, path, err);
    }
    if (rc) {
        free(bytes);
        return rc;
    }
    bytes[n] = '\0';
    *ret = bytes;
    *ret_n = n;
    return 0;
}

int file_read(const char *path, size_t max, char **ret, size_t *ret_n, struct jh_err *err)
{
    int fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return failed(path, err);
    int rc = read_all(fd, path, max, ret, ret_n, err);
    if (fd != STDIN_FILENO)
        close(fd);
    return rc;
}
