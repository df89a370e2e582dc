/* SPDX-License-Identifier: Apache-2.0 */
/* Why: a file must be whole or absent, and a repeated delivery must not make a second one. */
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "plugins/notify_mock.h"

#define KEY "aa00aa00aa00aa00aa00aa00aa00aa00aa00aa00aa00aa00aa00aa00aa00aa00"

struct test {
    const struct jh_plugin *plugin;
    void *conf;
    struct jh_ctx ctx;
    struct jh_inst *inst;
    struct jh_err err;
    char base[64], dir[96];
};

static void deliver(struct test *t, const char *key, const char *text)
{
    struct jh_message m = {.size = sizeof(m),
                           .key = key,
                           .subject = "【滑坡】庐阳区",
                           .text = text,
                           .json = "{}"};
    const struct jh_notifier_ops *ops = t->plugin->ops;

    t->ctx.delivered = 0;
    t->ctx.work = NULL;
    ops->send(t->inst, &m);
    if (t->ctx.work)
        t->ctx.work_done(t->ctx.arg, t->ctx.work(t->ctx.arg));
    is_int(t->ctx.delivered, 1, "answered once");
}

static size_t files(const struct test *t)
{
    struct dirent *e;
    size_t n = 0;
    DIR *dir = opendir(t->dir);

    while (dir && (e = readdir(dir)))
        n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
    if (dir)
        closedir(dir);
    return n;
}

static const char *content(const struct test *t, char *buf, size_t size)
{
    char path[256];
    FILE *file;

    snprintf(path, sizeof(path), "%s/" KEY ".txt", t->dir);
    file = fopen(path, "r");
    if (!file)
        return NULL;
    size_t n = fread(buf, 1, size - 1, file);
    buf[n] = '\0';
    fclose(file);
    return buf;
}

static void test_deliver(struct test *t)
{
    char buf[512];

    deliver(t, KEY, "第一次");
    is_int(t->ctx.what, JH_DELIVERED, "delivered");
    is_str(content(t, buf, sizeof(buf)), "【滑坡】庐阳区\n\n第一次\n",
           "subject, then text");
    deliver(t, KEY, "第二次\n");
    is_str(content(t, buf, sizeof(buf)), "【滑坡】庐阳区\n\n第二次\n",
           "a repetition overwrites");
    is_int((long long)files(t), 1, "one file, nothing left over");
    deliver(t, "../../etc/x", "t");
    ok(t->ctx.what == JH_PERMANENT && files(t) == 1, "a key that is a path is refused");

    char path[256];
    snprintf(path, sizeof(path), "%s/" KEY ".txt", t->dir);
    unlink(path);
    rmdir(t->dir);
    deliver(t, KEY, "t");
    is_int(t->ctx.what, JH_RETRY, "a folder that is gone: again later");
    ok(strstr(t->ctx.text, t->dir) != NULL, "saying why: %s", t->ctx.text);
}

static void check(struct test *t, const char *path, const char *words)
{
    mock_set(t->plugin, t->conf, "path", path);
    int r = t->plugin->check(t->conf, &t->err);
    if (words)
        ok(r < 0 && strstr(t->err.text, words), "refused: %s", t->err.text);
    else
        ok(r == 0, "taken: %s", path);
}

static void test_check(struct test *t)
{
    char path[256];

    check(t, t->base, NULL);
    check(t, t->dir, NULL);
    ok(access(t->dir, F_OK) != 0, "checking makes nothing");
    check(t, "", "empty");
    check(t, "/proc/self/status", "not a folder");
    snprintf(path, sizeof(path), "%s/a/b", t->base);
    check(t, path, "cannot be made");
}

int main(void)
{
    static struct test t;

    t.plugin = mock_load("notify_spool.so");
    t.conf = calloc(1, t.plugin->conf_size);
    snprintf(t.base, sizeof(t.base), "/tmp/junheng-spool-XXXXXX");
    if (!t.conf || !mkdtemp(t.base))
        bail("no folder");
    snprintf(t.dir, sizeof(t.dir), "%s/out", t.base);
    test_check(&t);
    mock_set(t.plugin, t.conf, "path", t.dir);
    is_int(t.plugin->open(mock_host(), &t.ctx, t.conf, &t.inst, &t.err), 0, "opened");
    ok(access(t.dir, W_OK) == 0, "the folder was made");
    test_deliver(&t);
    t.plugin->close(t.inst);
    rmdir(t.base);
    free(t.conf);
    return done_testing();
}
