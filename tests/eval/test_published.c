/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables that offices published: rebuilt as counties of two schools that have just those CVs,
 * they must give the published composite and the published verdicts. Sources:
 * docs/standards.md section 9.
 */
#include <math.h>

#include "eval/random.h"
#include "tap/tap.h"

static const struct {
    const char *name;
    enum stage stage;
    double cv[8], composite;
} BASIC[] = {
    {"Nanguan of Changchun, primary",
     STAGE_PRIMARY,
     {0.393, 0.578, 0.372, 0.246, 0.208, 0.311, 0.311, 0.455},
     0.359},
    {"Nanguan, junior",
     STAGE_JUNIOR,
     {0.433, 0.464, 0.334, 0.318, 0.433, 0.362, 0.368, 0.335},
     0.381},
    {"Kuancheng, primary",
     STAGE_PRIMARY,
     {0.251, 0.426, 0.267, 0.227, 0.127, 0.318, 0.302, 0.440},
     0.295},
    {"Kuancheng, junior",
     STAGE_JUNIOR,
     {0.285, 0.373, 0.243, 0.333, 0.224, 0.391, 0.355, 0.569},
     0.347},
    {"Chaoyang, primary",
     STAGE_PRIMARY,
     {0.380, 0.605, 0.352, 0.362, 0.101, 0.301, 0.295, 0.415},
     0.351},
    {"Chaoyang, junior",
     STAGE_JUNIOR,
     {0.320, 0.431, 0.291, 0.223, 0.095, 0.400, 0.386, 0.431},
     0.322},
    {"Luyang of Hefei, primary",
     STAGE_PRIMARY,
     {0.881, 1.299, 0.977, 0.379, 0.170, 0.334, 0.286, 0.408},
     0.592},
    {"Luyang, junior",
     STAGE_JUNIOR,
     {0.353, 0.784, 0.146, 0.491, 0.037, 0.226, 0.223, 0.253},
     0.314},
    {"Yongchuan of Chongqing, primary",
     STAGE_PRIMARY,
     {0.696, 0.916, 0.819, 0.580, 0.450, 0.286, 0.285, 0.470},
     0.562},
};

static const struct {
    const char *name;
    enum stage stage;
    double cv[7];
    const char *verdicts; /* p pass, f fail */
} QUALITY[] = {
    {"Ningguo, primary",
     STAGE_PRIMARY,
     {0.677, 0.674, 0.618, 0.519, 0.597, 0.167, 0.759},
     "fffffpf"},
    {"Ningguo, junior",
     STAGE_JUNIOR,
     {0.542, 1.055, 0.507, 0.587, 0.686, 0.254, 0.496},
     "fffffpf"},
};

/* 100 and 900 pupils: a mean of 1 and any CV up to 3. */
static void two_schools(struct make *m, enum stage stage, const double *cv)
{
    bool primary = stage == STAGE_PRIMARY;
    for (int i = 0; i < 2; i++) {
        double pupils = i ? 900 : 100;
        size_t row = make_school(m, primary ? KIND_PRIMARY : KIND_JUNIOR,
                                 primary ? pupils : NAN, primary ? NAN : pupils, NAN);
        for (size_t k = 0; k < m->standard.n_indicators; k++) {
            const struct indicator *ind = &m->standard.indicators[k];
            for (size_t t = 0; t < ind->n_terms; t++) {
                enum field f = ind->terms[t].field + (ind->terms[t].staged ? stage : 0);
                if (f == FIELD_indoor_sports_area)
                    make_set(m, row, f, 0);
                else
                    make_set(m, row, f, pupils * (i ? 1 - cv[k] / 3 : 1 + cv[k] * 3));
            }
        }
    }
}

static void composites(void)
{
    for (size_t i = 0; i < sizeof BASIC / sizeof *BASIC; i++) {
        struct make m;
        random_basic(&m);
        two_schools(&m, BASIC[i].stage, BASIC[i].cv);
        const struct stage_result *s = make_eval(&m, BASIC[i].stage);
        double worst = 0;
        for (size_t k = 0; k < 8; k++)
            worst = fmax(worst, fabs(s->figures[k].cv - BASIC[i].cv[k]));
        is_dbl(worst, 0, 1e-14, BASIC[i].name);
        is_dbl(s->composite.cv, BASIC[i].composite, 0.001, "… its published composite");
        is_int(s->outcome, OUTCOME_PASS, "… which is within the limit");
        make_done(&m);
    }
}

static void each(void)
{
    for (size_t i = 0; i < sizeof QUALITY / sizeof *QUALITY; i++) {
        struct make m;
        char got[8] = "";
        random_quality(&m);
        two_schools(&m, QUALITY[i].stage, QUALITY[i].cv);
        const struct stage_result *s = make_eval(&m, QUALITY[i].stage);
        for (size_t k = 0; k < 7; k++)
            got[k] = s->figures[k].outcome == OUTCOME_PASS ? 'p' : 'f';
        is_str(got, QUALITY[i].verdicts, QUALITY[i].name);
        make_done(&m);
    }
}

int main(void)
{
    composites();
    each();
    return done_testing();
}
