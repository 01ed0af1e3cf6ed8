/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stream reassembly. In order, octets go from the packet to the sink
 * untouched; pieces behind a hole are copied into an array sorted by offset.
 * Of octets that come twice those that were given on first count.
 */
#include "stream.h"

/* No stream is that long (RFC 9000 §4.5): everything before it was waived. */
#define NEVER ((guint64)1 << 63)
/* What a piece costs beside its octets. */
#define OVERHEAD (sizeof(AsvQuicPiece) + 2 * sizeof(gpointer))
#define FIRST_ROOM 8u

/* --- what is held --- */

static gboolean has_room(const AsvQuicHeld *held, gsize more) {
  for (; held; held = held->above)
    if (more > held->limit || held->octets > held->limit - more) return FALSE;
  return TRUE;
}

static void account(AsvQuicStream *stream, gsize more, gsize less) {
  stream->octets += more - less;
  for (AsvQuicHeld *held = stream->held; held; held = held->above) held->octets += more - less;
}

static AsvQuicPiece *piece_at(const AsvQuicStream *stream, guint index) {
  return &stream->pieces[stream->first + index];
}

static guint64 piece_end(const AsvQuicPiece *piece) {
  return piece->offset + piece->size;
}

static void drop_first(AsvQuicStream *stream) {
  AsvQuicPiece *piece = piece_at(stream, 0);
  account(stream, 0, piece->size + OVERHEAD);
  g_free(piece->octets);
  stream->first++;
  if (--stream->count) return;
  g_clear_pointer(&stream->pieces, g_free);
  stream->first = stream->room = 0;
}

/* Index of the first piece that ends behind offset; stream->count when there is none. */
static guint find(const AsvQuicStream *stream, guint64 offset) {
  guint low = 0, high = stream->count;
  while (low < high) {
    guint middle = low + (high - low) / 2;
    if (piece_end(piece_at(stream, middle)) > offset)
      high = middle;
    else
      low = middle + 1;
  }
  return low;
}

static void make_room(AsvQuicStream *stream) {
  if (stream->first + stream->count < stream->room) return;
  if (stream->first > stream->room / 2) {
    memmove(stream->pieces, piece_at(stream, 0), stream->count * sizeof(AsvQuicPiece));
    stream->first = 0;
    return;
  }
  stream->room = MAX(FIRST_ROOM, stream->room * 2);
  stream->pieces = g_renew(AsvQuicPiece, stream->pieces, stream->room);
}

static void insert(AsvQuicStream *stream, guint index, guint64 offset, AsvSpan data) {
  make_room(stream);
  AsvQuicPiece *piece = piece_at(stream, index);
  memmove(piece + 1, piece, (stream->count - index) * sizeof *piece);
  *piece = (AsvQuicPiece){offset, data.size, g_memdup2(data.data, data.size)};
  stream->count++;
  account(stream, data.size + OVERHEAD, 0);
}

/* Keeps of data what is not held yet. */
static void put(AsvQuicStream *stream, guint64 offset, AsvSpan data) {
  guint index = find(stream, offset);
  while (data.size) {
    gsize size = data.size;
    if (index < stream->count) {
      const AsvQuicPiece *piece = piece_at(stream, index);
      if (piece->offset <= offset) {
        guint64 known = piece_end(piece) - offset;
        if (known >= data.size) return;
        offset += known;
        data = asv_span_sub(data, (gsize)known, data.size);
        index++;
        continue;
      }
      size = (gsize)MIN(data.size, piece->offset - offset);
    }
    insert(stream, index, offset, asv_span(data.data, size));
    index++;
    offset += size;
    data = asv_span_sub(data, size, data.size);
  }
}

/* --- delivering --- */

static void advance(AsvQuicStream *stream, guint64 n, guint64 waiver) {
  stream->next += n;
  stream->next = waiver >= NEVER - stream->next ? NEVER : stream->next + waiver;
}

static void deliver(AsvQuicStream *stream, const AsvPacketRef *at, AsvSpan data) {
  advance(stream, data.size, stream->sink.bytes(stream->sink.self, at, data));
}

static void lose(AsvQuicStream *stream, const AsvPacketRef *at, guint64 n) {
  stream->lost = TRUE;
  advance(stream, n, stream->sink.gap(stream->sink.self, at, n));
}

static void end(AsvQuicStream *stream, const AsvPacketRef *at, AsvEnd why) {
  asv_quic_stream_clear(stream);
  stream->ended = TRUE;
  if (stream->sink.self) stream->sink.end(stream->sink.self, at, why);
}

/* Delivers what is held from `next` on, and the end when it is reached. */
static void drain(AsvQuicStream *stream, const AsvPacketRef *at) {
  while (stream->count) {
    AsvQuicPiece *piece = piece_at(stream, 0);
    if (piece->offset > stream->next) break;
    if (piece_end(piece) > stream->next) {
      gsize skip = (gsize)(stream->next - piece->offset);
      deliver(stream, at, asv_span(piece->octets + skip, piece->size - skip));
    }
    drop_first(stream);
  }
  if (stream->next >= stream->end && !stream->ended) end(stream, at, ASV_END_FIN);
}

static void take_in_order(AsvQuicStream *stream, const AsvPacketRef *at, guint64 offset,
                          AsvSpan data) {
  guint64 stop = offset + data.size;
  while (stream->next < stop && stream->next >= offset && !stream->ended) {
    gsize skip = (gsize)(stream->next - offset);
    deliver(stream, at, asv_span_sub(data, skip, data.size));
    drain(stream, at);
  }
}

/* Behind a hole: holds it, giving up the oldest holes where there is no room. */
static void take_ahead(AsvQuicStream *stream, const AsvPacketRef *at, guint64 offset,
                       AsvSpan data) {
  gsize more = data.size + OVERHEAD;
  while (stream->next < offset) {
    gboolean fits = stream->count < ASV_QUIC_PIECES_MAX && has_room(stream->held, more) &&
                    stream->octets + more <= ASV_QUIC_STREAM_HELD_MAX;
    if (fits) {
      put(stream, offset, data);
      return;
    }
    if (stream->count && piece_at(stream, 0)->offset < offset)
      asv_quic_stream_give_up(stream, at);
    else
      lose(stream, at, offset - stream->next);
  }
  if (stream->ended) return;
  take_in_order(stream, at, offset, data);
  drain(stream, at);
}

void asv_quic_stream_init(AsvQuicStream *stream, const AsvSink *sink, AsvQuicHeld *held) {
  *stream = (AsvQuicStream){.sink = *sink, .held = held, .end = ASV_QUIC_UNKNOWN};
  if (!sink->self) stream->next = NEVER;
}

void asv_quic_stream_take(AsvQuicStream *stream, const AsvPacketRef *at, guint64 offset,
                          AsvSpan data, gboolean fin) {
  if (stream->ended || offset >= NEVER - data.size) return;
  guint64 stop = offset + data.size;
  if (stop > stream->end) {
    if (offset >= stream->end) return;
    stop = stream->end;
    data.size = (gsize)(stop - offset);
  }
  stream->highest = MAX(stream->highest, stop);
  if (fin && stop == stream->highest) stream->end = stop;
  if (stop > stream->next) {
    if (offset > stream->next)
      take_ahead(stream, at, offset, data);
    else
      take_in_order(stream, at, offset, data);
  } else if (fin) {
    drain(stream, at);
  }
}

gboolean asv_quic_stream_waits(const AsvQuicStream *stream) {
  return !stream->ended && (stream->count || stream->end != ASV_QUIC_UNKNOWN);
}

void asv_quic_stream_give_up(AsvQuicStream *stream, const AsvPacketRef *at) {
  if (!asv_quic_stream_waits(stream)) return;
  guint64 to = stream->count ? piece_at(stream, 0)->offset : stream->end;
  lose(stream, at, to - stream->next);
  drain(stream, at);
}

void asv_quic_stream_reset(AsvQuicStream *stream, const AsvPacketRef *at) {
  if (!stream->ended) end(stream, at, ASV_END_RESET);
}

void asv_quic_stream_finish(AsvQuicStream *stream, const AsvPacketRef *at, AsvEnd why) {
  while (asv_quic_stream_waits(stream)) asv_quic_stream_give_up(stream, at);
  if (!stream->ended) end(stream, at, why);
}

void asv_quic_stream_clear(AsvQuicStream *stream) {
  while (stream->count) drop_first(stream);
}
