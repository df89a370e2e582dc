/* SPDX-License-Identifier: Apache-2.0 */
/* Members of a zip archive: which are wanted, and their bytes. */
#include <fnmatch.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <zip.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "digest/container_out.h"

enum { NAME_BYTES = 1024, LIST_BYTES = 400 };

struct archive {
    const struct container_rule *rule;
    const char *name;
    size_t bytes;
    struct jh_err *err;
    zip_t *zip;
    size_t n;
    char **members; /* names in UTF-8, by index; NULL: not wanted */
    size_t n_wanted;
};

static int no_memory(struct archive *a)
{
    return err_set(a->err, JH_ENOMEM, "out of memory");
}

/* ---- names --------------------------------------------------------------------------------- */

/* Chinese in UTF-8 is of three bytes a character; two of GBK can look like one of another script. */
static bool is_utf8(const char *name, size_t n)
{
    bool ascii = true;
    if (utf8_check(name, n) != n)
        return false;
    for (size_t i = 0; i < n; i++) {
        if ((unsigned char)name[i] >= 0xE0)
            return true;
        ascii &= (unsigned char)name[i] < 0x80;
    }
    return ascii;
}

/* Archives of Chinese Windows have names in GBK and do not say so. */
static char *to_utf8(const char *raw)
{
    char text[NAME_BYTES], *out = text;
    size_t n = strlen(raw), rest = n, left = sizeof text - 1;
    if (n >= sizeof text)
        return NULL;
    if (is_utf8(raw, n))
        return strdup(raw);
    iconv_t cd = iconv_open("UTF-8", "GB18030");
    char *in = (char *)(uintptr_t)raw; /* iconv reads only */
    size_t rc = cd == (iconv_t)-1 ? (size_t)-1 : iconv(cd, &in, &rest, &out, &left);
    if (cd != (iconv_t)-1)
        iconv_close(cd);
    *out = '\0';
    if (rc == (size_t)-1)
        return utf8_check(raw, n) == n ? strdup(raw) : NULL;
    return strdup(text);
}

static bool climbs(const char *name)
{
    if (*name == '/' || (name[0] && name[1] == ':'))
        return true;
    for (const char *p = name; p; p = strchr(p, '/')) {
        p += *p == '/';
        if (p[0] == '.' && p[1] == '.' && (p[2] == '/' || !p[2]))
            return true;
    }
    return false;
}

static const char *base_of(const char *name)
{
    const char *slash = strrchr(name, '/');
    return slash ? slash + 1 : name;
}

/* Folders, hidden files, and what desktops leave behind. */
static bool is_litter(const char *name)
{
    static const char *const LITTER[] = {"Thumbs.db", "desktop.ini"};
    const char *base = base_of(name);
    for (size_t i = 0; i < sizeof LITTER / sizeof *LITTER; i++)
        if (strcasecmp(base, LITTER[i]) == 0)
            return true;
    return !*base || *base == '.' || strncmp(name, "__MACOSX/", 9) == 0;
}

static int refuse_name(struct archive *a, const char *name, const char *why)
{
    char shown[256];
    size_t n = 0;
    for (const char *p = name; *p && n < sizeof shown - 1; p++)
        shown[n++] = *p;
    shown[utf8_cut(shown, n, sizeof shown - 1)] = '\0';
    return err_at(a->err, JH_EREFUSED, a->name, 0, 0, "member \"%s\" %s", shown, why);
}

static int check_name(struct archive *a, char *name)
{
    for (char *p = name; *p; p++) {
        if (*p == '\\')
            *p = '/';
        if ((unsigned char)*p < 0x20 || *p == 0x7F) {
            *p = '?';
            return refuse_name(a, name, "has a control character in its name");
        }
    }
    return climbs(name) ? refuse_name(a, name, "leads out of the archive") : 0;
}

/* ---- which members ------------------------------------------------------------------------- */

static int by_name(const void *x, const void *y)
{
    return strcmp(*(char *const *)x, *(char *const *)y);
}

static int refuse_twice(struct archive *a)
{
    char **sorted = calloc(a->n_wanted + 1, sizeof *sorted);
    size_t n = 0;
    int rc = 0;
    if (!sorted)
        return no_memory(a);
    for (size_t i = 0; i < a->n; i++)
        if (a->members[i])
            sorted[n++] = a->members[i];
    qsort(sorted, n, sizeof *sorted, by_name);
    for (size_t i = 1; i < n && !rc; i++)
        if (strcmp(sorted[i - 1], sorted[i]) == 0)
            rc = refuse_name(a, sorted[i], "is there twice");
    free(sorted);
    return rc;
}

static int take_name(struct archive *a, size_t i)
{
    const char *raw = zip_get_name(a->zip, i, ZIP_FL_ENC_RAW);
    char *name = raw ? to_utf8(raw) : NULL;
    if (!name)
        return err_at(a->err, JH_EINVAL, a->name, 0, 0,
                      "member %zu has a name that is neither UTF-8 nor GB18030", i + 1);
    int rc = check_name(a, name);
    bool wanted = !rc && !is_litter(name) &&
                  (!a->rule->member || fnmatch(a->rule->member, name, 0) == 0);
    if (wanted) {
        a->members[i] = name;
        a->n_wanted++;
    } else {
        free(name);
    }
    return rc;
}

static int read_names(struct archive *a)
{
    zip_int64_t n = zip_get_num_entries(a->zip, 0);
    if (n > CONTAINER_MEMBERS_MAX)
        return err_at(a->err, JH_ELIMIT, a->name, 0, 0, "more than %d members",
                      CONTAINER_MEMBERS_MAX);
    a->n = (size_t)n;
    a->members = calloc(a->n + 1, sizeof *a->members);
    int rc = a->members ? 0 : no_memory(a);
    for (size_t i = 0; i < a->n && !rc; i++)
        rc = take_name(a, i);
    return rc ? rc : refuse_twice(a);
}

/* The members there are, as far as they fit. */
static int refuse_choice(struct archive *a, const char *why)
{
    struct buf list;
    buf_init(&list, LIST_BYTES);
    for (size_t i = 0; i < a->n && list.len < LIST_BYTES - NAME_BYTES / 4; i++) {
        const char *raw = zip_get_name(a->zip, i, ZIP_FL_ENC_RAW);
        char *name = raw ? to_utf8(raw) : NULL;
        if (name && !is_litter(name))
            buf_fmt(&list, "%s%.*s", list.len ? ", " : "",
                    (int)utf8_cut(name, strlen(name), 60), name);
        free(name);
    }
    int rc = err_at(a->err, JH_EINVAL, a->name, 0, 0, "%s (there are: %s)", why,
                    list.len ? buf_text(&list) : "none");
    buf_done(&list);
    return rc;
}

static const char *suffix(const char *name)
{
    const char *dot = strrchr(base_of(name), '.');
    return dot ? dot : "";
}

/* Without a word on which, members of several kinds are for a person to choose from. */
static int check_choice(struct archive *a)
{
    const char *first = NULL;
    if (!a->n_wanted)
        return refuse_choice(a, a->rule->member
                                    ? "zip: no member is called as `member` says"
                                    : "zip: no file in it");
    for (size_t i = 0; i < a->n && !a->rule->member; i++) {
        if (!a->members[i])
            continue;
        if (first && strcasecmp(suffix(first), suffix(a->members[i])) != 0)
            return refuse_choice(a, "zip: which member is meant? Say so with `member`");
        first = a->members[i];
    }
    return 0;
}

/* xlsx, ods and their like. */
static bool is_document(const struct archive *a)
{
    const char *first = zip_get_name(a->zip, 0, ZIP_FL_ENC_RAW);
    return zip_name_locate(a->zip, "[Content_Types].xml", 0) >= 0 ||
           (first && strcmp(first, "mimetype") == 0);
}

/* ---- their bytes --------------------------------------------------------------------------- */

static int refuse_member(const struct archive *a, const char *name, zip_error_t *why)
{
    if (zip_error_code_zip(why) == ZIP_ER_MEMORY)
        return err_set(a->err, JH_ENOMEM, "out of memory");
    return err_at(a->err, JH_EINVAL, name, 0, 0, "zip: %s: fetch or pack it again",
                  zip_error_strerror(why));
}

static int check_member(const struct archive *a, size_t i, const char *name,
                        struct container_out *out)
{
    struct zip_stat st;
    zip_uint8_t system = 0;
    zip_uint32_t attributes = 0;
    if (zip_stat_index(a->zip, i, 0, &st))
        return refuse_member(a, name, zip_get_error(a->zip));
    if ((st.valid & ZIP_STAT_ENCRYPTION_METHOD) && st.encryption_method != ZIP_EM_NONE)
        return err_at(a->err, JH_EREFUSED, name, 0, 0,
                      "zip: has a password: pack it again without one");
    (void)zip_file_get_external_attributes(a->zip, i, 0, &system, &attributes);
    if (system == ZIP_OPSYS_UNIX && S_ISLNK(attributes >> 16))
        return err_at(a->err, JH_EREFUSED, name, 0, 0, "zip: is a link, not a file");
    out->packed = a->bytes;
    if ((st.valid & ZIP_STAT_COMP_SIZE) && st.comp_size < a->bytes)
        out->packed = (size_t)st.comp_size;
    return 0;
}

/* What a member says of its size is not believed; what comes out is counted. */
static int inflate_member(const struct archive *a, size_t i, struct container_out *out)
{
    zip_int64_t n = 0;
    int rc = 0;
    zip_file_t *file = zip_fopen_index(a->zip, i, 0);
    if (!file)
        return refuse_member(a, out->name, zip_get_error(a->zip));
    do {
        rc = container_out_room(out, a->err);
        if (rc)
            break;
        n = zip_fread(file, out->bytes + out->n, OUT_STEP);
        if (n < 0)
            rc = refuse_member(a, out->name, zip_file_get_error(file));
        else
            out->n += (size_t)n;
    } while (!rc && n > 0);
    zip_fclose(file);
    return rc;
}

static int take_member(const struct archive *a, size_t i, size_t *left,
                       struct container *to)
{
    size_t size = strlen(a->name) + strlen(a->members[i]) + 2;
    struct buf name;
    buf_init(&name, size);
    buf_fmt(&name, "%s/%s", a->name, a->members[i]);
    struct container_out out = {.name = buf_text(&name), .max = *left};
    int rc = check_member(a, i, out.name, &out);
    if (!rc)
        rc = inflate_member(a, i, &out);
    if (!rc) {
        *left -= out.n;
        rc = container_add(to, buf_text(&name), &out, a->err);
    }
    free(out.bytes);
    buf_done(&name);
    return rc;
}

static int take_members(struct archive *a, struct container *to)
{
    size_t left = a->rule->max_bytes;
    int rc = read_names(a);
    if (!rc)
        rc = check_choice(a);
    for (size_t i = 0; i < a->n && !rc; i++)
        if (a->members[i])
            rc = take_member(a, i, &left, to);
    return rc;
}

static zip_t *open_bytes(const void *bytes, size_t n, zip_error_t *why)
{
    zip_source_t *source = zip_source_buffer_create(bytes, n, 0, why);
    zip_t *zip = source ? zip_open_from_source(source, ZIP_RDONLY, why) : NULL;
    if (source && !zip)
        zip_source_free(source);
    return zip;
}

int container_unzip(const struct container_rule *rule, const char *name,
                    const void *bytes, size_t n, struct container *to, struct jh_err *err)
{
    struct archive a = {.rule = rule, .name = name, .bytes = n, .err = err};
    zip_error_t why;
    int rc = 0;
    zip_error_init(&why);
    a.zip = open_bytes(bytes, n, &why);
    if (!a.zip)
        rc = refuse_member(&a, name, &why);
    else if (rule->kind == CONTAINER_ZIP || !is_document(&a))
        rc = take_members(&a, to);
    for (size_t i = 0; a.members && i < a.n; i++)
        free(a.members[i]);
    free(a.members);
    if (a.zip)
        zip_discard(a.zip);
    zip_error_fini(&why);
    return rc;
}
