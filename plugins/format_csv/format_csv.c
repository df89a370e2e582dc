/* SPDX-License-Identifier: Apache-2.0 */
/* The csv format: see README.md. One instance serves any number of worker threads. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <junheng/plugin.h>

#include "scan.h"
#include "sniff.h"

struct conf {
    int encoding;
    char *delimiter;
    int64_t max_cell;
};

struct jh_inst {
    enum text_encoding encoding;
    struct scan_conf scan;
};

static const char *const ENCODINGS[] = {"auto", "utf-8",  "gb18030",
                                        "gbk",  "gb2312", NULL};

static const struct jh_option OPTIONS[] = {
    {.name = "encoding",
     .type = JH_ENUM,
     .offset = offsetof(struct conf, encoding),
     .def = "auto",
     .words = ENCODINGS,
     .help = "Encoding of the file; auto takes GB18030 for what cannot be UTF-8."},
    {.name = "delimiter",
     .type = JH_STRING,
     .offset = offsetof(struct conf, delimiter),
     .def = "auto",
     .help = "What separates cells: one ASCII character, or the word tab; auto: comma, "
             "semicolon or tab, by the first lines."},
    {.name = "max_cell",
     .type = JH_SIZE,
     .offset = offsetof(struct conf, max_cell),
     .def = "64KiB",
     .min = 64,
     .max = 16 << 20,
     .help = "Longest cell, in bytes of UTF-8."},
    {0},
};

/* What other files begin with, and what to do about them. */
static const struct {
    const char *magic;
    size_t len;
    const char *text;
} OTHERS[] = {
    {"PK\3\4", 4, "this is an XLSX or ZIP file: save it as CSV (UTF-8)"},
    {"\xD0\xCF\x11\xE0", 4, "this is an XLS file: save it as CSV (UTF-8)"},
    {"\xFF\xFE", 2, "this is UTF-16: save it as CSV (UTF-8)"},
    {"\xFE\xFF", 2, "this is UTF-16: save it as CSV (UTF-8)"},
    {"\x1F\x8B", 2, "this is a gzip file: unpack it first"},
    {"%PDF", 4, "this is a PDF file: ask for the table as CSV"},
    {"<!doctype", 9, "this is a web page (a login or error page?), not CSV"},
    {"<html", 5, "this is a web page (a login or error page?), not CSV"},
    {"<?xml", 5, "this is XML, not CSV"},
    {"{", 1, "this looks like JSON, not CSV: is `format:` right?"},
    {"[{", 2, "this looks like JSON, not CSV: is `format:` right?"},
};

/* Binary files at once, those of text behind blanks and a mark too. */
static int refuse_others(const struct jh_blob *blob, struct jh_err *err)
{
    struct text text = {.name = blob->name, .utf8 = blob->body};
    const char *p = blob->body.p, *end = p + blob->body.len;
    if (end - p >= 3 && memcmp(p, TEXT_MARK, 3) == 0)
        p += 3;
    while (p < end && strchr(" \t\r\n", *p) && *p)
        p++;
    for (size_t i = 0; i < sizeof OTHERS / sizeof *OTHERS; i++)
        if ((size_t)(end - p) >= OTHERS[i].len &&
            strncasecmp(p, OTHERS[i].magic, OTHERS[i].len) == 0)
            return text_fail(&text, err, JH_EINVAL, NULL, "%s", OTHERS[i].text);
    return 0;
}

enum { AUTO = '\n' }; /* which no delimiter is */

/* The delimiter a word stands for; 0 if it cannot be one. */
static char delimiter(const char *word)
{
    if (!word || strcmp(word, "auto") == 0)
        return AUTO;
    if (strcmp(word, "tab") == 0)
        return '\t';
    bool one = word[0] > 0 && !word[1];
    return one && !strchr("\"\r\n", word[0]) ? word[0] : '\0';
}

static int check(const void *conf, struct jh_err *err)
{
    const struct conf *c = conf;
    struct text here = {.name = ""};
    if (!delimiter(c->delimiter))
        return text_fail(
            &here, err, JH_EINVAL, NULL,
            "delimiter: expected auto, tab or one ASCII character, got \"%s\"",
            c->delimiter);
    return 0;
}

static int csv_open(const struct jh_host *host, struct jh_ctx *ctx, const void *conf,
                    struct jh_inst **ret_inst, struct jh_err *err)
{
    const struct conf *c = conf;
    (void)host;
    (void)ctx;
    int rc = check(conf, err);
    if (rc)
        return rc;
    struct jh_inst *inst = malloc(sizeof *inst);
    if (!inst)
        return JH_ENOMEM;
    inst->encoding = (enum text_encoding)c->encoding;
    inst->scan = (struct scan_conf){delimiter(c->delimiter), (size_t)c->max_cell};
    *ret_inst = inst;
    return 0;
}

static void csv_close(struct jh_inst *inst)
{
    free(inst);
}

struct receiver {
    const struct jh_host *host;
    struct jh_ctx *ctx;
};

static int hand_over(void *arg, const struct jh_row *row)
{
    const struct receiver *to = arg;
    return to->host->row(to->ctx, row);
}

static int parse(struct jh_inst *inst, const struct jh_blob *blob,
                 const struct jh_host *host, struct jh_ctx *ctx, struct jh_err *err)
{
    struct receiver to = {host, ctx};
    struct text text;
    int rc = refuse_others(blob, err);
    if (rc)
        return rc;
    struct scan_conf conf = inst->scan;
    rc = text_init(&text, blob->name, blob->body, inst->encoding, err);
    if (!rc && conf.delimiter == AUTO && !(conf.delimiter = sniff_delimiter(text.utf8)))
        rc = text_fail(&text, err, JH_EINVAL, NULL,
                       "cells are parted by U+3001, which parts words: save the file "
                       "with commas");
    if (!rc)
        rc = scan_rows(&text, &conf, hand_over, &to, err);
    text_done(&text);
    return rc;
}

/*
 * Bytes as the host gives them. The first are looked at before the scan begins: they may show
 * that they are no CSV, and what its cells are parted by.
 */
struct body {
    const struct jh_host *host;
    struct jh_ctx *ctx;
    char first[SNIFF_BYTES];
    size_t n, done; /* of the first bytes */
};

static int64_t read_body(void *arg, void *buf, size_t n)
{
    struct body *body = arg;
    size_t left = body->n - body->done;
    if (!left)
        return body->host->read(body->ctx, buf, n);
    n = n < left ? n : left;
    memcpy(buf, body->first + body->done, n);
    body->done += n;
    return (int64_t)n;
}

static int read_first(struct body *body)
{
    int64_t got = 1;
    while (got > 0 && body->n < sizeof body->first) {
        got = body->host->read(body->ctx, body->first + body->n,
                               sizeof body->first - body->n);
        if (got > 0)
            body->n += (size_t)got;
    }
    return got < 0 ? (int)got : 0;
}

static int stream(struct jh_inst *inst, const struct jh_blob *blob,
                  const struct jh_host *host, struct jh_ctx *ctx)
{
    struct receiver to = {host, ctx};
    struct scan_conf conf = inst->scan;
    struct jh_blob first = *blob;
    if (inst->encoding >= TEXT_GB18030)
        return JH_EINVAL;
    struct body *body = calloc(1, sizeof *body);
    if (!body)
        return JH_ENOMEM;
    body->host = host;
    body->ctx = ctx;
    struct scan_source source = {read_body, body};
    int rc = read_first(body);
    first.body = (struct jh_slice){body->first, body->n};
    if (!rc)
        rc = refuse_others(&first, NULL);
    if (!rc && conf.delimiter == AUTO && !(conf.delimiter = sniff_delimiter(first.body)))
        rc = JH_EINVAL;
    if (!rc)
        rc = scan_stream(&source, &conf, hand_over, &to);
    free(body);
    return rc;
}

static const struct jh_format_ops OPS = {
    .size = sizeof OPS, .parse = parse, .stream = stream};

extern const struct jh_plugin junheng_plugin;
const struct jh_plugin junheng_plugin = {
    .abi = JH_ABI,
    .size = sizeof junheng_plugin,
    .kind = JH_FORMAT,
    .name = "csv",
    .version = "1",
    .summary = "Comma-separated values by RFC 4180, in UTF-8 or GB18030.",
    .options = OPTIONS,
    .conf_size = sizeof(struct conf),
    .check = check,
    .open = csv_open,
    .close = csv_close,
    .ops = &OPS,
};
