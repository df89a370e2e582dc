/* SPDX-License-Identifier: Apache-2.0 */
#include "link.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "options.h"

/* ---- the header -------------------------------------------------------------------------- */

static const char *skip(const char *p, const char *chars)
{
    return p + strspn(p, chars);
}

/* Is "next" among the words? */
static bool says_next(const char *words, size_t n)
{
    for (size_t at = 0; at < n;) {
        size_t len = strcspn(words + at, " \t");
        len = at + len > n ? n - at : len;
        if (len == 4 && strncasecmp(words + at, "next", 4) == 0)
            return true;
        at += len + 1;
    }
    return false;
}

/* One parameter from its name on; ends at ; or , or the end. */
static const char *read_param(const char *p, bool *next)
{
    size_t name = strcspn(p, "=;, \t");
    bool rel = name == 3 && strncasecmp(p, "rel", 3) == 0;
    p = skip(p + name, " \t");
    if (*p != '=')
        return p;
    p = skip(p + 1, " \t");
    bool quoted = *p == '"';
    p += quoted;
    size_t n = 0;
    for (; p[n] && (quoted ? p[n] != '"' : !strchr(";, \t", p[n])); n++)
        if (quoted && p[n] == '\\' && p[n + 1])
            n++;
    *next |= rel && says_next(p, n);
    p += n;
    return skip(p + (quoted && *p == '"'), " \t");
}

void link_next(const char *header, char ret[LINK_URL])
{
    ret[0] = '\0';
    for (const char *p = skip(header, " \t,"); *p == '<'; p = skip(p, " \t,")) {
        const char *target = ++p;
        size_t n = strcspn(p, ">");
        bool next = false;
        p = skip(p + n + (p[n] == '>'), " \t");
        while (*p == ';')
            p = read_param(skip(p + 1, " \t"), &next);
        if (next && n < LINK_URL) {
            memcpy(ret, target, n);
            ret[n] = '\0';
            return;
        }
        p += strcspn(p, ",");
    }
}

/* ---- URLs -------------------------------------------------------------------------------- */

/* Where the authority of an absolute http(s) URL begins, or NULL. */
static const char *authority(const char *url)
{
    return strncasecmp(url, "http://", 7) == 0    ? url + 7
           : strncasecmp(url, "https://", 8) == 0 ? url + 8
                                                  : NULL;
}

/* Host and port without user; the port that goes without saying is not said. */
static struct jh_slice place(const char *url)
{
    const char *at = authority(url), *standard = at - url == 8 ? ":443" : ":80";
    size_t n = strcspn(at, "/?#");
    const char *user = memchr(at, '@', n);
    if (user) {
        n -= (size_t)(user + 1 - at);
        at = user + 1;
    }
    size_t port = strlen(standard);
    if (n > port && !memcmp(at + n - port, standard, port))
        n -= port;
    return (struct jh_slice){at, n};
}

static bool same_place(const char *a, const char *b)
{
    struct jh_slice x = place(a), y = place(b);
    return authority(a) - a == authority(b) - b && x.len == y.len &&
           strncasecmp(x.p, y.p, x.len) == 0;
}

/* A relative link behind what of the page's URL stays in front of it. */
static int join(const char *page, const char *link, char ret[LINK_URL])
{
    const char *at = authority(page);
    size_t host = (size_t)(at - page) + strcspn(at, "/?#");
    size_t keep = host + strcspn(page + host, "?#");
    if (*link == '/')
        keep = host;
    else if (*link != '?')
        while (keep > host && page[keep - 1] != '/')
            keep--;
    bool slash = keep == host && *link != '/';
    return snprintf(ret, LINK_URL, "%.*s%s%s", (int)keep, page, slash ? "/" : "", link);
}

static bool has_blank(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text <= ' ' || *text == 0x7F)
            return true;
    return false;
}

int link_resolve(const char *home, const char *page, const char *link, char ret[LINK_URL],
                 struct jh_err *err)
{
    int n;
    if (has_blank(link))
        return transport_fail(err, JH_EINVAL, "", "the link to the next page is no URL");
    if (authority(link))
        n = snprintf(ret, LINK_URL, "%s", link);
    else if (strncmp(link, "//", 2) == 0)
        n = snprintf(ret, LINK_URL, "%.*s%s", (int)(authority(page) - page - 2), page,
                     link);
    else if (strcspn(link, ":") < strcspn(link, "/?#"))
        return transport_fail(err, JH_EREFUSED, "",
                              "the link to the next page is neither http nor https");
    else
        n = join(page, link, ret);
    if (n < 0 || n >= LINK_URL)
        return transport_fail(err, JH_EINVAL, "",
                              "the link to the next page is too long");
    if (!same_place(home, ret))
        return transport_fail(
            err, JH_EREFUSED, "",
            "the link to the next page leads to another scheme, host or "
            "port than url");
    return 0;
}

int link_with(const char *url, const char *name, const char *value, char ret[LINK_URL])
{
    static const char PLAIN[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                "0123456789-._~";
    size_t base = strcspn(url, "#");
    int n = snprintf(ret, LINK_URL, "%.*s%c%s=", (int)base, url,
                     memchr(url, '?', base) ? '&' : '?', name);
    for (; n >= 0 && n + 4 < LINK_URL && *value; value++)
        n += strchr(PLAIN, *value)
                 ? snprintf(ret + n, 4, "%c", *value)
                 : snprintf(ret + n, 4, "%%%02X", (unsigned char)*value);
    return n < 0 || n + 4 >= LINK_URL ? JH_ELIMIT : 0;
}

bool link_has(const char *url, const char *name)
{
    size_t n = strlen(name);
    for (const char *p = url; *p && *p != '#'; p++)
        if ((*p == '?' || *p == '&') && !strncmp(p + 1, name, n) && p[1 + n] == '=')
            return true;
    return false;
}
