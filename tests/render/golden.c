/* SPDX-License-Identifier: Apache-2.0 */
#include "render/golden.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "render/json.h"
#include "tap/tap.h"

enum { GOLDEN_MAX = 1 << 20 };

static void path_of(const char *file, char *path, size_t size)
{
    const char *top = getenv("abs_top_srcdir");
    snprintf(path, size, "%s/tests/render/golden/%s", top ? top : "..", file);
}

static bool writing(void)
{
    const char *word = getenv("JUNHENG_GOLDEN");
    return word && strcmp(word, "write") == 0;
}

static void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    if (!f)
        bail("cannot write the golden file");
    fprintf(f, "%s\n", text);
    fclose(f);
}

void is_golden(const char *got, const char *file, const char *name)
{
    char path[4096], *want = calloc(1, GOLDEN_MAX);
    path_of(file, path, sizeof path);
    if (writing() && got)
        write_file(path, got);
    FILE *f = fopen(path, "r");
    size_t n = f && want ? fread(want, 1, GOLDEN_MAX - 1, f) : 0;
    while (n && want[n - 1] == '\n')
        want[--n] = '\0';
    char *text = strdup(got ? got : "(NULL)");
    for (size_t len = strlen(text); len && text[len - 1] == '\n'; len--)
        text[len - 1] = '\0';
    is_str(text, want, name);
    free(text);
    free(want);
    if (f)
        fclose(f);
}

void is_golden_json(json_t *got, const char *file, const char *name)
{
    char path[4096];
    path_of(file, path, sizeof path);
    char *pretty = got && writing() ? json_dumps(got, JSON_INDENT(1)) : NULL;
    if (pretty)
        write_file(path, pretty);
    json_t *want = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
    char *a = got ? json_text(got, GOLDEN_MAX) : NULL;
    char *b = want ? json_text(want, GOLDEN_MAX) : strdup("(no golden file)");
    /* the writer prints 1.0 as 1, which jansson reads back as an integer: same text again */
    is_str(a, b, name);
    free(pretty);
    free(a);
    free(b);
    json_decref(want);
    json_decref(got);
}
