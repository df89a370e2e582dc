/* SPDX-License-Identifier: Apache-2.0 */
#include "story/review.h"

#include <stdlib.h>
#include <string.h>

bool review_lacks(const struct config *config, const struct store_submission *sub)
{
    const struct source_conf *source = config_source(config, sub->source);
    return source && source->review &&
           (!sub->review || strcmp(sub->review, "reviewed") != 0);
}

bool review_waits(const char *review)
{
    return review && strcmp(review, "submitted") == 0;
}

/* With one more submission: that one waits outweighs that others do not. */
static const char *join(const char *review, const struct config *config,
                        const struct store_submission *sub, const char *county)
{
    const struct source_conf *source = config_source(config, sub->source);
    if (!source || !source->review || !gather_has_county(sub, county) ||
        review_waits(review))
        return review;
    return review_lacks(config, sub) ? "submitted" : "reviewed";
}

const char *review_of_county(const struct config *config, const struct gathered *gathered,
                             const char *county)
{
    const char *review = NULL;
    const struct reported *reported = &gathered->reported;
    for (size_t i = 0; i < gathered->n_parts; i++)
        review = join(review, config, &gathered->parts[i], county);
    for (size_t i = 0; i < reported->n_subs; i++)
        review = join(review, config, &reported->subs[i], county);
    return review;
}

int review_asked(const struct config *config, const char *source, struct jh_err *err)
{
    const struct source_conf *conf = config_source(config, source);
    if (!conf)
        return err_set(err, JH_ENOENT, "no source is called %s", source);
    if (conf->review)
        return 0;
    return err_set(err, JH_EREFUSED,
                   "source %s asks for no review: what it delivers counts as it comes "
                   "(`review: required` changes that; `retract` takes data back)",
                   source);
}

/* ---- accepting ---------------------------------------------------------------------------- */

static bool is_meant(const struct review_accept *a, const struct store_submission *sub)
{
    return strcmp(sub->source, a->source) == 0 &&
           (!a->name || strcmp(sub->name, a->name) == 0) &&
           (!a->sha256 || strncmp(sub->sha256, a->sha256, strlen(a->sha256)) == 0);
}

/* Accepts one, and adds the counties that it holds. */
static int take(struct store *store, struct review_accept *a,
                const struct store_submission *sub, const char **counties, size_t *n)
{
    for (size_t i = 0; i < sub->n_counties; i++)
        counties[(*n)++] = sub->counties[i];
    a->reviewed++;
    return store_submission_review(store, sub, "reviewed", a->by, a->reason, a->now_ms,
                                   a->err);
}

static size_t sort_unique(const char **codes, size_t n)
{
    size_t kept = 0;
    if (n)
        qsort(codes, n, sizeof *codes, gather_by_text);
    for (size_t i = 0; i < n; i++)
        if (!kept || strcmp(codes[kept - 1], codes[i]) != 0)
            codes[kept++] = codes[i];
    return kept;
}

static int none_left(const struct review_accept *a, size_t known)
{
    char round[ROUND_TEXT];
    round_print(a->round, round);
    if (known)
        return err_set(a->err, JH_EEXIST,
                       "what source %s delivered for round %s has been reviewed already",
                       a->source, round);
    return err_set(a->err, JH_ENOENT,
                   "nothing of source %s%s%s%s is in force in round %s: see junhengctl "
                   "review list",
                   a->source, a->name ? ", file " : "", a->name ? a->name : "",
                   a->sha256 ? " with that sha256" : "", round);
}

static int accept_all(struct store *store, void *arg)
{
    struct review_accept *a = arg;
    struct store_submission *subs;
    size_t n, known = 0, most = 0;
    int rc =
        store_submissions_of(store, STORE_ANY, a->round, a->arena, &subs, &n, a->err);
    for (size_t i = 0; !rc && i < n; i++)
        most += is_meant(a, &subs[i]) ? subs[i].n_counties : 0;
    const char **counties = rc ? NULL : arena_array(a->arena, most + 1, sizeof *counties);
    if (!rc && !counties)
        rc = err_set(a->err, JH_ENOMEM, "out of memory");
    struct follow which = {.round = a->round, .counties = counties};
    for (size_t i = 0; !rc && i < n; i++) {
        if (!is_meant(a, &subs[i]))
            continue;
        known++;
        if (review_lacks(a->config, &subs[i]))
            rc = take(store, a, &subs[i], counties, &which.n);
    }
    if (rc || !a->reviewed)
        return rc ? rc : none_left(a, known);
    which.n = sort_unique(counties, which.n);
    return follow_mark(store, a->config, &which, FOLLOW_ITSELF, a->arena, &a->rest,
                       a->err);
}

int review_accept(struct store *store, void *arg)
{
    struct review_accept *a = arg;
    int rc = review_asked(a->config, a->source, a->err);
    return rc ? rc : store_within(store, accept_all, a, a->err);
}
