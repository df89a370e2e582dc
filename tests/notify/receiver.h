/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A receiver of webhooks on loopback, one request after the other in a thread of its own. It
 * answers what the test lined up (200 when nothing is), keeps ids and bodies, and may keep a
 * request unanswered, or kill a process the moment a request has come.
 */
#pragma once

#include <stddef.h>
#include <sys/types.h>

enum { RECEIVER_MAX = 32, RECEIVER_BODY = 65536 };

struct receiver;

/* Listens at once; receiver_serve() starts the thread (after a fork). */
struct receiver *receiver_new(void);
void receiver_serve(struct receiver *r);
void receiver_free(struct receiver *r);
int receiver_port(const struct receiver *r);
/* Next answer in line; `more` are header lines with their \r\n, or "". Literals only. */
void receiver_answer(struct receiver *r, int status, const char *more);
/* Holds requests unanswered until the connection is closed from the other side. */
void receiver_hold(struct receiver *r, int hold);
/* SIGKILL for pid with the next request, before it is answered. */
void receiver_kill(struct receiver *r, pid_t pid);
/* How many came so far; of the i-th, its webhook-id and body (valid until receiver_free). */
size_t receiver_count(struct receiver *r);
const char *receiver_id(struct receiver *r, size_t i);
const char *receiver_body(struct receiver *r, size_t i);
