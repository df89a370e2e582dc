/* SPDX-License-Identifier: Apache-2.0 */
/* Templates are written by users: what is wrong must be said at once, with its place. */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "render/template.h"
#include "tap/tap.h"

static const char CONTEXT[] =
    "{\"name\":\"青石县\",\"cv\":0.70123,\"n\":18306,\"area\":4310.4,\"share\":0.2149,"
    "\"small\":2.14,\"minus\":-1234567.5,\"whole\":42.0,\"day\":\"2017-09-01\","
    "\"ms\":1517446800000,\"none\":null,\"no\":false,\"yes\":true,\"empty\":[],\"blank\":\"\","
    "\"county\":{\"code\":\"349901\",\"division\":[\"34\",\"3499\"]},"
    "\"list\":[{\"name\":\"a\",\"v\":1},{\"v\":2},{\"name\":\"c\",\"v\":null}]}";

static void renders(const char *text, const char *want)
{
    json_t *context = json_loads(CONTEXT, 0, NULL);
    struct jh_err err = {0};
    struct buf out;
    buf_init(&out, 1000);
    struct template *t = template_compile("t.yaml", 10, text, &err);
    ok(t && template_render(t, context, &out) == 0, "compiles: %.*s",
       (int)strcspn(text, "\n"), text);
    is_str(t ? buf_text(&out) : err.text, want, "reads as wanted");
    template_free(t);
    buf_done(&out);
    json_decref(context);
}

static void refuses(const char *text, unsigned line, unsigned col, const char *want)
{
    struct jh_err err = {0};
    struct template *t = template_compile("t.yaml", 10, text, &err);
    ok(!t, "refused: %.*s", (int)strcspn(text, "\n\xE5"), text);
    is_str(err.text, want, "says what is wrong");
    ok(err.line == line && err.col == col && strcmp(err.file, "t.yaml") == 0,
       "at %u:%u (got %u:%u)", line, col, err.line, err.col);
    template_free(t);
}

static void test_values(void)
{
    renders("", "");
    renders("plain 字 } { text", "plain 字 } { text");
    renders("{{name}}({{ county.code }})", "青石县(349901)");
    renders("{{cv}} {{n}} {{yes}} {{no}}{{none}}{{absent}}{{county.absent.x}}{{county}}.",
            "0.70123 18306 true .");
    renders("{{cv|fixed:3}} {{cv|fixed:0}} {{share|percent}} {{share|percent:1}}",
            "0.701 1 21% 21.5%");
    renders("{{n|group}} {{area|group}} {{small|group}} {{minus|group}} {{whole|group}}",
            "18,306 4,310 2.1 -1,234,568 42");
    renders("{{day|date}} {{day|month}} {{ms|date}} {{ms|month}}{{none|date}}",
            "2017-09-01 2017-09 2018-02-01 2018-02");
    renders("{{name|fixed:2}}{{none|fixed:2}}{{name|date}}", "青石县青石县");
    renders("{{county.division|join:\", \"}} {{empty|join:x}}{{name|join:x}}",
            "34, 3499 青石县");
    renders("{{none|default:\"-\"}}{{blank|default:没有}}{{name|default:x}}"
            "{{none|fixed:2|default:\"a|b\"}}",
            "-没有青石县a|b");
}

static void test_sections(void)
{
    renders("{{#list}}{{name}}{{v}};{{/list}}", "a1;青石县2;c;");
    renders(
        "{{#list}}{{^@first}},{{/@first}}{{v|default:\"?\"}}{{#@last}}.{{/@last}}{{/list}}",
        "1,2,?.");
    renders(
        "{{#county}}{{code}} {{name}}{{/county}}{{#county.division}}<{{.}}>{{/county.division}}",
        "349901 青石县<34><3499>");
    renders(
        "{{#yes}}y{{name}}{{/yes}}{{#no}}n{{/no}}{{^no}}!{{/no}}{{^none}}0{{/none}}"
        "{{^empty}}e{{/empty}}{{^blank}}b{{/blank}}{{^list}}l{{/list}}{{#n}}{{.}}{{/n}}",
        "y青石县!0eb18306");
    renders("a\n{{#list}}\n  - {{v}}\n{{/list}}\nb", "a\n  - 1\n  - 2\n  - \nb");
    renders("a\n  {{#yes}}\nb\n  {{/yes}}", "a\nb\n");
    renders("a {{#yes}}\nb{{/yes}}\n", "a \nb\n");
}

static void test_refused(void)
{
    refuses("a\n字{{name|shout}}", 11, 9, "unknown filter shout");
    refuses("{{#list}}{{name}}", 10, 4, "section is never closed: list");
    refuses("x{{/list}}", 10, 5, "no section is open to be closed by /list");
    refuses("{{#a}}\n{{#b}}{{/a}}{{/b}}", 11, 10,
            "closes another section than the one that is open: /a");
    refuses("{{name", 10, 1, "{{ is never closed by }}");
    refuses("{{}}", 10, 1, "expected a name such as county.name, got ");
    refuses("{{a..b}}", 10, 3, "expected a name such as county.name, got a..b");
    refuses("{{#}}{{/}}", 10, 4, "expected a name such as stages, got ");
    refuses("{{v|fixed}}", 10, 5, "expected a number of digits, 0 to 9, after fixed");
    refuses("{{v|fixed:12}}", 10, 5, "expected a number of digits, 0 to 9, after fixed");
    refuses("{{v|group:2}}", 10, 5, "takes no argument: group");
    refuses("{{v|join}}", 10, 5, "needs an argument: join");
    refuses("{{v|group|percent}}", 10, 11,
            "only default may follow another filter, got percent");
    refuses("a\xE5\xAD", 10, 2, "invalid UTF-8");
}

static char *repeated(const char *piece, size_t n)
{
    size_t len = strlen(piece);
    char *text = calloc(n + 1, len);
    for (size_t i = 0; text && i < n; i++)
        memcpy(text + i * len, piece, len);
    return text;
}

static void test_bounds(void)
{
    struct jh_err err;
    char *deep = repeated("{{#a}}", 100), *many = repeated("{{a}}", 5000);
    char *large = repeated("0123456789", 30000);
    ok(!template_compile("t", 1, deep, &err) && strstr(err.text, "nested too deeply"),
       "depth is bounded");
    ok(!template_compile("t", 1, many, &err) && strstr(err.text, "too many parts"),
       "parts are bounded");
    ok(!template_compile("t", 1, large, &err) && err.code == JH_ELIMIT,
       "length is bounded");
    free(deep);
    free(many);
    free(large);
    json_t *context = json_loads(CONTEXT, 0, NULL);
    struct template *t = template_compile("t", 1, "{{#list}}{{name}}{{/list}}", NULL);
    struct buf out;
    buf_init(&out, 10);
    is_int(template_render(t, context, &out), JH_ELIMIT, "output is bounded");
    ok(utf8_check(buf_text(&out), out.len) == out.len,
       "and is never cut inside a character");
    buf_done(&out);
    template_free(t);
    json_decref(context);
}

/* Every prefix and every broken byte of a template either compiles or is refused, in peace. */
static void test_mutations(void)
{
    static const char TEXT[] =
        "a{{#list}}\n {{v|fixed:2|default:\"-\"}}字{{^@first}},{{/@first}}"
        "\n{{/list}}{{county.code|join:x}}";
    json_t *context = json_loads(CONTEXT, 0, NULL);
    size_t compiled = 0, refused = 0;
    for (size_t i = 0; i < sizeof TEXT - 1; i++) {
        static const char BYTES[] = "{}#/|:\".\n\0\xFF";
        for (size_t b = 0; b < sizeof BYTES - 1; b++) {
            char text[sizeof TEXT];
            struct buf out;
            memcpy(text, TEXT, sizeof text);
            text[i] = BYTES[b];
            struct template *t = template_compile("t", 1, text, NULL);
            buf_init(&out, 10000);
            if (t && template_render(t, context, &out) == 0 &&
                utf8_check(buf_text(&out), out.len) == out.len)
                compiled++;
            refused += !t;
            template_free(t);
            buf_done(&out);
        }
    }
    ok(compiled > 100 && refused > 100, "%zu compiled to valid text, %zu refused",
       compiled, refused);
    is_int((long long)(compiled + refused), (long long)((sizeof TEXT - 1) * 11),
           "and nothing in between");
    json_decref(context);
}

int main(void)
{
    test_values();
    test_sections();
    test_refused();
    test_bounds();
    test_mutations();
    return done_testing();
}
