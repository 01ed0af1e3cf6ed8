/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packet protection against RFC 9001 Appendix A and RFC 9369 Appendix A, key updates and losses. */
#include "analyzer/quic/protection.h"

#include "analyzer/limits.h"
#include "tests/support/feed.h"
#include "vectors.h"
#include "writer.h"

static AsvSpan span_of(const GByteArray *bytes) {
  return asv_span(bytes->data, bytes->len);
}

static void check_hex(AsvSpan got, const char *hex) {
  g_autoptr(GByteArray) want = asv_test_hex(hex);
  g_assert_true(asv_span_equal(got, span_of(want)));
}

static AsvQuicPacket cut(const GByteArray *octets, gsize cid_size) {
  AsvSpan datagram = span_of(octets);
  AsvQuicPacket packet;
  g_assert_true(asv_quic_packet_next(&datagram, cid_size, &packet));
  return packet;
}

/* A.1: the derivation, with the version's constants. */
static void test_vector_keys(void) {
  static const char *const sides[2] = {"client in", "server in"};
  AsvCrypto *crypto = asv_crypto_new();
  g_autoptr(GByteArray) destination = asv_test_hex(vector_destination);
  for (gsize i = 0; i < G_N_ELEMENTS(vectors); i++) {
    const AsvQuicVersion *version = asv_quic_version_find(vectors[i].number);
    guint8 initial[32], secret[32], out[16];
    asv_crypto_extract(crypto, ASV_HASH_SHA256, asv_span(version->salt, sizeof version->salt),
                       span_of(destination), initial);
    check_hex(asv_span(initial, 32), vectors[i].initial_secret);
    for (int side = 0; side < 2; side++) {
      asv_crypto_expand_label(crypto, ASV_HASH_SHA256, asv_span(initial, 32), sides[side], secret,
                              32);
      check_hex(asv_span(secret, 32), vectors[i].secrets[side][0]);
      const char *labels[] = {version->key_label, version->iv_label, version->mask_label};
      for (gsize k = 0; k < 3; k++) {
        gsize size = k == 1 ? 12 : 16;
        asv_crypto_expand_label(crypto, ASV_HASH_SHA256, asv_span(secret, 32), labels[k], out,
                                size);
        check_hex(asv_span(out, size), vectors[i].secrets[side][1 + k]);
      }
    }
  }
  asv_crypto_free(crypto);
}

/* A.2 and A.3 */
static void test_vector_initials(void) {
  AsvCrypto *crypto = asv_crypto_new();
  g_autoptr(GByteArray) destination = asv_test_hex(vector_destination);
  for (gsize i = 0; i < G_N_ELEMENTS(vectors); i++) {
    for (int side = 0; side < 2; side++) {
      g_autoptr(GByteArray) octets = asv_test_hex(vectors[i].initials[side]);
      g_autoptr(GByteArray) want = asv_test_hex(side ? vector_server_hello : vector_client_hello);
      AsvQuicPacket packet = cut(octets, 0);
      AsvQuicKeys *keys = asv_quic_keys_initial(crypto, packet.version, span_of(destination), side);
      AsvQuicOpened opened;
      guint8 room[1200];
      g_assert_true(asv_quic_keys_open(keys, &packet, 0, room, &opened));
      g_assert_cmpuint(opened.number, ==, side ? 1 : 2);
      g_assert_false(opened.updated);
      g_assert_cmpuint(opened.payload.size, ==, side ? want->len : 1162);
      g_assert_true(asv_span_equal(asv_span_sub(opened.payload, 0, want->len), span_of(want)));
      for (gsize k = want->len; k < opened.payload.size; k++)
        g_assert_cmpuint(opened.payload.data[k], ==, 0);
      AsvQuicKeys *others =
          asv_quic_keys_initial(crypto, packet.version, span_of(destination), !side);
      g_assert_false(asv_quic_keys_open(others, &packet, 0, room, &opened));
      octets->data[octets->len - 1] ^= 1;
      g_assert_false(asv_quic_keys_open(keys, &packet, 0, room, &opened));
      asv_quic_keys_free(keys);
      asv_quic_keys_free(others);
    }
  }
  asv_crypto_free(crypto);
}

/* A.4, and that every octet counts */
static void test_vector_retry(void) {
  AsvCrypto *crypto = asv_crypto_new();
  g_autoptr(GByteArray) destination = asv_test_hex(vector_destination);
  for (gsize i = 0; i < G_N_ELEMENTS(vectors); i++) {
    g_autoptr(GByteArray) octets = asv_test_hex(vectors[i].retry);
    AsvQuicPacket retry = cut(octets, 0);
    g_assert_cmpint(retry.type, ==, ASV_QUIC_RETRY);
    g_assert_true(asv_span_is(retry.token, "token"));
    g_assert_true(asv_quic_retry_verify(crypto, &retry, span_of(destination)));
    g_assert_false(asv_quic_retry_verify(crypto, &retry, asv_span(NULL, 0)));
    for (guint at = 0; at < octets->len; at++) {
      octets->data[at] ^= 1;
      g_assert_false(asv_quic_retry_verify(crypto, &retry, span_of(destination)));
      octets->data[at] ^= 1;
    }
  }
  asv_crypto_free(crypto);
}

/* A.5, and the next secret of A.5 by a packet that is sealed with it */
static void test_vector_short(void) {
  AsvCrypto *crypto = asv_crypto_new();
  g_autoptr(GByteArray) secret = asv_test_hex(vector_short_secret);
  for (gsize i = 0; i < G_N_ELEMENTS(vectors); i++) {
    const AsvQuicVersion *version = asv_quic_version_find(vectors[i].number);
    const AsvSuite *suite = asv_suite_find(0x1303);
    AsvQuicKeys *keys = asv_quic_keys_new(crypto, version, suite, span_of(secret));
    g_autoptr(GByteArray) octets = asv_test_hex(vectors[i].short_header);
    AsvQuicPacket packet = cut(octets, 0);
    AsvQuicOpened opened;
    guint8 room[64];
    g_assert_true(asv_quic_keys_open(keys, &packet, VECTOR_SHORT_NUMBER, room, &opened));
    g_assert_cmpuint(opened.number, ==, VECTOR_SHORT_NUMBER);
    g_assert_true(asv_span_is(opened.payload, "\1"));

    QuicWriter writer;
    quic_writer_init(&writer, crypto, vectors[i].number, 0x1303, 0);
    asv_crypto_expand_label(crypto, suite->prf, span_of(secret), version->mask_label,
                            writer.mask_key, 32);
    g_autoptr(GByteArray) update = asv_test_hex(vectors[i].short_update);
    memcpy(writer.secret, update->data, update->len);
    writer.phase = 4;
    g_autoptr(GByteArray) updated = g_byte_array_new();
    quic_writer_short(&writer, updated, asv_span(NULL, 0), VECTOR_SHORT_NUMBER + 1, 3,
                      asv_span("\1\1\1\1", 4));
    packet = cut(updated, 0);
    g_assert_true(asv_quic_keys_open(keys, &packet, VECTOR_SHORT_NUMBER + 1, room, &opened));
    g_assert_true(opened.updated);
    asv_quic_keys_free(keys);
  }
  asv_crypto_free(crypto);
}

/* RFC 9000 §A.3, and the ends of windows */
static void test_number(void) {
  g_assert_cmpuint(asv_quic_number_decode(0xa82f30ea + 1, 0x9b32, 16), ==, 0xa82f9b32);
  g_assert_cmpuint(asv_quic_number_decode(0, 0xff, 8), ==, 0xff);
  g_assert_cmpuint(asv_quic_number_decode(0x100, 0x81, 8), ==, 0x81);
  g_assert_cmpuint(asv_quic_number_decode(0x100, 0x80, 8), ==, 0x180);
  g_assert_cmpuint(asv_quic_number_decode(0x1ff, 0x7f, 8), ==, 0x27f);
  g_assert_cmpuint(asv_quic_number_decode(0x1ff, 0x80, 8), ==, 0x180);
  guint64 last = (G_GUINT64_CONSTANT(1) << 62) - 1;
  g_assert_cmpuint(asv_quic_number_decode(last, 0, 8), ==, last - 0xff);
  g_assert_cmpuint(asv_quic_number_decode(last, 0xffffffff, 32), ==, last);
}

/* One direction of a connection: both ends of it. */
typedef struct {
  AsvCrypto *crypto;
  QuicWriter writer;
  AsvQuicKeys *keys;
  guint64 expected;
  gboolean updated;   /* of the last packet */
  gboolean recovered; /* the same */
} Wire;

static const AsvSpan wire_cid = {(const guint8 *)"12345", 5};

static void wire_init(Wire *wire, guint32 version, guint16 suite) {
  wire->crypto = asv_crypto_new();
  quic_writer_init(&wire->writer, wire->crypto, version, suite, 7);
  wire->keys = asv_quic_keys_new(wire->crypto, wire->writer.version, wire->writer.suite,
                                 quic_writer_secret(&wire->writer));
  wire->expected = 0;
  g_assert_nonnull(wire->keys);
}

static void wire_clear(Wire *wire) {
  asv_quic_keys_free(wire->keys);
  asv_crypto_free(wire->crypto);
}

/* Sends a packet with that number, written with so many octets; TRUE when it opened. */
static gboolean wire_pass(Wire *wire, const QuicWriter *writer, guint64 number, guint8 size) {
  g_autoptr(GByteArray) octets = g_byte_array_new();
  AsvQuicOpened opened;
  guint8 room[128];
  guint8 payload[40];
  memset(payload, (int)(number & 0xff), sizeof payload);
  quic_writer_short(writer, octets, wire_cid, number, size, asv_span(payload, sizeof payload));
  AsvQuicPacket packet = cut(octets, wire_cid.size);
  wire->recovered = !asv_quic_keys_open(wire->keys, &packet, wire->expected, room, &opened);
  if (wire->recovered && !asv_quic_keys_recover(wire->keys, &packet, wire->expected, room, &opened))
    return FALSE;
  g_assert_cmpuint(opened.number, ==, number);
  g_assert_true(asv_span_equal(opened.payload, asv_span(payload, sizeof payload)));
  wire->expected = MAX(wire->expected, number + 1);
  wire->updated = opened.updated;
  return TRUE;
}

/* Every suite and number size, and the key of each refuses one octet changed. */
static void test_suites(void) {
  static const guint16 suites[] = {0x1301, 0x1302, 0x1303, 0x1304};
  static const guint32 versions[] = {1, 0x6b3343cf, 0xff00001d};
  for (gsize i = 0; i < 3 * G_N_ELEMENTS(suites); i++) {
    Wire wire;
    wire_init(&wire, versions[i % 3], suites[i / 3]);
    for (guint8 size = 1; size <= 4; size++)
      g_assert_true(wire_pass(&wire, &wire.writer, size, size));
    g_autoptr(GByteArray) octets = g_byte_array_new();
    quic_writer_short(&wire.writer, octets, wire_cid, 9, 1, asv_span("abcdefgh", 8));
    for (guint at = 0; at < octets->len; at++) {
      AsvQuicOpened opened;
      guint8 room[64];
      octets->data[at] ^= 0x20;
      AsvQuicPacket packet = cut(octets, wire_cid.size);
      g_assert_false(asv_quic_keys_open(wire.keys, &packet, 9, room, &opened));
      octets->data[at] ^= 0x20;
    }
    wire_clear(&wire);
  }
}

/* TRUE when a packet with that number and payload opens although its tag is damaged. */
static gboolean opens_damaged(Wire *wire, guint64 number, AsvSpan payload) {
  g_autoptr(GByteArray) octets = g_byte_array_new();
  AsvQuicOpened opened;
  guint8 room[64];
  quic_writer_short(&wire->writer, octets, wire_cid, number, 2, payload);
  octets->data[octets->len - 1] ^= 1;
  AsvQuicPacket packet = cut(octets, wire_cid.size);
  if (!asv_quic_keys_open(wire->keys, &packet, wire->expected, room, &opened)) return FALSE;
  g_assert_cmpuint(opened.number, ==, number);
  g_assert_true(asv_span_equal(opened.payload, payload));
  g_assert_false(opened.updated);
  return TRUE;
}

/* An acknowledgement alone opens without its tag; nothing else does. */
static void test_acknowledgement(void) {
  static const guint16 suites[] = {0x1301, 0x1302, 0x1303, 0x1304};
  static const AsvSpan ack = {(const guint8 *)"\x02\x05\x00\x01\x00\x01\x02", 7};
  static const struct {
    const char *payload;
    gsize size;
    gboolean opens;
  } cases[] = {
      {"\x02\x05\x00\x00\x05", 5, TRUE},
      {"\x03\x05\x00\x00\x05\x01\x00\x00", 8, TRUE}, /* with ECN counts */
      {"\x02\x05\x00\x00\x05\0\0\0\0\0\0\0\0\0\0\0", 16, TRUE},
      {"\x02\x05\x00\x00\x05\0\0\0\0\0\0\0\0\0\0\0\0", 17, FALSE},
      {"\x02\x05\x00\x00\x05\x01", 6, FALSE}, /* PING */
      {"\x02\x05\x00\x00\x05\x02\x05\x00\x00\x05", 10, FALSE},
      {"\x02\x05\x00\x01\x00", 5, FALSE}, /* cut short */
      {"\0\0\0\0", 4, FALSE},
      {"\x1c\x00\x00\x00", 4, FALSE},     /* CONNECTION_CLOSE */
      {"\x0b\x00\x00\x01\x61", 5, FALSE}, /* STREAM */
  };
  for (gsize i = 0; i < G_N_ELEMENTS(suites); i++) {
    Wire wire;
    wire_init(&wire, 1, suites[i]);
    g_assert_false(opens_damaged(&wire, 0, ack)); /* the keys are not known to be right */
    g_assert_true(wire_pass(&wire, &wire.writer, 1, 2));
    for (gsize j = 0; j < G_N_ELEMENTS(cases); j++)
      g_assert_cmpint(opens_damaged(&wire, 2, asv_span(cases[j].payload, cases[j].size)), ==,
                      cases[j].opens);
    g_assert_false(opens_damaged(&wire, 1, ack));
    g_assert_true(opens_damaged(&wire, 2 + ASV_QUIC_PEEK_AHEAD, ack));
    g_assert_false(opens_damaged(&wire, 3 + ASV_QUIC_PEEK_AHEAD, ack));
    quic_writer_update(&wire.writer);
    g_assert_false(opens_damaged(&wire, 3, ack));
    wire_clear(&wire);
  }
}

static void test_refused(void) {
  AsvCrypto *crypto = asv_crypto_new();
  const AsvQuicVersion *version = asv_quic_version_find(1);
  guint8 secret[48] = {0};
  g_assert_null(asv_quic_keys_new(crypto, version, asv_suite_find(0x1305), asv_span(secret, 32)));
  g_assert_null(asv_quic_keys_new(crypto, version, asv_suite_find(0xc02f), asv_span(secret, 32)));
  g_assert_null(asv_quic_keys_new(crypto, version, asv_suite_find(0x1301), asv_span(secret, 48)));
  asv_crypto_free(crypto);
}

/* A packet too short for its sample. */
static void test_short_packet(void) {
  AsvCrypto *crypto = asv_crypto_new();
  g_autoptr(GByteArray) octets =
      asv_test_hex("c0 00000001 00 00 00 13 000102030405060708090a0b0c0d0e0f101112");
  AsvQuicPacket packet = cut(octets, 0);
  AsvQuicKeys *keys = asv_quic_keys_initial(crypto, packet.version, asv_span("x", 1), 0);
  AsvQuicOpened opened;
  guint8 room[64];
  g_assert_false(asv_quic_keys_open(keys, &packet, 0, room, &opened));
  asv_quic_keys_free(keys);
  asv_crypto_free(crypto);
}

/* Many updates, with a packet that comes late across each. */
static void test_updates(void) {
  static const guint16 suites[] = {0x1301, 0x1302, 0x1303, 0x1304};
  for (gsize i = 0; i < G_N_ELEMENTS(suites); i++) {
    Wire wire;
    guint64 number = 0;
    wire_init(&wire, i % 2 ? 0x6b3343cf : 1, suites[i]);
    for (int update = 0; update < 20; update++) {
      QuicWriter before = wire.writer;
      g_assert_true(wire_pass(&wire, &wire.writer, number, 2));
      g_assert_false(wire.updated);
      quic_writer_update(&wire.writer);
      g_assert_true(wire_pass(&wire, &wire.writer, number + 3, 2));
      g_assert_true(wire.updated);
      g_assert_true(wire_pass(&wire, &before, number + 1, 2));
      g_assert_false(wire.updated);
      g_assert_true(wire_pass(&wire, &wire.writer, number + 2, 2));
      g_assert_false(wire.updated);
      g_assert_true(wire_pass(&wire, &before, number + 1, 2));
      g_assert_false(wire.recovered);
      number += 4;
    }
    wire_clear(&wire);
  }
}

/* Updates that the capture lost: as many as the limit says, and not one more. */
static void test_lost_updates(void) {
  for (guint updates = 1; updates <= ASV_QUIC_UPDATES_MAX + 2; updates++) {
    Wire wire;
    wire_init(&wire, 1, 0x1301);
    g_assert_true(wire_pass(&wire, &wire.writer, 5, 1));
    for (guint i = 0; i < updates; i++) quic_writer_update(&wire.writer);
    gboolean possible = updates <= ASV_QUIC_UPDATES_MAX;
    g_assert_cmpint(wire_pass(&wire, &wire.writer, 50, 1), ==, possible);
    if (possible) {
      g_assert_true(wire.updated);
      g_assert_cmpint(wire.recovered, ==, updates > 1);
      g_assert_true(wire_pass(&wire, &wire.writer, 51, 1));
      g_assert_false(wire.updated);
      quic_writer_update(&wire.writer);
      g_assert_true(wire_pass(&wire, &wire.writer, 52, 1));
    }
    wire_clear(&wire);
  }
}

/* So many packets lost that the shortened number is read wrong: as many as the limit says. */
static void test_lost_packets(void) {
  for (guint8 size = 1; size <= 2; size++) {
    guint64 turn = (guint64)1 << (8 * size);
    Wire wire;
    wire_init(&wire, 1, 0x1301);
    g_assert_true(wire_pass(&wire, &wire.writer, 5, size));
    guint64 number = 5 + turn * ASV_QUIC_TURNS_MAX;
    g_assert_true(wire_pass(&wire, &wire.writer, number, size));
    g_assert_true(wire_pass(&wire, &wire.writer, number + 3, size));
    number += turn * ASV_QUIC_TURNS_MAX;
    quic_writer_update(&wire.writer);
    g_assert_true(wire_pass(&wire, &wire.writer, number, size));
    g_assert_true(wire.updated);
    g_assert_false(wire_pass(&wire, &wire.writer, number + turn * (ASV_QUIC_TURNS_MAX + 1), size));
    wire_clear(&wire);
  }
}

/* Somebody else's packets end the search for lost ones, but nothing else; a success resets it. */
static void test_searches(void) {
  Wire wire;
  QuicWriter stranger;
  wire_init(&wire, 1, 0x1301);
  quic_writer_init(&stranger, wire.crypto, 1, 0x1301, 9);
  for (guint i = 0; i < ASV_QUIC_SEARCHES_MAX - 1; i++)
    g_assert_false(wire_pass(&wire, &stranger, i, 1));
  g_assert_true(wire_pass(&wire, &wire.writer, 1000, 1));
  for (guint i = 0; i < ASV_QUIC_SEARCHES_MAX; i++)
    g_assert_false(wire_pass(&wire, &stranger, i, 1));
  g_assert_false(wire_pass(&wire, &wire.writer, 2000, 1));
  g_assert_true(wire_pass(&wire, &wire.writer, 1001, 1));
  quic_writer_update(&wire.writer);
  g_assert_true(wire_pass(&wire, &wire.writer, 1002, 1));
  wire_clear(&wire);
}

/* The first octet of a long header is no key phase: nothing is searched for or updated. */
static void test_long_header(void) {
  Wire wire;
  wire_init(&wire, 1, 0x1301);
  for (guint i = 0; i < 8; i++) {
    g_autoptr(GByteArray) header = asv_test_hex("e0 00000001 03 616263 00 1f");
    g_autoptr(GByteArray) octets = g_byte_array_new();
    AsvQuicOpened opened;
    guint8 room[64];
    header->data[0] |= (guint8)(i << 2 & 0x0c); /* reserved bits */
    quic_writer_packet(&wire.writer, octets, span_of(header), i, asv_span("0123456789abcd", 14));
    AsvQuicPacket packet = cut(octets, 0);
    g_assert_true(asv_quic_keys_open(wire.keys, &packet, i, room, &opened));
    g_assert_true(asv_span_is(opened.payload, "0123456789abcd"));
    g_assert_false(opened.updated);
  }
  wire_clear(&wire);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/quic/protection/vector-keys", test_vector_keys);
  g_test_add_func("/quic/protection/vector-initials", test_vector_initials);
  g_test_add_func("/quic/protection/vector-retry", test_vector_retry);
  g_test_add_func("/quic/protection/vector-short", test_vector_short);
  g_test_add_func("/quic/protection/number", test_number);
  g_test_add_func("/quic/protection/suites", test_suites);
  g_test_add_func("/quic/protection/acknowledgement", test_acknowledgement);
  g_test_add_func("/quic/protection/refused", test_refused);
  g_test_add_func("/quic/protection/short-packet", test_short_packet);
  g_test_add_func("/quic/protection/updates", test_updates);
  g_test_add_func("/quic/protection/lost-updates", test_lost_updates);
  g_test_add_func("/quic/protection/lost-packets", test_lost_packets);
  g_test_add_func("/quic/protection/searches", test_searches);
  g_test_add_func("/quic/protection/long-header", test_long_header);
  return g_test_run();
}
