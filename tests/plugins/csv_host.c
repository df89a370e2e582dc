/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/csv_host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const struct jh_plugin junheng_plugin;

struct jh_ctx {
    FILE *out;
    bool places;
    const char *bytes; /* of a body that comes in pieces */
    size_t n, piece;
};

static int64_t read_piece(struct jh_ctx *ctx, void *buf, size_t n)
{
    n = n < ctx->piece ? n : ctx->piece;
    n = n < ctx->n ? n : ctx->n;
    memcpy(buf, ctx->bytes, n);
    ctx->bytes += n;
    ctx->n -= n;
    return (int64_t)n;
}

static int take_row(struct jh_ctx *ctx, const struct jh_row *row)
{
    for (uint32_t i = 0; i < row->n; i++) {
        const struct jh_cell *cell = &row->cells[i];
        if (ctx->places)
            fprintf(ctx->out, "[%u:%u:", cell->line, jh_cell_col(row, cell));
        else
            fputc('<', ctx->out);
        fwrite(cell->p, 1, cell->len, ctx->out);
        fputc(ctx->places ? ']' : '>', ctx->out);
    }
    fputc('\n', ctx->out);
    return 0;
}

/* piece: bytes at a time, or 0 for all at once. */
static char *parse(const char *bytes, size_t n, void *conf, bool places, size_t piece)
{
    const struct jh_format_ops *ops = junheng_plugin.ops;
    const struct jh_host host = {
        .abi = JH_ABI, .size = sizeof host, .row = take_row, .read = read_piece};
    const struct jh_blob blob = {
        .size = sizeof blob, .body = {bytes, n}, .name = "schools.csv", .type = ""};
    struct jh_err err = {0};
    struct jh_inst *inst = NULL;
    struct jh_ctx ctx = {.places = places, .bytes = bytes, .n = n, .piece = piece};
    char *text = NULL;
    size_t size = 0;
    ctx.out = open_memstream(&text, &size);
    int rc = junheng_plugin.open(&host, &ctx, conf, &inst, &err);
    if (!rc && piece)
        rc = ops->stream(inst, &blob, &host, &ctx);
    else if (!rc)
        rc = ops->parse(inst, &blob, &host, &ctx, &err);
    if (inst)
        junheng_plugin.close(inst);
    if (rc) {
        rewind(ctx.out);
        if (err.line)
            fprintf(ctx.out, "%s:%u:%u: %s", err.file, err.line, err.col, err.text);
        else
            fprintf(ctx.out, "%s: %s", err.file, err.text);
        fputc('\0', ctx.out);
    }
    fclose(ctx.out);
    return text;
}

/* Fills the plugin's struct by its own table, as conf/ would. */
static void set(void *conf, const char *name, int number, const char *text, int64_t size)
{
    const struct jh_option *o = junheng_plugin.options;
    while (o->name && strcmp(o->name, name) != 0)
        o++;
    char *at = (char *)conf + o->offset;
    if (o->type == JH_ENUM)
        memcpy(at, &number, sizeof number);
    else if (o->type == JH_STRING)
        memcpy(at, &text, sizeof text);
    else
        memcpy(at, &size, sizeof size);
}

static int word(const char *encoding)
{
    const struct jh_option *o = junheng_plugin.options;
    while (strcmp(o->name, "encoding") != 0)
        o++;
    for (int i = 0; o->words[i]; i++)
        if (strcmp(o->words[i], encoding) == 0)
            return i;
    abort();
}

char *csv_host_parse(const char *bytes, size_t n, const char *encoding,
                     const char *delimiter, int64_t max_cell)
{
    _Alignas(16) char conf[256] = {0};
    set(conf, "encoding", word(encoding), NULL, 0);
    set(conf, "delimiter", 0, delimiter, 0);
    set(conf, "max_cell", 0, NULL, max_cell);
    return parse(bytes, n, conf, true, 0);
}

char *csv_host_cells(const char *bytes, size_t n, size_t piece)
{
    _Alignas(16) char conf[256] = {0};
    set(conf, "encoding", word("utf-8"), NULL, 0);
    set(conf, "delimiter", 0, ",", 0);
    set(conf, "max_cell", 0, NULL, 1 << 20);
    return parse(bytes, n, conf, false, piece);
}
