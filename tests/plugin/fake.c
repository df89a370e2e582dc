/* SPDX-License-Identifier: Apache-2.0 */
/* For loader.t: a format whose claims about itself are given on the compiler's command line. */
#include <string.h>

#include <junheng/plugin.h>

#ifndef NAME
#define NAME "fake"
#endif
#ifndef SIZE
#define SIZE sizeof(struct jh_plugin)
#endif
#ifndef OPS_SIZE
#define OPS_SIZE sizeof(struct jh_format_ops)
#endif
#ifndef ABI
#define ABI JH_ABI
#endif
#ifndef OFFSET
#define OFFSET 0
#endif
#ifndef SYMBOL
#define SYMBOL junheng_plugin
#endif

#ifdef NEEDS
extern void NEEDS(void);
#endif

struct jh_inst {
    int opened;
};

static int check(const void *conf, struct jh_err *err)
{
    (void)conf;
    (void)err;
    return 0;
}

static int fake_open(const struct jh_host *host, struct jh_ctx *ctx, const void *conf,
                     struct jh_inst **ret_inst, struct jh_err *err)
{
    static struct jh_inst inst;
    (void)conf;
    (void)err;
    host->log(ctx, JH_INFO, "fake.open", "nobody listens");
#ifdef NEEDS
    NEEDS();
#endif
    *ret_inst = &inst;
    return 0;
}

static void fake_close(struct jh_inst *inst)
{
    (void)inst;
}

/* Two rows: the whole body, and what follows its first comma. */
static int parse(struct jh_inst *inst, const struct jh_blob *blob,
                 const struct jh_host *host, struct jh_ctx *ctx, struct jh_err *err)
{
    (void)inst;
    if (blob->body.len == 3 && memcmp(blob->body.p, "bad", 3) == 0) {
        *err = (struct jh_err){JH_EINVAL, 3, 7, "in.csv", "not like this"};
        return JH_EINVAL;
    }
    struct jh_cell cell = {.p = blob->body.p, .len = (uint32_t)blob->body.len};
    struct jh_row row = {.cells = &cell, .n = 1, .line = 1, .body = blob->body};
    int rc = host->row(ctx, &row);
    const char *comma = memchr(cell.p, ',', cell.len);
    if (rc || !comma)
        return rc;
    cell.len -= (uint32_t)(comma + 1 - cell.p);
    cell.p = comma + 1;
    return host->row(ctx, &row);
}

static const struct jh_format_ops ops = {.size = OPS_SIZE, .parse = parse};
static const struct jh_option options[] = {
    {.name = "word", .type = JH_STRING, .offset = OFFSET, .help = "A word."}, {0}};

extern const struct jh_plugin SYMBOL;
const struct jh_plugin SYMBOL = {.abi = ABI,
                                 .size = SIZE,
                                 .kind = JH_FORMAT,
                                 .name = NAME,
                                 .version = "1.5",
                                 .summary = "For tests.",
                                 .options = options,
                                 .conf_size = sizeof(char *),
                                 .check = check,
                                 .open = fake_open,
                                 .close = fake_close,
                                 .ops = &ops};
