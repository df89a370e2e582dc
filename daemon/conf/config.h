/* SPDX-License-Identifier: Apache-2.0 */
/*
 * junheng.yaml as an immutable snapshot: read, checked and complete, or not there at all. A
 * reload builds a new one beside the old. Shared by all threads by reference count.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "alert/alert.h"
#include "alert/route.h"
#include "base/address.h"
#include "base/err.h"
#include "base/log.h"
#include "base/workday.h"
#include "digest/container.h"
#include "model/alias.h"
#include "model/closed.h"
#include "model/county_intake.h"
#include "model/entity.h"
#include "model/intake.h"
#include "model/standard.h"

struct yaml_node;
struct round_rule; /* `round: {from, match, add}`, compiled */

/* What becomes of findings: enum doubt_policy a check, but never accepted. */
struct config_checks {
    int policy[DOUBT_COUNT];
};

struct source_conf {
    const char *name, *plugin, *format, *part;
    struct container_rule container; /* what bodies are packed in */
    bool county; /* county data instead of schools; of no part, which is "" */
    bool review; /* what it delivers ends nothing until a person has reviewed it */
    const void *plugin_conf; /* the plugin's struct */
    const void *format_conf;
    struct mapping mapping;
    const struct round_rule *round_rule; /* NULL: fixed in mapping.round or from rows */
    int64_t interval_ms, timeout_ms, max_bytes, jitter_ms, backoff_max_ms;
    const char *const *covers; /* code prefixes, n_covers 0 = all */
    size_t n_covers;
    struct address_rules addresses; /* of its transfers, beside those of all */
    struct config_checks checks;
    int due_month, due_day; /* 0 = none */
    const char *owner;      /* id of the office that answers for it; NULL: the lowest */
    const char *file;       /* where it stands */
    unsigned line;
    char sha256[65]; /* of what decides how a body is read and what becomes of it */
};

struct channel_conf {
    const char *name, *plugin;
    const void *plugin_conf;
    int64_t retry_min_ms, retry_max_ms, give_up_ms;
    unsigned line;
};

struct lua_param {
    const char *indicator, *name,
        *value; /* value as written; a number when it looks like one */
    bool is_number;
};

struct division {
    const char *code, *name, *parent; /* "" = top */
    uint32_t stage_bits; /* of `stages`: bit per enum stage; 0 = all the standard names */
    uint32_t owner_bits; /* of `own_owners`: bit per owner; 0 = the standard's list */
    bool inner;          /* other rows lie in it */
};

/* What is different of a kind of alert for a standard, or for a region. */
struct config_override {
    enum alert_kind kind;
    const char *standard, *region; /* one of them; a region: the beginning of a code */
    struct alert_policy policy;
    uint32_t set; /* bit per option of the kind: which of the policy are said */
};

/* Whom an alert is about. */
struct config_where {
    const char *standard, *county; /* "" for none */
    const char *const *division;   /* codes above the county */
    size_t n_division;
};

struct config {
    const char *file, *dir; /* relative paths in the file are relative to dir */
    const char *state_dir, *control_socket, *http_listen, *plugin_dir, *helper;
    const char *standards_dir; /* NULL = embedded */
    const struct standard *const *standards;
    size_t n_standards;
    struct {
        const char *const *dirs;
        size_t n_dirs;
        int64_t memory_bytes, wall_ms;
        const struct lua_param *params;
        size_t n_params;
    } lua;
    const struct division *divisions; /* sorted by code */
    size_t n_divisions;
    struct closed_list closed;     /* schools recorded as closed */
    struct entity_changes changes; /* of counties */
    const struct source_conf *sources;
    size_t n_sources;
    const struct map *source_names; /* name -> index */
    const char *const *parts;       /* those their schools come in, each once */
    size_t n_parts;
    const struct channel_conf *channels;
    size_t n_channels;
    struct route_table routes;                 /* with the offices */
    struct alert_policy policies[ALERT_KINDS]; /* but for `overrides` */
    const struct config_override *overrides;   /* in the order in which they are laid */
    size_t n_overrides;
    const char *const *operators; /* ids of offices that look after this program */
    size_t n_operators;
    int64_t group_wait_ms;
    int acknowledged_days,
        silence_days; /* an acknowledgement's default, a silence's most */
    struct {
        int critical, warning, notice; /* working days; 0 = never */
    } escalation;
    struct workdays calendar;
    struct {
        enum log_level level;
        bool json;
    } log;
    struct address_rules addresses; /* of all transfers */
    int64_t max_transfers;          /* at once */
    int64_t max_waiting;            /* bytes, before the pipeline */
    const struct alias_table *aliases;
    const struct county_words *county_words;
    char sha256[65]; /* of all that the file and those it includes say */
    char standards_sha256
        [65]; /* over all standards in use, in order, county records, changes, closed schools */
};

/* How conf/ asks for plugins without knowing plugin/. NULL with err set when there is none. */
struct config_plugins {
    const struct jh_plugin *(*find)(void *arg, enum jh_kind kind, const char *name,
                                    struct jh_err *err);
    void *arg;
    /* told once, as soon as plugin_dir is known, before the first find; may be NULL */
    int (*dir)(void *arg, const char *plugin_dir, struct jh_err *err);
};

/* NULL when there was an error; warnings may be in errs anyway. Reference count 1. */
const struct config *config_load(const char *path, const struct config_plugins *plugins,
                                 struct errs *errs);
/* The same of a map that somebody has read, which outlives it; `path` is where paths start. */
const struct config *config_read(const struct yaml_node *root, const char *path,
                                 const struct config_plugins *plugins, struct errs *errs);
const struct config *config_ref(const struct config *config);
void config_unref(const struct config *config);

/* How a kind is judged there: the region's word before the standard's before the kind's. */
void config_policy(const struct config *config, enum alert_kind kind,
                   const struct config_where *where, struct alert_policy *ret);
/* One of those in use, or NULL. */
const struct standard *config_standard(const struct config *config, const char *id);
const struct source_conf *config_source(const struct config *config, const char *name);
/* Divisions files by themselves, for programs without a junheng.yaml; sorted by code. */
int config_divisions_load(const char *const *paths, size_t n, struct arena *arena,
                          struct errs *errs, const struct division **ret, size_t *ret_n);
/* A file of changes by itself; `divisions` tells which codes there are. */
int config_changes_load(const char *path, const struct config *divisions,
                        struct arena *arena, struct errs *errs,
                        struct entity_changes *ret);
/* A table of closed schools by itself; aliases, for its headers, may be NULL. */
int config_closed_load(const char *path, const struct alias_table *aliases,
                       struct arena *arena, struct errs *errs, struct closed_list *ret);
const struct division *config_division(const struct config *config, const char *code);
/*
 * Is it a county of the divisions file? Nothing lies in it, or its code is a county's, in which
 * development zones may lie.
 */
bool config_is_county(const struct config *config, const char *code);
/*
 * Codes above a county, province first, from the divisions file or, without it, from the first
 * two and four digits of a six-digit code. Lives in the arena.
 */
int config_divisions_above(const struct config *config, const char *county,
                           struct arena *arena, const char *const **ret, size_t *ret_n);

/* The round a body belongs to by its URL or path; year 0 when the rule does not match. */
int round_rule_apply(const struct round_rule *rule, const char *url, struct round *ret,
                     struct jh_err *err);
/* All tables as docs/config.md. */
void config_document(FILE *to, const struct config_plugins *plugins);
