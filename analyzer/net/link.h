/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Link layers: from a captured frame to the IP packet in it. */
#ifndef ANALYZER_NET_LINK_H
#define ANALYZER_NET_LINK_H

#include "analyzer/net/pass.h"

/* A frame of the given LINKTYPE_ value; an unknown one is counted. */
void asv_link_packet(AsvPass *pass, int linktype, AsvPiece piece);

/* An Ethernet frame: destination, source, type or length. */
void asv_link_ethernet(AsvPass *pass, AsvPiece piece);

/* What follows an EtherType; values below 1536 are a length (IEEE 802.3) and LLC follows. */
void asv_link_ethertype(AsvPass *pass, guint16 type, AsvPiece piece);

/* An IEEE 802.2 LLC header; only SNAP carries IP. */
void asv_link_llc(AsvPass *pass, AsvPiece piece);

/* A PPP frame, with or without address and control octets (RFC 1661, 1662). */
void asv_link_ppp(AsvPass *pass, AsvPiece piece);

#endif
