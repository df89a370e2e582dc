/* SPDX-License-Identifier: Apache-2.0 */
/* Hostile workbooks: whole files, and sheets in a sound one, which is where most of the code
 * is. Rows as wide as the first, every cell valid UTF-8 with a place, a text for each refusal. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include <junheng/plugin.h>

#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
extern const struct jh_plugin junheng_plugin;

struct jh_ctx {
    uint32_t width, line;
};

static int take_row(struct jh_ctx *ctx, const struct jh_row *row)
{
    if (!row->n || (ctx->width && row->n != ctx->width) || row->line <= ctx->line)
        abort();
    ctx->width = row->n;
    ctx->line = row->line;
    for (uint32_t i = 0; i < row->n; i++) {
        const struct jh_cell *cell = &row->cells[i];
        if (utf8_check(cell->p, cell->len) != cell->len || memchr(cell->p, 0, cell->len))
            abort();
        if (cell->line != row->line || jh_cell_col(row, cell) != i + 1)
            abort();
    }
    return 0;
}

static const char *const PARTS[] = {
    "_rels/.rels",
    "<R><Relationship Id='r' Type='/officeDocument' Target='workbook.xml'/></R>",
    "workbook.xml",
    "<workbook><sheets><sheet name='S' id='a'/></sheets></workbook>",
    "_rels/workbook.xml.rels",
    "<R><Relationship Id='a' Type='/worksheet' Target='s.xml'/>"
    "<Relationship Id='b' Type='/sharedStrings' Target='t.xml'/>"
    "<Relationship Id='c' Type='/styles' Target='u.xml'/></R>",
    "t.xml",
    "<sst><si><t>zero</t></si><si><r><t>o</t></r><r><t>ne</t></r></si></sst>",
    "u.xml",
    "<styleSheet><numFmts><numFmt numFmtId='164' formatCode='0000'/></numFmts><cellXfs>"
    "<xf numFmtId='0'/><xf numFmtId='14'/><xf numFmtId='22'/><xf numFmtId='164'/></cellXfs>"
    "</styleSheet>",
    NULL};

/* A workbook whose only sheet is what is given. */
static struct jh_slice wrapped(const uint8_t *data, size_t size)
{
    zip_error_t why;
    zip_stat_t st;
    zip_error_init(&why);
    zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, &why);
    zip_t *z = zip_open_from_source(source, ZIP_TRUNCATE, &why);
    zip_source_keep(source);
    for (const char *const *p = PARTS; *p; p += 2) {
        zip_int64_t i =
            zip_file_add(z, p[0], zip_source_buffer(z, p[1], strlen(p[1]), 0), 0);
        zip_set_file_compression(z, (zip_uint64_t)i, ZIP_CM_STORE, 0);
    }
    zip_int64_t i = zip_file_add(z, "s.xml", zip_source_buffer(z, data, size, 0), 0);
    zip_set_file_compression(z, (zip_uint64_t)i, ZIP_CM_STORE, 0);
    if (zip_close(z) || zip_source_stat(source, &st))
        abort();
    char *bytes = malloc(st.size);
    zip_source_open(source);
    if (!bytes || zip_source_read(source, bytes, st.size) != (zip_int64_t)st.size)
        abort();
    zip_source_close(source);
    zip_source_free(source);
    return (struct jh_slice){bytes, st.size};
}

/* As the option table says, but for its smallest bounds. */
static void fill(char *conf)
{
    for (const struct jh_option *o = junheng_plugin.options; o->name; o++)
        if (o->type == JH_SIZE)
            memcpy(conf + o->offset, &o->min, sizeof o->min);
}

/* The first byte chooses: a sheet, or a whole file. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    _Alignas(16) char conf[64] = {0};
    const struct jh_format_ops *ops = junheng_plugin.ops;
    const struct jh_host host = {.abi = JH_ABI, .size = sizeof host, .row = take_row};
    struct jh_blob blob = {.size = sizeof blob, .name = "fuzz"};
    struct jh_ctx ctx = {0};
    struct jh_err err = {0};
    struct jh_inst *inst;
    if (!size || junheng_plugin.conf_size > sizeof conf)
        return 0;
    bool sheet = data[0] & 1;
    blob.body = sheet ? wrapped(data + 1, size - 1)
                      : (struct jh_slice){(const char *)data + 1, size - 1};
    fill(conf);
    if (junheng_plugin.open(&host, &ctx, conf, &inst, &err))
        abort();
    if (ops->parse(inst, &blob, &host, &ctx, &err) && !err.text[0])
        abort();
    junheng_plugin.close(inst);
    if (sheet)
        free((char *)(uintptr_t)blob.body.p);
    return 0;
}
