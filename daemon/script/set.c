/* SPDX-License-Identifier: Apache-2.0 */
#include "script/set.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/map.h"
#include "base/utf8.h"
#include "digest/digest.h"

/* ---- files --------------------------------------------------------------------------------- */

static int read_source(struct script_set *set, const char *path, struct set_entry *e,
                       struct errs *errs)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
        errs_at(errs, ERR_ERROR, path, 0, 0, "cannot read: %s",
                fd < 0 ? strerror(errno) : "not a file");
        goto bad;
    }
    if (st.st_size > WIRE_SOURCE_MAX) {
        errs_at(errs, ERR_ERROR, path, 0, 0, "larger than %d bytes", WIRE_SOURCE_MAX);
        goto bad;
    }
    size_t size = (size_t)st.st_size;
    char *p = arena_alloc(set->arena, size + 1);
    if (!p || read(fd, p, size) != (ssize_t)size) {
        errs_at(errs, ERR_ERROR, path, 0, 0, "cannot read %zu bytes", size);
        goto bad;
    }
    close(fd);
    e->source = (struct jh_slice){p, size};
    sha256_hex(p, size, e->info.sha256);
    return 0;
bad:
    if (fd >= 0)
        close(fd);
    return JH_EIO;
}

static int is_script(const struct dirent *entry)
{
    size_t n = strlen(entry->d_name);
    return entry->d_name[0] != '.' && n > 4 && strcmp(entry->d_name + n - 4, ".lua") == 0;
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* ---- what a script says of itself ------------------------------------------------------------ */

/* A text of the script that is used as a name: valid and short, or the load fails. */
static const char *read_name(struct script_set *set, struct wire_reader *r)
{
    size_t len;
    const char *p = wire_read_str(r, &len);
    if (len > WIRE_TEXT_MAX || utf8_check(p, len) < len)
        r->bad = true;
    return arena_strn(set->arena, p, r->bad ? 0 : len);
}

static void read_info(struct script_set *set, struct wire_reader *r,
                      struct script_info *info)
{
    info->id = read_name(set, r);
    info->title = read_name(set, r);
    info->severity = read_name(set, r);
    info->population = read_name(set, r);
    info->per_school = wire_read_u32(r) != 0;
    info->stages = wire_read_u32(r) & ((1u << STAGE_COUNT) - 1);
    info->n_tests = wire_read_u32(r);
    size_t n = wire_read_u32(r);
    if (n > FIELD_COUNT)
        r->bad = true;
    const char **needs = arena_array(set->arena, n + 1, sizeof *needs);
    for (size_t i = 0; !r->bad && needs && i < n; i++)
        needs[i] = read_name(set, r);
    info->needs = needs;
    info->n_needs = r->bad || !needs ? 0 : n;
}

/* Goes through the records of a load: one WIRE_INFO, or any number of mistakes. */
static bool read_load(struct script_set *set, struct set_entry *e,
                      const struct host_answer *answer, struct errs *errs)
{
    struct wire_reader r = {answer->records, answer->records + answer->len, false};
    bool informed = false;
    size_t mistakes = 0;
    while (r.p < r.end && !r.bad) {
        uint32_t kind = wire_read_u32(&r);
        if (kind == WIRE_INFO) {
            read_info(set, &r, &e->info);
            informed = true;
        } else if (kind == WIRE_MISTAKE) {
            uint32_t line = wire_read_u32(&r);
            size_t len;
            const char *p = wire_read_str(&r, &len);
            const char *text = host_text(set->arena, p, len);
            errs_at(errs, ERR_ERROR, e->info.file, line, 0, "%s", text ? text : "");
            mistakes++;
        } else {
            r.bad = true;
        }
    }
    if (mistakes)
        return false;
    if (!informed || r.bad || !e->info.id[0]) {
        const char *why = host_stopped_at(answer, 0);
        errs_at(errs, ERR_ERROR, e->info.file, 0, 0, "cannot be loaded: %s",
                why                 ? why
                : answer->lost.code ? answer->lost.text
                                    : "it gave no answer");
        return false;
    }
    return true;
}

bool set_load_file(struct script_set *set, struct script_host *host, const char *path,
                   struct set_entry *ret, struct errs *errs)
{
    struct set_entry e = {.info.file = arena_str(set->arena, path)};
    const char *slash = strrchr(path, '/');
    e.name = arena_str(set->arena, slash ? slash + 1 : path);
    if (!e.info.file || !e.name || read_source(set, path, &e, errs) < 0)
        return false;
    struct host_job job = {.work = WIRE_LOAD,
                           .name = e.name,
                           .source = e.source,
                           .params = set->params,
                           .n_params = set->n_params,
                           .n_tasks = 1,
                           .broken_left = 1,
                           .batch = -1};
    struct host_answer answer;
    host_run(host, &job, &answer);
    bool good = read_load(set, &e, &answer, errs);
    host_answer_done(&answer);
    if (good)
        *ret = e;
    return good;
}

/* ---- the set --------------------------------------------------------------------------------- */

/* Finds or adds the population an entry wants. */
static void find_population(struct script_set *set, struct set_entry *e,
                            const struct standard *const *standards, size_t n,
                            struct errs *errs)
{
    const char *want = e->info.population;
    if (!*want)
        return;
    for (size_t i = 0; i < n; i++) {
        if (strcmp(standards[i]->id, want) != 0)
            continue;
        for (size_t k = 1; k < set->n_populations; k++)
            if (set->populations[k] == standards[i])
                e->population = (uint32_t)k;
        if (!e->population && set->n_populations < SET_POPULATIONS_MAX) {
            e->population = (uint32_t)set->n_populations;
            set->populations[set->n_populations++] = standards[i];
        }
        if (!e->population)
            errs_at(errs, ERR_ERROR, e->info.file, 0, 0, "more than %d populations",
                    SET_POPULATIONS_MAX - 1);
        return;
    }
    errs_at(errs, ERR_ERROR, e->info.file, 0, 0,
            "population: no standard \"%s\" is in use", want);
}

static void add_file(struct script_set *set, struct script_host *host, struct map *ids,
                     const char *path, const struct standard *const *standards, size_t n,
                     struct errs *errs)
{
    if (set->n >= SET_FILES_MAX) {
        errs_at(errs, ERR_ERROR, path, 0, 0, "more than %d scripts", SET_FILES_MAX);
        return;
    }
    struct set_entry e;
    if (!set_load_file(set, host, path, &e, errs))
        return;
    int64_t first = 0;
    if (map_add(ids, e.info.id, strlen(e.info.id), (int64_t)set->n, &first) < 0)
        errs_at(errs, ERR_ERROR, path, 0, 0, "out of memory");
    else if (first != (int64_t)set->n)
        errs_at(errs, ERR_ERROR, path, 0, 0, "the id \"%s\" is already that of %s",
                e.info.id, set->list[first].info.file);
    find_population(set, &e, standards, n, errs);
    set->list[set->n++] = e;
}

/* A folder's scripts, or the one file. */
static void add_path(struct script_set *set, struct script_host *host, struct map *ids,
                     const char *dir, const struct standard *const *standards, size_t n,
                     struct errs *errs)
{
    struct dirent **files;
    struct stat st;
    if (stat(dir, &st) == 0 && S_ISREG(st.st_mode)) {
        add_file(set, host, ids, dir, standards, n, errs);
        return;
    }
    int n_files = scandir(dir, &files, is_script, by_bytes);
    if (n_files < 0) {
        errs_at(errs, ERR_ERROR, dir, 0, 0, "cannot read the folder: %s",
                strerror(errno));
        return;
    }
    for (int i = 0; i < n_files; i++) {
        const char *path = arena_fmt(set->arena, "%s/%s", dir, files[i]->d_name);
        if (path)
            add_file(set, host, ids, path, standards, n, errs);
        free(files[i]);
    }
    free(files);
}

/* Copies, so that the set lives by itself. */
static void take_params(struct script_set *set, const struct script_param *params,
                        size_t n)
{
    struct script_param *copy = arena_array(set->arena, n, sizeof *copy);
    for (size_t i = 0; copy && i < n; i++) {
        copy[i].indicator = arena_str(set->arena, params[i].indicator);
        copy[i].name = arena_str(set->arena, params[i].name);
        copy[i].value = arena_str(set->arena, params[i].value);
        copy[i].is_number = params[i].is_number;
    }
    set->params = copy;
    set->n_params = copy ? n : 0;
}

static void check_params(const struct script_set *set, const struct map *ids,
                         struct errs *errs)
{
    for (size_t i = 0; i < set->n_params; i++) {
        const struct script_param *p = &set->params[i];
        if (map_get(ids, p->indicator, strlen(p->indicator)) == MAP_NONE)
            errs_at(errs, ERR_ERROR, "", 0, 0,
                    "lua.params.%s.%s: there is no such indicator", p->indicator,
                    p->name);
    }
}

static void hash_set(struct script_set *set)
{
    struct sha256 *h = sha256_new();
    if (!h)
        return;
    for (size_t i = 0; i < set->n; i++) {
        sha256_add_str(h, set->list[i].name);
        sha256_add_str(h, set->list[i].info.sha256);
    }
    for (size_t i = 0; i < set->n_params; i++) {
        sha256_add_str(h, set->params[i].indicator);
        sha256_add_str(h, set->params[i].name);
        sha256_add_str(h, set->params[i].value);
    }
    sha256_end(h, set->sha256);
}

static struct script_set *set_new(void)
{
    struct script_set *set = calloc(1, sizeof *set);
    struct arena *arena = arena_new(SET_ARENA_MAX);
    struct set_entry *list =
        arena ? arena_array(arena, SET_FILES_MAX, sizeof *list) : NULL;
    if (!set || !list) {
        arena_free(arena);
        free(set);
        return NULL;
    }
    set->refs = 1;
    set->arena = arena;
    set->list = list;
    set->n_populations = 1;
    return set;
}

struct script_set *script_set_load(struct script_host *host, const char *const *dirs,
                                   size_t n_dirs, const struct script_param *params,
                                   size_t n_params,
                                   const struct standard *const *standards,
                                   size_t n_standards, struct errs *errs)
{
    size_t errors = errs->errors;
    struct script_set *set = set_new();
    struct map *ids = map_new(SET_FILES_MAX);
    if (!set || !ids) {
        errs_at(errs, ERR_ERROR, "", 0, 0, "out of memory");
        goto out;
    }
    take_params(set, params, n_params);
    for (size_t i = 0; i < n_dirs; i++)
        add_path(set, host, ids, dirs[i], standards, n_standards, errs);
    if (errs->errors == errors)
        check_params(set, ids, errs);
    hash_set(set);
out:
    map_free(ids);
    if (errs->errors == errors)
        return set;
    script_set_unref(set);
    return NULL;
}

struct script_set *script_set_ref(struct script_set *set)
{
    __atomic_add_fetch(&set->refs, 1, __ATOMIC_RELAXED);
    return set;
}

void script_set_unref(struct script_set *set)
{
    if (!set || __atomic_sub_fetch(&set->refs, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    arena_free(set->arena);
    free(set);
}

size_t script_set_count(const struct script_set *set)
{
    return set->n;
}

const struct script_info *script_set_info(const struct script_set *set, size_t i)
{
    return &set->list[i].info;
}

const struct script_info *script_set_find(const struct script_set *set, const char *id)
{
    for (size_t i = 0; set && i < set->n; i++)
        if (strcmp(set->list[i].info.id, id) == 0)
            return &set->list[i].info;
    return NULL;
}

const char *script_set_sha256(const struct script_set *set)
{
    return set->sha256;
}
