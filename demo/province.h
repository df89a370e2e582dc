/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The schools of an invented province: who they are and what they have in a round. The same
 * seed gives the same figures on every machine: numbers come from hashing (seed, question),
 * amounts are integers, and the one place that computes with doubles (how far a county's
 * schools differ) is compiled without contraction. Pure; the caller owns the schools.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum stage { PRIMARY, JUNIOR, STAGES };
enum kind { KIND_PRIMARY, KIND_JUNIOR, KIND_NINE_YEAR, KIND_POINT };
enum setting { URBAN, TOWN, RURAL };
enum staff { TEACHERS, ABOVE_QUAL, MID_TITLE, BACKBONE, PE_ARTS, STAFF };
enum plant { AREA, SPORTS, EQUIPMENT, COMPUTERS, BOOKS, MULTIMEDIA, PLANT };
enum {
    MILLION = 1000000,
    COUNTY_MAX = 1200, /* schools */
    FIRST_ROUND = 2019,
    OWNER_COUNTY = 7,
    OWNER_PRIVATE = 10,
};

struct province {
    uint64_t seed;
    int counties, schools; /* schools: about so many */
};

struct school {
    int county, index;
    enum kind kind;
    enum setting setting;
    int owner, ordinal; /* ordinal: among those of its kind in the county */
    int64_t pupils[STAGES], staff[STAGES][STAFF], plant[PLANT], indoor;
    bool no_area; /* the cell is empty */
};

/* How far apart the schools of a stage lie; how much more two of them get. */
struct levers {
    int64_t spread[STAGES], favour[STAGES]; /* millionths */
};

/* How many schools county c has: about schools / counties, no two counties alike. */
int province_size(const struct province *prov, int c);
/* The n schools of county c, without figures: primary ones first, one of them private. */
void province_build(int c, int n, struct school *s);
/* Their figures in a round. */
void province_fill(const struct province *prov, struct school *s, int n, int round,
                   const struct levers *l);
/*
 * Their figures as the story wants them: levers are moved until the composite of basic-2012
 * comes to what the plot says for this county and round.
 */
void province_tell(const struct province *prov, struct school *s, int n, int round);
/* The composite of basic-2012, by the formula and not by the daemon: a second opinion. */
double province_composite(const struct school *s, int n, enum stage stage);
/* Of 3,000: ten schools at least, 89 in the middle, 562 at most, before scaling. */
int64_t province_share(const struct province *prov, int c);
