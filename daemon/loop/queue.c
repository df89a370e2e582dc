/* SPDX-License-Identifier: Apache-2.0 */
#include "loop/queue.h"

#include <stdlib.h>

/*
 * What is short is run together: to and fro between two threads, and what comes after each
 * batch, cost more than that. Where they come one by one, a batch that left nothing to do is
 * followed by a rest, in which some more gather.
 */
enum { BATCH_MOST = 64, BATCH_NS = 10 * 1000 * 1000, REST_MS = 200 };

struct entry {
    struct entry *next;
    struct queue *queue;
    int (*fn)(void *arg);
    void (*done)(void *arg, int result);
    void *arg;
    int result;
};

struct queue {
    struct loop *loop;
    struct entry *first, *last;
    size_t n, max;
    struct loop_timer *timer;
    bool resting;
    size_t running; /* so many from the first on have been given to the worker; */
    size_t ran;     /* so many of them it has run. The worker's until it is done */
    void (*idle)(void *arg);
    void (*ended)(void *arg); /* in the worker; or NULL */
    void *idle_arg;
    void (*closed)(void *arg); /* set: closing */
    void *closed_arg;
};

struct queue *queue_new(struct loop *loop, size_t max, void (*idle)(void *arg), void *arg)
{
    struct queue *q = calloc(1, sizeof *q);
    if (q)
        *q = (struct queue){.loop = loop, .max = max, .idle = idle, .idle_arg = arg};
    return q;
}

void queue_ended(struct queue *q, void (*ended)(void *arg))
{
    q->ended = ended;
}

static void pop(struct queue *q, int result)
{
    struct entry *entry = q->first;
    q->first = entry->next;
    if (!q->first)
        q->last = NULL;
    q->n--;
    entry->done(entry->arg, result);
    free(entry);
}

/* worker: the first one at least, and what else there was, as long as it does not take long */
static int batch_run(void *arg)
{
    struct queue *q = arg;
    struct entry *entry = q->first;
    uint64_t until = uv_hrtime() + BATCH_NS;
    do {
        entry->result = entry->fn(entry->arg);
        q->ran++;
        if (q->ran < q->running)
            entry = entry->next;
    } while (q->ran < q->running && uv_hrtime() < until);
    if (q->ended)
        q->ended(q->idle_arg);
    return 0;
}

static void batch_done(void *arg, int result);

static void start_next(struct queue *q)
{
    while (!q->running && q->first && (!q->resting || q->n >= BATCH_MOST)) {
        q->running = q->n < BATCH_MOST ? q->n : BATCH_MOST;
        q->ran = 0;
        int rc = loop_work(q->loop, batch_run, batch_done, q);
        if (!rc)
            return;
        q->running = 0;
        pop(q, rc);
    }
}

static void on_rested(void *arg)
{
    struct queue *q = arg;
    q->resting = false;
    start_next(q);
}

static void rest(struct queue *q)
{
    if (q->timer)
        loop_timer_again(q->timer, REST_MS, 0);
    else
        q->timer = loop_timer_start(q->loop, REST_MS, 0, on_rested, q);
    q->resting = q->timer != NULL;
}

static void give_up(struct queue *q)
{
    loop_timer_stop(q->timer);
    while (q->first)
        pop(q, JH_ECANCELED);
    q->closed(q->closed_arg);
    free(q);
}

/* Those that were run are told; `running` keeps what they add from starting in between. */
static void batch_done(void *arg, int result)
{
    struct queue *q = arg;
    size_t ran = q->ran;
    for (size_t i = 0; i < ran; i++)
        pop(q, q->first->result);
    if (!ran)
        pop(q, result);
    q->running = 0;
    if (q->closed) {
        give_up(q);
        return;
    }
    if (!q->first)
        rest(q);
    start_next(q);
    if (!q->first && q->idle)
        q->idle(q->idle_arg);
}

int queue_add(struct queue *q, int (*fn)(void *arg), void (*done)(void *arg, int result),
              void *arg)
{
    if (q->closed)
        return JH_ECANCELED;
    if (q->n >= q->max)
        return JH_ELIMIT;
    struct entry *entry = malloc(sizeof *entry);
    if (!entry)
        return JH_ENOMEM;
    *entry = (struct entry){NULL, q, fn, done, arg, 0};
    if (q->last)
        q->last->next = entry;
    else
        q->first = entry;
    q->last = entry;
    q->n++;
    start_next(q);
    return 0;
}

size_t queue_length(const struct queue *q)
{
    return q->n;
}

void queue_close(struct queue *q, void (*closed)(void *arg), void *arg)
{
    q->closed = closed;
    q->closed_arg = arg;
    if (!q->running)
        give_up(q);
}
