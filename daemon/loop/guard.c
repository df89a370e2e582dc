/* SPDX-License-Identifier: Apache-2.0 */
#include "loop/guard.h"

#include <sys/socket.h>

static int check(struct guard *guard, const struct address *a, bool proxys)
{
    const struct address_rules *lists[] = {guard->all, proxys ? NULL : guard->own};
    struct jh_err err = {0};
    int rc = address_check(a, lists, 2, &err);
    if (rc)
        err_set(&guard->refused, rc, "%s%s", proxys ? "the proxy's " : "", err.text);
    return rc;
}

/* libcurl's: the address is the one it is about to connect to, after name and redirect. */
static curl_socket_t on_socket_wanted(void *arg, curlsocktype purpose,
                                      struct curl_sockaddr *to)
{
    struct guard *guard = arg;
    struct address a;
    if (purpose != CURLSOCKTYPE_IPCXN || !address_of(&to->addr, &a) ||
        check(guard, &a, guard->proxied))
        return CURL_SOCKET_BAD;
    return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

/* The portal's address where the URL itself says it, else none: the proxy knows it. */
static bool literal_of(CURL *easy, struct address *ret)
{
    char *url = NULL, *host = NULL;
    CURLU *parts = curl_url();
    bool literal = parts && !curl_easy_getinfo(easy, CURLINFO_EFFECTIVE_URL, &url) &&
                   url && !curl_url_set(parts, CURLUPART_URL, url, 0) &&
                   !curl_url_get(parts, CURLUPART_HOST, &host, 0) &&
                   address_parse(host, ret);
    curl_free(host);
    curl_url_cleanup(parts);
    return literal;
}

/* libcurl's: a connection stands, new or not, and the request is about to be sent. */
static int on_request(void *arg, char *peer, char *own, int peer_port, int own_port)
{
    struct guard *guard = arg;
    struct address a;
    (void)own;
    (void)peer_port;
    (void)own_port;
    bool good = peer && address_parse(peer, &a) && !check(guard, &a, guard->proxied);
    if (good && guard->proxied && literal_of(guard->easy, &a))
        good = !check(guard, &a, false);
    return good ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

int guard_possible(const struct guard *guard, struct jh_err *err)
{
    const struct address_rules *own = guard->own;
    if (!guard->proxied || !own || !(own->n_allow + own->n_deny))
        return 0;
    return err_set(
        err, JH_EREFUSED,
        "allow and deny cannot be held through a proxy, which finds the address "
        "itself: give the rules to the proxy");
}

int guard_setup(struct guard *guard, CURL *easy)
{
    guard->easy = easy;
    bool wrong = curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_socket_wanted) ||
                 curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, guard) ||
                 curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_request) ||
                 curl_easy_setopt(easy, CURLOPT_PREREQDATA, guard);
    return wrong ? JH_ENOMEM : 0;
}
