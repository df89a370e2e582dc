/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Log lines with level, a stable event id and named values, as text or JSON lines:
 *   2018-02-01T09:00:00+08:00 warn source.failed source=city-07 attempt=3
 * Only L3 and L4 log; lower layers return errors. Any thread: a line is one write().
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

struct log {
    enum log_level level; /* lower levels are dropped */
    bool json;
    int fd;
    const struct clock *clock;
};

struct log_field {
    const char *key;
    const char *text; /* NULL: the number */
    int64_t number;
};

#define LOG_S(key, text) ((struct log_field){(key), log_text(text), 0})
#define LOG_N(key, number) ((struct log_field){(key), NULL, (int64_t)(number)})

static inline const char *log_text(const char *text)
{
    return text ? text : ""; /* a field's NULL text means that its number counts */
}

/* log_event(log, LOG_WARN, "source.failed", LOG_S("source", name), LOG_N("attempt", 3)) */
/* At least one value: an event without any says too little. */
#define log_event(log, level, event, ...)                                                \
    log_write(log, level, event, (const struct log_field[]){__VA_ARGS__, {0}})

void log_write(const struct log *log, enum log_level level, const char *event,
               const struct log_field *fields);
/* "debug" | "info" | "warn" | "error" -> level, or -1. */
int log_level_of(const char *word);
