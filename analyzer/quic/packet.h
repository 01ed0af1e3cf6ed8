/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QUIC packets before decryption: the cutting of a datagram into its packets
 * (RFC 8999 §5, RFC 9000 §12.2 and §17, RFC 9369 §3.2), and of what offload
 * glued together into datagrams.
 */
#ifndef ANALYZER_QUIC_PACKET_H
#define ANALYZER_QUIC_PACKET_H

#include "altsvc/bytes.h"
#include "analyzer/quic/version.h"

/* Longest connection id of the versions that are read (RFC 9000 §17.2). */
#define ASV_QUIC_CID_MAX 20

typedef enum {
  ASV_QUIC_INITIAL,
  ASV_QUIC_0RTT,
  ASV_QUIC_HANDSHAKE,
  ASV_QUIC_RETRY,
  ASV_QUIC_1RTT,
  ASV_QUIC_VERSION_NEGOTIATION,
  ASV_QUIC_OTHER_VERSION /* a long header of a version that is not read */
} AsvQuicPacketType;

/* A packet still protected; spans borrow from the datagram. */
typedef struct {
  AsvQuicPacketType type;
  guint32 version_number;        /* 0 for ASV_QUIC_1RTT and version negotiation */
  const AsvQuicVersion *version; /* NULL where version_number is not one that is read */
  AsvSpan destination, source;   /* connection ids; source empty for ASV_QUIC_1RTT */
  AsvSpan token;                 /* of an Initial; of a Retry: its Retry token */
  AsvSpan versions;              /* of version negotiation: four octets each */
  AsvSpan octets;                /* the whole packet */
  gsize number_offset; /* of the protected packet number in octets; 0 when there is none */
} AsvQuicPacket;

/*
 * Cuts the first packet off *datagram, and zeros in front of it, which pad
 * (§14.1). A short header has a connection id of cid_size octets. FALSE at the
 * end, and when what is left is no packet (its octets then stay in *datagram):
 * padding, garbage, a cut packet. The fixed bit is not looked at (RFC 9287).
 */
gboolean asv_quic_packet_next(AsvSpan *datagram, gsize cid_size, AsvQuicPacket *packet);

/*
 * Where the next datagram may begin when a capture holds several of them glued
 * together (segmentation offload): the first offset above `after` in glued at
 * which a packet with the destination connection id of first, the first packet
 * of glued, could begin, or padding behind a short header, which has no length;
 * 0 when there is none. Segments are of one size, the last may be smaller: a
 * size that is found holds for all. Only opening a packet tells whether it is
 * right, above all with empty connection ids.
 */
gsize asv_quic_segment_next(AsvSpan glued, const AsvQuicPacket *first, gsize after);

/* A variable-length integer (RFC 9000 §16); 0 and the reader's sticky error when cut. */
static inline guint64 asv_read_varint(AsvReader *reader) {
  guint8 first = asv_read_u8(reader);
  if (first < 0x40) return first;
  AsvSpan rest = asv_read_span(reader, ((gsize)1 << (first >> 6)) - 1);
  guint64 value = first & 0x3f;
  for (gsize i = 0; i < rest.size; i++) value = value << 8 | rest.data[i];
  return reader->failed ? 0 : value;
}

/* Moves behind one. */
static inline void asv_skip_varint(AsvReader *reader) {
  asv_read_span(reader, ((gsize)1 << (asv_read_u8(reader) >> 6)) - 1);
}

/* The octets behind their number as a variable-length integer; as asv_read_span(). */
static inline AsvSpan asv_read_counted(AsvReader *reader) {
  guint64 size = asv_read_varint(reader);
  return asv_read_span(reader, (gsize)MIN(size, G_MAXSIZE));
}

#endif
