/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DNS answers over UDP, TCP and HTTP, as observations of the client that asked. */
#include "analyzer/connection.h"

static void tell(void *self, const AsvPacketRef *at, AsvObservation *seen) {
  const AsvPipeline *pipeline = self;
  seen->time = at->time;
  seen->file = asv_input_file(pipeline->input, at->file)->name;
  seen->packet = at->packet;
  asv_order_add(pipeline->order, at, seen);
}

AsvAsker asv_names_asker(AsvPipeline *pipeline, const AsvConnectionRef *ref) {
  return (AsvAsker){.ref = ref, .self = pipeline, .tell = tell};
}

gboolean asv_names_datagram(AsvPipeline *pipeline, const AsvPacketRef *at, const AsvUdp *udp) {
  if (!asv_dns_port(udp->source.port, udp->destination.port)) return FALSE;
  AsvAsker asker = asv_names_asker(pipeline, NULL);
  if (udp->wanted) asv_observe_names_datagram(&asker, at, udp);
  return TRUE;
}
