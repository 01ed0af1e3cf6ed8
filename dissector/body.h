/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HTTP/1 messages that Wireshark shows where their body ends: as it is set at
 * first (http.desegment_body), it waits for the body, and the packet's number
 * is not that of the header section.
 */
#ifndef DISSECTOR_BODY_H
#define DISSECTOR_BODY_H

#include "dissector/packet-altsvc.h"

/* Whether that may be so for this observation of the packet. */
gboolean altsvc_body_was_awaited(const packet_info *pinfo, const AltsvcSeen *seen);

#endif
