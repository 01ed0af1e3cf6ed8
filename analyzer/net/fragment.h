/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reassembly of IPv4 and IPv6 fragments, in any order, within limits of number and time. */
#ifndef ANALYZER_NET_FRAGMENT_H
#define ANALYZER_NET_FRAGMENT_H

#include "analyzer/net/pass.h"

typedef struct {
  guint8 protocol; /* what the first fragment says is inside */
  guint32 identification;
  gsize offset; /* octets from the start of the payload; a multiple of 8 */
  gboolean more;
  AsvPiece piece;
} AsvFragment;

/* The payload of an IP packet that came in fragments. */
typedef struct AsvDatagram AsvDatagram;

AsvFragments *asv_fragments_new(void);

/*
 * Takes one fragment; where fragments overlap, the octets that came first
 * stay. Returns the payload that it completes, which the caller frees, or
 * NULL. Impossible fragments mark the pass malformed; packets given up are
 * counted as lost.
 */
AsvDatagram *asv_fragments_take(AsvFragments *fragments, AsvPass *pass, const AsvHosts *hosts,
                                const AsvFragment *part);

/* All octets, in order. */
AsvSpan asv_datagram_data(const AsvDatagram *datagram);
/* TRUE when any of its fragments was wanted. */
gboolean asv_datagram_wanted(const AsvDatagram *datagram);
void asv_datagram_free(AsvDatagram *datagram);

/* Gives up every packet that waits, counting it as lost. */
void asv_fragments_finish(AsvFragments *fragments, AsvNetCounters *counters);
void asv_fragments_free(AsvFragments *fragments);

#endif
