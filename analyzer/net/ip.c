/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IPv4 (RFC 791) and IPv6 (RFC 8200) with options and extension headers, and
 * IP in IP (RFC 2003, 2473, 4213).
 */
#include "analyzer/net/ip.h"

#include "analyzer/net/fragment.h"
#include "analyzer/net/icmp.h"
#include "analyzer/net/tcp.h"
#include "analyzer/net/tunnel.h"
#include "analyzer/net/udp.h"

enum {
  PROTOCOL_HOP_BY_HOP = 0,
  PROTOCOL_ICMP = 1,
  PROTOCOL_IPV4 = 4,
  PROTOCOL_TCP = 6,
  PROTOCOL_UDP = 17,
  PROTOCOL_IPV6 = 41,
  PROTOCOL_ROUTING = 43,
  PROTOCOL_FRAGMENT = 44,
  PROTOCOL_GRE = 47,
  PROTOCOL_AUTHENTICATION = 51,
  PROTOCOL_ICMPV6 = 58,
  PROTOCOL_DESTINATION = 60,
  PROTOCOL_MOBILITY = 135,
  PROTOCOL_HIP = 139,
  PROTOCOL_SHIM6 = 140
};

static void payload(AsvPass *pass, const AsvHosts *hosts, guint8 protocol, AsvPiece piece);

/* A fragment: what it completes, if anything, goes on as if it had come whole. */
static void fragment(AsvPass *pass, const AsvHosts *hosts, const AsvFragment *part) {
  if (pass->quoted) {
    if (part->offset == 0) payload(pass, hosts, part->protocol, part->piece);
    return;
  }
  AsvDatagram *datagram = asv_fragments_take(pass->fragments, pass, hosts, part);
  if (!datagram) return;
  gboolean wanted = pass->wanted;
  pass->wanted = asv_datagram_wanted(datagram);
  AsvSpan data = asv_datagram_data(datagram);
  payload(pass, hosts, part->protocol, (AsvPiece){data, data.size});
  pass->wanted = wanted;
  asv_datagram_free(datagram);
}

static void fragment_v6(AsvPass *pass, const AsvHosts *hosts, AsvPiece piece) {
  AsvReader reader = asv_reader(piece.data);
  AsvFragment part = {0};
  part.protocol = asv_read_u8(&reader);
  asv_read_u8(&reader);
  guint16 position = asv_read_u16(&reader);
  part.identification = asv_read_u32(&reader);
  part.offset = position & 0xfff8u;
  part.more = position & 1;
  part.piece = asv_piece_rest(piece, &reader);
  if (reader.failed || pass->depth >= ASV_NET_NESTING) {
    pass->malformed = TRUE;
    return;
  }
  pass->depth++;
  if (part.offset == 0 && !part.more) {
    payload(pass, hosts, part.protocol, part.piece); /* atomic: RFC 6946 */
  } else {
    fragment(pass, hosts, &part);
  }
  pass->depth--;
}

/* Moves behind the extension headers that have a length; FALSE when they are cut. */
static gboolean skip_extensions(guint8 *protocol, AsvPiece *piece) {
  AsvReader reader = asv_reader(piece->data);
  for (;;) {
    switch (*protocol) {
      case PROTOCOL_HOP_BY_HOP:
      case PROTOCOL_ROUTING:
      case PROTOCOL_DESTINATION:
      case PROTOCOL_MOBILITY:
      case PROTOCOL_HIP:
      case PROTOCOL_SHIM6: {
        *protocol = asv_read_u8(&reader);
        guint8 units = asv_read_u8(&reader);
        asv_read_span(&reader, units * 8u + 6);
        break;
      }
      case PROTOCOL_AUTHENTICATION: {
        *protocol = asv_read_u8(&reader);
        guint8 units = asv_read_u8(&reader);
        asv_read_span(&reader, units * 4u + 6);
        break;
      }
      default:
        *piece = asv_piece_rest(*piece, &reader);
        return TRUE;
    }
    if (reader.failed) return FALSE;
  }
}

static void payload(AsvPass *pass, const AsvHosts *hosts, guint8 protocol, AsvPiece piece) {
  if (!skip_extensions(&protocol, &piece)) {
    pass->malformed = TRUE;
    return;
  }
  switch (protocol) {
    case PROTOCOL_TCP:
      asv_tcp_packet(pass, hosts, piece);
      break;
    case PROTOCOL_UDP:
      asv_udp_packet(pass, hosts, piece);
      break;
    case PROTOCOL_IPV4:
    case PROTOCOL_IPV6:
      asv_ip_packet(pass, piece);
      break;
    case PROTOCOL_GRE:
      asv_tunnel_gre(pass, piece);
      break;
    case PROTOCOL_FRAGMENT:
      fragment_v6(pass, hosts, piece);
      break;
    case PROTOCOL_ICMP:
    case PROTOCOL_ICMPV6:
      asv_icmp_packet(pass, hosts, piece, protocol == PROTOCOL_ICMPV6);
      break;
    default:
      break;
  }
}

static AsvAddress address(AsvSpan octets) {
  AsvAddress address = {.size = (guint8)octets.size};
  memcpy(address.bytes, octets.data, octets.size);
  return address;
}

static void version_4(AsvPass *pass, AsvPiece piece) {
  enum { MORE_FRAGMENTS = 0x2000, OFFSET = 0x1fff };
  AsvReader reader = asv_reader(piece.data);
  gsize header = (asv_read_u8(&reader) & 0x0fu) * 4;
  asv_read_u8(&reader);
  gsize total = asv_read_u16(&reader);
  guint16 identification = asv_read_u16(&reader);
  guint16 position = asv_read_u16(&reader);
  asv_read_u8(&reader);
  guint8 protocol = asv_read_u8(&reader);
  asv_read_u16(&reader);
  AsvSpan source = asv_read_span(&reader, 4);
  AsvSpan destination = asv_read_span(&reader, 4);
  if (header >= 20) asv_read_span(&reader, header - 20);
  if (total == 0) total = piece.wire; /* captured before segmentation offload */
  if (reader.failed || header < 20 || total < header) {
    pass->malformed = TRUE;
    return;
  }
  AsvHosts hosts = {address(source), address(destination)};
  AsvPiece rest = asv_piece_limit(asv_piece_rest(piece, &reader), total - header);
  if (!(position & (MORE_FRAGMENTS | OFFSET))) {
    payload(pass, &hosts, protocol, rest);
    return;
  }
  AsvFragment part = {.protocol = protocol,
                      .identification = identification,
                      .offset = (position & OFFSET) * 8u,
                      .more = position & MORE_FRAGMENTS ? TRUE : FALSE,
                      .piece = rest};
  fragment(pass, &hosts, &part);
}

static void version_6(AsvPass *pass, AsvPiece piece) {
  AsvReader reader = asv_reader(piece.data);
  asv_read_u32(&reader);
  gsize length = asv_read_u16(&reader);
  guint8 protocol = asv_read_u8(&reader);
  asv_read_u8(&reader);
  AsvSpan source = asv_read_span(&reader, 16);
  AsvSpan destination = asv_read_span(&reader, 16);
  if (reader.failed) {
    pass->malformed = TRUE;
    return;
  }
  AsvHosts hosts = {address(source), address(destination)};
  AsvPiece rest = asv_piece_rest(piece, &reader);
  if (length) rest = asv_piece_limit(rest, length); /* 0: a jumbogram, or segmentation offload */
  payload(pass, &hosts, protocol, rest);
}

void asv_ip_packet(AsvPass *pass, AsvPiece piece) {
  guint version = piece.data.size ? piece.data.data[0] >> 4 : 0;
  if (pass->depth >= ASV_NET_NESTING || (version != 4 && version != 6)) {
    pass->malformed = TRUE;
    return;
  }
  pass->depth++;
  if (version == 4) {
    version_4(pass, piece);
  } else {
    version_6(pass, piece);
  }
  pass->depth--;
}
