/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Preloaded into junhengd: what changes a file below JUNHENG_BREAK_ROOT is counted and written
 * down in JUNHENG_BREAK_LOG, the JUNHENG_BREAK_AT-th such call is the last (half of what it
 * should have written is, then SIGKILL), and as long as the file JUNHENG_BREAK_FAULT is there,
 * with "ERRNO CALL,CALL PATH", these calls fail below that path. CALL is write, sync, open
 * (for writing), or name (rename, unlink, mkdir). System calls are made directly. Any thread.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, LINE_BYTES = 4352 };

static atomic_long count; /* a library that is preloaded has nowhere else to keep it */

static bool below(const char *path, const char *root)
{
    size_t n = root ? strlen(root) : 0;
    return n && strncmp(path, root, n) == 0 && (!path[n] || path[n] == '/');
}

static void path_of_fd(int fd, char path[PATH_BYTES])
{
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    long n = syscall(SYS_readlinkat, AT_FDCWD, link, path, PATH_BYTES - 1);
    path[n > 0 ? n : 0] = '\0';
}

static void path_at(int dir, const char *name, char path[PATH_BYTES])
{
    size_t n = 0;
    if (*name != '/' && dir != AT_FDCWD) {
        path_of_fd(dir, path);
        n = strlen(path);
        path[n++] = '/';
    }
    snprintf(path + n, PATH_BYTES - n, "%s", name);
}

/* ---- the two ways to break ------------------------------------------------------------------- */

static int fault_of(const char *call, const char *path)
{
    char line[LINE_BYTES] = "", calls[64] = "", root[PATH_BYTES] = "";
    const char *file = getenv("JUNHENG_BREAK_FAULT");
    int fd = file ? (int)syscall(SYS_openat, AT_FDCWD, file, O_RDONLY | O_CLOEXEC) : -1;
    int code = 0;
    if (fd < 0)
        return 0;
    long n = syscall(SYS_read, fd, line, sizeof line - 1);
    syscall(SYS_close, fd);
    if (n <= 0 || sscanf(line, "%d %63s %4095s", &code, calls, root) != 3)
        return 0;
    return strstr(calls, call) && below(path, root) ? code : 0;
}

static void write_down(const char *call, const char *path)
{
    char line[LINE_BYTES];
    const char *file = getenv("JUNHENG_BREAK_LOG");
    int fd = file ? (int)syscall(SYS_openat, AT_FDCWD, file,
                                 O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)
                  : -1;
    if (fd < 0)
        return;
    int n = snprintf(line, sizeof line, "%s %s\n", call, path);
    syscall(SYS_write, fd, line, n);
    syscall(SYS_close, fd);
}

enum verdict { GO_ON, FAIL, LAST };

static enum verdict judge(const char *call, const char *path)
{
    const char *at = getenv("JUNHENG_BREAK_AT");
    if (below(path, getenv("JUNHENG_BREAK_ROOT"))) {
        long n = atomic_fetch_add(&count, 1) + 1;
        write_down(call, path);
        if (at && n == strtol(at, NULL, 10))
            return LAST;
    }
    int code = fault_of(call, path);
    if (code)
        errno = code;
    return code ? FAIL : GO_ON;
}

static _Noreturn void die(void)
{
    syscall(SYS_kill, getpid(), SIGKILL);
    for (;;)
        pause();
}

static enum verdict judge_fd(const char *call, int fd)
{
    char path[PATH_BYTES];
    int saved = errno;
    path_of_fd(fd, path);
    errno = saved;
    return *path == '/' ? judge(call, path) : GO_ON;
}

/* For calls that are done or not done: dying before the next one is dying after this one. */
static bool refused(const char *call, int dir, const char *name)
{
    char path[PATH_BYTES];
    path_at(dir, name, path);
    enum verdict verdict = judge(call, path);
    if (verdict == LAST)
        die();
    return verdict == FAIL;
}

static bool refused_fd(const char *call, int fd)
{
    enum verdict verdict = judge_fd(call, fd);
    if (verdict == LAST)
        die();
    return verdict == FAIL;
}

/* ---- writing --------------------------------------------------------------------------------- */

ssize_t write(int fd, const void *p, size_t n)
{
    enum verdict verdict = judge_fd("write", fd);
    if (verdict == FAIL)
        return -1;
    ssize_t done = syscall(SYS_write, fd, p, verdict == LAST ? n / 2 : n);
    if (verdict == LAST)
        die();
    return done;
}

ssize_t pwrite(int fd, const void *p, size_t n, off_t at)
{
    enum verdict verdict = judge_fd("write", fd);
    if (verdict == FAIL)
        return -1;
    ssize_t done = syscall(SYS_pwrite64, fd, p, verdict == LAST ? n / 2 : n, at);
    if (verdict == LAST)
        die();
    return done;
}

ssize_t pwrite64(int fd, const void *p, size_t n, off64_t at)
{
    return pwrite(fd, p, n, at);
}

ssize_t writev(int fd, const struct iovec *list, int n)
{
    return refused_fd("write", fd) ? -1 : syscall(SYS_writev, fd, list, n);
}

int ftruncate(int fd, off_t n)
{
    return refused_fd("write", fd) ? -1 : (int)syscall(SYS_ftruncate, fd, n);
}

int ftruncate64(int fd, off64_t n)
{
    return ftruncate(fd, n);
}

int posix_fallocate(int fd, off_t at, off_t n)
{
    if (refused_fd("write", fd))
        return errno;
    return syscall(SYS_fallocate, fd, 0, at, n) ? errno : 0;
}

int fsync(int fd)
{
    return refused_fd("sync", fd) ? -1 : (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
    return refused_fd("sync", fd) ? -1 : (int)syscall(SYS_fdatasync, fd);
}

/* ---- names ----------------------------------------------------------------------------------- */

static int open_at(int dir, const char *name, int flags, mode_t mode)
{
    bool writes = (flags & O_ACCMODE) != O_RDONLY;
    if (writes && refused("open", dir, name))
        return -1;
    return (int)syscall(SYS_openat, dir, name, flags, mode);
}

static mode_t mode_of(int flags, va_list ap)
{
    bool makes = flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE;
    return makes ? (mode_t)va_arg(ap, unsigned) : 0;
}

int open(const char *name, int flags, ...)
{
    va_list ap;
    va_start(ap, flags);
    mode_t mode = mode_of(flags, ap);
    va_end(ap);
    return open_at(AT_FDCWD, name, flags, mode);
}

int open64(const char *name, int flags, ...)
{
    va_list ap;
    va_start(ap, flags);
    mode_t mode = mode_of(flags, ap);
    va_end(ap);
    return open_at(AT_FDCWD, name, flags, mode);
}

int openat(int dir, const char *name, int flags, ...)
{
    va_list ap;
    va_start(ap, flags);
    mode_t mode = mode_of(flags, ap);
    va_end(ap);
    return open_at(dir, name, flags, mode);
}

int openat64(int dir, const char *name, int flags, ...)
{
    va_list ap;
    va_start(ap, flags);
    mode_t mode = mode_of(flags, ap);
    va_end(ap);
    return open_at(dir, name, flags, mode);
}

int renameat2(int from_dir, const char *from, int to_dir, const char *to, unsigned flags)
{
    if (refused("name", to_dir, to))
        return -1;
    return (int)syscall(SYS_renameat2, from_dir, from, to_dir, to, flags);
}

int renameat(int from_dir, const char *from, int to_dir, const char *to)
{
    return renameat2(from_dir, from, to_dir, to, 0);
}

int rename(const char *from, const char *to)
{
    return renameat2(AT_FDCWD, from, AT_FDCWD, to, 0);
}

int unlinkat(int dir, const char *name, int flags)
{
    return refused("name", dir, name) ? -1 : (int)syscall(SYS_unlinkat, dir, name, flags);
}

int unlink(const char *name)
{
    return unlinkat(AT_FDCWD, name, 0);
}

int mkdir(const char *name, mode_t mode)
{
    return refused("name", AT_FDCWD, name)
               ? -1
               : (int)syscall(SYS_mkdirat, AT_FDCWD, name, mode);
}
