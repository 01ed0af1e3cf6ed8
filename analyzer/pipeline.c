/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The interface of the pipeline: gives each packet to the network layer, lets
 * time decide what waited long enough, and ends everything.
 */
#include "analyzer/connection.h"

static void on_datagram(void *self, const AsvPacketRef *at, const AsvUdp *udp) {
  AsvPipeline *pipeline = self;
  if (!asv_names_datagram(pipeline, at, udp)) asv_quic_datagram(pipeline->quic, at, udp);
}

AsvPipeline *asv_pipeline_new(AsvKeys *keys, const AsvObserver *out) {
  AsvPipeline *pipeline = g_new0(AsvPipeline, 1);
  AsvNetEvents events = asv_tcp_events(pipeline);
  AsvQuicEvents quic_events = asv_over_quic_events(pipeline);
  events.datagram = on_datagram;
  pipeline->net = asv_net_new(&events);
  pipeline->tls = asv_tls_context_new(keys);
  pipeline->quic = asv_quic_new(pipeline->tls, &quic_events);
  pipeline->http = asv_http_context_new();
  pipeline->servers = asv_servers_new();
  pipeline->order = asv_order_new(out);
  pipeline->joined = g_byte_array_new();
  pipeline->words = g_string_new(NULL);
  return pipeline;
}

/* Decides for the connections that have waited too long for octets that say more. */
static void decide_old(AsvPipeline *pipeline) {
  AsvConn *oldest;
  while ((oldest = g_queue_peek_head(&pipeline->undecided)) != NULL) {
    const AsvPacketRef *first = &oldest->flow->first;
    if (pipeline->last.time - first->time < ASV_DIRECTION_TIME_MAX &&
        pipeline->last.order - first->order < ASV_DIRECTION_PACKETS_MAX)
      return;
    asv_direction_decide_client(oldest->direction);
  }
}

void asv_pipeline_packet(AsvPipeline *pipeline, const AsvInput *input, const AsvPacket *packet) {
  pipeline->input = input;
  pipeline->last = packet->at;
  asv_net_packet(pipeline->net, &packet->at, packet->linktype, packet->data, packet->wire_length,
                 packet->wanted);
  decide_old(pipeline);
}

void asv_pipeline_file_end(AsvPipeline *pipeline, const AsvPacketRef *at,
                           const AsvInputFile *file) {
  AsvObservation seen = {
      .kind = ASV_OBSERVATION_CAPTURE, .time = at->time, .file = file->name, .packet = at->packet};
  seen.capture = (AsvCaptureSeen){.format = file->format,
                                  .packets = file->packets,
                                  .bytes = file->bytes,
                                  .first = file->first,
                                  .last = file->last,
                                  .complete = file->complete,
                                  .has_dropped = file->has_dropped,
                                  .dropped = file->dropped};
  asv_order_add(pipeline->order, at, &seen);
}

void asv_pipeline_finish(AsvPipeline *pipeline) {
  asv_net_finish(pipeline->net, &pipeline->last);
  asv_quic_finish(pipeline->quic, &pipeline->last);
}

const AsvNetCounters *asv_pipeline_net_counters(const AsvPipeline *pipeline) {
  return asv_net_counters(pipeline->net);
}

void asv_pipeline_free(AsvPipeline *pipeline) {
  asv_net_free(pipeline->net);
  asv_quic_free(pipeline->quic);
  asv_order_free(pipeline->order);
  asv_tls_context_free(pipeline->tls);
  asv_http_context_free(pipeline->http);
  asv_servers_free(pipeline->servers);
  g_byte_array_unref(pipeline->joined);
  g_string_free(pipeline->words, TRUE);
  g_free(pipeline);
}
