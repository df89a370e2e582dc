/* SPDX-License-Identifier: Apache-2.0 */
#include "text.h"

#include <errno.h>
#include <iconv.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "refuse.h"
#include "utf8.h"

static const char *const WORDS[] = {"auto", "UTF-8", "GB18030", "GBK", "GB2312"};

static void locate(const struct text *text, const char *at, struct jh_err *err)
{
    err->line = err->col = 1;
    for (const char *p = text->utf8.p; p < at; p++) {
        if (*p == '\n') {
            err->line++;
            err->col = 1;
        } else if (((unsigned char)*p & 0xC0) != 0x80) {
            err->col++;
        }
    }
}

void text_explain(const struct text *text, struct jh_err *err, int code, const char *at,
                  const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    refuse_va(err, code, text->name, 0, 0, fmt, ap);
    va_end(ap);
    if (err && at)
        locate(text, at, err);
}

/* What bytes above 0x7F look like: Chinese in UTF-8 (always three bytes), or broken. */
static void count_utf8(const unsigned char *p, size_t n, size_t *good, size_t *bad)
{
    *good = *bad = 0;
    for (size_t i = 0; i < n;) {
        size_t len = utf8_sequence(p + i, n - i);
        *good += len >= 3;
        *bad += len == 0;
        i += len ? len : 1;
        while (!len && i < n && (p[i] & 0xC0) == 0x80)
            i++; /* the rest of what was cut counts once */
    }
}

/*
 * Is this UTF-8 with damage rather than GB18030? Then it must be refused and not read as
 * something else. It is when the header line is Chinese in good UTF-8, or when of all that
 * is not ASCII at least half is.
 */
static bool damaged_utf8(const unsigned char *p, size_t n)
{
    size_t good, bad;
    const unsigned char *eol = memchr(p, '\n', n);
    count_utf8(p, eol ? (size_t)(eol - p) : n, &good, &bad);
    if (good >= 2 && !bad)
        return true;
    count_utf8(p, n, &good, &bad);
    return good && good >= bad;
}

/*
 * Nearly every two bytes make some character of GB18030, so a stray byte would pass as one.
 * Guess it only where common characters (GB 2312) are several and most.
 */
static bool looks_gb(const unsigned char *p, size_t n)
{
    size_t common = 0, other = 0;
    for (size_t i = 0; i < n; i++) {
        if (p[i] < 0x80)
            continue;
        bool pair = p[i] >= 0xA1 && p[i] <= 0xF7 && i + 1 < n && p[i + 1] >= 0xA1;
        common += pair;
        other += !pair;
        i += i + 1 < n; /* the second byte */
    }
    return common >= 2 && common > other;
}

static int bad_utf8(const struct text *text, size_t offset, const char *also,
                    struct jh_err *err)
{
    const char *at = text->utf8.p + offset;
    return text_fail(text, err, JH_EINVAL, at, "byte 0x%02X is not UTF-8%s",
                     (unsigned)(unsigned char)*at, also);
}

/* Room for more output behind `used` bytes. */
static bool grow(struct text *text, size_t used, size_t *cap, char **out, size_t *left)
{
    size_t bigger = *cap * 2;
    char *p = bigger > *cap ? realloc(text->owned, bigger) : NULL;
    if (!p)
        return false;
    text->owned = p;
    *cap = bigger;
    *out = p + used;
    *left = bigger - used;
    return true;
}

/* In labelled GBK a single 0x80 is the euro sign, which GB18030 proper does not know. */
static bool euro(char **in, size_t *n, char **out, size_t *left)
{
    if (*(unsigned char *)*in != 0x80 || *left < 3)
        return false;
    memcpy(*out, "\xE2\x82\xAC", 3);
    *out += 3;
    *left -= 3;
    ++*in;
    --*n;
    return true;
}

static int convert(struct text *text, iconv_t cd, struct jh_slice bytes, bool labelled,
                   struct jh_err *err)
{
    size_t cap = bytes.len + bytes.len / 2 + 64, n = bytes.len, left = cap;
    char *in = (char *)(uintptr_t)bytes.p; /* iconv reads only */
    char *out = text->owned = malloc(cap);
    if (!out)
        return text_fail(text, err, JH_ENOMEM, NULL, "out of memory");
    while (iconv(cd, &in, &n, &out, &left) == (size_t)-1) {
        size_t used = (size_t)(out - text->owned);
        if (errno == E2BIG || left < 4) {
            if (!grow(text, used, &cap, &out, &left))
                return text_fail(text, err, JH_ENOMEM, NULL, "out of memory");
        } else if (!labelled || !euro(&in, &n, &out, &left)) {
            text->utf8 = (struct jh_slice){text->owned, used};
            return text_fail(text, err, JH_EINVAL, out, "byte 0x%02X is not GB18030",
                             (unsigned)(unsigned char)*in);
        }
    }
    text->utf8 = (struct jh_slice){text->owned, (size_t)(out - text->owned)};
    return 0;
}

static void skip_bom(struct text *text)
{
    if (text->utf8.len >= 3 && memcmp(text->utf8.p, TEXT_MARK, 3) == 0) {
        text->utf8.p += 3;
        text->utf8.len -= 3;
    }
}

static int from_gb18030(struct text *text, struct jh_slice bytes, bool labelled,
                        struct jh_err *err)
{
    iconv_t cd = iconv_open("UTF-8", "GB18030");
    if (cd == (iconv_t)-1)
        return text_fail(text, err, JH_EIO, NULL,
                         "this system's iconv does not know GB18030: convert to UTF-8");
    int rc = convert(text, cd, bytes, labelled, err);
    iconv_close(cd);
    return rc;
}

/* Neither a mark nor a label, and not valid UTF-8: GB18030, or nothing we know. */
static int guess(struct text *text, size_t offset, struct jh_err *err)
{
    struct jh_slice bytes = text->utf8;
    const unsigned char *p = (const unsigned char *)bytes.p;
    if (damaged_utf8(p, bytes.len))
        return bad_utf8(text, offset, " (the rest of the file is)", err);
    if (!looks_gb(p, bytes.len))
        return bad_utf8(text, offset,
                        " (if the file is in GB18030, say so: `encoding: gb18030`)", err);
    if (from_gb18030(text, bytes, false, NULL) == 0)
        return 0;
    text->utf8 = bytes;
    return bad_utf8(text, offset, ", nor is the file in GB18030", err);
}

int text_init(struct text *text, const char *name, struct jh_slice bytes,
              enum text_encoding encoding, struct jh_err *err)
{
    *text = (struct text){.name = name, .utf8 = bytes};
    skip_bom(text);
    bool marked = text->utf8.p != bytes.p;
    if (encoding >= TEXT_GB18030) {
        if (marked)
            return text_fail(
                text, err, JH_EINVAL, NULL,
                "the file begins with the mark of UTF-8, but `encoding:` says %s",
                WORDS[encoding]);
        int rc = from_gb18030(text, bytes, true, err);
        skip_bom(text);
        return rc;
    }
    size_t offset = utf8_end((const unsigned char *)text->utf8.p, text->utf8.len);
    if (offset == text->utf8.len)
        return 0;
    if (encoding == TEXT_UTF8 || marked)
        return bad_utf8(text, offset, "", err);
    int rc = guess(text, offset, err);
    skip_bom(text);
    return rc;
}

void text_done(struct text *text)
{
    free(text->owned);
    text->owned = NULL;
}
