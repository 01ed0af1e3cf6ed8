/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The protocol `altsvc`: fields, tree and expert infos of what a packet said
 * about alternative services. A post-dissector: on the first pass it keeps for
 * each packet what extract.h tells and what the clients' caches made of it;
 * tree, Info column and tap are made from that on every pass.
 */
#ifndef DISSECTOR_PACKET_ALTSVC_H
#define DISSECTOR_PACKET_ALTSVC_H

#include <epan/packet.h>

#include "altsvc/timeline.h"

/* One observation of a packet and what it did. Owned by the capture file. */
typedef struct {
  AsvObservation *observation;
  GPtrArray *events; /* AsvEvent*: what it made happen to its client's cache; may be empty */
  GPtrArray *cache;  /* AsvCacheRow*: that client's cache for the origin, after it; or NULL */
} AltsvcSeen;

/* What the tap "altsvc" hands out for each packet that has any. */
typedef struct {
  guint count;
  AltsvcSeen *items;
} AltsvcPacket;

/* Tells the observations that only the end of the capture makes: may be called again. */
void altsvc_finish(const AsvObserver *out);

/* Registers protocol, fields, preferences and the post-dissector. */
void altsvc_register_protocol(void);
void altsvc_handoff_protocol(void);

#endif
