/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `tshark -q -z altsvc,table` and its window in the Statistics menu: what
 * happened to caches, one row an event, by packet.
 */
#ifndef DISSECTOR_STATISTICS_TABLE_H
#define DISSECTOR_STATISTICS_TABLE_H

void altsvc_register_statistics_table(void);

#endif
