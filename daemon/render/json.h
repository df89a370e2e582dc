/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The JSON shapes of docs/http.md and docs/alerts.md, one function a shape, used alike by
 * junhengctl and the daemon's HTTP. Numbers in full precision, null where there is none, keys
 * in the documented order. Results are new references.
 */
#pragma once

#include <jansson.h>

#include "alert/alert.h"
#include "base/buf.h"
#include "eval/eval.h"
#include "model/county_intake.h"
#include "model/intake.h"

/* A local (Lua) verdict beside the county's own. */
struct json_local {
    const char *county, *id, *stage, *school, *verdict, *text;
    double value;
};

struct json_evaluation {
    const struct standard *standard;
    struct round round;
    const char *data_sha256;
    const struct county_result *counties;
    size_t n;
    const struct json_local *local;
    size_t n_local;
    const struct rejected *rejected;
    size_t n_rejected;
    const struct finding *findings;
    size_t n_findings;
    const char *const *files; /* names, by the index that rejected and findings have */
    size_t n_files;
    const struct county_intake_result *reports; /* what counties report, or NULL */
    bool explain;
    const struct county_result
        *before; /* with explain: the round before of each, or NULL */
};

/* What to explain a result by: the county's round before, judged; NULL or no data = none. */
struct json_explain {
    const struct county_result *before;
};

/* {"standard",…,"counties":[…],"excluded":[…],"rejected":[…],"findings":[…]} */
json_t *json_evaluation(const struct json_evaluation *e);
/* One county of it; explain: NULL = only what was found. */
json_t *json_county(const struct county_result *result,
                    const struct json_explain *explain);

/* {"kind","date","from","to","document"}, or null. */
json_t *json_change(const struct entity_change *change);
/* Its items as a daemon keeps them: without clauses, and of schools only the first. */
json_t *json_items_kept(const struct county_result *result);

/* Composite and indicator values of another round, per stage; NaN = none. */
struct json_past {
    struct round round;
    double composite[STAGE_COUNT];
    double cv[STAGE_COUNT][STANDARD_INDICATORS_MAX];
};

struct json_alert_in {
    const struct alert *alert;
    const struct county_result *result; /* NULL: keep what `evidence` had */
    const struct certification *cert;   /* NULL when gone */
    const char *const *division;        /* codes above the county */
    size_t n_division;
    const char *data_sha256;
    const char
        *review; /* "submitted", "reviewed"; NULL: what `evidence` had, if anything */
    const struct json_past *previous, *baseline; /* NULL = none */
    int64_t now_ms;
    const json_t *evidence;              /* the alert object before this step, or NULL */
    const struct alert_transition *what; /* NULL: nothing happened */
    const char *const *division_names;   /* as `division`, or NULL */
    const struct entity_change *change;  /* why there is no result, or NULL */
    /* Where there is no result to tell it; each may be NULL. */
    const char *county_name;
    const struct standard *standard;
    const json_t *details; /* what a message says of it; NULL: what `evidence` had */
    const json_t *extra;   /* a map: keys of this kind alone; NULL: what `evidence` had */
    const char *deadline;  /* month by which it is to be put right; NULL */
};

/*
 * The alert object. Figures listed: those that fail or were told, then the composite. Beyond
 * docs/alerts.md it carries what a message says, so that an old transition always renders the
 * same: titles, units, counts, outcomes, clauses, `told`, `added`, when it began and `at`.
 */
json_t *json_alert(const struct json_alert_in *in);
/* "key":{…} of figures for history: {ID: cv|null}. Malloc'ed text. */
char *json_figures(const struct stage_result *stage, const struct standard *standard);
/* One entry of "rejected" or "findings"; file NULL: not told. */
json_t *json_rejected(const struct rejected *x, const char *file);
json_t *json_finding(const struct finding *x, const char *file);
/* A double, or null for NaN. */
json_t *json_number(double v);

/*
 * Writes a value: keys in their order, numbers in the shortest form that reads back the same.
 * JH_ELIMIT past the buffer's maximum or JSON_DUMP_DEPTH levels.
 */
enum { JSON_DUMP_DEPTH = 64 };
int json_dump(const json_t *value, struct buf *out);
/* The same as malloc'ed text of at most max bytes, or NULL. */
char *json_text(const json_t *value, size_t max);
