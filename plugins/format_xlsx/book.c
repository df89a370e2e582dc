/* SPDX-License-Identifier: Apache-2.0 */
#include "book.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int nothing(void *arg, const char *name)
{
    (void)arg;
    (void)name;
    return 0;
}

static bool ends_with(const char *text, const char *end)
{
    size_t n = text ? strlen(text) : 0, m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

static bool copy(char *to, size_t size, const char *from)
{
    size_t n = from ? strlen(from) : size;
    if (n >= size)
        return false;
    memcpy(to, from, n + 1);
    return true;
}

/* A target as seen from the part `from`: absolute, or beside it. */
static bool resolve(const char *from, const char *target, char to[PACKAGE_PATH_MAX])
{
    const char *slash = strrchr(from, '/');
    int dir = slash && *target != '/' ? (int)(slash - from) + 1 : 0;
    target += *target == '/';
    while (strncmp(target, "../", 3) == 0) {
        target += 3;
        for (dir -= dir > 0; dir > 0 && from[dir - 1] != '/';)
            dir--;
    }
    int n = snprintf(to, PACKAGE_PATH_MAX, "%.*s%s", dir, from, target);
    return n > 0 && n < PACKAGE_PATH_MAX;
}

/* ---- the package ----------------------------------------------------------------------------- */

static int on_root(void *arg, const char *name, const char *const *attributes)
{
    struct book *book = arg;
    const char *target = package_attribute(attributes, "Target");
    bool is = strcmp(name, "Relationship") == 0 && target &&
              ends_with(package_attribute(attributes, "Type"), "/officeDocument");
    if (is && ends_with(target, ".bin"))
        return package_refuse(&book->package, JH_EINVAL, 0, 0,
                              "this is XLSB: save it as XLSX");
    if (is && !resolve("", target, book->path))
        return package_refuse(&book->package, JH_ELIMIT, 0, 0, "a path that is too long");
    return 0;
}

/* ---- the workbook ---------------------------------------------------------------------------- */

static int add_sheet(struct book *book, const char *const *attributes)
{
    const char *state = package_attribute(attributes, "state");
    if (book->n == BOOK_SHEETS_MAX)
        return package_refuse(&book->package, JH_ELIMIT, 0, 0, "more than %d sheets",
                              BOOK_SHEETS_MAX);
    struct book_sheet *sheet = &book->sheets[book->n++];
    sheet->hidden = state && strcmp(state, "visible") != 0;
    if (copy(sheet->name, sizeof sheet->name, package_attribute(attributes, "name")) &&
        copy(sheet->id, sizeof sheet->id, package_attribute(attributes, "id")))
        return 0;
    return package_refuse(&book->package, JH_EINVAL, 0, 0,
                          "sheet %zu has no name or a very long one: save it again",
                          book->n);
}

static int on_workbook(void *arg, const char *name, const char *const *attributes)
{
    struct book *book = arg;
    if (strcmp(name, "workbookPr") == 0) {
        const char *value = package_attribute(attributes, "date1904");
        book->from_1904 = value && (*value == '1' || *value == 't');
    }
    return strcmp(name, "sheet") == 0 ? add_sheet(book, attributes) : 0;
}

/* ---- where its parts lie ----------------------------------------------------------------------- */

static char *place_of(struct book *book, const char *type, const char *id)
{
    if (ends_with(type, "/sharedStrings"))
        return book->strings_path;
    if (ends_with(type, "/styles"))
        return book->styles_path;
    for (size_t i = 0; ends_with(type, "/worksheet") && i < book->n; i++)
        if (strcmp(book->sheets[i].id, id) == 0)
            return book->sheets[i].path;
    return NULL;
}

static int on_relation(void *arg, const char *name, const char *const *attributes)
{
    struct book *book = arg;
    const char *id = package_attribute(attributes, "Id");
    const char *target = package_attribute(attributes, "Target");
    const char *mode = package_attribute(attributes, "TargetMode");
    if (strcmp(name, "Relationship") != 0 || !id || !target ||
        (mode && strcmp(mode, "External") == 0))
        return 0;
    char *to = place_of(book, package_attribute(attributes, "Type"), id);
    if (to && !resolve(book->path, target, to))
        return package_refuse(&book->package, JH_ELIMIT, 0, 0, "a path that is too long");
    return 0;
}

static int read_relations(struct book *book)
{
    static const struct package_events EVENTS = {on_relation, nothing, NULL};
    char path[2 * PACKAGE_PATH_MAX];
    const char *slash = strrchr(book->path, '/');
    int dir = slash ? (int)(slash - book->path) + 1 : 0;
    snprintf(path, sizeof path, "%.*s_rels/%s.rels", dir, book->path, book->path + dir);
    return package_read(&book->package, path, &EVENTS, book);
}

/* ---- all of it ------------------------------------------------------------------------------- */

static int read_parts(struct book *book)
{
    static const struct package_events ROOT = {on_root, nothing, NULL};
    static const struct package_events WORKBOOK = {on_workbook, nothing, NULL};
    int rc = package_read(&book->package, "_rels/.rels", &ROOT, book);
    if (!rc && !*book->path)
        rc = package_refuse(&book->package, JH_EINVAL, 0, 0,
                            "is a zip archive, but no workbook");
    if (!rc)
        rc = package_read(&book->package, book->path, &WORKBOOK, book);
    if (!rc)
        rc = read_relations(book);
    if (!rc && *book->strings_path)
        rc = texts_read(&book->strings, &book->package, book->strings_path);
    if (!rc && *book->styles_path)
        rc = styles_read(&book->styles, &book->package, book->styles_path);
    return rc;
}

int book_open(struct book *book, const char *name, struct jh_slice body, size_t max,
              struct jh_err *err)
{
    *book = (struct book){.n = 0};
    int rc = package_open(&book->package, name, body, max, err);
    if (rc)
        return rc;
    book->sheets = calloc(BOOK_SHEETS_MAX, sizeof *book->sheets);
    if (!book->sheets)
        return package_refuse(&book->package, JH_ENOMEM, 0, 0, "out of memory");
    return read_parts(book);
}

void book_close(struct book *book)
{
    texts_done(&book->strings);
    styles_done(&book->styles);
    free(book->sheets);
    package_close(&book->package);
}

void book_names(const struct book *book, char *text, size_t size)
{
    size_t n = 0;
    *text = '\0';
    for (size_t i = 0; i < book->n && n + BOOK_NAME_MAX + 2 < size; i++)
        if (*book->sheets[i].path)
            n += (size_t)snprintf(text + n, size - n, "%s%s", n ? ", " : "",
                                  book->sheets[i].name);
}
