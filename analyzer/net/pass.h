/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A packet on its way through the layers: what every layer of analyzer/net
 * gets beside its octets, and the octets themselves with their length on the
 * wire, which a snap length may have cut.
 */
#ifndef ANALYZER_NET_PASS_H
#define ANALYZER_NET_PASS_H

#include "analyzer/net/net.h"

typedef struct AsvFlows AsvFlows;
typedef struct AsvFragments AsvFragments;

typedef struct {
  AsvFlows *flows;
  AsvFragments *fragments;
  AsvNetCounters *counters;
  const AsvPacketRef *at;
  gboolean wanted;       /* FALSE: only numbers connections */
  const AsvIcmp *quoted; /* inside this ICMP error: names a connection, is no packet of it */
  gboolean malformed;    /* some layer could not be read */
  guint depth;           /* link and IP layers above this one */
  const guint8 *mac;     /* innermost link-layer source address, six octets, or NULL */
} AsvPass;

/* Octets of one layer: those captured, and how many there were. */
typedef struct {
  AsvSpan data;
  gsize wire; /* at least data.size */
} AsvPiece;

/* Source and destination of an IP packet. */
typedef struct {
  AsvAddress source, destination;
} AsvHosts;

/* What lies behind the octets that reader, made from piece.data, has read. */
static inline AsvPiece asv_piece_rest(AsvPiece piece, const AsvReader *reader) {
  gsize offset = asv_reader_offset(reader);
  return (AsvPiece){asv_span(reader->at, asv_reader_left(reader)), piece.wire - offset};
}

/* The first size octets of piece. */
static inline AsvPiece asv_piece_limit(AsvPiece piece, gsize size) {
  return (AsvPiece){asv_span_sub(piece.data, 0, size), MIN(piece.wire, size)};
}

#endif
