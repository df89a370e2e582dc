/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A configuration in several places: `include:` joins further YAML files to junheng.yaml, and
 * `sources_from:` makes sources of the rows of tables. What comes of both is a tree like any
 * other, whose nodes know their file, so nothing that reads it needs to care.
 */
#pragma once

#include "conf/config_read.h"

enum { INCLUDE_FILES_MAX = 1000 };

/*
 * junheng.yaml with all that it includes. Lists of sources, channels, offices, routes and
 * tables are joined, and profiles; any other key may stand in one file only. What is wrong is
 * told, and left out.
 */
const struct yaml_node *config_include(struct config_reader *r,
                                       const struct yaml_node *root);
/* Rows of the tables that `sources_from` names, as maps of a source's keys. */
const struct yaml_node *const *config_tables(struct config_reader *r, size_t max,
                                             size_t *ret_n);
