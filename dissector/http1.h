/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HTTP/1 messages as Wireshark shows them, and the FIFO of requests that wait
 * for an answer (RFC 9112 §9.3).
 */
#ifndef DISSECTOR_HTTP1_H
#define DISSECTOR_HTTP1_H

#include "connection.h"

/* A node of the protocol http. */
void altsvc_http1_node(AltsvcConnection *connection, packet_info *pinfo, proto_node *node);
void altsvc_http1_free(AltsvcHttp1 *http1);

#endif
