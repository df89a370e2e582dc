/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An HTTP server on loopback that does what portals do on bad days: the path says what.
 * A thread of its own accepts, one more serves each connection. faults_stop() ends them all.
 */
#pragma once

#include <stddef.h>

struct faults;

struct faults *faults_start(void);
void faults_stop(struct faults *f);
int faults_port(const struct faults *f);
/* Requests seen so far. */
int faults_requests(struct faults *f);
