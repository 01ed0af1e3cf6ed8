/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The door of analyzer/net: hands each packet to its link layer, and time to the flow table. */
#include "analyzer/net/net.h"

#include "analyzer/net/flow.h"
#include "analyzer/net/fragment.h"
#include "analyzer/net/link.h"

struct AsvNet {
  AsvFlows *flows;
  AsvFragments *fragments;
  AsvNetCounters counters;
};

AsvNet *asv_net_new(const AsvNetEvents *events) {
  AsvNet *net = g_new0(AsvNet, 1);
  net->flows = asv_flows_new(events);
  net->fragments = asv_fragments_new();
  return net;
}

void asv_net_packet(AsvNet *net, const AsvPacketRef *at, int linktype, AsvSpan data,
                    guint32 wire_length, gboolean wanted) {
  AsvPass pass = {.flows = net->flows,
                  .fragments = net->fragments,
                  .counters = &net->counters,
                  .at = at,
                  .wanted = wanted};
  asv_flows_tick(net->flows, at);
  asv_link_packet(&pass, linktype, (AsvPiece){data, MAX(data.size, wire_length)});
  if (pass.malformed) net->counters.malformed++;
}

void asv_net_finish(AsvNet *net, const AsvPacketRef *at) {
  asv_fragments_finish(net->fragments, &net->counters);
  asv_flows_finish(net->flows, at);
}

const AsvNetCounters *asv_net_counters(const AsvNet *net) {
  return &net->counters;
}

void asv_net_free(AsvNet *net) {
  if (!net) return;
  asv_fragments_free(net->fragments);
  asv_flows_free(net->flows);
  g_free(net);
}
