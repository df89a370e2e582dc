/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/beside.h"

/* One after the other, as far as all goes well. */
static int judge(struct beside *b, const struct dataset *list, size_t n)
{
    int rc = 0;
    for (size_t i = 0; i < n && !rc; i++)
        rc = b->fn(b->arg, &list[i]);
    return rc;
}

/* False: that was all. */
static bool wait_busy(struct beside *b)
{
    pthread_mutex_lock(&b->lock);
    while (!b->busy && !b->ended)
        pthread_cond_wait(&b->changed, &b->lock);
    bool busy = b->busy;
    pthread_mutex_unlock(&b->lock);
    return busy;
}

static void *run(void *arg)
{
    struct beside *b = arg;
    while (wait_busy(b)) {
        int rc = judge(b, b->list, b->n); /* nobody touches these while busy */
        pthread_mutex_lock(&b->lock);
        b->rc = b->rc ? b->rc : rc;
        b->busy = false;
        pthread_mutex_unlock(&b->lock);
        pthread_cond_signal(&b->changed); /* whom it wakes wants the lock */
    }
    return NULL;
}

void beside_start(struct beside *b, intake_county_fn *fn, void *arg)
{
    *b = (struct beside){.fn = fn, .arg = arg};
    pthread_mutex_init(&b->lock, NULL);
    pthread_cond_init(&b->changed, NULL);
    b->alone = pthread_create(&b->thread, NULL, run, b) != 0;
}

/* With the lock. */
static void wait_idle(struct beside *b)
{
    while (b->busy)
        pthread_cond_wait(&b->changed, &b->lock);
}

int beside_give(void *beside, const struct dataset *list, size_t n)
{
    struct beside *b = beside;
    if (b->alone)
        return b->rc = judge(b, list, n);
    pthread_mutex_lock(&b->lock);
    wait_idle(b);
    int rc = b->rc;
    if (!rc) {
        b->list = list;
        b->n = n;
        b->busy = true;
    }
    pthread_mutex_unlock(&b->lock);
    if (!rc) /* whom a signal wakes wants the lock */
        pthread_cond_signal(&b->changed);
    return rc;
}

void beside_wait(struct beside *b)
{
    pthread_mutex_lock(&b->lock);
    wait_idle(b);
    pthread_mutex_unlock(&b->lock);
}

int beside_stop(struct beside *b)
{
    pthread_mutex_lock(&b->lock);
    wait_idle(b);
    b->ended = true;
    pthread_cond_signal(&b->changed);
    pthread_mutex_unlock(&b->lock);
    if (!b->alone)
        pthread_join(b->thread, NULL);
    pthread_cond_destroy(&b->changed);
    pthread_mutex_destroy(&b->lock);
    return b->rc;
}
