/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Wireless LAN frames (IEEE 802.11-2020 §9.3.2.1): data frames that are not
 * encrypted, QoS or not, and the several frames of an A-MSDU (§9.3.2.2).
 * Fragments of the link layer, which IP traffic does not have, are passed over.
 */
#include "analyzer/net/wlan.h"

#include "analyzer/net/link.h"

enum {
  CONTROL_TYPE = 0x0c,
  CONTROL_TYPE_DATA = 0x08,
  CONTROL_NO_DATA = 0x40,
  CONTROL_QOS = 0x80,
  FLAG_TO_DS = 0x01,
  FLAG_FROM_DS = 0x02,
  FLAG_MORE_FRAGMENTS = 0x04,
  FLAG_PROTECTED = 0x40,
  FLAG_ORDER = 0x80,
  QOS_AMSDU = 0x80
};

static void aggregate(AsvPass *pass, AsvPiece piece) {
  AsvReader reader = asv_reader(piece.data);
  while (asv_reader_left(&reader) > 0) {
    asv_read_span(&reader, 6);
    AsvSpan source = asv_read_span(&reader, 6);
    guint16 length = asv_read_u16(&reader);
    AsvPiece inner = asv_piece_limit(asv_piece_rest(piece, &reader), length);
    if (reader.failed) {
      pass->malformed = TRUE;
      return;
    }
    pass->mac = source.data;
    asv_link_llc(pass, inner);
    /* Each but the last is padded to four octets. */
    gsize padded = length + (4 - (14u + length) % 4) % 4;
    asv_read_span(&reader, MIN(padded, asv_reader_left(&reader)));
  }
}

void asv_wlan_frame(AsvPass *pass, AsvPiece piece) {
  AsvReader reader = asv_reader(piece.data);
  guint8 control = asv_read_u8(&reader);
  guint8 flags = asv_read_u8(&reader);
  if ((control & CONTROL_TYPE) != CONTROL_TYPE_DATA || control & CONTROL_NO_DATA) {
    pass->malformed |= reader.failed;
    return;
  }
  asv_read_span(&reader, 8); /* duration, address 1 */
  AsvSpan second = asv_read_span(&reader, 6);
  AsvSpan third = asv_read_span(&reader, 6);
  guint16 sequence = asv_read_u16(&reader);
  gboolean from_ds = flags & FLAG_FROM_DS;
  AsvSpan source = from_ds ? third : second;
  if (from_ds && flags & FLAG_TO_DS) source = asv_read_span(&reader, 6);
  guint8 qos = 0;
  if (control & CONTROL_QOS) {
    qos = asv_read_u8(&reader);
    asv_read_u8(&reader);
    if (flags & FLAG_ORDER) asv_read_u32(&reader);
  }
  if (reader.failed) {
    pass->malformed = TRUE;
    return;
  }
  if (flags & FLAG_PROTECTED) {
    pass->counters->encrypted_wlan++;
    return;
  }
  /* The first octet of the little-endian sequence control ends with the fragment number. */
  if (flags & FLAG_MORE_FRAGMENTS || sequence >> 8 & 0x0f) return;
  pass->mac = source.data;
  if (qos & QOS_AMSDU) {
    aggregate(pass, asv_piece_rest(piece, &reader));
  } else {
    asv_link_llc(pass, asv_piece_rest(piece, &reader));
  }
}

void asv_wlan_radiotap(AsvPass *pass, AsvPiece piece) {
  AsvReader reader = asv_reader(piece.data);
  asv_read_u16(&reader);
  guint16 length = asv_read_u16(&reader);
  length = GUINT16_SWAP_LE_BE(length);
  if (length >= 4) asv_read_span(&reader, length - 4u);
  if (reader.failed || length < 4) {
    pass->malformed = TRUE;
    return;
  }
  asv_wlan_frame(pass, asv_piece_rest(piece, &reader));
}
