/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/round_rule.h"

#include <stdlib.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/num.h"
#include "base/utf8.h"

enum {
    PATTERN_MAX = 1000,     /* bytes */
    STEPS_MAX = 100 * 1000, /* of the matcher: milliseconds */
    DEPTH_MAX = 1000,
    HEAP_MAX = 1024, /* KiB */
    YEAR_MIN = 1900,
    YEAR_MAX = 2999,
};

struct round_rule {
    pcre2_code *code;
    bool path;
    int add;
    unsigned group; /* 0: the whole match */
    char pattern[PATTERN_MAX + 1];
};

int round_rule_new(const struct config_round *keys, struct round_rule **ret,
                   struct jh_err *err)
{
    int code;
    size_t at, len = strlen(keys->match);
    uint32_t groups = 0;
    PCRE2_UCHAR words[128];
    struct round_rule *rule = calloc(1, sizeof *rule);
    if (!rule)
        return err_set(err, JH_ENOMEM, "out of memory");
    if (len > PATTERN_MAX) {
        free(rule);
        return err_set(err, JH_ELIMIT, "longer than %d bytes", PATTERN_MAX);
    }
    memcpy(rule->pattern, keys->match, len + 1);
    rule->path = keys->from == CONFIG_ROUND_PATH;
    rule->add = (int)keys->add;
    rule->code = pcre2_compile(
        (PCRE2_SPTR)keys->match, len,
        PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C, &code, &at, NULL);
    if (!rule->code) {
        pcre2_get_error_message(code, words, sizeof words);
        round_rule_free(rule);
        return err_set(err, JH_EINVAL, "%s (at byte %zu)", (const char *)words, at + 1);
    }
    pcre2_pattern_info(rule->code, PCRE2_INFO_CAPTURECOUNT, &groups);
    rule->group = groups > 0;
    *ret = rule;
    return 0;
}

void round_rule_free(struct round_rule *rule)
{
    if (!rule)
        return;
    pcre2_code_free(rule->code);
    free(rule);
}

void round_rule_hash(const struct round_rule *rule, struct sha256 *to)
{
    char add[NUM_TEXT];
    num_print(rule->add, add);
    sha256_add_str(to, rule->path ? "path" : "url");
    sha256_add_str(to, rule->pattern);
    sha256_add_str(to, add);
}

/* The path of a URL, without host and query; all of a file's path. */
static struct jh_slice path_of(const char *url)
{
    const char *host = strstr(url, "://");
    if (!host)
        return (struct jh_slice){url, strlen(url)};
    const char *path = host + 3 + strcspn(host + 3, "/?#");
    return (struct jh_slice){path, strcspn(path, "?#")};
}

/* What the rule finds, or nothing (p NULL). */
static int match(const struct round_rule *rule, struct jh_slice subject,
                 struct jh_slice *ret, struct jh_err *err)
{
    PCRE2_UCHAR words[128];
    int n = PCRE2_ERROR_NOMEMORY;
    pcre2_match_context *limits = pcre2_match_context_create(NULL);
    pcre2_match_data *data = pcre2_match_data_create_from_pattern(rule->code, NULL);
    if (limits && data) {
        pcre2_set_match_limit(limits, STEPS_MAX);
        pcre2_set_depth_limit(limits, DEPTH_MAX);
        pcre2_set_heap_limit(limits, HEAP_MAX);
        n = pcre2_match(rule->code, (PCRE2_SPTR)subject.p, subject.len, 0, 0, data,
                        limits);
    }
    *ret = (struct jh_slice){0};
    if (n > (int)rule->group) {
        const PCRE2_SIZE *at = pcre2_get_ovector_pointer(data) + 2 * rule->group;
        if (at[0] != PCRE2_UNSET && at[1] >= at[0])
            *ret = (struct jh_slice){subject.p + at[0], at[1] - at[0]};
    }
    pcre2_match_data_free(data);
    pcre2_match_context_free(limits);
    if (n >= 0 || n == PCRE2_ERROR_NOMATCH)
        return 0;
    pcre2_get_error_message(n, words, sizeof words);
    return err_set(err, JH_EINVAL, "round.match: %s", (const char *)words);
}

/* "110" with add 1911, "2021", or "2021-10". */
static int to_round(const struct round_rule *rule, struct jh_slice text,
                    struct round *ret)
{
    int64_t n;
    struct round round = {0};
    if (num_parse_int(text.p, text.len, 0, YEAR_MAX, &n) == 0)
        round.year = (int16_t)n;
    else if (round_parse(text.p, text.len, &round) != 0)
        return JH_EINVAL;
    if (round.year + rule->add < YEAR_MIN || round.year + rule->add > YEAR_MAX)
        return JH_EINVAL;
    round.year = (int16_t)(round.year + rule->add);
    *ret = round;
    return 0;
}

int round_rule_apply(const struct round_rule *rule, const char *url, struct round *ret,
                     struct jh_err *err)
{
    struct jh_slice whole = {url, strlen(url)}, found;
    int code = match(rule, rule->path ? path_of(url) : whole, &found, err);
    if (code)
        return code;
    if (!found.p) {
        *ret = (struct round){0};
        return 0;
    }
    if (to_round(rule, found, ret) != 0)
        return err_at(err, JH_EINVAL, url, 0, 0, "\"%.*s\" is no round (round.match)",
                      (int)utf8_cut(found.p, found.len, 40), found.p);
    return 0;
}
