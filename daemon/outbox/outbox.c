/* SPDX-License-Identifier: Apache-2.0 */
#include "outbox/outbox.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

enum { WAITING_BYTES = 256 << 20, PLAIN_BYTES = 16 << 20, GROUP_PARTS = 5 };

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* ---- results ------------------------------------------------------------------------------ */

static int write_results(struct store *store, struct outbox_step *step)
{
    int r;

    if (!step->n_results)
        return 0;
    r = store_begin(store, &step->err);
    for (size_t i = 0; !r && i < step->n_results; i++) {
        r = store_message_result(store, step->results[i], &step->err);
        if (r == JH_ENOENT) /* somebody cleaned up by hand */
            r = 0;
    }
    if (r)
        store_rollback(store);
    else
        r = store_commit(store, &step->err);
    if (!r)
        step->written = step->n_results;
    return r;
}

/* ---- members ------------------------------------------------------------------------------ */

/* Rows that become one message, with what they tell. */
struct members {
    struct arena *arena;
    const struct store_outbox *first;
    size_t n;
    int64_t ids[OUTBOX_MEMBERS];
    char *pairs[OUTBOX_MEMBERS];
    struct store_transition transitions[OUTBOX_MEMBERS];
    struct message_member members[OUTBOX_MEMBERS];
    json_t *evidence[OUTBOX_MEMBERS];
};

static void release(struct members *m)
{
    for (size_t i = 0; i < m->n; i++)
        json_decref(m->evidence[i]);
    m->n = 0;
}

/* Evidence that cannot be read is no reason to keep silent: the alert is told without it. */
static int add_member(struct store *store, struct members *m,
                      const struct store_outbox *row, struct jh_err *err)
{
    struct store_transition *t = &m->transitions[m->n];
    int r = store_transition_get(store, row->alert, row->transition, m->arena, t, err);

    if (r)
        return r;
    char *pair = arena_fmt(m->arena, "%s:%d", row->alert, row->transition);
    if (!pair)
        return err_set(err, JH_ENOMEM, "out of memory");
    json_t *evidence = json_loads(t->evidence ? t->evidence : "{}", 0, NULL);
    if (!evidence)
        evidence = json_pack("{s:s}", "id", row->alert);
    if (!evidence)
        return err_set(err, JH_ENOMEM, "out of memory");
    m->ids[m->n] = row->id;
    m->pairs[m->n] = pair;
    m->evidence[m->n] = evidence;
    m->members[m->n] = (struct message_member){evidence, t->from, t->to};
    m->n++;
    return 0;
}

/* ---- the message -------------------------------------------------------------------------- */

const char *outbox_office_name(const struct config *config, const char *id)
{
    for (size_t i = 0; i < config->routes.n_offices; i++)
        if (!strcmp(config->routes.offices[i].id, id))
            return config->routes.offices[i].name ? config->routes.offices[i].name : id;
    return id; /* gone from the configuration since the alert */
}

/* A group reads office|province|standard|kind|round. */
static int read_group(const struct store_outbox *row, struct arena *arena,
                      struct message_head *head)
{
    const char *parts[GROUP_PARTS] = {"", "", "", "", ""};
    char *p = arena_str(arena, row->group);

    if (!p)
        return JH_ENOMEM;
    for (size_t i = 0; i < GROUP_PARTS && p; i++) {
        char *bar = strchr(p, '|');
        parts[i] = p;
        if (bar)
            *bar = '\0';
        p = bar ? bar + 1 : NULL;
    }
    head->province = parts[1];
    head->standard = parts[2];
    head->kind = parts[3];
    head->round = parts[4];
    return 0;
}

/*
 * The same alerts may go to two offices over one channel. The second message must not share
 * the first one's key: a receiver would drop it. So its key is made with the office too.
 */
static int make_key(struct store *store, const struct members *m, char key[65],
                    struct jh_err *err)
{
    const char *const *pairs = (const char *const *)m->pairs;
    int r = outbox_key(pairs, m->n, m->first->channel, key);

    if (r)
        return err_set(err, r, "out of memory");
    r = store_message_exists(store, key, err);
    if (r)
        return r == JH_ENOENT ? 0 : r;
    const char *both = arena_fmt(m->arena, "%s\n%s", m->first->channel, m->first->office);
    r = both ? outbox_key(pairs, m->n, both, key) : JH_ENOMEM;
    return r ? err_set(err, r, "out of memory") : 0;
}

/* When templates fail an alert still goes out, in plain words. */
static int render_plain(const struct members *m, const struct message_head *head,
                        struct message_out *ret)
{
    struct buf subject, text;

    buf_init(&subject, PLAIN_BYTES);
    buf_init(&text, PLAIN_BYTES);
    buf_fmt(&subject, "[junheng] %s %s %s: %zu", head->kind, head->standard, head->round,
            m->n);
    for (size_t i = 0; i < m->n; i++) {
        const char *evidence = m->transitions[i].evidence;
        buf_fmt(&text, "%s %s -> %s\n", m->pairs[i], m->transitions[i].from,
                m->transitions[i].to);
        buf_fmt(&text, "%s\n\n", evidence ? evidence : "{}");
    }
    json_t *body =
        json_pack("{s:s, s:s, s:s, s:{s:s}}", "version", "4", "status", "firing",
                  "receiver", head->office, "junheng", "key", head->key);
    json_t *alerts = json_array();
    for (size_t i = 0; alerts && i < m->n; i++)
        json_array_append(alerts, m->evidence[i]);
    json_object_set_new(json_object_get(body, "junheng"), "alerts", alerts);
    *ret = (struct message_out){.subject = buf_take(&subject),
                                .text = buf_take(&text),
                                .json = body ? json_dumps(body, JSON_COMPACT) : NULL,
                                .severity = "critical",
                                .status = "firing"};
    json_decref(body);
    buf_done(&subject);
    buf_done(&text);
    return ret->subject && ret->text && ret->json ? 0 : JH_ENOMEM;
}

static int render(const struct members *m, struct outbox_step *step, const char *key,
                  struct message_out *ret)
{
    struct message_head head = {.key = key,
                                .office = m->first->office,
                                .office_name =
                                    outbox_office_name(step->config, m->first->office),
                                .channel = m->first->channel,
                                .now_ms = step->now_ms};
    int r = read_group(m->first, m->arena, &head);

    if (r)
        return err_set(&step->err, r, "out of memory");
    r = message_render(step->messages, &head, m->members, m->n, ret, &step->render_err);
    if (r && r != JH_ENOMEM)
        r = render_plain(m, &head, ret);
    return r ? err_set(&step->err, r, "a message could not be made") : 0;
}

/* In a transaction of the caller's. */
static int put(struct store *store, struct members *m, struct outbox_step *step)
{
    struct message_out out = {0};
    char key[65];
    int r = make_key(store, m, key, &step->err);

    if (!r)
        r = render(m, step, key, &out);
    if (!r) {
        struct store_message message = {.key = key,
                                        .office = m->first->office,
                                        .channel = m->first->channel,
                                        .state = "queued",
                                        .severity = out.severity,
                                        .status = out.status,
                                        .subject = out.subject,
                                        .text = out.text,
                                        .json = out.json,
                                        .created_ms = step->now_ms,
                                        .next_ms = step->now_ms,
                                        .error = ""};
        r = store_message_freeze(store, &message, m->ids, m->n, &step->err);
    }
    message_out_done(&out);
    return r;
}

static int freeze(struct store *store, struct members *m, struct outbox_step *step)
{
    int r = store_begin(store, &step->err);

    if (r)
        return r;
    r = put(store, m, step);
    if (r) {
        store_rollback(store);
        return r;
    }
    r = store_commit(store, &step->err);
    if (!r)
        step->frozen++;
    return r;
}

/* ---- groups ------------------------------------------------------------------------------- */

static int freeze_rows(struct store *store, const struct store_outbox *rows, size_t n,
                       struct members *m, struct outbox_step *step)
{
    int r = 0;

    m->first = rows;
    for (size_t i = 0; !r && i < n; i++)
        r = add_member(store, m, &rows[i], &step->err);
    if (!r)
        r = freeze(store, m, step);
    release(m);
    arena_reset(m->arena);
    return r;
}

static size_t group_end(const struct store_outbox *rows, size_t i, size_t n)
{
    size_t j = i + 1;

    while (j < n && !strcmp(rows[j].group, rows[i].group) &&
           !strcmp(rows[j].channel, rows[i].channel))
        j++;
    return j;
}

/* When the group has waited long enough, counted from its oldest row. */
static int64_t ready_at(const struct store_outbox *rows, size_t n,
                        struct outbox_step *step)
{
    int64_t wait = step->config->group_wait_ms, since = INT64_MAX;

    for (size_t i = 0; i < n; i++)
        since = earlier(since, rows[i].created_ms);
    /* From the future: stamped before the clock was set back. It has waited. */
    return since > step->now_ms + wait ? step->now_ms : since + wait;
}

/* ---- when offices may be disturbed ------------------------------------------------------- */

static int64_t open_at(const struct outbox_step *step, const char *office,
                       const char *severity)
{
    const struct config *c = step->config;
    const struct office *o = route_office(&c->routes, office);
    return o ? office_open_at(o, &c->calendar, severity, step->now_ms) : step->now_ms;
}

/*
 * Of a group whose office is not to be disturbed now, those rows that it wants to hear at any
 * time come first, in their order; *ret is how many. The others wait, still together.
 */
static int split_urgent(struct store *store, const struct outbox_step *step,
                        struct store_outbox *rows, size_t n, struct arena *arena,
                        size_t *ret, struct jh_err *err)
{
    struct store_outbox *wait = arena_array(arena, n, sizeof *wait);
    size_t n_now = 0, n_wait = 0;
    if (!wait)
        return err_set(err, JH_ENOMEM, "out of memory");
    for (size_t i = 0; i < n; i++) {
        struct store_alert alert;
        int r = store_alert_get(store, rows[i].alert, arena, &alert, err);
        if (r)
            return r;
        if (open_at(step, rows[i].office, alert.alert.severity) <= step->now_ms)
            rows[n_now++] = rows[i];
        else
            wait[n_wait++] = rows[i];
    }
    if (n_wait)
        memcpy(rows + n_now, wait, n_wait * sizeof *wait);
    *ret = n_now;
    return 0;
}

/* How many rows of a group that has waited long enough may go out now. */
static int due_rows(struct store *store, struct outbox_step *step,
                    struct store_outbox *rows, size_t n, struct arena *arena, size_t *ret)
{
    const struct office *office = route_office(&step->config->routes, rows->office);
    int64_t at = open_at(step, rows->office, NULL);
    *ret = n;
    if (at <= step->now_ms)
        return 0;
    step->next_ms = earlier(step->next_ms, at);
    *ret = 0;
    return office->window.urgent
               ? split_urgent(store, step, rows, n, arena, ret, &step->err)
               : 0;
}

/* A group that fails (it is told) does not keep the others. */
static int freeze_groups(struct store *store, struct outbox_step *step,
                         struct arena *arena)
{
    struct members *m = calloc(1, sizeof(*m));
    struct store_outbox *rows = NULL;
    size_t n = 0;
    int failed = 0;

    if (!m || !(m->arena = arena_new(OUTBOX_MESSAGE_BYTES))) {
        free(m);
        return err_set(&step->err, JH_ENOMEM, "out of memory");
    }
    int r = store_outbox_waiting(store, arena, &rows, &n, &step->err);
    for (size_t i = 0, end; !r && i < n; i = end) {
        end = group_end(rows, i, n);
        int64_t at = ready_at(&rows[i], end - i, step);
        if (at > step->now_ms) {
            step->next_ms = earlier(step->next_ms, at);
            continue;
        }
        size_t due = 0;
        int rf = due_rows(store, step, &rows[i], end - i, arena, &due);
        failed = failed ? failed : rf;
        for (size_t from = i, some; from < i + due; from += some) {
            some = i + due - from < OUTBOX_MEMBERS ? i + due - from : OUTBOX_MEMBERS;
            rf = freeze_rows(store, &rows[from], some, m, step);
            failed = failed ? failed : rf;
        }
    }
    arena_free(m->arena);
    free(m);
    return r ? r : failed;
}

/* ---- what may be sent --------------------------------------------------------------------- */

/* When the last of the offices may be disturbed again. */
static int64_t last_opening(const struct outbox_step *step)
{
    const struct config *c = step->config;
    int64_t last = step->now_ms;
    for (size_t i = 0; i < c->routes.n_offices; i++) {
        int64_t at =
            office_open_at(&c->routes.offices[i], &c->calendar, NULL, step->now_ms);
        last = at > last ? at : last;
    }
    return last;
}

struct postpone {
    struct store_message message;
    struct jh_err *err;
};

static int postpone(struct store *store, void *arg)
{
    struct postpone *p = arg;
    return store_message_result(store, &p->message, p->err);
}

/*
 * The next message whose office may be disturbed. What was frozen before its quiet hours began,
 * and could not be sent until then, waits under its key.
 */
static int find_due(struct store *store, const struct outbox_slot *slot,
                    struct outbox_step *step, int64_t opening_ms, struct arena *arena,
                    struct store_message *ret)
{
    int64_t latest = step->now_ms + slot->longest_ms;
    latest = latest > opening_ms ? latest : opening_ms;
    for (;;) {
        struct postpone p = {.err = &step->err};
        int r = store_message_due(store, slot->channel, step->now_ms, latest, arena,
                                  &p.message, &step->err);
        if (r)
            return r;
        int64_t at = open_at(step, p.message.office, p.message.severity);
        *ret = p.message;
        if (at <= step->now_ms)
            return 0;
        p.message.next_ms = at;
        r = store_within(store, postpone, &p, &step->err);
        if (r)
            return r;
    }
}

static int fill_slot(struct store *store, struct outbox_slot *slot, int64_t opening_ms,
                     struct outbox_step *step)
{
    struct arena *arena = arena_new(OUTBOX_MESSAGE_BYTES);
    int64_t next = INT64_MAX;

    if (!arena)
        return err_set(&step->err, JH_ENOMEM, "out of memory");
    int r = find_due(store, slot, step, opening_ms, arena, &slot->message);
    if (!r) {
        slot->arena = arena;
        return 0;
    }
    arena_free(arena);
    if (r == JH_ENOENT)
        r = store_message_next(store, slot->channel, step->now_ms, &next, &step->err);
    step->next_ms = earlier(step->next_ms, next);
    return r == JH_ENOENT ? 0 : r;
}

int outbox_step(struct store *store, struct outbox_step *step)
{
    struct arena *arena;
    int r = write_results(store, step);

    step->next_ms = INT64_MAX;
    if (r || step->only_results)
        return r;
    arena = arena_new(WAITING_BYTES);
    if (!arena)
        return err_set(&step->err, JH_ENOMEM, "out of memory");
    r = freeze_groups(store, step, arena);
    arena_free(arena);
    int64_t opening_ms = step->n_slots ? last_opening(step) : 0;
    for (size_t i = 0; i < step->n_slots; i++) {
        int rs = fill_slot(store, &step->slots[i], opening_ms, step);
        r = r ? r : rs;
    }
    return r;
}
