/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What templates see: a copy of the alert object, with words for its ids, numbers as they are
 * printed and the few figures a headline needs picked out. Nothing but the object goes in, so
 * an old transition always reads the same. The keys are listed in etc/messages.zh.yaml.
 */
#pragma once

#include "render/messages.h"

/* to: "firing" | "extended" | "resolved". A new reference, or NULL out of memory. */
json_t *view_alert(const struct messages *m, const json_t *alert, const char *to);
/* The template for its kind: `slip` is that of a slip, subject or text. */
enum message_template view_template(const json_t *view, enum message_template slip);
