/* SPDX-License-Identifier: Apache-2.0 */
/* Why: one thread writes; jobs must run in order, be told on the loop, and none be lost. */
#include <pthread.h>

#include "loop/writer.h"
#include "store/fixture.h"

enum { POSTS = 500, CALLERS = 3 };

struct shared {
    struct writer *w;
    pthread_t loop_thread;
    int ran, told, wrong_order, wrong_thread, last;
};

struct post {
    struct shared *shared;
    int number;
};

static int put(struct store *store, void *arg)
{
    struct post *post = arg;
    struct store_source src = {.name = "x", .failures = post->number};

    if (post->number != ++post->shared->ran)
        post->shared->wrong_order++;
    return store_source_put(store, &src, NULL) ? JH_EIO : post->number;
}

static void told(void *arg, int result)
{
    struct post *post = arg;

    post->shared->told++;
    if (result != post->shared->last + 1)
        post->shared->wrong_order++;
    post->shared->last = result;
    if (!pthread_equal(pthread_self(), post->shared->loop_thread))
        post->shared->wrong_thread++;
}

static void open_all(struct fixture *f, struct loop *loop, const struct clock *clock,
                     struct shared *s)
{
    memset(s, 0, sizeof(*s));
    s->loop_thread = pthread_self();
    must(f, loop_init(loop, clock, NULL, &f->err), "loop");
    must(f, store_open(f->path, STORE_WRITE, &f->store, &f->err), "open");
    must(f, writer_new(loop, f->store, &s->w, &f->err), "writer");
    f->store = NULL;
}

static void test_posts(struct fixture *f, const struct clock *clock)
{
    static struct post posts[POSTS];
    struct store_source got;
    struct shared s;
    struct loop loop;

    open_all(f, &loop, clock, &s);
    for (int i = 0; i < POSTS; i++) {
        posts[i] = (struct post){&s, i + 1};
        must(f, writer_post(s.w, put, told, &posts[i]), "post");
    }
    while (s.told < POSTS / 2)
        uv_run(&loop.uv, UV_RUN_ONCE);
    writer_close(s.w); /* while some are queued */
    is_int(s.ran, POSTS, "closing runs what is queued");
    is_int(s.told, POSTS, "and tells it");
    is_int(s.wrong_order, 0, "in order");
    is_int(s.wrong_thread, 0, "on the loop thread");
    is_int(writer_post(s.w, put, told, &posts[0]), JH_ECANCELED,
           "then no more are taken");
    is_int(loop_done(&loop), 0, "the loop closes");
    must(f, store_open(f->path, STORE_WRITE, &f->store, &f->err), "open");
    must(f, store_source_get(f->store, "x", f->arena, &got, &f->err), "get");
    is_int(got.failures, POSTS, "the last one is in the store");
    store_close(f->store);
    f->store = NULL;
}

static int count(struct store *store, void *arg)
{
    struct shared *s = arg;

    (void)store;
    return ++s->ran;
}

struct caller {
    struct shared *shared;
    int answered, last, result;
};

/* Calls until the writer closes. */
static void *call(void *arg)
{
    struct caller *c = arg;
    int r;

    while ((r = writer_call(c->shared->w, count, c->shared)) > 0) {
        c->answered++;
        if (r <= c->last)
            c->result = JH_EINVAL; /* somebody else's answer */
        c->last = r;
    }
    if (!c->result)
        c->result = r;
    return NULL;
}

static void posted(void *arg, int result)
{
    struct shared *s = arg;

    if (result > 0 && ++s->told < 50)
        writer_post(s->w, count, posted, s);
}

static void test_calls(struct fixture *f, const struct clock *clock)
{
    struct caller callers[CALLERS];
    pthread_t threads[CALLERS];
    struct shared s;
    struct loop loop;
    int answered = 0;

    open_all(f, &loop, clock, &s);
    for (int i = 0; i < CALLERS; i++) {
        callers[i] = (struct caller){.shared = &s};
        if (pthread_create(&threads[i], NULL, call, &callers[i]))
            bail("no thread");
    }
    must(f, writer_post(s.w, count, posted, &s), "post");
    while (s.told < 50)
        uv_run(&loop.uv, UV_RUN_ONCE);
    writer_close(s.w);
    for (int i = 0; i < CALLERS; i++) {
        pthread_join(threads[i], NULL);
        is_int(callers[i].result, JH_ECANCELED, "a caller is answered until we close");
        answered += callers[i].answered;
    }
    is_int(answered + s.told, s.ran, "every job that ran was answered");
    is_int(loop_done(&loop), 0, "the loop closes");
}

int main(void)
{
    struct clock clock = clock_real();
    struct fixture f;

    fixture_init(&f);
    store_close(f.store);
    f.store = NULL;
    test_posts(&f, &clock);
    test_calls(&f, &clock);
    fixture_done(&f);
    return done_testing();
}
