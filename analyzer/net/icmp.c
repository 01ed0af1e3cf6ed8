/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The packets that ICMP errors quote, which Wireshark numbers connections by. A
 * quotation may end behind eight octets of TCP or UDP.
 */
#include "analyzer/net/icmp.h"

#include "analyzer/net/ip.h"

void asv_icmp_packet(AsvPass *pass, const AsvHosts *hosts, AsvPiece piece, gboolean version_6) {
  AsvReader reader = asv_reader(piece.data);
  AsvIcmp icmp = {.from = hosts->source};
  if (pass->quoted || !asv_icmp_read(&reader, version_6, &icmp)) return;
  gboolean malformed = pass->malformed;
  pass->quoted = &icmp;
  asv_ip_packet(pass, asv_piece_rest(piece, &reader));
  pass->quoted = NULL;
  pass->malformed = malformed; /* a quotation is cut by design */
}
