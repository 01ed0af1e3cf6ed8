/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One AsvConn per QUIC connection: its streams go to HTTP/3 when ALPN says
 * that HTTP/3 is spoken, or says nothing.
 */
#include "analyzer/connection.h"

static void *on_opened(void *self, const AsvQuicFlow *flow) {
  AsvConn *conn = asv_conn_new(self, NULL);
  char client[ASV_ENDPOINT_TEXT];
  conn->is_quic = TRUE;
  conn->opened = flow->first.time;
  conn->scheme = ASV_SCHEME_HTTPS;
  asv_conn_name(conn, &flow->client, &flow->server, client);
  g_snprintf(conn->label, sizeof conn->label, "quic:%" G_GUINT32_FORMAT, flow->number);
  conn->ref.id = asv_connection_id("quic", client, conn->server, flow->first.time, NULL);
  asv_conn_tell_connection(conn, &flow->first, flow->has_mac ? flow->client_mac : NULL, FALSE);
  return conn;
}

static void on_handshake(void *self, const AsvPacketRef *at, const AsvTlsHandshake *handshake) {
  AsvConn *conn = self;
  asv_conn_tell_handshake(conn, at, handshake);
  AsvSpan alpn = handshake->alpn;
  conn->not_http = alpn.size && !asv_span_is(asv_span_sub(alpn, 0, 2), "h3");
}

static gboolean on_stream(void *self, const AsvPacketRef *at, AsvSide from, guint64 id,
                          AsvSink *sink) {
  AsvConn *conn = self;
  if (conn->not_http) return FALSE;
  if (!conn->http3) {
    AsvHttpEvents events = asv_conn_http_events(conn);
    conn->http3 = asv_http3_new(conn->pipeline->http, &events);
  }
  asv_http3_set_early_data(conn->http3, asv_quic_early_data(conn->pipeline->quic));
  return asv_http3_stream(conn->http3, at, from, id, sink);
}

static void on_ahead(void *self, AsvSide from, guint64 id, guint64 n) {
  AsvConn *conn = self;
  if (conn->http3) asv_http3_ahead(conn->http3, from, id, n);
}

static void on_migrated(void *self, const AsvPacketRef *at, const AsvEndpoint *client) {
  (void)client;
  asv_conn_tell_connection(self, at, NULL, TRUE);
}

static void on_unreadable(void *self, const AsvPacketRef *at, AsvSide from, AsvTlsUnreadable reason,
                          guint64 bytes) {
  AsvConn *conn = self;
  if (conn->http3) asv_http3_note_lost(conn->http3, from);
  asv_conn_tell_unreadable(conn, at, from, reason, bytes);
}

static void on_closing(void *self, const AsvPacketRef *at, AsvSide by, const AsvQuicClose *close) {
  asv_failure_close(self, at, by, close);
  asv_conn_tell_close(self, at, asv_from_side(by), ASV_CLOSE_QUIC);
}

static void on_waits(void *self, const AsvPacketRef *since) {
  const AsvConn *conn = self;
  asv_conn_set_wait(conn, &conn->is_quic, since);
}

static void on_released(void *self, const AsvPacketRef *at, AsvEnd why) {
  AsvConn *conn = self;
  if (conn->http3) asv_http3_finish(conn->http3, at);
  AsvCloseReason reason = why == ASV_END_CAPTURE ? ASV_CLOSE_CAPTURE_ENDS : ASV_CLOSE_IDLE;
  asv_conn_close_tunnels(conn, at, conn->closed ? ASV_CLOSE_FIN : reason);
  asv_conn_tell_close(conn, at, ASV_FROM_NOBODY, reason);
  asv_conn_free(conn);
}

AsvQuicEvents asv_over_quic_events(AsvPipeline *pipeline) {
  return (AsvQuicEvents){.self = pipeline,
                         .opened = on_opened,
                         .handshake = on_handshake,
                         .stream = on_stream,
                         .ahead = on_ahead,
                         .migrated = on_migrated,
                         .unreadable = on_unreadable,
                         .closing = on_closing,
                         .waits = on_waits,
                         .released = on_released,
                         .trouble = asv_failure_quic};
}
