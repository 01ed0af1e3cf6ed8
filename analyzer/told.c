/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the layers of a connection tell, as observations: HTTP messages, TLS
 * handshakes, what could not be read, openings and closings.
 */
#include "altsvc/frame.h"
#include "altsvc/origin.h"
#include "analyzer/connection.h"
#include "analyzer/observe/http.h"

/* ---- observations ---- */

static const char *file_name(const AsvPipeline *pipeline, const AsvPacketRef *at) {
  return asv_input_file(pipeline->input, at->file)->name;
}

AsvObservation asv_conn_observation(const AsvConn *conn, const AsvPacketRef *at,
                                    AsvObservationKind kind) {
  return (AsvObservation){.kind = kind,
                          .time = at->time,
                          .file = file_name(conn->pipeline, at),
                          .packet = at->packet,
                          .connection = &conn->ref};
}

void asv_conn_emit(const AsvConn *conn, const AsvPacketRef *at, const AsvObservation *seen) {
  asv_order_add(conn->pipeline->order, at, seen);
}

void asv_conn_tell_failure(AsvConn *conn, const AsvPacketRef *at, const AsvFailureSeen *failure) {
  guint bit = 1u << failure->reason;
  if (conn->failures & bit) return;
  conn->failures |= bit;
  AsvObservation seen = asv_conn_observation(conn, at, ASV_OBSERVATION_FAILURE);
  seen.failure = *failure;
  asv_conn_emit(conn, at, &seen);
}

void asv_conn_tell_close(AsvConn *conn, const AsvPacketRef *at, AsvFrom by, AsvCloseReason reason) {
  asv_failure_incomplete(conn, at, reason);
  if (conn->closed) return;
  conn->closed = TRUE;
  AsvObservation seen = asv_conn_observation(conn, at, ASV_OBSERVATION_CLOSE);
  seen.close = (AsvCloseSeen){.by = by, .reason = reason, .requests = conn->requests};
  asv_conn_emit(conn, at, &seen);
}

/* ---- HTTP ---- */

/* A request's own field, or the PROXY protocol header that its connection began with. */
static AsvSpan proxy_field(const AsvConn *conn, const AsvHttpRequest *request) {
  gboolean header = conn->direction && asv_direction_proxied(conn->direction);
  return header && !request->proxy_field.size ? asv_span_text("proxy-protocol")
                                              : request->proxy_field;
}

static void on_request(void *self, const AsvPacketRef *at, const AsvHttpRequest *request) {
  AsvConn *conn = self;
  if (!request->pushed) conn->requests++;
  AsvObservation seen = asv_conn_observation(conn, at, ASV_OBSERVATION_REQUEST);
  seen.request = asv_observe_request(request);
  seen.request.proxy_field = proxy_field(conn, request);
  asv_conn_emit(conn, at, &seen);
}

static void emit_header_advertisement(const AsvConn *conn, const AsvPacketRef *at,
                                      const AsvHttpResponse *response) {
  AsvVia via = conn->is_quic          ? ASV_VIA_HTTP3_HEADER
               : response->has_stream ? ASV_VIA_HTTP2_HEADER
                                      : ASV_VIA_HTTP1_HEADER;
  AsvObservation seen = asv_conn_observation(conn, at, ASV_OBSERVATION_ADVERTISEMENT);
  seen.advertisement = asv_observe_alt_svc(response, via, conn->pipeline->joined);
  asv_conn_emit(conn, at, &seen);
}

static void emit_keep_alive(const AsvConn *conn, const AsvPacketRef *at, AsvKeepAliveSeen about) {
  AsvObservation seen = asv_conn_observation(conn, at, ASV_OBSERVATION_KEEP_ALIVE);
  seen.keep_alive = about;
  asv_conn_emit(conn, at, &seen);
}

static void on_response(void *self, const AsvPacketRef *at, const AsvHttpResponse *response) {
  const AsvConn *conn = self;
  if (!response->trailer) {
    AsvObservation seen = asv_conn_observation(conn, at, ASV_OBSERVATION_RESPONSE);
    seen.response = asv_observe_response(response);
    asv_conn_emit(conn, at, &seen);
  }
  if (response->alt_svc_count) emit_header_advertisement(conn, at, response);
  if (response->keep_alive.data && !response->trailer)
    emit_keep_alive(conn, at, asv_observe_keep_alive(response));
}

static void on_keep_alive_request(void *self, const AsvPacketRef *at, const AsvHttpRequest *request,
                                  AsvSpan value, const char *why) {
  emit_keep_alive(self, at, asv_observe_keep_alive_request(request, value, why));
}

static void on_altsvc(void *self, const AsvPacketRef *at, const AsvHttpAltsvc *frame) {
  AsvConn *conn = self;
  char written[ASV_ORIGIN_MAX];
  AsvFrame cut;
  AsvAdvertisementSeen about = {.has_stream = TRUE,
                                .stream = frame->stream,
                                .via = ASV_VIA_ALTSVC_FRAME,
                                .from = asv_from_side(frame->from),
                                .frame_flags = frame->flags,
                                .frame_too_long = frame->too_long};
  if (!asv_frame_cut(frame->payload, &cut)) {
    about.origin_problem = "frame-malformed";
  } else {
    AsvOrigin origin;
    about.value = cut.value;
    about.frame_origin = cut.origin.size ? cut.origin : asv_span(NULL, 0);
    if (frame->stream == 0 && !asv_origin_parse(cut.origin, &origin))
      about.origin = asv_span(written, asv_origin_write(&origin, written));
    else if (frame->stream != 0 && !frame->request_missing)
      about.origin = frame->request_origin;
    if (!about.origin.size)
      about.origin_problem = frame->stream == 0       ? "no-authority"
                             : frame->client_complete ? "stream-unknown"
                                                      : "request-not-captured";
  }
  AsvObservation seen = asv_conn_observation(conn, at, ASV_OBSERVATION_ADVERTISEMENT);
  seen.advertisement = about;
  asv_conn_emit(conn, at, &seen);
}

static void on_origin_set(void *self, const AsvPacketRef *at, guint64 stream,
                          const AsvSpan *origins, gsize count) {
  AsvObservation seen = asv_conn_observation(self, at, ASV_OBSERVATION_ORIGIN_SET);
  seen.origin_set = (AsvOriginSetSeen){.stream = stream, .origins = {origins, count}};
  asv_conn_emit(self, at, &seen);
}

static void on_goaway(void *self, const AsvPacketRef *at G_GNUC_UNUSED, AsvSide from) {
  AsvConn *conn = self;
  if (conn->goaway == ASV_FROM_NOBODY) conn->goaway = asv_from_side(from);
}

static void on_http_unreadable(void *self, const AsvPacketRef *at, AsvSide from,
                               AsvHttpUnreadable reason, guint64 bytes) {
  const AsvConn *conn = self;
  if (reason == ASV_HTTP_NOT_HTTP && !conn->tls && !conn->is_quic)
    return; /* nothing was protected */
  AsvObservation seen = asv_conn_observation(conn, at, ASV_OBSERVATION_UNREADABLE);
  seen.unreadable = asv_observe_unreadable(from, reason, bytes);
  asv_conn_emit(conn, at, &seen);
}

/* `who` is the layer of conn that waits. */
void asv_conn_set_wait(const AsvConn *conn, const void *who, const AsvPacketRef *since) {
  if (since)
    asv_order_wait(conn->pipeline->order, who, since);
  else
    asv_order_done(conn->pipeline->order, who);
}

static void on_http_waits(void *self, const AsvPacketRef *since) {
  const AsvConn *conn = self;
  asv_conn_set_wait(conn, &conn->http, since);
}

static void on_dns_message(void *self, const AsvPacketRef *at, AsvSpan message) {
  AsvConn *conn = self;
  AsvDnsEvents events = asv_observe_names(&conn->asker);
  asv_dns_message(message, at, &events);
}

AsvHttpEvents asv_conn_http_events(AsvConn *conn) {
  return (AsvHttpEvents){.self = conn,
                         .request = on_request,
                         .response = on_response,
                         .keep_alive_request = on_keep_alive_request,
                         .altsvc = on_altsvc,
                         .origin_set = on_origin_set,
                         .goaway = on_goaway,
                         .unreadable = on_http_unreadable,
                         .tunnel = asv_conn_tunnel,
                         .dns_message = on_dns_message,
                         .waits = on_http_waits};
}

/* ---- TLS ---- */

void asv_conn_tell_handshake(void *self, const AsvPacketRef *at, const AsvTlsHandshake *handshake) {
  static const AsvEch echs[] = {[ASV_TLS_ECH_NONE] = ASV_ECH_NONE,
                                [ASV_TLS_ECH_GREASE] = ASV_ECH_GREASE,
                                [ASV_TLS_ECH_OFFERED] = ASV_ECH_OFFERED,
                                [ASV_TLS_ECH_ACCEPTED] = ASV_ECH_ACCEPTED};
  AsvConn *conn = self;
  conn->version = asv_http_version_of_alpn(handshake->alpn);
  AsvObservation seen = asv_conn_observation(conn, at, ASV_OBSERVATION_HANDSHAKE);
  seen.handshake = (AsvHandshakeSeen){
      .sni = handshake->sni,
      .alpn_offered = {handshake->alpn_offered, handshake->alpn_offered_count},
      .alpn = handshake->alpn,
      .tls_version = handshake->version,
      .certificate_names = {handshake->certificate_names, handshake->certificate_names_count},
      .certificate_issuer = handshake->certificate_issuer,
      .resumed = handshake->resumed,
      .early_data = handshake->early_data,
      .ech = echs[handshake->ech],
      .secrets = handshake->secrets};
  asv_conn_emit(conn, at, &seen);
}

void asv_conn_tell_unreadable(void *self, const AsvPacketRef *at, AsvSide from,
                              AsvTlsUnreadable reason, guint64 bytes) {
  static const AsvUnreadableReason reasons[] = {
      [ASV_TLS_NO_SECRETS] = ASV_UNREADABLE_NO_SECRETS,
      [ASV_TLS_ECH_NO_SECRETS] = ASV_UNREADABLE_ECH_NO_SECRETS,
      [ASV_TLS_HANDSHAKE_NOT_CAPTURED] = ASV_UNREADABLE_HANDSHAKE_NOT_CAPTURED,
      [ASV_TLS_UNKNOWN_SUITE] = ASV_UNREADABLE_UNKNOWN_SUITE,
      [ASV_TLS_BYTES_LOST] = ASV_UNREADABLE_BYTES_LOST,
      [ASV_TLS_ONE_DIRECTION] = ASV_UNREADABLE_ONE_DIRECTION,
      [ASV_TLS_DECRYPT_FAILED] = ASV_UNREADABLE_DECRYPT_FAILED};
  AsvObservation seen = asv_conn_observation(self, at, ASV_OBSERVATION_UNREADABLE);
  seen.unreadable =
      (AsvUnreadableSeen){.reason = reasons[reason], .from = asv_from_side(from), .bytes = bytes};
  asv_conn_emit(self, at, &seen);
}

/* ---- connections ---- */

void asv_conn_tell_connection(const AsvConn *conn, const AsvPacketRef *at, const guint8 *mac,
                              gboolean migrated) {
  static const guint8 none[6];
  char text[18];
  AsvObservation seen = asv_conn_observation(conn, at, ASV_OBSERVATION_CONNECTION);
  seen.opened =
      (AsvConnectionSeen){.transport = conn->is_quic ? "quic" : "tcp", .migrated = migrated};
  if (mac && memcmp(mac, none, sizeof none) != 0) {
    g_snprintf(text, sizeof text, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3],
               mac[4], mac[5]);
    seen.opened.client_mac = text;
  }
  asv_conn_emit(conn, at, &seen);
}
