/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cutting datagrams. Long headers say how long their packet is, a short header,
 * Retry and version negotiation take all that is left (RFC 9000 §12.2). What
 * header protection hides is not looked at.
 */
#include "packet.h"

#define LONG_FORM 0x80u
#define FIXED_BIT 0x40u
/* A run of zeros that no protected packet has by chance. */
#define PADDING_SURE 16u
/* Behind the offset of the packet number, a packet has at least these octets: the longest number
 * and the sample (RFC 9001 §5.4.2). */
#define PROTECTED_MIN 20u

static AsvSpan read_cid(AsvReader *reader) {
  return asv_read_span(reader, asv_read_u8(reader));
}

/* The type of a long header by its first octet (RFC 9000 §17.2, RFC 9369 §3.2). */
static AsvQuicPacketType long_type(const AsvQuicVersion *version, guint8 first) {
  static const AsvQuicPacketType types[4] = {ASV_QUIC_INITIAL, ASV_QUIC_0RTT, ASV_QUIC_HANDSHAKE,
                                             ASV_QUIC_RETRY};
  return types[((first >> 4) - version->initial) & 3u];
}

/* Takes a packet with a length: an Initial's token, then number and payload (RFC 9000 §17.2.2 to
 * §17.2.4). */
static void read_protected(AsvReader *reader, AsvQuicPacket *packet) {
  if (packet->type == ASV_QUIC_INITIAL) packet->token = asv_read_counted(reader);
  AsvSpan protected = asv_read_counted(reader);
  packet->number_offset = asv_reader_offset(reader) - protected.size;
}

/* RFC 9000 §17.2.5: the token ends 16 octets before the datagram does. */
static void read_retry(AsvReader *reader, AsvQuicPacket *packet) {
  AsvSpan rest = asv_read_rest(reader);
  if (rest.size < 16) reader->failed = TRUE;
  packet->token = asv_span_sub(rest, 0, rest.size - MIN(rest.size, 16));
}

static void read_long(AsvReader *reader, guint8 first, AsvQuicPacket *packet) {
  packet->version_number = asv_read_u32(reader);
  packet->version = asv_quic_version_find(packet->version_number);
  packet->destination = read_cid(reader);
  packet->source = read_cid(reader);
  if (packet->version) {
    packet->type = long_type(packet->version, first);
    if (packet->destination.size > ASV_QUIC_CID_MAX || packet->source.size > ASV_QUIC_CID_MAX)
      reader->failed = TRUE;
    if (packet->type == ASV_QUIC_RETRY)
      read_retry(reader, packet);
    else
      read_protected(reader, packet);
  } else if (packet->version_number) {
    packet->type = ASV_QUIC_OTHER_VERSION;
    asv_read_rest(reader);
  } else {
    packet->type = ASV_QUIC_VERSION_NEGOTIATION;
    packet->versions = asv_read_span(reader, asv_reader_left(reader) / 4 * 4);
    asv_read_rest(reader);
  }
}

static void read_short(AsvReader *reader, gsize cid_size, AsvQuicPacket *packet) {
  packet->type = ASV_QUIC_1RTT;
  packet->destination = asv_read_span(reader, cid_size);
  packet->number_offset = asv_reader_offset(reader);
  if (asv_reader_left(reader) < PROTECTED_MIN) reader->failed = TRUE;
  asv_read_rest(reader);
}

/* TRUE where the header of a version that is read begins. */
static gboolean long_plausible(AsvSpan octets) {
  AsvReader reader = asv_reader(octets);
  return (asv_read_u8(&reader) & LONG_FORM) && asv_quic_version_find(asv_read_u32(&reader));
}

/* Octets of padding at the front: a few zeros may be a short header's own. */
static gsize padding(AsvSpan octets) {
  gsize size = 0;
  while (size < octets.size && octets.data[size] == 0) size++;
  if (!size) return 0;
  AsvSpan rest = asv_span_sub(octets, size, octets.size);
  return size >= PADDING_SURE || !rest.size || long_plausible(rest) ? size : 0;
}

gboolean asv_quic_packet_next(AsvSpan *datagram, gsize cid_size, AsvQuicPacket *packet) {
  AsvSpan left = asv_span_sub(*datagram, padding(*datagram), datagram->size);
  AsvReader reader = asv_reader(left);
  if (!left.size) return FALSE;
  guint8 first = asv_read_u8(&reader);
  *packet = (AsvQuicPacket){.number_offset = 0};
  if (first & LONG_FORM)
    read_long(&reader, first, packet);
  else
    read_short(&reader, cid_size, packet);
  if (reader.failed) return FALSE;
  gsize size = asv_reader_offset(&reader);
  packet->octets = asv_span_sub(left, 0, size);
  *datagram = asv_span_sub(left, size, left.size);
  return TRUE;
}

/* TRUE when octets begin as a packet to that connection id may. */
static gboolean begins(AsvSpan octets, AsvSpan destination) {
  AsvReader reader = asv_reader(octets);
  AsvSpan cid;
  if (asv_read_u8(&reader) & LONG_FORM) {
    if (!asv_quic_version_find(asv_read_u32(&reader))) return FALSE;
    cid = read_cid(&reader);
  } else {
    cid = asv_read_span(&reader, destination.size);
  }
  return asv_reader_left(&reader) >= PROTECTED_MIN && asv_span_equal(cid, destination);
}

gsize asv_quic_segment_next(AsvSpan glued, const AsvQuicPacket *first, gsize after) {
  gsize zeros = glued.size; /* where those at the end begin */
  while (zeros && glued.data[zeros - 1] == 0) zeros--;
  for (gsize at = after + 1; at < glued.size; at++) {
    AsvSpan rest = asv_span_sub(glued, at, glued.size);
    if (at >= zeros && rest.size >= PADDING_SURE) return at;
    if ((rest.data[0] & FIXED_BIT) && begins(rest, first->destination)) return at;
  }
  return 0;
}
