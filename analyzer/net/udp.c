/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * UDP datagrams (RFC 768). A pair of endpoints has one number for good, as in
 * Wireshark; a datagram quoted in an ICMP error takes one too.
 */
#include "analyzer/net/udp.h"

#include "analyzer/net/flow.h"
#include "analyzer/net/tunnel.h"

void asv_udp_packet(AsvPass *pass, const AsvHosts *hosts, AsvPiece piece) {
  enum { HEADER = 8 };
  AsvReader reader = asv_reader(piece.data);
  guint16 ports[2];
  ports[0] = asv_read_u16(&reader);
  ports[1] = asv_read_u16(&reader);
  gsize length = asv_read_u16(&reader);
  asv_read_u16(&reader);
  if (reader.failed) {
    pass->malformed = TRUE;
    return;
  }
  int side;
  const AsvTuple *tuple =
      asv_tuples_find(pass->flows->datagrams, ASV_FLOW_UDP, hosts, ports, &side);
  AsvPiece inner = asv_piece_rest(piece, &reader);
  /* A length of less than the header stands in packets captured before segmentation offload. */
  if (length >= HEADER) inner = asv_piece_limit(inner, length - HEADER);
  if (asv_tunnel_udp(pass, ports, inner)) return;
  AsvUdp udp = {.source = {hosts->source, ports[0]},
                .destination = {hosts->destination, ports[1]},
                .number = tuple->number,
                .mac = pass->mac,
                .data = inner.data,
                .wire = inner.wire,
                .wanted = pass->wanted};
  const AsvNetEvents *events = &pass->flows->events;
  if (!pass->quoted)
    events->datagram(events->self, pass->at, &udp);
  else if (pass->wanted && events->icmp)
    events->icmp(events->self, pass->at, &udp, pass->quoted);
}
