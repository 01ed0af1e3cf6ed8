/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The streams of an HTTP/2 or HTTP/3 connection whose requests are remembered: an
 * open-addressed table over slots that are used again. When it is full the
 * oldest stream that is done goes first, then the oldest of all.
 */
#ifndef ANALYZER_HTTP_STREAMS_H
#define ANALYZER_HTTP_STREAMS_H

#include "analyzer/http/exchange.h"
#include "analyzer/http/hold.h"

/* A CONNECT stream (RFC 9113 §8.5). */
typedef struct {
  gboolean opened;
  AsvSink sinks[2];
  guint64 waived[2];
  gboolean ended[2];
  AsvHold early[2]; /* octets before the answer */
} AsvStreamTunnel;

typedef struct {
  guint64 id;
  guint64 shown;        /* what events call it */
  guint32 older, newer; /* neighbours in its list: slots, plus one */
  AsvKept request;      /* kind ASV_REQUEST_UNKNOWN: not seen yet */
  guint status;         /* of the final response; 0 before it */
  gboolean ended[2];    /* END_STREAM or RST_STREAM of that side */
  gboolean done;        /* is in the list of done ones */
  AsvStreamTunnel *tunnel;
} AsvStream;

typedef struct AsvStreams AsvStreams;

AsvStreams *asv_streams_new(void);
void asv_streams_free(AsvStreams *streams);
/* The stream, or NULL. Valid until the next asv_streams_add(). */
AsvStream *asv_streams_find(const AsvStreams *streams, guint64 id);
/* Adds one that is not there. */
AsvStream *asv_streams_add(AsvStreams *streams, guint64 id);
/* The stream that must go before another can be added, or NULL. The caller ends its tunnel, then
 * removes it. */
AsvStream *asv_streams_surplus(AsvStreams *streams);
void asv_streams_remove(AsvStreams *streams, AsvStream *stream);
/* Both sides are through with it: it goes first from now on. */
void asv_streams_done(AsvStreams *streams, AsvStream *stream);
/* All streams, oldest first, those not done before the others: NULL begins, NULL ends. */
AsvStream *asv_streams_next(AsvStreams *streams, const AsvStream *after);
/* How many streams have a tunnel. */
guint asv_streams_tunnels(const AsvStreams *streams);
/* Makes the stream a tunnel to be. */
void asv_streams_make_tunnel(AsvStreams *streams, AsvStream *stream);
void asv_streams_drop_tunnel(AsvStreams *streams, AsvStream *stream);

#endif
