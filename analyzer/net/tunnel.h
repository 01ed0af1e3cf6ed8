/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tunnels: what carries IP or Ethernet inside GRE or UDP. */
#ifndef ANALYZER_NET_TUNNEL_H
#define ANALYZER_NET_TUNNEL_H

#include "analyzer/net/pass.h"

/* A GRE packet, its header first. */
void asv_tunnel_gre(AsvPass *pass, AsvPiece piece);

/* A UDP datagram, its header first; the ports say which tunnel it is, if any. */
void asv_tunnel_udp(AsvPass *pass, AsvPiece piece);

#endif
