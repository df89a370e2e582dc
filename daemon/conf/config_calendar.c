/* SPDX-License-Identifier: Apache-2.0 */
/* Silences, escalation, and the calendar of working days that it counts by. */
#include <stdlib.h>
#include <string.h>

#include "conf/config_read.h"
#include "conf/sheet.h"

enum { DAYS_MAX = 20000 };
enum column { DATE, WHAT, NAME, COLUMN_COUNT };
static const char *const COLUMNS[] = {"date", "kind", "name"};

/* Where each column stands: the header names them, in any order. */
static bool read_header(struct sheet *sheet, int place[COLUMN_COUNT])
{
    struct sheet_cell cells[SHEET_COLUMNS_MAX];
    int n = sheet_row(sheet, cells);
    bool good = n >= 0;
    for (int c = 0; c < COLUMN_COUNT; c++)
        place[c] = -1;
    for (int i = 0; i < n; i++) {
        int c = 0;
        while (c < COLUMN_COUNT && strcmp(cells[i].text, COLUMNS[c]) != 0)
            c++;
        if (c == COLUMN_COUNT || place[c] >= 0) {
            sheet_error(sheet, &cells[i], "expected the columns date, kind, name, got");
            good = false;
        } else {
            place[c] = i;
        }
    }
    if (good && (place[DATE] < 0 || place[WHAT] < 0)) {
        errs_at(sheet->errs, ERR_ERROR, sheet->file, 1, 0,
                "the first row must name the columns date and kind");
        good = false;
    }
    return good;
}

static bool read_day(struct sheet *sheet, const struct sheet_cell *date,
                     const struct sheet_cell *what, struct workday *ret)
{
    if (date_parse(date->text, strlen(date->text), &ret->date)) {
        sheet_error(sheet, date, "expected a date such as 2025-10-01, got");
        return false;
    }
    ret->works = strcmp(what->text, "workday") == 0;
    if (!ret->works && strcmp(what->text, "holiday") != 0) {
        sheet_error(sheet, what, "expected workday or holiday, got");
        return false;
    }
    return true;
}

static int by_date(const void *a, const void *b)
{
    return date_cmp(((const struct workday *)a)->date, ((const struct workday *)b)->date);
}

static void read_days(struct sheet *sheet, struct workday *list, struct workdays *ret)
{
    struct sheet_cell cells[SHEET_COLUMNS_MAX];
    const struct sheet_cell none = {"", 0, 0};
    int place[COLUMN_COUNT], n;
    size_t days = 0;
    if (!read_header(sheet, place))
        return;
    while ((n = sheet_row(sheet, cells)) > 0 && days < DAYS_MAX)
        days += read_day(sheet, place[DATE] < n ? &cells[place[DATE]] : &none,
                         place[WHAT] < n ? &cells[place[WHAT]] : &none, &list[days]);
    if (n > 0)
        errs_at(sheet->errs, ERR_ERROR, sheet->file, cells[0].line, 0,
                "more than %d rows", DAYS_MAX);
    qsort(list, days, sizeof *list, by_date);
    for (size_t i = 1; i < days; i++)
        if (date_cmp(list[i - 1].date, list[i].date) == 0) {
            char text[DATE_TEXT];
            date_print(list[i].date, text);
            errs_at(sheet->errs, ERR_ERROR, sheet->file, 0, 0, "%s is there twice", text);
        }
    *ret = (struct workdays){list, days};
}

static void read_calendar(struct config_reader *r, const char *path)
{
    struct sheet sheet;
    struct jh_err err = {0};
    struct workday *list = arena_array(r->arena, DAYS_MAX, sizeof *list);
    const struct yaml_node *at = yaml_get(r->root, "calendar");
    if (!list || sheet_open(&sheet, path, r->arena, r->errs, &err)) {
        yaml_error(at, r->errs, "calendar: %s: %s", list ? err.file : path,
                   list ? err.text : "out of memory");
        return;
    }
    read_days(&sheet, list, &r->config->calendar);
    sheet_close(&sheet);
}

void config_read_escalation(struct config_reader *r, const char *calendar)
{
    struct config *c = r->config;
    struct config_silences silences;
    struct config_escalation up;
    config_fill(r, yaml_get(r->root, "silences"), "silences", &CONFIG_SILENCES, &silences,
                sizeof silences);
    config_fill(r, yaml_get(r->root, "escalation"), "escalation", &CONFIG_ESCALATION, &up,
                sizeof up);
    c->silence_days = (int)(silences.max / CONFIG_DAY_MS);
    c->escalation.critical = (int)up.critical;
    c->escalation.warning = (int)up.warning;
    c->escalation.notice = (int)up.notice;
    if (calendar)
        read_calendar(r, calendar);
}
