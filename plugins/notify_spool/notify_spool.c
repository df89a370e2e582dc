/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes each message as a text file, named by its key: a second delivery of the same message
 * overwrites the first and nothing else. Who reads the folder never sees half a file.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <junheng/plugin.h>

enum { KEY_MAX = 128, NAME_BYTES = KEY_MAX + 8, TEXT_BYTES = 200 };

struct conf {
    char *path;
};

struct jh_inst {
    const struct jh_host *host;
    struct jh_ctx *ctx;
    const struct conf *conf;
};

/* One delivery under way: filled on the loop, written by a worker, answered on the loop. */
struct delivery {
    struct jh_inst *inst;
    const struct jh_message *message;
    char text[TEXT_BYTES]; /* what went wrong */
};

static const struct jh_option options[] = {
    {.name = "path",
     .type = JH_STRING,
     .offset = offsetof(struct conf, path),
     .required = true,
     .help = "Folder for the files; it is made when only its last part is missing."},
    {0},
};

__attribute__((format(printf, 3, 4))) static int fail(struct jh_err *err, int code,
                                                      const char *fmt, ...)
{
    va_list args;

    if (err) {
        *err = (struct jh_err){.code = code};
        va_start(args, fmt);
        vsnprintf(err->text, sizeof(err->text), fmt, args);
        va_end(args);
    }
    return code;
}

/* ---- configuration ------------------------------------------------------------------------ */

/* Can the missing folder be made? */
static int check_parent(const char *path, struct jh_err *err)
{
    char *parent = strdup(path);

    if (!parent)
        return fail(err, JH_ENOMEM, "out of memory");
    size_t n = strlen(parent);
    while (n > 1 && parent[n - 1] == '/')
        parent[--n] = '\0';
    char *slash = strrchr(parent, '/');
    if (slash)
        slash[slash == parent] = '\0';
    const char *dir = slash ? parent : ".";
    int r = 0;
    if (access(dir, W_OK | X_OK))
        r = fail(err, JH_EIO, "path: %s does not exist and cannot be made in %s: %s",
                 path, dir, strerror(errno));
    free(parent);
    return r;
}

static int spool_check(const void *conf, struct jh_err *err)
{
    const struct conf *c = conf;
    struct stat st;

    if (!*c->path)
        return fail(err, JH_EINVAL, "path: is empty");
    if (stat(c->path, &st))
        return errno == ENOENT
                   ? check_parent(c->path, err)
                   : fail(err, JH_EIO, "path: %s: %s", c->path, strerror(errno));
    if (!S_ISDIR(st.st_mode))
        return fail(err, JH_EINVAL, "path: %s is not a folder", c->path);
    if (access(c->path, W_OK | X_OK))
        return fail(err, JH_EIO, "path: cannot write into %s: %s", c->path,
                    strerror(errno));
    return 0;
}

static int spool_open(const struct jh_host *host, struct jh_ctx *ctx, const void *conf,
                      struct jh_inst **ret_inst, struct jh_err *err)
{
    const struct conf *c = conf;
    struct jh_inst *inst;

    if (mkdir(c->path, 0750) && errno != EEXIST)
        return fail(err, JH_EIO, "path: cannot make %s: %s", c->path, strerror(errno));
    inst = malloc(sizeof(*inst));
    if (!inst)
        return fail(err, JH_ENOMEM, "out of memory");
    *inst = (struct jh_inst){.host = host, .ctx = ctx, .conf = c};
    *ret_inst = inst;
    return 0;
}

static void spool_close(struct jh_inst *inst)
{
    free(inst);
}

/* ---- writing ------------------------------------------------------------------------------ */

/* A key becomes a file's name: nothing in it may lead elsewhere. */
static bool is_name(const char *key)
{
    size_t n =
        strspn(key, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-");

    return n > 0 && n <= KEY_MAX && !key[n];
}

static int write_all(int fd, const char *p, size_t n)
{
    while (n) {
        ssize_t done = write(fd, p, n);
        if (done < 0 && errno != EINTR)
            return -1;
        if (done > 0) {
            p += done;
            n -= (size_t)done;
        }
    }
    return 0;
}

static int write_text(int fd, const struct jh_message *m)
{
    size_t n = strlen(m->text);

    if (write_all(fd, m->subject, strlen(m->subject)) || write_all(fd, "\n\n", 2) ||
        write_all(fd, m->text, n))
        return -1;
    if (n && m->text[n - 1] != '\n' && write_all(fd, "\n", 1))
        return -1;
    return fsync(fd);
}

/* The old file or the new one, also after a power cut: data, then name, then folder. */
static int write_file(int dir, const struct jh_message *m)
{
    char name[NAME_BYTES], temporary[NAME_BYTES];

    snprintf(name, sizeof(name), "%s.txt", m->key);
    snprintf(temporary, sizeof(temporary), ".%s.new", m->key);
    int fd = openat(dir, temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
                    0640);
    if (fd < 0)
        return -1;
    int r = write_text(fd, m);
    int saved = errno;
    if (close(fd) && !r) {
        r = -1;
        saved = errno;
    }
    if (!r && !renameat(dir, temporary, dir, name))
        return fsync(dir);
    if (r)
        errno = saved;
    saved = errno;
    unlinkat(dir, temporary, 0);
    errno = saved;
    return -1;
}

/* worker */
static int run(void *arg)
{
    struct delivery *d = arg;
    const char *path = d->inst->conf->path;
    int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int r = dir < 0 ? -1 : write_file(dir, d->message);

    if (r)
        snprintf(d->text, sizeof(d->text), "cannot write into %s: %s", path,
                 strerror(errno));
    if (dir >= 0)
        close(dir);
    return r ? JH_EIO : JH_OK;
}

static void answer(struct jh_inst *inst, const struct jh_message *message,
                   enum jh_delivery what, const char *text)
{
    struct jh_delivery_result result = {
        .size = sizeof(result), .what = what, .retry_after_ms = -1, .text = text};

    inst->host->delivered(inst->ctx, message, &result);
}

static void done(void *arg, int result)
{
    struct delivery *d = arg;

    if (result == JH_ECANCELED)
        answer(d->inst, d->message, JH_RETRY, "stopping");
    else
        answer(d->inst, d->message, result ? JH_RETRY : JH_DELIVERED, d->text);
    free(d);
}

static void spool_send(struct jh_inst *inst, const struct jh_message *message)
{
    struct delivery *d;

    if (!is_name(message->key)) {
        answer(inst, message, JH_PERMANENT, "its key cannot be a file's name");
        return;
    }
    d = calloc(1, sizeof(*d));
    if (d) {
        d->inst = inst;
        d->message = message;
        if (!inst->host->work(inst->ctx, run, done, d))
            return;
    }
    free(d);
    answer(inst, message, JH_RETRY, "no worker could be had");
}

static const struct jh_notifier_ops ops = {.size = sizeof(ops), .send = spool_send};

extern const struct jh_plugin junheng_plugin;
const struct jh_plugin junheng_plugin = {
    .abi = JH_ABI,
    .size = sizeof(struct jh_plugin),
    .kind = JH_NOTIFIER,
    .name = "spool",
    .version = "1",
    .summary = "Writes each message as a text file named by its key.",
    .options = options,
    .conf_size = sizeof(struct conf),
    .check = spool_check,
    .open = spool_open,
    .close = spool_close,
    .ops = &ops,
};
