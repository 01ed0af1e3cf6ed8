/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exported PDUs (LINKTYPE_WIRESHARK_UPPER_PDU): what Wireshark cut out of another capture. */
#ifndef ANALYZER_NET_PDU_H
#define ANALYZER_NET_PDU_H

#include "analyzer/net/pass.h"

/* A packet of tags and the PDU behind them. Protocols that do not matter are passed over. */
void asv_pdu_packet(AsvPass *pass, AsvPiece piece);

#endif
