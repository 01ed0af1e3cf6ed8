/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Findings as expert infos: one of each code of the catalogue, filtered by
 * `altsvc.` and the code with _ for -, and some about Wireshark's own settings.
 */
#ifndef DISSECTOR_EXPERT_H
#define DISSECTOR_EXPERT_H

#include <epan/packet.h>

#include "altsvc/finding.h"

void altsvc_expert_register(int protocol);

/* Adds the finding of that code (a name of the catalogue) to an item. */
void altsvc_expert_add(packet_info *pinfo, proto_item *item, const char *code, const char *message);

/* Adds that segments behind a gap are not put in order as Wireshark is set. */
void altsvc_expert_add_order(packet_info *pinfo, proto_item *item);

/* Adds that this may be the packet of the message's body, not of its header section. */
void altsvc_expert_add_body(packet_info *pinfo, proto_item *item);

#endif
