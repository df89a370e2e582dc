/* SPDX-License-Identifier: Apache-2.0 */
#include "http/listener.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/exchange.h"

/* ---- connections -------------------------------------------------------------------------- */

static void conn_opened(struct listener *l, struct MHD_Connection *connection,
                        void **context)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct conn *c = info ? calloc(1, sizeof *c) : NULL;
    *context = c;
    if (!c) { /* a connection that nobody times is not kept */
        if (info)
            shutdown(info->connect_fd, SHUT_RDWR);
        return;
    }
    c->listener = l;
    c->fd = info->connect_fd;
    c->since = uv_now(&l->h->loop->uv);
    c->next = l->conns;
    if (c->next)
        c->next->prev = c;
    l->conns = c;
    http_conn_opened(l->h);
}

static void conn_closed(struct conn *c)
{
    struct listener *l = c->listener;
    if (c->prev)
        c->prev->next = c->next;
    else
        l->conns = c->next;
    if (c->next)
        c->next->prev = c->prev;
    l->h->n_conns--;
    free(c);
}

static void on_connection(void *arg, struct MHD_Connection *connection, void **context,
                          enum MHD_ConnectionNotificationCode what)
{
    if (what == MHD_CONNECTION_NOTIFY_STARTED)
        conn_opened(arg, connection, context);
    else if (*context)
        conn_closed(*context);
}

/* ---- the loop ----------------------------------------------------------------------------- */

static void on_timer(uv_timer_t *timer)
{
    listener_drive(timer->data);
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
    (void)status; /* MHD looks for itself */
    (void)events;
    listener_drive(poll->data);
}

/* After every run MHD must be asked anew when it wants the next one (external loop). */
static void arm(struct listener *l)
{
    MHD_UNSIGNED_LONG_LONG ms = 0;
    if (MHD_get_timeout(l->mhd, &ms) == MHD_YES)
        uv_timer_start(&l->timer, on_timer, ms, 0);
    else
        uv_timer_stop(&l->timer);
}

void listener_drive(struct listener *l)
{
    struct http *h = l->h;
    struct loop *loop = h->loop;
    int64_t entered = loop_enter();
    MHD_run(l->mhd);
    arm(l);
    loop_leave(loop, "http", entered);
    http_settle(h);
}

/* ---- start and end ------------------------------------------------------------------------ */

static void on_log(void *arg, const char *fmt, va_list ap)
{
    const struct listener *l = arg;
    const struct log *log = l->h->loop->log;
    char text[256], *line = text;
    if (!log)
        return;
    vsnprintf(text, sizeof text, fmt, ap);
    text[strcspn(text, "\r\n")] = '\0';
    log_event(log, LOG_DEBUG, "http.library", LOG_S("text", line));
}

static struct MHD_Daemon *start_mhd(struct listener *l, int fd)
{
    return MHD_start_daemon(
        MHD_USE_EPOLL | MHD_USE_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, NULL, NULL,
        exchange_handle, l, MHD_OPTION_EXTERNAL_LOGGER, on_log, l,
        MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)HTTP_CONNECTIONS_MAX, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        (unsigned)(l->control ? 0 : HTTP_PER_IP_MAX), MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)HTTP_HEADERS_MAX, MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_URI_LOG_CALLBACK, exchange_begin, l, MHD_OPTION_NOTIFY_COMPLETED,
        exchange_end, l, MHD_OPTION_NOTIFY_CONNECTION, on_connection, l, MHD_OPTION_END);
}

static int port_of(int fd)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
        struct sockaddr_storage storage;
    } a = {0};
    socklen_t len = sizeof a;
    if (getsockname(fd, &a.any, &len))
        return 0;
    return a.any.sa_family == AF_INET    ? ntohs(a.v4.sin_port)
           : a.any.sa_family == AF_INET6 ? ntohs(a.v6.sin6_port)
                                         : 0;
}

int listener_start(struct http *h, int fd, bool control, struct jh_err *err)
{
    struct listener *l = calloc(1, sizeof *l);
    if (!l) {
        close(fd);
        return err_set(err, JH_ENOMEM, "out of memory");
    }
    l->h = h;
    l->control = control;
    l->port = port_of(fd);
    l->mhd = start_mhd(l, fd);
    const union MHD_DaemonInfo *info =
        l->mhd ? MHD_get_daemon_info(l->mhd, MHD_DAEMON_INFO_EPOLL_FD) : NULL;
    if (!info || uv_poll_init(&h->loop->uv, &l->poll, info->epoll_fd)) {
        if (l->mhd)
            MHD_stop_daemon(l->mhd); /* closes fd */
        else
            close(fd);
        free(l);
        return err_set(err, JH_EIO, "cannot start the HTTP server");
    }
    uv_timer_init(&h->loop->uv, &l->timer);
    l->poll.data = l->timer.data = l;
    l->open_handles = 2;
    uv_poll_start(&l->poll, UV_READABLE, on_readable);
    arm(l);
    l->next = h->listeners;
    h->listeners = l;
    return 0;
}

void listener_quiesce(struct listener *l)
{
    int fd = MHD_quiesce_daemon(l->mhd);
    if (fd >= 0)
        close(fd);
    if (l->path)
        unlink(l->path);
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct listener *l = handle->data;
    if (--l->open_handles)
        return;
    struct http *h = l->h;
    MHD_stop_daemon(l->mhd);
    struct listener **at = &h->listeners;
    while (*at != l)
        at = &(*at)->next;
    *at = l->next;
    free(l->path);
    free(l);
    http_settle(h);
}

void listener_close(struct listener *l)
{
    if (uv_is_closing((uv_handle_t *)&l->poll))
        return;
    uv_close((uv_handle_t *)&l->poll, on_handle_closed);
    uv_close((uv_handle_t *)&l->timer, on_handle_closed);
}
