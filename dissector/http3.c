/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A table of the streams of one connection. One that has ended is remembered
 * by its key alone: what comes twice does not open it again.
 */
#include "http3.h"

#include "analyzer/http/http3.h"
#include "analyzer/quic/stream.h"
#include "http3-told.h"

/* Bits of a stream id (RFC 9000 §2.1). */
#define BY_SERVER 1u
#define ONE_WAY 2u

typedef struct {
  guint64 key; /* id and side */
  AsvQuicStream stream;
  gboolean hole;     /* it stands in holes */
  guint64 hole_next; /* where the hole is */
  gint64 hole_time;  /* when it was first seen */
  GList link;        /* in holes */
} Entry;

struct AltsvcHttp3 {
  AltsvcConnection *connection;
  AsvHttp3 *http;
  GHashTable *streams; /* Entry, or NULL once it has ended, by id and side */
  GQueue holes;        /* Entry, the oldest hole first */
  AsvQuicHeld held;
  GPtrArray *rest; /* AsvObservation*, owned: what waited when the rest was asked for */
};

static void observation_free(gpointer data) {
  asv_observation_free(data);
}

static void entry_free(gpointer data) {
  Entry *entry = data;
  if (!entry) return;
  asv_quic_stream_clear(&entry->stream);
  g_free(entry);
}

AltsvcHttp3 *altsvc_http3_new(AltsvcConnection *connection) {
  AltsvcHttp3 *http3 = g_new0(AltsvcHttp3, 1);
  AsvHttpEvents events = altsvc_http3_events(connection);
  http3->connection = connection;
  http3->http = asv_http3_new(connection->common->http, &events);
  http3->streams = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, entry_free);
  http3->rest = g_ptr_array_new_with_free_func(observation_free);
  http3->held.limit = ASV_QUIC_CONNECTION_HELD_MAX;
  return http3;
}

void altsvc_http3_free(AltsvcHttp3 *http3) {
  if (!http3) return;
  g_hash_table_destroy(http3->streams);
  g_ptr_array_unref(http3->rest);
  asv_http3_free(http3->http);
  g_free(http3);
}

/* ---- streams ---- */

static void leave_holes(AltsvcHttp3 *http3, Entry *entry) {
  if (entry->hole) g_queue_unlink(&http3->holes, &entry->link);
  entry->hole = FALSE;
}

/* Frees its entry, if any. */
static void note_ended(AltsvcHttp3 *http3, guint64 key) {
  g_hash_table_replace(http3->streams, g_memdup2(&key, sizeof key), NULL);
}

/* After a stream was changed: forgets it when it has ended, else notes its hole. */
static void settle(AltsvcHttp3 *http3, Entry *entry) {
  gboolean waits = asv_quic_stream_waits(&entry->stream);
  if (entry->hole && waits && entry->hole_next == entry->stream.next) return;
  leave_holes(http3, entry);
  if (entry->stream.ended) {
    note_ended(http3, entry->key);
    return;
  }
  if (!waits) return;
  entry->hole = TRUE;
  entry->hole_next = entry->stream.next;
  entry->hole_time = http3->connection->at.time;
  g_queue_push_tail_link(&http3->holes, &entry->link);
}

static Entry *open_stream(AltsvcHttp3 *http3, AsvSide side, guint64 id, guint64 key) {
  AsvPacketRef at = altsvc_place_ref(&http3->connection->at);
  AsvSink sink = {.self = NULL};
  Entry *entry = g_new0(Entry, 1);
  entry->key = key;
  entry->link.data = entry;
  asv_http3_set_early_data(http3->http, http3->connection->early);
  if (!asv_http3_stream(http3->http, &at, side, id, &sink)) sink.self = NULL;
  asv_quic_stream_init(&entry->stream, &sink, &http3->held);
  g_hash_table_replace(http3->streams, g_memdup2(&key, sizeof key), entry);
  return entry;
}

static void take_data(AltsvcHttp3 *http3, AsvSide side, const AsvQuicFrame *frame) {
  AsvPacketRef at = altsvc_place_ref(&http3->connection->at);
  guint64 id = frame->stream.id, key = id << 1 | (guint64)side;
  gpointer found = NULL;
  gboolean known = g_hash_table_lookup_extended(http3->streams, &key, NULL, &found);
  Entry *entry = found;
  if (known && !entry) return;
  if (!known) entry = open_stream(http3, side, id, key);
  asv_quic_stream_take(&entry->stream, &at, frame->stream.offset, frame->stream.data,
                       frame->stream.fin);
  asv_http3_ahead(http3->http, side, id, asv_quic_stream_ahead(&entry->stream));
  settle(http3, entry);
}

static void take_reset(AltsvcHttp3 *http3, AsvSide side, guint64 id) {
  AsvPacketRef at = altsvc_place_ref(&http3->connection->at);
  guint64 key = id << 1 | (guint64)side;
  Entry *entry = g_hash_table_lookup(http3->streams, &key);
  if (entry) {
    asv_quic_stream_reset(&entry->stream, &at);
    settle(http3, entry);
  } else {
    note_ended(http3, key);
  }
}

/* Streams of one direction are written by the side that opens them. */
static gboolean may_write(AsvSide side, guint64 id) {
  return !(id & ONE_WAY) || (id & BY_SERVER) == (guint64)side;
}

void altsvc_http3_frame(AltsvcHttp3 *http3, const AsvQuicFrame *frame) {
  AsvFrom from = altsvc_connection_from(http3->connection);
  AsvSide side = from == ASV_FROM_CLIENT ? ASV_CLIENT : ASV_SERVER;
  if (frame->kind == ASV_FRAME_STREAM && may_write(side, frame->stream.id))
    take_data(http3, side, frame);
  if (frame->kind == ASV_FRAME_RESET_STREAM && may_write(side, frame->reset.id))
    take_reset(http3, side, frame->reset.id);
}

void altsvc_http3_tick(AltsvcHttp3 *http3) {
  AsvPacketRef at = altsvc_place_ref(&http3->connection->at);
  while (http3->holes.head) {
    Entry *entry = http3->holes.head->data;
    if (at.time - entry->hole_time < ASV_QUIC_HOLE_TIME) return;
    asv_quic_stream_give_up(&entry->stream, &at);
    settle(http3, entry);
  }
}

void altsvc_http3_note_lost(AltsvcHttp3 *http3, AsvFrom from) {
  asv_http3_note_lost(http3->http, from == ASV_FROM_CLIENT ? ASV_CLIENT : ASV_SERVER);
}

static void keep(void *self, const AsvObservation *seen) {
  g_ptr_array_add(self, asv_observation_copy(seen));
}

void altsvc_http3_tell_rest(AltsvcHttp3 *http3, const AltsvcPlace *at, const AsvObserver *out) {
  const AsvObserver keeper = {.self = http3->rest, .observe = keep};
  AsvPacketRef last = altsvc_place_ref(at);
  http3->connection->out = &keeper;
  asv_http3_flush(http3->http);
  http3->connection->out = out;
  for (guint i = 0; i < http3->rest->len; i++)
    out->observe(out->self, g_ptr_array_index(http3->rest, i));
  asv_http3_coverage(http3->http, &last);
}
