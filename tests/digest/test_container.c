/* SPDX-License-Identifier: Apache-2.0 */
/* An archive from outside decides nothing: not where a name leads, not how much comes out. */
#include "tap/tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>
#include <zlib.h>

#include "digest/container.h"

struct bytes {
    unsigned char *p;
    size_t n;
};

/* ---- packing --------------------------------------------------------------------------------- */

static struct bytes gzip(const char *text, size_t n)
{
    struct bytes b = {malloc(n + 1024), 0};
    z_stream z = {.next_in = (unsigned char *)(uintptr_t)text,
                  .avail_in = (unsigned)n,
                  .next_out = b.p,
                  .avail_out = (unsigned)n + 1024};
    if (!b.p || deflateInit2(&z, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) != Z_OK ||
        deflate(&z, Z_FINISH) != Z_STREAM_END)
        bail("gzip");
    b.n = z.total_out;
    deflateEnd(&z);
    return b;
}

/* names and texts in turn, NULL at the end; a text NULL makes a folder. */
static struct bytes zip(const char *const *members)
{
    zip_error_t why;
    struct bytes b;
    zip_stat_t st;
    zip_error_init(&why);
    zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, &why);
    zip_t *z = zip_open_from_source(source, ZIP_TRUNCATE, &why);
    zip_source_keep(source);
    for (; *members; members += 2) {
        if (!members[1]) {
            zip_dir_add(z, members[0], ZIP_FL_ENC_GUESS);
            continue;
        }
        zip_source_t *text = zip_source_buffer(z, members[1], strlen(members[1]), 0);
        if (zip_file_add(z, members[0], text, ZIP_FL_ENC_GUESS) < 0)
            bail("zip_file_add");
    }
    if (zip_close(z) || zip_source_stat(source, &st) || !(b.p = malloc(st.size)))
        bail("zip_close");
    zip_source_open(source);
    b.n = (size_t)zip_source_read(source, b.p, st.size);
    zip_source_close(source);
    zip_source_free(source);
    return b;
}

#define ZIP(...) zip((const char *const[]){__VA_ARGS__, NULL})

/* ---- unpacking ------------------------------------------------------------------------------- */

/* "name=text" of each part, or the refusal; "-" where nothing is packed. */
static char *unpack(const struct container_rule *rule, const char *name,
                    const struct bytes *b)
{
    struct container got = {.n = 0};
    struct jh_err err = {0};
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    unsigned char *copy = malloc(b->n + 1); /* so that a read past the end is seen */
    memcpy(copy, b->p, b->n);
    int rc = container_unpack(rule, name, copy, b->n, &got, &err);
    if (rc)
        fprintf(out, "%s: %s", err.file, err.text);
    else if (!got.n)
        fputc('-', out);
    for (size_t i = 0; i < got.n; i++)
        fprintf(out, "%s%s=%.40s", i ? " " : "", got.parts[i].name, got.parts[i].bytes);
    container_done(&got);
    fclose(out);
    free(copy);
    return text;
}

static void gives_by(const struct container_rule *rule, const char *name, struct bytes b,
                     const char *want, const char *what)
{
    char *got = unpack(rule, name, &b);
    is_str(got, want, what);
    free(got);
    free(b.p);
}

static void gives(const char *name, struct bytes b, const char *want, const char *what)
{
    static const struct container_rule RULE = {.max_bytes = 8 << 20};
    gives_by(&RULE, name, b, want, what);
}

static void gives_member(const char *member, struct bytes b, const char *want,
                         const char *what)
{
    const struct container_rule rule = {.member = member, .max_bytes = 8 << 20};
    gives_by(&rule, "a.zip", b, want, what);
}

static struct bytes plain(const char *text)
{
    return (struct bytes){(unsigned char *)strdup(text), strlen(text)};
}

static struct bytes joined(struct bytes a, struct bytes b)
{
    unsigned char *p = realloc(a.p, a.n + b.n + 1);
    memcpy(p + a.n, b.p, b.n);
    free(b.p);
    return (struct bytes){p, a.n + b.n};
}

static struct bytes cut(struct bytes b, size_t n)
{
    b.n -= n;
    return b;
}

static struct bytes xored(struct bytes b, size_t at, unsigned char with)
{
    b.p[at] ^= with;
    return b;
}

static void test_gzip(void)
{
    gives("a.csv", plain("a,b\n"), "-", "a plain file is not packed");
    gives("a.csv.gz", gzip("a,b\n", 4), "a.csv=a,b\n", "gzip loses its suffix");
    gives("body", gzip("a,b\n", 4), "body=a,b\n", "or has none");
    gives("a.gz", joined(gzip("a,", 2), gzip("b\n", 2)), "a=a,b\n",
          "two members are one text");
    gives("a.gz", joined(gzip("a", 1), (struct bytes){calloc(1, 9), 9}), "a=a",
          "zeros behind the end are filler");
    gives("a.gz", joined(gzip("a", 1), plain("junk")),
          "a.gz: gzip: 4 bytes behind its end are none of it: fetch it again",
          "other bytes are not");
    gives("a.gz", cut(gzip("abcdefgh", 8), 3), "a.gz: gzip: cut short: fetch it again",
          "cut short");
    gives("a.gz", xored(gzip("abcdefgh", 8), 12, 0x55),
          "a.gz: gzip: damaged: fetch it again", "damaged");
}

static void test_zip(void)
{
    gives("a.zip", ZIP("b.csv", "x\n"), "a.zip/b.csv=x\n", "one member");
    gives("a.zip", ZIP("d/", NULL, "d/b.csv", "x", "d/c.CSV", "y"),
          "a.zip/d/b.csv=x a.zip/d/c.CSV=y", "several of one kind are several files");
    gives("a.zip",
          ZIP("__MACOSX/b.csv", "?", ".x", "?", "d/._b.csv", "?", "Thumbs.db", "?",
              "b.csv", "x"),
          "a.zip/b.csv=x", "what desktops leave behind is not data");
    gives("a.zip", ZIP("b.csv", "x", "README.txt", "y"),
          "a.zip: zip: which member is meant? Say so with `member` (there are: b.csv, "
          "README.txt)",
          "several kinds: a person says which");
    gives_member("*.csv", ZIP("b.csv", "x", "README.txt", "y"), "a.zip/b.csv=x",
                 "and said so");
    gives_member("*.json", ZIP("b.csv", "x"),
                 "a.zip: zip: no member is called as `member` says (there are: b.csv)",
                 "what is said is not there");
    gives("a.zip", ZIP("d/", NULL), "a.zip: zip: no file in it (there are: none)",
          "nothing but a folder");
    gives("a.zip", ZIP("d\\b.csv", "x"), "a.zip/d/b.csv=x", "backslashes part folders");
    gives("a.zip", ZIP("\xD1\xA7\xD0\xA3.csv", "x"),
          "a.zip/\xE5\xAD\xA6\xE6\xA0\xA1.csv=x", "a name in GBK");
    gives("a.zip", ZIP("A\x83", "x"),
          "a.zip: member 1 has a name that is neither UTF-8 nor GB18030",
          "a name of half a character");
    gives("a.xlsx", ZIP("[Content_Types].xml", "<x/>", "xl/workbook.xml", "<x/>"), "-",
          "a spreadsheet is no archive");
    gives("a.ods", ZIP("mimetype", "application/x", "content.xml", "<x/>"), "-",
          "nor is an open document");
}

static void test_hostile(void)
{
    gives("a.zip", ZIP("../b.csv", "x"),
          "a.zip: member \"../b.csv\" leads out of the archive", "a name that climbs");
    gives("a.zip", ZIP("d/..\\..\\b.csv", "x"),
          "a.zip: member \"d/../../b.csv\" leads out of the archive", "by backslashes");
    gives("a.zip", ZIP("/etc/b.csv", "x"),
          "a.zip: member \"/etc/b.csv\" leads out of the archive", "from the root");
    gives("a.zip", ZIP("C:b.csv", "x"),
          "a.zip: member \"C:b.csv\" leads out of the archive", "from a drive");
    gives("a.zip", ZIP("b\n.csv", "x"),
          "a.zip: member \"b?.csv\" has a control character in its name", "a line end");
    gives("a.zip", ZIP("d/b.csv", "x", "d\\b.csv", "y"),
          "a.zip: member \"d/b.csv\" is there twice", "the same name twice");
    gives("a.zip", cut(ZIP("b.csv", "x"), 9),
          "a.zip: zip: Not a zip archive: fetch or pack it again", "cut short");
    /* local header: 30 bytes, the name, the bytes; "x" is stored as it is */
    gives("a.zip", xored(ZIP("b.csv", "x"), 35, 1),
          "a.zip/b.csv: zip: CRC error: fetch or pack it again", "damaged");
}

/* In the central directory, which is what counts: flags, method, sizes. */
static struct bytes patched(struct bytes b, size_t at, unsigned char value)
{
    for (size_t i = 0; i + 4 < b.n; i++)
        if (memcmp(b.p + i, "PK\1\2", 4) == 0)
            b.p[i + at] = value;
    return b;
}

static void test_lies(void)
{
    gives("a.zip", patched(xored(ZIP("b.csv", "x"), 6, 1), 8, 1),
          "a.zip/b.csv: zip: has a password: pack it again without one", "a password");
    gives("a.zip", patched(xored(ZIP("b.csv", "x"), 8, 97), 10, 97),
          "a.zip/b.csv: zip: Compression method not supported: fetch or pack it again",
          "a method nobody knows");
    char *text = calloc(1, 100001);
    memset(text, 'x', 100000);
    struct bytes b = patched(ZIP("b.csv", text), 25, 0); /* says it is smaller */
    const struct container_rule rule = {.max_bytes = 8 << 20};
    struct container got = {.n = 0};
    is_int(container_unpack(&rule, "a.zip", b.p, b.n, &got, NULL), 0,
           "a size that lies ...");
    is_int(got.n ? (long)got.parts[0].n : 0, 100000, "... is not believed");
    container_done(&got);
    free(b.p);
    gives("a.zip", patched(ZIP("b.csv", text), 20, 9),
          "a.zip/b.csv: zip: CRC error: fetch or pack it again",
          "a packed size that lies");
    free(text);
}

static void test_bombs(void)
{
    const struct container_rule small = {.max_bytes = 1000};
    const struct container_rule large = {.max_bytes = 1 << 30};
    size_t n = 64 << 20;
    char *zeros = malloc(n + 1);
    memset(zeros, ',', n);
    zeros[n] = '\0';
    gives_by(&large, "a.gz", gzip(zeros, n),
             "a.gz: unpacks to more than 200 times its size: this is no table",
             "a gzip bomb");
    gives_by(&large, "a.zip", ZIP("b.csv", zeros),
             "a.zip/b.csv: unpacks to more than 200 times its size: this is no table",
             "a zip bomb");
    zeros[2000] = '\0';
    gives_by(&small, "a.gz", gzip(zeros, 2000),
             "a.gz: unpacks to more than 1000 bytes (max_bytes)", "gzip: too large");
    zeros[600] = '\0';
    gives_by(&small, "a.zip", ZIP("b.csv", zeros, "c.csv", zeros),
             "a.zip/c.csv: unpacks to more than 400 bytes (max_bytes)",
             "members are counted together");
    free(zeros);
}

static void test_declared(void)
{
    const struct container_rule zip_only = {.kind = CONTAINER_ZIP, .max_bytes = 1 << 20};
    const struct container_rule gzip_only = {.kind = CONTAINER_GZIP,
                                             .max_bytes = 1 << 20};
    const struct container_rule none = {.kind = CONTAINER_NONE, .max_bytes = 1 << 20};
    gives_by(&zip_only, "a", plain("x"), "a: expected a zip file (container: zip)",
             "declared a zip, and is none");
    gives_by(&gzip_only, "a", ZIP("b", "x"), "a: expected a gzip file (container: gzip)",
             "declared gzip, and is none");
    gives_by(&zip_only, "a", ZIP("[Content_Types].xml", "x"), "a/[Content_Types].xml=x",
             "declared a zip: even a spreadsheet is one");
    gives_by(&none, "a.gz", gzip("x", 1), "-", "declared none");
}

int main(void)
{
    test_gzip();
    test_zip();
    test_hostile();
    test_lies();
    test_bombs();
    test_declared();
    return done_testing();
}
