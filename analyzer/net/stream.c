/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One direction of a TCP connection (RFC 9293 §3.4, §3.8). In order, octets go
 * from the packet to the sink untouched; only what stands behind a hole is
 * copied. What the sink waives is never held: `next` simply moves past it.
 */
#include "analyzer/net/stream.h"

#define WINDOW ((gint64)ASV_NET_WINDOW)
/* A position that no stream reaches: everything before it was waived. */
#define NEVER (G_MAXINT64 / 2)

void asv_stream_init(AsvStream *stream) {
  *stream = (AsvStream){.sink = stream->sink, .fin = -1, .hole = -1};
}

void asv_stream_start(AsvStream *stream, guint32 sequence) {
  if (stream->started) return;
  stream->started = TRUE;
  stream->base = sequence;
}

/* The position of a sequence number: the one nearest to the highest seen. */
static gint64 unwrap(const AsvStream *stream, guint32 sequence) {
  guint32 reference = stream->base + (guint32)stream->highest;
  return stream->highest + (gint32)(sequence - reference);
}

static void advance(AsvStream *stream, guint64 n, guint64 waiver) {
  stream->delivered = TRUE;
  stream->next += (gint64)n;
  stream->next = waiver >= (guint64)(NEVER - stream->next) ? NEVER : stream->next + (gint64)waiver;
}

static void deliver(AsvStream *stream, const AsvPacketRef *at, AsvSpan data) {
  advance(stream, data.size, stream->sink.bytes(stream->sink.self, at, data));
}

static void lose(AsvStream *stream, const AsvPacketRef *at, gint64 n) {
  advance(stream, (guint64)n, stream->sink.gap(stream->sink.self, at, (guint64)n));
}

/* Delivers what is held from `next` on, and notes the hole that ends it, or the end. */
static void drain(AsvStream *stream, AsvAheadPool *pool, const AsvPacketRef *at) {
  while (stream->hold.count) {
    asv_ahead_drop(&stream->hold, pool, stream->next);
    AsvSpan run = asv_ahead_run(&stream->hold, stream->next);
    if (!run.size) break;
    deliver(stream, at, run);
  }
  if (stream->fin >= 0 && stream->next >= stream->fin && !stream->ended) {
    asv_ahead_clear(&stream->hold, pool);
    stream->ended = TRUE;
    stream->sink.end(stream->sink.self, at, ASV_END_FIN);
  }
  gboolean waits = stream->hold.count || (stream->fin >= 0 && !stream->ended);
  if (!waits) {
    stream->hole = -1;
  } else if (stream->hole != stream->next) {
    stream->hole = stream->next;
    stream->hole_time = at->time;
  }
}

/* Gives up the holes that start before position, up to limit. */
static void give_up(AsvStream *stream, AsvAheadPool *pool, const AsvPacketRef *at, gint64 position,
                    gint64 limit) {
  while (stream->hole >= 0 && stream->next < position) {
    gint64 first = asv_ahead_first(&stream->hold, stream->next);
    lose(stream, at, MIN(first >= 0 ? first : stream->fin, limit) - stream->next);
    drain(stream, pool, at);
  }
}

void asv_stream_give_up(AsvStream *stream, AsvAheadPool *pool, const AsvPacketRef *at,
                        gint64 position) {
  give_up(stream, pool, at, position, NEVER);
}

/*
 * TRUE when a segment is so far ahead that it is garbage or a large part of the
 * capture is missing: the first alone is dropped, one that goes on where it
 * ended is believed.
 */
static gboolean is_stray(AsvStream *stream, gint64 position, guint32 sequence, gsize size) {
  if (position - stream->highest <= WINDOW) return FALSE;
  if (stream->has_stray && (gint32)(sequence - stream->stray) >= 0 &&
      (gint32)(sequence - stream->stray) <= WINDOW) {
    stream->has_stray = FALSE;
    return FALSE;
  }
  stream->has_stray = TRUE;
  stream->stray = sequence + (guint32)size;
  return TRUE;
}

/* In order: up to what is held already, which came first; then that; and so on. */
static void take_in_order(AsvStream *stream, AsvAheadPool *pool, const AsvPacketRef *at,
                          gint64 position, AsvSpan data) {
  gint64 end = position + (gint64)data.size;
  while (stream->next < end && stream->next >= position) {
    AsvSpan rest = asv_span_sub(data, (gsize)(stream->next - position), data.size);
    gint64 held = asv_ahead_first(&stream->hold, stream->next);
    if (held >= 0 && held < end) rest.size = (gsize)(held - stream->next);
    if (rest.size) deliver(stream, at, rest);
    drain(stream, pool, at);
  }
}

/* Behind a hole: holds it, giving up the oldest holes where the window or the pool is too small. */
static void take_ahead(AsvStream *stream, AsvAheadPool *pool, const AsvPacketRef *at,
                       gint64 position, AsvSpan data) {
  gint64 end = position + (gint64)data.size;
  if (end - stream->next > WINDOW) give_up(stream, pool, at, end - WINDOW, position);
  if (stream->next < position && end - stream->next <= WINDOW &&
      asv_ahead_put(&stream->hold, pool, position, data)) {
    drain(stream, pool, at);
    return;
  }
  give_up(stream, pool, at, position, position);
  if (stream->next < position) lose(stream, at, position - stream->next);
  take_in_order(stream, pool, at, position, data);
}

void asv_stream_take(AsvStream *stream, AsvAheadPool *pool, const AsvPacketRef *at,
                     guint32 sequence, AsvPiece piece) {
  asv_stream_start(stream, sequence);
  gint64 position = unwrap(stream, sequence);
  gint64 end = position + (gint64)piece.wire;
  if (piece.wire == 0 || is_stray(stream, position, sequence, piece.wire)) return;
  if (stream->fin >= 0 && end > stream->fin) {
    if (position >= stream->fin) return;
    end = stream->fin;
    piece = asv_piece_limit(piece, (gsize)(end - position));
  }
  stream->highest = MAX(stream->highest, end);
  if (end <= stream->next || stream->ended) return;
  AsvSpan data = piece.data;
  if (position < stream->next) {
    data = asv_span_sub(data, (gsize)(stream->next - position), data.size);
    position = stream->next;
  }
  if (position > stream->next) {
    if (data.size) take_ahead(stream, pool, at, position, data);
    return;
  }
  if (!stream->hold.count && data.size) {
    deliver(stream, at, data);
    if (stream->fin >= 0) drain(stream, pool, at);
  } else {
    take_in_order(stream, pool, at, position, data);
  }
  /* What the snap length cut off is not held either: nothing else will bring it. */
  if (stream->next < end && !stream->hold.count) {
    lose(stream, at, end - stream->next);
    drain(stream, pool, at);
  }
}

void asv_stream_append(AsvStream *stream, AsvAheadPool *pool, const AsvPacketRef *at,
                       AsvPiece piece) {
  asv_stream_take(stream, pool, at, stream->base + (guint32)stream->highest, piece);
}

void asv_stream_fin(AsvStream *stream, AsvAheadPool *pool, const AsvPacketRef *at,
                    guint32 sequence) {
  asv_stream_start(stream, sequence);
  gint64 position = unwrap(stream, sequence);
  /* One that more octets follow, or far from all others, is no end. */
  if (stream->fin >= 0 || position < stream->highest || position - stream->highest > WINDOW) return;
  stream->fin = position;
  stream->highest = position;
  drain(stream, pool, at);
}

void asv_stream_acknowledge(AsvStream *stream, guint32 sequence) {
  if (!stream->started) return;
  gint64 position = unwrap(stream, sequence);
  if (position - stream->highest > WINDOW) return;
  stream->acknowledged = MAX(stream->acknowledged, position);
}

gboolean asv_stream_has_sent(const AsvStream *stream, guint32 sequence) {
  gint64 position = unwrap(stream, sequence);
  return stream->started && position >= -1 && position <= stream->highest;
}

void asv_stream_end(AsvStream *stream, AsvAheadPool *pool, const AsvPacketRef *at, AsvEnd why) {
  if (stream->ended) return;
  asv_stream_give_up(stream, pool, at, NEVER);
  if (stream->ended) return;
  /* A single one is the FIN, which counts as an octet. */
  if (stream->acknowledged - stream->next > 1) {
    lose(stream, at, stream->acknowledged - stream->next);
  }
  asv_ahead_clear(&stream->hold, pool);
  stream->ended = TRUE;
  stream->sink.end(stream->sink.self, at, why);
}
