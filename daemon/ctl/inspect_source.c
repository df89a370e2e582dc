/* SPDX-License-Identifier: Apache-2.0 */
/* A source to begin with: what is sure is written, what is guessed stands behind a #. */
#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/inspect.h"

enum { NAME_MAX_BYTES = 40 };

/* In double quotes, as YAML reads them. */
static void put_quoted(struct buf *out, const char *text)
{
    buf_char(out, '"');
    for (const char *p = text; *p; p++) {
        if (*p == '"' || *p == '\\')
            buf_char(out, '\\');
        buf_char(out, (unsigned char)*p < 0x20 ? ' ' : *p);
    }
    buf_char(out, '"');
}

static const char *base_of(const char *place)
{
    const char *slash = strrchr(place, '/');
    return slash && slash[1] ? slash + 1 : place;
}

/* The file's name up to its dot, as far as it can be one. */
static void put_name(struct buf *out, const char *place)
{
    size_t n = 0;
    for (const char *p = base_of(place); *p && !strchr(".?#", *p) && n < NAME_MAX_BYTES;
         p++)
        if (isalnum((unsigned char)*p) || strchr("-_", *p)) {
            buf_char(out, *p);
            n++;
        }
    if (!n)
        buf_fmt(out, "new");
}

static void put_place(const struct inspection *in, struct buf *out)
{
    const char *place = in->place;
    char real[PATH_MAX];
    if (inspect_is_url(in)) {
        buf_fmt(out, "    plugin: http\n    url: ");
        put_quoted(out, place);
    } else {
        buf_fmt(out, "    plugin: file\n    path: ");
        put_quoted(out, realpath(place, real) ? real : place);
    }
    buf_char(out, '\n');
}

/* Four digits of the name that may be a year; NULL without. */
static const char *year_in(const char *name)
{
    for (const char *p = name; *p; p++) {
        size_t n = strspn(p, "0123456789");
        if (n == 4 && (*p == '1' || *p == '2'))
            return p;
        p += n ? n - 1 : 0;
    }
    return NULL;
}

static void put_round(const struct inspection *in, struct buf *out)
{
    char text[ROUND_TEXT];
    const char *year = year_in(base_of(in->name));
    if (inspect_has(in, "round"))
        return;
    if (in->result.round.year) { /* --round */
        round_print(in->result.round, text);
        buf_fmt(out, "    round: %s\n", text);
    } else if (year) {
        buf_fmt(
            out,
            "    round: {from: %s, match: '(\\d{4})'}   # %.4s here: is it the year of "
            "the first of September?\n",
            inspect_is_url(in) ? "url" : "path", year);
    } else {
        buf_fmt(out, "    # round: 2025   # no column says it\n");
    }
}

static bool lacks(const struct inspection *in, const char *id, const char *other)
{
    return !inspect_has(in, id) && !(other && inspect_has(in, other));
}

/* What looks like a field, and what must come from somewhere. */
static void put_columns(const struct inspection *in, struct buf *out)
{
    bool school = lacks(in, "school_code", "school_name"),
         pupils = lacks(in, "pupils", NULL);
    size_t n = 0;
    for (size_t i = 0; i < in->columns.n; i++) {
        const struct intake_heading *h = &in->columns.headings[i];
        if (h->use != INTAKE_KEPT || !h->meaning)
            continue;
        buf_fmt(out, "%s    #   %s: ",
                n++ ? "" : "    # columns:   # check, and take the # away\n", h->meaning);
        put_quoted(out, h->header);
        buf_fmt(out, "   # by likeness\n");
    }
    if ((school || pupils) && !n)
        buf_fmt(out, "    # columns:   # say where they are, and take the # away\n");
    if (school)
        buf_fmt(out, "    #   school_code: ...   # or school_name\n");
    if (pupils)
        buf_fmt(out,
                "    #   pupils_primary: ...   # or pupils_junior; [a, b] adds up\n");
}

static void put_defaults(const struct inspection *in, struct buf *out)
{
    bool county = lacks(in, "county_code", "county_name"), kind = lacks(in, "kind", NULL);
    if (county || kind)
        buf_fmt(
            out,
            "    # defaults: {%s%s%s}   # no column says it: is it one for all rows?\n",
            county ? "county_code: \"340103\"" : "", county && kind ? ", " : "",
            kind ? "kind: primary" : "");
}

/* What was said of the packed file and of the workbook's sheet. */
static void put_choice(const struct inspection *in, struct buf *out)
{
    if (in->member && in->name != in->place) {
        buf_fmt(out, "    member: ");
        put_quoted(out, in->member);
        buf_char(out, '\n');
    }
    if (in->sheet && !strncmp(in->format, "xls", 3)) {
        buf_fmt(out, "    format_options: {sheet: ");
        put_quoted(out, in->sheet);
        buf_fmt(out, "}\n");
    }
}

void inspect_source(const struct inspection *in, struct buf *out)
{
    buf_fmt(out, "sources:\n  - name: ");
    put_name(out, in->place);
    buf_char(out, '\n');
    put_place(in, out);
    buf_fmt(out, "    format: %s\n    interval: 1d\n", in->format);
    put_choice(in, out);
    put_round(in, out);
    if (in->columns_file)
        buf_fmt(out, "    # and columns: and defaults: as in %s\n", in->columns_file);
    put_columns(in, out);
    put_defaults(in, out);
}
