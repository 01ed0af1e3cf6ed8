/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Datagrams of any octets; the first one says how long the connection id of a short header is. */
#include "analyzer/quic/packet.h"

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

static void check_inside(AsvSpan part, AsvSpan whole) {
  g_assert(!part.size ||
           (part.data >= whole.data && part.data + part.size <= whole.data + whole.size));
}

static void check(const AsvQuicPacket *packet, AsvSpan whole) {
  g_assert(packet->octets.size > 0);
  check_inside(packet->octets, whole);
  check_inside(packet->destination, packet->octets);
  check_inside(packet->source, packet->octets);
  check_inside(packet->token, packet->octets);
  check_inside(packet->versions, packet->octets);
  g_assert(packet->number_offset <= packet->octets.size);
  g_assert(packet->type == ASV_QUIC_1RTT || packet->octets.data[0] & 0x80);
}

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size) {
  if (!size) return 0;
  AsvSpan whole = asv_span(data + 1, size - 1);
  AsvSpan left = whole;
  AsvQuicPacket packet;
  gsize cid_size = data[0] % (ASV_QUIC_CID_MAX + 1);
  while (asv_quic_packet_next(&left, cid_size, &packet)) {
    check(&packet, whole);
    gsize at = 0;
    for (int i = 0; i < 4; i++) {
      gsize next = asv_quic_segment_next(packet.octets, &packet, at);
      if (!next) break;
      g_assert(next > at && next < packet.octets.size);
      at = next;
    }
  }
  check_inside(left, whole);
  return 0;
}
