/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Templates over JSON values, for the texts of etc/messages.zh.yaml. Syntax:
 *   {{path.to.value}}          text or number of the context ("" when null or absent)
 *   {{value|fixed:3}} {{value|percent}} {{value|date}} {{value|month}} {{value|group}}
 *   {{list|join:", "}}         texts and numbers in a row
 *   {{value|default:"-"}}      instead of nothing; may follow another filter
 *   {{#list}} … {{/list}}      once per item, the item being the context (lists, objects, true)
 *   {{^list}} … {{/list}}      when it is empty, false, null or absent
 *   {{.}} is the context itself; @first and @last are true in the first and last round of a
 *   list: {{^@first}}, {{/@first}}
 * A name is looked up in the innermost section first, then in those around it. A section tag
 * alone on its line takes the line with it.
 * A template is compiled and checked once (unknown filter, unclosed section: file:line:col).
 * Immutable afterwards; any thread.
 */
#pragma once

#include <jansson.h>

#include "base/buf.h"
#include "base/err.h"

struct template;

struct template *template_compile(const char *file, unsigned line, const char *text,
                                  struct jh_err *err);
void template_free(struct template *t);
int template_render(const struct template *t, const json_t *context, struct buf *out);
