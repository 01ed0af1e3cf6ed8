/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Datagrams cut into packets: every type in every version, padding, cut and glued ones. */
#include "analyzer/quic/packet.h"

#include "tests/support/feed.h"
#include "vectors.h"

static AsvSpan span_of(const GByteArray *bytes) {
  return asv_span(bytes->data, bytes->len);
}

/* RFC 9000 §A.1 */
static void test_varint(void) {
  static const struct {
    const char *hex;
    guint64 value;
  } examples[] = {{"c2197c5eff14e88c", G_GUINT64_CONSTANT(151288809941952652)},
                  {"9d7f3e7d", 494878333},
                  {"7bbd", 15293},
                  {"25", 37},
                  {"4025", 37}};
  for (gsize i = 0; i < G_N_ELEMENTS(examples); i++) {
    g_autoptr(GByteArray) octets = asv_test_hex(examples[i].hex);
    for (gsize size = 0; size <= octets->len; size++) {
      AsvReader reader = asv_reader(asv_span(octets->data, size));
      g_assert_cmpuint(asv_read_varint(&reader), ==, size < octets->len ? 0 : examples[i].value);
      g_assert_cmpint(reader.failed, ==, size < octets->len);
      AsvReader skipper = asv_reader(asv_span(octets->data, size));
      asv_skip_varint(&skipper);
      g_assert_cmpint(skipper.failed, ==, reader.failed);
      g_assert_cmpuint(asv_reader_left(&skipper), ==, 0);
    }
  }
}

static void test_counted(void) {
  static const guint8 octets[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 'x'};
  AsvReader reader = asv_reader(asv_span(octets, sizeof octets));
  g_assert_cmpuint(asv_read_counted(&reader).size, ==, 0);
  g_assert_true(reader.failed);
  reader = asv_reader(asv_span("\3abcd", 5));
  g_assert_true(asv_span_is(asv_read_counted(&reader), "abc"));
  g_assert_false(reader.failed);
}

static void test_versions(void) {
  g_assert_nonnull(asv_quic_version_find(1));
  g_assert_nonnull(asv_quic_version_find(0x6b3343cf));
  for (guint32 draft = 29; draft <= 34; draft++)
    g_assert_nonnull(asv_quic_version_find(0xff000000u | draft));
  g_assert_null(asv_quic_version_find(0xff000000u | 28));
  g_assert_null(asv_quic_version_find(0xff000000u | 35));
  g_assert_null(asv_quic_version_find(0));
  g_assert_null(asv_quic_version_find(0x1a2a3a4a));
}

/* A long header: first octet, version, connection ids "abc" and "de", then what follows. */
static GByteArray *long_packet(guint8 first, guint32 version, const char *rest_hex) {
  GByteArray *out = asv_test_hex("000000000003616263026465");
  out->data[0] = first;
  for (int i = 0; i < 4; i++) out->data[1 + i] = (guint8)(version >> (24 - 8 * i));
  g_autoptr(GByteArray) rest = asv_test_hex(rest_hex);
  g_byte_array_append(out, rest->data, rest->len);
  return out;
}

static void test_types(void) {
  static const struct {
    guint8 first[2]; /* of version 1, of version 2 */
    AsvQuicPacketType type;
    const char *rest;
    gsize token, number_offset;
  } cases[] = {
      {{0xc0, 0xd0}, ASV_QUIC_INITIAL, "03 746f6b 4003 000102", 3, 18},
      {{0xd0, 0xe0}, ASV_QUIC_0RTT, "03 000102", 0, 13},
      {{0xe0, 0xf0}, ASV_QUIC_HANDSHAKE, "80000003 000102", 0, 16},
      {{0xf0, 0xc0}, ASV_QUIC_RETRY, "746f6b 000102030405060708090a0b0c0d0e0f", 3, 0},
  };
  static const guint32 numbers[2] = {1, 0x6b3343cf};
  for (gsize i = 0; i < 2 * G_N_ELEMENTS(cases); i++) {
    gsize version = i % 2;
    g_autoptr(GByteArray) octets =
        long_packet(cases[i / 2].first[version], numbers[version], cases[i / 2].rest);
    AsvSpan datagram = span_of(octets);
    AsvQuicPacket packet;
    g_assert_true(asv_quic_packet_next(&datagram, 0, &packet));
    g_assert_cmpint(packet.type, ==, cases[i / 2].type);
    g_assert_true(packet.version == asv_quic_version_find(numbers[version]));
    g_assert_cmpuint(packet.version_number, ==, numbers[version]);
    g_assert_true(asv_span_is(packet.destination, "abc"));
    g_assert_true(asv_span_is(packet.source, "de"));
    g_assert_cmpuint(packet.token.size, ==, cases[i / 2].token);
    if (packet.token.size) g_assert_true(asv_span_is(packet.token, "tok"));
    g_assert_cmpuint(packet.number_offset, ==, cases[i / 2].number_offset);
    g_assert_true(asv_span_equal(packet.octets, span_of(octets)));
    g_assert_false(asv_quic_packet_next(&datagram, 0, &packet));
  }
}

static void test_other_versions(void) {
  AsvQuicPacket packet;
  g_autoptr(GByteArray) negotiation = long_packet(0x80, 0, "00000001 6b3343cf ff");
  AsvSpan datagram = span_of(negotiation);
  g_assert_true(asv_quic_packet_next(&datagram, 0, &packet));
  g_assert_cmpint(packet.type, ==, ASV_QUIC_VERSION_NEGOTIATION);
  g_assert_cmpuint(packet.versions.size, ==, 8);
  g_assert_cmpuint(datagram.size, ==, 0);
  g_autoptr(GByteArray) other = long_packet(0xc0, 0x1a2a3a4a, "ffff");
  datagram = span_of(other);
  g_assert_true(asv_quic_packet_next(&datagram, 0, &packet));
  g_assert_cmpint(packet.type, ==, ASV_QUIC_OTHER_VERSION);
  g_assert_null(packet.version);
  g_assert_cmpuint(packet.version_number, ==, 0x1a2a3a4a);
  g_assert_cmpuint(packet.octets.size, ==, other->len);
}

/* Connection ids of up to 20 octets in the versions that are read, of up to 255 in others. */
static void test_long_connection_ids(void) {
  for (guint size = 19; size <= 255; size++) {
    for (guint32 version = 1; version <= 2; version++) {
      g_autoptr(GByteArray) octets = asv_test_hex("f000000000");
      AsvQuicPacket packet;
      guint8 zeros[256 + 1 + 16] = {(guint8)size};
      octets->data[4] = (guint8)version;
      g_byte_array_append(octets, zeros, 1 + size + 1 + 16);
      AsvSpan datagram = span_of(octets);
      g_assert_cmpint(asv_quic_packet_next(&datagram, 0, &packet), ==, version == 2 || size <= 20);
      if (version == 2) g_assert_cmpuint(packet.destination.size, ==, size);
    }
  }
}

static void next_cut(AsvSpan guarded, void *user) {
  const gsize *least = user;
  AsvSpan datagram = guarded;
  AsvQuicPacket packet;
  gboolean whole = asv_quic_packet_next(&datagram, 3, &packet);
  g_assert_cmpint(whole, ==, guarded.size >= *least);
  g_assert_true(whole || asv_span_equal(datagram, guarded));
  if (whole) g_assert_cmpuint(packet.octets.size + datagram.size, ==, guarded.size);
}

static void test_every_length(void) {
  static const struct {
    const char *hex;
    gsize least; /* octets that make a packet */
  } cases[] = {
      {"c0 00000001 03616263 026465 03746f6b 03 000102", 20},
      {"f0 00000001 03616263 026465 746f6b 000102030405060708090a0b0c0d0e0f", 28},
      {"80 00000000 03616263 026465 00000001", 12},
      {"c0 1a2a3a4a 03616263 026465 00000001", 12},
      {"40 616263 000102030405060708090a0b0c0d0e0f10111213 1415", 24},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GByteArray) octets = asv_test_hex(cases[i].hex);
    gsize least = cases[i].least;
    for (gsize size = 0; size <= octets->len; size++)
      asv_test_guarded(asv_span(octets->data, size), next_cut, &least);
  }
}

/* Coalesced packets and what pads them: Initial, Handshake, 1-RTT. */
static void test_coalesced(void) {
  static const char *const initial = "c0 00000001 03616263 00 00 03 000102";
  static const char *const handshake = "e0 00000001 03616263 00 03 000102";
  static const char *const one_rtt = "40 616263 000102030405060708090a0b0c0d0e0f10111213";
  static const char *const paddings[] = {"", "00", "000000", "00000000000000000000000000000000"};
  for (gsize i = 0; i < G_N_ELEMENTS(paddings); i++) {
    g_autofree char *hex =
        g_strconcat(initial, paddings[i], handshake, i == 3 ? paddings[i] : "", one_rtt, NULL);
    g_autoptr(GByteArray) octets = asv_test_hex(hex);
    AsvSpan datagram = span_of(octets);
    AsvQuicPacket packet;
    g_assert_true(asv_quic_packet_next(&datagram, 3, &packet));
    g_assert_cmpint(packet.type, ==, ASV_QUIC_INITIAL);
    g_assert_true(asv_quic_packet_next(&datagram, 3, &packet));
    g_assert_cmpint(packet.type, ==, ASV_QUIC_HANDSHAKE);
    g_assert_cmpuint(packet.octets.data[0], ==, 0xe0);
    g_assert_true(asv_quic_packet_next(&datagram, 3, &packet));
    g_assert_cmpint(packet.type, ==, ASV_QUIC_1RTT);
    g_assert_cmpuint(packet.octets.size, ==, 24);
    g_assert_true(asv_span_is(packet.destination, "abc"));
    g_assert_cmpuint(packet.number_offset, ==, 4);
  }
  static const guint8 zeros[100];
  AsvSpan padding = asv_span(zeros, sizeof zeros);
  AsvQuicPacket packet;
  g_assert_false(asv_quic_packet_next(&padding, 3, &packet));
  g_assert_cmpuint(padding.size, ==, sizeof zeros);
}

/* A short header may begin with a zero (RFC 9287). */
static void test_greased(void) {
  g_autoptr(GByteArray) octets = asv_test_hex("00 000000 000102030405060708090a0b0c0d0e0f10111213");
  AsvSpan datagram = span_of(octets);
  AsvQuicPacket packet;
  g_assert_true(asv_quic_packet_next(&datagram, 3, &packet));
  g_assert_cmpuint(packet.octets.size, ==, octets->len);
}

/* The client Initial of RFC 9001 and RFC 9369 twice, glued together, padded up to the size of a
 * segment with something that is no padding. */
static void test_glued_long(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(vectors); i++) {
    g_autoptr(GByteArray) glued = asv_test_hex(vectors[i].initials[0]);
    g_autoptr(GByteArray) again = asv_test_hex(vectors[i].initials[0]);
    guint8 other[52];
    memset(other, 0xee, sizeof other);
    g_byte_array_append(glued, other, sizeof other);
    g_byte_array_append(glued, again->data, again->len);
    AsvQuicPacket first;
    AsvSpan datagram = span_of(glued);
    g_assert_true(asv_quic_packet_next(&datagram, 0, &first));
    g_assert_cmpuint(first.octets.size, ==, 1200);
    g_assert_cmpuint(asv_quic_segment_next(span_of(glued), &first, 0), ==, 1252);
    g_assert_cmpuint(asv_quic_segment_next(span_of(glued), &first, 1252), ==, 0);
  }
}

static void next_segment(AsvSpan guarded, void *user) {
  AsvQuicPacket first = {.destination = *(const AsvSpan *)user};
  gsize at = asv_quic_segment_next(guarded, &first, 0);
  g_assert_cmpuint(at, ==, guarded.size >= 60 + 28 ? 60 : 0);
}

/* Short headers of one connection: only the connection id tells. */
static void test_glued_short(void) {
  guint8 octets[200];
  AsvSpan destination = asv_span("\1\2\3\4\5\6\7", 7);
  memset(octets, 0x50, sizeof octets);
  for (gsize at = 0; at < sizeof octets; at += 60) memcpy(octets + at + 1, destination.data, 7);
  for (gsize size = 0; size <= 120; size++)
    asv_test_guarded(asv_span(octets, size), next_segment, &destination);
  AsvQuicPacket first = {.destination = destination};
  g_assert_cmpuint(asv_quic_segment_next(asv_span(octets, 200), &first, 60), ==, 120);
  g_assert_cmpuint(asv_quic_segment_next(asv_span(octets, 200), &first, 120), ==, 0);
  first.destination = asv_span(NULL, 0);
  g_assert_cmpuint(asv_quic_segment_next(asv_span(octets, 200), &first, 99), ==, 100);
}

/* A short header that zeros follow, of which the first may be its own. */
static void test_padded_short(void) {
  guint8 octets[100];
  memset(octets, 0xee, sizeof octets);
  AsvQuicPacket first = {.destination = asv_span("12345678", 8)};
  for (gsize end = 40; end <= sizeof octets; end++) {
    gsize padding = sizeof octets - end;
    memset(octets + 40, 0xee, sizeof octets - 40);
    memset(octets + end, 0, padding);
    gsize at = asv_quic_segment_next(asv_span(octets, sizeof octets), &first, 0);
    g_assert_cmpuint(at, ==, padding >= 16 ? end : 0);
    at = asv_quic_segment_next(asv_span(octets, sizeof octets), &first, end);
    g_assert_cmpuint(at, ==, padding >= 17 ? end + 1 : 0);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/quic/packet/varint", test_varint);
  g_test_add_func("/quic/packet/counted", test_counted);
  g_test_add_func("/quic/packet/versions", test_versions);
  g_test_add_func("/quic/packet/types", test_types);
  g_test_add_func("/quic/packet/other-versions", test_other_versions);
  g_test_add_func("/quic/packet/long-connection-ids", test_long_connection_ids);
  g_test_add_func("/quic/packet/every-length", test_every_length);
  g_test_add_func("/quic/packet/coalesced", test_coalesced);
  g_test_add_func("/quic/packet/greased", test_greased);
  g_test_add_func("/quic/packet/glued-long", test_glued_long);
  g_test_add_func("/quic/packet/glued-short", test_glued_short);
  g_test_add_func("/quic/packet/padded-short", test_padded_short);
  return g_test_run();
}
