/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/embedded.h"
#include "base/file.h"
#include "conf/option.h"
#include "conf/standard.h"
#include "conf/standard_extend.h"

#define FOLDER "standards/"
#define SUFFIX ".yaml"

enum { LIST_MAX = 1000, PATH_TEXT = 1024 };

/* The id in "basic-2012.yaml", or NULL. */
static const char *id_of_name(const char *name, struct arena *arena)
{
    size_t len = strlen(name), end = strlen(SUFFIX);
    if (len <= end || *name == '.' || strcmp(name + len - end, SUFFIX) != 0)
        return NULL;
    return arena_strn(arena, name, len - end);
}

/* ---- what there is --------------------------------------------------------------------- */

struct ids {
    const char **id;
    size_t n;
};

static void add(struct ids *ids, const char *id)
{
    for (size_t i = 0; id && i < ids->n; i++)
        if (!strcmp(ids->id[i], id))
            return;
    if (id && ids->n < LIST_MAX)
        ids->id[ids->n++] = id;
}

static void add_embedded(struct ids *ids, struct arena *arena)
{
    for (const struct embedded_file *f = embedded_files; f->name; f++)
        if (!strncmp(f->name, FOLDER, strlen(FOLDER)))
            add(ids, id_of_name(f->name + strlen(FOLDER), arena));
}

static int add_folder(struct ids *ids, const char *dir, struct arena *arena,
                      struct errs *errs)
{
    DIR *folder = opendir(dir);
    if (!folder) {
        errs_at(errs, ERR_ERROR, dir, 0, 0, "cannot be read: %s", strerror(errno));
        return JH_EIO;
    }
    for (const struct dirent *entry; (entry = readdir(folder));)
        add(ids, id_of_name(entry->d_name, arena));
    closedir(folder);
    return 0;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char *const *standard_list(const char *dir, struct arena *arena, struct errs *errs)
{
    struct ids ids = {arena_array(arena, LIST_MAX + 1, sizeof *ids.id), 0};
    const char *env = dir ? NULL : getenv("JUNHENG_STANDARDS_DIR");
    if (!ids.id)
        return NULL;
    if (!dir)
        add_embedded(&ids, arena);
    if (dir || env)
        if (add_folder(&ids, dir ? dir : env, arena, errs) != 0)
            return NULL;
    qsort(ids.id, ids.n, sizeof *ids.id, by_name);
    return ids.id;
}

/* ---- one of them ----------------------------------------------------------------------- */

/* The embedded file of an id, or NULL. */
static const struct embedded_file *find_embedded(const char *id, struct arena *arena)
{
    for (const struct embedded_file *f = embedded_files; f->name; f++) {
        if (strncmp(f->name, FOLDER, strlen(FOLDER)) != 0)
            continue;
        const char *its = id_of_name(f->name + strlen(FOLDER), arena);
        if (its && !strcmp(its, id))
            return f;
    }
    return NULL;
}

static bool load(const char *path, struct arena *arena, struct errs *errs,
                 struct standard_layer *ret)
{
    char *bytes;
    size_t n;
    struct jh_err err;
    if (file_read(path, YAML_MAX_BYTES, &bytes, &n, &err) != 0) {
        errs_add(errs, ERR_ERROR, &err);
        return false;
    }
    bool good = standard_layer_parse(path, bytes, n, arena, errs, ret);
    free(bytes);
    return good;
}

/* "there are a, b, c", or what was meant. */
static void tell_missing(const char *id, const char *dir, struct arena *arena,
                         struct errs *errs)
{
    const char *const *ids = standard_list(dir, arena, errs);
    char quoted[YAML_SHOW], mean[OPTION_MEAN];
    const char *all = NULL;
    size_t n = 0;
    if (!ids)
        return;
    for (; ids[n]; n++)
        all = all ? arena_fmt(arena, "%s, %s", all, ids[n]) : ids[n];
    option_mean(id, ids, n, mean);
    errs_at(errs, ERR_ERROR, dir, 0, 0, "no standard %s%s%s%s", yaml_quote(id, quoted),
            mean, *mean ? "" : "; there are: ",
            *mean ? ""
            : all ? all
                  : "none");
}

bool standard_is_path(const char *what)
{
    size_t len = strlen(what), end = strlen(SUFFIX);
    return strchr(what, '/') || (len > end && !strcmp(what + len - end, SUFFIX));
}

static bool find_id(const char *id, const char *dir, struct arena *arena,
                    struct errs *errs, struct standard_layer *ret)
{
    char path[PATH_TEXT];
    const char *folder = dir ? dir : getenv("JUNHENG_STANDARDS_DIR");
    int n = snprintf(path, sizeof path, "%s/%s" SUFFIX, folder ? folder : "", id);
    bool there = folder && n > 0 && (size_t)n < sizeof path && access(path, F_OK) == 0;
    if (there)
        return load(path, arena, errs, ret);
    const struct embedded_file *f = dir ? NULL : find_embedded(id, arena);
    if (f)
        return standard_layer_parse(f->name + strlen(FOLDER), (const char *)f->data,
                                    f->size, arena, errs, ret);
    tell_missing(id, dir, arena, errs);
    return false;
}

bool standard_layer_find(const char *what, const char *dir, struct arena *arena,
                         struct errs *errs, struct standard_layer *ret)
{
    struct standard_layer layer;
    bool path = standard_is_path(what);
    bool found =
        path ? load(what, arena, errs, &layer) : find_id(what, dir, arena, errs, &layer);
    if (!found)
        return false;
    bool has_id = layer.name != layer.root->file;
    if (!path && has_id && strcmp(layer.name, what) != 0) {
        errs_at(errs, ERR_ERROR, layer.root->file, 0, 0,
                "its id is \"%s\": rename the file", layer.name);
        return false;
    }
    *ret = layer;
    return true;
}

const struct standard *standard_find(const char *what, const char *dir,
                                     struct arena *arena, struct errs *errs)
{
    struct standard_layer layer;
    if (!standard_layer_find(what, dir, arena, errs, &layer))
        return NULL;
    return standard_resolve(&layer, dir, arena, errs);
}
