/* SPDX-License-Identifier: Apache-2.0 */
/* The xlsx format: see README.md. One instance serves any number of worker threads. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "refuse.h"
#include "workbook.h"

struct conf {
    struct workbook_conf workbook;
};

struct jh_inst {
    const struct conf *conf;
};

static const struct jh_option OPTIONS[] = {WORKBOOK_OPTIONS(struct conf), {0}};

static int xlsx_open(const struct jh_host *host, struct jh_ctx *ctx, const void *conf,
                     struct jh_inst **ret_inst, struct jh_err *err)
{
    (void)host;
    (void)ctx;
    (void)err;
    struct jh_inst *inst = malloc(sizeof *inst);
    if (!inst)
        return JH_ENOMEM;
    inst->conf = conf;
    *ret_inst = inst;
    return 0;
}

static void xlsx_close(struct jh_inst *inst)
{
    free(inst);
}

/* What is no zip at all, told by its first bytes. */
static int refuse_others(const struct jh_blob *blob, struct jh_err *err)
{
    const struct jh_slice body = blob->body;
    const char *text = "this is no XLSX file: is `format:` right?";
    if (body.len >= 4 && memcmp(body.p, "PK\3\4", 4) == 0)
        return 0;
    if (body.len >= 4 && memcmp(body.p, "\xD0\xCF\x11\xE0", 4) == 0)
        text =
            "this is an XLS file, or XLSX with a password: save it as XLSX without one";
    refuse_at(err, JH_EINVAL, blob->name, 0, 0, "%s", text);
    return JH_EINVAL;
}

static int parse(struct jh_inst *inst, const struct jh_blob *blob,
                 const struct jh_host *host, struct jh_ctx *ctx, struct jh_err *err)
{
    int rc = refuse_others(blob, err);
    return rc ? rc : workbook_parse(&inst->conf->workbook, blob, host, ctx, err);
}

static const struct jh_format_ops OPS = {.size = sizeof OPS, .parse = parse};

extern const struct jh_plugin junheng_plugin;
const struct jh_plugin junheng_plugin = {
    .abi = JH_ABI,
    .size = sizeof junheng_plugin,
    .kind = JH_FORMAT,
    .name = "xlsx",
    .version = "1",
    .summary = "A sheet of an Office Open XML workbook (XLSX).",
    .options = OPTIONS,
    .conf_size = sizeof(struct conf),
    .open = xlsx_open,
    .close = xlsx_close,
    .ops = &OPS,
};
