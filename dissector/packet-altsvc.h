/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The protocol `altsvc`: a post-dissector that shows what a packet said about
 * alternative services. On the first pass it keeps for each packet what
 * extract.h tells and what the clients' caches made of it; tree, Info column
 * and tap are made from that on every pass.
 */
#ifndef DISSECTOR_PACKET_ALTSVC_H
#define DISSECTOR_PACKET_ALTSVC_H

#include <epan/packet.h>

#include "altsvc/timeline.h"

/* An event that an observation made, and whose. Begins with the AsvEvent. */
typedef struct {
  AsvEvent base;
  const char *client, *origin; /* origin NULL: of none */
} AltsvcEvent;

/* A fact that an observation showed. */
typedef struct {
  const char *code;
  char *message;
} AltsvcFact;

/* One observation of a packet and what it did. Owned by the capture file. */
typedef struct {
  AsvObservation *observation;
  const char *client;     /* as the preference names clients; NULL when not known */
  guint64 request_packet; /* of the request that a response or advertisement answers, or 0 */
  GPtrArray *events;      /* AltsvcEvent*: what it made happen to caches; may be empty */
  GPtrArray *facts;       /* AltsvcFact*: findings it raised; may be empty */
  GPtrArray *cache;       /* AsvCacheRow*: that client's cache for the origin, after it: the first
                             ones, as the preference says; or NULL */
  guint cache_entries;    /* all it has */
} AltsvcSeen;

/* What the tap "altsvc" hands out for each packet that has any. */
typedef struct {
  guint count;
  AltsvcSeen *items;
} AltsvcPacket;

/* How clients are told apart and whose rules their caches follow: what the preferences say now. */
AsvTimelineOptions altsvc_timeline_options(void);
/* The preference of those rules, as --model writes it; static. */
const char *altsvc_model_word(void);

/* Tells the observations that only the end of the capture makes: may be called again. */
void altsvc_finish(const AsvObserver *out);

/* Registers protocol, fields, preferences and the post-dissector. */
void altsvc_register_protocol(void);
void altsvc_handoff_protocol(void);

#endif
