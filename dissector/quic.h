/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QUIC as Wireshark shows it (RFC 9000): whose packets they are, what stands in
 * their frames, what Wireshark could not open. The handshake inside CRYPTO
 * frames is tls.h's, what streams carry is http3.h's.
 */
#ifndef DISSECTOR_QUIC_H
#define DISSECTOR_QUIC_H

#include "analyzer/quic/watch.h"
#include "connection.h"

/* What packets are encrypted with. */
typedef enum {
  ALTSVC_LEVEL_OTHER, /* Retry, version negotiation, not known */
  ALTSVC_LEVEL_INITIAL,
  ALTSVC_LEVEL_EARLY,
  ALTSVC_LEVEL_HANDSHAKE,
  ALTSVC_LEVEL_APPLICATION
} AltsvcLevel;

/* A packet, as far as its tree was walked. */
typedef struct {
  AltsvcLevel level;
  gboolean opened; /* it has frames */
  gboolean reset;  /* it is a stateless reset */
  guint64 size;    /* octets */
  AsvSpan octets;  /* from its first one on */
} AltsvcQuicPacket;

/* connection is borrowed. */
AltsvcQuic *altsvc_quic_new(AltsvcConnection *connection, const packet_info *pinfo);
void altsvc_quic_free(AltsvcQuic *quic);

/* Which end sent the packet in work: its client may have moved (RFC 9000 §9). */
int altsvc_quic_sender(const AltsvcConnection *connection, const packet_info *pinfo);

/* The node of one frame of that packet. */
void altsvc_quic_frame(AltsvcConnection *connection, const proto_node *node,
                       AltsvcQuicPacket *packet);
/* The packet is over. */
void altsvc_quic_end_packet(AltsvcConnection *connection, const packet_info *pinfo,
                            const AltsvcQuicPacket *packet);

/* The datagram in work is over. */
void altsvc_quic_end_datagram(AltsvcConnection *connection);

/* How far the connection has come: of a AsvQuicWatch, whose owner it is. */
AsvQuicProgress altsvc_quic_progress(const void *connection);

/* Tells what was not told yet, as if nothing more came. */
void altsvc_quic_tell_rest(AltsvcConnection *connection);

#endif
