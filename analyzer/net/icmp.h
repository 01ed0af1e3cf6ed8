/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ICMP errors and the packets they quote. */
#ifndef ANALYZER_NET_ICMP_H
#define ANALYZER_NET_ICMP_H

#include "analyzer/net/pass.h"

/* An ICMP message, or an ICMPv6 one, between hosts: of an error, reads the quoted packet. */
void asv_icmp_packet(AsvPass *pass, const AsvHosts *hosts, AsvPiece piece, gboolean version_6);

#endif
