/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exported PDUs: tags of type, length and value say which protocol follows and
 * between whom it went; a tag of type 0 ends them. TCP payload comes with its
 * sequence numbers, and is reassembled; PDUs of TLS and HTTP come one by one in
 * the order of their streams.
 */
#include "analyzer/net/pdu.h"

#include "analyzer/net/flow.h"
#include "analyzer/net/ip.h"
#include "analyzer/net/link.h"
#include "analyzer/net/tcp.h"

enum {
  TAG_END = 0,
  TAG_PROTOCOL = 12,
  TAG_TABLE = 14,
  TAG_IPV4_SOURCE = 20,
  TAG_IPV4_DESTINATION = 21,
  TAG_IPV6_SOURCE = 22,
  TAG_IPV6_DESTINATION = 23,
  TAG_PORT_TYPE = 24,
  TAG_SOURCE_PORT = 25,
  TAG_DESTINATION_PORT = 26,
  TAG_TCP = 34
};
enum { PORT_TYPE_TCP = 2 };

typedef struct {
  AsvSpan protocol, table, tcp;
  AsvHosts hosts;
  guint16 ports[2];
  guint32 port_type;
} Tags;

/* Names are padded with NUL. */
static AsvSpan name(AsvSpan value) {
  const guint8 *end = value.size ? memchr(value.data, 0, value.size) : NULL;
  return end ? asv_span(value.data, (gsize)(end - value.data)) : value;
}

static void set_address(AsvAddress *address, AsvSpan value, gsize size) {
  if (value.size != size) return;
  address->size = (guint8)size;
  memcpy(address->bytes, value.data, size);
}

static guint32 number(AsvSpan value) {
  AsvReader reader = asv_reader(value);
  return asv_read_u32(&reader);
}

static void set_tag(Tags *tags, guint16 type, AsvSpan value) {
  switch (type) {
    case TAG_PROTOCOL:
      tags->protocol = name(value);
      break;
    case TAG_TABLE:
      tags->table = name(value);
      break;
    case TAG_IPV4_SOURCE:
      set_address(&tags->hosts.source, value, 4);
      break;
    case TAG_IPV4_DESTINATION:
      set_address(&tags->hosts.destination, value, 4);
      break;
    case TAG_IPV6_SOURCE:
      set_address(&tags->hosts.source, value, 16);
      break;
    case TAG_IPV6_DESTINATION:
      set_address(&tags->hosts.destination, value, 16);
      break;
    case TAG_PORT_TYPE:
      tags->port_type = number(value);
      break;
    case TAG_SOURCE_PORT:
      tags->ports[0] = (guint16)number(value);
      break;
    case TAG_DESTINATION_PORT:
      tags->ports[1] = (guint16)number(value);
      break;
    case TAG_TCP:
      tags->tcp = value;
      break;
    default:
      break;
  }
}

/* TCP payload: the tag holds a version, sequence numbers of this and the next segment, the
 * acknowledged one, whether it was reassembled, flags and the urgent pointer. */
static void tcp_payload(AsvPass *pass, const Tags *tags, AsvPiece piece) {
  AsvReader reader = asv_reader(tags->tcp);
  AsvSegment segment = {
      .ports = {tags->ports[0], tags->ports[1]}, .measured = TRUE, .whole = TRUE, .piece = piece};
  guint16 version = asv_read_u16(&reader);
  segment.sequence = asv_read_u32(&reader);
  asv_read_u32(&reader);
  segment.acknowledgement = asv_read_u32(&reader);
  asv_read_u8(&reader);
  segment.flags = (guint8)asv_read_u16(&reader);
  if (reader.failed || version != 1) {
    pass->malformed = TRUE;
    return;
  }
  asv_tcp_segment(pass, &tags->hosts, &segment);
}

static void message(AsvPass *pass, const Tags *tags, AsvFlowKind kind, AsvPiece piece) {
  int side;
  AsvTuple *tuple = asv_tuples_find(pass->flows->pdus, kind, &tags->hosts, tags->ports, &side);
  if (!pass->wanted || piece.wire == 0) return;
  AsvLive *live = tuple->live;
  if (!live) live = asv_flows_open(pass->flows, pass, tuple, &tags->hosts, tags->ports);
  int from = side == 0 ? live->low : 1 - live->low;
  asv_stream_append(&live->streams[from], &pass->flows->pool, pass->at, piece);
  asv_flows_touch(pass->flows, live, pass, from);
}

static void dispatch(AsvPass *pass, const Tags *tags, AsvPiece piece) {
  static const struct {
    const char *name;
    AsvFlowKind kind;
  } messages[] = {{"tls", ASV_FLOW_PDU_TLS},
                  {"ssl", ASV_FLOW_PDU_TLS},
                  {"http", ASV_FLOW_PDU_HTTP},
                  {"http-over-tls", ASV_FLOW_PDU_HTTP},
                  {"http2", ASV_FLOW_PDU_HTTP2}};
  AsvSpan protocol = tags->protocol;
  if (asv_span_is(protocol, "ip") || asv_span_is(protocol, "ipv6")) {
    asv_ip_packet(pass, piece);
    return;
  }
  if (asv_span_is(protocol, "eth") || asv_span_is(protocol, "eth_withoutfcs") ||
      asv_span_is(protocol, "eth_maybefcs")) {
    asv_link_ethernet(pass, piece);
    return;
  }
  if (!tags->hosts.source.size || tags->hosts.source.size != tags->hosts.destination.size ||
      (tags->port_type && tags->port_type != PORT_TYPE_TCP)) {
    return;
  }
  if (asv_span_is(protocol, "tcp")) {
    asv_tcp_packet(pass, &tags->hosts, piece);
    return;
  }
  if (asv_span_is(tags->table, "tcp.port") && tags->tcp.size) {
    tcp_payload(pass, tags, piece);
    return;
  }
  for (gsize i = 0; i < G_N_ELEMENTS(messages); i++) {
    if (asv_span_is(protocol, messages[i].name)) message(pass, tags, messages[i].kind, piece);
  }
}

void asv_pdu_packet(AsvPass *pass, AsvPiece piece) {
  AsvReader reader = asv_reader(piece.data);
  Tags tags = {0};
  for (;;) {
    guint16 type = asv_read_u16(&reader);
    guint16 length = asv_read_u16(&reader);
    AsvSpan value = asv_read_span(&reader, length);
    if (reader.failed) {
      pass->malformed = TRUE;
      return;
    }
    if (type == TAG_END) break;
    set_tag(&tags, type, value);
  }
  dispatch(pass, &tags, asv_piece_rest(piece, &reader));
}
