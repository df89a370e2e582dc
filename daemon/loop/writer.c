/* SPDX-License-Identifier: Apache-2.0 */
#include "loop/writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TROUBLE_BYTES = 800, QUEUE_MAX = 65536 }; /* jobs; a source posts one a poll */

struct job {
    struct job *next;
    int (*fn)(struct store *store, void *arg);
    void (*done)(void *arg, int result); /* may be NULL */
    void *arg;
    int result;
    bool called; /* on the stack of writer_call(), which waits for it */
    bool finished;
};

struct list {
    struct job *head, *tail;
};

struct writer {
    struct loop *loop;
    struct store *store; /* the thread's until it ends */
    uv_thread_t thread;
    uv_async_t async;
    void (*changed)(void *arg, const char *trouble); /* or NULL */
    void *changed_arg;
    uv_mutex_t lock; /* guards what follows */
    char trouble[TROUBLE_BYTES];
    bool tell_trouble;
    uv_cond_t work;   /* there is a job, or we are closing */
    uv_cond_t answer; /* a job of writer_call() is finished */
    struct list todo, done;
    size_t queued;
    bool closing;
};

static void append(struct list *list, struct job *job)
{
    job->next = NULL;
    if (list->tail)
        list->tail->next = job;
    else
        list->head = job;
    list->tail = job;
}

static struct job *take(struct list *list)
{
    struct job *job = list->head;

    if (job) {
        list->head = job->next;
        if (!list->head)
            list->tail = NULL;
    }
    return job;
}

/* Waits for a job; NULL when closing and all is done. store */
static struct job *next_job(struct writer *w)
{
    uv_mutex_lock(&w->lock);
    while (!w->todo.head && !w->closing)
        uv_cond_wait(&w->work, &w->lock);
    struct job *job = take(&w->todo);
    if (job)
        w->queued--;
    uv_mutex_unlock(&w->lock);
    return job;
}

static void finish(struct writer *w, struct job *job)
{
    bool called = job->called; /* read now: a caller's job is gone once it is finished */

    uv_mutex_lock(&w->lock);
    job->finished = true;
    if (called)
        uv_cond_broadcast(&w->answer);
    else
        append(&w->done, job);
    uv_mutex_unlock(&w->lock);
    if (!called)
        uv_async_send(&w->async);
}

/* Before the job is told of: who is told that it failed may know why. store */
static void look_at_trouble(struct writer *w)
{
    const char *trouble = store_trouble(w->store);
    bool changed;

    uv_mutex_lock(&w->lock);
    changed = !*trouble != !*w->trouble;
    if (changed)
        snprintf(w->trouble, sizeof(w->trouble), "%s", trouble);
    w->tell_trouble |= changed;
    uv_mutex_unlock(&w->lock);
    if (changed)
        uv_async_send(&w->async);
}

/* The store thread. */
static void run(void *arg)
{
    struct writer *w = arg;
    struct job *job;

    while ((job = next_job(w))) {
        job->result = job->fn(w->store, job->arg);
        look_at_trouble(w);
        finish(w, job);
    }
}

/* One at a time: a callback may close the writer, which tells the rest itself. loop */
static void tell_done(struct writer *w)
{
    struct job *job;

    do {
        uv_mutex_lock(&w->lock);
        job = take(&w->done);
        uv_mutex_unlock(&w->lock);
        if (job && job->done)
            job->done(job->arg, job->result);
        free(job);
    } while (job);
}

/* loop */
static void tell_trouble(struct writer *w)
{
    char trouble[TROUBLE_BYTES];
    bool tell;

    uv_mutex_lock(&w->lock);
    tell = w->tell_trouble && w->changed;
    memcpy(trouble, w->trouble, sizeof(trouble));
    w->tell_trouble = false;
    uv_mutex_unlock(&w->lock);
    if (tell)
        w->changed(w->changed_arg, trouble);
}

static void on_async(uv_async_t *async)
{
    struct writer *w = async->data;
    struct loop *loop = w->loop;
    int64_t entered = loop_enter();

    tell_trouble(w); /* first: a callback may close the writer */
    tell_done(w);
    loop_leave(loop, "writer", entered);
}

static int enqueue(struct writer *w, struct job *job)
{
    int r = 0;

    if (w->closing)
        r = JH_ECANCELED;
    else if (w->queued == QUEUE_MAX)
        r = JH_EBUSY;
    if (r)
        return r;
    append(&w->todo, job);
    w->queued++;
    uv_cond_signal(&w->work);
    return 0;
}

static void on_closed(uv_handle_t *handle)
{
    struct writer *w = handle->data;

    uv_mutex_destroy(&w->lock);
    uv_cond_destroy(&w->work);
    uv_cond_destroy(&w->answer);
    free(w);
}

int writer_new(struct loop *loop, struct store *store, struct writer **ret,
               struct jh_err *err)
{
    struct writer *w = calloc(1, sizeof(*w));

    if (!w)
        return err_set(err, JH_ENOMEM, "out of memory");
    w->loop = loop;
    w->store = store;
    w->async.data = w;
    if (uv_mutex_init(&w->lock) || uv_cond_init(&w->work) || uv_cond_init(&w->answer))
        abort(); /* glibc's cannot fail */
    int r = uv_async_init(&loop->uv, &w->async, on_async);
    if (r) {
        free(w);
        return err_set(err, JH_EIO, "store thread: %s", uv_strerror(r));
    }
    r = uv_thread_create(&w->thread, run, w);
    if (r) {
        uv_close((uv_handle_t *)&w->async, on_closed);
        return err_set(err, JH_EIO, "store thread: %s", uv_strerror(r));
    }
    *ret = w;
    return 0;
}

void writer_watch(struct writer *w, void (*changed)(void *arg, const char *trouble),
                  void *arg)
{
    w->changed = changed;
    w->changed_arg = arg;
}

int writer_post(struct writer *w, int (*fn)(struct store *store, void *arg),
                void (*done)(void *arg, int result), void *arg)
{
    struct job *job = calloc(1, sizeof(*job));

    if (!job)
        return JH_ENOMEM;
    *job = (struct job){.fn = fn, .done = done, .arg = arg};
    uv_mutex_lock(&w->lock);
    int r = enqueue(w, job);
    uv_mutex_unlock(&w->lock);
    if (r)
        free(job);
    return r;
}

int writer_call(struct writer *w, int (*fn)(struct store *store, void *arg), void *arg)
{
    struct job job = {.fn = fn, .arg = arg, .called = true};

    uv_mutex_lock(&w->lock);
    int r = enqueue(w, &job);
    while (!r && !job.finished)
        uv_cond_wait(&w->answer, &w->lock);
    uv_mutex_unlock(&w->lock);
    return r ? r : job.result;
}

void writer_close(struct writer *w)
{
    uv_mutex_lock(&w->lock);
    w->closing = true;
    uv_cond_signal(&w->work);
    uv_mutex_unlock(&w->lock);
    uv_thread_join(&w->thread);
    tell_done(w);
    store_close(w->store);
    uv_close((uv_handle_t *)&w->async, on_closed);
}
