/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TCP segments (RFC 9293). A connection's number follows Wireshark 4.0: a SYN
 * whose sequence number is not its end's base starts a new one; a SYN-ACK moves
 * the base; FIN and RST do not matter; a packet quoted in an ICMP error counts.
 */
#include "analyzer/net/tcp.h"

#include "analyzer/net/flow.h"

typedef enum {
  NUMBER_SAME,
  NUMBER_REBASED, /* a SYN-ACK with another sequence number: same number, new connection */
  NUMBER_NEW
} Number;

static gboolean has(const AsvSegment *segment, guint8 flag) {
  return (segment->flags & flag) != 0;
}

static Number number_segment(const AsvPass *pass, AsvTuple *tuple, int side,
                             const AsvSegment *segment) {
  Number result = NUMBER_SAME;
  if (has(segment, ASV_TCP_SYN) && tuple->base_known[side] &&
      tuple->base[side] != segment->sequence) {
    if (has(segment, ASV_TCP_ACK)) {
      tuple->base[side] = segment->sequence;
      result = NUMBER_REBASED;
    } else {
      asv_tuples_renumber(pass->flows->segments, tuple);
      result = NUMBER_NEW;
    }
  }
  if (!segment->measured || pass->quoted) return result;
  if (!tuple->base_known[side]) {
    tuple->base_known[side] = TRUE;
    tuple->base[side] = segment->sequence - (has(segment, ASV_TCP_SYN) ? 0u : 1u);
  }
  if (!tuple->base_known[!side] && has(segment, ASV_TCP_ACK)) {
    tuple->base_known[!side] = TRUE;
    tuple->base[!side] = segment->acknowledgement - 1;
  }
  return result;
}

/*
 * TRUE when a SYN with the known sequence number, or a SYN-ACK with a new one,
 * opens the ports anew. Repeated SYNs of an attempt that was refused do not.
 */
static gboolean starts_over(const AsvLive *live, const AsvSegment *segment, Number number) {
  if (!has(segment, ASV_TCP_SYN)) return FALSE;
  gboolean over = live->closing || live->streams[0].fin >= 0 || live->streams[1].fin >= 0;
  gboolean used = live->streams[0].delivered || live->streams[1].delivered;
  if (!over || !used) return FALSE;
  return !has(segment, ASV_TCP_ACK) || number == NUMBER_REBASED;
}

/* The connection this segment belongs to; NULL when it is the echo of a closed one. */
static AsvLive *live_of(AsvPass *pass, AsvTuple *tuple, const AsvHosts *hosts,
                        const AsvSegment *segment, Number number) {
  AsvLive *live = tuple->live;
  if (live && (number == NUMBER_NEW || starts_over(live, segment, number))) {
    asv_flows_close(pass->flows, live, pass->at, ASV_END_REUSED);
    tuple->closed = FALSE;
    live = NULL;
  }
  if (live || !pass->wanted || !segment->whole) return live;
  gboolean opens =
      has(segment, ASV_TCP_SYN) && (!has(segment, ASV_TCP_ACK) || number == NUMBER_REBASED);
  if (tuple->closed && !opens) return NULL;
  return asv_flows_open(pass->flows, pass, tuple, hosts, segment->ports);
}

static void note_handshake(AsvLive *live, const AsvSegment *segment, int from) {
  gboolean acknowledges = has(segment, ASV_TCP_ACK);
  if (live->flow.opener < 0) live->flow.opener = acknowledges ? 1 - from : from;
  asv_stream_start(&live->streams[from], segment->sequence + 1);
  if (acknowledges) asv_stream_start(&live->streams[1 - from], segment->acknowledgement);
}

/* Whether the SYN that opens the connection waits for an answer. */
static void note_opening(AsvFlows *flows, AsvLive *live, const AsvPass *pass,
                         const AsvSegment *segment, int from) {
  gboolean opens = has(segment, ASV_TCP_SYN) && !has(segment, ASV_TCP_ACK);
  if (opens && from == live->flow.opener)
    asv_flows_note_syn(flows, live, pass->at);
  else
    asv_flows_note_answer(flows, live, pass->at,
                          has(segment, ASV_TCP_RST) && from != live->flow.opener);
}

static void take(AsvFlows *flows, AsvLive *live, const AsvPass *pass, const AsvSegment *segment,
                 int from) {
  AsvStream *stream = &live->streams[from];
  guint32 sequence = segment->sequence + (has(segment, ASV_TCP_SYN) ? 1u : 0u);
  gint64 highest = stream->highest;
  if (has(segment, ASV_TCP_SYN)) note_handshake(live, segment, from);
  if (live->watch.syn || (!live->watch.packets && has(segment, ASV_TCP_SYN)))
    note_opening(flows, live, pass, segment, from);
  if (segment->piece.wire) {
    asv_stream_take(stream, &flows->pool, pass->at, sequence, segment->piece);
    if (stream->highest == highest) asv_flows_note_repeat(flows, live, pass->at, from);
  }
  if (has(segment, ASV_TCP_ACK)) {
    asv_stream_acknowledge(&live->streams[1 - from], segment->acknowledgement);
  }
  if (has(segment, ASV_TCP_FIN)) {
    asv_stream_fin(stream, &flows->pool, pass->at, sequence + (guint32)segment->piece.wire);
  }
  if (has(segment, ASV_TCP_RST)) live->reset = TRUE;
  asv_flows_touch(flows, live, pass, from);
  if (has(segment, ASV_TCP_RST)) asv_flows_tell_closing(flows, live, pass->at, from, ASV_END_RESET);
  asv_flows_settle(flows, live, pass->at);
}

/* The connection that a quoted segment is of, unless it was never sent. */
static void note_quoted(const AsvPass *pass, const AsvTuple *tuple, int side, guint32 sequence) {
  AsvLive *live = tuple->live;
  if (!live || !pass->wanted) return;
  int from = side == 0 ? live->low : 1 - live->low;
  if (!asv_stream_has_sent(&live->streams[from], sequence)) return;
  asv_flows_note_icmp(pass->flows, live, pass->at, from, pass->quoted);
}

/* A quoted segment of fewer octets than Wireshark numbers connections by. */
static void cut_quotation(const AsvPass *pass, const AsvHosts *hosts, AsvPiece piece) {
  int side;
  AsvReader reader = asv_reader(piece.data);
  guint16 ports[2];
  ports[0] = asv_read_u16(&reader);
  ports[1] = asv_read_u16(&reader);
  guint32 sequence = asv_read_u32(&reader);
  if (reader.failed) return;
  const AsvTuple *tuple =
      asv_tuples_known(pass->flows->segments, ASV_FLOW_TCP, hosts, ports, &side);
  if (tuple) note_quoted(pass, tuple, side, sequence);
}

void asv_tcp_segment(AsvPass *pass, const AsvHosts *hosts, const AsvSegment *segment) {
  int side;
  AsvTuple *tuple =
      asv_tuples_find(pass->flows->segments, ASV_FLOW_TCP, hosts, segment->ports, &side);
  Number number = number_segment(pass, tuple, side, segment);
  if (pass->quoted) {
    note_quoted(pass, tuple, side, segment->sequence);
    return;
  }
  AsvLive *live = live_of(pass, tuple, hosts, segment, number);
  if (!live || !pass->wanted || !segment->whole) return;
  if (segment->piece.data.size < segment->piece.wire) pass->counters->cut++;
  take(pass->flows, live, pass, segment, side == 0 ? live->low : 1 - live->low);
}

void asv_tcp_packet(AsvPass *pass, const AsvHosts *hosts, AsvPiece piece) {
  enum { HEADER = 20 };
  AsvReader reader = asv_reader(piece.data);
  AsvSegment segment = {0};
  segment.ports[0] = asv_read_u16(&reader);
  segment.ports[1] = asv_read_u16(&reader);
  segment.sequence = asv_read_u32(&reader);
  segment.acknowledgement = asv_read_u32(&reader);
  gsize header = (asv_read_u8(&reader) >> 4) * 4u;
  segment.flags = asv_read_u8(&reader);
  asv_read_u16(&reader);
  if (reader.failed) { /* the octets that Wireshark reads before it numbers a connection */
    pass->malformed = TRUE;
    if (pass->quoted) cut_quotation(pass, hosts, piece);
    return;
  }
  segment.measured = header <= piece.wire;
  segment.whole = segment.measured && header >= HEADER;
  if (!segment.whole) {
    pass->malformed = TRUE;
  } else {
    segment.piece.data = asv_span_sub(piece.data, header, piece.data.size);
    segment.piece.wire = piece.wire - header;
  }
  asv_tcp_segment(pass, hosts, &segment);
}
