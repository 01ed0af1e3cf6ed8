/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The protection of QUIC packets under one secret of one direction: packet
 * number, header and payload (RFC 9001 §5, RFC 9369 §3.3), and key update
 * (RFC 9001 §6).
 */
#ifndef ANALYZER_QUIC_PROTECTION_H
#define ANALYZER_QUIC_PROTECTION_H

#include "analyzer/quic/packet.h"
#include "analyzer/tls/crypto.h"

/* Keys of one direction of one packet number space (of 0-RTT and 1-RTT: one each). */
typedef struct AsvQuicKeys AsvQuicKeys;

/* Initial keys of the side (0 client, 1 server) of a connection whose client first wrote to
 * destination (RFC 9001 §5.2). */
AsvQuicKeys *asv_quic_keys_initial(AsvCrypto *crypto, const AsvQuicVersion *version,
                                   AsvSpan destination, int side);

/* From a TLS traffic secret; suite is a TLS 1.3 one whose cipher QUIC allows (RFC 9001 §5.3) and
 * secret as long as its hash, else NULL is returned. crypto is borrowed for the keys' life. */
AsvQuicKeys *asv_quic_keys_new(AsvCrypto *crypto, const AsvQuicVersion *version,
                               const AsvSuite *suite, AsvSpan secret);
void asv_quic_keys_free(AsvQuicKeys *keys); /* NULL is fine */

/* What a packet turned out to be. */
typedef struct {
  guint64 number;
  AsvSpan payload;  /* frames; in room */
  gboolean updated; /* 1-RTT: it is the first one that was opened under newer keys */
} AsvQuicOpened;

/*
 * Removes header and packet protection into room (packet->octets.size octets
 * at least, not the packet's own). expected is the number after the largest one
 * opened in this space (RFC 9000 §A.3). For 1-RTT, follows key updates: keeps
 * the previous, current and next keys, and takes up the next when a packet
 * opens under them. The tag of a 1-RTT packet that holds an acknowledgement
 * and nothing else is not verified. FALSE when no key opens it.
 */
gboolean asv_quic_keys_open(AsvQuicKeys *keys, const AsvQuicPacket *packet, guint64 expected,
                            guint8 *room, AsvQuicOpened *opened);

/*
 * Opens a 1-RTT packet in front of which the capture has lost more than
 * asv_quic_keys_open() can follow: several key updates, or so many packets that
 * its shortened number is read wrong. Costs hundreds of trials: to be asked
 * last, when the packet is sure to be this connection's and is not several
 * glued together. Gives up for good after ASV_QUIC_SEARCHES_MAX in vain.
 */
gboolean asv_quic_keys_recover(AsvQuicKeys *keys, const AsvQuicPacket *packet, guint64 expected,
                               guint8 *room, AsvQuicOpened *opened);

/* The packet number that ends in the given bits (8, 16, 24 or 32 of them) and is nearest to
 * expected (RFC 9000 §A.3). */
guint64 asv_quic_number_decode(guint64 expected, guint32 truncated, guint bits);

/* TRUE when the Retry packet's integrity tag fits original, the destination connection id of the
 * Initial that it answers (RFC 9001 §5.8). */
gboolean asv_quic_retry_verify(AsvCrypto *crypto, const AsvQuicPacket *retry, AsvSpan original);

#endif
