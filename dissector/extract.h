/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From Wireshark's protocol tree to observations: what each packet's tree says
 * about connections, handshakes, requests, responses and advertisements, in
 * the order of the tree. Runs on the first pass only: later passes see what
 * packet-altsvc.c kept.
 */
#ifndef DISSECTOR_EXTRACT_H
#define DISSECTOR_EXTRACT_H

#include <epan/packet.h>

#include "altsvc/observation.h"

/* What is remembered of one capture file. */
typedef struct AltsvcExtract AltsvcExtract;

AltsvcExtract *altsvc_extract_new(void);
void altsvc_extract_free(AltsvcExtract *extract);

/* Tells the observations of one packet. tree is the packet's whole tree. */
void altsvc_extract_packet(AltsvcExtract *extract, packet_info *pinfo, proto_tree *tree,
                           const AsvObserver *out);

/* Tells what is left to tell when the last packet was seen: connections still open end with the
 * capture. May be called again, also while packets still come. */
void altsvc_extract_finish(const AltsvcExtract *extract, const AsvObserver *out);

#endif
