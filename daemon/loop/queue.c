/* SPDX-License-Identifier: Apache-2.0 */
#include "loop/queue.h"

#include <stdlib.h>

struct entry {
    struct entry *next;
    struct queue *queue;
    int (*fn)(void *arg);
    void (*done)(void *arg, int result);
    void *arg;
};

struct queue {
    struct loop *loop;
    struct entry *first, *last; /* the first one runs while `running` */
    size_t n, max;
    bool running;
    void (*idle)(void *arg);
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

static int entry_run(void *arg)
{
    const struct entry *entry = arg;
    return entry->fn(entry->arg);
}

static void entry_done(void *arg, int result);

static void start_next(struct queue *q)
{
    while (!q->running && q->first) {
        q->running = true;
        int rc = loop_work(q->loop, entry_run, entry_done, q->first);
        if (!rc)
            return;
        q->running = false;
        pop(q, rc);
    }
}

static void give_up(struct queue *q)
{
    while (q->first)
        pop(q, JH_ECANCELED);
    q->closed(q->closed_arg);
    free(q);
}

static void entry_done(void *arg, int result)
{
    struct queue *q = ((struct entry *)arg)->queue;
    q->running = false;
    pop(q, result);
    if (q->closed) {
        give_up(q);
        return;
    }
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
    *entry = (struct entry){NULL, q, fn, done, arg};
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
