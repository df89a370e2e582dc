/* SPDX-License-Identifier: Apache-2.0 */
#include "client/libcurl.h"

#include <dlfcn.h>
#include <string.h>

/* What we are compiled for; the version of the interface is a part of its name since 2006. */
static const char NAME[] = "libcurl.so.4";

/* POSIX has data and functions alike in a pointer, ISO C has not: hence the copy. */
static bool find(void *lib, const char *name, void *ret)
{
    void *symbol = dlsym(lib, name);
    memcpy(ret, &symbol, sizeof symbol);
    return symbol != NULL;
}

int libcurl_load(struct libcurl *ret, struct jh_err *err)
{
    struct libcurl out;
    void *lib = dlopen(NAME, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    bool all = lib && find(lib, "curl_easy_init", &out.easy_init) &&
               find(lib, "curl_easy_setopt", &out.easy_setopt) &&
               find(lib, "curl_easy_perform", &out.easy_perform) &&
               find(lib, "curl_easy_getinfo", &out.easy_getinfo) &&
               find(lib, "curl_easy_strerror", &out.easy_strerror) &&
               find(lib, "curl_easy_cleanup", &out.easy_cleanup) &&
               find(lib, "curl_slist_append", &out.slist_append) &&
               find(lib, "curl_slist_free_all", &out.slist_free_all);
    const char *why = all ? NULL : dlerror();
    if (!all)
        return err_set(err, JH_EIO, "cannot load libcurl: %s", why ? why : NAME);
    *ret = out;
    return 0;
}
