/* SPDX-License-Identifier: Apache-2.0 */
#include "package.h"

#include <string.h>

#include <expat.h>
#include <zip.h>

#include "refuse.h"

enum { PIECE = 64 << 10, TOKEN_MAX = 1 << 20, RATIO = 300, FREE = 4 << 20 };

/* One part under way. */
struct part {
    struct package *package;
    const char *path;
    XML_Parser parser;
    const struct package_events *events;
    void *arg;
    unsigned depth;
    int rc;
};

int package_refuse(const struct package *package, int code, unsigned line, unsigned col,
                   const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    refuse_va(package->err, code, package->name, line, col, fmt, ap);
    va_end(ap);
    return code;
}

/* ---- the archive ------------------------------------------------------------------------- */

static int refuse_zip(const struct package *package, const char *path, zip_error_t *why)
{
    return package_refuse(package, JH_EINVAL, 0, 0,
                          "damaged or cut short (%s%s%s): save or fetch it again", path,
                          *path ? ": " : "", zip_error_strerror(why));
}

int package_open(struct package *package, const char *name, struct jh_slice body,
                 size_t max, struct jh_err *err)
{
    zip_error_t why;
    *package = (struct package){.name = name, .err = err, .packed = body.len, .max = max};
    zip_error_init(&why);
    zip_source_t *source = zip_source_buffer_create(body.p, body.len, 0, &why);
    zip_t *zip = source ? zip_open_from_source(source, ZIP_RDONLY, &why) : NULL;
    if (source && !zip)
        zip_source_free(source);
    int rc = zip ? 0 : refuse_zip(package, "", &why);
    zip_error_fini(&why);
    package->zip = zip;
    return rc;
}

void package_close(struct package *package)
{
    if (package->zip)
        zip_discard(package->zip);
    package->zip = NULL;
}

bool package_has(const struct package *package, const char *path)
{
    return zip_name_locate(package->zip, path, 0) >= 0;
}

/* ---- events -------------------------------------------------------------------------------- */

static const char *local(const char *name)
{
    const char *colon = strrchr(name, ':');
    return colon ? colon + 1 : name;
}

const char *package_attribute(const char *const *attributes, const char *name)
{
    for (; attributes[0]; attributes += 2)
        if (strcmp(local(attributes[0]), name) == 0)
            return attributes[1];
    return NULL;
}

static void stop(struct part *part, int rc)
{
    if (!rc || part->rc)
        return;
    part->rc = rc;
    XML_StopParser(part->parser, XML_FALSE);
}

static void on_start(void *arg, const char *name, const char **attributes)
{
    struct part *part = arg;
    if (part->rc)
        return;
    if (++part->depth > PACKAGE_DEPTH_MAX)
        stop(part, package_refuse(part->package, JH_ELIMIT, 0, 0,
                                  "%s: more than %d elements in each other", part->path,
                                  PACKAGE_DEPTH_MAX));
    else
        stop(part, part->events->start(part->arg, local(name),
                                       (const char *const *)attributes));
}

static void on_end(void *arg, const char *name)
{
    struct part *part = arg;
    part->depth--;
    if (!part->rc)
        stop(part, part->events->end(part->arg, local(name)));
}

static void on_text(void *arg, const char *p, int n)
{
    struct part *part = arg;
    if (!part->rc && part->events->text)
        stop(part, part->events->text(part->arg, p, (size_t)n));
}

/* What defines entities, which multiply; no spreadsheet program writes one. */
static void on_doctype(void *arg, const char *name, const char *system,
                       const char *public, int internal)
{
    struct part *part = arg;
    (void)name;
    (void)system;
    (void)public;
    (void)internal;
    stop(part, package_refuse(part->package, JH_EREFUSED, 0, 0,
                              "%s: has a DOCTYPE, which no spreadsheet has", part->path));
}

/* ---- bytes of a part to events --------------------------------------------------------------- */

static int count(struct part *part, size_t n)
{
    struct package *package = part->package;
    package->out += n;
    if (package->out > package->max)
        return package_refuse(package, JH_ELIMIT, 0, 0,
                              "unpacks to more than %zu bytes (max_unpacked)",
                              package->max);
    if (package->out > FREE && package->out / RATIO > package->packed)
        return package_refuse(package, JH_EREFUSED, 0, 0,
                              "unpacks to more than %d times its size: this is no table",
                              RATIO);
    return 0;
}

static int broken(const struct part *part)
{
    return package_refuse(part->package, JH_EINVAL, 0, 0,
                          "%s is no sound XML (line %lu: %s): save it again", part->path,
                          (unsigned long)XML_GetCurrentLineNumber(part->parser),
                          XML_ErrorString(XML_GetErrorCode(part->parser)));
}

static int feed(struct part *part, zip_file_t *file)
{
    int64_t n = 1;
    size_t fed = 0;
    while (n && !part->rc) {
        void *room = XML_GetBuffer(part->parser, PIECE);
        if (!room)
            return package_refuse(part->package, JH_ENOMEM, 0, 0, "out of memory");
        n = zip_fread(file, room, PIECE);
        if (n < 0)
            return refuse_zip(part->package, part->path, zip_file_get_error(file));
        fed += (size_t)n;
        int rc = count(part, (size_t)n);
        if (rc)
            return rc;
        if (XML_ParseBuffer(part->parser, (int)n, n == 0) != XML_STATUS_OK && !part->rc)
            return broken(part);
        int64_t at = XML_GetCurrentByteIndex(part->parser);
        if (!part->rc && at >= 0 && fed - (size_t)at > TOKEN_MAX)
            return package_refuse(part->package, JH_ELIMIT, 0, 0,
                                  "%s: a tag or text of more than %d bytes", part->path,
                                  TOKEN_MAX);
    }
    return part->rc;
}

static int read_file(struct part *part, zip_file_t *file)
{
    part->parser = XML_ParserCreate(NULL);
    if (!part->parser)
        return package_refuse(part->package, JH_ENOMEM, 0, 0, "out of memory");
    XML_SetUserData(part->parser, part);
    XML_SetElementHandler(part->parser, on_start, on_end);
    XML_SetCharacterDataHandler(part->parser, on_text);
    XML_SetStartDoctypeDeclHandler(part->parser, on_doctype);
    int rc = feed(part, file);
    XML_ParserFree(part->parser);
    return rc;
}

int package_read(struct package *package, const char *path,
                 const struct package_events *events, void *arg)
{
    struct part part = {.package = package, .path = path, .events = events, .arg = arg};
    struct zip_stat st;
    zip_int64_t i = zip_name_locate(package->zip, path, 0);
    if (i < 0) /* names of parts are the same whatever their capitals */
        i = zip_name_locate(package->zip, path, ZIP_FL_NOCASE);
    if (i < 0)
        return package_refuse(package, JH_EINVAL, 0, 0, "has no part %s: save it again",
                              path);
    if (zip_stat_index(package->zip, (zip_uint64_t)i, 0, &st) == 0 &&
        (st.valid & ZIP_STAT_ENCRYPTION_METHOD) && st.encryption_method != ZIP_EM_NONE)
        return package_refuse(package, JH_EREFUSED, 0, 0,
                              "has a password: save it without one");
    zip_file_t *file = zip_fopen_index(package->zip, (zip_uint64_t)i, 0);
    if (!file)
        return refuse_zip(package, path, zip_get_error(package->zip));
    int rc = read_file(&part, file);
    zip_fclose(file);
    return rc;
}
