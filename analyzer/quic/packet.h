/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QUIC packets before decryption: versions and the cutting of a datagram into
 * its packets (RFC 8999 §5, RFC 9000 §12.2 and §17, RFC 9369 §3).
 */
#ifndef ANALYZER_QUIC_PACKET_H
#define ANALYZER_QUIC_PACKET_H

#include "altsvc/bytes.h"

/* Longest connection id of the versions that are read (RFC 9000 §17.2). */
#define ASV_QUIC_CID_MAX 20

/* What differs between versions. */
typedef struct AsvQuicVersion AsvQuicVersion;

/* Version 1, 2, and drafts from 29 on; NULL for others. Static. */
const AsvQuicVersion *asv_quic_version_find(guint32 version);

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
 * Cuts the first packet off *datagram. A short header has a connection id of
 * cid_size octets. FALSE at the end, and when what is left is no packet (its
 * octets then stay in *datagram): padding, garbage, a cut packet.
 */
gboolean asv_quic_packet_next(AsvSpan *datagram, gsize cid_size, AsvQuicPacket *packet);

/* A variable-length integer (RFC 9000 §16); the reader's sticky error when cut. */
guint64 asv_read_varint(AsvReader *reader);

#endif
