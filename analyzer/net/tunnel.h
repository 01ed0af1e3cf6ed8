/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tunnels: what carries IP or Ethernet inside GRE or UDP. */
#ifndef ANALYZER_NET_TUNNEL_H
#define ANALYZER_NET_TUNNEL_H

#include "analyzer/net/pass.h"

/* A GRE packet, its header first. */
void asv_tunnel_gre(AsvPass *pass, AsvPiece piece);

/* What a UDP datagram between these ports carries; they say which tunnel it is. FALSE: none. */
gboolean asv_tunnel_udp(AsvPass *pass, const guint16 ports[2], AsvPiece piece);

#endif
