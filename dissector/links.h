/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which packet belongs to which: of each alternative that was in a cache where
 * it was learned, tried, used and ended; of each stream its request; of each
 * connection its certificate. Filled on the first pass.
 */
#ifndef DISSECTOR_LINKS_H
#define DISSECTOR_LINKS_H

#include "altsvc/timeline.h"

typedef struct AltsvcLinks AltsvcLinks;

/* Packets of one alternative's time in a cache; 0: none. */
typedef struct {
  guint64 tried, used; /* the first ones */
  guint64 ended;       /* 0 also when time alone ended it */
  AsvEndedBy ended_by; /* ASV_ENDED_NOT: it is there still */
  gint64 ended_time;
} AltsvcStay;

AltsvcLinks *altsvc_links_new(void);
void altsvc_links_free(AltsvcLinks *links);

/* Notes what an event of that client and origin says. */
void altsvc_links_note_event(AltsvcLinks *links, const char *client, const char *origin,
                             const AsvEvent *event);
/* Notes requests and certificates. */
void altsvc_links_note(AltsvcLinks *links, const AsvObservation *seen);

/* The stay of the alternative that an event is about; NULL when it is about none. */
const AltsvcStay *altsvc_links_stay(const AltsvcLinks *links, const char *client,
                                    const char *origin, const AsvEvent *event);
/* The packet of a stream's request, or 0. */
guint64 altsvc_links_request(const AltsvcLinks *links, guint64 connection_id, guint64 stream);
/* The packet in which a connection's certificate was seen, or 0. */
guint64 altsvc_links_certificate(const AltsvcLinks *links, guint64 connection_id);

#endif
