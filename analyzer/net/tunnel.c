/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tunnels: GRE (RFC 2784, 2890) with its PPTP form (RFC 2637) and ERSPAN, VXLAN
 * (RFC 7348), Geneve (RFC 8926), GTP-U (3GPP TS 29.281), L2TPv2 (RFC 2661),
 * Teredo (RFC 4380). UDP tunnels are known by their registered port.
 */
#include "analyzer/net/tunnel.h"

#include "analyzer/net/ip.h"
#include "analyzer/net/link.h"

enum {
  PORT_L2TP = 1701,
  PORT_GTP_U = 2152,
  PORT_TEREDO = 3544,
  PORT_VXLAN = 4789,
  PORT_GENEVE = 6081
};

enum {
  GRE_CHECKSUM = 0x8000,
  GRE_ROUTING = 0x4000,
  GRE_KEY = 0x2000,
  GRE_SEQUENCE = 0x1000,
  GRE_ACK = 0x0080,
  GRE_VERSION = 0x0007
};
enum { TYPE_ERSPAN_2 = 0x88be, TYPE_ERSPAN_3 = 0x22eb };

static void erspan(AsvPass *pass, AsvPiece piece, gsize header) {
  AsvReader reader = asv_reader(piece.data);
  AsvSpan fields = asv_read_span(&reader, header);
  /* The lowest bit of the version 3 header says that eight more octets follow. */
  if (header == 12 && fields.size && fields.data[11] & 1) asv_read_span(&reader, 8);
  if (reader.failed) {
    pass->malformed = TRUE;
    return;
  }
  asv_link_ethernet(pass, asv_piece_rest(piece, &reader));
}

void asv_tunnel_gre(AsvPass *pass, AsvPiece piece) {
  AsvReader reader = asv_reader(piece.data);
  guint16 flags = asv_read_u16(&reader);
  guint16 type = asv_read_u16(&reader);
  if (flags & GRE_CHECKSUM) asv_read_u32(&reader);
  if (flags & GRE_KEY) asv_read_u32(&reader);
  if (flags & GRE_SEQUENCE) asv_read_u32(&reader);
  if ((flags & GRE_VERSION) == 1 && flags & GRE_ACK) asv_read_u32(&reader);
  if (reader.failed || flags & GRE_ROUTING || (flags & GRE_VERSION) > 1) {
    pass->malformed = TRUE;
    return;
  }
  AsvPiece inner = asv_piece_rest(piece, &reader);
  if (type == TYPE_ERSPAN_2) {
    erspan(pass, inner, flags & GRE_SEQUENCE ? 8 : 0);
  } else if (type == TYPE_ERSPAN_3) {
    erspan(pass, inner, 12);
  } else {
    asv_link_ethertype(pass, type, inner);
  }
}

static void vxlan(AsvPass *pass, AsvPiece piece) {
  AsvReader reader = asv_reader(piece.data);
  asv_read_span(&reader, 8);
  asv_link_ethernet(pass, asv_piece_rest(piece, &reader));
}

static void geneve(AsvPass *pass, AsvPiece piece) {
  AsvReader reader = asv_reader(piece.data);
  guint8 first = asv_read_u8(&reader);
  asv_read_u8(&reader);
  guint16 type = asv_read_u16(&reader);
  asv_read_u32(&reader);
  asv_read_span(&reader, (first & 0x3fu) * 4);
  if (reader.failed || first >> 6 != 0) {
    pass->malformed = TRUE;
    return;
  }
  asv_link_ethertype(pass, type, asv_piece_rest(piece, &reader));
}

/* Only G-PDU messages (type 255) carry a user's packet. */
static void gtp_u(AsvPass *pass, AsvPiece piece) {
  enum { OPTIONAL = 0x07, EXTENSION = 0x04, G_PDU = 255 };
  AsvReader reader = asv_reader(piece.data);
  guint8 flags = asv_read_u8(&reader);
  guint8 type = asv_read_u8(&reader);
  asv_read_span(&reader, 6);
  guint8 next = 0;
  if (flags & OPTIONAL) {
    asv_read_span(&reader, 3);
    next = asv_read_u8(&reader);
  }
  if (!(flags & EXTENSION)) next = 0;
  while (next && !reader.failed) {
    guint8 units = asv_read_u8(&reader);
    if (units == 0) reader.failed = TRUE;
    asv_read_span(&reader, units * 4u - 2);
    next = asv_read_u8(&reader);
  }
  if (reader.failed || flags >> 4 != 3) {
    pass->malformed = TRUE;
  } else if (type == G_PDU) {
    asv_ip_packet(pass, asv_piece_rest(piece, &reader));
  }
}

static void l2tp(AsvPass *pass, AsvPiece piece) {
  enum { CONTROL = 0x8000, LENGTH = 0x4000, SEQUENCE = 0x0800, OFFSET = 0x0200, VERSION = 0x000f };
  AsvReader reader = asv_reader(piece.data);
  guint16 flags = asv_read_u16(&reader);
  if (flags & CONTROL || (flags & VERSION) != 2) return;
  if (flags & LENGTH) asv_read_u16(&reader);
  asv_read_u32(&reader);
  if (flags & SEQUENCE) asv_read_u32(&reader);
  if (flags & OFFSET) asv_read_span(&reader, asv_read_u16(&reader));
  if (reader.failed) {
    pass->malformed = TRUE;
    return;
  }
  asv_link_ppp(pass, asv_piece_rest(piece, &reader));
}

/* Authentication and origin indication may stand before the IPv6 packet (RFC 4380 §5.1.1). */
static void teredo(AsvPass *pass, AsvPiece piece) {
  enum { ORIGIN = 0, AUTHENTICATION = 1 };
  AsvReader reader = asv_reader(piece.data);
  while (asv_reader_left(&reader) >= 2 && reader.at[0] == 0) {
    guint16 indicator = asv_read_u16(&reader);
    if (indicator == AUTHENTICATION) {
      guint8 client = asv_read_u8(&reader);
      guint8 value = asv_read_u8(&reader);
      asv_read_span(&reader, (gsize)client + value + 9);
    } else if (indicator == ORIGIN) {
      asv_read_span(&reader, 6);
    } else {
      return;
    }
  }
  AsvPiece inner = asv_piece_rest(piece, &reader);
  if (reader.failed) {
    pass->malformed = TRUE;
  } else if (inner.data.size && inner.data.data[0] >> 4 == 6) {
    asv_ip_packet(pass, inner);
  }
}

gboolean asv_tunnel_udp(AsvPass *pass, const guint16 ports[2], AsvPiece piece) {
  static const struct {
    guint16 port;
    void (*take)(AsvPass *pass, AsvPiece piece);
  } tunnels[] = {{PORT_L2TP, l2tp},
                 {PORT_GTP_U, gtp_u},
                 {PORT_TEREDO, teredo},
                 {PORT_VXLAN, vxlan},
                 {PORT_GENEVE, geneve}};
  for (gsize i = 0; i < G_N_ELEMENTS(tunnels); i++) {
    if (tunnels[i].port == ports[0] || tunnels[i].port == ports[1]) {
      tunnels[i].take(pass, piece);
      return TRUE;
    }
  }
  return FALSE;
}
