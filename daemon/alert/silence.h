/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which alerts a silence keeps from the offices: those that all it names apply to. It touches
 * no alert; what is withheld are messages. Pure; any thread.
 */
#pragma once

#include "alert/route.h"

struct silence_match {
    const char *county, *kind, *standard, *severity; /* NULL: any */
    const char *region; /* a prefix of the county's code, or of one above it; NULL: any */
};

bool silence_matches(const struct silence_match *match,
                     const struct route_subject *subject);
