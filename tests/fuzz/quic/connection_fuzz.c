/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Datagrams of any octets. The input is a run of pieces: one octet says who
 * sends it between which endpoints, and whether time passes or it is cut, two
 * how many octets follow. The secrets of the seeds' connections are known.
 */
#include "analyzer/quic/quic.h"

static void on_trouble(void *connection, const AsvPacketRef *at, const AsvQuicTrouble *trouble) {
  (void)at;
  g_assert(connection && trouble->kind <= ASV_QUIC_STALLED);
  g_assert(trouble->versions.size == 0 || trouble->kind == ASV_QUIC_OTHER_VERSIONS);
}

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

typedef struct {
  guint connections, streams;
} Seen;

typedef struct {
  Seen *seen;
  gboolean handshake, closing;
} Connection;

static void *on_opened(void *self, const AsvQuicFlow *flow) {
  (void)flow;
  Connection *connection = g_new0(Connection, 1);
  connection->seen = self;
  connection->seen->connections++;
  return connection;
}

static void on_handshake(void *self, const AsvPacketRef *at, const AsvTlsHandshake *handshake) {
  Connection *connection = self;
  (void)at, (void)handshake;
  g_assert(!connection->handshake);
  connection->handshake = TRUE;
}

static guint64 on_bytes(void *self, const AsvPacketRef *at, AsvSpan bytes) {
  (void)self, (void)at;
  g_assert(bytes.size > 0);
  return bytes.data[0] > 200 ? bytes.data[0] * 16u : 0;
}

static guint64 on_gap(void *self, const AsvPacketRef *at, guint64 n) {
  (void)self, (void)at;
  g_assert(n > 0);
  return 0;
}

static void on_end(void *self, const AsvPacketRef *at, AsvEnd why) {
  (void)at, (void)why;
  ((Seen *)self)->streams--;
}

static gboolean on_stream(void *self, const AsvPacketRef *at, AsvSide from, guint64 id,
                          AsvSink *sink) {
  Connection *connection = self;
  (void)at, (void)from;
  g_assert(connection->handshake);
  if (id % 5 == 4) return FALSE;
  connection->seen->streams++;
  *sink = (AsvSink){connection->seen, on_bytes, on_gap, on_end};
  return TRUE;
}

static void on_ahead(void *self, AsvSide from, guint64 id, guint64 n) {
  (void)self;
  g_assert(n > 0 && (id & 2) && (id & 1) == (guint64)from);
}

static void on_migrated(void *self, const AsvPacketRef *at, const AsvEndpoint *client) {
  (void)self, (void)at, (void)client;
}

static void on_unreadable(void *self, const AsvPacketRef *at, AsvSide from, AsvTlsUnreadable reason,
                          guint64 bytes) {
  (void)self, (void)at, (void)from, (void)reason;
  g_assert(bytes > 0 || reason == ASV_TLS_BYTES_LOST);
}

static void on_closing(void *self, const AsvPacketRef *at, AsvSide by, const AsvQuicClose *close) {
  Connection *connection = self;
  (void)at, (void)by, (void)close;
  g_assert(!connection->closing);
  connection->closing = TRUE;
}

static void on_waits(void *self, const AsvPacketRef *since) {
  (void)self, (void)since;
}

static void on_released(void *self, const AsvPacketRef *at, AsvEnd why) {
  Connection *connection = self;
  (void)at, (void)why;
  connection->seen->connections--;
  g_free(connection);
}

static const char SECRETS[] =
    "SERVER_HANDSHAKE_TRAFFIC_SECRET "
    "016d9f7aa948ed6213e6b30c94ee3935a2250c23927396886d7e9ea38f2b8eef "
    "99b7caa7c52715b6b271136f77e1a866c2d77323888b30a795c6c56402f9859d"
    "bc4a017717fe340662bfbb86522ccab2\n"
    "CLIENT_HANDSHAKE_TRAFFIC_SECRET "
    "016d9f7aa948ed6213e6b30c94ee3935a2250c23927396886d7e9ea38f2b8eef "
    "45216b49b2dabd2ec844fab1bf737e0f4b8342aa3d0ff0a8b27353e905b1bd68"
    "6d9b9421bcb67035fec525ef08a110d8\n"
    "SERVER_TRAFFIC_SECRET_0 "
    "016d9f7aa948ed6213e6b30c94ee3935a2250c23927396886d7e9ea38f2b8eef "
    "332a0a6e6c8388438df8c1439b04b6a649c52c0077bccb16f010c4d1deb4d4f5"
    "6a53ac150c214fe0ba74b6f2e2f870d6\n"
    "CLIENT_TRAFFIC_SECRET_0 "
    "016d9f7aa948ed6213e6b30c94ee3935a2250c23927396886d7e9ea38f2b8eef "
    "9f33e41f497e8b046f0da59affbdf0c485bef322e3065a3c840240ba9f90feef"
    "31423eca7b2ab2c51ed4463ae96e9849\n"
    "SERVER_HANDSHAKE_TRAFFIC_SECRET "
    "906c6a9bcb1eb69d9ad68b587a23d8810fccb8a3aa73ca3b20a8f41ce6327518 "
    "f378a36128a162fac913786b88b43c6ec43ace5fc9014722a878ea37530b5340"
    "362395b12a0ef9e59d414c14dd7adb6b\n"
    "CLIENT_HANDSHAKE_TRAFFIC_SECRET "
    "906c6a9bcb1eb69d9ad68b587a23d8810fccb8a3aa73ca3b20a8f41ce6327518 "
    "ecb5f4aa271f244f12688e371360b43431a449bcfcd00b73d9cd1fab9bcad6db"
    "02c0963a86448aaecdce067ce3838af3\n"
    "SERVER_TRAFFIC_SECRET_0 "
    "906c6a9bcb1eb69d9ad68b587a23d8810fccb8a3aa73ca3b20a8f41ce6327518 "
    "46566dc8cbd68c7e7b3f8f72874ee0b969d28c96ce928e14b0e4c8fadd04a7dc"
    "b52b050c0ab22e51e1f8f5071ccf0d1e\n"
    "CLIENT_TRAFFIC_SECRET_0 "
    "906c6a9bcb1eb69d9ad68b587a23d8810fccb8a3aa73ca3b20a8f41ce6327518 "
    "32e8e61aa11a755fb440edc22816067b3818be881efc77d6867a0810195e9b07"
    "aed20f06764b84deb60674222a7415c7\n"
    "SERVER_HANDSHAKE_TRAFFIC_SECRET "
    "2ca144468a62885a17a3dd8622f03a25ea65b7eb3f37343751716f98d59a8b23 "
    "1fc04382242cb8b895f01c8115eec3ee807463442493491c8fffcbb544ff4b2a"
    "b4ed94244e32797ce7ddcfd43144b6cf\n"
    "CLIENT_HANDSHAKE_TRAFFIC_SECRET "
    "2ca144468a62885a17a3dd8622f03a25ea65b7eb3f37343751716f98d59a8b23 "
    "3add223f36c6a58b6030dcb32a2f0ed8c180dc698e8c5ff8084e7ac51ff7c4c1"
    "d9d34d0484b11f459d0bc409dd1231f6\n"
    "SERVER_TRAFFIC_SECRET_0 "
    "2ca144468a62885a17a3dd8622f03a25ea65b7eb3f37343751716f98d59a8b23 "
    "148af154d0003db69f1486b1e65a7fd3c1be2d2787c01ed61d2c22a07cb0766e"
    "05b97c1f6887ec6572cd9187937e9f87\n"
    "CLIENT_TRAFFIC_SECRET_0 "
    "2ca144468a62885a17a3dd8622f03a25ea65b7eb3f37343751716f98d59a8b23 "
    "ed25f6a5d3defddcaadcd03885548b8ddfc65faa09f19cf427659bf255ab9cf4"
    "c75c118d5f42a4e8dd533a293fe108e5\n"
    "SERVER_HANDSHAKE_TRAFFIC_SECRET "
    "28a2b6adc77b8ed45fe378324492a4bcaad0ad441579dbab2ca56ba5fc5cfea6 "
    "40ade9d00124b6f2c04bda76b397e02c58fc35676c58a9dc679ec53040b74974"
    "dbc0cf0a277e7140b8b148c7e774b554\n"
    "CLIENT_HANDSHAKE_TRAFFIC_SECRET "
    "28a2b6adc77b8ed45fe378324492a4bcaad0ad441579dbab2ca56ba5fc5cfea6 "
    "6e3e05936b1065ab375511b72b3375bf0c384c4df859da4755e44d1013c21565"
    "e4d92cc08c6e20bb19b4dd152a95ca05\n"
    "SERVER_TRAFFIC_SECRET_0 "
    "28a2b6adc77b8ed45fe378324492a4bcaad0ad441579dbab2ca56ba5fc5cfea6 "
    "380629044b9a414bd1ca2dc9c18a04e8c03a0015abd817d4c46a3b1cf6fa2842"
    "f0bb93c5cb6cc08b6abadd09872701cc\n"
    "CLIENT_TRAFFIC_SECRET_0 "
    "28a2b6adc77b8ed45fe378324492a4bcaad0ad441579dbab2ca56ba5fc5cfea6 "
    "c409b0b2fb4f4642399089ef8c3e559d3fb2eb35ac425ff9d53e1c604e4654a0"
    "0aea9deef7030465f4c70e17665ce604\n";

static void give(AsvQuic *quic, AsvPacketRef *at, guint8 head, AsvSpan data) {
  AsvEndpoint ends[2] = {{{4, {10, 0, 0, 1}}, 50000}, {{4, {10, 0, 0, 2}}, 443}};
  ends[0].port = (guint16)(ends[0].port + (head >> 1 & 3));
  AsvUdp udp = {.source = ends[head & 1],
                .destination = ends[!(head & 1)],
                .data = data,
                .wire = data.size + (head & 8 ? 100 : 0),
                .wanted = !(head & 16)};
  at->packet++;
  at->order++;
  at->time += head & 32 ? ASV_SECOND : ASV_SECOND / 1000;
  asv_quic_datagram(quic, at, &udp);
}

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size) {
  Seen seen = {0, 0};
  AsvPacketRef at = {.packet = 0};
  AsvKeys *keys = asv_keys_new();
  asv_keys_load(keys, asv_span_text(SECRETS));
  AsvTlsContext *context = asv_tls_context_new(keys);
  AsvQuicEvents events = {.self = &seen,
                          .opened = on_opened,
                          .handshake = on_handshake,
                          .stream = on_stream,
                          .ahead = on_ahead,
                          .migrated = on_migrated,
                          .unreadable = on_unreadable,
                          .closing = on_closing,
                          .waits = on_waits,
                          .released = on_released,
                          .trouble = on_trouble};
  AsvQuic *quic = asv_quic_new(context, &events);
  AsvReader reader = asv_reader(asv_span(data, size));
  while (asv_reader_left(&reader)) {
    guint8 head = asv_read_u8(&reader);
    gsize wanted = asv_read_u16(&reader);
    give(quic, &at, head, asv_read_span(&reader, MIN(wanted, asv_reader_left(&reader))));
  }
  asv_quic_finish(quic, &at);
  g_assert(seen.connections == 0 && seen.streams == 0);
  asv_quic_free(quic);
  asv_tls_context_free(context);
  asv_keys_free(keys);
  return 0;
}
