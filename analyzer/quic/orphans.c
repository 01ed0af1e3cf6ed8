/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A queue of copied datagrams. It is searched only when a connection begins,
 * and then stands empty in nearly every capture.
 */
#include "orphans.h"

/* RFC 9000 §7.2: of the first connection id that a client writes to. */
#define FIRST_CID_MIN 8u

static gboolean endpoint_equal(const AsvEndpoint *a, const AsvEndpoint *b) {
  return a->port == b->port && a->address.size == b->address.size &&
         memcmp(a->address.bytes, b->address.bytes, sizeof a->address.bytes) == 0;
}

/* The first packet of a datagram, where it is a long header's of a version that is read. */
static gboolean first_packet(AsvSpan data, AsvQuicPacket *packet) {
  return data.size && (data.data[0] & 0x80) && asv_quic_packet_next(&data, 0, packet) &&
         packet->version;
}

static void drop_oldest(AsvQuicOrphans *orphans) {
  AsvQuicOrphan *oldest = g_queue_pop_head(&orphans->kept);
  orphans->octets -= oldest->size;
  g_free(oldest);
}

/* Makes room for a datagram of that size. */
static void make_room(AsvQuicOrphans *orphans, gsize size) {
  while (orphans->kept.head && (orphans->kept.length >= ASV_QUIC_ORPHANS_MAX ||
                                orphans->octets + size > ASV_QUIC_ORPHAN_OCTETS_MAX))
    drop_oldest(orphans);
}

gboolean asv_quic_orphans_keep(AsvQuicOrphans *orphans, const AsvPacketRef *at, const AsvUdp *udp) {
  AsvQuicPacket packet;
  if (!udp->wanted || !first_packet(udp->data, &packet)) return FALSE;
  if (packet.type != ASV_QUIC_0RTT || packet.destination.size < FIRST_CID_MIN) return FALSE;
  make_room(orphans, udp->data.size);
  AsvQuicOrphan *orphan = g_malloc(sizeof *orphan + udp->data.size);
  *orphan = (AsvQuicOrphan){.source = udp->source,
                            .destination = udp->destination,
                            .time = at->time,
                            .size = udp->data.size,
                            .wire = udp->wire};
  memcpy(orphan + 1, udp->data.data, udp->data.size);
  orphans->octets += orphan->size;
  g_queue_push_tail(&orphans->kept, orphan);
  return TRUE;
}

static gboolean fits(const AsvQuicOrphan *orphan, const AsvUdp *initial, AsvSpan destination) {
  AsvQuicPacket packet;
  return endpoint_equal(&orphan->source, &initial->source) &&
         endpoint_equal(&orphan->destination, &initial->destination) &&
         first_packet(asv_quic_orphan_data(orphan), &packet) &&
         asv_span_equal(packet.destination, destination);
}

AsvQuicOrphan *asv_quic_orphans_take(AsvQuicOrphans *orphans, const AsvPacketRef *at,
                                     const AsvUdp *initial) {
  AsvQuicPacket packet;
  while (orphans->kept.head &&
         at->time - ((const AsvQuicOrphan *)orphans->kept.head->data)->time > ASV_QUIC_KEPT_TIME)
    drop_oldest(orphans);
  if (!orphans->kept.head || !first_packet(initial->data, &packet)) return NULL;
  for (GList *link = orphans->kept.head; link; link = link->next) {
    AsvQuicOrphan *orphan = link->data;
    if (!fits(orphan, initial, packet.destination)) continue;
    orphans->octets -= orphan->size;
    g_queue_delete_link(&orphans->kept, link);
    return orphan;
  }
  return NULL;
}

void asv_quic_orphans_clear(AsvQuicOrphans *orphans) {
  while (orphans->kept.head) drop_oldest(orphans);
}
