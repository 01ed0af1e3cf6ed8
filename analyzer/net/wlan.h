/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Wireless LAN frames: unencrypted IEEE 802.11 data frames, bare or behind a radiotap header. */
#ifndef ANALYZER_NET_WLAN_H
#define ANALYZER_NET_WLAN_H

#include "analyzer/net/pass.h"

/* An IEEE 802.11 frame. Encrypted data frames are counted; other than data frames are passed over.
 */
void asv_wlan_frame(AsvPass *pass, AsvPiece piece);

/* The same behind a radiotap header. */
void asv_wlan_radiotap(AsvPass *pass, AsvPiece piece);

#endif
