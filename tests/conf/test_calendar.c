/* SPDX-License-Identifier: Apache-2.0 */
/* Why: a holiday with a slip in its date would let a deadline pass on a day nobody works. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/config.h"
#include "conf/said.h"
#include "tap/tap.h"

struct place {
    char dir[64], conf[96], csv[96];
    struct arena *arena;
};

static void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    if (!f || fputs(text, f) < 0 || fclose(f))
        bail("cannot write");
}

static const struct jh_plugin *none(void *arg, enum jh_kind kind, const char *name,
                                    struct jh_err *err)
{
    (void)arg, (void)kind, (void)name;
    err_set(err, JH_ENOENT, "no plugins here");
    return NULL;
}

/* What was told of the calendar; the file's folder is left out. */
static const struct config *load(struct place *p, const char *csv, const char *more,
                                 const char **told)
{
    const struct config_plugins plugins = {.find = none};
    struct errs errs;
    char text[512];
    errs_init(&errs, 50);
    write_file(p->csv, csv);
    snprintf(text, sizeof text, "state_dir: state\ncalendar: days.csv\n%s", more);
    write_file(p->conf, text);
    const struct config *c = config_load(p->conf, &plugins, &errs);
    *told = said(&errs, p->arena);
    errs_done(&errs);
    return c;
}

static void test_bad(struct place *p)
{
    static const struct {
        const char *csv, *told;
    } BAD[] = {
        {"date,kind\n2025-02-29,holiday\n",
         "days.csv:2:1: expected a date such as 2025-10-01, got \"2025-02-29\""},
        {"date,kind\n2025-10-01,free\n",
         "days.csv:2:12: expected workday or holiday, got \"free\""},
        {"date,kind\n2025-10-01,holiday\n2025-10-01,workday\n",
         "2025-10-01 is there twice"},
        {"date,what\n",
         "days.csv:1:6: expected the columns date, kind, name, got \"what\""},
        {"date\n", "the first row must name the columns date and kind"},
        {"date,kind\n2025-10-01\n", "expected workday or holiday"},
    };
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        const char *told;
        const struct config *c = load(p, BAD[i].csv, "", &told);
        ok(!c && strstr(told, BAD[i].told), "refused: %s (%s)", BAD[i].told, told);
        config_unref(c);
    }
}

static void test_good(struct place *p)
{
    const char *told;
    const struct config *c =
        load(p, "kind,name,date\nworkday,x,2025-10-11\nholiday,y,2025-10-01\n",
             "escalation: {critical: 5}\nsilences: {max: 30d}\n", &told);
    if (!c)
        bail(told);
    is_int((long long)c->calendar.n, 2, "days in any order");
    ok(workday_is(&c->calendar, (struct date){2025, 10, 11}) &&
           !workday_is(&c->calendar, (struct date){2025, 10, 1}),
       "are what they are said to be");
    ok(c->escalation.critical == 5 && c->escalation.warning == 0,
       "only what is named goes up");
    ok(c->silence_days == 30 && c->acknowledged_days == 90, "days are days");
    config_unref(c);
    c = load(p, "date,kind\n", "escalation: {critical: -1}\n", &told);
    ok(!c && strstr(told, "escalation.critical"), "no days before: %s", told);
    config_unref(c);
}

int main(void)
{
    struct place p = {.arena = arena_new(16 << 20)};
    snprintf(p.dir, sizeof p.dir, "/tmp/junheng-calendar-XXXXXX");
    if (!p.arena || !mkdtemp(p.dir))
        bail("no folder");
    snprintf(p.conf, sizeof p.conf, "%s/c.yaml", p.dir);
    snprintf(p.csv, sizeof p.csv, "%s/days.csv", p.dir);
    test_bad(&p);
    test_good(&p);
    unlink(p.conf);
    unlink(p.csv);
    rmdir(p.dir);
    arena_free(p.arena);
    return done_testing();
}
