/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds out who asked. */
#include "names.h"

#include "analyzer/observe/names.h"

static void tell(void *self, const AsvPacketRef *at, AsvObservation *seen) {
  const AsvObserver *out = self;
  seen->time = at->time;
  seen->file = ALTSVC_FILE;
  seen->packet = at->packet;
  out->observe(out->self, seen);
}

void altsvc_names_datagram(const packet_info *pinfo, const AltsvcPlace *at, guint32 number,
                           AsvSpan message, const AsvObserver *out) {
  if (!asv_dns_port((guint16)pinfo->srcport, (guint16)pinfo->destport)) return;
  AsvPacketRef place = altsvc_place_ref(at);
  AsvUdp udp = {.source = altsvc_connection_endpoint(&pinfo->src, pinfo->srcport),
                .destination = altsvc_connection_endpoint(&pinfo->dst, pinfo->destport),
                .number = number,
                .data = message};
  AsvAsker asker = {.self = (void *)out, .tell = tell};
  asv_observe_names_datagram(&asker, &place, &udp);
}

void altsvc_names_message(AltsvcConnection *connection, const AltsvcPlace *at, AsvSpan message) {
  altsvc_connection_from(connection);
  AsvPacketRef place = altsvc_place_ref(at);
  AsvAsker asker = {.ref = &connection->ref, .self = (void *)connection->out, .tell = tell};
  AsvDnsEvents events = asv_observe_names(&asker);
  asv_dns_message(message, &place, &events);
}
