/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Real connections for tests: data/NAME.datagrams holds the UDP datagrams of a
 * capture (addresses of four octets, ports, size, octets), data/NAME.keys its
 * secrets. A replay feeds them in any way and collects what is told: lines of
 * text, and the octets of each stream.
 */
#ifndef TESTS_UNIT_QUIC_REPLAY_H
#define TESTS_UNIT_QUIC_REPLAY_H

#include "analyzer/quic/packet.h"
#include "analyzer/quic/quic.h"

typedef struct {
  AsvKeys *keys;
  AsvTlsContext *context;
  AsvQuic *quic;
  GString *told;
  GHashTable *streams; /* "NUMBER.SIDE.ID" to GByteArray; 0xff... of a gap are not there */
  guint64 gaps, unreadable, connections, streams_open, waits, early;
  guint64 ahead;  /* the most octets that a stream was told to hold */
  guint64 waiver; /* what every sink returns */
  AsvPacketRef at;
  GArray *datagrams; /* AsvUdp; data borrows from octets */
  char *octets;
} Replay;

typedef struct {
  Replay *replay;
  guint32 number;
  gboolean handshake, waits;
} ReplayConnection;

typedef struct {
  Replay *replay;
  GByteArray *octets;
  gboolean ended;
} ReplayStream;

static inline void replay_line(Replay *replay, const char *format, ...) G_GNUC_PRINTF(2, 3);
static inline void replay_line(Replay *replay, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_string_append_vprintf(replay->told, format, arguments);
  va_end(arguments);
  g_string_append_c(replay->told, '\n');
}

static inline void *replay_opened(void *self, const AsvQuicFlow *flow) {
  Replay *replay = self;
  ReplayConnection *connection = g_new0(ReplayConnection, 1);
  connection->replay = replay;
  connection->number = flow->number;
  replay->connections++;
  replay_line(replay, "open %u client %u", flow->number, flow->client.port);
  return connection;
}

static inline void replay_handshake(void *self, const AsvPacketRef *at G_GNUC_UNUSED,
                                    const AsvTlsHandshake *handshake) {
  ReplayConnection *connection = self;
  g_assert(!connection->handshake);
  connection->handshake = TRUE;
  replay_line(connection->replay, "handshake %u sni %.*s alpn %.*s names %zu%s%s%s",
              connection->number, (int)handshake->sni.size, (const char *)handshake->sni.data,
              (int)handshake->alpn.size, (const char *)handshake->alpn.data,
              handshake->certificate_names_count, handshake->resumed ? " resumed" : "",
              handshake->early_data ? " early" : "", handshake->secrets ? " secrets" : "");
}

static inline guint64 replay_bytes(void *self, const AsvPacketRef *at G_GNUC_UNUSED, AsvSpan data) {
  ReplayStream *stream = self;
  g_assert(data.size && !stream->ended);
  g_byte_array_append(stream->octets, data.data, (guint)data.size);
  if (asv_quic_early_data(stream->replay->quic)) stream->replay->early += data.size;
  return stream->replay->waiver;
}

static inline guint64 replay_gap(void *self, const AsvPacketRef *at G_GNUC_UNUSED, guint64 n) {
  ReplayStream *stream = self;
  g_assert(n && !stream->ended);
  stream->replay->gaps++;
  for (guint64 i = 0; i < MIN(n, 65536); i++)
    g_byte_array_append(stream->octets, (const guint8 *)"", 1);
  return stream->replay->waiver;
}

static inline void replay_end(void *self, const AsvPacketRef *at G_GNUC_UNUSED,
                              AsvEnd why G_GNUC_UNUSED) {
  ReplayStream *stream = self;
  g_assert(!stream->ended);
  stream->ended = TRUE;
  stream->replay->streams_open--;
  g_free(stream);
}

static inline gboolean replay_stream(void *self, const AsvPacketRef *at G_GNUC_UNUSED, AsvSide from,
                                     guint64 id, AsvSink *sink) {
  ReplayConnection *connection = self;
  Replay *replay = connection->replay;
  g_assert(connection->handshake);
  ReplayStream *stream = g_new0(ReplayStream, 1);
  char *name = g_strdup_printf("%u.%d.%" G_GUINT64_FORMAT, connection->number, (int)from, id);
  stream->replay = replay;
  stream->octets = g_byte_array_new();
  g_assert(!g_hash_table_contains(replay->streams, name));
  g_hash_table_insert(replay->streams, name, stream->octets);
  replay->streams_open++;
  *sink = (AsvSink){stream, replay_bytes, replay_gap, replay_end};
  return TRUE;
}

static inline void replay_ahead(void *self, AsvSide from, guint64 id, guint64 n) {
  ReplayConnection *connection = self;
  g_assert(n && (id & 2));
  g_assert((id & 1) == (guint64)from);
  connection->replay->ahead = MAX(connection->replay->ahead, n);
}

static inline void replay_migrated(void *self, const AsvPacketRef *at G_GNUC_UNUSED,
                                   const AsvEndpoint *client) {
  ReplayConnection *connection = self;
  replay_line(connection->replay, "migrated %u %u", connection->number, client->port);
}

static inline void replay_unreadable(void *self, const AsvPacketRef *at G_GNUC_UNUSED, AsvSide from,
                                     AsvTlsUnreadable reason, guint64 bytes) {
  ReplayConnection *connection = self;
  g_assert(bytes || reason == ASV_TLS_BYTES_LOST);
  connection->replay->unreadable += bytes;
  replay_line(connection->replay, "unreadable %u from %d reason %d", connection->number, (int)from,
              (int)reason);
}

static inline void replay_closing(void *self, const AsvPacketRef *at G_GNUC_UNUSED, AsvSide by,
                                  const AsvQuicClose *close) {
  ReplayConnection *connection = self;
  replay_line(connection->replay, "closing %u by %d%s error %" G_GUINT64_FORMAT, connection->number,
              (int)by, close->framed ? "" : " reset", close->error);
}

static inline void replay_trouble(void *self, const AsvPacketRef *at G_GNUC_UNUSED,
                                  const AsvQuicTrouble *trouble) {
  static const char *const kinds[] = {"no-answer", "incomplete", "versions", "stalled"};
  ReplayConnection *connection = self;
  replay_line(connection->replay, "trouble %u %s %zu", connection->number, kinds[trouble->kind],
              trouble->versions.size);
}

static inline void replay_waits(void *self, const AsvPacketRef *since) {
  ReplayConnection *connection = self;
  connection->replay->waits++;
  connection->waits = since != NULL;
}

static inline void replay_released(void *self, const AsvPacketRef *at G_GNUC_UNUSED, AsvEnd why) {
  ReplayConnection *connection = self;
  g_assert(!connection->waits);
  connection->replay->connections--;
  replay_line(connection->replay, "released %u why %d", connection->number, (int)why);
  g_free(connection);
}

static inline void replay_unref(gpointer octets) {
  g_byte_array_unref(octets);
}

static inline AsvEndpoint replay_endpoint(AsvReader *reader) {
  AsvEndpoint endpoint = {.address = {.size = 4}};
  memcpy(endpoint.address.bytes, asv_read_span(reader, 4).data, 4);
  endpoint.port = asv_read_u16(reader);
  return endpoint;
}

static inline void replay_read(Replay *replay, AsvSpan all) {
  AsvReader reader = asv_reader(all);
  replay->datagrams = g_array_new(FALSE, TRUE, sizeof(AsvUdp));
  while (asv_reader_left(&reader) >= 14) {
    AsvUdp udp = {.wanted = TRUE};
    udp.source = replay_endpoint(&reader);
    udp.destination = replay_endpoint(&reader);
    udp.data = asv_read_span(&reader, asv_read_u16(&reader));
    udp.wire = udp.data.size;
    g_array_append_val(replay->datagrams, udp);
  }
  g_assert(!reader.failed);
}

/* An empty one; name's datagrams are at hand, and its secrets where told so. */
static inline Replay *replay_new(const char *name, gboolean with_keys) {
  Replay *replay = g_new0(Replay, 1);
  g_autofree char *path = g_strdup_printf("%s/%s.datagrams", ASV_TEST_DATA, name);
  g_autofree char *key_path = g_strdup_printf("%s/%s.keys", ASV_TEST_DATA, name);
  g_autofree char *key_text = NULL;
  gsize size = 0;
  g_assert_true(g_file_get_contents(path, &replay->octets, &size, NULL));
  replay_read(replay, asv_span(replay->octets, size));
  replay->keys = asv_keys_new();
  g_assert_true(g_file_get_contents(key_path, &key_text, &size, NULL));
  if (with_keys) g_assert_cmpuint(asv_keys_load(replay->keys, asv_span(key_text, size)), >, 0);
  AsvQuicEvents events = {.self = replay,
                          .opened = replay_opened,
                          .handshake = replay_handshake,
                          .stream = replay_stream,
                          .ahead = replay_ahead,
                          .migrated = replay_migrated,
                          .unreadable = replay_unreadable,
                          .closing = replay_closing,
                          .waits = replay_waits,
                          .trouble = replay_trouble,
                          .released = replay_released};
  replay->context = asv_tls_context_new(replay->keys);
  replay->quic = asv_quic_new(replay->context, &events);
  replay->told = g_string_new(NULL);
  replay->streams = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, replay_unref);
  return replay;
}

static inline guint replay_count(const Replay *replay) {
  return replay->datagrams->len;
}

static inline AsvUdp replay_udp(const Replay *replay, guint index) {
  return g_array_index(replay->datagrams, AsvUdp, index);
}

/* Feeds one datagram, a millisecond after the last one. */
static inline gboolean replay_give(Replay *replay, const AsvUdp *udp) {
  replay->at.packet++;
  replay->at.order++;
  replay->at.time += ASV_SECOND / 1000;
  return asv_quic_datagram(replay->quic, &replay->at, udp);
}

static inline gboolean replay_feed(Replay *replay, guint index) {
  AsvUdp udp = replay_udp(replay, index);
  return replay_give(replay, &udp);
}

/* Cuts the datagram behind its first packet: what follows becomes one of its own. */
static inline AsvUdp replay_cut_off(AsvUdp *first) {
  AsvUdp second = *first;
  AsvQuicPacket packet;
  AsvSpan rest = first->data;
  g_assert_true(asv_quic_packet_next(&rest, 0, &packet) && rest.size);
  first->data = packet.octets;
  first->wire = packet.octets.size;
  second.data = rest;
  second.wire = rest.size;
  return second;
}

/* Feeds all but one. */
static inline void replay_feed_all_but(Replay *replay, guint left_out) {
  for (guint i = 0; i < replay_count(replay); i++)
    if (i != left_out) replay_feed(replay, i);
}

static inline void replay_feed_all(Replay *replay) {
  replay_feed_all_but(replay, G_MAXUINT);
}

static inline void replay_finish(Replay *replay) {
  asv_quic_finish(replay->quic, &replay->at);
  g_assert_cmpuint(replay->connections, ==, 0);
  g_assert_cmpuint(replay->streams_open, ==, 0);
}

static inline void replay_free(Replay *replay) {
  asv_quic_free(replay->quic);
  asv_tls_context_free(replay->context);
  asv_keys_free(replay->keys);
  g_hash_table_destroy(replay->streams);
  g_string_free(replay->told, TRUE);
  g_array_unref(replay->datagrams);
  g_free(replay->octets);
  g_free(replay);
}

/* All of name, fed in order. */
static inline Replay *replay_whole(const char *name) {
  Replay *replay = replay_new(name, TRUE);
  replay_feed_all(replay);
  replay_finish(replay);
  return replay;
}

static inline GByteArray *replay_octets(const Replay *replay, const char *name) {
  return g_hash_table_lookup(replay->streams, name);
}

/* Asserts that b has every stream of a with the same octets, and no other. */
static inline void replay_assert_same_streams(const Replay *a, const Replay *b) {
  GHashTableIter iterator;
  gpointer name, octets;
  g_hash_table_iter_init(&iterator, a->streams);
  while (g_hash_table_iter_next(&iterator, &name, &octets)) {
    const GByteArray *one = octets, *other = replay_octets(b, name);
    if (!other) g_error("no stream %s; told:\n%s", (char *)name, b->told->str);
    g_assert_true(asv_span_equal(asv_span(one->data, one->len), asv_span(other->data, other->len)));
  }
  g_assert_cmpuint(g_hash_table_size(a->streams), ==, g_hash_table_size(b->streams));
}

#endif
