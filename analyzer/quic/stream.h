/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One direction of a stream (RFC 9000 §2.2, §3), of CRYPTO data too: puts the
 * octets of its frames in order and gives them to a sink, holding what stands
 * behind a hole. What the sink waives is never held. The packet a sink is told
 * is the one that let the octets go.
 */
#ifndef ANALYZER_QUIC_STREAM_H
#define ANALYZER_QUIC_STREAM_H

#include "analyzer/sink.h"

/* An offset or size that is not known. */
#define ASV_QUIC_UNKNOWN G_MAXUINT64

/* What is held, against a limit and those of all above. */
typedef struct AsvQuicHeld {
  gsize octets, limit;
  struct AsvQuicHeld *above; /* or NULL */
} AsvQuicHeld;

/* Octets behind a hole. */
typedef struct {
  guint64 offset;
  gsize size;
  guint8 *octets;
} AsvQuicPiece;

/* Made by asv_quic_stream_init(). */
typedef struct {
  AsvSink sink;
  AsvQuicHeld *held;
  AsvQuicPiece *pieces; /* by offset, apart from one another; NULL: none */
  guint first, count;   /* of those in use */
  guint room;
  guint64 next;    /* first offset neither delivered nor given up nor waived */
  guint64 highest; /* behind the last octet seen */
  guint64 end;     /* final size, or ASV_QUIC_UNKNOWN */
  gsize octets;    /* held */
  gboolean lost;   /* sink.gap() was called */
  gboolean ended;  /* sink.end() was called */
} AsvQuicStream;

/* sink.self may be NULL: then nobody wants the stream. */
void asv_quic_stream_init(AsvQuicStream *stream, const AsvSink *sink, AsvQuicHeld *held);

/* Takes octets that stand at offset; fin: they are the last ones. */
void asv_quic_stream_take(AsvQuicStream *stream, const AsvPacketRef *at, guint64 offset,
                          AsvSpan data, gboolean fin);

/* TRUE when something is known to follow a hole. */
gboolean asv_quic_stream_waits(const AsvQuicStream *stream);

/* Octets up to the last one seen that cannot be delivered, those of holes included. */
static inline guint64 asv_quic_stream_ahead(const AsvQuicStream *stream) {
  return stream->ended || stream->highest <= stream->next ? 0 : stream->highest - stream->next;
}

/* Reports the first hole as a gap and delivers what waited behind it. */
void asv_quic_stream_give_up(AsvQuicStream *stream, const AsvPacketRef *at);

/* The sender gave the stream up (RFC 9000 §19.4): what waits behind a hole is forgotten. */
void asv_quic_stream_reset(AsvQuicStream *stream, const AsvPacketRef *at);

/* Gives up all holes and ends the stream for the given reason, or for its own end when that was
 * reached. Nothing when it has ended. */
void asv_quic_stream_finish(AsvQuicStream *stream, const AsvPacketRef *at, AsvEnd why);

/* Frees what is held without telling anybody. */
void asv_quic_stream_clear(AsvQuicStream *stream);

#endif
