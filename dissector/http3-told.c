/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A message may be told later than it came: one that waits for QPACK's table.
 * Packet and time are those it came with.
 */
#include "http3-told.h"

#include "analyzer/observe/http.h"
#include "names.h"

static AsvObservation observation(const AltsvcConnection *connection, const AsvPacketRef *at,
                                  AsvObservationKind kind) {
  AsvObservation seen = altsvc_connection_observation(connection, kind);
  seen.time = at->time;
  seen.packet = at->packet;
  return seen;
}

static void on_request(void *self, const AsvPacketRef *at, const AsvHttpRequest *request) {
  AltsvcConnection *connection = self;
  if (!request->pushed) connection->requests++;
  AsvObservation seen = observation(connection, at, ASV_OBSERVATION_REQUEST);
  seen.request = asv_observe_request(request);
  altsvc_connection_tell(connection, &seen);
}

/* ---- responses ---- */

static void tell_alt_svc(const AltsvcConnection *connection, const AsvPacketRef *at,
                         const AsvHttpResponse *response) {
  g_autoptr(GByteArray) joined = g_byte_array_new();
  AsvObservation seen = observation(connection, at, ASV_OBSERVATION_ADVERTISEMENT);
  seen.advertisement = asv_observe_alt_svc(response, ASV_VIA_HTTP3_HEADER, joined);
  altsvc_connection_tell(connection, &seen);
}

static void tell_keep_alive(const AltsvcConnection *connection, const AsvPacketRef *at,
                            AsvKeepAliveSeen about) {
  AsvObservation seen = observation(connection, at, ASV_OBSERVATION_KEEP_ALIVE);
  seen.keep_alive = about;
  altsvc_connection_tell(connection, &seen);
}

static void on_response(void *self, const AsvPacketRef *at, const AsvHttpResponse *response) {
  const AltsvcConnection *connection = self;
  if (!response->trailer) {
    AsvObservation seen = observation(connection, at, ASV_OBSERVATION_RESPONSE);
    seen.response = asv_observe_response(response);
    altsvc_connection_tell(connection, &seen);
  }
  if (response->alt_svc_count) tell_alt_svc(connection, at, response);
  if (response->keep_alive.data && !response->trailer)
    tell_keep_alive(connection, at, asv_observe_keep_alive(response));
}

static void on_keep_alive_request(void *self, const AsvPacketRef *at, const AsvHttpRequest *request,
                                  AsvSpan value, const char *why) {
  tell_keep_alive(self, at, asv_observe_keep_alive_request(request, value, why));
}

/* ---- the rest ---- */

/* HTTP/3 has no such frame (RFC 7838 §4). */
static void on_altsvc(void *self G_GNUC_UNUSED, const AsvPacketRef *at G_GNUC_UNUSED,
                      const AsvHttpAltsvc *frame G_GNUC_UNUSED) {}

static void on_origin_set(void *self, const AsvPacketRef *at, guint64 stream,
                          const AsvSpan *origins, gsize count) {
  AsvObservation seen = observation(self, at, ASV_OBSERVATION_ORIGIN_SET);
  seen.origin_set = (AsvOriginSetSeen){.stream = stream, .origins = {origins, count}};
  altsvc_connection_tell(self, &seen);
}

/* A QUIC connection is closed by its own frame. */
static void on_goaway(void *self G_GNUC_UNUSED, const AsvPacketRef *at G_GNUC_UNUSED,
                      AsvSide from G_GNUC_UNUSED) {}

static void on_unreadable(void *self, const AsvPacketRef *at, AsvSide from,
                          AsvHttpUnreadable reason, guint64 bytes) {
  AsvObservation seen = observation(self, at, ASV_OBSERVATION_UNREADABLE);
  seen.unreadable = asv_observe_unreadable(from, reason, bytes);
  altsvc_connection_tell(self, &seen);
}

static gboolean on_tunnel(void *self G_GNUC_UNUSED, const AsvPacketRef *at G_GNUC_UNUSED,
                          guint64 stream G_GNUC_UNUSED, AsvSpan target G_GNUC_UNUSED,
                          AsvSink sinks[2] G_GNUC_UNUSED) {
  return FALSE;
}

static void on_dns_message(void *self, const AsvPacketRef *at, AsvSpan message) {
  AltsvcPlace place = {.packet = at->packet, .time = at->time};
  altsvc_names_message(self, &place, message);
}

static void on_waits(void *self G_GNUC_UNUSED, const AsvPacketRef *since G_GNUC_UNUSED) {}

AsvHttpEvents altsvc_http3_events(AltsvcConnection *connection) {
  return (AsvHttpEvents){.self = connection,
                         .request = on_request,
                         .response = on_response,
                         .keep_alive_request = on_keep_alive_request,
                         .altsvc = on_altsvc,
                         .origin_set = on_origin_set,
                         .goaway = on_goaway,
                         .unreadable = on_unreadable,
                         .tunnel = on_tunnel,
                         .dns_message = on_dns_message,
                         .waits = on_waits};
}
