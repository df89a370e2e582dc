/* SPDX-License-Identifier: Apache-2.0 */
#include "convert.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "refuse.h"

enum {
    DIR_MAX = 200,
    PATH_BYTES = DIR_MAX + 100,
    SAID_MAX = 200, /* bytes of what the program said that are told */
    OPEN_FILES = 16
};
#define MEMORY_MAX ((rlim_t)1 << 30)

/* One conversion. */
struct job {
    const struct convert *convert;
    const char *name; /* of the file, for errors */
    struct jh_err *err;
    char dir[DIR_MAX];
};

/* Nothing runs in the file, and nothing that it points to is fetched. */
static const char SETTINGS[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<oor:items xmlns:oor=\"http://openoffice.org/2001/registry\">\n"
    "<item oor:path=\"/org.openoffice.Office.Common/Security/Scripting\">"
    "<prop oor:name=\"DisableMacrosExecution\" oor:op=\"fuse\"><value>true</value></prop>"
    "</item>\n"
    "<item oor:path=\"/org.openoffice.Office.Common/Security/Scripting\">"
    "<prop oor:name=\"BlockUntrustedRefererLinks\" oor:op=\"fuse\"><value>true</value>"
    "</prop></item>\n"
    "<item oor:path=\"/org.openoffice.Office.Calc/Content/Update\">"
    "<prop oor:name=\"Link\" oor:op=\"fuse\"><value>2</value></prop></item>\n"
    "</oor:items>\n";

bool convert_possible(const struct convert *convert)
{
    struct stat st;
    return stat(convert->program, &st) == 0 && S_ISREG(st.st_mode) &&
           access(convert->program, X_OK) == 0;
}

static int refuse_io(const struct job *job, const char *what)
{
    refuse_at(job->err, JH_EIO, job->name, 0, 0, "cannot %s to convert it: %s", what,
              strerror(errno));
    return JH_EIO;
}

/* ---- its folder ------------------------------------------------------------------------------ */

static void path_in(const struct job *job, const char *file, char path[PATH_BYTES])
{
    snprintf(path, PATH_BYTES, "%s/%s", job->dir, file);
}

static int write_all(int fd, const char *p, size_t n)
{
    while (n) {
        ssize_t did = write(fd, p, n);
        if (did < 0 && errno != EINTR)
            return -1;
        p += did > 0 ? did : 0;
        n -= did > 0 ? (size_t)did : 0;
    }
    return 0;
}

static int put_file(const struct job *job, const char *file, const char *p, size_t n)
{
    char path[PATH_BYTES];
    path_in(job, file, path);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    int rc = fd < 0 ? -1 : write_all(fd, p, n);
    if (fd >= 0 && close(fd))
        rc = -1;
    return rc ? refuse_io(job, "write it down") : 0;
}

static int make_dir(const struct job *job, const char *dir)
{
    char path[PATH_BYTES];
    path_in(job, dir, path);
    return mkdir(path, 0700) ? refuse_io(job, "make a folder") : 0;
}

static int set_up(struct job *job, struct jh_slice body)
{
    const char *tmp = getenv("TMPDIR");
    int n = snprintf(job->dir, sizeof job->dir, "%s/junheng-xls-XXXXXX",
                     tmp && *tmp == '/' ? tmp : "/tmp");
    if (n < 0 || (size_t)n >= sizeof job->dir || !mkdtemp(job->dir)) {
        job->dir[0] = '\0';
        return refuse_io(job, "make a folder");
    }
    int rc = make_dir(job, "profile");
    rc = rc ? rc : make_dir(job, "profile/user");
    rc = rc ? rc
            : put_file(job, "profile/user/registrymodifications.xcu", SETTINGS,
                       sizeof SETTINGS - 1);
    rc = rc ? rc : make_dir(job, "out");
    return rc ? rc : put_file(job, "in.xls", body.p, body.len);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    (void)remove(path); /* what cannot be removed stays for those who clean up */
    return 0;
}

static void tear_down(const struct job *job)
{
    if (job->dir[0])
        (void)nftw(job->dir, remove_one, OPEN_FILES, FTW_DEPTH | FTW_PHYS);
}

/* ---- the program ------------------------------------------------------------------------------ */

/* Own group, no file but these three, no signal blocked; words of an environment of its own. */
static int spawn_with(const struct job *job, posix_spawn_file_actions_t *files,
                      posix_spawnattr_t *attr, pid_t *ret)
{
    char home[PATH_BYTES], temp[PATH_BYTES], profile[PATH_BYTES + 40], in[PATH_BYTES],
        out[PATH_BYTES], said[PATH_BYTES];
    snprintf(home, sizeof home, "HOME=%s", job->dir);
    snprintf(temp, sizeof temp, "TMPDIR=%s", job->dir);
    snprintf(profile, sizeof profile, "-env:UserInstallation=file://%s/profile",
             job->dir);
    path_in(job, "in.xls", in);
    path_in(job, "out", out);
    path_in(job, "said", said);
    const char *argv[] = {job->convert->program,
                          profile,
                          "--headless",
                          "--norestore",
                          "--infilter=MS Excel 97", /* else what is damaged is text */
                          "--convert-to",
                          "xlsx:Calc MS Excel 2007 XML",
                          "--outdir",
                          out,
                          in,
                          NULL};
    const char *env[] = {
        home, temp, "PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "SAL_USE_VCLPLUGIN=svp",
        NULL};
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setflags(attr, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                       POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setsigmask(attr, &none);
    posix_spawnattr_setsigdefault(attr, &all);
    int rc = posix_spawn_file_actions_addopen(files, 0, "/dev/null", O_RDONLY, 0);
    if (!rc)
        rc = posix_spawn_file_actions_addopen(files, 1, said, O_WRONLY | O_CREAT, 0600);
    if (!rc)
        rc = posix_spawn_file_actions_adddup2(files, 1, 2);
    if (!rc)
        rc = posix_spawn_file_actions_addclosefrom_np(files, 3);
    if (!rc)
        rc = posix_spawn_file_actions_addchdir_np(files, job->dir);
    /* posix_spawn() writes to neither */
    return rc ? rc
              : posix_spawn(ret, job->convert->program, files, attr,
                            (char *const *)(uintptr_t)argv,
                            (char *const *)(uintptr_t)env);
}

/* A bomb must not take the daemon's memory with it, nor fill the disk. */
static void bound(const struct job *job, pid_t pid)
{
    const struct rlimit size = {job->convert->max_bytes + 1, job->convert->max_bytes + 1};
    const struct rlimit core = {0, 0}, memory = {MEMORY_MAX, MEMORY_MAX};
    char path[64];
    (void)prlimit(pid, RLIMIT_FSIZE, &size, NULL);
    (void)prlimit(pid, RLIMIT_CORE, &core, NULL);
    (void)prlimit(pid, RLIMIT_DATA, &memory, NULL);
    snprintf(path, sizeof path, "/proc/%d/oom_score_adj", (int)pid);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd >= 0) {
        (void)!write(fd, "1000", 4);
        close(fd);
    }
}

static int start(const struct job *job, pid_t *ret)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    int rc = posix_spawn_file_actions_init(&files);
    if (!rc) {
        rc = posix_spawnattr_init(&attr);
        if (!rc) {
            rc = spawn_with(job, &files, &attr, ret);
            posix_spawnattr_destroy(&attr);
        }
        posix_spawn_file_actions_destroy(&files);
    }
    if (!rc) {
        bound(job, *ret);
        return 0;
    }
    errno = rc;
    return refuse_io(job, "start LibreOffice");
}

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Waits until it ends or its time is over, then ends all that it began. False: it was late. */
static bool wait_for(const struct job *job, pid_t pid, int *ret_status)
{
    const int64_t end = now_ms() + job->convert->timeout_ms;
    struct pollfd ended = {.fd = pidfd_open(pid, 0), .events = POLLIN};
    int n = 0;
    for (int64_t left; ended.fd >= 0 && n <= 0 && (left = end - now_ms()) > 0;)
        n = poll(&ended, 1, left > INT_MAX ? INT_MAX : (int)left);
    if (ended.fd >= 0)
        close(ended.fd);
    (void)kill(-pid, SIGKILL); /* not yet waited for: the group is still its own */
    while (waitpid(pid, ret_status, 0) < 0 && errno == EINTR)
        ;
    return n > 0;
}

/* The last line that it said, for a message. */
static void read_said(const struct job *job, char said[SAID_MAX])
{
    char path[PATH_BYTES];
    path_in(job, "said", path);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    off_t size = fd >= 0 ? lseek(fd, 0, SEEK_END) : 0;
    ssize_t n = -1;
    if (fd >= 0)
        n = pread(fd, said, SAID_MAX - 1, size < SAID_MAX ? 0 : size - SAID_MAX + 1);
    if (fd >= 0)
        close(fd);
    n = n < 0 ? 0 : n;
    while (n && (unsigned char)said[n - 1] <= ' ')
        n--;
    said[n] = '\0';
    char *line = strrchr(said, '\n');
    if (line)
        memmove(said, line + 1, strlen(line));
    for (char *p = said; *p; p++)
        if ((unsigned char)*p < ' ' || (unsigned char)*p >= 0x7F)
            *p = '?';
}

static int run(const struct job *job)
{
    char said[SAID_MAX];
    pid_t pid;
    int status = 0, rc = start(job, &pid);
    if (rc)
        return rc;
    if (!wait_for(job, pid, &status)) {
        refuse_at(job->err, JH_ETIMEOUT, job->name, 0, 0,
                  "LibreOffice has not converted it within %lld s: save it as XLSX",
                  (long long)(job->convert->timeout_ms / 1000));
        return JH_ETIMEOUT;
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    read_said(job, said);
    refuse_at(job->err, JH_EREFUSED, job->name, 0, 0,
              "LibreOffice cannot convert it (%s %d%s%s): save it as XLSX",
              WIFSIGNALED(status) ? "signal" : "exit status",
              WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status),
              *said ? "; " : "", said);
    return JH_EREFUSED;
}

/* ---- what came out ----------------------------------------------------------------------------- */

static int read_all(const struct job *job, int fd, size_t n, struct jh_slice *ret)
{
    char *bytes = malloc(n + 1);
    size_t got = 0;
    ssize_t step = 1;
    if (!bytes)
        return JH_ENOMEM;
    while (got < n && step > 0) {
        step = read(fd, bytes + got, n - got);
        got += step > 0 ? (size_t)step : 0;
    }
    if (got < n) {
        free(bytes);
        return refuse_io(job, "read what LibreOffice made");
    }
    *ret = (struct jh_slice){bytes, n};
    return 0;
}

static int take(const struct job *job, struct jh_slice *ret)
{
    char path[PATH_BYTES], said[SAID_MAX];
    struct stat st;
    int rc = JH_EREFUSED;
    path_in(job, "out/in.xlsx", path);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode)) {
        read_said(job, said);
        refuse_at(job->err, rc, job->name, 0, 0,
                  "LibreOffice has made nothing of it%s%s: save it as XLSX",
                  *said ? "; " : "", said);
    } else if ((uint64_t)st.st_size > job->convert->max_bytes) {
        rc = JH_ELIMIT;
        refuse_at(job->err, rc, job->name, 0, 0,
                  "converted it is more than %zu bytes (max_converted)",
                  job->convert->max_bytes);
    } else {
        rc = read_all(job, fd, (size_t)st.st_size, ret);
    }
    if (fd >= 0)
        close(fd);
    return rc;
}

int convert_run(const struct convert *convert, const char *name, struct jh_slice body,
                struct jh_slice *ret, struct jh_err *err)
{
    struct job job = {.convert = convert, .name = name, .err = err};
    int rc = set_up(&job, body);
    if (!rc)
        rc = run(&job);
    if (!rc)
        rc = take(&job, ret);
    tear_down(&job);
    return rc;
}
