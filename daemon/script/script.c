/* SPDX-License-Identifier: Apache-2.0 */
#include "script/script.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "script/host.h"
#include "script/pack.h"
#include "script/set.h"

enum { FILE_ARENA_MAX = 16 << 20 };

/* One script's answers so far, over all batches. */
struct answers {
    struct script_verdict *list;
    size_t n, cap;
    int broken; /* counties */
};

struct run {
    struct script_host *host;
    struct script_set *set;
    const struct script_county *counties; /* of the batch */
    struct pack pack;
    struct arena *arena;
    struct answers *answers; /* one per script */
    const char **codes;      /* one per county of the batch */
    struct jh_err lapse;     /* why some script could not run; code 0: all did */
};

/* ---- places for the answers of one script over one batch ----------------------------------- */

/* slots[first[2 * county + stage]] … : one per unit, or one for the whole stage. */
struct slots {
    const struct set_entry *entry;
    struct script_verdict *list;
    size_t n;
    size_t *first; /* STAGE_COUNT * counties + 1 */
};

static const struct pack_units *units_of(const struct run *run, const struct set_entry *e,
                                         size_t county, enum stage stage)
{
    return pack_units(&run->pack, county, e->population, stage);
}

static size_t slots_needed(const struct run *run, const struct set_entry *e,
                           size_t county, enum stage stage)
{
    if (!(e->info.stages & 1u << stage))
        return 0;
    size_t n = units_of(run, e, county, stage)->n;
    return e->info.per_school ? n : n > 0;
}

static void prepare_slots(const struct run *run, struct slots *slots)
{
    const struct set_entry *e = slots->entry;
    for (size_t c = 0; c < run->pack.n; c++) {
        for (int s = 0; s < STAGE_COUNT; s++) {
            const struct pack_units *units = units_of(run, e, c, (enum stage)s);
            size_t at = slots->first[c * STAGE_COUNT + (size_t)s];
            size_t end = slots->first[c * STAGE_COUNT + (size_t)s + 1];
            for (size_t i = at; i < end; i++)
                slots->list[i] = (struct script_verdict){
                    .indicator = e->info.id,
                    .county = run->codes[c],
                    .stage = (enum stage)s,
                    .school = e->info.per_school
                                  ? pack_unit_school(&run->pack, units, i - at)
                                  : UINT32_MAX,
                    .outcome = OUTCOME_NONE,
                    .value = NAN};
        }
    }
}

static int slots_init(const struct run *run, const struct set_entry *e, struct slots *ret)
{
    struct slots slots = {.entry = e};
    slots.first = calloc(run->pack.n * STAGE_COUNT + 1, sizeof *slots.first);
    if (!slots.first)
        return JH_ENOMEM;
    for (size_t c = 0; c < run->pack.n; c++)
        for (int s = 0; s < STAGE_COUNT; s++) {
            slots.first[c * STAGE_COUNT + (size_t)s] = slots.n;
            slots.n += slots_needed(run, e, c, (enum stage)s);
        }
    slots.first[run->pack.n * STAGE_COUNT] = slots.n;
    slots.list = calloc(slots.n + 1, sizeof *slots.list);
    if (!slots.list) {
        free(slots.first);
        return JH_ENOMEM;
    }
    prepare_slots(run, &slots);
    *ret = slots;
    return 0;
}

static void slots_done(struct slots *slots)
{
    free(slots->first);
    free(slots->list);
}

/* ---- from records to verdicts ---------------------------------------------------------------- */

/* What keeps a county from passing, whatever a script makes of the rows that are there. */
static const char *incomplete(const struct run *run, const struct slots *slots,
                              size_t county, enum stage stage)
{
    const struct dataset *ds = run->counties[county].data;
    if (ds->rows_dropped)
        return "rows of this county were dropped";
    if (ds->doubts)
        return "findings block the data of this county";
    if (!ds->parts_complete)
        return "parts of this round are absent";
    if (units_of(run, slots->entry, county, stage)->unclear)
        return "the enrolment of a school is unreadable";
    return NULL;
}

static void hold_back(const struct run *run, const struct slots *slots, size_t county,
                      struct script_verdict *v)
{
    const char *why =
        v->outcome == OUTCOME_PASS ? incomplete(run, slots, county, v->stage) : NULL;
    if (!why)
        return;
    v->outcome = OUTCOME_UNKNOWN;
    v->text = arena_fmt(run->arena, "%s%s(incomplete: %s)", v->text ? v->text : "",
                        v->text && *v->text ? " " : "", why);
}

static void take_verdict(const struct run *run, struct slots *slots,
                         struct wire_reader *r)
{
    uint32_t task = wire_read_u32(r), stage = wire_read_u32(r), unit = wire_read_u32(r);
    uint32_t outcome = wire_read_u32(r);
    double value = wire_read_f64(r);
    size_t len;
    const char *text = wire_read_str(r, &len);
    if (r->bad || task >= run->pack.n || stage >= STAGE_COUNT ||
        outcome > OUTCOME_BROKEN || outcome == OUTCOME_NONE) {
        r->bad = true;
        return;
    }
    size_t at = slots->first[task * STAGE_COUNT + stage];
    size_t n = slots->first[task * STAGE_COUNT + stage + 1] - at;
    const char *words = host_text(run->arena, text, len);
    size_t from = unit == WIRE_ALL_UNITS ? 0 : unit;
    size_t to = unit == WIRE_ALL_UNITS ? n : (size_t)unit + 1;
    for (size_t i = from; i < to && i < n; i++) {
        struct script_verdict *v = &slots->list[at + i];
        if (v->outcome != OUTCOME_NONE)
            continue; /* the first word counts */
        v->outcome = (enum outcome)outcome;
        v->value = isfinite(value) ? value : NAN;
        v->text = words;
        hold_back(run, slots, task, v);
    }
}

static void take_records(const struct run *run, struct slots *slots,
                         const struct host_answer *answer)
{
    struct wire_reader r = {answer->records, answer->records + answer->len, false};
    while (r.p < r.end && !r.bad) {
        if (wire_read_u32(&r) != WIRE_VERDICT)
            break;
        take_verdict(run, slots, &r);
    }
}

/* Why there is no verdict for a county. */
static const char *why_missing(const struct run *run, const struct host_answer *answer,
                               size_t county, const char *name)
{
    const char *stopped = host_stopped_at(answer, (uint32_t)county);
    if (stopped)
        return arena_fmt(run->arena, "%s: %s", name, stopped);
    if (answer->lost.code)
        return arena_fmt(run->arena, "%s: did not run: %s", name, answer->lost.text);
    if (county >= answer->ran)
        return arena_fmt(run->arena, "%s: parked after %d broken counties", name,
                         run->host->limits.broken_max);
    return arena_fmt(run->arena, "%s: no answer", name);
}

/* Everything without an answer is broken; counts the counties that are. */
static int close_gaps(const struct run *run, struct slots *slots,
                      const struct host_answer *answer)
{
    int broken = 0;
    for (size_t c = 0; c < run->pack.n; c++) {
        bool bad = false;
        const char *why = NULL;
        for (size_t i = slots->first[c * STAGE_COUNT];
             i < slots->first[(c + 1) * STAGE_COUNT]; i++) {
            struct script_verdict *v = &slots->list[i];
            if (v->outcome == OUTCOME_NONE) {
                if (!why)
                    why = why_missing(run, answer, c, slots->entry->name);
                v->outcome = OUTCOME_BROKEN;
                v->text = why;
            }
            if (!v->text)
                v->text = "";
            bad |= v->outcome == OUTCOME_BROKEN;
        }
        broken += bad;
    }
    return broken;
}

static int append(struct answers *answers, const struct slots *slots)
{
    if (answers->n + slots->n > answers->cap) {
        size_t cap = 2 * answers->cap + slots->n;
        struct script_verdict *more = realloc(answers->list, cap * sizeof *more);
        if (!more)
            return JH_ENOMEM;
        answers->list = more;
        answers->cap = cap;
    }
    if (slots->n)
        memcpy(answers->list + answers->n, slots->list, slots->n * sizeof *slots->list);
    answers->n += slots->n;
    return 0;
}

/* ---- running --------------------------------------------------------------------------------- */

static int run_script(struct run *run, size_t which)
{
    const struct set_entry *e = &run->set->list[which];
    struct answers *answers = &run->answers[which];
    int left = run->host->limits.broken_max - answers->broken;
    struct host_job job = {.work = WIRE_RUN,
                           .name = e->name,
                           .source = e->source,
                           .params = run->set->params,
                           .n_params = run->set->n_params,
                           .n_tasks = (uint32_t)run->pack.n,
                           .population = e->population,
                           .broken_left = (uint32_t)left,
                           .batch = run->pack.fd};
    struct host_answer answer = {0}; /* parked: nothing ran */
    struct slots slots;
    if (slots_init(run, e, &slots) < 0)
        return err_set(&run->lapse, JH_ENOMEM, "out of memory");
    if (left > 0 && slots.n > 0)
        host_run(run->host, &job, &answer);
    take_records(run, &slots, &answer);
    int broken = close_gaps(run, &slots, &answer);
    if (!answer.lost.code)
        answers->broken += broken;
    else if (!run->lapse.code)
        run->lapse = answer.lost; /* the first one says most */
    int rc = append(answers, &slots);
    if (rc < 0)
        err_set(&run->lapse, rc, "out of memory");
    host_answer_done(&answer);
    slots_done(&slots);
    return rc;
}

static int run_batch(struct run *run, size_t left)
{
    struct jh_err *err = &run->lapse;
    int rc = pack_init(&run->pack, run->counties, left, run->set->populations,
                       run->set->n_populations, err);
    if (rc < 0)
        return rc;
    run->codes = arena_array(run->arena, run->pack.n, sizeof *run->codes);
    for (size_t c = 0; run->codes && c < run->pack.n; c++) {
        run->codes[c] = arena_str(run->arena, run->counties[c].data->county_code);
        if (!run->codes[c])
            rc = JH_ENOMEM;
    }
    if (!run->codes || rc < 0)
        rc = err_set(err, JH_ENOMEM, "out of memory");
    for (size_t i = 0; rc == 0 && i < run->set->n; i++)
        rc = run_script(run, i);
    pack_done(&run->pack);
    return rc;
}

static int collect(const struct run *run, struct script_verdict **ret, size_t *ret_n,
                   struct jh_err *err)
{
    size_t total = 0, n = 0;
    for (size_t i = 0; i < run->set->n; i++)
        total += run->answers[i].n;
    struct script_verdict *all = arena_array(run->arena, total, sizeof *all);
    if (!all)
        return err_set(err, JH_ENOMEM, "no room for %zu verdicts", total);
    for (size_t i = 0; i < run->set->n; i++)
        for (size_t k = 0; k < run->answers[i].n; k++) {
            all[n] = run->answers[i].list[k];
            all[n].indicator = arena_str(run->arena, all[n].indicator);
            if (!all[n].indicator)
                return err_set(err, JH_ENOMEM, "no room for %zu verdicts", total);
            n++;
        }
    *ret = all;
    *ret_n = n;
    return 0;
}

int script_run(struct script_host *host, struct script_set *set,
               const struct script_county *counties, size_t n, struct arena *arena,
               struct script_verdict **ret, size_t *ret_n, struct jh_err *ret_lapse)
{
    struct run run = {.host = host, .set = set, .arena = arena};
    run.answers = calloc(set->n + 1, sizeof *run.answers);
    if (!run.answers)
        return err_set(ret_lapse, JH_ENOMEM, "out of memory");
    int rc = 0;
    for (size_t done = 0; rc == 0 && set->n && done < n; done += run.pack.n) {
        run.counties = counties + done;
        rc = run_batch(&run, n - done);
    }
    if (rc == 0)
        rc = collect(&run, ret, ret_n, &run.lapse);
    for (size_t i = 0; i < set->n; i++)
        free(run.answers[i].list);
    free(run.answers);
    *ret_lapse = run.lapse;
    return rc;
}

/* ---- a script's own tests -------------------------------------------------------------------- */

static void print_diagnosis(FILE *to, const char *text)
{
    if (*text)
        fprintf(to, "# %s\n", text);
}

/* Prints what came back and what did not; returns the number of failures. */
static int print_results(const struct host_answer *answer, const struct set_entry *e,
                         struct arena *arena, FILE *to)
{
    struct wire_reader r = {answer->records, answer->records + answer->len, false};
    int failed = 0;
    fprintf(to, "1..%zu\n", e->info.n_tests);
    for (uint32_t i = 0; i < e->info.n_tests; i++) {
        const char *why = host_stopped_at(answer, i);
        size_t name_len = 0, len = 0;
        const char *name = "", *text = why ? why : "no answer";
        bool passed = false, there = !why && r.p < r.end;
        if (there && wire_read_u32(&r) == WIRE_RESULT) {
            passed = wire_read_u32(&r) != 0;
            name = wire_read_str(&r, &name_len);
            text = wire_read_str(&r, &len);
            name = host_text(arena, name, name_len);
            text = host_text(arena, text, len);
        }
        failed += !passed;
        fprintf(to, "%sok %u - %s%s%s\n", passed ? "" : "not ", i + 1, e->info.id,
                name && *name ? ": " : "", name ? name : "");
        if (!passed)
            print_diagnosis(to, text ? text : "");
    }
    return failed;
}

static int run_tests(struct script_host *host, struct script_set *set,
                     const struct set_entry *e, FILE *to, struct jh_err *err)
{
    if (!e->info.n_tests) {
        fprintf(to, "1..0 # SKIP %s has no tests\n", e->name);
        return 0;
    }
    struct host_job job = {.work = WIRE_TEST,
                           .name = e->name,
                           .source = e->source,
                           .n_tasks = (uint32_t)e->info.n_tests,
                           .broken_left = UINT32_MAX,
                           .batch = -1};
    struct host_answer answer;
    host_run(host, &job, &answer);
    int rc = answer.lost.code ? err_set(err, answer.lost.code, "%s", answer.lost.text)
                              : print_results(&answer, e, set->arena, to);
    host_answer_done(&answer);
    return rc;
}

int script_test(struct script_host *host, const char *file, FILE *to, struct jh_err *err)
{
    struct script_set set = {.arena = arena_new(FILE_ARENA_MAX)};
    struct set_entry e;
    struct errs errs;
    errs_init(&errs, 100);
    int rc = set.arena ? 0 : err_set(err, JH_ENOMEM, "out of memory");
    if (rc == 0 && !set_load_file(&set, host, file, &e, &errs))
        rc = errs_first(&errs, err);
    if (rc == 0)
        rc = run_tests(host, &set, &e, to, err);
    errs_done(&errs);
    arena_free(set.arena);
    return rc;
}
