/* SPDX-License-Identifier: Apache-2.0 */
#include "script/rig.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tap/tap.h"

const char *rig_helper(char *buf, size_t size)
{
    const char *top = getenv("abs_top_builddir");
    snprintf(buf, size, "%s/junheng-lua", top ? top : ".");
    return buf;
}

void rig_init(struct rig *rig, const struct script_limits *limits)
{
    char helper[512];
    rig_init_with(rig, rig_helper(helper, sizeof helper), limits);
}

void rig_init_with(struct rig *rig, const char *helper,
                   const struct script_limits *limits)
{
    struct jh_err err;
    *rig = (struct rig){.dir = "/tmp/junheng-rig-XXXXXX", .arena = arena_new(256 << 20)};
    errs_init(&rig->errs, 100);
    if (!rig->arena || !mkdtemp(rig->dir))
        bail("no folder");
    if (script_start(helper, limits, &rig->host, &err) < 0)
        bail(err.text);
}

static void remove_files(const char *dir)
{
    DIR *d = opendir(dir);
    char path[512];
    for (struct dirent *e; d && (e = readdir(d));) {
        snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
        if (e->d_name[0] != '.')
            unlink(path);
    }
    if (d)
        closedir(d);
}

void rig_done(struct rig *rig)
{
    script_set_unref(rig->set);
    script_stop(rig->host);
    remove_files(rig->dir);
    rmdir(rig->dir);
    for (size_t i = 0; i < rig->n; i++)
        make_done(&rig->counties[i]);
    errs_done(&rig->errs);
    arena_free(rig->arena);
}

void rig_write(struct rig *rig, const char *name, const char *source)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", rig->dir, name);
    FILE *f = fopen(path, "w");
    if (!f || fputs(source, f) < 0 || fclose(f))
        bail("cannot write a script");
}

void rig_script(struct rig *rig, const char *id, const char *more, const char *body)
{
    char name[128], source[8192];
    snprintf(name, sizeof name, "%s.lua", id);
    snprintf(source, sizeof source,
             "return jh.indicator {\n"
             "  id = \"%s\", title = \"%s\", stage = \"primary\", %s\n"
             "  evaluate = function(d, p, i)\n%s\n  end,\n}\n",
             id, id, more, body);
    rig_write(rig, name, source);
}

bool rig_load(struct rig *rig, const struct script_param *params, size_t n_params,
              const struct standard *const *standards, size_t n_standards)
{
    const char *dirs[] = {rig->dir};
    errs_done(&rig->errs);
    errs_init(&rig->errs, 100);
    script_set_unref(rig->set);
    rig->set = script_set_load(rig->host, dirs, 1, params, n_params, standards,
                               n_standards, &rig->errs);
    return rig->set != NULL;
}

char *rig_errors(struct rig *rig, char *buf, size_t size)
{
    size_t len = 0, skip = strlen(rig->dir) + 1;
    buf[0] = 0;
    for (size_t i = 0; i < rig->errs.n && len < size; i++) {
        char line[1200];
        err_format(&rig->errs.items[i].err, line, sizeof line);
        const char *p = strncmp(line, rig->dir, skip - 1) == 0 ? line + skip : line;
        len += (size_t)snprintf(buf + len, size - len, "%s%s", i ? "\n" : "", p);
    }
    return buf;
}

struct make *rig_county(struct rig *rig, size_t n)
{
    size_t c = rig->n++;
    if (c >= RIG_COUNTIES)
        bail("too many counties");
    struct make *m = &rig->counties[c];
    make_init(m);
    snprintf(rig->codes[c], sizeof rig->codes[c], "3401%02zu", c + 1);
    m->data.county_code = rig->codes[c];
    for (size_t i = 0; i < n; i++) {
        make_school(m, KIND_PRIMARY, 100 * (double)(i + 1), NAN, NAN);
        make_set(m, i, FIELD_books, 100 * (double)(i + 1));
    }
    rig->list[c].data = &m->data;
    return m;
}

void rig_run(struct rig *rig)
{
    char text[4096];
    if (!rig->set && !rig_load(rig, NULL, 0, NULL, 0))
        bail(rig_errors(rig, text, sizeof text));
    if (script_run(rig->host, rig->set, rig->list, rig->n, rig->arena, &rig->verdicts,
                   &rig->n_verdicts, &rig->lapse) < 0)
        bail(rig->lapse.text);
}

const struct script_verdict *rig_verdict(const struct rig *rig, const char *id,
                                         size_t county)
{
    for (size_t i = 0; i < rig->n_verdicts; i++) {
        const struct script_verdict *v = &rig->verdicts[i];
        if (strcmp(v->indicator, id) == 0 && strcmp(v->county, rig->codes[county]) == 0 &&
            v->stage == STAGE_PRIMARY)
            return v;
    }
    bail("a verdict is missing");
}
