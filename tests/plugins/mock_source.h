/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host for one source plugin, without a daemon: keeps what the plugin asked for and what it
 * answered, as text, until the next poll. Everything belongs to the mock. One thread.
 */
#pragma once

#include <junheng/plugin.h>

enum { MOCK_TEXT = 4096, MOCK_BODIES = 16 };

struct mock {
    const struct jh_plugin *plugin;
    struct jh_inst *inst;
    const char *secret; /* what host->secret gives; NULL: refused */
    int http_code;      /* what host->http gives at once */
    const char *link;   /* the Link header of answers, or NULL */

    struct jh_http_request request;
    char url[MOCK_TEXT], headers[MOCK_TEXT]; /* one header a line */
    char sent[MOCK_TEXT];                    /* the body of a POST */
    jh_http_done *http_done;
    void *http_arg;

    struct jh_fetch fetch;
    int answers;
    enum jh_fetched what;
    bool take; /* take the memory of bodies over where it is offered */
    size_t taken;
    size_t n;
    struct {
        char body[MOCK_TEXT], url[MOCK_TEXT], name[256], type[64], etag[128],
            modified[64], retracts[16];
        size_t len;
    } bodies[MOCK_BODIES];
    struct jh_err err;
    char log[MOCK_TEXT];
};

/* Loads .libs/<file> of the build tree; bails out when it cannot. */
void mock_load(struct mock *mock, const char *file);
int mock_open(struct mock *mock, const void *conf, struct jh_err *err);
void mock_close(struct mock *mock);
/* Fills conf with the defaults of the option table, then sets one option as it is written. */
void mock_defaults(const struct mock *mock, void *conf);
void mock_set(const struct mock *mock, void *conf, const char *name, const char *value);
/* One poll with these validators; work is done at once, http waits for mock_respond(). */
void mock_fetch(struct mock *mock, const char *etag, const char *last_modified);
void mock_respond(struct mock *mock, const struct jh_http_response *response);
