/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `tshark -q -z altsvc,tree` and its window in the Statistics menu: how many
 * advertisements there were, by origin, protocol, way and verdict.
 */
#ifndef DISSECTOR_STATISTICS_TREE_H
#define DISSECTOR_STATISTICS_TREE_H

void altsvc_register_statistics_tree(void);

#endif
