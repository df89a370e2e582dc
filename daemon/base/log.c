/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/date.h"

static const char *const LEVELS[] = {"debug", "info", "warn", "error"};
enum { LINE_MAX_BYTES = 8192, VALUE_MAX_BYTES = 2048 };

int log_level_of(const char *word)
{
    for (int i = 0; i < 4; i++)
        if (strcmp(word, LEVELS[i]) == 0)
            return i;
    return -1;
}

/* Bare when that is unambiguous, else as a JSON string, so a line stays one line. */
static void put_text(struct buf *line, const char *text, bool json)
{
    bool bare = !json && *text && strnlen(text, VALUE_MAX_BYTES) < VALUE_MAX_BYTES;
    for (const char *p = text; bare && *p; p++)
        bare =
            (unsigned char)*p > ' ' && *p != '"' && *p != '=' && *p != '\\' && *p != 0x7F;
    if (bare)
        buf_str(line, text);
    else
        buf_json(line, text);
}

void log_write(const struct log *log, enum log_level level, const char *event,
               const struct log_field *fields)
{
    if (level < log->level)
        return;
    char stamp[DATE_TEXT];
    date_stamp(clock_wall(log->clock), stamp);
    struct buf line;
    buf_init(&line, LINE_MAX_BYTES);
    if (log->json)
        buf_fmt(&line, "{\"at\":\"%s\",\"level\":\"%s\",\"event\":\"%s\"", stamp,
                LEVELS[level], event);
    else
        buf_fmt(&line, "%s %s %s", stamp, LEVELS[level], event);
    for (; fields->key; fields++) {
        buf_fmt(&line, log->json ? ",\"%s\":" : " %s=", fields->key);
        if (fields->text)
            put_text(&line, fields->text, log->json);
        else
            buf_fmt(&line, "%" PRId64, fields->number);
    }
    buf_str(&line, log->json ? "}\n" : "\n");
    if (line.failed && line.p && line.len)
        line.p[line.len - 1] = '\n';
    const char *p = buf_text(&line);
    for (size_t left = line.len; left > 0;) {
        ssize_t n = write(log->fd, p, left);
        if (n < 0 && errno != EINTR)
            break; /* nowhere to complain to */
        if (n > 0) {
            p += n;
            left -= (size_t)n;
        }
    }
    buf_done(&line);
}
