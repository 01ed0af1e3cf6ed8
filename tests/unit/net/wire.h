/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the tests of analyzer/net share: packets built layer by layer, and a
 * consumer that writes down what it is told, runs of octets joined.
 */
#ifndef TESTS_UNIT_NET_WIRE_H
#define TESTS_UNIT_NET_WIRE_H

#include "analyzer/net/net.h"
#include "tests/support/feed.h"

enum { WIRE_FIN = 1, WIRE_SYN = 2, WIRE_RST = 4, WIRE_ACK = 16 };
enum { WIRE_RAW = 101, WIRE_ETHERNET = 1 };

static inline void wire_put(GByteArray *to, guint64 value, guint octets) {
  for (guint i = octets; i-- > 0;) {
    guint8 octet = (guint8)(value >> 8 * i);
    g_byte_array_append(to, &octet, 1);
  }
}

static inline void wire_add(GByteArray *to, const void *data, gsize size) {
  g_byte_array_append(to, data, (guint)size);
}

/* Octets of hexadecimal text before those of body, which is freed. */
static inline GByteArray *wire_wrap(const char *hex, GByteArray *body) {
  GByteArray *whole = asv_test_hex(hex);
  wire_add(whole, body->data, body->len);
  g_byte_array_free(body, TRUE);
  return whole;
}

typedef struct {
  int from; /* 0: 10.0.0.1 port 1000, 1: 10.0.0.2 port 443 */
  guint32 sequence, acknowledgement;
  guint flags;
  const char *data; /* text, or NULL */
} WireSegment;

static inline GByteArray *wire_tcp(const WireSegment *segment) {
  GByteArray *packet = g_byte_array_new();
  wire_put(packet, segment->from ? 443 : 1000, 2);
  wire_put(packet, segment->from ? 1000 : 443, 2);
  wire_put(packet, segment->sequence, 4);
  wire_put(packet, segment->acknowledgement, 4);
  wire_put(packet, 0x5000 | segment->flags, 2);
  wire_put(packet, 0x0400, 2);
  wire_put(packet, 0, 4);
  if (segment->data) wire_add(packet, segment->data, strlen(segment->data));
  return packet;
}

/* An IPv4 packet around body, which is freed; fragment is the field of flags and offset. */
static inline GByteArray *wire_ipv4(guint8 protocol, int from, guint16 fragment, GByteArray *body) {
  GByteArray *packet = g_byte_array_new();
  wire_put(packet, 0x4500, 2);
  wire_put(packet, 20 + body->len, 2);
  wire_put(packet, 7, 2);
  wire_put(packet, fragment, 2);
  wire_put(packet, 64, 1);
  wire_put(packet, protocol, 1);
  wire_put(packet, 0, 2);
  wire_put(packet, from ? 0x0a000002 : 0x0a000001, 4);
  wire_put(packet, from ? 0x0a000001 : 0x0a000002, 4);
  wire_add(packet, body->data, body->len);
  g_byte_array_free(body, TRUE);
  return packet;
}

/* An IPv6 packet from 2001:db8::1 to 2001:db8::2 around body, which is freed. */
static inline GByteArray *wire_ipv6(guint8 next, GByteArray *body) {
  GByteArray *packet = g_byte_array_new();
  wire_put(packet, 0x60000000, 4);
  wire_put(packet, body->len, 2);
  wire_put(packet, next, 1);
  wire_put(packet, 64, 1);
  for (guint end = 1; end <= 2; end++) {
    wire_put(packet, G_GUINT64_CONSTANT(0x20010db800000000), 8);
    wire_put(packet, end, 8);
  }
  wire_add(packet, body->data, body->len);
  g_byte_array_free(body, TRUE);
  return packet;
}

static inline GByteArray *wire_udp(guint16 port, GByteArray *body) {
  GByteArray *packet = g_byte_array_new();
  wire_put(packet, 50000, 2);
  wire_put(packet, port, 2);
  wire_put(packet, 8 + body->len, 2);
  wire_put(packet, 0, 2);
  wire_add(packet, body->data, body->len);
  g_byte_array_free(body, TRUE);
  return packet;
}

typedef struct WireRecord WireRecord;

/* Wire consumer's connection. */
typedef struct {
  WireRecord *record;
  const AsvFlow *flow;
  struct {
    gpointer connection;
    int end;
    guint64 octets; /* delivered, lost or waived */
  } ends[2];
} WireConnection;

struct WireRecord {
  AsvNet *net;
  AsvPacketRef at;
  GString *log;
  const AsvFlow *joined; /* the run of octets that ends the log is this connection's, */
  int joined_end;        /* this end's */
  guint64 octets, lost;
  guint open, opened;
  AsvFlow released;    /* the last that was */
  gboolean quiet;      /* counts only */
  guint64 waive_after; /* once this many octets of end 1 came, */
  guint64 waive;       /* this many are waived, once */
};

static const char *const wire_end_names[] = {"fin", "reset", "idle", "reused", "capture"};

G_GNUC_PRINTF(2, 3)
static inline void wire_note(WireRecord *record, const char *format, ...) {
  record->joined = NULL;
  if (record->quiet) return;
  if (record->log->len) g_string_append_c(record->log, '\n');
  va_list arguments;
  va_start(arguments, format);
  g_string_append_vprintf(record->log, format, arguments);
  va_end(arguments);
}

/* A stream's self is its slot in ends; this finds the connection around it. */
static inline WireConnection *wire_connection(void *self, int *end) {
  WireConnection *connection = *(gpointer *)self;
  *end = self == (void *)&connection->ends[1];
  return connection;
}

static inline guint64 wire_waiver(WireConnection *connection, int end, guint64 n) {
  WireRecord *record = connection->record;
  connection->ends[end].octets += n;
  if (end != 1 || !record->waive || connection->ends[end].octets < record->waive_after) return 0;
  guint64 waive = record->waive;
  record->waive = 0;
  return waive;
}

static inline guint64 wire_bytes(void *self, const AsvPacketRef *at, AsvSpan data) {
  int end;
  WireConnection *connection = wire_connection(self, &end);
  WireRecord *record = connection->record;
  g_assert_cmpuint(at->order, ==, record->at.order);
  g_assert_cmpuint(data.size, >, 0);
  record->octets += data.size;
  if (record->joined != connection->flow || record->joined_end != end) {
    wire_note(record, "%u.%d ", connection->flow->number, end);
  }
  if (!record->quiet) g_string_append_len(record->log, (const char *)data.data, (gssize)data.size);
  record->joined = connection->flow;
  record->joined_end = end;
  return wire_waiver(connection, end, data.size);
}

static inline guint64 wire_gap(void *self, const AsvPacketRef *at, guint64 n) {
  int end;
  WireConnection *connection = wire_connection(self, &end);
  g_assert_cmpuint(at->order, ==, connection->record->at.order);
  g_assert_cmpuint(n, >, 0);
  connection->record->lost += n;
  wire_note(connection->record, "%u.%d gap %" G_GUINT64_FORMAT, connection->flow->number, end, n);
  return wire_waiver(connection, end, n);
}

static inline void wire_end(void *self, const AsvPacketRef *at, AsvEnd why) {
  (void)at;
  int end;
  WireConnection *connection = wire_connection(self, &end);
  wire_note(connection->record, "%u.%d end %s", connection->flow->number, end, wire_end_names[why]);
}

static inline void *wire_opened(void *self, const AsvFlow *flow, AsvSink sinks[2]) {
  WireRecord *record = self;
  WireConnection *connection = g_new0(WireConnection, 1);
  connection->record = record;
  connection->flow = flow;
  for (int i = 0; i < 2; i++) {
    connection->ends[i].connection = connection;
    sinks[i] = (AsvSink){&connection->ends[i], wire_bytes, wire_gap, wire_end};
  }
  record->open++;
  record->opened++;
  wire_note(record, "%u open", flow->number);
  return connection;
}

static inline void wire_closing(void *self, void *connection, const AsvPacketRef *at, int by,
                                AsvEnd why) {
  (void)at;
  WireConnection *closing = connection;
  wire_note(self, "%u closing %d %s", closing->flow->number, by, wire_end_names[why]);
}

static inline void wire_released(void *self, void *connection, const AsvPacketRef *at, AsvEnd why) {
  (void)at;
  WireRecord *record = self;
  WireConnection *released = connection;
  wire_note(record, "%u released %s", released->flow->number, wire_end_names[why]);
  record->open--;
  record->released = *released->flow;
  g_free(released);
}

static inline void wire_datagram(void *self, const AsvPacketRef *at, const AsvUdp *udp) {
  char source[ASV_ENDPOINT_TEXT], destination[ASV_ENDPOINT_TEXT];
  g_assert_cmpuint(at->order, ==, ((WireRecord *)self)->at.order);
  asv_endpoint_text(&udp->source, source);
  asv_endpoint_text(&udp->destination, destination);
  wire_note(self, "udp %u %s > %s, %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT "%s: %.*s", udp->number,
            source, destination, udp->data.size, udp->wire, udp->wanted ? "" : " unwanted",
            (int)udp->data.size, (const char *)udp->data.data);
}

static inline void wire_note_icmp(WireRecord *record, const char *about, const AsvIcmp *icmp) {
  char from[ASV_ENDPOINT_TEXT];
  asv_address_text(&icmp->from, from);
  wire_note(record, "%s %s%s %u from %s", about, icmp->what ? icmp->what : "-",
            icmp->too_big ? " too big" : "", icmp->mtu, from);
}

static inline void wire_trouble(void *self, void *connection, const AsvPacketRef *at,
                                const AsvNetTrouble *trouble) {
  static const char *const kinds[] = {"no-answer", "refused", "stalled", "icmp"};
  char about[32];
  g_assert_cmpuint(at->order, ==, ((WireRecord *)self)->at.order);
  g_snprintf(about, sizeof about, "%u %s %d", ((WireConnection *)connection)->flow->number,
             kinds[trouble->kind], trouble->end);
  if (trouble->icmp)
    wire_note_icmp(self, about, trouble->icmp);
  else
    wire_note(self, "%s", about);
}

static inline void wire_icmp(void *self, const AsvPacketRef *at, const AsvUdp *quoted,
                             const AsvIcmp *icmp) {
  char about[32];
  (void)at;
  g_snprintf(about, sizeof about, "udp %u icmp", quoted->number);
  wire_note_icmp(self, about, icmp);
}

static inline WireRecord *wire_record_new(void) {
  WireRecord *record = g_new0(WireRecord, 1);
  AsvNetEvents events = {.self = record,
                         .opened = wire_opened,
                         .closing = wire_closing,
                         .released = wire_released,
                         .datagram = wire_datagram,
                         .trouble = wire_trouble,
                         .icmp = wire_icmp};
  record->net = asv_net_new(&events);
  record->log = g_string_new(NULL);
  return record;
}

/* Ends the capture and returns the log, to be freed. */
static inline char *wire_record_finish(WireRecord *record) {
  asv_net_finish(record->net, &record->at);
  g_assert_cmpuint(record->open, ==, 0);
  asv_net_free(record->net);
  char *log = g_string_free(record->log, FALSE);
  g_free(record);
  return log;
}

/* The next packet, a millisecond after the one before. */
static inline void wire_feed(WireRecord *record, int linktype, AsvSpan data, gsize wire_length) {
  record->at.order++;
  record->at.packet++;
  record->at.time += ASV_SECOND / 1000;
  asv_net_packet(record->net, &record->at, linktype, data, (guint32)wire_length, TRUE);
}

/* The next packet, which is freed. */
static inline void wire_take(WireRecord *record, int linktype, GByteArray *packet) {
  wire_feed(record, linktype, asv_span(packet->data, packet->len), packet->len);
  g_byte_array_free(packet, TRUE);
}

static inline void wire_segment(WireRecord *record, const WireSegment *segment) {
  wire_take(record, WIRE_RAW, wire_ipv4(6, segment->from, 0, wire_tcp(segment)));
}

#endif
