/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers of cells as text: what the number format makes of them as far as it matters. A date
 * is written as much of it as is shown: 2024, 2024-09, 2024-09-01; a code with zeros in
 * front keeps them; all else is a plain decimal of the 15 digits that spreadsheets hold.
 * Pure; without the locale.
 */
#pragma once

#include <junheng/plugin.h>

enum { NUMBER_TEXT = 64, NUMBER_PAD_MAX = 20 };

enum number_kind {
    NUMBER_PLAIN,
    NUMBER_YEAR,
    NUMBER_MONTH,
    NUMBER_DATE,
    NUMBER_DATE_TIME,
    NUMBER_TIME,
    NUMBER_PADDED /* + so many digits */
};

/* What a number format is for, by its code or by its built-in number. */
uint8_t number_kind_of(const char *code);
uint8_t number_kind_built_in(unsigned id);
/* `raw` as the file has it, shorter than NUMBER_TEXT. The length of what was printed. */
size_t number_print(struct jh_slice raw, uint8_t kind, bool from_1904,
                    char text[NUMBER_TEXT]);
/* The same of a date as strict workbooks have it: 2024-09-01T00:00:00. */
size_t number_iso(struct jh_slice raw, uint8_t kind, char text[NUMBER_TEXT]);
