/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one county reports beside its schools in one round: values of items and of their inputs
 * (docs/data.md 9). Made by county_intake.h, immutable afterwards, shared by reference count
 * across threads.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/dataset.h"
#include "model/round.h"

enum county_what {
    COUNTY_NUMBER,
    COUNTY_MET,
    COUNTY_UNMET,
    COUNTY_PRESENT, /* of what must not be */
    COUNTY_ABSENT,
    COUNTY_BAD /* a cell that is neither: reported, and of no use */
};

struct county_value {
    const char *item; /* "ZF1", "ZF11.eligible", or a free name */
    enum county_what what;
    double number;        /* yuan where the unit was of money; NaN unless COUNTY_NUMBER */
    bool percent;         /* its unit is %: 62 stands for 62 % */
    const char *evidence; /* words, "" */
    uint32_t line;
};

struct county_data {
    struct round round; /* year 0: the data do not say */
    const char *county_code;
    size_t n;
    const struct county_value *values; /* ordered by item, bytewise */
    const char *file;                  /* for messages */
};

const struct county_data *county_data_ref(const struct county_data *data);
void county_data_unref(const struct county_data *data);

/* The value of "item", or of "item.input" unless input is NULL; NULL: not reported. */
const struct county_value *county_data_find(const struct county_data *data,
                                            const char *item, const char *input);
const char *county_what_id(enum county_what what); /* "number", "met", "unmet", … */
