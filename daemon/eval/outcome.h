/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a judgement says, and how judgements are joined: a proven fail stands whatever else is
 * missing, and what is missing is never a pass. Pure; any thread.
 */
#pragma once

enum outcome {
    OUTCOME_NONE,
    OUTCOME_PASS,
    OUTCOME_UNKNOWN,
    OUTCOME_FAIL,
    OUTCOME_BROKEN
};

const char *outcome_id(
    enum outcome outcome);      /* "none" "pass" "unknown" "fail" "broken" */
int outcome_of(const char *id); /* -1 */
/* fail > unknown > pass > none; broken counts as unknown. */
enum outcome outcome_join(enum outcome a, enum outcome b);
