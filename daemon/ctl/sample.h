/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sample messages: what each channel would carry of each kind of alert and by each standard in use, of an
 * invented county in which everything is unevenly spread. A template that fails shows before a
 * night in which it is needed. Nothing is sent. Main thread.
 */
#pragma once

#include "conf/config.h"
#include "render/message.h"

/* Words all of them; what cannot be worded is told in errs. Returns how many there were. */
size_t sample_messages(const struct config *config, const struct messages *messages,
                       struct errs *errs);
