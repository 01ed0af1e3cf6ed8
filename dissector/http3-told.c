/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A message may be told later than it came: one that waits for QPACK's table.
 * Packet and time are those it came with.
 */
#include "http3-told.h"

#include "altsvc/keep-alive.h"
#include "names.h"

static AsvFrom from_side(AsvSide side) {
  return side == ASV_CLIENT ? ASV_FROM_CLIENT : ASV_FROM_SERVER;
}

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
  seen.request = (AsvRequestSeen){.has_stream = request->has_stream,
                                  .stream = request->stream,
                                  .origin = request->origin,
                                  .method = request->method,
                                  .path = request->path,
                                  .protocol = request->protocol,
                                  .alt_used = request->alt_used,
                                  .user_agent = request->user_agent,
                                  .referer_origin = request->referer_origin,
                                  .sec_fetch_site = request->sec_fetch_site,
                                  .proxy_field = request->proxy_field,
                                  .early_data = request->early_data};
  altsvc_connection_tell(connection, &seen);
}

/* ---- responses ---- */

/* The lines as one list (RFC 9110 §5.3). */
static GByteArray *join_lines(const AsvSpan *lines, gsize count) {
  GByteArray *joined = g_byte_array_new();
  for (gsize i = 0; i < count; i++) {
    if (i) g_byte_array_append(joined, (const guint8 *)", ", 2);
    if (lines[i].size) g_byte_array_append(joined, lines[i].data, (guint)lines[i].size);
  }
  return joined;
}

static void tell_alt_svc(const AltsvcConnection *connection, const AsvPacketRef *at,
                         const AsvHttpResponse *response) {
  gsize lines = response->alt_svc_count;
  g_autoptr(GByteArray) value = join_lines(response->alt_svc, lines);
  AsvObservation seen = observation(connection, at, ASV_OBSERVATION_ADVERTISEMENT);
  seen.advertisement = (AsvAdvertisementSeen){
      .has_stream = response->has_stream,
      .stream = response->stream,
      .via = ASV_VIA_HTTP3_HEADER,
      .origin = response->origin,
      .origin_problem = response->origin.size      ? NULL
                        : response->request_packet ? "no-authority"
                                                   : "request-not-captured",
      .value = asv_span(value->data ? value->data : (const guint8 *)"", value->len),
      .values = {.items = response->alt_svc, .count = lines > 1 ? lines : 0},
      .age = response->age,
      .date = response->date,
      .status = response->status,
      .trailer = response->trailer,
      .from = ASV_FROM_SERVER};
  altsvc_connection_tell(connection, &seen);
}

/* Keep-Alive has no meaning here (RFC 9114 §4.2): why says so. */
static void tell_keep_alive(const AltsvcConnection *connection, const AsvPacketRef *at,
                            AsvKeepAliveSeen about, AsvSpan value) {
  AsvKeepAlive read = asv_keep_alive_read(value);
  AsvObservation seen = observation(connection, at, ASV_OBSERVATION_KEEP_ALIVE);
  about.has_timeout = read.has_timeout;
  about.timeout = read.timeout;
  about.has_max = read.has_max;
  about.max = read.max;
  seen.keep_alive = about;
  altsvc_connection_tell(connection, &seen);
}

static void on_response(void *self, const AsvPacketRef *at, const AsvHttpResponse *response) {
  const AltsvcConnection *connection = self;
  if (!response->trailer) {
    AsvObservation seen = observation(connection, at, ASV_OBSERVATION_RESPONSE);
    seen.response =
        (AsvResponseSeen){.has_stream = response->has_stream,
                          .stream = response->stream,
                          .origin = response->origin,
                          .status = response->status,
                          .request_packet = response->request_packet,
                          .alt_svc = response->alt_svc_count > 0,
                          .connection_fields = {.items = response->connection_fields,
                                                .count = response->connection_fields_count}};
    altsvc_connection_tell(connection, &seen);
  }
  if (response->alt_svc_count) tell_alt_svc(connection, at, response);
  if (response->keep_alive.data && !response->trailer) {
    AsvKeepAliveSeen about = {.has_stream = response->has_stream,
                              .stream = response->stream,
                              .origin = response->origin,
                              .from = ASV_FROM_SERVER,
                              .why = response->keep_alive_why};
    tell_keep_alive(connection, at, about, response->keep_alive);
  }
}

static void on_keep_alive_request(void *self, const AsvPacketRef *at, const AsvHttpRequest *request,
                                  AsvSpan value, const char *why) {
  AsvKeepAliveSeen about = {.has_stream = request->has_stream,
                            .stream = request->stream,
                            .origin = request->origin,
                            .from = ASV_FROM_CLIENT,
                            .why = why};
  tell_keep_alive(self, at, about, value);
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
  static const AsvUnreadableReason reasons[] = {
      [ASV_HTTP_BYTES_LOST] = ASV_UNREADABLE_BYTES_LOST,
      [ASV_HTTP_HPACK_LOST] = ASV_UNREADABLE_HPACK_LOST,
      [ASV_HTTP_QPACK_LOST] = ASV_UNREADABLE_QPACK_LOST,
      [ASV_HTTP_NOT_HTTP] = ASV_UNREADABLE_NOT_HTTP,
      [ASV_HTTP_ONE_DIRECTION] = ASV_UNREADABLE_ONE_DIRECTION};
  AsvObservation seen = observation(self, at, ASV_OBSERVATION_UNREADABLE);
  seen.unreadable =
      (AsvUnreadableSeen){.reason = reasons[reason], .from = from_side(from), .bytes = bytes};
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
