/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the next page is: the link of an answer (RFC 8288), made whole by the page it stands on
 * (RFC 3986), and refused when it leads to another place than the source's own: there our token
 * has no business. Pure; any thread.
 */
#pragma once

#include <junheng/plugin.h>

enum { LINK_URL = 8192 };

/* The target of rel="next" in the value of a Link header; "" when there is none. */
void link_next(const char *header, char ret[LINK_URL]);
/* JH_EINVAL: too long or not a URL. JH_EREFUSED: not where `home` is. */
int link_resolve(const char *home, const char *page, const char *link, char ret[LINK_URL],
                 struct jh_err *err);
/* The URL with name=value added to its query, the value escaped, the fragment gone. */
int link_with(const char *url, const char *name, const char *value, char ret[LINK_URL]);
/* Has the URL's query such a parameter already? */
bool link_has(const char *url, const char *name);
