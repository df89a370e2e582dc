/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Holds the address rules of one transfer against what libcurl really connects to: every address
 * before a socket is made for it, and again before a request is sent, because a connection may
 * be one that another transfer with other rules has opened.
 *
 * Through a proxy the address is the proxy's: it has to suit the rules of all, not those of the
 * source, which are about portals. The portal's own address is the proxy's to find, so a
 * source with rules of its own may not use one. Part of a transfer. Loop thread.
 */
#pragma once

#include <curl/curl.h>

#include "base/address.h"

struct guard {
    const struct address_rules *all, *own; /* NULL: none */
    bool proxied;
    CURL *easy;
    struct jh_err refused; /* why the last address was; code 0: none was */
};

/* Sets up what libcurl asks us; the guard stays where it is as long as the handle. */
int guard_setup(struct guard *guard, CURL *easy);
/* Before a transfer: can its rules be held at all? */
int guard_possible(const struct guard *guard, struct jh_err *err);
