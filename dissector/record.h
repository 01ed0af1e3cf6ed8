/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is kept of one capture file: the observations of each packet, what each
 * did to its client's cache, and which packets belong together. Written on the
 * first pass, read on all.
 */
#ifndef DISSECTOR_RECORD_H
#define DISSECTOR_RECORD_H

#include "dissector/links.h"
#include "dissector/packet-altsvc.h"

typedef struct AltsvcRecord AltsvcRecord;

/* options are copied. cache_rows: the most entries of a cache that are kept with an observation; 0:
 * no cache is. */
AltsvcRecord *altsvc_record_new(const AsvTimelineOptions *options, guint cache_rows);
void altsvc_record_free(AltsvcRecord *record);

/* Takes observations of the packet that is being read. */
AsvObserver altsvc_record_observer(AltsvcRecord *record);
/* Ends that packet: what was observed, NULL when nothing was. Owned by the record. */
const AltsvcPacket *altsvc_record_end_packet(AltsvcRecord *record);

/* The origin that an observation is about; empty when it is about none. */
AsvSpan altsvc_seen_origin(const AltsvcSeen *seen);
/* Whether the tree of its packet shows it: others only stand in statistics. */
gboolean altsvc_seen_is_shown(const AltsvcSeen *seen);

/* Whether an advertisement was taken; when not, *reason says why (a finding's code), else NULL. */
gboolean altsvc_seen_is_accepted(const AltsvcSeen *seen, const char **reason);

/* Whether anything was observed on the connection of that label. */
gboolean altsvc_record_knows(const AltsvcRecord *record, const char *label);

const AltsvcLinks *altsvc_record_links(const AltsvcRecord *record);

/*
 * The findings that only the whole traffic shows and that name this packet:
 * AsvFinding*, or NULL. Known once all packets were read; reckoned anew when more
 * came since.
 */
const GPtrArray *altsvc_record_late(AltsvcRecord *record, guint64 packet);

#endif
