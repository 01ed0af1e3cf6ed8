/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What DNS messages say, as observations of the client that asked: one reading
 * for all that observe.
 */
#ifndef ANALYZER_OBSERVE_NAMES_H
#define ANALYZER_OBSERVE_NAMES_H

#include "altsvc/observation.h"
#include "analyzer/dns/dns.h"
#include "analyzer/net/net.h"

/* Who asked a DNS server, and where the observations go. */
typedef struct {
  const AsvConnectionRef *ref;
  void *self;
  /* seen has kind, connection and what was said; time, file and packet are for the callee. */
  void (*tell)(void *self, const AsvPacketRef *at, AsvObservation *seen);
} AsvAsker;

/* What DNS messages tell; asker is borrowed as the events' self. */
AsvDnsEvents asv_observe_names(AsvAsker *asker);

/* A message in a UDP datagram, which asker->ref need not name: that is made here. */
void asv_observe_names_datagram(AsvAsker *asker, const AsvPacketRef *at, const AsvUdp *udp);

#endif
