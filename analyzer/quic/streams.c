/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The streams of one connection (RFC 9000 §2.1): opens each for the consumer,
 * gives up its holes in time, and forgets it when it has ended, all but that
 * it has: what comes twice does not open it again.
 */
#include "connection.h"

/* Bits of a stream id. */
#define BY_SERVER 1u
#define ONE_WAY 2u

static guint64 key_of(guint64 id, AsvSide side) {
  return id << 1 | (guint64)side;
}

/* --- which have ended --- */

static AsvQuicEnded **ended_of(AsvQuicStreams *streams, guint64 key) {
  return &streams->ended[key & 7];
}

static gboolean has_ended(AsvQuicStreams *streams, guint64 key) {
  const AsvQuicEnded *ended = *ended_of(streams, key);
  guint64 index = key >> 3;
  if (!ended) return FALSE;
  if (index < ended->base) return TRUE;
  index -= ended->base;
  return index < ASV_QUIC_ENDED_MAX && (ended->bits[index / 64] >> index % 64 & 1);
}

static void shift(AsvQuicEnded *ended, guint64 words) {
  guint64 keep = words < ASV_QUIC_ENDED_WORDS ? ASV_QUIC_ENDED_WORDS - words : 0;
  if (keep) memmove(ended->bits, ended->bits + words, keep * sizeof ended->bits[0]);
  memset(ended->bits + keep, 0, (ASV_QUIC_ENDED_WORDS - keep) * sizeof ended->bits[0]);
  ended->base += words * 64;
}

static void note_ended(AsvQuicStreams *streams, guint64 key) {
  AsvQuicEnded **place = ended_of(streams, key);
  guint64 index = key >> 3;
  if (!*place) *place = g_new0(AsvQuicEnded, 1);
  AsvQuicEnded *ended = *place;
  if (index < ended->base) return;
  index -= ended->base;
  if (index >= ASV_QUIC_ENDED_MAX) {
    guint64 words = index / 64 - (ASV_QUIC_ENDED_WORDS - 1);
    shift(ended, words);
    index -= words * 64;
  }
  ended->bits[index / 64] |= (guint64)1 << index % 64;
  while (ended->bits[0] == G_MAXUINT64) shift(ended, 1);
}

/* --- the table --- */

void asv_streams_init(AsvQuicConnection *connection) {
  AsvQuicStreams *streams = &connection->streams;
  streams->table = g_hash_table_new(g_int64_hash, g_int64_equal);
  streams->held =
      (AsvQuicHeld){.limit = ASV_QUIC_CONNECTION_HELD_MAX, .above = &connection->quic->held};
}

static void entry_free(AsvQuicStreams *streams, AsvQuicEntry *entry) {
  for (int i = 0; i < 2; i++)
    if (streams->last[i] == entry) streams->last[i] = NULL;
  if (entry->hole) g_queue_unlink(&streams->holes, &entry->hole_link);
  g_queue_unlink(&streams->order, &entry->link);
  g_hash_table_remove(streams->table, &entry->key);
  asv_quic_stream_clear(&entry->stream);
  g_free(entry);
}

/* A gap in requests or responses was told by who reads them; one in a stream of one direction may
 * have hurt nobody yet. */
static void note_gap(AsvQuicStreams *streams, const AsvQuicEntry *entry) {
  if (entry->stream.lost && !(entry->key >> 1 & ONE_WAY)) streams->gaps[entry->key & 1] = TRUE;
}

/* Counts octets that nobody wants and that are not there, as far as they did not come late. */
static void note_waived(AsvQuicHoles *holes, const AsvQuicStream *stream, guint64 offset,
                        gsize size) {
  guint64 known = MIN(offset, stream->next);
  if (known > stream->highest)
    holes->waived += known - stream->highest;
  else if (offset < stream->highest && stream->next >= offset + size)
    holes->waived -= MIN(holes->waived, size);
}

/* After a stream was changed: forgets it when it has ended, else notes its hole. */
static void settle(AsvQuicStreams *streams, const AsvPacketRef *at, AsvQuicEntry *entry) {
  note_gap(streams, entry);
  if (entry->stream.ended) {
    note_ended(streams, entry->key);
    entry_free(streams, entry);
    return;
  }
  gboolean waits = asv_quic_stream_waits(&entry->stream);
  if (entry->hole && waits && entry->hole_next == entry->stream.next) return;
  if (entry->hole) g_queue_unlink(&streams->holes, &entry->hole_link);
  entry->hole = waits;
  if (!waits) return;
  entry->hole_next = entry->stream.next;
  entry->hole_time = at->time;
  g_queue_push_tail_link(&streams->holes, &entry->hole_link);
}

/* Asks the consumer what it wants of a new stream. */
static void begin_stream(AsvQuicConnection *connection, const AsvPacketRef *at, AsvSide side,
                         guint64 id, AsvQuicStream *stream) {
  const AsvQuicEvents *events = &connection->quic->events;
  AsvSink sink = {.self = NULL};
  asv_handshake_tell(connection, at);
  if (!events->stream(connection->consumer, at, side, id, &sink)) sink.self = NULL;
  asv_quic_stream_init(stream, &sink, &connection->streams.held);
}

static AsvQuicEntry *open_stream(AsvQuicConnection *connection, const AsvPacketRef *at,
                                 AsvSide side, guint64 id) {
  AsvQuicStreams *streams = &connection->streams;
  if (streams->order.length >= ASV_QUIC_STREAMS_MAX) {
    AsvQuicEntry *oldest = streams->order.head->data;
    asv_quic_stream_finish(&oldest->stream, at, ASV_END_IDLE);
    settle(streams, at, oldest);
  }
  AsvQuicEntry *entry = g_new0(AsvQuicEntry, 1);
  entry->key = key_of(id, side);
  entry->link.data = entry->hole_link.data = entry;
  begin_stream(connection, at, side, id, &entry->stream);
  g_queue_push_tail_link(&streams->order, &entry->link);
  g_hash_table_insert(streams->table, &entry->key, entry);
  return entry;
}

static AsvQuicEntry *find_stream(AsvQuicStreams *streams, AsvSide side, guint64 id) {
  guint64 key = key_of(id, side);
  AsvQuicEntry *entry = streams->last[side];
  if (entry && entry->key == key) return entry;
  return g_hash_table_lookup(streams->table, &key);
}

/* Streams of one direction are written by the side that opens them. */
static gboolean may_write(AsvSide side, guint64 id) {
  return !(id & ONE_WAY) || (id & BY_SERVER) == (guint64)side;
}

/* A stream that is all in one frame, as most requests are, does not go into the table. */
static void take_whole(AsvQuicConnection *connection, const AsvPacketRef *at, AsvSide side,
                       const AsvQuicFrame *frame) {
  AsvQuicStream stream;
  begin_stream(connection, at, side, frame->stream.id, &stream);
  note_ended(&connection->streams, key_of(frame->stream.id, side));
  asv_quic_stream_take(&stream, at, 0, frame->stream.data, TRUE);
  g_assert(stream.ended);
}

/* Others on the same connection may depend on what a stream of one direction holds (RFC 9204). */
static void tell_ahead(const AsvQuicConnection *connection, const AsvQuicEntry *entry) {
  guint64 id = entry->key >> 1, n = asv_quic_stream_ahead(&entry->stream);
  if ((id & ONE_WAY) && n)
    connection->quic->events.ahead(connection->consumer, (AsvSide)(entry->key & 1), id, n);
}

void asv_streams_take(AsvQuicConnection *connection, const AsvPacketRef *at, AsvSide side,
                      const AsvQuicFrame *frame) {
  AsvQuicStreams *streams = &connection->streams;
  guint64 id = frame->stream.id;
  AsvQuicEntry *entry = find_stream(streams, side, id);
  if (!entry) {
    if (!may_write(side, id) || has_ended(streams, key_of(id, side))) return;
    if (frame->stream.fin && !frame->stream.offset) {
      take_whole(connection, at, side, frame);
      return;
    }
    entry = open_stream(connection, at, side, id);
  }
  streams->last[side] = entry;
  if (connection->holes[side].count)
    note_waived(&connection->holes[side], &entry->stream, frame->stream.offset,
                frame->stream.data.size);
  asv_quic_stream_take(&entry->stream, at, frame->stream.offset, frame->stream.data,
                       frame->stream.fin);
  tell_ahead(connection, entry);
  settle(streams, at, entry);
}

void asv_streams_reset(AsvQuicConnection *connection, const AsvPacketRef *at, AsvSide side,
                       guint64 id) {
  AsvQuicStreams *streams = &connection->streams;
  AsvQuicEntry *entry = find_stream(streams, side, id);
  if (!may_write(side, id)) return;
  if (!entry) {
    note_ended(streams, key_of(id, side));
    return;
  }
  asv_quic_stream_reset(&entry->stream, at);
  settle(streams, at, entry);
}

void asv_streams_tick(AsvQuicConnection *connection, const AsvPacketRef *at) {
  AsvQuicStreams *streams = &connection->streams;
  while (streams->holes.head) {
    AsvQuicEntry *entry = streams->holes.head->data;
    if (at->time - entry->hole_time < ASV_QUIC_HOLE_TIME) return;
    asv_quic_stream_give_up(&entry->stream, at);
    settle(streams, at, entry);
  }
}

void asv_streams_finish(AsvQuicConnection *connection, const AsvPacketRef *at, AsvEnd why) {
  AsvQuicStreams *streams = &connection->streams;
  while (streams->order.head) {
    AsvQuicEntry *entry = streams->order.head->data;
    asv_quic_stream_finish(&entry->stream, at, why);
    note_gap(streams, entry);
    entry_free(streams, entry);
  }
}

void asv_streams_clear(AsvQuicConnection *connection) {
  AsvQuicStreams *streams = &connection->streams;
  while (streams->order.head) entry_free(streams, streams->order.head->data);
  for (gsize i = 0; i < G_N_ELEMENTS(streams->ended); i++) g_free(streams->ended[i]);
  g_hash_table_destroy(streams->table);
}
