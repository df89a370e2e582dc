/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The story of junheng, from bytes to committed alerts (steps 2 to 8 of docs/ARCHITECTURE.md).
 * Blocking; a pipeline works on one body at a time, in a worker thread. The daemon runs it
 * behind the loop, junhengctl replays through the same code.
 */
#pragma once

#include "conf/config.h"
#include "plugin/loader.h"
#include "render/message.h"
#include "script/script.h"
#include "store/store.h"

struct pipeline;

/* Everything a pipeline stands on. The caller keeps it alive; nothing here is global. */
struct pipeline_parts {
    const struct clock *clock;
    struct loader *loader;
    struct script_host *scripts; /* may be NULL: no local indicators */
    struct store *reader;        /* read-only connection of this pipeline's own */
    /* runs fn in the store's thread with the writing connection, and waits */
    int (*write)(void *arg, int (*fn)(struct store *store, void *fn_arg), void *fn_arg);
    void *write_arg;
};

/* A body as it came in. */
struct pipeline_body {
    const struct source_conf *source;
    const char *name, *url, *type, *etag, *last_modified;
    const char *bytes;
    size_t n;
    int64_t received_ms;
};

/* What became of it. Texts live in the arena given to pipeline_run. */
struct pipeline_report {
    bool unchanged; /* body, mapping, standards and scripts equal the last committed */
    struct round round;
    size_t counties, schools, rejected, findings;
    size_t pass, fail, unknown; /* county verdicts over all standards */
    size_t transitions;         /* committed: there is something to send */
    size_t broken;              /* script verdicts */
    char sha256[65];            /* of the body */
};

int pipeline_new(const struct pipeline_parts *parts, struct pipeline **ret,
                 struct jh_err *err);
void pipeline_free(struct pipeline *p);
/* Between bodies only. Takes references. */
void pipeline_configure(struct pipeline *p, const struct config *config,
                        struct script_set *scripts);

/* One body from a source, all the way to the commit. A refusal changes nothing. */
int pipeline_run(struct pipeline *p, const struct pipeline_body *body,
                 struct pipeline_report *ret, struct jh_err *err);
/*
 * Evaluates a round again from the archive: after a reload that changed a standard, a mapping
 * or a script, or after a certification. county NULL = all.
 */
int pipeline_again(struct pipeline *p, struct round round, const char *county,
                   struct pipeline_report *ret, struct jh_err *err);
