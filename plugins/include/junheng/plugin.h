/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plugin ABI of junheng: everything a plugin sees, and all it may call.
 *
 * A plugin is a shared object in the plugin folder that exports one symbol, `junheng_plugin`,
 * a const struct jh_plugin. It imports nothing from the executable: what it needs from the
 * daemon it calls through struct jh_host, so a test can drive it with a host of its own.
 *
 * Versions: `abi` must equal JH_ABI. `size` is the size of the struct as the plugin (or host)
 * knew it; fields beyond it read as zeros, so structs grow at their end without a new ABI.
 * All text is UTF-8. All times are milliseconds since 1970-01-01 UTC unless said otherwise.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define JH_ABI 1
#define JH_PLUGIN_SYMBOL "junheng_plugin"

/* Results: 0, or one of these. The host never looks at errno of a plugin. */
enum jh_code {
    JH_OK = 0,
    JH_EINVAL = -1,   /* what was given is wrong: the text says what and where */
    JH_ENOMEM = -2,   /* out of memory */
    JH_ELIMIT = -3,   /* larger than a configured limit */
    JH_EIO = -4,      /* the operating system or the peer failed: trying again may help */
    JH_ENOENT = -5,   /* no such thing */
    JH_EEXIST = -6,   /* there is one already */
    JH_EBUSY = -7,    /* not now */
    JH_ETIMEOUT = -8, /* took too long */
    JH_EVERSION = -9, /* made for another version */
    JH_EREFUSED = -10, /* understood, and refused for good: trying again does not help */
    JH_ECANCELED = -11 /* we are stopping */
};

/* A piece of text or bytes that somebody else owns. Not terminated. */
struct jh_slice {
    const char *p;
    size_t len;
};

/*
 * An error with its place. `file` may be a URL or a path as the user wrote it; line and
 * col count from 1 (col in characters, not bytes); 0 = not known.
 */
struct jh_err {
    int code;
    unsigned line, col;
    char file[256];
    char text[768];
};

/* ---- options: how a plugin says what its part of junheng.yaml may hold ---------------- */

enum jh_type {
    JH_BOOL, /* bool      true | false */
    JH_INT,  /* int64_t   within [min, max] */
    JH_DURATION, /* int64_t   milliseconds; written 500ms, 30s, 5m, 6h, 1d; within [min, max] */
    JH_SIZE, /* int64_t   bytes; written 4096, 64KiB, 256MiB, 1GiB; within [min, max] */
    JH_STRING, /* char *    text, kept as written (010 and no are text here); a relative path in
                  `path`, `file`, `dir` or `*_path`, `*_file`, `*_dir` comes absolute */
    JH_ENUM, /* int       index into `words`, a NULL-terminated list */
    JH_LIST  /* struct jh_list   list of text */
};

struct jh_list {
    const char *const *items;
    size_t n;
};

struct jh_option {
    const char *name; /* key in the YAML map; NULL ends the table */
    enum jh_type type;
    size_t offset; /* offsetof() in the configuration struct (plugin's conf_size bytes) */
    const char *def;  /* default as it would be written; NULL = absent (0, NULL, empty) */
    int64_t min, max; /* for JH_INT, JH_DURATION, JH_SIZE; both 0 = any non-negative */
    const char *const *words;
    bool required;
    const char *help; /* one English sentence, for docs/config.md */
};

/* ---- transfers, work, secrets: what the host does for a plugin ------------------------- */

struct jh_inst; /* a plugin's own instance; the plugin defines it */
struct jh_ctx;  /* the host's side of an instance: passed back in every call */

enum jh_level { JH_DEBUG, JH_INFO, JH_WARN, JH_ERROR };

struct jh_http_request {
    uint32_t size;      /* sizeof(struct jh_http_request) */
    const char *method; /* "GET" or "POST" */
    const char *url;
    const char *const
        *headers;         /* "name: value", NULL-terminated list, or NULL; no CR or LF */
    struct jh_slice body; /* copied by the host */
    int64_t timeout_ms;   /* whole transfer */
    int64_t connect_timeout_ms;
    int64_t max_bytes;      /* of the decoded body */
    const char *ca_file;    /* NULL = the system's */
    bool accept_compressed; /* ask for gzip; the limit counts decoded bytes */
    int max_redirects;      /* 0 = none are followed */
    /* What follows came later: a host that knows it has a `request_size` that reaches there. */
    const char *client_cert_file, *client_key_file; /* PEM; NULL = none */
    const char *proxy;      /* http:// or https://, without user; NULL = none is used */
    const char *proxy_auth; /* "user:password" for it, or NULL */
};

struct jh_http_response {
    uint32_t size;
    int code;   /* JH_OK when an HTTP answer came, whatever its status */
    int status; /* HTTP status, 0 if none came */
    struct jh_slice body;
    const char *url;  /* where it ended, without user and password */
    const char *type; /* Content-Type, "" if none */
    const char *etag; /* "" if none */
    const char *last_modified;
    int64_t retry_after_ms; /* from Retry-After; -1 if none */
    const char *text;       /* when code < 0: what failed, in words */
    /* The i-th header of that name (from 0) of the last answer, or NULL. */
    const char *(*header)(const struct jh_http_response *response, const char *name,
                          size_t i);
    const void *host_data; /* the host's own */
};

/* Called on the loop thread; the response lives for the call. */
typedef void jh_http_done(void *arg, const struct jh_http_response *response);

/* What a source delivers for one poll, or a format is given. */
struct jh_blob {
    uint32_t size;
    struct jh_slice body; /* copied by the host, unless `give` lets it take the memory */
    const char *url;      /* or path: what `round: {from: url|path}` matches */
    const char *name;     /* short name for error messages, e.g. schools.csv */
    const char *type;     /* Content-Type or "" */
    const char *etag;     /* "" if none */
    const char *last_modified; /* "" if none */
    /*
     * Of a source, or NULL: where the plugin keeps the pointer to malloc'ed memory that begins
     * with the body. A host that takes the memory over sets it to NULL; else it is the plugin's.
     */
    char **give;
    /*
     * Of a source, or NULL: a round, such as "2025". There is no body then: whoever sent the one
     * of this name for that round has taken it back, and has nothing to put in its place.
     */
    const char *retracts;
};

/* One poll of one source. Answer every one exactly once with host->fetch_done(). */
struct jh_fetch {
    uint32_t size;
    const char *etag; /* of the last committed body; "" if none */
    const char *last_modified;
    int64_t timeout_ms;
    int64_t max_bytes;
    void *host_data; /* the host's own */
    /* Set before JH_FAILED: the peer asks not to be asked again so soon; 0 = it does not. */
    int64_t retry_after_ms;
};

enum jh_fetched {
    JH_FETCHED,   /* bodies[0..n) are there (a folder may deliver several) */
    JH_UNCHANGED, /* the source says nothing has changed (304) */
    JH_FAILED,    /* err says why */
    JH_NOTHING /* nothing is there, and need not be: a folder that others drop files into */
};

/* What became of a body, for a source that wants to know. */
enum jh_outcome {
    JH_ACCEPTED, /* it is committed, now or before: it can come to no harm any more */
    JH_REFUSED,  /* it cannot be used, however often it comes */
    JH_LATER     /* nobody has looked at it, or something failed that passes: once more */
};

struct jh_settled {
    uint32_t size;
    const char *url; /* as the blob had it */
    enum jh_outcome outcome;
    const char *report; /* lines for the people who sent it, "file:line:column: text" */
};

/* A cell of a table. `p` lives for the call of host->row only. */
struct jh_cell {
    const char *p; /* text, unquoted, UTF-8 */
    uint32_t len;
    uint32_t line;  /* line on which the cell starts, from 1 */
    const char *at; /* where the cell starts in jh_row.body, or NULL: then `col` counts */
    uint32_t col;   /* column from 1, in characters, where `at` is NULL */
};

struct jh_row {
    const struct jh_cell *cells;
    uint32_t n;
    uint32_t line; /* of the row's first cell */
    struct jh_slice body;
};

/* Column of a cell in characters from 1, counted only when somebody asks. */
static inline uint32_t jh_cell_col(const struct jh_row *row, const struct jh_cell *cell)
{
    if (!cell->at)
        return cell->col;
    uint32_t col = 1;
    for (const char *p = cell->at; p > row->body.p && p[-1] != '\n'; p--)
        if (((unsigned char)p[-1] & 0xC0) != 0x80)
            col++;
    return col;
}

/* A message to deliver. Its key never changes between attempts. */
struct jh_message {
    uint32_t size;
    const char *key;    /* 64 hex digits: idempotency key */
    const char *office; /* id */
    const char *office_name;
    const char *severity; /* critical | warning | notice */
    const char *status;   /* firing | resolved */
    const char *subject;  /* one line */
    const char *text;     /* long form, for people */
    const char *json;     /* machine form: the webhook body of docs/alerts.md section 6 */
    int attempt;          /* from 1 */
    void *host_data;
};

enum jh_delivery {
    JH_DELIVERED,    /* the receiver has it */
    JH_RETRY,        /* not now: try again with back-off (or at retry_after_ms) */
    JH_PERMANENT,    /* this message will never be taken: dead, tell the operator */
    JH_MISCONFIGURED /* no message will be taken like this: dead, tell the operator */
};

struct jh_delivery_result {
    uint32_t size;
    enum jh_delivery what;
    int64_t retry_after_ms; /* -1 = the host's own back-off */
    const char *text;       /* what the receiver said, in words; never a secret */
};

/*
 * The host. Threads: all calls on the loop thread, except where noted. The host outlives
 * every instance.
 */
struct jh_host {
    uint32_t abi, size;
    void (*log)(struct jh_ctx *ctx, enum jh_level level, const char *event,
                const char *text);
    int64_t (*now)(struct jh_ctx *ctx); /* the daemon's clock; tests turn it */
    /* Start a transfer. `done` is called exactly once, later, unless the call fails here. */
    int (*http)(struct jh_ctx *ctx, const struct jh_http_request *request,
                jh_http_done *done, void *arg);
    /* Run `fn` in a worker thread, then `done` on the loop thread with its result. */
    int (*work)(struct jh_ctx *ctx, int (*fn)(void *arg),
                void (*done)(void *arg, int result), void *arg);
    /*
     * Read a secret file (one line, the newline dropped) into buf. Refused when readable by
     * everybody. Any thread. Returns its length or a negative code.
     */
    int (*secret)(struct jh_ctx *ctx, const char *path, char *buf, size_t size,
                  struct jh_err *err);
    void (*fetch_done)(struct jh_ctx *ctx, struct jh_fetch *fetch, enum jh_fetched what,
                       const struct jh_blob *bodies, size_t n, const struct jh_err *err);
    /*
     * A format hands over a row; a non-zero answer means stop and return it. On the thread
     * that called parse(). The header row is among the first: rows of one cell may stand
     * before it (titles), and every row behind it has as many cells as it.
     */
    int (*row)(struct jh_ctx *ctx, const struct jh_row *row);
    void (*delivered)(struct jh_ctx *ctx, const struct jh_message *message,
                      const struct jh_delivery_result *result);
    /*
     * In stream() of a format: the next bytes of the body, at most n. How many; 0 at the end;
     * or a negative code to stop with.
     */
    int64_t (*read)(struct jh_ctx *ctx, void *buf, size_t n);
    size_t request_size; /* of the struct jh_http_request that http() understands */
};

/* ---- the three kinds -------------------------------------------------------------------- */

enum jh_kind { JH_SOURCE = 1, JH_FORMAT = 2, JH_NOTIFIER = 3 };

/* Fetches bytes. Loop thread. */
struct jh_source_ops {
    uint32_t size;
    /* Begin a poll; answer later with host->fetch_done, also after an error. */
    void (*fetch)(struct jh_inst *inst, struct jh_fetch *fetch);
    /*
     * NULL, or told once for each body that a fetch delivered, after its commit or refusal; not
     * after a restart or a reload in between: then the body has to be delivered again.
     */
    void (*settled)(struct jh_inst *inst, const struct jh_settled *what);
};

/* Bytes to rows. Pure and thread-safe: any worker thread, several at once. */
struct jh_format_ops {
    uint32_t size;
    /* Returns 0 or a negative code with err filled (file = blob->name, line, col). */
    int (*parse)(struct jh_inst *inst, const struct jh_blob *blob,
                 const struct jh_host *host, struct jh_ctx *ctx, struct jh_err *err);
    /*
     * NULL, or the same rows of a body that comes piece by piece from host->read(), for a file
     * that need not be held as a whole; blob->body is empty. It may give up, without
     * words, where only the whole tells: the host forgets the rows and calls parse().
     */
    int (*stream)(struct jh_inst *inst, const struct jh_blob *blob,
                  const struct jh_host *host, struct jh_ctx *ctx);
};

/* Sends messages. Loop thread. */
struct jh_notifier_ops {
    uint32_t size;
    /* Begin a delivery; answer exactly once with host->delivered. The message lives until then. */
    void (*send)(struct jh_inst *inst, const struct jh_message *message);
};

struct jh_plugin {
    uint32_t abi;     /* JH_ABI */
    uint32_t size;    /* sizeof(struct jh_plugin) */
    uint32_t kind;    /* enum jh_kind */
    const char *name; /* as in junheng.yaml, e.g. "http" */
    const char *version;
    const char *summary;             /* one English sentence */
    const struct jh_option *options; /* ends with a NULL name */
    size_t conf_size;                /* bytes of the struct that the options fill */
    /* Is this configuration usable? No side effects: `junhengctl check` calls it too. */
    int (*check)(const void *conf, struct jh_err *err);
    /* conf lives as long as the instance. */
    int (*open)(const struct jh_host *host, struct jh_ctx *ctx, const void *conf,
                struct jh_inst **ret_inst, struct jh_err *err);
    /* No transfer or work of the instance is under way any more. */
    void (*close)(struct jh_inst *inst);
    const void *ops; /* struct jh_source_ops, jh_format_ops or jh_notifier_ops */
};

#ifdef __cplusplus
}
#endif
