/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * 0-RTT datagrams that overtook the Initial packet of their connection (RFC
 * 9000 §12.2, §17.2.3): kept for a short while, until the connection that they
 * belong to begins.
 */
#ifndef ANALYZER_QUIC_ORPHANS_H
#define ANALYZER_QUIC_ORPHANS_H

#include "analyzer/quic/packet.h"
#include "analyzer/sink.h"

/* Zeroed: none. */
typedef struct {
  GQueue kept;  /* AsvQuicOrphan, oldest first */
  gsize octets; /* of them all */
} AsvQuicOrphans;

/* The octets stand behind it. */
typedef struct {
  AsvEndpoint source, destination;
  gint64 time;
  gsize size, wire; /* as in AsvUdp */
} AsvQuicOrphan;

/* Copies a datagram that belongs to no connection; FALSE when it is none that begins with a 0-RTT
 * packet, or is not wanted. The oldest give way to it. */
gboolean asv_quic_orphans_keep(AsvQuicOrphans *orphans, const AsvPacketRef *at, const AsvUdp *udp);

/* Takes out the oldest that has the endpoints and the destination connection id of this client's
 * Initial, ASV_QUIC_KEPT_TIME old at most; NULL when there is none. The caller frees it. */
AsvQuicOrphan *asv_quic_orphans_take(AsvQuicOrphans *orphans, const AsvPacketRef *at,
                                     const AsvUdp *initial);

static inline AsvSpan asv_quic_orphan_data(const AsvQuicOrphan *orphan) {
  return asv_span((const guint8 *)(orphan + 1), orphan->size);
}

void asv_quic_orphans_clear(AsvQuicOrphans *orphans);

#endif
