/* SPDX-License-Identifier: Apache-2.0 */
#include "story/assess.h"

#include <stdlib.h>
#include <string.h>

#include "digest/digest.h"
#include "render/rows.h"
#include "story/differs.h"
#include "story/heir.h"
#include "story/review.h"

bool assess_judges(const struct standard *standard, struct round round)
{
    return standard->monthly == (round.month != 0) &&
           date_cmp(round_reference(round), standard->effective) >= 0;
}

/* The county is there: verdicts speak of counties that were handed to the scripts. */
static size_t index_of(const struct assessed *all, const char *county)
{
    size_t lo = 0, hi = all->n;
    while (hi - lo > 1) {
        size_t mid = (lo + hi) / 2;
        if (strcmp(all->counties[mid].data->county_code, county) <= 0)
            lo = mid;
        else
            hi = mid;
    }
    return lo;
}

static void add_number(struct sha256 *h, const double *values, size_t n)
{
    static const double missing = __builtin_nan("");
    for (size_t i = 0; i < n; i++) /* one NaN for all, whatever its bits */
        sha256_add(h, values[i] == values[i] ? &values[i] : &missing, sizeof *values);
}

static void hash_reported(struct sha256 *h, const struct county_data *data)
{
    for (size_t i = 0; data && i < data->n; i++) {
        const struct county_value *v = &data->values[i];
        sha256_add_str(h, v->item);
        sha256_add_str(h, county_what_id(v->what));
        sha256_add_str(h, v->percent ? "%" : "");
        add_number(h, &v->number, 1);
    }
}

/* That a school is gone for good: the same rows may be complete by it, as another revision. */
static void hash_closed(struct sha256 *h, const struct dataset *ds,
                        const struct eval_options *options)
{
    const struct dataset *then = options->previous;
    for (size_t i = 0; then && i < then->n; i++)
        if (closed_between(options->closed, then->schools[i].code, ds->county_code,
                           then->round, ds->round)) {
            sha256_add_str(h, "closed");
            sha256_add_str(h, then->schools[i].code);
        }
}

/* A verdict of the level below is none of the county's data. */
static bool is_verdict(const struct extra_column *extra)
{
    return strncmp(extra->header, ROWS_VERDICT, sizeof ROWS_VERDICT - 1) == 0;
}

/* Everything a verdict can depend on; two equal hashes are one revision of the county. */
static void hash_county(const struct dataset *ds, const struct eval_options *options,
                        char hex[65])
{
    struct sha256 *h = sha256_new();
    sha256_add_str(h, ds->county_code);
    sha256_add(h, &options->stages, sizeof options->stages);
    sha256_add(h, &options->own_owners, sizeof options->own_owners);
    for (size_t i = 0; i < ds->n; i++) {
        const struct school *s = &ds->schools[i];
        const unsigned char words[] = {s->kind,
                                       s->owner,
                                       s->setting,
                                       s->stage,
                                       (unsigned char)s->boarding,
                                       (unsigned char)s->dense_centre};
        sha256_add_str(h, s->code);
        sha256_add_str(h, s->campus);
        sha256_add_str(h, s->name);
        sha256_add(h, words, sizeof words);
        sha256_add(h, &s->built_year, sizeof s->built_year);
    }
    for (int f = 0; f < FIELD_COUNT; f++) {
        if (!ds->col[f])
            continue;
        sha256_add_str(h, field_id((enum field)f));
        add_number(h, ds->col[f], ds->n);
    }
    for (size_t i = 0; i < ds->n_extra; i++) {
        if (is_verdict(&ds->extra[i]))
            continue;
        sha256_add_str(h, ds->extra[i].header);
        add_number(h, ds->extra[i].values, ds->n);
    }
    sha256_add(h, &ds->rows_dropped, sizeof ds->rows_dropped);
    if (ds->doubts) /* so that the revisions of before there were any stand */
        sha256_add(h, &ds->doubts, sizeof ds->doubts);
    hash_reported(h, options->county);
    hash_closed(h, ds, options);
    sha256_end(h, hex);
}

/* Of other schools than in the last round that is known, or that there should have been? */
static const struct entity_change *changed(const struct config *config,
                                           const struct assessed_county *county)
{
    struct round now = county->data->round;
    return entity_mark(&config->changes, county->data->county_code,
                       county->before ? county->before->round : entity_last(now), now);
}

/* What the county record (divisions file) says. */
static void county_options(const struct config *config, struct eval_options *options,
                           const char *county)
{
    const struct division *division = config_division(config, county);
    if (!division)
        return;
    options->stages = division->stage_bits;
    options->own_owners = division->owner_bits;
}

/* A relaxation with a duty ends so long after the certification: those standards ask for it. */
static bool asks_certification(const struct standard *st)
{
    for (size_t i = 0; i < st->n_relaxations; i++)
        if (st->relaxations[i].duty_years)
            return true;
    return false;
}

static int certified(const struct gather *g, const struct standard *st,
                     const char *county, struct round round, struct date *ret,
                     struct jh_err *err)
{
    struct store_cert cert;
    *ret = (struct date){0};
    if (!asks_certification(st))
        return 0;
    int rc = store_cert_get(g->reader, county, st->id, g->arena, &cert, err);
    const struct heir heir = {g->reader, &g->config->changes,    county,
                              st->id,    round_reference(round), g->arena,
                              err};
    if (rc == JH_ENOENT)
        rc = heir_cert(&heir, 0, &cert);
    if (!rc)
        *ret = cert.cert.date;
    return rc == JH_ENOENT ? 0 : rc;
}

static int judge_county(const struct gather *g, const struct gathered *gathered,
                        struct assessed_county *county, struct jh_err *err)
{
    const struct config *config = g->config;
    struct eval_options options = {
        .previous = county->before,
        .change = changed(config, county),
        .closed = &config->closed,
        .county = reported_find(&gathered->reported, county->data->county_code)};
    struct county_result *results =
        arena_array(g->arena, config->n_standards, sizeof *results);
    const char *const *absent;
    int rc = results ? 0 : err_set(err, JH_ENOMEM, "out of memory");
    if (!rc)
        rc = gather_absent(g, gathered, county->data->county_code, &absent, err);
    if (rc)
        return rc;
    if (absent)
        dataset_parts_absent(county->data, absent);
    county_options(config, &options, county->data->county_code);
    hash_county(county->data, &options, county->county_sha256);
    for (size_t i = 0; i < config->n_standards; i++) {
        if (!assess_judges(config->standards[i], gathered->round))
            continue;
        rc = certified(g, config->standards[i], county->data->county_code,
                       gathered->round, &options.certified, err);
        if (rc)
            return rc;
        rc = eval_county(config->standards[i], county->data, &options, g->arena,
                         &results[county->n_results++]);
        if (rc)
            return err_set(err, rc, "county %s: the evaluation needs too much memory",
                           county->data->county_code);
    }
    county->results = results;
    struct finding *differs;
    if (differs_find(gathered, county, g->arena, &differs, &county->n_differs))
        return err_set(err, JH_ENOMEM, "out of memory");
    county->differs = differs;
    return 0;
}

/* Verdicts come ordered by script, then county: hand each county its own, in that order. */
static int share_out(struct assessed *all, const struct script_verdict *verdicts,
                     size_t n, struct arena *arena)
{
    struct script_verdict *sorted = arena_array(arena, n, sizeof *sorted);
    size_t *owner = arena_array(arena, n, sizeof *owner);
    if (!sorted || !owner)
        return JH_ENOMEM;
    for (size_t i = 0; i < n; i++) {
        owner[i] = index_of(all, verdicts[i].county);
        all->counties[owner[i]].n_local++;
        all->broken += verdicts[i].outcome == OUTCOME_BROKEN;
    }
    struct script_verdict *next = sorted;
    for (size_t c = 0; c < all->n; c++) {
        all->counties[c].local = next;
        next += all->counties[c].n_local;
        all->counties[c].n_local = 0;
    }
    for (size_t i = 0; i < n; i++) {
        struct assessed_county *county = &all->counties[owner[i]];
        sorted[(size_t)(county->local - sorted) + county->n_local++] = verdicts[i];
    }
    return 0;
}

/*
 * Scripts see what is there; that a twentieth of the enrolment has vanished since the last
 * round only the standards notice. What rests on such a round is not a pass either.
 */
static void doubt_incomplete(struct assessed *all, struct arena *arena)
{
    for (size_t c = 0; c < all->n; c++) {
        struct assessed_county *county = &all->counties[c];
        bool incomplete = false;
        for (size_t i = 0; i < county->n_results; i++)
            incomplete |= !county->results[i].complete;
        for (size_t i = 0; incomplete && i < county->n_local; i++) {
            struct script_verdict *v = &county->local[i];
            if (v->outcome != OUTCOME_PASS)
                continue;
            v->outcome = OUTCOME_UNKNOWN;
            const char *text =
                arena_fmt(arena, "the round is incomplete; %s", v->text ? v->text : "");
            v->text = text ? text : "the round is incomplete";
        }
    }
}

static void run_scripts(const struct gather *g, struct script_host *scripts,
                        struct script_set *set, struct assessed *all)
{
    if (!scripts || !set || !script_set_count(set) || !all->n)
        return;
    struct script_county *counties = arena_array(g->words, all->n, sizeof *counties);
    struct script_verdict *verdicts;
    size_t n;
    for (size_t i = 0; counties && i < all->n; i++)
        counties[i] =
            (struct script_county){all->counties[i].data, all->counties[i].before};
    if (!counties)
        err_set(&all->lapse, JH_ENOMEM, "out of memory");
    else if (script_run(scripts, set, counties, all->n, g->words, &verdicts, &n,
                        &all->lapse) == 0) {
        if (share_out(all, verdicts, n, g->words))
            err_set(&all->lapse, JH_ENOMEM, "no room for %zu verdicts of scripts", n);
        doubt_incomplete(all, g->words);
    }
}

int assess(const struct gather *g, const struct gathered *gathered,
           struct script_host *scripts, struct script_set *set, struct assessed *ret,
           struct jh_err *err)
{
    struct assessed all = {.n = gathered->now.n};
    all.counties = arena_array(g->arena, all.n, sizeof *all.counties);
    if (!all.counties)
        return err_set(err, JH_ENOMEM, "out of memory");
    for (size_t i = 0; i < all.n; i++) {
        struct assessed_county *county = &all.counties[i];
        county->data = gathered->now.datasets[i];
        county->before = previous_find(&gathered->before, county->data->county_code);
        gather_sha256(gathered, county->data->county_code, county->sha256);
        county->review = review_of_county(g->config, gathered, county->data->county_code);
        int rc = judge_county(g, gathered, county, err);
        if (rc)
            return rc;
    }
    run_scripts(g, scripts, set, &all);
    *ret = all;
    return 0;
}

size_t assess_findings(const struct assessed *assessed)
{
    size_t n = 0;
    for (size_t i = 0; i < assessed->n; i++) {
        const struct assessed_county *c = &assessed->counties[i];
        n += c->n_differs;
        for (size_t k = 0; k < c->n_results; k++)
            n += c->results[k].n_findings + c->results[k].items.n_findings;
    }
    return n;
}
