/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the host (script.h) and junheng-lua say to each other. Small packets of one fixed shape
 * travel over a SOCK_SEQPACKET socket; everything large lies in memory files whose descriptors
 * go with a packet: the job (source, parameters, limits), the batch of counties (pack.h) and the
 * results. Both sides own the descriptors they hold. One thread a side.
 *
 *   host                                   junheng-lua
 *   HELLO                              ->
 *                                      <-  HELLO
 *   JOB id {job, results[, batch]}     ->
 *                                      <-  STOPPED id task text   (a child died there), any number
 *                                      <-  DONE id task           (tasks from there on did not run)
 *                                      <-  RESTARTED              (from the keeper: work was lost)
 */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum {
    WIRE_MAGIC = 0x4c484a00, /* "JHL" */
    WIRE_VERSION = 1,
    WIRE_FD = 3, /* the socket, in junheng-lua */
    WIRE_FDS_MAX = 3,
    WIRE_TEXT_MAX = 1024, /* bytes of a text that a script gives */
    WIRE_SOURCE_MAX = 1 << 20,
    WIRE_JOB_MAX = 4 << 20,
    WIRE_RESULTS_MAX = 64 << 20,
};

enum wire_type { WIRE_HELLO = 1, WIRE_JOB, WIRE_STOPPED, WIRE_DONE, WIRE_RESTARTED };

struct wire_msg {
    uint32_t magic; /* WIRE_MAGIC + WIRE_VERSION */
    uint32_t type;
    uint32_t id; /* of the job */
    uint32_t task;
    char text[112];
};

/* 0, JH_EIO (also when the peer is gone), JH_EVERSION. Takes no ownership of fds. */
int wire_send(int sock, enum wire_type type, uint32_t id, uint32_t task, const char *text,
              const int *fds, size_t n_fds);
/* Waits at most timeout_ms (-1 = for ever): JH_ETIMEOUT. Places without a descriptor hold -1. */
int wire_recv(int sock, int timeout_ms, struct wire_msg *ret, int fds[WIRE_FDS_MAX]);

/* ---- what a job holds: integers in host order, texts with their length ------------------- */

enum wire_work {
    WIRE_LOAD = 1, /* one task: run the chunk, tell what the indicator says of itself */
    WIRE_RUN,      /* a task is a county of the batch */
    WIRE_TEST      /* a task is one of the script's own tests */
};

enum wire_record {
    WIRE_VERDICT = 1, /* task, stage, unit, outcome, value, text */
    WIRE_INFO,        /* see work.c and set.c */
    WIRE_MISTAKE,     /* line, text */
    WIRE_RESULT       /* passed, name, diagnosis */
};

void wire_u32(struct buf *buf, uint32_t v);
void wire_f64(struct buf *buf, double v);
void wire_str(struct buf *buf, const char *p, size_t len);

/* As the unit of a verdict: all of the stage that have no answer yet. */
#define WIRE_ALL_UNITS UINT32_MAX

/* Reads what the above wrote. After the first failure it stays bad and gives zeros. */
struct wire_reader {
    const char *p, *end;
    bool bad;
};

uint32_t wire_read_u32(struct wire_reader *r);
double wire_read_f64(struct wire_reader *r);
/* Points into the input, terminated there; "" when bad. */
const char *wire_read_str(struct wire_reader *r, size_t *ret_len);

/* ---- memory files -------------------------------------------------------------------------- */

/* Sealed against any change. Returns the descriptor or JH_EIO. */
int wire_file(const void *p, size_t n);
/* Of a fixed size, zeroed, not sealed against writing. */
int wire_file_empty(size_t size);
int wire_seal(int fd);

/* Head of the results file. The child writes, the server watches `task`, the host reads. */
struct wire_results {
    _Atomic uint32_t task; /* 1 + the task that is running; 0 = still starting */
    uint32_t pad;
    _Atomic uint64_t used; /* bytes of whole records behind this head */
};
