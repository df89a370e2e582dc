/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/format_host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const struct jh_plugin junheng_plugin;

enum { WORDS_MAX = 8, CONF_MAX = 256 };

struct jh_ctx {
    FILE *out;
    size_t rows;
};

static int take_row(struct jh_ctx *ctx, const struct jh_row *row)
{
    ctx->rows++;
    for (uint32_t i = 0; ctx->out && i < row->n; i++) {
        const struct jh_cell *cell = &row->cells[i];
        fprintf(ctx->out, "[%u:%u:%.*s]", cell->line, jh_cell_col(row, cell),
                (int)cell->len, cell->p);
    }
    if (ctx->out)
        fputc('\n', ctx->out);
    return 0;
}

/* Words of options, kept for the time of a parse. */
struct words {
    char text[512];
    const char *list[WORDS_MAX];
    size_t n;
};

static int64_t size_of(const char *value)
{
    char *unit;
    int64_t size = strtoll(value, &unit, 10);
    return *unit == 'G'   ? size << 30
           : *unit == 'K' ? size << 10
           : *unit == 'M' ? size << 20
                          : size;
}

static void set(const struct jh_option *o, char *value, void *conf, struct words *words)
{
    char *at = (char *)conf + o->offset;
    int64_t number = size_of(value);
    int index = 0;
    if (o->type == JH_STRING) {
        memcpy(at, &value, sizeof value);
    } else if (o->type == JH_ENUM) {
        while (o->words[index] && strcmp(o->words[index], value) != 0)
            index++;
        memcpy(at, &index, sizeof index);
    } else if (o->type == JH_BOOL) {
        *at = strcmp(value, "true") == 0;
    } else if (o->type == JH_LIST) {
        struct jh_list list = {words->list + words->n, 0};
        for (char *p = strsep(&value, ","); p; p = strsep(&value, ","), list.n++)
            words->list[words->n++] = p;
        memcpy(at, &list, sizeof list);
    } else {
        memcpy(at, &number, sizeof number);
    }
}

static void fill(const char *options, void *conf, struct words *words)
{
    for (const struct jh_option *o = junheng_plugin.options; o && o->name; o++)
        if (o->def)
            set(o, (char *)(uintptr_t)o->def, conf, words);
    snprintf(words->text, sizeof words->text, "%s", options ? options : "");
    char *rest = words->text;
    for (char *word = strsep(&rest, " "); word && *word; word = strsep(&rest, " ")) {
        char *name = strsep(&word, "=");
        for (const struct jh_option *o = junheng_plugin.options; o->name; o++)
            if (strcmp(o->name, name) == 0)
                set(o, word, conf, words);
    }
}

static void tell(struct jh_ctx *ctx, const struct jh_err *err)
{
    rewind(ctx->out);
    if (ctx->rows)
        fputc('!', ctx->out);
    if (err->line)
        fprintf(ctx->out, "%s:%u:%u: %s", err->file, err->line, err->col, err->text);
    else
        fprintf(ctx->out, "%s: %s", err->file, err->text);
    fputc('\0', ctx->out);
}

static int parse(struct jh_ctx *ctx, const char *name, struct jh_slice bytes,
                 const char *options, struct jh_err *err)
{
    _Alignas(16) char conf[CONF_MAX] = {0};
    struct words words = {.n = 0};
    const struct jh_format_ops *ops = junheng_plugin.ops;
    const struct jh_host host = {.abi = JH_ABI, .size = sizeof host, .row = take_row};
    const struct jh_blob blob = {
        .size = sizeof blob, .body = bytes, .name = name, .type = ""};
    struct jh_inst *inst = NULL;
    fill(options, conf, &words);
    int rc = junheng_plugin.open(&host, ctx, conf, &inst, err);
    if (!rc)
        rc = ops->parse(inst, &blob, &host, ctx, err);
    if (inst)
        junheng_plugin.close(inst);
    return rc;
}

char *format_host_parse(const char *name, const char *bytes, size_t n,
                        const char *options)
{
    struct jh_err err = {0};
    char *text = NULL;
    size_t size = 0;
    struct jh_ctx ctx = {.out = open_memstream(&text, &size)};
    if (parse(&ctx, name, (struct jh_slice){bytes, n}, options, &err))
        tell(&ctx, &err);
    fclose(ctx.out);
    return text;
}

long format_host_count(const char *name, const char *bytes, size_t n, const char *options)
{
    struct jh_err err = {0};
    struct jh_ctx ctx = {.rows = 0};
    int rc = parse(&ctx, name, (struct jh_slice){bytes, n}, options, &err);
    return rc ? -1 : (long)ctx.rows;
}
