/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/beside.h"

static void *run(void *arg)
{
    struct beside *b = arg;
    pthread_mutex_lock(&b->lock);
    for (;;) {
        while (!b->busy && !b->ended)
            pthread_cond_wait(&b->changed, &b->lock);
        if (!b->busy)
            break;
        pthread_mutex_unlock(&b->lock);
        int rc = b->fn(b->arg, &b->data); /* nobody touches data while busy */
        pthread_mutex_lock(&b->lock);
        b->rc = b->rc ? b->rc : rc;
        b->busy = false;
        pthread_cond_signal(&b->changed);
    }
    pthread_mutex_unlock(&b->lock);
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

int beside_give(void *beside, const struct dataset *data)
{
    struct beside *b = beside;
    if (b->alone)
        return b->rc = b->fn(b->arg, data);
    pthread_mutex_lock(&b->lock);
    wait_idle(b);
    int rc = b->rc;
    if (!rc) {
        b->data = *data;
        b->busy = true;
        pthread_cond_signal(&b->changed);
    }
    pthread_mutex_unlock(&b->lock);
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
