/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept beside the verdicts of a county's round: of local indicators, and of items. */
#include "store/query.h"

static int clear_local(struct store *s, struct round round, const char *county,
                       struct jh_err *err)
{
    struct query q;

    query_start(&q, s, "DELETE FROM local_verdict WHERE round = ? AND county = ?", err);
    query_put(&q, "rt", round, county);
    return query_run(&q);
}

int store_local_put(struct store *s, struct round round, const char *county,
                    const struct store_local *rows, size_t n, struct jh_err *err)
{
    int r = clear_local(s, round, county, err);

    for (size_t i = 0; i < n && !r; i++) {
        const struct store_local *row = &rows[i];
        struct query q;
        query_start(&q, s,
                    "INSERT INTO local_verdict(round, county, indicator, stage, school,"
                    " outcome, value, text, script_sha256) VALUES (?,?,?,?,?,?,?,?,?)",
                    err);
        query_put(&q, "rtttt", round, county, row->indicator, row->stage, row->school);
        query_put_text(&q, outcome_id(row->outcome));
        query_put_real(&q, row->value);
        query_put(&q, "tt", row->text, row->script_sha256);
        r = query_run(&q);
    }
    return r;
}

int store_local_get(struct store *s, struct round round, const char *county,
                    struct arena *arena, struct store_local **ret, size_t *ret_n,
                    struct jh_err *err)
{
    struct store_local *list = NULL, *row;
    struct query q;
    size_t n = 0;

    query_start(&q, s,
                "SELECT indicator, stage, school, outcome, value, text, script_sha256"
                " FROM local_verdict WHERE round = ? AND county = ?"
                " ORDER BY indicator, stage, school",
                err);
    query_put(&q, "rt", round, county);
    while (query_row(&q) && (row = query_item(&q, arena, &list, n, sizeof(*row)))) {
        row->indicator = query_text(&q, arena);
        row->stage = query_text(&q, arena);
        row->school = query_text(&q, arena);
        row->outcome = query_outcome(&q, arena);
        row->value = query_real(&q);
        row->text = query_text(&q, arena);
        row->script_sha256 = query_text(&q, arena);
        n++;
    }
    int r = query_done(&q);
    if (!r) {
        *ret = list;
        *ret_n = n;
    }
    return r;
}

int store_local_broken(struct store *s, const char *indicator, const char *const *sources,
                       size_t n_sources, size_t max, struct arena *arena,
                       struct store_broken **ret, size_t *ret_n, struct jh_err *err)
{
    struct store_broken *list = NULL, *row;
    struct query q;
    size_t n = 0;

    query_start(
        &q, s,
        "SELECT l.round, l.county, l.stage, l.text FROM local_verdict l"
        " WHERE l.indicator = ?1 AND l.outcome = 'broken'"
        " AND EXISTS (SELECT 1 FROM submission_county c"
        "  CROSS JOIN submission s ON s.id = c.submission"
        "  WHERE c.county = l.county AND c.round = l.round AND s.current = 1"
        "  AND s.holds = 'school' AND s.source IN (SELECT value FROM json_each(?2)))"
        " ORDER BY l.round DESC, l.county, l.stage, l.school LIMIT ?3",
        err);
    query_put_text(&q, indicator);
    query_put_json(&q, sources, n_sources);
    query_put_int(&q, (int64_t)max);
    while (query_row(&q) && (row = query_item(&q, arena, &list, n, sizeof(*row)))) {
        row->round = query_round(&q);
        row->county = query_text(&q, arena);
        row->stage = query_text(&q, arena);
        row->text = query_text(&q, arena);
        n++;
    }
    int r = query_done(&q);
    if (!r) {
        *ret = list;
        *ret_n = n;
    }
    return r;
}

/* ---- items -------------------------------------------------------------------------------- */

int store_items_put(struct store *s, const struct store_items *items, struct jh_err *err)
{
    struct query q;

    query_start(&q, s,
                "INSERT INTO item_verdict(county, standard, round, outcome, certifiable,"
                " items) VALUES (?,?,?,?,?,?)"
                " ON CONFLICT(county, standard) DO UPDATE SET round = excluded.round,"
                " outcome = excluded.outcome, certifiable = excluded.certifiable,"
                " items = excluded.items WHERE excluded.round > round"
                " OR (excluded.round = round AND (excluded.items <> items OR"
                "  excluded.outcome <> outcome OR"
                "  excluded.certifiable <> certifiable))",
                err);
    query_put(&q, "ttr", items->county, items->standard, items->round);
    query_put(&q, "ttt", outcome_id(items->outcome), outcome_id(items->certifiable),
              items->items);
    return query_run(&q);
}

int store_items_get(struct store *s, struct round round, const char *county,
                    const char *standard, bool whole, struct arena *arena,
                    struct store_items *ret, struct jh_err *err)
{
    struct store_items got = {.round = round, .county = county, .standard = standard};
    struct query q;

    query_start(&q, s,
                "SELECT outcome, certifiable, CASE WHEN ?4 THEN items END"
                " FROM item_verdict WHERE county = ?1 AND standard = ?2 AND round = ?3",
                err);
    query_put(&q, "ttri", county, standard, round, (int64_t)whole);
    bool found = query_row(&q);
    if (found) {
        got.outcome = query_outcome(&q, arena);
        got.certifiable = query_outcome(&q, arena);
        got.items = query_text(&q, arena);
    }
    int r = query_one(&q, found);
    if (!r)
        *ret = got;
    return r;
}
