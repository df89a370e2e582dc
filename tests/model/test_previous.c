/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why: schools that vanished are missed only by comparison with the right round. Each county has
 * its own last round, the newest that holds a school of it, whatever the other counties have;
 * and a row that lost its county is of the one that had the school in the newest of them.
 */
#include "model/previous.h"

#include <string.h>

#include "model/rig.h"
#include "tap/tap.h"

#define HEAD "round,county_code,school_code,kind,pupils_primary\n"

static void add(struct previous *p, const struct rig *rig, const char *csv)
{
    const struct rig_file files[] = {{.name = "older.csv", .text = csv}, {0}};
    struct intake_result older;
    struct jh_err err;
    if (rig_read(rig, files, &older, &err))
        bail(err.text);
    if (previous_add(p, &older))
        bail("memory");
    intake_result_done(&older);
}

static int year(const struct previous *p, const char *county)
{
    const struct dataset *ds = previous_find(p, county);
    return ds ? ds->round.year : 0;
}

/* Filled newest first; county 2 skipped 2024, county 3 is only in 2022. */
static void fill(struct previous *p, const struct rig *rig)
{
    add(p, rig, HEAD "2024,1,S1,primary,100\n2024,4,S4,primary,100\n");
    add(p, rig, HEAD "2023,1,S1,primary,100\n2023,2,S2,primary,100\n");
    add(p, rig, HEAD "2022,2,S2,primary,100\n2022,3,S4,primary,100\n");
}

static void own_rounds(const struct rig *rig)
{
    struct previous p = {0};
    const char *counties[] = {"0", "1", "2", "3", "4", "5"};
    is_int(year(&p, "1"), 0, "nothing is there at first");
    is_int((int)previous_lacking(&p, counties, 6), 6, "so all lack theirs");
    fill(&p, rig);
    is_int(year(&p, "1"), 2024, "the newest");
    is_int(year(&p, "2"), 2023, "the one before, for who skipped it");
    is_int(year(&p, "3"), 2022, "and one before that");
    is_int(year(&p, "5"), 0, "none");
    is_int((int)previous_lacking(&p, counties, 6), 2, "two have none");
    is_str(counties[0], "0", "one that sorts first");
    is_str(counties[1], "5", "one that sorts last");
    bool sorted = p.n == 4;
    for (size_t i = 1; i < p.n; i++)
        sorted &= strcmp(p.datasets[i - 1]->county_code, p.datasets[i]->county_code) < 0;
    ok(sorted, "each once, by code");
    previous_done(&p);
}

/* A dataset whose rows were all dropped is there only because of a round before it. */
static void without_rows(const struct rig *rig)
{
    struct previous first = {0}, p = {0};
    add(&first, rig, HEAD "2022,1,S1,primary,100\n2022,2,S2,primary,100\n");
    struct rig with = *rig;
    with.previous = first.datasets;
    with.n_previous = first.n;
    add(&p, &with, HEAD "2023,1,S1,primary,100\n2023,2,S2,primary,?\n");
    is_int(year(&p, "1"), 2023, "a round with a school");
    is_int(year(&p, "2"), 0, "one that dropped them all tells nothing");
    previous_done(&p);
    previous_done(&first);
}

/* S4 was in county 3 in 2022 and in county 4 in 2024. */
static void moved_school(const struct rig *rig)
{
    struct previous p = {0};
    struct rig with = *rig;
    fill(&p, rig);
    with.previous = p.datasets;
    with.n_previous = p.n;
    const struct rig_file files[] = {{.name = "now.csv",
                                      .text = HEAD
                                      "2025,3,S3,primary,100\n2025,4,S5,primary,100\n"
                                      "2025,,S4,primary,100\n"},
                                     {0}};
    struct intake_result now;
    struct jh_err err;
    if (rig_read(&with, files, &now, &err))
        bail(err.text);
    is_int((int)now.n, 2, "two counties");
    is_int((int)now.datasets[0]->rows_dropped, 0, "who had it once has lost no row");
    is_int((int)now.datasets[1]->rows_dropped, 1, "who had it last has");
    intake_result_done(&now);
    previous_done(&p);
}

int main(void)
{
    struct rig rig;
    rig_init(&rig);
    own_rounds(&rig);
    without_rows(&rig);
    moved_school(&rig);
    rig_done(&rig);
    return done_testing();
}
