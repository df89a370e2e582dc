/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `junhengctl findings list` and `findings accept ID`: what a running daemon doubts in its data,
 * and a person's word that one of them is right as it is. Returns an exit status of command.h.
 */
#pragma once

int findings_main(int argc, char **argv);
