/* SPDX-License-Identifier: Apache-2.0 */
#include "http/match.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

static int hex(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* Decodes n bytes into out (n + 1 bytes), terminated; false when they are not allowed. */
static bool decode(const char *p, size_t n, char *out)
{
    size_t len = 0;
    for (size_t i = 0; i < n; i++) {
        int c = (unsigned char)p[i];
        if (c == '%') {
            if (i + 2 >= n || hex(p[i + 1]) < 0 || hex(p[i + 2]) < 0)
                return false;
            c = hex(p[i + 1]) * 16 + hex(p[i + 2]);
            i += 2;
        }
        if (c < 0x20 || c == 0x7F)
            return false;
        out[len++] = (char)c;
    }
    out[len] = '\0';
    return utf8_check(out, len) == len;
}

/* The query is decoded by MHD, which knows nothing of NUL or of UTF-8. */
static bool query_good(const char *query)
{
    char out[MATCH_PATH_MAX];
    size_t n = strlen(query);
    return n < sizeof out && decode(query, n, out);
}

/* One segment of a route against one of the path; takes an argument where it is {}. */
static bool segment(const char *want, size_t want_n, const char *got, size_t got_n,
                    struct match *m, char **room, size_t *n_args)
{
    bool any = want_n == 2 && memcmp(want, "{}", 2) == 0;
    if (!decode(got, got_n, *room))
        return false;
    if (!any)
        return strlen(*room) == want_n && memcmp(*room, want, want_n) == 0;
    if (!got_n || *n_args == MATCH_ARGS_MAX)
        return false;
    m->args[(*n_args)++] = *room;
    *room += strlen(*room) + 1;
    return true;
}

static bool path_matches(const char *want, const char *path, size_t n, struct match *m)
{
    const char *end = path + n;
    char *room = m->decoded;
    size_t n_args = 0;
    memset(m->args, 0, sizeof m->args);
    while (*want == '/' && path < end && *path == '/') {
        size_t want_n = strcspn(++want, "/"), got_n = 0;
        for (path++; path + got_n < end && path[got_n] != '/'; got_n++)
            ;
        if (!segment(want, want_n, path, got_n, m, &room, &n_args))
            return false;
        want += want_n;
        path += got_n;
    }
    return *want == '\0' && path == end;
}

static void allow(struct match *m, const char *method)
{
    size_t len = strlen(m->allow);
    if (!strstr(m->allow, method) && len + strlen(method) + 3 < sizeof m->allow)
        snprintf(m->allow + len, sizeof m->allow - len, "%s%s", len ? ", " : "", method);
}

void match_route(const struct http_route *routes, const char *method, const char *target,
                 struct match *m)
{
    size_t n = strcspn(target, "?");
    *m = (struct match){.status = 404};
    if (*target != '/' || n >= sizeof m->path || !decode(target, n, m->path) ||
        (target[n] && !query_good(target + n + 1))) {
        m->status = 400;
        return;
    }
    if (strcmp(method, "HEAD") == 0)
        method = "GET";
    for (const struct http_route *r = routes; r->method; r++) {
        if (!path_matches(r->path, target, n, m))
            continue;
        if (strcmp(r->method, method) == 0) {
            m->route = r;
            m->status = 0;
            return;
        }
        m->status = 405;
        allow(m, r->method);
    }
}
