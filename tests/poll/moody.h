/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What test_poll and its source plugin share: how the source shall behave, and what it saw.
 * The test owns both; the plugin only counts.
 */
#pragma once

struct moody_seen {
    int opened, closed, fetches, late_answers;
    int conditional;
    int settled, outcome; /* how often it was told, and what last */
};

struct moody_conf {
    const char *mood;
    struct moody_seen *seen;
    long nap_ms;
};
