/* SPDX-License-Identifier: Apache-2.0 */
#include "loop/call.h"

#include <stdlib.h>

/* Lives on the waiting worker's stack. */
struct call {
    struct call *next;
    int (*fn)(void *arg);
    void *arg;
    int result;
    bool done;
};

struct calls {
    struct loop *loop;
    uv_async_t async;
    uv_mutex_t lock;
    uv_cond_t answered;
    struct call *waiting;
    bool closed;
};

static void run_waiting(uv_async_t *async)
{
    struct calls *calls = async->data;
    int64_t entered = loop_enter();
    uv_mutex_lock(&calls->lock);
    while (calls->waiting) {
        struct call *call = calls->waiting;
        calls->waiting = call->next;
        uv_mutex_unlock(&calls->lock);
        int result = call->fn(call->arg);
        uv_mutex_lock(&calls->lock);
        call->result = result;
        call->done = true;
        uv_cond_broadcast(&calls->answered);
    }
    uv_mutex_unlock(&calls->lock);
    loop_leave(calls->loop, "call", entered);
}

int calls_new(struct loop *loop, struct calls **ret, struct jh_err *err)
{
    struct calls *calls = calloc(1, sizeof *calls);
    if (!calls)
        return err_set(err, JH_ENOMEM, "out of memory");
    calls->loop = loop;
    calls->async.data = calls;
    int rc = uv_async_init(&loop->uv, &calls->async, run_waiting);
    if (rc) {
        free(calls);
        return err_set(err, JH_EIO, "event loop: %s", uv_strerror(rc));
    }
    uv_mutex_init(&calls->lock);
    uv_cond_init(&calls->answered);
    *ret = calls;
    return 0;
}

int calls_run(struct calls *calls, int (*fn)(void *arg), void *arg)
{
    struct call call = {.fn = fn, .arg = arg};
    uv_mutex_lock(&calls->lock);
    if (calls->closed) {
        uv_mutex_unlock(&calls->lock);
        return JH_ECANCELED;
    }
    call.next = calls->waiting;
    calls->waiting = &call;
    uv_async_send(&calls->async);
    while (!call.done)
        uv_cond_wait(&calls->answered, &calls->lock);
    uv_mutex_unlock(&calls->lock);
    return call.result;
}

static void closed(uv_handle_t *handle)
{
    struct calls *calls = handle->data;
    uv_mutex_destroy(&calls->lock);
    uv_cond_destroy(&calls->answered);
    free(calls);
}

void calls_close(struct calls *calls)
{
    if (!calls)
        return;
    uv_mutex_lock(&calls->lock);
    calls->closed = true;
    uv_mutex_unlock(&calls->lock);
    uv_close((uv_handle_t *)&calls->async, closed);
}
