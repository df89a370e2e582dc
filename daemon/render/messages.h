/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What messages.zh.yaml holds once read: phrases by key and the compiled templates. Shared by
 * messages_load.c, message.c and view.c only. Immutable after loading; any thread.
 */
#pragma once

#include "render/message.h"
#include "render/template.h"

enum message_template {
    MESSAGE_SUBJECT,        /* of one alert; also the summary in JSON */
    MESSAGE_TEXT,           /* of one alert, long form */
    MESSAGE_COUNTY_SUBJECT, /* the same of another kind about a county than a slip */
    MESSAGE_COUNTY_TEXT,
    MESSAGE_SYSTEM_SUBJECT, /* and of one about a source, a script or a channel */
    MESSAGE_SYSTEM_TEXT,
    MESSAGE_MANY_SUBJECT,    /* of several in one message */
    MESSAGE_MANY_TEXT,       /* a few: their long forms one below the other */
    MESSAGE_DIGEST_TEXT,     /* many: counts and a table */
    MESSAGE_SILENCE_SUBJECT, /* a silence ends soon */
    MESSAGE_SILENCE_TEXT,
    MESSAGE_TEMPLATES
};

struct phrase {
    char *key, *text;
};

struct messages {
    struct template *templates[MESSAGE_TEMPLATES];
    struct phrase *phrases;
    size_t n_phrases;
};
