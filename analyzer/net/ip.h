/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IPv4 and IPv6: from a packet to its TCP segment, or to the next packet inside. */
#ifndef ANALYZER_NET_IP_H
#define ANALYZER_NET_IP_H

#include "analyzer/net/pass.h"

/* An IP packet; its first four bits say which version. Checksums are not looked at. */
void asv_ip_packet(AsvPass *pass, AsvPiece piece);

#endif
