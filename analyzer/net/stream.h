/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One direction of a connection: puts its segments in order, octets that came
 * first staying, and gives them to a sink. Positions count octets from the
 * first of the stream; sequence numbers are unwrapped to them. The packet a
 * sink is told is always the one that let the octets go: behind a hole, the one
 * that filled it or made it hopeless, so that order and time never step back.
 */
#ifndef ANALYZER_NET_STREAM_H
#define ANALYZER_NET_STREAM_H

#include "analyzer/net/ahead.h"

typedef struct {
  AsvSink sink;
  AsvAhead hold;
  guint32 base;        /* sequence number of position 0 */
  guint32 stray;       /* sequence number behind a segment far from all others */
  guint8 started;      /* base is set */
  guint8 has_stray;    /* stray is set */
  guint8 ended;        /* sink.end() was called */
  guint8 delivered;    /* octets or a gap were given to the sink */
  gint64 next;         /* first position neither delivered nor given up nor waived */
  gint64 highest;      /* behind the last octet seen */
  gint64 acknowledged; /* the other end has everything before this */
  gint64 fin;          /* position of the FIN, or -1 */
  gint64 hole;         /* position of the hole that octets wait behind, or -1 */
  gint64 hole_time;    /* when it was first seen */
} AsvStream;

/* Makes an empty stream. sink is filled in by the caller. */
void asv_stream_init(AsvStream *stream);

/* Sequence number of the first octet; only the first call counts. */
void asv_stream_start(AsvStream *stream, guint32 sequence);

/*
 * A segment of wire octets of which data were captured. Delivers what is in
 * order now; octets that the snap length cut are a gap when their turn comes.
 */
void asv_stream_take(AsvStream *stream, AsvAheadPool *pool, const AsvPacketRef *at,
                     guint32 sequence, AsvPiece piece);

/* The stream ends before this sequence number. */
void asv_stream_fin(AsvStream *stream, AsvAheadPool *pool, const AsvPacketRef *at,
                    guint32 sequence);

/* The other end has everything before this sequence number. */
void asv_stream_acknowledge(AsvStream *stream, guint32 sequence);

/* TRUE when a segment with that sequence number, a SYN or an ACK alone too, may have been sent. */
gboolean asv_stream_has_sent(const AsvStream *stream, guint32 sequence);

/* Takes octets that have no sequence number: they follow what came before. */
void asv_stream_append(AsvStream *stream, AsvAheadPool *pool, const AsvPacketRef *at,
                       AsvPiece piece);

/* TRUE when octets wait behind a hole although the other end says it has what is missing. */
static inline gboolean asv_stream_doubtful(const AsvStream *stream) {
  return stream->hole >= 0 && stream->acknowledged > stream->hole;
}

/* Reports every hole that starts before position as a gap and delivers what waited behind. */
void asv_stream_give_up(AsvStream *stream, AsvAheadPool *pool, const AsvPacketRef *at,
                        gint64 position);

/* Gives up all holes and octets that are known only from acknowledgements, and ends the stream for
 * the given reason, or for its FIN when it had one. Nothing when it has ended. */
void asv_stream_end(AsvStream *stream, AsvAheadPool *pool, const AsvPacketRef *at, AsvEnd why);

#endif
