/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Gaps of TCP connections that Wireshark, as it is set, does not read across:
 * with tcp.reassemble_out_of_order off, its default before 4.6, one packet out
 * of order costs the messages behind it.
 */
#ifndef DISSECTOR_GAP_H
#define DISSECTOR_GAP_H

#include <epan/packet.h>

/* Whether Wireshark is set to put segments in order; TRUE when it has no such setting. */
gboolean altsvc_gap_is_mended(void);

/* TRUE when segments are missing before this packet; *stream is its connection's number. */
gboolean altsvc_gap_find(proto_tree *tree, guint64 *stream);

#endif
