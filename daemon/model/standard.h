/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A standard as data: indicators, limits, population, rounding (docs/standards.md 4). Read
 * from YAML by conf/standard, immutable and shared by all threads afterwards.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/date.h"
#include "base/num.h"
#include "model/field.h"
#include "model/item.h"

enum { STANDARD_INDICATORS_MAX = 32, STANDARD_TERMS_MAX = 8, STANDARD_EXCLUDE_MAX = 16 };
enum { STANDARD_RELAXATIONS_MAX = 16 };

struct indicator {
    const char *id, *title;
    const char *unit; /* printed behind values, may be "" */
    struct {
        enum field field; /* a staged family's primary column, or a single column */
        bool staged;
        int sign; /* +1 | -1 */
    } terms[STANDARD_TERMS_MAX];
    size_t n_terms;
    int per;    /* 1, or 100 for "per hundred pupils" */
    bool split; /* single columns of combined schools are split by weight */
    bool has_min[STAGE_COUNT];
    struct decimal min[STAGE_COUNT];  /* school_min */
    const char *clause, *departments; /* words, may be "" */
};

struct exclude {
    uint32_t kinds;      /* bit per enum kind; 0 = any */
    double pupils_below; /* at the stage; 0 = at any size */
    const char *rule;    /* "kind" | "pupils_below", as in the JSON */
    const char *reason;  /* words */
};

/*
 * `where`: schools that a relaxation or an item is for, read with eval/filter. All that it
 * asks must hold. NULL stands for every school.
 */
struct school_filter {
    uint32_t kinds, settings,
        owners; /* bits per enum kind, enum setting, owner; 0 = any */
    double pupils_from, pupils_below; /* primary and junior together; 0 = any */
    int built_until;                  /* year, inclusive; 0 = any */
    int8_t boarding, dense_centre;    /* 1, 0; -1 = any */
    double largest_class_below;       /* 0 = any */
    bool has_migrant_share;
    struct decimal migrant_share_above;  /* of the school's pupils, by counts */
    const struct school_filter *or_else; /* another way to match, or NULL */
};

/*
 * A milder rule for some schools, for a time: another numerator of an indicator, or another
 * rule of an item. It holds where `where` is sure; where a cell is missing, the strict rule
 * does.
 */
struct relaxation {
    const char *id, *clause;
    struct date until; /* rounds with a reference date from then on are without it */
    const struct school_filter *where;
    int indicator;                   /* index, or -1 */
    const struct indicator *instead; /* that indicator with the other numerator */
    int item;                        /* index, or -1 */
    const struct item_rule *rule;    /* of one school, in place of the item's */
    int duty_years; /* so long after its certification a county is without it; 0 = never */
};

/* What a slip judges, bits; 0 is read as MONITOR_STAGES. */
enum { MONITOR_STAGES = 1, MONITOR_ITEMS = 2 };

enum cv_applies { CV_EACH, CV_COMPOSITE, CV_BOTH, CV_NONE };

struct standard {
    const char *id, *title, *document, *file;
    const char *kind_title; /* what a certified county is called, may be "" */
    const char *implies;    /* id of a standard its counties are monitored for too, "" */
    struct date effective;
    bool monthly; /* series: monthly */
    struct {
        unsigned value, cv; /* digits of the forms */
        bool raw;           /* compare: raw */
    } rounding;
    bool campus_merge; /* campus: merge */
    struct exclude exclude[STANDARD_EXCLUDE_MAX];
    size_t n_exclude;
    uint32_t owners;     /* bit per owner 1..10; 0 = all */
    double coverage;     /* (0, 1] */
    double vanished_max; /* share of enrolment, default 0.05 */
    struct indicator indicators[STANDARD_INDICATORS_MAX];
    size_t n_indicators;
    bool has_school_rule;
    int at_least;
    struct decimal floor; /* of school_rule */
    enum cv_applies applies;
    bool has_stage[STAGE_COUNT]; /* stages that cv_rule names */
    struct decimal limit[STAGE_COUNT];
    const char *cv_clause, *school_clause; /* texts quoted to people */
    const struct item *items;
    size_t n_items;
    const struct relaxation *relaxations;
    size_t n_relaxations;
    struct item_score score;
    uint8_t monitor;
    char sha256[65]; /* of the file's bytes */
};

/* Index of an indicator by id, or -1. */
int standard_indicator(const struct standard *st, const char *id);
/* The same for items. */
int standard_item(const struct standard *st, const char *id, size_t len);
