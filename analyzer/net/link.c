/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Link layers, numbered as LINKTYPE_ in the pcap file formats: Ethernet with
 * any number of VLAN tags (IEEE 802.1Q) and MPLS labels (RFC 3032), 802.2 with
 * SNAP, PPP (RFC 1661), PPPoE (RFC 2516), BSD loopback, Linux cooked capture.
 */
#include "analyzer/net/link.h"

#include "analyzer/net/ip.h"
#include "analyzer/net/pdu.h"
#include "analyzer/net/wlan.h"

enum {
  LINK_NULL = 0,
  LINK_ETHERNET = 1,
  LINK_PPP = 9,
  LINK_RAW_BSD = 12,
  LINK_RAW_OPENBSD = 14,
  LINK_PPP_HDLC = 50,
  LINK_PPPOE = 51,
  LINK_RAW = 101,
  LINK_CISCO_HDLC = 104,
  LINK_WLAN = 105,
  LINK_LOOP = 108,
  LINK_SLL = 113,
  LINK_RADIOTAP = 127,
  LINK_PPI = 192,
  LINK_IPV4 = 228,
  LINK_IPV6 = 229,
  LINK_UPPER_PDU = 252,
  LINK_SLL2 = 276
};

enum {
  TYPE_LENGTH_MAX = 1535,
  TYPE_IPV4 = 0x0800,
  TYPE_BRIDGED = 0x6558,
  TYPE_VLAN = 0x8100,
  TYPE_IPV6 = 0x86dd,
  TYPE_PPP = 0x880b,
  TYPE_MPLS = 0x8847,
  TYPE_MPLS_MULTICAST = 0x8848,
  TYPE_PPPOE = 0x8864,
  TYPE_QINQ = 0x88a8,
  TYPE_QINQ_OLD = 0x9100
};

static void pppoe(AsvPass *pass, AsvPiece piece) {
  AsvReader reader = asv_reader(piece.data);
  guint8 version_type = asv_read_u8(&reader);
  guint8 code = asv_read_u8(&reader);
  asv_read_u16(&reader);
  guint16 length = asv_read_u16(&reader);
  if (reader.failed || version_type != 0x11) {
    pass->malformed = TRUE;
    return;
  }
  if (code == 0) asv_link_ppp(pass, asv_piece_limit(asv_piece_rest(piece, &reader), length));
}

/* Labels up to the bottom of the stack; then IP, or Ethernet behind a control word (RFC 4448). */
static void mpls(AsvPass *pass, AsvPiece piece) {
  AsvReader reader = asv_reader(piece.data);
  guint32 label;
  do label = asv_read_u32(&reader);
  while (!reader.failed && !(label & 0x100));
  AsvPiece rest = asv_piece_rest(piece, &reader);
  if (reader.failed || rest.data.size == 0) {
    pass->malformed = TRUE;
  } else if (rest.data.data[0] >> 4 != 0) {
    asv_ip_packet(pass, rest);
  } else {
    asv_read_u32(&reader);
    asv_link_ethernet(pass, asv_piece_rest(piece, &reader));
  }
}

void asv_link_ethertype(AsvPass *pass, guint16 type, AsvPiece piece) {
  AsvReader reader = asv_reader(piece.data);
  while (type == TYPE_VLAN || type == TYPE_QINQ || type == TYPE_QINQ_OLD) {
    asv_read_u16(&reader);
    type = asv_read_u16(&reader);
    if (reader.failed) {
      pass->malformed = TRUE;
      return;
    }
  }
  piece = asv_piece_rest(piece, &reader);
  if (type <= TYPE_LENGTH_MAX) {
    asv_link_llc(pass, asv_piece_limit(piece, type));
    return;
  }
  switch (type) {
    case TYPE_IPV4:
    case TYPE_IPV6:
      asv_ip_packet(pass, piece);
      break;
    case TYPE_MPLS:
    case TYPE_MPLS_MULTICAST:
      mpls(pass, piece);
      break;
    case TYPE_PPPOE:
      pppoe(pass, piece);
      break;
    case TYPE_PPP:
      asv_link_ppp(pass, piece);
      break;
    case TYPE_BRIDGED:
      asv_link_ethernet(pass, piece);
      break;
    default:
      break;
  }
}

void asv_link_llc(AsvPass *pass, AsvPiece piece) {
  AsvReader reader = asv_reader(piece.data);
  guint32 service_points = asv_read_u24(&reader);
  if (service_points != 0xaaaa03) return;
  guint32 organisation = asv_read_u24(&reader);
  guint16 type = asv_read_u16(&reader);
  if (reader.failed) {
    pass->malformed = TRUE;
  } else if ((organisation == 0 || organisation == 0x0000f8) && type > TYPE_LENGTH_MAX) {
    asv_link_ethertype(pass, type, asv_piece_rest(piece, &reader));
  }
}

void asv_link_ethernet(AsvPass *pass, AsvPiece piece) {
  AsvReader reader = asv_reader(piece.data);
  asv_read_span(&reader, 6);
  AsvSpan source = asv_read_span(&reader, 6);
  guint16 type = asv_read_u16(&reader);
  if (reader.failed || pass->depth >= ASV_NET_NESTING) {
    pass->malformed = TRUE;
    return;
  }
  pass->mac = source.data;
  pass->depth++;
  asv_link_ethertype(pass, type, asv_piece_rest(piece, &reader));
  pass->depth--;
}

void asv_link_ppp(AsvPass *pass, AsvPiece piece) {
  AsvReader reader = asv_reader(piece.data);
  guint16 protocol = asv_read_u8(&reader);
  if (protocol == 0xff) {
    asv_read_u8(&reader);
    protocol = asv_read_u8(&reader);
  }
  /* An odd first octet is a compressed protocol field (RFC 1661 §6.5). */
  if (!(protocol & 1)) protocol = (guint16)(protocol << 8 | asv_read_u8(&reader));
  AsvPiece rest = asv_piece_rest(piece, &reader);
  if (reader.failed) {
    pass->malformed = TRUE;
  } else if (protocol == 0x0021 || protocol == 0x0057) {
    asv_ip_packet(pass, rest);
  } else if (protocol == 0x0281 || protocol == 0x0283) {
    mpls(pass, rest);
  }
}

/* RFC 1547 and Cisco's framing share LINKTYPE_PPP_HDLC: the first octet tells them apart. */
static void hdlc(AsvPass *pass, AsvPiece piece) {
  AsvReader reader = asv_reader(piece.data);
  guint8 address = asv_read_u8(&reader);
  if (address != 0x0f && address != 0x8f) {
    asv_link_ppp(pass, piece);
    return;
  }
  asv_read_u8(&reader);
  guint16 type = asv_read_u16(&reader);
  if (reader.failed) {
    pass->malformed = TRUE;
  } else if (type > TYPE_LENGTH_MAX) {
    asv_link_ethertype(pass, type, asv_piece_rest(piece, &reader));
  }
}

/* BSD loopback: an address family in either byte order, AF_INET6 being 10, 23, 24, 28 or 30. */
static void loopback(AsvPass *pass, AsvPiece piece) {
  AsvReader reader = asv_reader(piece.data);
  guint32 family = asv_read_u32(&reader);
  if (family > 0xffff) family = GUINT32_SWAP_LE_BE(family);
  if (reader.failed) {
    pass->malformed = TRUE;
  } else if (family == 2 || family == 10 || family == 23 || family == 24 || family == 28 ||
             family == 30) {
    asv_ip_packet(pass, asv_piece_rest(piece, &reader));
  }
}

static void cooked(AsvPass *pass, AsvPiece piece, gboolean version_2) {
  AsvReader reader = asv_reader(piece.data);
  guint16 type = 0;
  gsize address_size;
  if (version_2) {
    type = asv_read_u16(&reader);
    asv_read_span(&reader, 9);
    address_size = asv_read_u8(&reader);
  } else {
    asv_read_u32(&reader);
    address_size = asv_read_u16(&reader);
  }
  AsvSpan address = asv_read_span(&reader, 8);
  if (!version_2) type = asv_read_u16(&reader);
  if (reader.failed) {
    pass->malformed = TRUE;
    return;
  }
  if (address_size == 6) pass->mac = address.data;
  if (type > TYPE_LENGTH_MAX) asv_link_ethertype(pass, type, asv_piece_rest(piece, &reader));
}

/* Per-packet information: a header that names the real link type, little-endian. */
static void ppi(AsvPass *pass, AsvPiece piece) {
  AsvReader reader = asv_reader(piece.data);
  asv_read_u16(&reader);
  guint16 length = asv_read_u16(&reader);
  guint32 linktype = asv_read_u32(&reader);
  length = GUINT16_SWAP_LE_BE(length);
  linktype = GUINT32_SWAP_LE_BE(linktype);
  if (length >= 8) asv_read_span(&reader, length - 8u);
  if (reader.failed || length < 8 || linktype == LINK_PPI) {
    pass->malformed = TRUE;
    return;
  }
  asv_link_packet(pass, (int)(linktype & 0xffff), asv_piece_rest(piece, &reader));
}

void asv_link_packet(AsvPass *pass, int linktype, AsvPiece piece) {
  switch (linktype) {
    case LINK_ETHERNET:
      asv_link_ethernet(pass, piece);
      break;
    case LINK_NULL:
    case LINK_LOOP:
      loopback(pass, piece);
      break;
    case LINK_RAW:
    case LINK_RAW_BSD:
    case LINK_RAW_OPENBSD:
    case LINK_IPV4:
    case LINK_IPV6:
      asv_ip_packet(pass, piece);
      break;
    case LINK_PPP:
      asv_link_ppp(pass, piece);
      break;
    case LINK_PPP_HDLC:
    case LINK_CISCO_HDLC:
      hdlc(pass, piece);
      break;
    case LINK_PPPOE:
      pppoe(pass, piece);
      break;
    case LINK_SLL:
      cooked(pass, piece, FALSE);
      break;
    case LINK_SLL2:
      cooked(pass, piece, TRUE);
      break;
    case LINK_WLAN:
      asv_wlan_frame(pass, piece);
      break;
    case LINK_RADIOTAP:
      asv_wlan_radiotap(pass, piece);
      break;
    case LINK_PPI:
      ppi(pass, piece);
      break;
    case LINK_UPPER_PDU:
      asv_pdu_packet(pass, piece);
      break;
    default:
      pass->counters->unknown_linktype++;
      pass->counters->unknown_linktype_value = (guint64)linktype;
      break;
  }
}
