/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Wireshark's fields that observations are made of. Only fields.c knows their
 * names and what differs between versions of Wireshark.
 */
#ifndef DISSECTOR_FIELDS_H
#define DISSECTOR_FIELDS_H

#include <epan/packet.h>

#include "altsvc/bytes.h"

typedef enum {
  ALTSVC_FIELD_OTHER, /* nothing of interest */
  ALTSVC_FIELD_ETH_SOURCE,
  ALTSVC_FIELD_TCP,
  ALTSVC_FIELD_TCP_STREAM,
  ALTSVC_FIELD_TCP_FLAGS,
  ALTSVC_FIELD_TCP_LOST,
  ALTSVC_FIELD_TCP_SEQUENCE,
  ALTSVC_FIELD_TCP_LENGTH,
  ALTSVC_FIELD_TCP_PAYLOAD,
  ALTSVC_FIELD_TLS,
  ALTSVC_FIELD_TLS_RECORD,
  ALTSVC_FIELD_TLS_RECORD_TYPE,
  ALTSVC_FIELD_TLS_RECORD_OPAQUE_TYPE,
  ALTSVC_FIELD_TLS_ALERT_LEVEL,
  ALTSVC_FIELD_TLS_ALERT,
  ALTSVC_FIELD_TLS_HANDSHAKE,
  ALTSVC_FIELD_TLS_HANDSHAKE_TYPE,
  ALTSVC_FIELD_TLS_VERSION,
  ALTSVC_FIELD_TLS_SUPPORTED_VERSION,
  ALTSVC_FIELD_TLS_SESSION_ID,
  ALTSVC_FIELD_TLS_EXTENSION_TYPE,
  ALTSVC_FIELD_TLS_EXTENSION_DATA,
  ALTSVC_FIELD_TLS_SERVER_NAME,
  ALTSVC_FIELD_TLS_ALPN,
  ALTSVC_FIELD_TLS_PSK_IDENTITY,
  ALTSVC_FIELD_TLS_PSK_SELECTED,
  ALTSVC_FIELD_TLS_TICKET,
  ALTSVC_FIELD_TLS_CERTIFICATE,
  ALTSVC_FIELD_TLS_COMPRESSION,
  ALTSVC_FIELD_TLS_COMPRESSED,
  ALTSVC_FIELD_TLS_SUITE,
  ALTSVC_FIELD_HTTP,
  ALTSVC_FIELD_HTTP_METHOD,
  ALTSVC_FIELD_HTTP_TARGET,
  ALTSVC_FIELD_HTTP_VERSION,
  ALTSVC_FIELD_HTTP_STATUS,
  ALTSVC_FIELD_HTTP_LINE,
  ALTSVC_FIELD_HTTP_TRAILER,
  ALTSVC_FIELD_HTTP2,
  ALTSVC_FIELD_HTTP2_STREAM,
  ALTSVC_FIELD_HTTP2_TYPE,
  ALTSVC_FIELD_HTTP2_STREAM_ID,
  ALTSVC_FIELD_HTTP2_HEADER,
  ALTSVC_FIELD_HTTP2_HEADER_NAME,
  ALTSVC_FIELD_HTTP2_HEADER_VALUE,
  ALTSVC_FIELD_HTTP3_HEADER_NAME,
  ALTSVC_FIELD_HTTP3_HEADER_VALUE,
  ALTSVC_FIELD_UDP_STREAM,
  ALTSVC_FIELD_DNS,
  ALTSVC_FIELD_DNS_LENGTH,
  ALTSVC_FIELD_ICMP,
  ALTSVC_FIELD_ICMPV6,
  ALTSVC_FIELD_QUIC,
  ALTSVC_FIELD_QUIC_CONNECTION,
  ALTSVC_FIELD_QUIC_LENGTH,
  ALTSVC_FIELD_QUIC_FORM,
  ALTSVC_FIELD_QUIC_TYPE,
  ALTSVC_FIELD_QUIC_TYPE_V2,
  ALTSVC_FIELD_QUIC_FRAME,
  ALTSVC_FIELD_QUIC_RESET,
  ALTSVC_FIELDS /* their number */
} AltsvcField;

/* Looks the fields up; to be called once all protocols are registered. */
void altsvc_fields_find(void);

/* The ids of all that were found (int), for set_postdissector_wanted_hfids(), which takes it. */
GArray *altsvc_fields_wanted(void);

/* Which field the node of a tree is. Faked nodes, which have no info, are ALTSVC_FIELD_OTHER. */
AltsvcField altsvc_field_of(const proto_node *node);

/* The value of a numeric field; for others 0. */
guint64 altsvc_field_number(const proto_node *node);

/* The octets the field stands for, exactly as captured, kept until the packet is done. */
AsvSpan altsvc_field_octets(const packet_info *pinfo, const proto_node *node);

/*
 * The same from there to the end of the buffer: for fields whose length Wireshark sets only where
 * a tree is shown. Borrowed until the packet is done.
 */
AsvSpan altsvc_field_octets_on(const proto_node *node);

/*
 * The same of a field that holds compressed octets, by the algorithms of
 * RFC 8879 §7.3: the octets inside; empty when this Wireshark cannot.
 */
AsvSpan altsvc_field_decompressed(const packet_info *pinfo, const proto_node *node,
                                  guint algorithm);

#endif
