/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/claim.h"

const struct claim *const CLAIMS[] = {&CLAIM_VERDICTS, &CLAIM_ALERTS,    &CLAIM_TOLD,
                                      &CLAIM_LOCAL,    &CLAIM_STANDINGS, NULL};

const char *claim_word(const char *const *words, int i)
{
    return i ? words[i] : NULL;
}
