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

/* Nothing more comes from that side: tells what is left to tell of it. */
void altsvc_tls_end(AltsvcConnection *connection, AsvFrom from);

/* A copy to try altsvc_tls_end() on, to be freed with g_free() before tls is changed or freed. */
AltsvcTls *altsvc_tls_copy(const AltsvcTls *tls);

void altsvc_tls_free(AltsvcTls *tls);

#endif
