/* SPDX-License-Identifier: Apache-2.0 */
/* The json format: see README.md. One instance serves any number of worker threads. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "refuse.h"
#include "rows.h"

#define USUAL "schools"

struct conf {
    char *rows;
    struct jh_list ignore;
    int64_t max_cell;
};

struct jh_inst {
    struct rows_conf rows;
};

static const struct jh_option OPTIONS[] = {
    {.name = "rows",
     .type = JH_STRING,
     .offset = offsetof(struct conf, rows),
     .help =
         "Names that lead to the list of rows, joined by points, as data.items; absent: "
         "the list stands at the top or under " USUAL "."},
    {.name = "ignore",
     .type = JH_LIST,
     .offset = offsetof(struct conf, ignore),
     .help = "Names in rows that are not read, whatever they hold."},
    {.name = "max_cell",
     .type = JH_SIZE,
     .offset = offsetof(struct conf, max_cell),
     .def = "64KiB",
     .min = 64,
     .max = 16 << 20,
     .help = "Longest cell, in bytes of UTF-8."},
    {0},
};

/* Splits at points. JH_EINVAL: too many names, or an empty one. */
static int split(const char *path, struct rows_conf *to)
{
    to->n_steps = 0;
    for (const char *p = path;; p++) {
        size_t len = strcspn(p, ".");
        if (!len || to->n_steps == ROWS_STEPS_MAX)
            return JH_EINVAL;
        to->steps[to->n_steps++] = (struct jh_slice){p, len};
        p += len;
        if (!*p)
            return 0;
    }
}

static int read_conf(const struct conf *c, struct rows_conf *ret, struct jh_err *err)
{
    *ret = (struct rows_conf){
        .usual = !c->rows, .ignore = c->ignore, .max_cell = (size_t)c->max_cell};
    if (split(c->rows ? c->rows : USUAL, ret) == 0)
        return 0;
    refuse_at(err, JH_EINVAL, "", 0, 0,
              "rows: expected at most %d names joined by points, got \"%s\"",
              ROWS_STEPS_MAX, c->rows);
    return JH_EINVAL;
}

static int check(const void *conf, struct jh_err *err)
{
    struct rows_conf unused;
    return read_conf(conf, &unused, err);
}

static int json_open(const struct jh_host *host, struct jh_ctx *ctx, const void *conf,
                     struct jh_inst **ret_inst, struct jh_err *err)
{
    (void)host;
    (void)ctx;
    struct rows_conf rows;
    int rc = read_conf(conf, &rows, err);
    if (rc)
        return rc;
    struct jh_inst *inst = malloc(sizeof *inst);
    if (!inst)
        return JH_ENOMEM;
    inst->rows = rows;
    *ret_inst = inst;
    return 0;
}

static void json_close(struct jh_inst *inst)
{
    free(inst);
}

static int parse(struct jh_inst *inst, const struct jh_blob *blob,
                 const struct jh_host *host, struct jh_ctx *ctx, struct jh_err *err)
{
    return rows_read(&inst->rows, blob, host, ctx, err);
}

static const struct jh_format_ops OPS = {.size = sizeof OPS, .parse = parse};

extern const struct jh_plugin junheng_plugin;
const struct jh_plugin junheng_plugin = {
    .abi = JH_ABI,
    .size = sizeof junheng_plugin,
    .kind = JH_FORMAT,
    .name = "json",
    .version = "1",
    .summary = "JSON: a list of objects, one a row, at the top or within objects.",
    .options = OPTIONS,
    .conf_size = sizeof(struct conf),
    .check = check,
    .open = json_open,
    .close = json_close,
    .ops = &OPS,
};
