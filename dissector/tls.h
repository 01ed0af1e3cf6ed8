/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TLS as Wireshark shows it (RFC 8446, RFC 5246): what both sides said of
 * names, protocols and certificates, told when the server has finished, and
 * the protected records that Wireshark could not read.
 */
#ifndef DISSECTOR_TLS_H
#define DISSECTOR_TLS_H

#include "connection.h"

/* A node of the protocol tls. */
void altsvc_tls_node(AltsvcConnection *connection, packet_info *pinfo, proto_node *node);

/* ---- of a QUIC connection ---- */

gboolean altsvc_tls_has_client_hello(const AltsvcConnection *connection);
gboolean altsvc_tls_has_server_hello(const AltsvcConnection *connection);
/* FALSE when the server has chosen another protocol than HTTP/3. */
gboolean altsvc_tls_may_be_http3(const AltsvcConnection *connection);
/* TRUE once the server has accepted 0-RTT data. */
gboolean altsvc_tls_early_accepted(const AltsvcConnection *connection);
/* A packet was opened with secrets. */
void altsvc_tls_set_readable(AltsvcConnection *connection);
/* Tells the handshake as far as it is known; nothing happens when it was told. */
void altsvc_tls_tell(AltsvcConnection *connection);
/* What follows is 0-RTT data: its requests wait while the server has not accepted it. */
void altsvc_tls_hold_early(AltsvcConnection *connection);

/* ---- any ---- */

/* TRUE when a handshake was begun, and records that were all seen, read or not, did not complete
 * it. */
gboolean altsvc_tls_is_incomplete(const AltsvcConnection *connection);

/* Nothing more comes from that side: tells what is left to tell of it. */
void altsvc_tls_end(AltsvcConnection *connection, AsvFrom from);

/* A copy to try altsvc_tls_end() on, to be freed with g_free() before tls is changed or freed. */
AltsvcTls *altsvc_tls_copy(const AltsvcTls *tls);

void altsvc_tls_free(AltsvcTls *tls);

#endif
