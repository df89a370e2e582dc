/* SPDX-License-Identifier: Apache-2.0 */
#include "scan.h"

#include <stdlib.h>
#include <string.h>

#include "stops.h"
#include "utf8.h"

enum { WINDOW = 128 << 10, WINDOW_MAX = 4 << 20, CHARACTER_MAX = 4 };

struct scan {
    const struct text *text;
    const struct scan_conf *conf;
    struct jh_err *err;
    const char *p, *end;
    uint32_t line;
    bool stop[256];     /* bytes that end an unquoted cell, or may not stand in one */
    struct stops stops; /* ahead of p while rows are read the quick way */
    struct jh_cell *cells;
    uint32_t n, cap;
    bool any;          /* a row was there */
    uint32_t expected; /* cells of the first row that has several; 0 = not yet */
    char *scratch;     /* unquoted copies of the row's cells with doubled quotes */
    size_t scratch_len, scratch_cap;
};

static int fail_limit(struct scan *s, const char *at, const char *hint)
{
    return text_fail(s->text, s->err, JH_ELIMIT, at, "cell longer than %zu bytes%s",
                     s->conf->max_cell, hint);
}

/* Room for one more cell; a row never has more than its header. */
static int room(struct scan *s)
{
    if (s->n < s->cap)
        return 0;
    if (s->expected)
        return text_fail(s->text, s->err, JH_EINVAL, s->p,
                         "one cell too many: the header has %u", s->expected);
    if (s->cap == SCAN_COLUMNS_MAX)
        return text_fail(s->text, s->err, JH_ELIMIT, s->p, "more than %d columns",
                         SCAN_COLUMNS_MAX);
    uint32_t cap = s->cap ? s->cap * 2 : 32;
    struct jh_cell *cells = realloc(s->cells, cap * sizeof *cells);
    if (!cells)
        return text_fail(s->text, s->err, JH_ENOMEM, NULL, "out of memory");
    s->cells = cells;
    s->cap = cap;
    return 0;
}

/* What stopped the run through an unquoted cell, if it may not stand there. */
static int plain_end(struct scan *s)
{
    if (s->p == s->end || *s->p == s->conf->delimiter || *s->p == '\n')
        return 0;
    if (*s->p == '\r') {
        if (s->p + 1 < s->end && s->p[1] == '\n')
            return 0;
        return text_fail(
            s->text, s->err, JH_EINVAL, s->p,
            "a carriage return alone does not end a line: save with LF or CRLF");
    }
    if (*s->p == '"')
        return text_fail(
            s->text, s->err, JH_EINVAL, s->p,
            "quote inside an unquoted cell: put the whole cell in quotes and "
            "double this one");
    return text_fail(s->text, s->err, JH_EINVAL, s->p, "NUL byte: this is not text");
}

static int plain_cell(struct scan *s, struct jh_cell *cell)
{
    const char *p = s->p, *end = s->end;
    while (p < end && !s->stop[(unsigned char)*p])
        p++;
    size_t len = (size_t)(p - s->p);
    *cell =
        (struct jh_cell){.p = s->p, .len = (uint32_t)len, .line = s->line, .at = s->p};
    if (len > s->conf->max_cell)
        return fail_limit(s, s->p, "");
    s->p = p;
    return plain_end(s);
}

/* Moves the scratch buffer to a bigger place, and the cells that lie in it. */
static int grow_scratch(struct scan *s, size_t more)
{
    size_t cap = (s->scratch_len + more) * 2;
    char *scratch = malloc(cap);
    if (!scratch)
        return text_fail(s->text, s->err, JH_ENOMEM, NULL, "out of memory");
    if (s->scratch_len)
        memcpy(scratch, s->scratch, s->scratch_len);
    for (uint32_t i = 0; i < s->n; i++) {
        struct jh_cell *cell = &s->cells[i];
        bool inside =
            s->scratch && cell->p >= s->scratch && cell->p < s->scratch + s->scratch_cap;
        if (inside)
            cell->p = scratch + (cell->p - s->scratch);
    }
    free(s->scratch);
    s->scratch = scratch;
    s->scratch_cap = cap;
    return 0;
}

/* Copies a cell's inside, making one quote of two. */
static int undouble(struct scan *s, struct jh_cell *cell)
{
    if (s->scratch_cap - s->scratch_len < cell->len) {
        int rc = grow_scratch(s, cell->len);
        if (rc)
            return rc;
    }
    char *out = s->scratch + s->scratch_len, *start = out;
    for (const char *p = cell->p, *end = p + cell->len; p < end; p++) {
        *out++ = *p;
        p += *p == '"';
    }
    cell->p = start;
    cell->len = (uint32_t)(out - start);
    s->scratch_len += cell->len;
    return 0;
}

/* The closing quote of the cell whose inside begins at p; NULL if there is none. */
static const char *closing(const char *p, const char *end, bool *doubled)
{
    *doubled = false;
    while ((p = memchr(p, '"', (size_t)(end - p)))) {
        if (p + 1 == end || p[1] != '"')
            return p;
        *doubled = true;
        p += 2;
    }
    return NULL;
}

static int quoted_end(struct scan *s, const char *open)
{
    const char *p = s->p;
    if (p == s->end || *p == s->conf->delimiter || *p == '\n' ||
        (*p == '\r' && p + 1 < s->end && p[1] == '\n'))
        return 0;
    uint32_t line = s->line;
    for (const char *q = open; q < p; q++)
        line -= *q == '\n';
    return text_fail(
        s->text, s->err, JH_EINVAL, p,
        "text behind the closing quote of the cell opened in line %u: double a "
        "quote that belongs to the text",
        line);
}

static int quoted_cell(struct scan *s, struct jh_cell *cell)
{
    bool doubled;
    const char *open = s->p, *close = closing(open + 1, s->end, &doubled);
    if (!close)
        return text_fail(s->text, s->err, JH_EINVAL, open,
                         "quote opened here is never closed");
    size_t len = (size_t)(close - open - 1);
    if (len > s->conf->max_cell)
        return fail_limit(s, open, " (is its quote closed where it should be?)");
    *cell = (struct jh_cell){
        .p = open + 1, .len = (uint32_t)len, .line = s->line, .at = open};
    for (const char *p = open + 1; p < close; p++) {
        if (!*p)
            return text_fail(s->text, s->err, JH_EINVAL, p, "NUL byte: this is not text");
        s->line += *p == '\n';
    }
    s->p = close + 1;
    int rc = doubled ? undouble(s, cell) : 0;
    return rc ? rc : quoted_end(s, open);
}

/* From the first byte of a line to the first of the next. */
static int one_row(struct scan *s)
{
    s->n = 0;
    s->scratch_len = 0;
    for (;;) {
        int rc = room(s);
        if (rc)
            return rc;
        struct jh_cell *cell = &s->cells[s->n];
        rc = s->p < s->end && *s->p == '"' ? quoted_cell(s, cell) : plain_cell(s, cell);
        if (rc)
            return rc;
        s->n++;
        if (s->p == s->end)
            return 0;
        if (*s->p != s->conf->delimiter)
            break;
        s->p++;
    }
    s->p += *s->p == '\r' ? 2 : 1;
    s->line++;
    return 0;
}

/* Does the line end at `stop`? Then *ret is where the next begins. */
static bool line_ends(struct stops *stops, const char *stop, const char **ret)
{
    bool crlf = *stop == '\r' && stop + 1 < stops->end && stop[1] == '\n';
    if (crlf)
        stop = stops_next(stops);
    *ret = stop + 1;
    return *stop == '\n';
}

/*
 * A row of unquoted cells, as nearly all are, as wide as the header. False, with nothing
 * done, where a row wants a closer look.
 */
static bool quick_row(struct scan *s)
{
    struct stops stops = s->stops; /* in registers */
    struct jh_cell *cell = s->cells, *last = cell + s->expected - 1;
    const char *start = s->p, *end = s->end, *stop;
    const char delimiter = s->conf->delimiter;
    const uint32_t line = s->line;
    for (;;) {
        stop = stops_next(&stops);
        if (stop == end)
            return false;
        if (*stop == delimiter && cell < last) {
            *cell++ = (struct jh_cell){start, (uint32_t)(stop - start), line, start, 0};
            start = stop + 1;
        } else if (*stop == '"' || !*stop || *stop == delimiter) {
            return false;
        } else if (*stop == '\n' || *stop == '\r') {
            break;
        }
    }
    *cell = (struct jh_cell){start, (uint32_t)(stop - start), line, start, 0};
    if (cell != last || (size_t)(stop - s->p) > s->conf->max_cell ||
        !line_ends(&stops, stop, &start))
        return false;
    s->n = s->expected;
    s->p = start;
    s->line++;
    s->stops = stops;
    return true;
}

/* A line of nothing but blanks says nothing. */
static bool blank(const struct scan *s)
{
    const struct jh_cell *cell = &s->cells[0];
    if (s->n != 1 || cell->p != cell->at)
        return false;
    for (uint32_t i = 0; i < cell->len; i++)
        if (cell->p[i] != ' ' && cell->p[i] != '\t')
            return false;
    return true;
}

/*
 * A title, a section's name or a note may stand alone in its line, as where a spreadsheet
 * merged the row; then the cells behind it are empty ones.
 */
static void pad(struct scan *s)
{
    bool ended = s->p[-1] == '\n' && s->p - 1 > s->cells[0].at;
    const char *end = ended ? s->p - 1 : s->p;
    while (s->n < s->expected)
        s->cells[s->n++] = (struct jh_cell){.p = end, .line = s->line - ended, .at = end};
}

static int check_width(struct scan *s)
{
    s->any = true;
    if (s->n == 1) {
        pad(s);
        return 0;
    }
    if (!s->expected) {
        s->expected = s->cap = s->n;
        return 0;
    }
    if (s->n == s->expected)
        return 0;
    return text_fail(s->text, s->err, JH_EINVAL, s->cells[0].at,
                     "expected %u cells, got %u", s->expected, s->n);
}

static void begin(struct scan *s)
{
    s->line = 1;
    s->stop[(unsigned char)s->conf->delimiter] = true;
    s->stop['"'] = s->stop['\r'] = s->stop['\n'] = s->stop[0] = true;
}

/* The rows from p to end; without `last` a row that may go on behind the end waits. */
static int scan_part(struct scan *s, bool last, scan_row_fn *row, void *arg)
{
    int rc = 0;
    s->stops = (struct stops){.end = s->end, .delimiter = s->conf->delimiter};
    stops_seek(&s->stops, s->p);
    while (!rc && s->p < s->end) {
        const char *start = s->p;
        uint32_t line = s->line;
        if (!s->expected || !quick_row(s)) {
            rc = one_row(s);
            if (!last && (rc || s->p == s->end)) {
                s->p = start;
                s->line = line;
                return 0;
            }
            stops_seek(&s->stops, s->p);
        }
        if (rc || blank(s))
            continue;
        rc = check_width(s);
        if (!rc) {
            struct jh_row r = {s->cells, s->n, s->cells[0].line, s->text->utf8};
            rc = row(arg, &r);
        }
    }
    return rc;
}

int scan_rows(const struct text *text, const struct scan_conf *conf, scan_row_fn *row,
              void *arg, struct jh_err *err)
{
    struct scan s = {.text = text, .conf = conf, .err = err};
    begin(&s);
    s.p = text->utf8.p;
    s.end = s.p + text->utf8.len;
    int rc = scan_part(&s, true, row, arg);
    if (!rc && !s.any)
        rc = text_fail(text, err, JH_EINVAL, NULL, "the file is empty: no header line");
    free(s.cells);
    free(s.scratch);
    return rc;
}

/* ---- piece by piece ------------------------------------------------------------------------ */

/* Bytes under way: those of the row that is not whole yet, and what came behind them. */
struct window {
    char *bytes;
    size_t cap, len, whole; /* whole: so many are checked and end between characters */
    bool begun, ended;
};

static int window_room(struct window *w)
{
    size_t cap = w->cap ? w->cap * 2 : WINDOW;
    if (w->len < w->cap)
        return 0;
    if (cap > WINDOW_MAX)
        return JH_ELIMIT; /* a row longer than this is not for reading piece by piece */
    char *bytes = realloc(w->bytes, cap);
    if (!bytes)
        return JH_ENOMEM;
    w->bytes = bytes;
    w->cap = cap;
    return 0;
}

/* Makes room by dropping `done` bytes, and reads more. */
static int window_fill(struct window *w, size_t done, const struct scan_source *source)
{
    w->len -= done;
    w->whole -= done;
    if (w->len)
        memmove(w->bytes, w->bytes + done, w->len);
    int rc = window_room(w);
    if (rc)
        return rc;
    int64_t n = source->read(source->arg, w->bytes + w->len, w->cap - w->len);
    if (n < 0)
        return (int)n;
    w->ended = n == 0;
    w->len += (size_t)n;
    w->whole += utf8_end((const unsigned char *)w->bytes + w->whole, w->len - w->whole);
    bool cut = w->len - w->whole < CHARACTER_MAX && !w->ended;
    return w->whole == w->len || cut ? 0 : JH_EINVAL;
}

int scan_stream(const struct scan_source *source, const struct scan_conf *conf,
                scan_row_fn *row, void *arg)
{
    struct window w = {.bytes = NULL};
    struct text text = {.name = ""};
    struct scan s = {.text = &text, .conf = conf};
    size_t done = 0;
    int rc = 0;
    begin(&s);
    while (!rc && !w.ended) {
        rc = window_fill(&w, done, source);
        if (rc)
            break;
        bool mark = !w.begun && w.whole >= 3 && memcmp(w.bytes, TEXT_MARK, 3) == 0;
        w.begun = true;
        text.utf8 = (struct jh_slice){w.bytes, w.whole};
        s.p = w.bytes + (mark ? 3 : 0);
        s.end = w.bytes + w.whole;
        rc = scan_part(&s, w.ended, row, arg);
        done = (size_t)(s.p - w.bytes);
    }
    if (!rc && !s.any)
        rc = JH_EINVAL;
    free(w.bytes);
    free(s.cells);
    free(s.scratch);
    return rc;
}
