/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which province and prefecture a county lies in: by the parents of the divisions file, else by
 * the digits of a six-digit code. And which rows of that file are counties, so that one that
 * nobody delivered is missed. Codes are the file's or live in the arena. Any thread.
 */
#pragma once

#include "conf/config.h"

/* "" = none that is known, or none at all: some counties lie right under their province. */
struct region_place {
    const char *province, *prefecture;
};

/*
 * Its code is a county's (a development zone may lie in it), or nothing lies in it and it is not
 * the two or four digits of a province or city. Cities without districts have xx00 codes.
 */
bool region_is_county(const struct division *d);
/* JH_ENOMEM */
int region_find(const struct config *divisions, const char *county, struct arena *arena,
                struct region_place *ret);
