/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ICMP errors (RFC 792, RFC 4443): which connection the packet is of that they
 * quote. The quotation is read as altshark does: Wireshark's tree does not say
 * of a datagram which QUIC connection it is of, nor all of a short segment.
 */
#ifndef DISSECTOR_ICMP_H
#define DISSECTOR_ICMP_H

#include "connection.h"

/* The connections of a capture file, by endpoints. */
typedef struct AltsvcIcmp AltsvcIcmp;

AltsvcIcmp *altsvc_icmp_new(void);
void altsvc_icmp_free(AltsvcIcmp *icmp);

/* A new connection, borrowed. */
void altsvc_icmp_add(AltsvcIcmp *icmp, AltsvcConnection *connection);

/* The node of an ICMP message, or an ICMPv6 one. */
void altsvc_icmp_take(AltsvcIcmp *icmp, const packet_info *pinfo, const proto_node *node,
                      const AltsvcPlace *at, const AsvObserver *out);

#endif
