/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Civil dates and time stamps in Asia/Shanghai (UTC+8, no summer time since 1992; the daemon
 * stamps nothing older). Months are counted as months, never as 30 days. Pure; any thread.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct date {
    int16_t year;
    int8_t month, day; /* 1..12, 1..31; year 0 = no date */
};

enum { DATE_TEXT = 32 };

/* "2013-12-31"; refuses dates that do not exist (2014-04-31). */
int date_parse(const char *p, size_t len, struct date *ret);
void date_print(struct date d, char text[DATE_TEXT]);
int date_cmp(struct date a, struct date b);
/* Same day of the month, or the month's last day. */
struct date date_add_months(struct date d, int months);
/* Days are counted, not multiplied out of seconds. */
struct date date_add_days(struct date d, int days);
int date_days_in_month(int year, int month);
/* The day in Shanghai at a moment. */
struct date date_of_ms(int64_t ms);
/* 1 Monday … 7 Sunday. */
int date_weekday(struct date d);
/* 00:00 in Shanghai. */
int64_t date_to_ms(struct date d);
/* "2018-02-01T09:00:00+08:00" */
void date_stamp(int64_t ms, char text[DATE_TEXT]);
/* "09:03:11" and "09:03" of the day in Shanghai. */
void date_clock(int64_t ms, int with_seconds, char text[DATE_TEXT]);
/* Reads what date_stamp() writes, or with Z. */
int date_parse_stamp(const char *p, size_t len, int64_t *ret_ms);
