/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TCP: from a segment to its connection's number and streams. */
#ifndef ANALYZER_NET_TCP_H
#define ANALYZER_NET_TCP_H

#include "analyzer/net/pass.h"

enum { ASV_TCP_FIN = 0x01, ASV_TCP_SYN = 0x02, ASV_TCP_RST = 0x04, ASV_TCP_ACK = 0x10 };

typedef struct {
  guint16 ports[2]; /* source, destination */
  guint32 sequence, acknowledgement;
  guint8 flags;      /* ASV_TCP_ */
  gboolean measured; /* the header's length fits the packet: Wireshark notes sequence numbers */
  gboolean whole;    /* it is long enough too: the segment counts and piece is what follows */
  AsvPiece piece;
} AsvSegment;

/* A TCP segment, its header first. */
void asv_tcp_packet(AsvPass *pass, const AsvHosts *hosts, AsvPiece piece);

/* The same, taken apart. */
void asv_tcp_segment(AsvPass *pass, const AsvHosts *hosts, const AsvSegment *segment);

#endif
