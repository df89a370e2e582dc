/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages for offices from alert evidence: subject and text by the templates of
 * etc/messages.zh.yaml, the machine form as the webhook body of docs/alerts.md section 6.
 * All Chinese stands in that file. Immutable after loading; any thread.
 */
#pragma once

#include <jansson.h>

#include "base/err.h"

struct messages;

/* The built-in messages.zh.yaml, with the user's file (path, or NULL) laid over it. */
struct messages *messages_load(const char *path, struct errs *errs);
void messages_free(struct messages *m);

/* One member of a message: the evidence object of a transition plus how it came. */
struct message_member {
    const json_t *alert;   /* the alert object of docs/alerts.md section 5 */
    const char *from, *to; /* transition states; to = firing | extended | resolved */
};

struct message_head {
    const char *key, *office, *office_name, *channel;
    const char *province, *standard, *kind, *round;
    int64_t now_ms;
};

struct message_out {
    char *subject, *text, *json; /* malloc'ed */
    const char *severity;        /* the highest of the members */
    const char *status;          /* "firing", or "resolved" when all are */
};

/* Long form for one member, a digest table above DIGEST_ABOVE members. */
int message_render(const struct messages *m, const struct message_head *head,
                   const struct message_member *members, size_t n,
                   struct message_out *ret, struct jh_err *err);
/* A reminder that a silence (the object of docs/alerts.md) ends soon; head without a group. */
int message_silence(const struct messages *m, const struct message_head *head,
                    const json_t *silence, struct message_out *ret, struct jh_err *err);
void message_out_done(struct message_out *out);
/* `text` of one alert for `junhengctl alerts show`. */
int message_alert_text(const struct messages *m, const json_t *alert, char **ret,
                       struct jh_err *err);
/* A fixed phrase by key (column titles, outcomes), or the key itself. */
const char *messages_phrase(const struct messages *m, const char *key);
