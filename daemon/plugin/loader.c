/* SPDX-License-Identifier: Apache-2.0 */
#include "plugin/loader.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"

enum { MAX_PLUGINS = 256, MAX_NAME = 48, MAX_OPTIONS = 256, LIST_BYTES = 512 };

/* A plugin that was checked; its struct copied, so that one built shorter reads as zeros. */
struct loaded {
    struct jh_plugin plugin;
    union {
        struct jh_source_ops source;
        struct jh_format_ops format;
        struct jh_notifier_ops notifier;
    } ops;
    struct loaded *next;
};

struct loader {
    char *dir;
    struct loaded *loaded;
};

static const char *kind_word(enum jh_kind kind)
{
    return kind == JH_SOURCE ? "source" : kind == JH_FORMAT ? "format" : "notify";
}

/* ---- names ------------------------------------------------------------------------------ */

static bool is_name(const char *name)
{
    size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-");
    return n > 0 && n < MAX_NAME && !name[n];
}

/* "format_csv.so" -> "format csv"; false for any other file. */
static bool list_name(const char *file, char *name, size_t size)
{
    const char *dot = strrchr(file, '.');
    const char *bar = strchr(file, '_');
    if (!dot || !bar || bar > dot || strcmp(dot, ".so") != 0)
        return false;
    size_t kind = (size_t)(bar - file);
    for (enum jh_kind k = JH_SOURCE; k <= JH_NOTIFIER; k++)
        if (strlen(kind_word(k)) == kind && memcmp(file, kind_word(k), kind) == 0) {
            snprintf(name, size, "%s %.*s", kind_word(k), (int)(dot - bar - 1), bar + 1);
            return is_name(name + kind + 1);
        }
    return false;
}

/* ---- where things are -------------------------------------------------------------------- */

/* The folder of the running program, "" if it cannot be told. */
static void program_dir(char dir[PATH_MAX])
{
    ssize_t n = readlink("/proc/self/exe", dir, PATH_MAX - 1);
    dir[n > 0 ? n : 0] = '\0';
    char *slash = strrchr(dir, '/');
    if (slash)
        *slash = '\0';
}

static bool has_plugins(const char *path)
{
    bool found = false;
    DIR *dir = opendir(path);
    for (struct dirent *e; dir && !found && (e = readdir(dir));) {
        char name[MAX_NAME + 16];
        found = list_name(e->d_name, name, sizeof name);
    }
    if (dir)
        closedir(dir);
    return found;
}

static char *default_dir(void)
{
    const char *from_env = secure_getenv("JUNHENG_PLUGIN_DIR");
    if (from_env && *from_env)
        return strdup(from_env);
    char dir[PATH_MAX], libs[PATH_MAX + 8];
    program_dir(dir);
    snprintf(libs, sizeof libs, "%s/.libs", dir);
    if (*dir && has_plugins(libs))
        return strdup(libs);
    return strdup(JH_PLUGIN_DIR);
}

struct loader *loader_new(const char *dir)
{
    struct loader *loader = calloc(1, sizeof *loader);
    if (loader)
        loader->dir = dir ? strdup(dir) : default_dir();
    if (loader && !loader->dir) {
        free(loader);
        return NULL;
    }
    return loader;
}

void loader_free(struct loader *loader)
{
    if (!loader)
        return;
    for (struct loaded *l; (l = loader->loaded);) {
        loader->loaded = l->next;
        free(l);
    }
    free(loader->dir);
    free(loader);
}

const char *loader_dir(const struct loader *loader)
{
    return loader->dir;
}

int loader_helper(char *path, size_t size, struct jh_err *err)
{
    char dir[PATH_MAX], beside[PATH_MAX + 16];
    program_dir(dir);
    snprintf(beside, sizeof beside, "%s/junheng-lua", dir);
    const char *from_env = secure_getenv("JUNHENG_LUA");
    const char *found = beside;
    if (from_env && *from_env)
        found = from_env; /* asked for: nothing else will do */
    else if (access(beside, X_OK))
        found = JH_LIBEXEC_DIR "/junheng-lua";
    if (access(found, X_OK))
        return err_at(
            err, JH_ENOENT, found, 0, 0,
            "cannot run the helper junheng-lua: %s (set JUNHENG_LUA to where it is)",
            strerror(errno));
    if (strlen(found) >= size)
        return err_at(err, JH_ELIMIT, found, 0, 0, "the path is too long");
    snprintf(path, size, "%s", found);
    return 0;
}

/* ---- who may have written it ------------------------------------------------------------- */

/* What we run must be writable by nobody but root and us. */
static int check_safe(const char *path, bool folder, struct jh_err *err)
{
    struct stat st;
    if (stat(path, &st))
        return err_at(err, errno == ENOENT ? JH_ENOENT : JH_EIO, path, 0, 0, "%s",
                      strerror(errno));
    if (folder ? !S_ISDIR(st.st_mode) : !S_ISREG(st.st_mode))
        return err_at(err, JH_EREFUSED, path, 0, 0, "is not a %s",
                      folder ? "folder" : "regular file");
    if (st.st_mode & (S_IWGRP | S_IWOTH))
        return err_at(err, JH_EREFUSED, path, 0, 0,
                      "refused: %s may write this %s (chmod go-w)",
                      st.st_mode & S_IWOTH ? "everybody" : "its group",
                      folder ? "plugin folder" : "plugin");
    if (st.st_uid != 0 && st.st_uid != geteuid())
        return err_at(err, JH_EREFUSED, path, 0, 0,
                      "refused: belongs to user %ld, neither root nor the one we run as",
                      (long)st.st_uid);
    return 0;
}

/* ret: the real path of the file, links resolved; the folder it lies in is checked too. */
static int find_file(const char *dir, const char *kind, const char *name,
                     char ret[PATH_MAX], struct jh_err *err)
{
    char path[PATH_MAX], folder[PATH_MAX];
    int n = snprintf(path, sizeof path, "%s/%s_%s.so", dir, kind, name);
    if (n < 0 || (size_t)n >= sizeof path)
        return err_at(err, JH_ELIMIT, dir, 0, 0, "the path is too long");
    if (!realpath(path, ret))
        return err_at(err, errno == ENOENT ? JH_ENOENT : JH_EIO, path, 0, 0, "%s",
                      strerror(errno));
    snprintf(folder, sizeof folder, "%s", ret);
    *strrchr(folder, '/') = '\0';
    int rc = check_safe(*folder ? folder : "/", true, err);
    return rc ? rc : check_safe(ret, false, err);
}

/* ---- what it says of itself -------------------------------------------------------------- */

static int check_options(const struct jh_plugin *p, const char *path, struct jh_err *err)
{
    static const size_t sizes[] = {
        [JH_BOOL] = sizeof(bool),          [JH_INT] = sizeof(int64_t),
        [JH_DURATION] = sizeof(int64_t),   [JH_SIZE] = sizeof(int64_t),
        [JH_STRING] = sizeof(char *),      [JH_ENUM] = sizeof(int),
        [JH_LIST] = sizeof(struct jh_list)};
    if (!p->options)
        return 0;
    for (size_t i = 0; p->options[i].name; i++) {
        const struct jh_option *o = &p->options[i];
        if (i >= MAX_OPTIONS)
            return err_at(err, JH_ELIMIT, path, 0, 0, "more than %d options",
                          MAX_OPTIONS);
        if ((unsigned)o->type > JH_LIST || (o->type == JH_ENUM && !o->words))
            return err_at(err, JH_EINVAL, path, 0, 0, "option %s has an unknown type",
                          o->name);
        if (o->offset > p->conf_size || sizes[o->type] > p->conf_size - o->offset)
            return err_at(err, JH_EINVAL, path, 0, 0,
                          "option %s lies outside of the %zu bytes of conf_size", o->name,
                          p->conf_size);
    }
    return 0;
}

/* Of the struct as the plugin knows it: abi, size and kind are in every version. */
static int check_version(const struct jh_plugin *p, enum jh_kind kind, const char *path,
                         struct jh_err *err)
{
    if (p->abi != JH_ABI)
        return err_at(err, JH_EVERSION, path, 0, 0,
                      "refused: was built for plugin ABI %u, this program has ABI %u: "
                      "rebuild it against the installed junheng/plugin.h",
                      p->abi, (unsigned)JH_ABI);
    if (p->size < offsetof(struct jh_plugin, options))
        return err_at(err, JH_EVERSION, path, 0, 0,
                      "refused: its struct has only %u bytes", p->size);
    if (p->kind != kind)
        return err_at(
            err, JH_EINVAL, path, 0, 0,
            "refused: is of kind %u (%s), not of kind %u (%s) as its file name says",
            p->kind, p->kind && p->kind <= JH_NOTIFIER ? kind_word(p->kind) : "?",
            (unsigned)kind, kind_word(kind));
    return 0;
}

static int check_contents(const struct loaded *l, const char *name, const char *path,
                          struct jh_err *err)
{
    const struct jh_plugin *p = &l->plugin;
    if (!p->name || strcmp(p->name, name) != 0)
        return err_at(err, JH_EINVAL, path, 0, 0,
                      "refused: calls itself \"%s\", not \"%s\" as its file name says",
                      p->name ? p->name : "", name);
    bool able = p->kind == JH_SOURCE   ? l->ops.source.fetch != NULL
                : p->kind == JH_FORMAT ? l->ops.format.parse != NULL
                                       : l->ops.notifier.send != NULL;
    if (!able)
        return err_at(err, JH_EINVAL, path, 0, 0, "refused: its ops do nothing");
    return check_options(p, path, err);
}

/* Copies `size` bytes of a struct that says its own size first, at most `whole`. */
static void copy_ops(void *to, const void *ops, size_t whole)
{
    uint32_t size;
    memcpy(&size, ops, sizeof size);
    memcpy(to, ops, size < whole ? size : whole);
}

static void copy_plugin(struct loaded *l, const struct jh_plugin *from)
{
    size_t size = from->size < sizeof l->plugin ? from->size : sizeof l->plugin;
    memcpy(&l->plugin, from, size);
    struct jh_plugin *p = &l->plugin;
    if (!p->version)
        p->version = "";
    if (!p->summary)
        p->summary = "";
    if (!p->ops)
        return;
    if (p->kind == JH_SOURCE)
        copy_ops(&l->ops.source, p->ops, sizeof l->ops.source);
    else if (p->kind == JH_FORMAT)
        copy_ops(&l->ops.format, p->ops, sizeof l->ops.format);
    else
        copy_ops(&l->ops.notifier, p->ops, sizeof l->ops.notifier);
    p->ops = &l->ops;
}

static int load(const char *path, enum jh_kind kind, const char *name,
                struct loaded **ret, struct jh_err *err)
{
    void *so = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (!so)
        return err_at(err, JH_EINVAL, path, 0, 0, "cannot be loaded: %s", dlerror());
    const struct jh_plugin *plugin = dlsym(so, JH_PLUGIN_SYMBOL);
    if (!plugin)
        return err_at(err, JH_EINVAL, path, 0, 0, "refused: exports no symbol %s",
                      JH_PLUGIN_SYMBOL);
    int rc = check_version(plugin, kind, path, err);
    if (rc)
        return rc;
    struct loaded *l = calloc(1, sizeof *l);
    if (!l)
        return err_set(err, JH_ENOMEM, "out of memory");
    copy_plugin(l, plugin);
    rc = check_contents(l, name, path, err);
    if (rc) {
        free(l);
        return rc;
    }
    *ret = l;
    return 0;
}

/* ---- finding ----------------------------------------------------------------------------- */

static void say_what_there_is(struct loader *loader, const char *kind, const char *name,
                              struct jh_err *err)
{
    struct buf there;
    char **list = NULL;
    size_t n = 0, len = strlen(kind);
    buf_init(&there, LIST_BYTES);
    if (loader_list(loader, &list, &n, NULL) == 0)
        for (size_t i = 0; i < n; i++)
            if (strncmp(list[i], kind, len) == 0)
                buf_fmt(&there, "%s%s", there.len ? ", " : "", list[i] + len + 1);
    err_at(err, JH_ENOENT, loader->dir, 0, 0,
           "there is no %s plugin \"%s\" (there are: %s)", kind, name,
           there.len ? buf_text(&there) : "none");
    buf_done(&there);
    loader_list_free(list, n);
}

const struct jh_plugin *loader_find(struct loader *loader, enum jh_kind kind,
                                    const char *name, struct jh_err *err)
{
    for (struct loaded *l = loader->loaded; l; l = l->next)
        if (l->plugin.kind == kind && strcmp(l->plugin.name, name) == 0)
            return &l->plugin;
    if (!is_name(name)) {
        err_set(err, JH_EINVAL,
                "\"%.60s\" cannot be the name of a plugin: a-z, 0-9, _ and -", name);
        return NULL;
    }
    char path[PATH_MAX];
    struct jh_err why = {0};
    int rc = find_file(loader->dir, kind_word(kind), name, path, &why);
    if (rc == JH_ENOENT) {
        say_what_there_is(loader, kind_word(kind), name, err);
        return NULL;
    }
    struct loaded *l = NULL;
    if (rc || load(path, kind, name, &l, &why)) {
        if (err)
            *err = why;
        return NULL;
    }
    l->next = loader->loaded;
    loader->loaded = l;
    return &l->plugin;
}

/* ---- listing ----------------------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

int loader_list(struct loader *loader, char ***ret, size_t *ret_n, struct jh_err *err)
{
    DIR *dir = opendir(loader->dir);
    if (!dir)
        return err_at(err, errno == ENOENT ? JH_ENOENT : JH_EIO, loader->dir, 0, 0, "%s",
                      strerror(errno));
    int rc = 0;
    size_t n = 0;
    char **list = calloc(MAX_PLUGINS, sizeof *list);
    for (struct dirent *e; list && n < MAX_PLUGINS && (e = readdir(dir));) {
        char name[MAX_NAME + 16];
        if (!list_name(e->d_name, name, sizeof name))
            continue;
        if (!(list[n] = strdup(name))) {
            rc = JH_ENOMEM;
            break;
        }
        n++;
    }
    closedir(dir);
    if (!list || rc) {
        loader_list_free(list, n);
        return err_set(err, JH_ENOMEM, "out of memory");
    }
    qsort(list, n, sizeof *list, by_name);
    *ret = list;
    *ret_n = n;
    return 0;
}

void loader_list_free(char **list, size_t n)
{
    if (!list)
        return;
    for (size_t i = 0; i < n; i++)
        free(list[i]);
    free(list);
}
