/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/province.h"

#include <math.h>
#include <stddef.h>

/* ---- numbers ---------------------------------------------------------------------------- */

/* The finaliser of splitmix64. */
static uint64_t mix(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

/* The questions that are asked of it. */
enum question {
    Q_SIZE = 1,
    Q_PUPILS,
    Q_TREND,
    Q_MEAN,
    Q_GOAL,
    Q_STAFF,
    Q_PLANT,
    Q_DRIFT
};

/* 0 … n-1, always the same for the same question. */
static int64_t draw(const struct province *prov, enum question q, uint64_t a, uint64_t b,
                    int64_t n)
{
    uint64_t x = mix(mix(mix(prov->seed) ^ ((uint64_t)q << 56) ^ a) ^ b);
    return (int64_t)(x % (uint64_t)n);
}

/* Counties by their place in names.txt. */
enum { SLIPPING = 2, CLOSE = 3, GAP = 6, GAP_ROUND = 2023 };

/* ---- schools ---------------------------------------------------------------------------- */

static uint64_t id(const struct school *s)
{
    return (uint64_t)s->county * 4096 + (uint64_t)s->index;
}

/* Per pupil in thousandths of what is printed: 0.01 m2, 100 yuan, one of the others. */
static const int64_t PLANT_MEAN[STAGES][PLANT] = {
    {520000, 780000, 17000, 120, 24000, 26},
    {650000, 1050000, 22000, 150, 34000, 28},
};
static const int64_t TEACHERS_MEAN[STAGES] = {60, 78}; /* thousandths per pupil */
/* Published tables: sports grounds differ most, books and teachers least. Percent. */
static const int64_t PLANT_WIDTH[PLANT] = {100, 130, 115, 90, 70, 60};
enum {
    TEACHERS_WIDTH = 65,
    SPREAD_FIXED = 350000,
    SPREAD_MAX = 1500000,
    FAVOUR_MAX = 12000000
};

/*
 * What one school has of something: million * (1 + spread * z), z skewed as real provision
 * is, with mean about 0 and from -1 to 2. A sixteenth of z changes from round to round.
 */
static int64_t factor(const struct province *prov, enum question q,
                      const struct school *s, int what, int round, int64_t spread,
                      int64_t width)
{
    uint64_t a = id(s), b = (uint64_t)what;
    int64_t u =
        draw(prov, q, a, b, MILLION) * 15 / 16 +
        draw(prov, Q_DRIFT, a, b << 32 | (uint64_t)q << 16 | (uint64_t)round, MILLION) /
            16;
    int64_t z = 3 * u / 1000 * u / 1000 - MILLION;
    int64_t f = MILLION + spread * width / 100 * z / MILLION;
    return f < 60000 ? 60000 : f;
}

static bool is_large(const struct school *s)
{
    return s->kind <= KIND_JUNIOR && s->ordinal < 2;
}

/* Two of each kind in the county that slips: what they get is a lever. */
static bool is_favoured(const struct school *s)
{
    return s->county == SLIPPING && s->kind <= KIND_JUNIOR && s->ordinal / 2 == 1;
}

static int64_t draw_pupils(const struct province *prov, const struct school *s,
                           enum stage stage, int round)
{
    static const int64_t LEAST[] = {700, 260, 70}, MOST[] = {1500, 700, 260};
    int64_t least = LEAST[s->setting], most = MOST[s->setting];
    if (s->kind == KIND_POINT)
        least = 12, most = 80;
    if (s->kind == KIND_JUNIOR)
        least = least * 5 / 4, most = most * 5 / 4;
    int64_t p = is_large(s) ? most * 3 / 2
                            : least + draw(prov, Q_PUPILS, id(s), stage, most - least);
    int64_t trend = s->setting == RURAL ? -30 : s->setting == TOWN ? -5 : 20;
    trend += draw(prov, Q_TREND, id(s), 0, 11) - 5;
    return p * (1000 + trend * (round - FIRST_ROUND)) / 1000;
}

static void draw_staff(const struct province *prov, struct school *s, enum stage stage,
                       int round, int64_t spread)
{
    int64_t *staff = s->staff[stage];
    int64_t f = factor(prov, Q_STAFF, s, TEACHERS, round, spread, TEACHERS_WIDTH);
    int64_t mean =
        TEACHERS_MEAN[stage] * (900 + draw(prov, Q_MEAN, (uint64_t)s->county, 90, 200));
    int64_t n = (s->pupils[stage] * mean / 1000 * f / MILLION + 500) / 1000;
    staff[TEACHERS] = n < 2 ? 2 : n;
    /* parts of the teachers, in percent: least, and how much more there may be */
    static const int64_t PART[STAFF][2] = {{0}, {82, 16}, {30, 40}, {12, 14}, {12, 12}};
    for (int k = ABOVE_QUAL; k < STAFF; k++) {
        int64_t more =
            PART[k][1] * draw(prov, Q_STAFF, id(s), (uint64_t)(16 * stage + k), MILLION);
        int64_t percent = PART[k][0] * MILLION + more;
        staff[k] = (staff[TEACHERS] * percent / MILLION + 50) / 100;
    }
}

static void draw_plant(const struct province *prov, struct school *s, int round,
                       const struct levers *l)
{
    enum stage stage = s->kind == KIND_JUNIOR ? JUNIOR : PRIMARY;
    bool both = s->kind == KIND_NINE_YEAR;
    int64_t spread = both ? SPREAD_FIXED : l->spread[stage];
    for (int k = 0; k < PLANT; k++) {
        int64_t per = PLANT_MEAN[stage][k];
        per = per * (850 + draw(prov, Q_MEAN, (uint64_t)s->county, (uint64_t)k, 300)) /
              1000;
        per = per * (100 + 2 * (round - FIRST_ROUND)) / 100;
        int64_t f = factor(prov, Q_PLANT, s, k, round, spread, PLANT_WIDTH[k]);
        if (is_large(s) || is_favoured(s))
            f = MILLION;
        if (is_favoured(s) && (k == AREA || k == SPORTS || k == COMPUTERS))
            f = l->favour[stage];
        int64_t weight = s->pupils[PRIMARY] * 10 + s->pupils[JUNIOR] * (both ? 11 : 10);
        s->plant[k] = (weight * per / 10 / 1000 * f + MILLION / 2) / MILLION;
    }
    s->indoor = s->setting == URBAN ? s->plant[SPORTS] / 12 : 0;
}

/* ---- how far apart they lie --------------------------------------------------------------- */

/* Amount k of the eight of basic-2012 that this stage of the school has; combined ones split. */
static double amount(const struct school *s, enum stage stage, int k)
{
    static const enum staff OF_STAFF[] = {TEACHERS, ABOVE_QUAL, MID_TITLE};
    if (k >= 5)
        return (double)s->staff[stage][OF_STAFF[k - 5]];
    double a = (double)s->pupils[PRIMARY], b = 1.1 * (double)s->pupils[JUNIOR];
    return (double)s->plant[k] * (stage == PRIMARY ? a : b) / (a + b);
}

static bool counts(const struct school *s, enum stage stage)
{
    return s->owner == OWNER_COUNTY && s->kind != KIND_POINT && s->pupils[stage] > 0;
}

static double cv(const struct school *s, int n, enum stage stage, int k)
{
    double pupils = 0, sum = 0, square = 0;
    for (int i = 0; i < n; i++)
        if (counts(&s[i], stage)) {
            pupils += (double)s[i].pupils[stage];
            sum += amount(&s[i], stage, k);
        }
    double mean = sum / pupils;
    for (int i = 0; i < n; i++)
        if (counts(&s[i], stage)) {
            double p = (double)s[i].pupils[stage];
            double d = amount(&s[i], stage, k) / p - mean;
            square += p * d * d;
        }
    return sqrt(square / pupils) / mean;
}

double province_composite(const struct school *s, int n, enum stage stage)
{
    double sum = 0;
    for (int k = 0; k < 8; k++)
        sum += cv(s, n, stage, k);
    return sum / 8;
}

void province_fill(const struct province *prov, struct school *s, int n, int round,
                   const struct levers *l)
{
    for (int i = 0; i < n; i++) {
        bool both = s[i].kind == KIND_NINE_YEAR;
        for (int stage = 0; stage < STAGES; stage++) {
            if (!both && (s[i].kind == KIND_JUNIOR) != (stage == JUNIOR))
                continue;
            s[i].pupils[stage] = draw_pupils(prov, &s[i], stage, round);
            draw_staff(prov, &s[i], stage, round, both ? SPREAD_FIXED : l->spread[stage]);
        }
        draw_plant(prov, &s[i], round, l);
    }
}

/* Moves one lever up or down until the composite, which it raises, comes to the goal. */
static void tune(const struct province *prov, struct school *s, int n, int round,
                 enum stage stage, double goal, struct levers *l, int64_t *lever,
                 int64_t low, int64_t high)
{
    int64_t best = *lever;
    double nearest = 1e9;
    while (low < high) {
        *lever = low + (high - low) / 2;
        province_fill(prov, s, n, round, l);
        double got = province_composite(s, n, stage);
        if (fabs(got - goal) < nearest)
            nearest = fabs(got - goal), best = *lever;
        if (got < goal)
            low = *lever + 1;
        else
            high = *lever;
    }
    *lever = best;
    province_fill(prov, s, n, round, l);
}

/* ---- the plot ----------------------------------------------------------------------------- */

/* Composites in millionths; `favour` is reached by what two schools get. */
static const struct plot {
    int county;
    enum stage stage;
    int round;
    int64_t spread, favour;
} PLOTS[] = {
    {SLIPPING, PRIMARY, 2019, 548000, 0},      {SLIPPING, PRIMARY, 2020, 553000, 0},
    {SLIPPING, PRIMARY, 2021, 561000, 0},      {SLIPPING, PRIMARY, 2022, 551000, 669000},
    {SLIPPING, PRIMARY, 2023, 551000, 684000}, {SLIPPING, PRIMARY, 2024, 557000, 0},
    {SLIPPING, JUNIOR, 2019, 401000, 0},       {SLIPPING, JUNIOR, 2020, 405000, 0},
    {SLIPPING, JUNIOR, 2021, 409000, 0},       {SLIPPING, JUNIOR, 2022, 412000, 0},
    {SLIPPING, JUNIOR, 2023, 410000, 563000},  {SLIPPING, JUNIOR, 2024, 407000, 0},
    {CLOSE, PRIMARY, 2019, 617000, 0},         {CLOSE, PRIMARY, 2020, 628000, 0},
    {CLOSE, PRIMARY, 2021, 650200, 0},         {CLOSE, PRIMARY, 2022, 633000, 0},
    {CLOSE, PRIMARY, 2023, 630000, 0},         {CLOSE, PRIMARY, 2024, 626000, 0},
};

static struct plot plot_of(const struct province *prov, int county, enum stage stage,
                           int round)
{
    for (size_t i = 0; i < sizeof PLOTS / sizeof *PLOTS; i++)
        if (PLOTS[i].county == county && PLOTS[i].stage == stage &&
            PLOTS[i].round == round)
            return PLOTS[i];
    /* elsewhere things are fine and get a little better every year */
    int64_t goal = (stage == PRIMARY ? 340000 : 280000) +
                   draw(prov, Q_GOAL, (uint64_t)county, stage, 150000) -
                   6000 * (round - FIRST_ROUND);
    return (struct plot){county, stage, round, goal, 0};
}

void province_tell(const struct province *prov, struct school *s, int n, int round)
{
    struct levers l = {{SPREAD_FIXED, SPREAD_FIXED}, {MILLION, MILLION}};
    for (int stage = 0; stage < STAGES; stage++) {
        struct plot plot = plot_of(prov, s->county, stage, round);
        tune(prov, s, n, round, stage, (double)plot.spread / MILLION, &l,
             &l.spread[stage], 0, SPREAD_MAX);
        if (plot.favour)
            tune(prov, s, n, round, stage, (double)plot.favour / MILLION, &l,
                 &l.favour[stage], MILLION, FAVOUR_MAX);
    }
    if (s->county == GAP && round == GAP_ROUND)
        s[2].no_area = true;
}

/* ---- a county ----------------------------------------------------------------------------- */

static enum setting setting_of(enum kind kind, int ordinal, int n_in_town)
{
    if (kind == KIND_POINT || ordinal >= n_in_town + 6)
        return RURAL;
    return kind != KIND_NINE_YEAR && ordinal < n_in_town ? URBAN : TOWN;
}

int province_size(const struct province *prov, int c)
{
    int mean = prov->schools / prov->counties;
    int n = mean - mean / 5 + (int)draw(prov, Q_SIZE, (uint64_t)c, 0, mean * 2 / 5 + 1);
    return n < 12 ? 12 : n > COUNTY_MAX ? COUNTY_MAX : n;
}

void province_build(int c, int n, struct school *s)
{
    int points = n / 8, nine = n / 12, junior = n / 5, ordinal[4] = {0};
    for (int i = 0; i < n; i++) {
        enum kind kind = i >= n - points                   ? KIND_POINT
                         : i >= n - points - nine          ? KIND_NINE_YEAR
                         : i >= n - points - nine - junior ? KIND_JUNIOR
                                                           : KIND_PRIMARY;
        s[i] =
            (struct school){.county = c, .index = i, .kind = kind, .owner = OWNER_COUNTY};
        s[i].ordinal = ordinal[kind]++;
        s[i].setting = setting_of(kind, s[i].ordinal, kind == KIND_JUNIOR ? 3 : 5);
        if (i == n - points - nine - junior - 1)
            s[i].owner = OWNER_PRIVATE;
    }
}

int64_t province_share(const struct province *prov, int c)
{
    int64_t u = draw(prov, Q_SIZE, (uint64_t)c, 1, MILLION);
    int64_t tail = u < 955000 ? 0 : (u - 955000) * 392 / 45000;
    return 10 + u * 160 / MILLION + tail;
}
