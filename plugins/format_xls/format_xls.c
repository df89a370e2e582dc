/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The xls format: see README.md. No library of Debian reads the old binary workbooks well, so
 * LibreOffice makes XLSX of them where it is installed; else it says what to do. One instance
 * serves any number of worker threads.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "convert.h"
#include "refuse.h"
#include "whole.h"
#include "workbook.h"

struct conf {
    struct workbook_conf workbook;
    char *converter_path;
    int64_t timeout, max_converted;
};

struct jh_inst {
    const struct conf *conf;
};

static const struct jh_option OPTIONS[] = {
    WORKBOOK_OPTIONS(struct conf),
    {.name = "converter_path",
     .type = JH_STRING,
     .offset = offsetof(struct conf, converter_path),
     .def = "/usr/bin/soffice",
     .help = "The program of LibreOffice, which makes XLSX of a file."},
    {.name = "timeout",
     .type = JH_DURATION,
     .offset = offsetof(struct conf, timeout),
     .def = "30s",
     .min = 100,
     .max = 10 * 60 * 1000,
     .help = "Longest time for a file; then LibreOffice is killed."},
    {.name = "max_converted",
     .type = JH_SIZE,
     .offset = offsetof(struct conf, max_converted),
     .def = "64MiB",
     .min = 4096,
     .max = 1 << 30,
     .help = "Most bytes of the XLSX that LibreOffice makes of a file."},
    {0},
};

static int xls_open(const struct jh_host *host, struct jh_ctx *ctx, const void *conf,
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

static void xls_close(struct jh_inst *inst)
{
    free(inst);
}

/* What else is called .xls. */
static int refuse_others(const struct jh_blob *blob, struct jh_err *err)
{
    const char *text = "this is no XLS file: is it CSV in spite of its name?";
    const char *p = blob->body.p, *end = p + blob->body.len;
    while (p < end && *p && strchr("\xEF\xBB\xBF \t\r\n", *p))
        p++;
    if (end - p >= 4 && memcmp(p, "PK\3\4", 4) == 0)
        text = "this is XLSX in spite of its name: say `format: xlsx`";
    else if (p < end && *p == '<')
        text = "this is a web page or XML that is called XLS: open it in a spreadsheet "
               "program and save it as XLSX";
    refuse_at(err, JH_EREFUSED, blob->name, 0, 0, "%s", text);
    return JH_EREFUSED;
}

static int parse(struct jh_inst *inst, const struct jh_blob *blob,
                 const struct jh_host *host, struct jh_ctx *ctx, struct jh_err *err)
{
    const struct conf *conf = inst->conf;
    const struct convert convert = {conf->converter_path, conf->timeout,
                                    (size_t)conf->max_converted};
    struct jh_slice made = {NULL, 0};
    if (!whole_is_binary(blob->body))
        return refuse_others(blob, err);
    if (!whole_is_whole(blob->body)) {
        refuse_at(err, JH_EINVAL, blob->name, 0, 0,
                  "damaged or cut short: save or fetch it again");
        return JH_EINVAL;
    }
    if (!convert_possible(&convert)) {
        refuse_at(err, JH_EREFUSED, blob->name, 0, 0,
                  "XLS is not read: save it as XLSX in a spreadsheet program, or install "
                  "LibreOffice, which converts it (there is no %s)",
                  convert.program);
        return JH_EREFUSED;
    }
    int rc = convert_run(&convert, blob->name, blob->body, &made, err);
    if (rc)
        return rc;
    struct jh_blob as_xlsx = {.size = sizeof as_xlsx, .body = made, .name = blob->name};
    rc = workbook_parse(&conf->workbook, &as_xlsx, host, ctx, err);
    free((char *)(uintptr_t)made.p);
    return rc;
}

static const struct jh_format_ops OPS = {.size = sizeof OPS, .parse = parse};

extern const struct jh_plugin junheng_plugin;
const struct jh_plugin junheng_plugin = {
    .abi = JH_ABI,
    .size = sizeof junheng_plugin,
    .kind = JH_FORMAT,
    .name = "xls",
    .version = "2",
    .summary = "A sheet of an old binary workbook (XLS), by way of LibreOffice.",
    .options = OPTIONS,
    .conf_size = sizeof(struct conf),
    .open = xls_open,
    .close = xls_close,
    .ops = &OPS,
};
