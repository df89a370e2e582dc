/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The JSON shapes of interfaces.md sections 4 and 5, one function a shape, used alike by
 * junhengctl and the daemon's HTTP. Numbers in full precision, null where there is none, keys
 * in the documented order. Results are new references.
 */
#pragma once

#include <jansson.h>

#include "alert/alert.h"
#include "eval/eval.h"
#include "eval/explain.h"
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
    bool explain;
};

/* {"standard",…,"counties":[…],"excluded":[…],"rejected":[…],"findings":[…]} */
json_t *json_evaluation(const struct json_evaluation *e);
/* One county of it. */
json_t *json_county(const struct county_result *result, bool explain);

struct json_alert_in {
    const struct alert *alert;
    const struct county_result *result; /* NULL: keep what `evidence` had */
    const struct certification *cert;   /* NULL when gone */
    const char *const *division;        /* codes above the county */
    size_t n_division;
    const char *data_sha256;
    /* composite and indicator values of other rounds, per stage; NaN = none */
    const struct json_past {
        struct round round;
        double composite[STAGE_COUNT];
        double cv[STAGE_COUNT][STANDARD_INDICATORS_MAX];
    } * previous, *baseline; /* NULL = none */
    int64_t now_ms;
};

/* The alert object. Figures listed: those that fail or were told, then the composite. */
json_t *json_alert(const struct json_alert_in *in);
/* "key":{…} of figures for history: {ID: cv|null}. Malloc'ed text. */
char *json_figures(const struct stage_result *stage, const struct standard *standard);
/* A double, or null for NaN. */
json_t *json_number(double v);
