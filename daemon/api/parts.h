/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shared by the handlers: opening the store to read, answering JSON, asking the loop for the
 * state of sources and channels. Worker threads.
 */
#pragma once

#include <jansson.h>

#include "daemon.h"

typedef void api_handler(void *owner, const struct http_request *req,
                         const char *const *args, struct http_reply *reply);

api_handler api_health, api_ready, api_metrics;
api_handler api_status, api_sources, api_counties, api_county, api_history, api_alerts,
    api_alert, api_deliveries, api_standards, api_indicators, api_certifications;
api_handler api_ack, api_assign, api_comment, api_silences, api_silence, api_silence_end;
api_handler api_findings, api_accept, api_reviews, api_review, api_journal;
api_handler api_certify, api_decertify, api_retract, api_poll, api_poll_all, api_reload;
api_handler api_export, api_export_round, api_standings, api_standing;

/* What a reading handler works with; NULL (and the reply filled) when the store fails. */
struct reading {
    struct daemon *d;
    struct store *store;
    struct arena *arena;
    const struct config *config;
    struct script_set *set;
    struct jh_err err;
};

int reading_init(struct reading *r, struct daemon *d, struct http_reply *reply);
void reading_done(struct reading *r);
/* 500 with what the store said. */
void reading_failed(const struct reading *r, struct http_reply *reply);
/* What was asked for could not be kept: 503 where it may be tried again (the clock), else 500. */
void api_not_kept(struct http_reply *reply, int rc, const char *text);

/* {"data": value}; takes the value over. */
void api_data(struct http_reply *reply, json_t *value);
/* {"data": list, "cursor": cursor}; takes the list over. */
void api_page(struct http_reply *reply, json_t *list, int64_t cursor);
/* A time stamp, or null for 0. */
json_t *api_stamp(int64_t ms);
json_t *api_text(const char *text); /* null for NULL */

/* Copies of what only the loop may look at. */
struct api_states {
    struct poll_state *sources;
    size_t n_sources;
    struct notify_stats *channels;
    size_t n_channels;
    struct daemon_counts counts;
    struct transfers_stats transfers;
    int64_t longest_ns, loaded_ms;
    size_t queued;
    int64_t waiting_bytes, waiting_most;
    bool stopping;
    char reload_error[1200], script_error[800];
    bool clock_wrong; /* nothing is committed */
    int64_t clock_behind_ms;
    char store_error[800]; /* why nothing can be written, or "" */
    int64_t store_failing_ms;
    bool scripts_behind; /* something was committed without its scripts */
};

/* Strings live in the arena. */
int api_states(struct reading *r, struct api_states *ret);
