/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/expression.h"

#include <stdarg.h>
#include <string.h>

#include "conf/option.h"

enum { TELL_MAX = 320 };

struct parser {
    struct standard_reader *r;
    const struct yaml_node *node;
    const char *path;
    const struct expression_names *names;
    const char *p; /* what is left to read */
    struct expr_op ops[EXPR_OPS_MAX];
    size_t n;
    size_t depth;    /* of the stack so far */
    unsigned nested; /* brackets around p */
};

/* Columns count on from where the text starts. */
static bool tell(struct parser *ps, const char *where, const char *fmt, ...) PRINTF(3, 4);
static bool tell(struct parser *ps, const char *where, const char *fmt, ...)
{
    char text[TELL_MAX];
    const struct yaml_node *node = ps->node;
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    errs_at(ps->r->errs, ERR_ERROR, node->file, node->line,
            node->col + node->quoted + (unsigned)(where - node->text), "%s: %s", ps->path,
            text);
    return false;
}

/* takes: values that it pops; it leaves one. */
static bool emit(struct parser *ps, const char *where, struct expr_op op, size_t takes)
{
    if (ps->n == EXPR_OPS_MAX)
        return tell(ps, where, "too long");
    ps->ops[ps->n++] = op;
    ps->depth = ps->depth - takes + 1;
    return ps->depth <= EXPR_DEPTH_MAX || tell(ps, where, "too deep");
}

static void skip(struct parser *ps)
{
    ps->p += strspn(ps->p, " ");
}

static bool expect(struct parser *ps, char c)
{
    skip(ps);
    if (*ps->p != c)
        return tell(ps, ps->p, "expected %c here", c);
    ps->p++;
    return true;
}

/* ---- names ----------------------------------------------------------------------------- */

static size_t name_length(const char *p)
{
    return strspn(p, "abcdefghijklmnopqrstuvwxyz0123456789_");
}

static bool unknown_name(struct parser *ps, const char *where, size_t len, bool fields)
{
    const struct item *item = ps->names->item;
    const char *names[ITEM_INPUTS_MAX + FIELD_COUNT];
    char word[STANDARD_ID_MAX + 1], quoted[YAML_SHOW], mean[OPTION_MEAN];
    size_t n = 0;
    int shown = len < STANDARD_ID_MAX ? (int)len : STANDARD_ID_MAX;
    snprintf(word, sizeof word, "%.*s", shown, where);
    for (; !fields && n < item->n_inputs; n++)
        names[n] = item->inputs[n];
    for (int f = 0; (fields || ps->names->school) && f < FIELD_COUNT; f++)
        names[n++] = field_family_id((enum field)f);
    option_mean(word, names, n, mean);
    yaml_quote(word, quoted);
    if (*mean || fields)
        return tell(ps, where, "unknown %s %s%s", fields ? "field" : "name", quoted,
                    mean);
    return tell(ps, where, "unknown name %s: neither among the inputs of %s%s", quoted,
                item->id, ps->names->school ? " nor a field" : "");
}

/* A field of the school data; false where there is none of that name. */
static bool find_field(const char *name, size_t len, struct expr_op *op)
{
    op->field = field_of(name, len);
    if (op->field == FIELD_NONE)
        op->field = field_family(name, len, &op->family);
    return op->field != FIELD_NONE;
}

static bool read_sum(struct parser *ps)
{
    struct expr_op op = {.code = EXPR_SUM};
    if (!expect(ps, '('))
        return false;
    skip(ps);
    const char *where = ps->p;
    size_t len = name_length(where);
    if (!find_field(where, len, &op))
        return len ? unknown_name(ps, where, len, true)
                   : tell(ps, where, "expected a field here");
    ps->p += len;
    if (ps->names->school)
        return tell(ps, where, "a sum over schools within the rule of one school");
    return expect(ps, ')') && emit(ps, where, op, 0);
}

static bool read_name(struct parser *ps, const char *where, size_t len)
{
    const struct item *item = ps->names->item;
    struct expr_op op = {.code = EXPR_INPUT};
    for (; op.input < item->n_inputs; op.input++)
        if (strlen(item->inputs[op.input]) == len &&
            memcmp(item->inputs[op.input], where, len) == 0)
            return emit(ps, where, op, 0);
    op = (struct expr_op){.code = EXPR_FIELD};
    if (!find_field(where, len, &op))
        return unknown_name(ps, where, len, false);
    if (ps->names->school)
        return emit(ps, where, op, 0);
    return tell(ps, where,
                "\"%.*s\" is a school's: write sum(%.*s), or judge each: school",
                (int)len, where, (int)len, where);
}

/* ---- the grammar ----------------------------------------------------------------------- */

static bool read_terms(struct parser *ps);

static bool read_brackets(struct parser *ps)
{
    if (++ps->nested > EXPR_DEPTH_MAX)
        return tell(ps, ps->p, "too many brackets");
    bool good = expect(ps, '(') && read_terms(ps) && expect(ps, ')');
    ps->nested--;
    return good;
}

static bool read_number(struct parser *ps)
{
    struct decimal d;
    const char *where = ps->p;
    size_t len = strspn(where, "0123456789.");
    if (decimal_parse(where, len, &d) != 0)
        return tell(ps, where, "expected a decimal number such as 0.65, got \"%.*s\"",
                    len < STANDARD_ID_MAX ? (int)len : STANDARD_ID_MAX, where);
    ps->p += len;
    return emit(ps, where,
                (struct expr_op){.code = EXPR_NUMBER, .number = decimal_double(d)}, 0);
}

/* number | name | ceil(…) | sum(field) | (…) */
static bool read_factor(struct parser *ps)
{
    skip(ps);
    const char *where = ps->p;
    if (*where == '(')
        return read_brackets(ps);
    if (*where >= '0' && *where <= '9')
        return read_number(ps);
    size_t len = name_length(where);
    if (!len)
        return tell(ps, where, "expected a number, a name or ( here");
    ps->p += len;
    skip(ps);
    if (*ps->p != '(')
        return read_name(ps, where, len);
    if (len == 3 && !memcmp(where, "sum", len))
        return read_sum(ps);
    if (len == 4 && !memcmp(where, "ceil", len))
        return read_brackets(ps) &&
               emit(ps, where, (struct expr_op){.code = EXPR_CEIL}, 1);
    return tell(ps, where, "unknown function: there are sum and ceil");
}

/* next { (one of signs) next } */
static bool read_chain(struct parser *ps, bool (*next)(struct parser *),
                       const char *signs, const enum expr_code *codes)
{
    if (!next(ps))
        return false;
    for (;;) {
        skip(ps);
        const char *where = ps->p, *sign = *where ? strchr(signs, *where) : NULL;
        if (!sign)
            return true;
        ps->p++;
        if (!next(ps) ||
            !emit(ps, where, (struct expr_op){.code = codes[sign - signs]}, 2))
            return false;
    }
}

static bool read_products(struct parser *ps)
{
    static const enum expr_code CODES[] = {EXPR_MULTIPLY, EXPR_DIVIDE};
    return read_chain(ps, read_factor, "*/", CODES);
}

static bool read_terms(struct parser *ps)
{
    static const enum expr_code CODES[] = {EXPR_ADD, EXPR_SUBTRACT};
    return read_chain(ps, read_products, "+-", CODES);
}

bool expression_read(struct standard_reader *r, const struct yaml_node *node,
                     const char *path, const struct expression_names *names,
                     struct expr *ret)
{
    if (!option_text(node, path, r->errs))
        return false;
    struct parser ps = {.r = r, .node = node, .path = path, .names = names};
    ps.p = node->text;
    if (strlen(node->text) > EXPR_TEXT_MAX)
        return tell(&ps, ps.p, "longer than %d bytes", EXPR_TEXT_MAX);
    if (!read_terms(&ps))
        return false;
    skip(&ps);
    if (*ps.p)
        return tell(&ps, ps.p, "expected + - * or / here");
    struct expr_op *ops = arena_array(r->arena, ps.n, sizeof *ops);
    const char *text = arena_str(r->arena, node->text);
    if (!ops || !text)
        return tell(&ps, ps.p, "out of memory");
    memcpy(ops, ps.ops, ps.n * sizeof *ops);
    *ret = (struct expr){ops, ps.n, text};
    return true;
}
