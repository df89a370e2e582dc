/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libcurl asks for two things: a watcher on a socket (on_socket: one uv_poll each) and one
 * timer (on_timer_wanted). Whatever wakes us, socket_action() tells libcurl and then drains
 * curl_multi_info_read, a slice at a time: a transfer that timed out is reported there and
 * nowhere else.
 */
#include "loop/transfer.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "loop/guard.h"
#include "loop/request.h"

enum {
    MAX_VALUE = 1024,
    MAX_HEADER = 8192,
    MAX_TEXT = 512,
    MOST_STARTS = 8,
    MOST_ENDS = 16
};

struct transfer {
    struct transfers *owner;
    struct transfer *next, **link; /* in the list of those running or waiting */
    struct request request;
    struct guard guard;
    jh_http_done *done;
    void *arg;
    CURL *easy;
    struct buf body;
    size_t header_bytes;
    bool overrun, headers_overrun; /* why we told libcurl to stop */
    char error[CURL_ERROR_SIZE];
};

struct list {
    struct transfer *first, **end;
};

struct transfers {
    struct loop *loop;
    CURLM *multi;
    uv_timer_t timer; /* libcurl's */
    uv_timer_t kick;  /* ours: start what waits, or close */
    size_t max_running, open_handles;
    struct list running, waiting;
    struct transfers_stats stats;
    struct transfer *telling; /* whose `done` is being called, or NULL */
    bool closing;
};

struct watch {
    uv_poll_t poll;
    struct transfers *owner;
    curl_socket_t fd;
};

/* ---- lists ------------------------------------------------------------------------------ */

static void list_init(struct list *list)
{
    list->first = NULL;
    list->end = &list->first;
}

static void list_append(struct list *list, struct transfer *x)
{
    x->next = NULL;
    x->link = list->end;
    *list->end = x;
    list->end = &x->next;
}

static void list_remove(struct list *list, struct transfer *x)
{
    *x->link = x->next;
    if (x->next)
        x->next->link = x->link;
    else
        list->end = x->link;
}

static struct transfer *list_take(struct list *list)
{
    struct transfer *x = list->first;
    if (!x)
        return NULL;
    list->first = x->next;
    if (x->next)
        x->next->link = &list->first;
    else
        list->end = &list->first;
    return x;
}

/* ---- texts ------------------------------------------------------------------------------ */

void transfer_public_url(const char *url, char *ret, size_t size)
{
    const char *host = strstr(url, "://");
    host = host ? host + 3 : url;
    const char *at = NULL;
    for (const char *p = host; *p && !strchr("/?#", *p); p++)
        if (*p == '@')
            at = p;
    int before = (int)(host - url);
    snprintf(ret, size, "%.*s%s", before, url, at ? at + 1 : host);
    ret[utf8_cut(ret, strlen(ret), size - 1)] = '\0';
}

/* What a peer sent, made fit for a line of log: valid UTF-8 without control characters. */
static void clean(char *text)
{
    size_t n = strlen(text);
    for (size_t bad; (bad = utf8_check(text, n)) < n;)
        text[bad] = '?';
    for (char *p = text; *p; p++)
        if ((unsigned char)*p < ' ' || *p == 0x7F)
            *p = ' ';
}

static void size_text(int64_t bytes, char *text, size_t size)
{
    static const char *const units[] = {"bytes", "KiB", "MiB", "GiB"};
    size_t unit = 0;
    while (unit < 3 && bytes >= 1024 && bytes % 1024 == 0) {
        bytes /= 1024;
        unit++;
    }
    snprintf(text, size, "%lld %s", (long long)bytes, units[unit]);
}

/* Another address of the same name may have done; then the refusal is no reason. */
static bool is_refused(const struct transfer *x, CURLcode rc)
{
    return x->guard.refused.code &&
           (rc == CURLE_COULDNT_CONNECT || rc == CURLE_ABORTED_BY_CALLBACK);
}

static int code_of(const struct transfer *x, CURLcode rc)
{
    if (x->overrun || x->headers_overrun)
        return JH_ELIMIT;
    if (x->body.failed)
        return JH_ENOMEM;
    if (is_refused(x, rc))
        return x->guard.refused.code;
    switch (rc) {
    case CURLE_OK:
        return 0;
    case CURLE_OPERATION_TIMEDOUT:
        return JH_ETIMEOUT;
    case CURLE_FILESIZE_EXCEEDED:
        return JH_ELIMIT;
    case CURLE_OUT_OF_MEMORY:
        return JH_ENOMEM;
    case CURLE_URL_MALFORMAT:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
        return JH_EINVAL;
    default:
        return JH_EIO;
    }
}

static void text_of(const struct transfer *x, CURLcode rc, char text[MAX_TEXT])
{
    char size[48];
    size_text(x->request.http.max_bytes, size, sizeof size);
    if (x->overrun || rc == CURLE_FILESIZE_EXCEEDED)
        snprintf(text, MAX_TEXT, "body is larger than %s (max_bytes)", size);
    else if (x->headers_overrun)
        snprintf(text, MAX_TEXT, "headers are larger than %d KiB",
                 REQUEST_MAX_HEADER_BYTES / 1024);
    else if (is_refused(x, rc))
        snprintf(text, MAX_TEXT, "%.500s", x->guard.refused.text);
    else
        snprintf(text, MAX_TEXT, "%s", x->error[0] ? x->error : curl_easy_strerror(rc));
    clean(text);
}

/* ---- headers ---------------------------------------------------------------------------- */

/* A header of the last answer; NULL when absent or unfit to be kept. */
static const char *header_at(CURL *easy, const char *name, size_t i)
{
    struct curl_header *h;
    if (curl_easy_header(easy, name, i, CURLH_HEADER, -1, &h) != CURLHE_OK)
        return NULL;
    size_t n = strnlen(h->value, MAX_HEADER);
    if (n == MAX_HEADER || utf8_check(h->value, n) < n)
        return NULL;
    for (const char *p = h->value; *p; p++)
        if ((unsigned char)*p < ' ' || *p == 0x7F)
            return NULL;
    return h->value;
}

static const char *header(CURL *easy, const char *name)
{
    const char *value = header_at(easy, name, 0);
    return value && strlen(value) < MAX_VALUE ? value : "";
}

static const char *any_header(const struct jh_http_response *response, const char *name,
                              size_t i)
{
    const struct transfer *x = response->host_data;
    return x->easy ? header_at(x->easy, name, i) : NULL;
}

/* ---- the end of a transfer -------------------------------------------------------------- */

static void transfer_free(struct transfer *x)
{
    curl_easy_cleanup(x->easy);
    request_done(&x->request);
    buf_done(&x->body);
    free(x);
}

/* Tells and frees. The transfer is in no list and no longer in the multi handle. */
static void tell(struct transfer *x, struct jh_http_response *response)
{
    struct transfers *t = x->owner;
    char url[2048] = "", *effective = NULL;
    if (x->easy)
        curl_easy_getinfo(x->easy, CURLINFO_EFFECTIVE_URL, &effective);
    transfer_public_url(effective ? effective : x->request.url, url, sizeof url);
    clean(url);
    response->size = sizeof *response;
    response->url = url;
    response->header = any_header;
    response->host_data = x;
    if (response->code)
        t->stats.failed++;
    else
        t->stats.done++;
    t->telling = x;
    x->done(x->arg, response);
    t->telling = NULL;
    transfer_free(x);
}

char *transfers_take_body(struct transfers *t, const char *body)
{
    struct transfer *x = t->telling;
    return x && body && x->body.p == body ? buf_take(&x->body) : NULL;
}

static void fail(struct transfer *x, int code, const char *text)
{
    struct jh_http_response response = {.code = code,
                                        .type = "",
                                        .etag = "",
                                        .last_modified = "",
                                        .retry_after_ms = -1,
                                        .text = text};
    tell(x, &response);
}

static void finish(struct transfer *x, CURLcode rc)
{
    char text[MAX_TEXT] = "";
    int code = code_of(x, rc);
    if (code) {
        text_of(x, rc, text);
        fail(x, code, text);
        return;
    }
    long status = 0;
    curl_off_t retry_s = 0;
    curl_easy_getinfo(x->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(x->easy, CURLINFO_RETRY_AFTER, &retry_s);
    bool retry = *header(x->easy, "Retry-After") != '\0';
    struct jh_http_response response = {.status = (int)status,
                                        .body = {buf_text(&x->body), x->body.len},
                                        .type = header(x->easy, "Content-Type"),
                                        .etag = header(x->easy, "ETag"),
                                        .last_modified = header(x->easy, "Last-Modified"),
                                        .retry_after_ms =
                                            retry ? (int64_t)retry_s * 1000 : -1,
                                        .text = ""};
    tell(x, &response);
}

/* ---- libcurl's side --------------------------------------------------------------------- */

static size_t on_body(char *p, size_t one, size_t n, void *arg)
{
    struct transfer *x = arg;
    (void)one;
    /* Decoded bytes: Content-Length says nothing about what a gzip body becomes. */
    x->overrun = (int64_t)(x->body.len + n) > x->request.http.max_bytes;
    if (x->overrun)
        return CURL_WRITEFUNC_ERROR;
    buf_add(&x->body, p, n);
    if (x->body.failed)
        return CURL_WRITEFUNC_ERROR;
    x->owner->stats.bytes += (int64_t)n;
    return n;
}

static size_t on_header(char *p, size_t one, size_t n, void *arg)
{
    struct transfer *x = arg;
    (void)p;
    (void)one;
    x->header_bytes += n;
    x->headers_overrun = x->header_bytes > REQUEST_MAX_HEADER_BYTES;
    return x->headers_overrun ? CURL_WRITEFUNC_ERROR : n;
}

/*
 * A hundred may end at once, each with a body to hand over and a line to log: some of them in
 * the loop's next turn. True: there are more.
 */
static bool drain(struct transfers *t)
{
    CURLMsg *msg;
    int left = 0;
    for (int i = 0; i < MOST_ENDS && (msg = curl_multi_info_read(t->multi, &left)); i++) {
        if (msg->msg != CURLMSG_DONE)
            continue;
        struct transfer *x = NULL;
        CURLcode rc = msg->data.result; /* gone once the handle is removed */
        curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &x);
        curl_multi_remove_handle(t->multi, x->easy);
        list_remove(&t->running, x);
        t->stats.running--;
        finish(x, rc);
    }
    return left > 0;
}

static void on_kick(uv_timer_t *timer);

static bool may_start(const struct transfers *t)
{
    return !t->closing && t->waiting.first && t->stats.running < t->max_running;
}

static void socket_action(struct transfers *t, curl_socket_t fd, int events,
                          const char *what)
{
    int running;
    struct loop *loop = t->loop;
    int64_t entered = loop_enter();
    curl_multi_socket_action(t->multi, fd, events, &running);
    /* none is begun from here: libcurl would have them all in its next turn */
    if (drain(t) || may_start(t))
        uv_timer_start(&t->kick, on_kick, 0, 0);
    loop_leave(loop, what, entered);
}

static void on_timeout(uv_timer_t *timer)
{
    socket_action(timer->data, CURL_SOCKET_TIMEOUT, 0, "transfer timer");
}

/* Never acts here: libcurl is in the middle of something. A time-out of 0 is soon enough. */
static int on_timer_wanted(CURLM *multi, long timeout_ms, void *arg)
{
    struct transfers *t = arg;
    (void)multi;
    if (timeout_ms < 0)
        return uv_timer_stop(&t->timer);
    uv_update_time(&t->loop->uv);
    return uv_timer_start(&t->timer, on_timeout, (uint64_t)timeout_ms, 0);
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
    struct watch *watch = poll->data;
    /* After an error libcurl tries the socket and finds out which one it was. */
    int flags = status < 0 ? CURL_CSELECT_IN | CURL_CSELECT_OUT : 0;
    flags |= events & UV_READABLE ? CURL_CSELECT_IN : 0;
    flags |= events & UV_WRITABLE ? CURL_CSELECT_OUT : 0;
    socket_action(watch->owner, watch->fd, flags, "transfer");
}

static void on_handle_closed(struct transfers *t)
{
    if (--t->open_handles == 0) {
        curl_global_cleanup();
        free(t);
    }
}

static void on_watch_closed(uv_handle_t *handle)
{
    struct watch *watch = handle->data;
    struct transfers *t = watch->owner;
    free(watch); /* only now: libuv had it until here */
    on_handle_closed(t);
}

static struct watch *watch_new(struct transfers *t, curl_socket_t fd)
{
    struct watch *watch = calloc(1, sizeof *watch);
    if (!watch || uv_poll_init_socket(&t->loop->uv, &watch->poll, fd)) {
        free(watch);
        return NULL;
    }
    watch->owner = t;
    watch->fd = fd;
    watch->poll.data = watch;
    t->open_handles++;
    return watch;
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *socket_arg)
{
    struct transfers *t = arg;
    struct watch *watch = socket_arg;
    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        if (watch)
            uv_close((uv_handle_t *)&watch->poll, on_watch_closed);
        return curl_multi_assign(t->multi, fd, NULL), 0;
    }
    if (!watch && !(watch = watch_new(t, fd)))
        return -1;
    curl_multi_assign(t->multi, fd, watch);
    int events = (what & CURL_POLL_IN ? UV_READABLE : 0) |
                 (what & CURL_POLL_OUT ? UV_WRITABLE : 0);
    return uv_poll_start(&watch->poll, events, on_readable);
}

/* ---- starting --------------------------------------------------------------------------- */

static int begin(struct transfer *x)
{
    x->easy = curl_easy_init();
    if (!x->easy || request_setup(&x->request, x->easy) ||
        guard_setup(&x->guard, x->easy))
        return JH_ENOMEM;
    buf_init(&x->body, (size_t)x->request.http.max_bytes);
    curl_easy_setopt(x->easy, CURLOPT_PRIVATE, x);
    curl_easy_setopt(x->easy, CURLOPT_ERRORBUFFER, x->error);
    curl_easy_setopt(x->easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(x->easy, CURLOPT_WRITEDATA, x);
    curl_easy_setopt(x->easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(x->easy, CURLOPT_HEADERDATA, x);
    return curl_multi_add_handle(x->owner->multi, x->easy) ? JH_ENOMEM : 0;
}

/* A few at a time: setting one up and connecting costs some tenths of a millisecond. */
static void start_waiting(struct transfers *t)
{
    for (int i = 0; i < MOST_STARTS && may_start(t); i++) {
        struct transfer *x = list_take(&t->waiting);
        t->stats.waiting--;
        if (x->request.wrong.code) {
            fail(x, x->request.wrong.code, x->request.wrong.text);
        } else if (begin(x)) {
            fail(x, JH_ENOMEM, "out of memory");
        } else {
            list_append(&t->running, x);
            t->stats.running++;
            t->stats.started++;
        }
    }
    if (may_start(t))
        uv_timer_start(&t->kick, on_kick, 0, 0);
}

int transfers_start(struct transfers *t, const struct jh_http_request *request,
                    const struct transfers_rules *rules, jh_http_done *done, void *arg)
{
    if (t->closing)
        return JH_ECANCELED;
    if (t->stats.waiting >= TRANSFERS_MAX_WAITING)
        return JH_EBUSY;
    struct transfer *x = calloc(1, sizeof *x);
    if (!x || request_copy(&x->request, request)) {
        free(x);
        return JH_ENOMEM;
    }
    if (rules)
        x->guard = (struct guard){.all = rules->all, .own = rules->own};
    x->guard.proxied = x->request.proxy != NULL;
    if (!x->request.wrong.code)
        guard_possible(&x->guard, &x->request.wrong);
    x->owner = t;
    x->done = done;
    x->arg = arg;
    list_append(&t->waiting, x);
    t->stats.waiting++;
    return uv_timer_start(&t->kick, on_kick, 0, 0);
}

/* ---- opening and closing ---------------------------------------------------------------- */

static void cancel_all(struct transfers *t)
{
    for (struct transfer *x; (x = list_take(&t->running));) {
        curl_multi_remove_handle(t->multi, x->easy);
        t->stats.running--;
        fail(x, JH_ECANCELED, "canceled: stopping");
    }
    for (struct transfer *x; (x = list_take(&t->waiting));) {
        t->stats.waiting--;
        fail(x, JH_ECANCELED, "canceled: stopping");
    }
}

static void on_timer_closed(uv_handle_t *handle)
{
    on_handle_closed(handle->data);
}

static void on_kick(uv_timer_t *timer)
{
    struct transfers *t = timer->data;
    struct loop *loop = t->loop;
    int64_t entered = loop_enter();
    if (t->closing) {
        cancel_all(t);
        curl_multi_cleanup(t->multi); /* takes its watchers and its timer back */
        uv_close((uv_handle_t *)&t->timer, on_timer_closed);
        uv_close((uv_handle_t *)&t->kick, on_timer_closed);
    } else if (drain(t)) {
        uv_timer_start(&t->kick, on_kick, 0, 0);
    } else {
        start_waiting(t);
    }
    loop_leave(loop, "transfer start", entered);
}

/* Not at once: whoever calls may be inside the callback of one of the transfers. */
void transfers_close(struct transfers *t)
{
    if (!t || t->closing)
        return;
    t->closing = true;
    uv_timer_start(&t->kick, on_kick, 0, 0);
}

int transfers_new(struct loop *loop, size_t max_running, struct transfers **ret,
                  struct jh_err *err)
{
    struct transfers *t = calloc(1, sizeof *t);
    if (!t || curl_global_init(CURL_GLOBAL_DEFAULT)) {
        free(t);
        return err_set(err, JH_ENOMEM, "out of memory");
    }
    t->multi = curl_multi_init();
    if (!t->multi) {
        curl_global_cleanup();
        free(t);
        return err_set(err, JH_ENOMEM, "out of memory");
    }
    t->loop = loop;
    t->max_running = max_running ? max_running : 1;
    t->open_handles = 2;
    list_init(&t->running);
    list_init(&t->waiting);
    uv_timer_init(&loop->uv, &t->timer);
    uv_timer_init(&loop->uv, &t->kick);
    t->timer.data = t->kick.data = t;
    curl_multi_setopt(t->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(t->multi, CURLMOPT_SOCKETDATA, t);
    curl_multi_setopt(t->multi, CURLMOPT_TIMERFUNCTION, on_timer_wanted);
    curl_multi_setopt(t->multi, CURLMOPT_TIMERDATA, t);
    curl_multi_setopt(t->multi, CURLMOPT_MAXCONNECTS, (long)t->max_running);
    *ret = t;
    return 0;
}

void transfers_stats(const struct transfers *t, struct transfers_stats *ret)
{
    *ret = t->stats;
}
