/* SPDX-License-Identifier: Apache-2.0 */
/* Counties are judged in a thread beside the reader's: in order, one at a time, none twice and
 * none left out, and while the reader goes on; what fails there ends the reading here. */
#include <semaphore.h>
#include <time.h>

#include "ctl/beside.h"
#include "tap/tap.h"

enum { MANY = 2000, FAILS_AT = 3, SECONDS = 20 };

/* What the thread saw; read when it has ended. */
struct judge {
    size_t seen, wrong;
    int fail_at; /* 0 = never */
    bool waits;
    bool late;
    sem_t go;
};

static int look(void *arg, const struct dataset *ds)
{
    struct judge *j = arg;
    struct timespec until;
    if (j->waits) {
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += SECONDS;
        j->late |= sem_timedwait(&j->go, &until) != 0;
    }
    j->wrong += ds->n != ++j->seen;
    return j->fail_at && (int)j->seen >= j->fail_at ? JH_ECANCELED : 0;
}

static void test_order(void)
{
    struct judge j = {.seen = 0};
    struct beside b;
    struct dataset both[2][2] = {0};
    int refused = 0;
    beside_start(&b, look, &j);
    for (size_t i = 1; i <= MANY; i++) {
        struct dataset *two = both[i % 2]; /* those before these may be under way */
        two[0].n = 2 * i - 1;
        two[1].n = 2 * i;
        refused += beside_give(&b, two, 2) != 0;
        if (i == MANY / 2) {
            beside_wait(&b);
            is_int((long long)j.seen, MANY, "after a wait nothing is under way");
        }
    }
    is_int(beside_stop(&b), 0, "all went well");
    is_int(refused, 0, "none was refused");
    is_int((long long)j.seen, 2 * MANY, "each was seen once, the last one too");
    is_int((long long)j.wrong, 0, "in order");
}

static void test_beside(void)
{
    struct judge j = {.waits = true};
    struct beside b;
    struct dataset ds = {.n = 1};
    sem_init(&j.go, 0, 0);
    beside_start(&b, look, &j);
    is_int(beside_give(&b, &ds, 1), 0, "given, and the reader goes on");
    sem_post(&j.go); /* what was given waits for this */
    is_int(beside_stop(&b), 0, "it is waited for at the end");
    ok(!j.late && j.seen == 1, "it was under way meanwhile");
    sem_destroy(&j.go);
}

static void test_failure(void)
{
    struct judge j = {.fail_at = FAILS_AT};
    struct beside b;
    struct dataset both[2][2] = {0};
    size_t given = 0;
    int rc = 0;
    beside_start(&b, look, &j);
    while (!rc && given < MANY) {
        struct dataset *two = both[given / 2 % 2];
        two[0].n = ++given;
        two[1].n = ++given;
        rc = beside_give(&b, two, 2);
    }
    is_int(rc, JH_ECANCELED, "the reader hears of a failure");
    is_int((long long)given, FAILS_AT + 3, "with the next counties");
    is_int(beside_stop(&b), JH_ECANCELED, "and again at the end");
    is_int((long long)j.seen, FAILS_AT, "after which none was looked at");
}

int main(void)
{
    test_order();
    test_beside();
    test_failure();
    return done_testing();
}
