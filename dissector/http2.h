/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HTTP/2 frames as Wireshark shows them, and the requests of the streams
 * (RFC 9113, RFC 7838 §4, RFC 8336).
 */
#ifndef DISSECTOR_HTTP2_H
#define DISSECTOR_HTTP2_H

#include "connection.h"

/* The node of one frame, or of the preface. */
void altsvc_http2_node(AltsvcConnection *connection, packet_info *pinfo, proto_node *node);
void altsvc_http2_free(AltsvcHttp2 *http2);

#endif
