/* SPDX-License-Identifier: GPL-2.0-or-later */
/* UDP datagrams (RFC 768): numbered as Wireshark's udp.stream, and given to a tunnel or on. */
#ifndef ANALYZER_NET_UDP_H
#define ANALYZER_NET_UDP_H

#include "analyzer/net/pass.h"

/* A datagram, its header first. Checksums are not looked at. */
void asv_udp_packet(AsvPass *pass, const AsvHosts *hosts, AsvPiece piece);

#endif
