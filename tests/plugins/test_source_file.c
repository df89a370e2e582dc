/* SPDX-License-Identifier: Apache-2.0 */
/* Which files of a folder are taken, when, and that half a file never is. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "plugins/mock_source.h"
#include "tap/tap.h"

static char conf[128], dir[64], outside[64];

static void set(const struct mock *mock, const char *name, const void *value, size_t size)
{
    for (const struct jh_option *o = mock->plugin->options; o->name; o++)
        if (strcmp(o->name, name) == 0) {
            memcpy(conf + o->offset, value, size);
            return;
        }
    bail("no such option");
}

static void set_text(const struct mock *mock, const char *name, const char *text)
{
    set(mock, name, &text, sizeof text);
}

static void set_number(const struct mock *mock, const char *name, int64_t number)
{
    set(mock, name, &number, sizeof number);
}

/* The last four stay. */
static const char *path_of(const char *folder, const char *name)
{
    static char paths[4][256];
    static unsigned turn;
    char *path = paths[turn++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

/* Written an hour ago, so that it has rested. */
static void put(const char *folder, const char *name, const char *text)
{
    struct timespec then[2] = {{1600000000, 0}, {1600000000, 0}};
    FILE *f = fopen(path_of(folder, name), "w");
    if (!f || fputs(text, f) < 0 || fclose(f) ||
        utimensat(AT_FDCWD, path_of(folder, name), then, 0))
        bail("cannot write");
}

static const char *names(const struct mock *mock)
{
    static char text[1024];
    size_t n = 0;
    text[0] = '\0';
    for (size_t i = 0; i < mock->n; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%s=%s", i ? " " : "",
                              mock->bodies[i].name, mock->bodies[i].body);
    return text;
}

static void fails(struct mock *mock, int code, const char *words, const char *name)
{
    mock_fetch(mock, "", "");
    ok(mock->what == JH_FAILED && mock->answers == 1, "%s: fails, once", name);
    is_int(mock->err.code, code, "  its code");
    ok(strstr(mock->err.text, words) != NULL, "  %s: %s", words, mock->err.text);
}

static void which_files(struct mock *mock)
{
    static const char *const unfinished[] = {".hidden.csv", "a.csv~",    "b.csv.part",
                                             "c.csv.tmp",   "~$d.csv",   "#e.csv#",
                                             "f.csv.swp",   "g.csv.bak", "h.crdownload"};
    fails(mock, JH_ENOENT, "holds no file that matches *", "an empty folder");
    put(dir, "b.csv", "B");
    put(dir, "a.csv", "A");
    put(dir, "c.txt", "C");
    for (size_t i = 0; i < sizeof unfinished / sizeof *unfinished; i++)
        put(dir, unfinished[i], "x");
    mkdir(path_of(dir, "folder.csv"), 0755);
    mkfifo(path_of(dir, "fifo.csv"), 0644);
    mock_fetch(mock, "", "");
    is_int(mock->what, JH_FETCHED, "a folder");
    is_str(names(mock), "a.csv=A b.csv=B c.txt=C",
           "its files in order, and nothing unfinished");
    set_text(mock, "pattern", "*.csv");
    mock_fetch(mock, "", "");
    is_str(names(mock), "a.csv=A b.csv=B", "only those that match");
    is_str(mock->bodies[0].url, path_of(dir, "a.csv"), "the path of each");
    is_str(mock->bodies[0].etag, "", "the list of files is known by ...");
    ok(mock->bodies[1].etag[0], "... the ETag of the last body only: %s",
       mock->bodies[1].etag);
}

/* A folder of many large files must not be copied on the loop. */
static void given(struct mock *mock)
{
    mock->take = true;
    mock_fetch(mock, "", "");
    is_str(names(mock), "a.csv=A b.csv=B", "with a host that takes memory over");
    is_int((long long)mock->taken, 2, "every body is given");
    mock->take = false;
}

static void links(struct mock *mock)
{
    put(outside, "secret.csv", "S");
    if (symlink(path_of(outside, "secret.csv"), path_of(dir, "out.csv")) ||
        symlink("a.csv", path_of(dir, "in.csv")))
        bail("cannot link");
    mock_fetch(mock, "", "");
    is_str(names(mock), "a.csv=A b.csv=B in.csv=A",
           "a link out of the folder is not followed");
    ok(strstr(mock->log, "2 source_file.link_outside") != NULL, "  and said: %s",
       mock->log);
    unlink(path_of(dir, "out.csv"));
    unlink(path_of(dir, "in.csv"));
}

static void changes(struct mock *mock)
{
    char etag[128];
    mock_fetch(mock, "", "");
    snprintf(etag, sizeof etag, "%s", mock->bodies[mock->n - 1].etag);
    mock_fetch(mock, etag, "");
    is_int(mock->what, JH_UNCHANGED, "the same list: nothing has changed");
    put(dir, "c.txt", "another C");
    mock_fetch(mock, etag, "");
    is_int(mock->what, JH_UNCHANGED, "a file that does not match does not count");
    put(dir, "b.csv", "BB");
    mock_fetch(mock, etag, "");
    is_str(names(mock), "a.csv=A b.csv=BB", "another size: all are delivered");
    snprintf(etag, sizeof etag, "%s", mock->bodies[1].etag);
    put(outside, "b.csv",
        "CC"); /* same size, same time, another file under the same name */
    if (rename(path_of(outside, "b.csv"), path_of(dir, "b.csv")))
        bail("cannot rename");
    mock_fetch(mock, etag, "");
    is_str(names(mock), "a.csv=A b.csv=CC", "another file of the same size and time");
    snprintf(etag, sizeof etag, "%s", mock->bodies[1].etag);
    unlink(path_of(dir, "b.csv"));
    mock_fetch(mock, etag, "");
    is_str(names(mock), "a.csv=A", "one less");
}

/* A file with a time in the future never seems to have rested, so each poll takes two looks. */
static void settling(struct mock *mock)
{
    struct timespec now[2] = {{0, UTIME_NOW}, {0, UTIME_NOW}};
    set_number(mock, "settle", 20);
    utimensat(AT_FDCWD, path_of(dir, "a.csv"), now, 0);
    mock_fetch(mock, "", "");
    is_str(names(mock), "a.csv=A", "a fresh file is taken once it has rested");
    set_number(mock, "settle", 1000);
    utimensat(AT_FDCWD, path_of(dir, "a.csv"), now, 0);
    pid_t child = fork();
    if (child == 0) { /* still copying: grows every few milliseconds */
        for (int i = 0; i < 2000; i++) {
            int fd = open(path_of(dir, "a.csv"), O_WRONLY | O_APPEND);
            if (fd < 0 || write(fd, "+", 1) != 1)
                _exit(1);
            close(fd);
            usleep(5000);
        }
        _exit(0);
    }
    fails(mock, JH_EBUSY, "is being written", "a file that still grows");
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    set_number(mock, "settle", 0);
    put(dir, "a.csv", "A");
}

static void limits(struct mock *mock)
{
    char big[1101];
    memset(big, 'x', 1100);
    big[1100] = '\0';
    put(dir, "big.csv", big);
    fails(mock, JH_ELIMIT, "is larger than 1000 bytes (max_bytes)", "a large file");
    ok(strstr(mock->err.file, "/big.csv") != NULL, "  is named");
    big[900] = '\0';
    put(dir, "big.csv", big);
    set_number(mock, "max_total", 900);
    fails(mock, JH_ELIMIT, "larger than max_total", "many files");
    set_number(mock, "max_total", 1 << 30);
    unlink(path_of(dir, "big.csv"));
    put(dir, "empty.csv", "");
    mock_fetch(mock, "", "");
    is_str(names(mock), "a.csv=A empty.csv=", "an empty file is a body");
}

static void one_file(struct mock *mock)
{
    char path[256];
    snprintf(path, sizeof path, "%s", path_of(dir, "a.csv"));
    set_text(mock, "path", path);
    mock_fetch(mock, "", "");
    is_str(names(mock), "a.csv=A", "one file, whatever the pattern");
    ok(mock->bodies[0].etag[0], "  with its ETag");
    snprintf(path, sizeof path, "%s", path_of(dir, "none.csv"));
    fails(mock, JH_ENOENT, "No such file", "a file that is not there");
    set_text(mock, "path", "/dev/null");
    fails(mock, JH_EINVAL, "neither a file nor a folder", "a device");
}

static void checks(const struct mock *mock)
{
    struct jh_err err;
    is_int(mock->plugin->check(conf, &err), 0, "check: fine");
    set_text(mock, "path", "srv/drop");
    is_int(mock->plugin->check(conf, &err), JH_EINVAL, "check: a relative path");
    set_text(mock, "path", dir);
    set_text(mock, "pattern", "a/*.csv");
    is_int(mock->plugin->check(conf, &err), JH_EINVAL, "check: a pattern with a slash");
    set_text(mock, "pattern", "*");
}

static void folders(void)
{
    const char *tmp = getenv("TMPDIR");
    snprintf(dir, sizeof dir, "%.30s/jh-in-XXXXXX", tmp ? tmp : "/tmp");
    snprintf(outside, sizeof outside, "%.30s/jh-out-XXXXXX", tmp ? tmp : "/tmp");
    if (!mkdtemp(dir) || !mkdtemp(outside))
        bail("no folder");
}

static void remove_folders(void)
{
    pid_t child = fork();
    if (child == 0) {
        execlp("rm", "rm", "-rf", dir, outside, (char *)NULL);
        _exit(127);
    }
    waitpid(child, NULL, 0);
}

int main(void)
{
    static struct mock space;
    struct mock *mock = &space;
    mock_load(mock, "source_file.so");
    if (mock->plugin->conf_size > sizeof conf)
        bail("the configuration has grown");
    folders();
    set_text(mock, "path", dir);
    set_text(mock, "pattern", "*");
    set_number(mock, "settle", 0);
    set_number(mock, "max_total", 1 << 30);
    checks(mock);
    if (mock_open(mock, conf, NULL))
        bail("does not open");
    which_files(mock);
    given(mock);
    links(mock);
    changes(mock);
    settling(mock);
    limits(mock);
    one_file(mock);
    mock_close(mock);
    remove_folders();
    return done_testing();
}
