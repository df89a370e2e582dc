/* SPDX-License-Identifier: Apache-2.0 */
#include "http/exchange.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "base/num.h"
#include "digest/digest.h"
#include "http/listener.h"
#include "http/match.h"

enum step { STEP_HEADERS, STEP_BODY, STEP_RUNNING, STEP_REPLY, STEP_DONE };

enum { ETAG_HEX = 32 };

struct exchange {
    struct listener *listener;
    struct MHD_Connection *connection;
    struct match match;
    struct http_request request;
    struct http_reply reply;
    struct buf body;
    enum step step;
    char *target; /* as it came */
};

const char *http_arg(const struct http_request *req, const char *name)
{
    const struct exchange *x = req->internal;
    return MHD_lookup_connection_value(x->connection, MHD_GET_ARGUMENT_KIND, name);
}

static struct conn *conn_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

/* A new wait begins, or (running) there is nobody to wait for. */
static void set_waiting(struct exchange *x, bool running)
{
    struct conn *c = conn_of(x->connection);
    if (!c)
        return;
    c->in_request = true;
    c->running = running;
    c->since = uv_now(&x->listener->h->loop->uv);
}

/* ---- the request -------------------------------------------------------------------------- */

/* The raw target: MHD decodes its own copy in place, and %00 would end it there. */
void *exchange_begin(void *listener, const char *target,
                     struct MHD_Connection *connection)
{
    struct exchange *x = calloc(1, sizeof *x);
    if (!x)
        return NULL;
    x->listener = listener;
    x->connection = connection;
    x->target = strdup(target);
    buf_init(&x->body, HTTP_BODY_MAX);
    return x;
}

struct framing {
    unsigned lengths, encodings;
    const char *length;
};

static enum MHD_Result count_header(void *arg, enum MHD_ValueKind kind, const char *name,
                                    const char *value)
{
    struct framing *f = arg;
    (void)kind;
    if (strcasecmp(name, MHD_HTTP_HEADER_CONTENT_LENGTH) == 0) {
        f->lengths++;
        f->length = value ? value : "";
    }
    f->encodings += strcasecmp(name, MHD_HTTP_HEADER_TRANSFER_ENCODING) == 0;
    return MHD_YES;
}

/*
 * MHD accepts two lengths, and a length beside chunks; whoever stands before us may have read
 * the other one, and the rest of the body would be a request of its own (smuggling).
 */
static int framing_status(struct MHD_Connection *connection)
{
    struct framing f = {0};
    int64_t length = 0;
    MHD_get_connection_values(connection, MHD_HEADER_KIND, count_header, &f);
    if (f.lengths + f.encodings > 1)
        return 400;
    if (!f.lengths)
        return 0;
    int rc = num_parse_int(f.length, strlen(f.length), 0, HTTP_BODY_MAX, &length);
    return rc == JH_ELIMIT ? 413 : rc ? 400 : 0;
}

static void refuse(struct exchange *x, int status)
{
    static const struct {
        int status;
        const char *code, *words;
    } WORDS[] = {
        {400, "bad_request", "the request is malformed"},
        {403, "forbidden", "only over the control socket"},
        {404, "not_found", "no such page"},
        {405, "method_not_allowed", "not with this method"},
        {413, "too_large", "the body is too large"},
        {503, "stopping", "the server is stopping"},
        {500, "internal", "something went wrong"},
    };
    size_t i = 0;
    while (WORDS[i].status != status && WORDS[i].status != 500)
        i++;
    http_error(&x->reply, WORDS[i].status, WORDS[i].code, "%s", WORDS[i].words);
    x->step = STEP_REPLY;
}

/* What can be told from the headers alone; 0 = go on. */
static int first_status(struct exchange *x, const char *method, const char *version)
{
    int status = x->target ? framing_status(x->connection) : 500;
    if (strncmp(version, "HTTP/1.", strlen("HTTP/1.")) != 0)
        return 400; /* there are no headers to judge by */
    if (status)
        return status;
    match_route(x->listener->h->routes, method, x->target, &x->match);
    if (!x->match.route)
        return x->match.status;
    if (x->match.route->control_only && !x->listener->control)
        return 403;
    return x->listener->h->closing ? 503 : 0;
}

static void prepare(struct exchange *x)
{
    const char *inm = MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND,
                                                  MHD_HTTP_HEADER_IF_NONE_MATCH);
    x->request = (struct http_request){
        .method = x->match.route->method,
        .path = x->match.path,
        .control = x->listener->control,
        .if_none_match = inm ? inm : "",
        .internal = x,
    };
    x->step = STEP_BODY;
}

/* ---- the reply ---------------------------------------------------------------------------- */

/* Loop or worker: hashing a large reply belongs to where it was made. */
static void finish_reply(struct exchange *x)
{
    struct http_reply *r = &x->reply;
    if (r->status == 0)
        http_error(r, 500, "internal", "the handler gave no answer");
    if (r->status != 200 || strcmp(x->request.method, "GET") != 0)
        return;
    if (!r->etag[0]) {
        char sum[SHA256_HEX];
        sha256_hex(r->body, r->len, sum);
        snprintf(r->etag, sizeof r->etag, "%.*s", ETAG_HEX, sum);
    }
    char quoted[sizeof r->etag + 2];
    const char *seen = x->request.if_none_match;
    snprintf(quoted, sizeof quoted, "\"%s\"", r->etag);
    if (strcmp(seen, "*") == 0 || strstr(seen, quoted)) {
        free(r->body);
        r->body = NULL;
        r->len = 0;
        r->status = 304;
    }
}

static void add_headers(struct exchange *x, struct MHD_Response *response)
{
    const struct http_reply *r = &x->reply;
    char etag[sizeof r->etag + 2];
    if (r->type && r->len)
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, r->type);
    if (r->etag[0] && (r->status == 200 || r->status == 304)) {
        snprintf(etag, sizeof etag, "\"%s\"", r->etag);
        MHD_add_response_header(response, MHD_HTTP_HEADER_ETAG, etag);
    }
    if (r->status == 405)
        MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, x->match.allow);
    if (r->status == 400 || r->status == 413 || x->listener->h->closing)
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
    MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-cache");
    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
}

static enum MHD_Result send_reply(struct exchange *x)
{
    struct http_reply *r = &x->reply;
    struct MHD_Response *response = MHD_create_response_from_buffer(
        r->len, r->body, r->body ? MHD_RESPMEM_MUST_FREE : MHD_RESPMEM_PERSISTENT);
    if (!response)
        return MHD_NO; /* closes the connection */
    add_headers(x, response);
    r->body = NULL;
    x->step = STEP_DONE;
    set_waiting(x, false);
    enum MHD_Result rc = MHD_queue_response(x->connection, (unsigned)r->status, response);
    MHD_destroy_response(response);
    return rc;
}

/* ---- handlers ----------------------------------------------------------------------------- */

static void run_handler(struct exchange *x)
{
    struct http *h = x->listener->h;
    x->match.route->handle(h->owner, &x->request, x->match.args, &x->reply);
    finish_reply(x);
}

/* worker */
static int work(void *arg)
{
    run_handler(arg);
    return 0;
}

static void work_done(void *arg, int result)
{
    struct exchange *x = arg;
    struct listener *l = x->listener;
    if (result)
        refuse(x, 503);
    x->step = STEP_REPLY;
    MHD_resume_connection(x->connection);
    listener_drive(l);
}

/* The request is complete. */
static enum MHD_Result dispatch(struct exchange *x)
{
    if (x->body.failed) {
        refuse(x, 413);
        return send_reply(x);
    }
    x->request.body = (struct jh_slice){buf_text(&x->body), x->body.len};
    set_waiting(x, true);
    if (!x->match.route->worker) {
        run_handler(x);
        return send_reply(x);
    }
    x->step = STEP_RUNNING;
    MHD_suspend_connection(x->connection);
    if (loop_work(x->listener->h->loop, work, work_done, x) == 0)
        return MHD_YES;
    refuse(x, 503);
    MHD_resume_connection(x->connection);
    return MHD_YES;
}

enum MHD_Result exchange_handle(void *listener, struct MHD_Connection *connection,
                                const char *url, const char *method, const char *version,
                                const char *upload, size_t *upload_size, void **context)
{
    struct exchange *x = *context;
    (void)listener;
    (void)connection;
    (void)url;
    if (!x)
        return MHD_NO;
    if (x->step == STEP_HEADERS) {
        set_waiting(x, false);
        int status = first_status(x, method, version);
        if (status)
            refuse(x, status);
        else
            prepare(x);
        return x->step == STEP_REPLY ? send_reply(x) : MHD_YES;
    }
    if (x->step == STEP_BODY && *upload_size) {
        buf_add(&x->body, upload, *upload_size); /* past the limit it only fails */
        *upload_size = 0;
        return MHD_YES;
    }
    if (x->step == STEP_BODY)
        return dispatch(x);
    if (x->step == STEP_REPLY)
        return send_reply(x);
    *upload_size = 0; /* what still comes behind an early reply */
    return MHD_YES;
}

void exchange_end(void *listener, struct MHD_Connection *connection, void **context,
                  enum MHD_RequestTerminationCode code)
{
    struct exchange *x = *context;
    struct conn *c = conn_of(connection);
    struct listener *l = listener;
    (void)code;
    if (c) {
        c->in_request = c->running = false;
        c->since = uv_now(&l->h->loop->uv);
        if (l->h->closing) /* its reply may have gone out without "Connection: close" */
            shutdown(c->fd, SHUT_RDWR);
    }
    if (!x)
        return;
    free(x->reply.body);
    buf_done(&x->body);
    free(x->target);
    free(x);
    *context = NULL;
}
