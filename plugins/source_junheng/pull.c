/* SPDX-License-Identifier: Apache-2.0 */
#include "pull.h"

#include <inttypes.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "transport.h"

void pull_done(struct pull *pull)
{
    for (size_t i = 0; i < pull->n_bodies; i++)
        free(pull->bodies[i].text);
    free(pull->bodies);
    free(pull->rounds);
    free(pull->wanted);
    *pull = (struct pull){.n_bodies = 0};
}

static int strange(struct jh_err *err, const char *what)
{
    return transport_fail(err, JH_EREFUSED, "", what);
}

static int no_memory(struct jh_err *err)
{
    return transport_fail(err, JH_ENOMEM, "", "out of memory");
}

/* The text of a member; false: it is not there, null, or too long. */
static bool text_of(struct jh_slice object, const char *path, char *ret, size_t size)
{
    struct jh_slice value;
    return json_find(object, path, &value) && json_text(value, ret, size) && *ret;
}

static bool list_of(struct jh_slice object, const char *path, struct jh_slice *ret,
                    int64_t *ret_n)
{
    struct jh_slice value;
    return json_find(object, path, &value) && json_items(value, ret, ret_n);
}

static bool is_true(struct jh_slice object, const char *path)
{
    struct jh_slice value;
    return json_find(object, path, &value) && value.len == 4 && *value.p == 't';
}

static struct pull_body *add_body(struct pull *pull, const char *round, const char *code)
{
    if (pull->n_bodies == pull->room) {
        size_t room = pull->room ? 2 * pull->room : 64;
        void *grown = realloc(pull->bodies, room * sizeof *pull->bodies);
        if (!grown)
            return NULL;
        pull->bodies = grown;
        pull->room = room;
    }
    struct pull_body *body = &pull->bodies[pull->n_bodies++];
    *body = (struct pull_body){.text = NULL};
    snprintf(body->round, sizeof body->round, "%s", round);
    snprintf(body->code, sizeof body->code, "%s", code);
    return body;
}

/* ---- the index --------------------------------------------------------------------------- */

static bool has_changed(const struct pull_known *known, const struct pull_round *round)
{
    for (size_t i = 0; i < known->n; i++)
        if (strcmp(known->list[i].round, round->round) == 0)
            return strcmp(known->list[i].sha256, round->sha256) != 0;
    return true;
}

static bool among(struct jh_slice items, const char *code)
{
    struct jh_slice item;
    char text[PULL_CODE];
    while (json_next(&items, &item))
        if (json_text(item, text, sizeof text) && strcmp(text, code) == 0)
            return true;
    return false;
}

/* Counties whose schools were taken back, or that report nothing any more. */
static int add_retracted(struct pull *pull, struct jh_slice round, const char *name,
                         struct jh_err *err)
{
    struct jh_slice counties, reported, county;
    int64_t n;
    char code[PULL_CODE];
    if (!list_of(round, "counties", &counties, &n) ||
        !list_of(round, "county_data.counties", &reported, &n))
        return strange(err, "a round of the index lists no counties");
    while (json_next(&counties, &county)) {
        if (!text_of(county, "code", code, sizeof code))
            return strange(err, "a county of the index has no code");
        bool gone =
            pull->reported ? !among(reported, code) : is_true(county, "retracted");
        if (gone && strncmp(code, pull->prefix, strlen(pull->prefix)) == 0 &&
            !add_body(pull, name, code))
            return no_memory(err);
    }
    return 0;
}

static int add_round(struct pull *pull, struct jh_slice item, struct jh_err *err)
{
    struct pull_round *round = &pull->rounds[pull->n_rounds];
    const char *path = pull->reported ? "county_data.sha256" : "sha256";
    if (!text_of(item, "round", round->round, sizeof round->round))
        return strange(err, "a round of the index has no name");
    bool there = text_of(item, path, round->sha256, sizeof round->sha256);
    if (!there && !pull->reported)
        return strange(err, "a round of the index has no sha256");
    pull->n_rounds++;
    if (!has_changed(pull->known, round))
        return 0;
    if (there)
        pull->wanted[pull->n_wanted++] = pull->n_rounds - 1;
    return add_retracted(pull, item, round->round, err);
}

int pull_index(struct pull *pull, struct jh_slice text, struct jh_err *err)
{
    struct jh_slice rounds, item;
    int64_t n;
    int rc = 0;
    if (!json_whole(text) || !list_of(text, "data.rounds", &rounds, &n))
        return strange(err, "the answer is no list of rounds: is this a junheng?");
    pull->rounds = calloc((size_t)n + 1, sizeof *pull->rounds);
    pull->wanted = calloc((size_t)n + 1, sizeof *pull->wanted);
    if (!pull->rounds || !pull->wanted)
        return no_memory(err);
    while (!rc && json_next(&rounds, &item))
        rc = add_round(pull, item, err);
    return rc;
}

/* ---- pages ------------------------------------------------------------------------------- */

static bool matches(struct jh_slice rows, const char *sha256)
{
    unsigned char hash[EVP_MAX_MD_SIZE];
    char hex[2 * EVP_MAX_MD_SIZE + 1];
    unsigned n = 0;
    if (!EVP_Digest(rows.len ? rows.p : "", rows.len, hash, &n, EVP_sha256(), NULL))
        return false;
    for (unsigned i = 0; i < n; i++)
        snprintf(hex + 2 * (size_t)i, 3, "%02x", hash[i]);
    return strcmp(hex, sha256) == 0;
}

/* The next n values, with the commas between them. */
static bool take_rows(struct jh_slice *rows, int64_t n, struct jh_slice *ret)
{
    struct jh_slice row = {NULL, 0};
    const char *from = NULL;
    for (int64_t i = 0; i < n; i++) {
        if (!json_next(rows, &row))
            return false;
        from = from ? from : row.p;
    }
    *ret = (struct jh_slice){from, from ? (size_t)(row.p + row.len - from) : 0};
    return true;
}

/* A revision is part of it: what was taken back and comes again is another body. */
static int add_county(struct pull *pull, const char *code, const char *revision,
                      struct jh_slice rows, struct jh_err *err)
{
    const char *round = pull->rounds[pull->wanted[pull->at]].round;
    struct pull_body *body = add_body(pull, round, code);
    size_t size = rows.len + PULL_ROUND + PULL_CODE + 64;
    if (!body || !(body->text = malloc(size)))
        return no_memory(err);
    int n =
        snprintf(body->text, size, "{\"round\":\"%s\",\"revision\":\"%s\",\"schools\":[",
                 round, revision);
    memcpy(body->text + n, rows.p, rows.len);
    memcpy(body->text + n + rows.len, "]}", 3);
    body->len = (size_t)n + rows.len + 2;
    pull->bytes += body->len;
    return 0;
}

static int read_county(struct pull *pull, struct jh_slice county, struct jh_slice *rows,
                       struct jh_err *err)
{
    char code[PULL_CODE], sha256[PULL_HASH], count[24], revision[24], text[256];
    struct jh_slice own;
    if (!text_of(county, "code", code, sizeof code) ||
        !text_of(county, "sha256", sha256, sizeof sha256) ||
        !text_of(county, "rows", count, sizeof count) ||
        !text_of(county, "revision", revision, sizeof revision))
        return strange(err,
                       "a county of a page lacks its code, sha256, rows or revision");
    if (!take_rows(rows, strtoll(count, NULL, 10), &own))
        return strange(err, "a page holds fewer rows than it says");
    if (!matches(own, sha256)) {
        snprintf(text, sizeof text, "the rows of county %s do not match their SHA-256",
                 code);
        return transport_fail(err, JH_EIO, "", text);
    }
    return own.len ? add_county(pull, code, revision, own, err) : 0;
}

/* The page must be of the round as the index has it: else half of it is older. */
static int check_round(const struct pull *pull, struct jh_slice text, struct jh_err *err)
{
    const struct pull_round *want = &pull->rounds[pull->wanted[pull->at]];
    struct pull_round is;
    if (!json_whole(text) || !text_of(text, "round", is.round, sizeof is.round) ||
        !text_of(text, "sha256", is.sha256, sizeof is.sha256))
        return strange(err, "the answer is no page of a round");
    if (strcmp(is.round, want->round) != 0 || strcmp(is.sha256, want->sha256) != 0)
        return transport_fail(
            err, JH_EIO, "", "the round has changed while it was read; once more, later");
    return 0;
}

int pull_page(struct pull *pull, struct jh_slice text, struct jh_err *err)
{
    struct jh_slice counties, rows, county;
    char next[PULL_CODE];
    int64_t n;
    int rc = check_round(pull, text, err);
    if (rc)
        return rc;
    if (!list_of(text, "counties", &counties, &n) ||
        !list_of(text, pull->reported ? "values" : "schools", &rows, &n))
        return strange(err, "a page holds no counties or no rows");
    while (!rc && json_next(&counties, &county))
        rc = read_county(pull, county, &rows, err);
    if (rc)
        return rc;
    if (!text_of(text, "next", next, sizeof next)) {
        pull->after[0] = '\0';
        pull->at++;
    } else if (strcmp(next, pull->after) <= 0) {
        return strange(err, "a page leads back to one that was read");
    } else {
        memcpy(pull->after, next, sizeof next);
    }
    return 0;
}

/* ---- where pages are --------------------------------------------------------------------- */

static void escape(const char *text, char *ret, size_t size)
{
    static const char PLAIN[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                "0123456789-._~";
    size_t n = 0;
    for (; *text && n + 4 < size; text++) {
        if (strchr(PLAIN, *text))
            ret[n++] = *text;
        else
            n += (size_t)snprintf(ret + n, size - n, "%%%02X", (unsigned char)*text);
    }
    ret[n] = '\0';
}

bool pull_next(const struct pull *pull, const char *url, char ret[PULL_URL])
{
    char after[3 * PULL_CODE + 1];
    if (pull->at == pull->n_wanted)
        return false;
    escape(pull->after, after, sizeof after);
    snprintf(ret, PULL_URL, "%s/%s?prefix=%s&after=%s%s", url,
             pull->rounds[pull->wanted[pull->at]].round, pull->prefix, after,
             pull->reported ? "&holds=county" : "");
    return true;
}
