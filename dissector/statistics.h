/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `tshark -q -z altsvc,observations|timeline|cache|findings`: what altshark
 * prints for the same subject, made from the tap "altsvc"; and all other
 * statistics of that tap.
 */
#ifndef DISSECTOR_STATISTICS_H
#define DISSECTOR_STATISTICS_H

void altsvc_register_statistics(void);

#endif
