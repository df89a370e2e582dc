/* SPDX-License-Identifier: Apache-2.0 */
/* Compiling; template_render.c fills in. A template is a flat list of nodes: a section knows
 * the index of the node after its end, so nothing here recurses over the text. */
#include "render/template_node.h"

#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "base/utf8.h"

enum { TEMPLATE_TEXT_MAX = 256 * 1024 };

struct compiler {
    struct template *t;
    const char *file;
    unsigned line;
    const char *p, *end;
    size_t open[TEMPLATE_DEPTH_MAX];
    size_t depth;
    struct jh_err *err;
};

static int fail(const struct compiler *c, const char *at, const char *what,
                struct jh_slice word)
{
    unsigned line = c->line;
    const char *start = c->t->text;
    for (const char *p = start; p < at; p++) {
        if (*p == '\n') {
            line++;
            start = p + 1;
        }
    }
    return err_at(c->err, JH_EINVAL, c->file, line,
                  (unsigned)utf8_count(start, (size_t)(at - start)) + 1, "%s%.*s", what,
                  (int)(word.len > 80 ? utf8_cut(word.p, word.len, 80) : word.len),
                  word.p);
}

static struct jh_slice slice(const char *p, const char *end)
{
    return (struct jh_slice){p, (size_t)(end - p)};
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static struct jh_slice trim(struct jh_slice s)
{
    while (s.len && is_blank(s.p[0])) {
        s.p++;
        s.len--;
    }
    while (s.len && is_blank(s.p[s.len - 1]))
        s.len--;
    return s;
}

static bool slice_is(struct jh_slice s, const char *word)
{
    return s.len == strlen(word) && memcmp(s.p, word, s.len) == 0;
}

static int add_node(struct compiler *c, struct template_node node)
{
    struct template *t = c->t;
    if (t->n == TEMPLATE_NODES_MAX)
        return fail(c, c->p, "template has too many parts", slice(c->p, c->p));
    if (t->n == t->cap) {
        size_t cap = t->cap ? t->cap * 2 : 16;
        struct template_node *nodes = realloc(t->nodes, cap * sizeof *nodes);
        if (!nodes)
            return err_set(c->err, JH_ENOMEM, "out of memory");
        t->nodes = nodes;
        t->cap = cap;
    }
    t->nodes[t->n++] = node;
    return 0;
}

static int add_text(struct compiler *c, const char *from, const char *to)
{
    if (from >= to)
        return 0;
    return add_node(c,
                    (struct template_node){.kind = NODE_TEXT, .text = slice(from, to)});
}

/* "a.b_c", ".", "@first", "@last" */
static bool path_good(struct jh_slice path)
{
    if (slice_is(path, ".") || slice_is(path, "@first") || slice_is(path, "@last"))
        return true;
    bool after_dot = true;
    for (size_t i = 0; i < path.len; i++) {
        char ch = path.p[i];
        bool word = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') ||
                    (ch >= '0' && ch <= '9') || ch == '_' || ch == '-';
        if (!word && (ch != '.' || after_dot))
            return false;
        after_dot = !word;
    }
    return !after_dot;
}

/* The argument of a filter: bare, or in double quotes to keep blanks. */
static struct jh_slice argument(struct jh_slice s)
{
    s = trim(s);
    if (s.len >= 2 && s.p[0] == '"' && s.p[s.len - 1] == '"')
        return (struct jh_slice){s.p + 1, s.len - 2};
    return s;
}

static int filter_of(struct compiler *c, struct jh_slice text,
                     struct template_filter *ret)
{
    static const struct {
        const char *name;
        enum filter_kind kind;
        bool takes_number, takes_text;
    } FILTERS[] = {
        {"fixed", FILTER_FIXED, true, false},
        {"percent", FILTER_PERCENT, true, false},
        {"date", FILTER_DATE, false, false},
        {"month", FILTER_MONTH, false, false},
        {"group", FILTER_GROUP, false, false},
        {"join", FILTER_JOIN, false, true},
        {"default", FILTER_DEFAULT, false, true},
    };
    const char *colon = memchr(text.p, ':', text.len);
    struct jh_slice name = trim(colon ? slice(text.p, colon) : text);
    struct jh_slice arg = {0};
    if (colon)
        arg = argument(slice(colon + 1, text.p + text.len));
    for (size_t i = 0; i < sizeof FILTERS / sizeof *FILTERS; i++) {
        if (!slice_is(name, FILTERS[i].name))
            continue;
        int64_t number = 0;
        if (FILTERS[i].takes_number && (colon || FILTERS[i].kind == FILTER_FIXED) &&
            num_parse_int(arg.p ? arg.p : "", arg.len, 0, 9, &number))
            return fail(c, name.p, "expected a number of digits, 0 to 9, after ", name);
        if (FILTERS[i].takes_text != (colon != NULL) && !FILTERS[i].takes_number)
            return fail(c, name.p,
                        colon ? "takes no argument: " : "needs an argument: ", name);
        *ret = (struct template_filter){FILTERS[i].kind, (unsigned)number, arg};
        return 0;
    }
    return fail(c, name.p, "unknown filter ", name);
}

/* The end of the next filter: a bar outside quotes. */
static const char *next_bar(const char *p, const char *end)
{
    bool quoted = false;
    for (; p < end; p++) {
        quoted ^= *p == '"';
        if (*p == '|' && !quoted)
            return p;
    }
    return end;
}

static int value_tag(struct compiler *c, struct jh_slice tag)
{
    struct template_node node = {.kind = NODE_VALUE};
    const char *end = tag.p + tag.len, *bar = next_bar(tag.p, end);
    node.text = trim(slice(tag.p, bar));
    if (!path_good(node.text))
        return fail(c, tag.p, "expected a name such as county.name, got ", node.text);
    while (bar < end) {
        const char *p = bar + 1;
        bar = next_bar(p, end);
        struct template_filter f;
        int rc = filter_of(c, slice(p, bar), &f);
        if (rc)
            return rc;
        if (node.n_filters && (f.kind != FILTER_DEFAULT || node.n_filters == 2))
            return fail(c, p, "only default may follow another filter, got ",
                        trim(slice(p, bar)));
        node.filters[node.n_filters++] = f;
    }
    return add_node(c, node);
}

static int open_tag(struct compiler *c, struct jh_slice name, enum node_kind kind)
{
    if (!path_good(name))
        return fail(c, name.p, "expected a name such as stages, got ", name);
    if (c->depth == TEMPLATE_DEPTH_MAX)
        return fail(c, name.p, "sections nested too deeply at ", name);
    c->open[c->depth++] = c->t->n;
    return add_node(c, (struct template_node){.kind = kind, .text = name});
}

static int close_tag(struct compiler *c, struct jh_slice name)
{
    if (c->depth == 0)
        return fail(c, name.p, "no section is open to be closed by /", name);
    struct template_node *open = &c->t->nodes[c->open[--c->depth]];
    if (open->text.len != name.len || memcmp(open->text.p, name.p, name.len) != 0)
        return fail(c, name.p, "closes another section than the one that is open: /",
                    name);
    open->end = c->t->n;
    return 0;
}

/*
 * A section tag alone on its line takes the line away with it. Moves *from (start of the
 * text before) and *after (text behind the tag) accordingly.
 */
static const char *standalone(const struct compiler *c, const char *tag,
                              const char **after)
{
    const char *before = tag, *p = *after;
    while (before > c->t->text && is_blank(before[-1]))
        before--;
    while (p < c->end && is_blank(*p))
        p++;
    if ((before > c->t->text && before[-1] != '\n') || (p < c->end && *p != '\n'))
        return tag;
    *after = p < c->end ? p + 1 : p;
    return before;
}

static int next_tag(struct compiler *c, const char *open)
{
    const char *close = memmem(open, (size_t)(c->end - open), "}}", 2);
    if (!close)
        return fail(c, open, "{{ is never closed by }}", slice(open, open));
    struct jh_slice tag = trim(slice(open + 2, close));
    const char *after = close + 2, *before = open;
    char sign = tag.len ? tag.p[0] : '\0';
    bool section = sign == '#' || sign == '^' || sign == '/';
    if (section)
        before = standalone(c, open, &after);
    int rc = add_text(c, c->p, before);
    if (rc)
        return rc;
    c->p = after;
    if (!section)
        return value_tag(c, tag.len ? tag : slice(open, open));
    struct jh_slice name = trim((struct jh_slice){tag.p + 1, tag.len - 1});
    return sign == '/' ? close_tag(c, name)
                       : open_tag(c, name, sign == '#' ? NODE_SECTION : NODE_INVERTED);
}

static int compile(struct compiler *c)
{
    size_t bad = utf8_check(c->p, (size_t)(c->end - c->p));
    if (c->p + bad < c->end)
        return fail(c, c->p + bad, "invalid UTF-8", slice(c->p, c->p));
    for (;;) {
        const char *open = memmem(c->p, (size_t)(c->end - c->p), "{{", 2);
        if (!open)
            break;
        int rc = next_tag(c, open);
        if (rc)
            return rc;
    }
    if (c->depth) {
        struct jh_slice name = c->t->nodes[c->open[c->depth - 1]].text;
        return fail(c, name.p, "section is never closed: ", name);
    }
    return add_text(c, c->p, c->end);
}

struct template *template_compile(const char *file, unsigned line, const char *text,
                                  struct jh_err *err)
{
    size_t len = strlen(text);
    struct template *t = calloc(1, sizeof *t);
    if (len > TEMPLATE_TEXT_MAX)
        err_at(err, JH_ELIMIT, file, line, 1, "template is too long");
    else if (!t || !(t->text = strdup(text)))
        err_set(err, JH_ENOMEM, "out of memory");
    if (!t || !t->text) {
        template_free(t);
        return NULL;
    }
    struct compiler c = {.t = t,
                         .file = file,
                         .line = line,
                         .p = t->text,
                         .end = t->text + len,
                         .err = err};
    if (compile(&c)) {
        template_free(t);
        return NULL;
    }
    return t;
}

void template_free(struct template *t)
{
    if (!t)
        return;
    free(t->nodes);
    free(t->text);
    free(t);
}
