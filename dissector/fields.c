/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fields are told apart by a table over their ids, since every node of every
 * tree is asked. A name that this version of Wireshark does not have is left
 * out; a name registered several times counts each time.
 */
#include "fields.h"

#include <ws_version.h>

#define SINCE(major, minor)             \
  (WIRESHARK_VERSION_MAJOR > (major) || \
   (WIRESHARK_VERSION_MAJOR == (major) && WIRESHARK_VERSION_MINOR >= (minor)))

typedef struct {
  const char *name;
  AltsvcField field;
} Name;

static const Name names[] = {
    {"eth.src", ALTSVC_FIELD_ETH_SOURCE},
    {"sll.src.eth", ALTSVC_FIELD_ETH_SOURCE},
    {"tcp", ALTSVC_FIELD_TCP},
    {"tcp.stream", ALTSVC_FIELD_TCP_STREAM},
    {"tcp.flags", ALTSVC_FIELD_TCP_FLAGS},
    {"tcp.analysis.lost_segment", ALTSVC_FIELD_TCP_LOST},
    {"tcp.seq_raw", ALTSVC_FIELD_TCP_SEQUENCE},
    {"tcp.len", ALTSVC_FIELD_TCP_LENGTH},
    {"tcp.payload", ALTSVC_FIELD_TCP_PAYLOAD},
    {"tls", ALTSVC_FIELD_TLS},
    {"tls.record", ALTSVC_FIELD_TLS_RECORD},
    {"tls.record.content_type", ALTSVC_FIELD_TLS_RECORD_TYPE},
    {"tls.record.opaque_type", ALTSVC_FIELD_TLS_RECORD_OPAQUE_TYPE},
    {"tls.alert_message.level", ALTSVC_FIELD_TLS_ALERT_LEVEL},
    {"tls.alert_message.desc", ALTSVC_FIELD_TLS_ALERT},
    {"tls.handshake", ALTSVC_FIELD_TLS_HANDSHAKE},
    {"tls.handshake.type", ALTSVC_FIELD_TLS_HANDSHAKE_TYPE},
    {"tls.handshake.version", ALTSVC_FIELD_TLS_VERSION},
    {"tls.handshake.extensions.supported_version", ALTSVC_FIELD_TLS_SUPPORTED_VERSION},
    {"tls.handshake.session_id", ALTSVC_FIELD_TLS_SESSION_ID},
    {"tls.handshake.extension.type", ALTSVC_FIELD_TLS_EXTENSION_TYPE},
    {"tls.handshake.extension.data", ALTSVC_FIELD_TLS_EXTENSION_DATA},
    {"tls.handshake.extensions_server_name", ALTSVC_FIELD_TLS_SERVER_NAME},
    {"tls.handshake.extensions_alpn_str", ALTSVC_FIELD_TLS_ALPN},
    {"tls.handshake.extensions.psk.identity.identity", ALTSVC_FIELD_TLS_PSK_IDENTITY},
    {"tls.handshake.extensions.psk.identity.selected", ALTSVC_FIELD_TLS_PSK_SELECTED},
    {"tls.handshake.session_ticket", ALTSVC_FIELD_TLS_TICKET},
    {"tls.handshake.certificate", ALTSVC_FIELD_TLS_CERTIFICATE},
    {"tls.compress_certificate.algorithm", ALTSVC_FIELD_TLS_COMPRESSION},
    {"tls.compress_certificate.compressed_certificate_message", ALTSVC_FIELD_TLS_COMPRESSED},
    {"tls.handshake.ciphersuite", ALTSVC_FIELD_TLS_SUITE},
    {"http", ALTSVC_FIELD_HTTP},
    {"http.request.method", ALTSVC_FIELD_HTTP_METHOD},
    {"http.request.uri", ALTSVC_FIELD_HTTP_TARGET},
    {"http.request.version", ALTSVC_FIELD_HTTP_VERSION},
    {"http.response.version", ALTSVC_FIELD_HTTP_VERSION},
    {"http.response.code", ALTSVC_FIELD_HTTP_STATUS},
    {"http.request.line", ALTSVC_FIELD_HTTP_LINE},
    {"http.response.line", ALTSVC_FIELD_HTTP_LINE},
    {"http.chunked_trailer_part", ALTSVC_FIELD_HTTP_TRAILER},
    {"http2", ALTSVC_FIELD_HTTP2},
    {"http2.stream", ALTSVC_FIELD_HTTP2_STREAM},
    {"http2.type", ALTSVC_FIELD_HTTP2_TYPE},
    {"http2.streamid", ALTSVC_FIELD_HTTP2_STREAM_ID},
    {"http2.header", ALTSVC_FIELD_HTTP2_HEADER},
    {"http2.header.name", ALTSVC_FIELD_HTTP2_HEADER_NAME},
    {"http2.header.value", ALTSVC_FIELD_HTTP2_HEADER_VALUE},
    {"http3.header.header.name", ALTSVC_FIELD_HTTP3_HEADER_NAME},
    {"http3.headers.header.value", ALTSVC_FIELD_HTTP3_HEADER_VALUE},
    {"udp.stream", ALTSVC_FIELD_UDP_STREAM},
    {"dns", ALTSVC_FIELD_DNS},
    {"mdns", ALTSVC_FIELD_DNS},
    {"dns.length", ALTSVC_FIELD_DNS_LENGTH},
    {"icmp", ALTSVC_FIELD_ICMP},
    {"icmpv6", ALTSVC_FIELD_ICMPV6},
    {"quic", ALTSVC_FIELD_QUIC},
    {"quic.connection.number", ALTSVC_FIELD_QUIC_CONNECTION},
    {"quic.packet_length", ALTSVC_FIELD_QUIC_LENGTH},
    {"quic.header_form", ALTSVC_FIELD_QUIC_FORM},
    {"quic.long.packet_type", ALTSVC_FIELD_QUIC_TYPE},
    {"quic.long.packet_type_v2", ALTSVC_FIELD_QUIC_TYPE_V2},
    {"quic.frame", ALTSVC_FIELD_QUIC_FRAME},
    {"quic.stateless_reset_token", ALTSVC_FIELD_QUIC_RESET},
};

/* What Wireshark said about its fields, the same for the whole run of the program. */
static struct {
  guint8 *field_of; /* AltsvcField by id */
  int count;
  GArray *ids; /* int */
} found;

static void find(const Name *name) {
  int id = proto_registrar_get_id_byname(name->name);
  while (id >= 0) {
    header_field_info *info = proto_registrar_get_nth((guint)id);
    if (id >= found.count) {
      found.field_of = g_realloc(found.field_of, (gsize)id + 1);
      memset(found.field_of + found.count, ALTSVC_FIELD_OTHER, (gsize)(id + 1 - found.count));
      found.count = id + 1;
    }
    found.field_of[id] = (guint8)name->field;
    g_array_append_val(found.ids, id);
    id = info->same_name_prev_id;
  }
}

void altsvc_fields_find(void) {
  if (found.ids) return;
  found.ids = g_array_new(FALSE, FALSE, sizeof(int));
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++) find(&names[i]);
}

GArray *altsvc_fields_wanted(void) {
  GArray *wanted = g_array_new(FALSE, FALSE, sizeof(int));
  return g_array_append_vals(wanted, found.ids->data, found.ids->len);
}

AltsvcField altsvc_field_of(const proto_node *node) {
  const field_info *info = PNODE_FINFO(node);
  if (!info || info->hfinfo->id < 0 || info->hfinfo->id >= found.count) return ALTSVC_FIELD_OTHER;
  return (AltsvcField)found.field_of[info->hfinfo->id];
}

#if SINCE(4, 2)
#define VALUE(info) ((info)->value)
#else
#define VALUE(info) (&(info)->value)
#endif

guint64 altsvc_field_number(const proto_node *node) {
  field_info *info = PNODE_FINFO(node);
  switch (info->hfinfo->type) {
    case FT_UINT8:
    case FT_UINT16:
    case FT_UINT24:
    case FT_UINT32:
    case FT_FRAMENUM:
      return fvalue_get_uinteger(VALUE(info));
    case FT_UINT64:
    case FT_BOOLEAN:
      return fvalue_get_uinteger64(VALUE(info));
    default:
      return 0;
  }
}

AsvSpan altsvc_field_octets(const packet_info *pinfo, const proto_node *node) {
  const field_info *info = PNODE_FINFO(node);
  if (!info->ds_tvb || info->start < 0 || info->length <= 0) return asv_span("", 0);
  gint left = tvb_captured_length_remaining(info->ds_tvb, info->start);
  gint size = MIN(left, info->length);
  if (size <= 0) return asv_span("", 0);
  return asv_span(tvb_memdup(pinfo->pool, info->ds_tvb, info->start, (size_t)size), (gsize)size);
}

AsvSpan altsvc_field_octets_on(const proto_node *node) {
  const field_info *info = PNODE_FINFO(node);
  if (!info->ds_tvb || info->start < 0) return asv_span("", 0);
  gint left = tvb_captured_length_remaining(info->ds_tvb, info->start);
  if (left <= 0) return asv_span("", 0);
  return asv_span(tvb_get_ptr(info->ds_tvb, info->start, left), (gsize)left);
}

AsvSpan altsvc_field_decompressed(const packet_info *pinfo, const proto_node *node,
                                  guint algorithm) {
  const field_info *info = PNODE_FINFO(node);
  tvbuff_t *inside = NULL;
#if SINCE(4, 4)
  if (algorithm == 1) inside = tvb_uncompress_zlib(info->ds_tvb, info->start, info->length);
  if (algorithm == 3) inside = tvb_uncompress_zstd(info->ds_tvb, info->start, info->length);
#else
  if (algorithm == 1) inside = tvb_uncompress(info->ds_tvb, info->start, info->length);
#endif
  if (algorithm == 2) inside = tvb_uncompress_brotli(info->ds_tvb, info->start, info->length);
  if (!inside) return asv_span("", 0);
  gsize size = tvb_captured_length(inside);
  AsvSpan octets = asv_span(tvb_memdup(pinfo->pool, inside, 0, size), size);
  tvb_free(inside);
  return octets;
}
