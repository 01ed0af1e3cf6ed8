/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any packets in any order. Input: for each packet an octet that picks the
 * link type, one of flags (1: unwanted, 2: a long time passes, 4: cut), two of
 * length, then its octets. The consumer waives by what it reads.
 */
#include "analyzer/net/net.h"

typedef struct {
  gpointer sinks[2];
  int ended[2];
} Connection;

static int end_of(gpointer *slot) {
  Connection *connection = *slot;
  return slot == &connection->sinks[1];
}

static guint64 take_bytes(void *self, const AsvPacketRef *at, AsvSpan data) {
  (void)at;
  Connection *connection = *(gpointer *)self;
  g_assert_true(data.size > 0 && !connection->ended[end_of(self)]);
  if (data.data[0] == 0xff) return ASV_WAIVE_ALL;
  return data.data[data.size - 1] & 1 ? data.data[0] * 1000u : 0;
}

static guint64 take_gap(void *self, const AsvPacketRef *at, guint64 n) {
  (void)at;
  Connection *connection = *(gpointer *)self;
  g_assert_true(n > 0 && !connection->ended[end_of(self)]);
  return n & 1 ? n : 0;
}

static void take_end(void *self, const AsvPacketRef *at, AsvEnd why) {
  (void)at;
  (void)why;
  Connection *connection = *(gpointer *)self;
  g_assert_true(connection->ended[end_of(self)]++ == 0);
}

static void *opened(void *self, const AsvFlow *flow, AsvSink sinks[2]) {
  (void)self;
  char text[ASV_ENDPOINT_TEXT];
  asv_endpoint_text(&flow->ends[0], text);
  Connection *connection = g_new0(Connection, 1);
  for (int i = 0; i < 2; i++) {
    connection->sinks[i] = connection;
    sinks[i] = (AsvSink){&connection->sinks[i], take_bytes, take_gap, take_end};
  }
  return connection;
}

static void closing(void *self, void *connection, const AsvPacketRef *at, int by, AsvEnd why) {
  (void)self;
  (void)connection;
  (void)at;
  (void)why;
  g_assert_true(by == 0 || by == 1);
}

static void released(void *self, void *connection, const AsvPacketRef *at, AsvEnd why) {
  (void)self;
  (void)at;
  (void)why;
  Connection *gone = connection;
  g_assert_true(gone->ended[0] == 1 && gone->ended[1] == 1);
  g_free(gone);
}

static void datagram(void *self, const AsvPacketRef *at, const AsvUdp *udp) {
  (void)self;
  (void)at;
  g_assert_cmpuint(udp->wire, >=, udp->data.size);
  volatile guint8 sum = 0;
  for (gsize i = 0; i < udp->data.size; i++) sum = (guint8)(sum + udp->data.data[i]);
}

static void look(const AsvIcmp *said) {
  g_assert(!said->what || strlen(said->what));
  g_assert(said->from.size == 4 || said->from.size == 16);
}

static void trouble(void *self, void *connection, const AsvPacketRef *at,
                    const AsvNetTrouble *seen) {
  (void)self;
  (void)at;
  g_assert(connection && (seen->end == 0 || seen->end == 1));
  g_assert((seen->kind == ASV_NET_ICMP) == (seen->icmp != NULL));
  if (seen->icmp) look(seen->icmp);
}

static void icmp(void *self, const AsvPacketRef *at, const AsvUdp *quoted, const AsvIcmp *said) {
  (void)self;
  (void)at;
  g_assert(quoted->data.size <= quoted->wire);
  look(said);
}

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size) {
  static const int linktypes[] = {1, 101, 0, 9, 50, 51, 105, 113, 127, 192, 252, 276, 147};
  enum { UNWANTED = 1, LATE = 2, CUT = 4 };
  AsvNetEvents events = {.opened = opened,
                         .closing = closing,
                         .released = released,
                         .datagram = datagram,
                         .trouble = trouble,
                         .icmp = icmp};
  AsvNet *net = asv_net_new(&events);
  AsvPacketRef at = {0};
  AsvReader reader = asv_reader(asv_span(data, size));
  while (asv_reader_left(&reader) >= 4) {
    int linktype = linktypes[asv_read_u8(&reader) % G_N_ELEMENTS(linktypes)];
    guint8 flags = asv_read_u8(&reader);
    gsize length = asv_read_u16(&reader);
    AsvSpan packet = asv_read_span(&reader, MIN(length, asv_reader_left(&reader)));
    at.order++;
    at.packet++;
    at.time += flags & LATE ? 31 * ASV_SECOND : ASV_SECOND / 100;
    guint32 wire = (guint32)packet.size + (flags & CUT ? 300u : 0u);
    /* A copy of exactly this size, so that one octet too far is found. */
    g_autofree guint8 *copy = g_memdup2(packet.data, packet.size);
    asv_net_packet(net, &at, linktype, asv_span(copy, packet.size), wire, !(flags & UNWANTED));
  }
  asv_net_finish(net, &at);
  asv_net_free(net);
  return 0;
}
