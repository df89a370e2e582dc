/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The xls format: says what to do with a file that it does not read. No library of Debian reads
 * the old binary workbooks well, and a converter is a program, which a format may not start.
 */
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "refuse.h"

/* What files called .xls begin with. */
static const struct {
    const char *magic;
    const char *text;
} KINDS[] = {
    {"\xD0\xCF\x11\xE0",
     "XLS is not read: save it as XLSX in a spreadsheet program, or run "
     "`soffice --headless --convert-to xlsx` on it"},
    {"PK\3\4", "this is XLSX in spite of its name: say `format: xlsx`"},
    {"<",
     "this is a web page or XML that is called XLS: open it in a spreadsheet program "
     "and save it as XLSX"},
};

static int parse(struct jh_inst *inst, const struct jh_blob *blob,
                 const struct jh_host *host, struct jh_ctx *ctx, struct jh_err *err)
{
    const char *text = "this is no XLS file: is it CSV in spite of its name?";
    const char *p = blob->body.p, *end = p + blob->body.len;
    (void)inst;
    (void)host;
    (void)ctx;
    while (p < end && *p && strchr("\xEF\xBB\xBF \t\r\n", *p))
        p++;
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++) {
        size_t n = strlen(KINDS[i].magic);
        if ((size_t)(end - p) >= n && memcmp(p, KINDS[i].magic, n) == 0)
            text = KINDS[i].text;
    }
    refuse_at(err, JH_EREFUSED, blob->name, 0, 0, "%s", text);
    return JH_EREFUSED;
}

static const struct jh_format_ops OPS = {.size = sizeof OPS, .parse = parse};

extern const struct jh_plugin junheng_plugin;
const struct jh_plugin junheng_plugin = {
    .abi = JH_ABI,
    .size = sizeof junheng_plugin,
    .kind = JH_FORMAT,
    .name = "xls",
    .version = "1",
    .summary = "Refuses the old binary workbooks (XLS) and says how to convert them.",
    .ops = &OPS,
};
