/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TLS handshakes as Wireshark shows them (RFC 8446, RFC 5246): what both sides
 * said of names, protocols and certificates, told when the server has finished.
 */
#ifndef DISSECTOR_TLS_H
#define DISSECTOR_TLS_H

#include "connection.h"

/* A node of the protocol tls. */
void altsvc_tls_node(AltsvcConnection *connection, packet_info *pinfo, proto_node *node);
/* Tells the handshake as far as it was seen, unless that was done. final: it is done now. */
void altsvc_tls_tell(const AltsvcConnection *connection, gboolean final);
void altsvc_tls_free(AltsvcTls *tls);

#endif
