/* SPDX-License-Identifier: Apache-2.0 */
#include "styles.h"

#include <stdlib.h>
#include <string.h>

static unsigned long number_of(const char *const *attributes, const char *name)
{
    const char *value = package_attribute(attributes, name);
    return value ? strtoul(value, NULL, 10) : 0;
}

static int add_style(struct styles *s, unsigned long format)
{
    if (s->n == STYLES_MAX)
        return package_refuse(s->package, JH_ELIMIT, 0, 0, "more than %d cell styles",
                              STYLES_MAX);
    s->kinds[s->n++] = format < STYLES_MAX ? s->formats[format] : NUMBER_PLAIN;
    return 0;
}

static int on_start(void *arg, const char *name, const char *const *attributes)
{
    struct styles *s = arg;
    if (strcmp(name, "cellXfs") == 0) {
        s->of_cells = true;
    } else if (strcmp(name, "numFmt") == 0) {
        const char *code = package_attribute(attributes, "formatCode");
        unsigned long id = number_of(attributes, "numFmtId");
        if (id >= STYLES_MAX)
            return package_refuse(s->package, JH_ELIMIT, 0, 0,
                                  "a number format of number %lu", id);
        if (code)
            s->formats[id] = number_kind_of(code);
    } else if (s->of_cells && strcmp(name, "xf") == 0) {
        return add_style(s, number_of(attributes, "numFmtId"));
    }
    return 0;
}

static int on_end(void *arg, const char *name)
{
    struct styles *s = arg;
    if (strcmp(name, "cellXfs") == 0)
        s->of_cells = false;
    return 0;
}

int styles_read(struct styles *styles, struct package *package, const char *path)
{
    static const struct package_events EVENTS = {on_start, on_end, NULL};
    styles->package = package;
    styles->kinds = calloc(2, STYLES_MAX);
    if (!styles->kinds)
        return package_refuse(package, JH_ENOMEM, 0, 0, "out of memory");
    styles->formats = styles->kinds + STYLES_MAX;
    for (unsigned id = 0; id < 64; id++)
        styles->formats[id] = number_kind_built_in(id);
    return package_read(package, path, &EVENTS, styles);
}

void styles_done(struct styles *styles)
{
    free(styles->kinds);
    *styles = (struct styles){.n = 0};
}

uint8_t styles_kind(const struct styles *styles, unsigned long i)
{
    return i < styles->n ? styles->kinds[i] : NUMBER_PLAIN;
}
