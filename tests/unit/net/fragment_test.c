/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IPv4 and IPv6 fragments: any order, overlaps, loss, limits. */
#include "wire.h"

enum { PIECE = 16, MORE = 0x2000 };

static const WireSegment segment = {0, 1, 1, WIRE_ACK,
                                    "a segment that needs several fragments to travel"};
static const char expected[] =
    "0 open\n0.0 a segment that needs several fragments to travel\n0.0 end capture\n0.1 end "
    "capture\n0 released capture";

/* The part of body from `from` on as an IPv4 or IPv6 fragment. */
static GByteArray *part(const GByteArray *body, guint from, gboolean version_6) {
  guint size = MIN(PIECE, body->len - from);
  gboolean more = from + size < body->len;
  GByteArray *piece = g_byte_array_new();
  if (version_6) {
    wire_put(piece, 0x0600, 2);
    wire_put(piece, from | (more ? 1u : 0u), 2);
    wire_put(piece, 99, 4);
  }
  wire_add(piece, body->data + from, size);
  guint16 field = (guint16)(from / 8 | (more ? MORE : 0u));
  return version_6 ? wire_ipv6(44, piece) : wire_ipv4(6, 0, field, piece);
}

typedef void (*Feed)(WireRecord *record, const GByteArray *body, gboolean version_6);

static void feed_forward(WireRecord *record, const GByteArray *body, gboolean version_6) {
  for (guint at = 0; at < body->len; at += PIECE) {
    wire_take(record, WIRE_RAW, part(body, at, version_6));
  }
}

static void feed_reverse(WireRecord *record, const GByteArray *body, gboolean version_6) {
  for (guint at = (body->len - 1) / PIECE * PIECE + PIECE; at > 0; at -= PIECE) {
    wire_take(record, WIRE_RAW, part(body, at - PIECE, version_6));
  }
}

static void feed_repeated(WireRecord *record, const GByteArray *body, gboolean version_6) {
  for (guint at = 0; at < body->len; at += PIECE) {
    wire_take(record, WIRE_RAW, part(body, at, version_6));
    if (at + PIECE < body->len) wire_take(record, WIRE_RAW, part(body, at, version_6));
  }
}

/* Other octets for a place that is filled already change nothing. */
static void feed_conflicting(WireRecord *record, const GByteArray *body, gboolean version_6) {
  wire_take(record, WIRE_RAW, part(body, PIECE, version_6));
  GByteArray *other = g_byte_array_new();
  wire_add(other, body->data, body->len);
  memset(other->data + PIECE, '?', PIECE);
  wire_take(record, WIRE_RAW, part(other, PIECE, version_6));
  g_byte_array_free(other, TRUE);
  feed_forward(record, body, version_6);
}

static void test_order(gconstpointer data) {
  static const Feed feeds[] = {feed_forward, feed_reverse, feed_repeated, feed_conflicting};
  Feed feed = feeds[GPOINTER_TO_UINT(data)];
  for (int version_6 = 0; version_6 < 2; version_6++) {
    WireRecord *record = wire_record_new();
    GByteArray *body = wire_tcp(&segment);
    feed(record, body, version_6);
    g_byte_array_free(body, TRUE);
    g_assert_cmpuint(asv_net_counters(record->net)->malformed, ==, 0);
    g_autofree char *log = wire_record_finish(record);
    g_assert_cmpstr(log, ==, expected);
  }
}

/* A packet that never becomes whole is counted: after its time, or at the end. */
static void test_lost(void) {
  WireRecord *record = wire_record_new();
  GByteArray *body = wire_tcp(&segment);
  wire_take(record, WIRE_RAW, part(body, 0, FALSE));
  wire_take(record, WIRE_RAW, part(body, 2 * PIECE, FALSE));
  g_assert_cmpuint(asv_net_counters(record->net)->fragments_lost, ==, 0);
  record->at.time += ASV_NET_DATAGRAM_TIME;
  wire_take(record, WIRE_RAW, part(body, PIECE, TRUE));
  g_assert_cmpuint(asv_net_counters(record->net)->fragments_lost, ==, 1);
  asv_net_finish(record->net, &record->at);
  g_assert_cmpuint(asv_net_counters(record->net)->fragments_lost, ==, 2);
  g_byte_array_free(body, TRUE);
  g_autofree char *log = wire_record_finish(record);
  g_assert_cmpstr(log, ==, "");
}

/* A fragment cut by the snap length leaves its packet incomplete. */
static void test_cut(void) {
  WireRecord *record = wire_record_new();
  GByteArray *body = wire_tcp(&segment);
  GByteArray *first = part(body, 0, FALSE);
  wire_feed(record, WIRE_RAW, asv_span(first->data, first->len - 5), first->len);
  g_byte_array_free(first, TRUE);
  for (guint at = PIECE; at < body->len; at += PIECE) {
    wire_take(record, WIRE_RAW, part(body, at, FALSE));
  }
  g_byte_array_free(body, TRUE);
  g_autofree char *log = wire_record_finish(record);
  g_assert_cmpstr(log, ==, "");
}

static guint64 malformed_after(const char *octets, guint16 field) {
  WireRecord *record = wire_record_new();
  GByteArray *body = g_byte_array_new();
  wire_add(body, octets, strlen(octets));
  wire_take(record, WIRE_RAW, wire_ipv4(6, 0, field, body));
  guint64 count = asv_net_counters(record->net)->malformed;
  g_free(wire_record_finish(record));
  return count;
}

static void test_impossible(void) {
  g_assert_cmpuint(malformed_after("12345678", MORE), ==, 0);
  g_assert_cmpuint(malformed_after("1234567", MORE), ==, 1); /* not a multiple of eight */
  g_assert_cmpuint(malformed_after("", MORE), ==, 1);
  g_assert_cmpuint(malformed_after("12345678", 0x1fff), ==, 0);
  g_assert_cmpuint(malformed_after("123456789", 0x1fff), ==, 1); /* beyond 64 KiB */
}

/* An end before octets that are there already. */
static void test_end_twice(void) {
  WireRecord *record = wire_record_new();
  GByteArray *body = wire_tcp(&segment);
  wire_take(record, WIRE_RAW, part(body, 2 * PIECE, FALSE));
  GByteArray *end = g_byte_array_new();
  wire_add(end, body->data, PIECE);
  wire_take(record, WIRE_RAW, wire_ipv4(6, 0, PIECE / 8, end));
  g_assert_cmpuint(asv_net_counters(record->net)->malformed, ==, 1);
  g_byte_array_free(body, TRUE);
  g_free(wire_record_finish(record));
}

/* No more packets wait than the limit says: the oldest goes. */
static void test_limit(void) {
  enum { EXTRA = 10 };
  WireRecord *record = wire_record_new();
  for (guint i = 0; i < ASV_NET_DATAGRAMS + EXTRA; i++) {
    GByteArray *body = asv_test_hex("0102030405060708");
    GByteArray *packet = wire_ipv4(6, 0, MORE, body);
    packet->data[4] = (guint8)(i >> 8);
    packet->data[5] = (guint8)i;
    record->at.time -= ASV_SECOND / 1000;
    wire_take(record, WIRE_RAW, packet);
  }
  g_assert_cmpuint(asv_net_counters(record->net)->fragments_lost, ==, EXTRA);
  g_free(wire_record_finish(record));
}

/* Fragment headers behind one another do not exhaust the stack. */
static void test_nested_headers(void) {
  GByteArray *body = g_byte_array_new();
  for (guint i = 0; i < 8000; i++) wire_put(body, G_GUINT64_CONSTANT(0x2c00000000000001), 8);
  WireRecord *record = wire_record_new();
  wire_take(record, WIRE_RAW, wire_ipv6(44, body));
  g_assert_cmpuint(asv_net_counters(record->net)->malformed, ==, 1);
  g_free(wire_record_finish(record));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  static const char *const names[] = {"forward", "reverse", "repeated", "conflicting"};
  for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
    g_autofree char *path = g_strconcat("/net/fragment/", names[i], NULL);
    g_test_add_data_func(path, GUINT_TO_POINTER(i), test_order);
  }
  g_test_add_func("/net/fragment/lost", test_lost);
  g_test_add_func("/net/fragment/cut", test_cut);
  g_test_add_func("/net/fragment/impossible", test_impossible);
  g_test_add_func("/net/fragment/end-twice", test_end_twice);
  g_test_add_func("/net/fragment/limit", test_limit);
  g_test_add_func("/net/fragment/nested-headers", test_nested_headers);
  return g_test_run();
}
