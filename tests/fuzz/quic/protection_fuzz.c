/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packet protection. With an even first octet the rest is a datagram, opened
 * with the Initial keys of its own connection id and with 1-RTT keys. With an
 * odd one it is what a sender does with its packets: seal, lose, update,
 * damage, send late. A packet that nothing was lost in front of must open.
 */
#include "tests/unit/quic/writer.h"

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

static void open_datagram(AsvCrypto *crypto, AsvSpan datagram) {
  QuicWriter writer;
  quic_writer_init(&writer, crypto, 1, 0x1301, 7);
  AsvQuicKeys *keys =
      asv_quic_keys_new(crypto, writer.version, writer.suite, quic_writer_secret(&writer));
  guint8 *room = g_malloc(datagram.size + 1);
  AsvQuicPacket packet;
  AsvQuicOpened opened;
  while (asv_quic_packet_next(&datagram, 8, &packet)) {
    if (packet.type == ASV_QUIC_RETRY)
      asv_quic_retry_verify(crypto, &packet, packet.destination);
    else if (packet.type == ASV_QUIC_1RTT)
      asv_quic_keys_recover(keys, &packet, 0, room, &opened);
    else if (packet.version)
      for (int side = 0; side < 2; side++) {
        AsvQuicKeys *initial =
            asv_quic_keys_initial(crypto, packet.version, packet.destination, side);
        if (asv_quic_keys_open(initial, &packet, 0, room, &opened))
          g_assert(opened.payload.size < packet.octets.size);
        asv_quic_keys_free(initial);
      }
  }
  asv_quic_keys_free(keys);
  g_free(room);
}

typedef struct {
  QuicWriter writer, before;
  AsvQuicKeys *keys;
  guint64 number, expected;
  gboolean whole;   /* nothing was lost since a packet opened */
  gboolean settled; /* a packet opened since the last update: hosts wait for that (RFC 9001 §6.1) */
} Wire;

/* Sends a packet under the keys of writer; TRUE when it opened. */
static gboolean pass(Wire *wire, const QuicWriter *writer, guint64 number, guint8 how) {
  GByteArray *octets = g_byte_array_new();
  guint8 room[64];
  AsvQuicPacket packet;
  AsvQuicOpened opened;
  quic_writer_short(writer, octets, asv_span("12345678", 8), number, (guint8)(how % 4 + 1),
                    asv_span("payload", 7));
  if (how & 0x40) octets->data[how % octets->len] ^= 0x10;
  AsvSpan datagram = asv_span(octets->data, octets->len);
  gboolean ok = asv_quic_packet_next(&datagram, 8, &packet) &&
                (asv_quic_keys_open(wire->keys, &packet, wire->expected, room, &opened) ||
                 asv_quic_keys_recover(wire->keys, &packet, wire->expected, room, &opened));
  if (ok) {
    g_assert(opened.number == number && asv_span_is(opened.payload, "payload"));
    wire->expected = MAX(wire->expected, number + 1);
  }
  g_byte_array_unref(octets);
  return ok;
}

static void step(Wire *wire, guint8 what) {
  switch (what >> 4) {
    case 1:
    case 2:
      wire->number += (guint64)1 << (what & 0x1f);
      wire->whole = FALSE;
      break;
    case 3:
      if (!wire->settled) break;
      wire->settled = FALSE;
      wire->before = wire->writer;
      quic_writer_update(&wire->writer);
      break;
    case 8:
      if (wire->number) pass(wire, &wire->before, wire->number - 1, what);
      break;
    default: {
      gboolean ok = pass(wire, &wire->writer, wire->number++, what);
      g_assert(ok || !wire->whole || (what & 0x40));
      wire->whole = wire->whole || ok;
      wire->settled = wire->settled || ok;
      break;
    }
  }
}

static void follow(AsvCrypto *crypto, AsvSpan steps) {
  static const guint16 suites[] = {0x1301, 0x1302, 0x1303, 0x1304};
  Wire wire = {.whole = TRUE};
  guint8 first = steps.size ? steps.data[0] : 0;
  quic_writer_init(&wire.writer, crypto, first & 4 ? 0x6b3343cf : 1, suites[first & 3], 7);
  wire.before = wire.writer;
  wire.keys = asv_quic_keys_new(crypto, wire.writer.version, wire.writer.suite,
                                quic_writer_secret(&wire.writer));
  for (gsize i = 1; i < MIN(steps.size, 64); i++) step(&wire, steps.data[i]);
  asv_quic_keys_free(wire.keys);
}

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size) {
  if (!size) return 0;
  AsvCrypto *crypto = asv_crypto_new();
  AsvSpan rest = asv_span(data + 1, size - 1);
  if (data[0] & 1)
    follow(crypto, rest);
  else
    open_datagram(crypto, rest);
  asv_crypto_free(crypto);
  return 0;
}
