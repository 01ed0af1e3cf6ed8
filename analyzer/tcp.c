/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One AsvConn per TCP connection: its octets go through direction.h to TLS or
 * straight to HTTP. A CONNECT tunnel is an AsvConn of its own inside another.
 */
#include "altsvc/origin.h"
#include "analyzer/connection.h"

/* ---- the layers above ---- */

static void on_tls_waits(void *self, const AsvPacketRef *since) {
  const AsvConn *conn = self;
  asv_conn_set_wait(conn, &conn->tls, since);
}

static void on_direction_waits(void *self, const AsvPacketRef *since) {
  const AsvConn *conn = self;
  asv_conn_set_wait(conn, &conn->direction, since);
}

static AsvHttp *http_new(AsvConn *conn) {
  AsvHttpEvents events = asv_conn_http_events(conn);
  return asv_http_new(conn->pipeline->http, conn->version, conn->scheme, &events);
}

/* TLS plaintext on its way to HTTP, which is made when its first octets come: by then ALPN is
 * known. */
static AsvSink plain_sink(AsvConnSide *me) {
  AsvConn *conn = me->conn;
  if (!conn->http) conn->http = http_new(conn);
  if (me->side == ASV_CLIENT && conn->tls)
    asv_http_set_early_data(conn->http, asv_tls_early_data(conn->tls));
  return asv_http_sink(conn->http, me->side);
}

static guint64 plain_bytes(void *self, const AsvPacketRef *at, AsvSpan data) {
  AsvSink sink = plain_sink(self);
  return sink.bytes(sink.self, at, data);
}

static guint64 plain_gap(void *self, const AsvPacketRef *at, guint64 n) {
  AsvSink sink = plain_sink(self);
  return sink.gap(sink.self, at, n);
}

static void plain_end(void *self, const AsvPacketRef *at, AsvEnd why) {
  AsvConnSide *me = self;
  if (!me->conn->http) return;
  AsvSink sink = plain_sink(self);
  sink.end(sink.self, at, why);
}

static AsvSink conn_plain_sink(AsvConn *conn, AsvSide side) {
  return (AsvSink){
      .self = &conn->plain[side], .bytes = plain_bytes, .gap = plain_gap, .end = plain_end};
}

/* ---- connections ---- */

AsvConn *asv_conn_new(AsvPipeline *pipeline, const AsvFlow *flow) {
  AsvConn *conn = g_new0(AsvConn, 1);
  conn->pipeline = pipeline;
  conn->flow = flow;
  conn->asker = asv_names_asker(pipeline, &conn->ref);
  conn->plain[ASV_CLIENT] = (AsvConnSide){conn, ASV_CLIENT};
  conn->plain[ASV_SERVER] = (AsvConnSide){conn, ASV_SERVER};
  return conn;
}

void asv_conn_free(gpointer data) {
  AsvConn *conn = data;
  asv_conn_set_wait(conn, conn, NULL);
  asv_conn_set_wait(conn, &conn->direction, NULL);
  asv_conn_set_wait(conn, &conn->tls, NULL);
  asv_conn_set_wait(conn, &conn->http, NULL);
  asv_conn_set_wait(conn, &conn->is_quic, NULL);
  if (conn->undecided) g_queue_delete_link(&conn->pipeline->undecided, conn->undecided);
  if (conn->tls) asv_tls_free(conn->tls);
  if (conn->http) asv_http_free(conn->http);
  if (conn->http3) asv_http3_free(conn->http3);
  for (int side = 0; side < 2; side++) {
    if (conn->dns[side]) asv_dns_stream_free(conn->dns[side]);
  }
  if (conn->direction) asv_direction_free(conn->direction);
  if (conn->tunnels) g_ptr_array_unref(conn->tunnels);
  g_free(conn->server);
  g_free(conn);
}

/* Chooses the layers above TCP (or above a tunnel), once client and protocol are known. */
static void conn_start(AsvConn *conn, AsvSpeaks speaks, AsvSink sinks[2]) {
  conn->scheme = speaks == ASV_SPEAKS_TLS ? ASV_SCHEME_HTTPS : ASV_SCHEME_HTTP;
  AsvSink plain[2] = {conn_plain_sink(conn, ASV_CLIENT), conn_plain_sink(conn, ASV_SERVER)};
  if (speaks == ASV_SPEAKS_TLS) {
    AsvTlsEvents events = {.self = conn,
                           .handshake = asv_conn_tell_handshake,
                           .unreadable = asv_conn_tell_unreadable,
                           .alert = asv_failure_alert,
                           .waits = on_tls_waits};
    conn->tls = asv_tls_new(conn->pipeline->tls, &events, plain);
    sinks[ASV_CLIENT] = asv_tls_sink(conn->tls, ASV_CLIENT);
    sinks[ASV_SERVER] = asv_tls_sink(conn->tls, ASV_SERVER);
  } else {
    sinks[ASV_CLIENT] = plain[ASV_CLIENT];
    sinks[ASV_SERVER] = plain[ASV_SERVER];
  }
}

/* Exported PDUs were taken out of TLS or not; the port says which is likelier. */
static void conn_start_pdu(AsvConn *conn, AsvSink sinks[2]) {
  conn_start(conn, ASV_SPEAKS_PLAIN, sinks);
  if (conn->flow->ends[1 - conn->client_end].port != 80) conn->scheme = ASV_SCHEME_HTTPS;
  conn->version = conn->flow->kind == ASV_FLOW_PDU_HTTP2 ? ASV_HTTP_2 : ASV_HTTP_1;
}

void asv_conn_name(AsvConn *conn, const AsvEndpoint *client, const AsvEndpoint *server,
                   char client_text[ASV_ENDPOINT_TEXT]) {
  char server_text[ASV_ENDPOINT_TEXT];
  asv_address_text(&client->address, conn->client);
  asv_endpoint_text(client, client_text);
  asv_endpoint_text(server, server_text);
  conn->server = g_strdup(server_text);
  conn->ref.client = conn->client;
  conn->ref.server = conn->server;
  conn->ref.label = conn->label;
}

static void on_client(void *self, int client_end) {
  AsvConn *conn = self;
  const AsvFlow *flow = conn->flow;
  char client[ASV_ENDPOINT_TEXT];
  conn->client_end = client_end;
  asv_conn_name(conn, &flow->ends[client_end], &flow->ends[1 - client_end], client);
  g_snprintf(conn->label, sizeof conn->label, "%s:%" G_GUINT32_FORMAT,
             flow->kind == ASV_FLOW_TCP ? "tcp" : "pdu", flow->number);
  conn->ref.id = asv_connection_id("tcp", client, conn->server, flow->first.time, NULL);
  asv_conn_tell_connection(conn, &flow->first, flow->mac[client_end], FALSE);
  if (!conn->undecided) return;
  g_queue_delete_link(&conn->pipeline->undecided, conn->undecided);
  conn->undecided = NULL;
  asv_conn_set_wait(conn, conn, NULL);
}

static void conn_start_dns(AsvConn *conn, AsvSink sinks[2]) {
  AsvDnsEvents events = asv_observe_names(&conn->asker);
  for (int side = 0; side < 2; side++) {
    conn->dns[side] = asv_dns_stream_new(&events);
    sinks[side] = asv_dns_stream_sink(conn->dns[side]);
  }
}

static void on_speaks(void *self, AsvSpeaks speaks, AsvSink sinks[2]) {
  AsvConn *conn = self;
  const AsvEndpoint *ends = conn->flow->ends;
  AsvFlowKind kind = conn->flow->kind;
  if (kind == ASV_FLOW_PDU_HTTP || kind == ASV_FLOW_PDU_HTTP2)
    conn_start_pdu(conn, sinks);
  else if (speaks == ASV_SPEAKS_PLAIN && asv_dns_port(ends[0].port, ends[1].port))
    conn_start_dns(conn, sinks);
  else
    conn_start(conn, kind == ASV_FLOW_PDU_TLS ? ASV_SPEAKS_TLS : speaks, sinks);
}

static void *on_opened(void *self, const AsvFlow *flow, AsvSink sinks[2]) {
  AsvPipeline *pipeline = self;
  AsvConn *conn = asv_conn_new(pipeline, flow);
  AsvDirectionEvents events = {
      .self = conn, .client = on_client, .speaks = on_speaks, .waits = on_direction_waits};
  conn->opened = flow->first.time;
  if (flow->opener < 0) {
    g_queue_push_tail(&pipeline->undecided, conn);
    conn->undecided = pipeline->undecided.tail;
    asv_conn_set_wait(conn, conn, &flow->first);
  }
  conn->direction = asv_direction_new(flow, pipeline->servers, &events);
  sinks[0] = asv_direction_sink(conn->direction, 0);
  sinks[1] = asv_direction_sink(conn->direction, 1);
  return conn;
}

static void on_closing(void *self G_GNUC_UNUSED, void *connection, const AsvPacketRef *at, int by,
                       AsvEnd why) {
  AsvConn *conn = connection;
  asv_direction_decide_client(conn->direction);
  if (conn->goaway != ASV_FROM_NOBODY && why == ASV_END_FIN)
    asv_conn_tell_close(conn, at, conn->goaway, ASV_CLOSE_GOAWAY);
  else
    asv_conn_tell_close(conn, at, by == conn->client_end ? ASV_FROM_CLIENT : ASV_FROM_SERVER,
                        why == ASV_END_RESET ? ASV_CLOSE_RESET : ASV_CLOSE_FIN);
}

void asv_conn_close_tunnels(AsvConn *conn, const AsvPacketRef *at, AsvCloseReason reason) {
  for (guint i = 0; conn->tunnels && i < conn->tunnels->len; i++) {
    AsvConn *tunnel = g_ptr_array_index(conn->tunnels, i);
    asv_conn_close_tunnels(tunnel, at, reason);
    asv_conn_tell_close(tunnel, at, ASV_FROM_NOBODY, reason);
  }
}

static void on_released(void *self G_GNUC_UNUSED, void *connection, const AsvPacketRef *at,
                        AsvEnd why) {
  AsvConn *conn = connection;
  AsvCloseReason reason = why == ASV_END_CAPTURE ? ASV_CLOSE_CAPTURE_ENDS : ASV_CLOSE_IDLE;
  asv_direction_decide_client(conn->direction);
  asv_conn_close_tunnels(conn, at, conn->closed ? ASV_CLOSE_FIN : reason);
  asv_conn_tell_close(conn, at, ASV_FROM_NOBODY, reason);
  asv_conn_free(conn);
}

static void on_tunnel_speaks(void *self, AsvSpeaks speaks, AsvSink sinks[2]) {
  conn_start(self, speaks, sinks);
}

gboolean asv_conn_tunnel(void *self, const AsvPacketRef *at, guint64 stream G_GNUC_UNUSED,
                         AsvSpan target, AsvSink sinks[2]) {
  AsvConn *outer = self;
  if (!outer->tunnels) outer->tunnels = g_ptr_array_new_with_free_func(asv_conn_free);
  if (outer->tunnels->len >= ASV_TUNNELS_MAX) return FALSE;
  AsvConn *conn = asv_conn_new(outer->pipeline, outer->flow);
  g_ptr_array_add(outer->tunnels, conn);
  conn->opened = at->time;
  memcpy(conn->client, outer->client, sizeof conn->client);
  memcpy(conn->label, outer->label, sizeof conn->label);
  g_autofree char *octets = asv_span_dup(target);
  conn->server = g_strescape(octets, NULL);
  g_autofree char *opened = g_strdup_printf("%016" G_GINT64_MODIFIER "x", outer->ref.id);
  conn->ref = (AsvConnectionRef){
      .client = conn->client,
      .server = conn->server,
      .label = conn->label,
      .id = asv_connection_id("tunnel", opened, outer->server, at->time, conn->server)};
  asv_conn_tell_connection(conn, at, NULL, FALSE);
  AsvDirectionEvents events = {
      .self = conn, .speaks = on_tunnel_speaks, .waits = on_direction_waits};
  conn->direction = asv_direction_new(NULL, outer->pipeline->servers, &events);
  sinks[ASV_CLIENT] = asv_direction_sink(conn->direction, ASV_CLIENT);
  sinks[ASV_SERVER] = asv_direction_sink(conn->direction, ASV_SERVER);
  return TRUE;
}

AsvNetEvents asv_tcp_events(AsvPipeline *pipeline) {
  return (AsvNetEvents){.self = pipeline,
                        .opened = on_opened,
                        .closing = on_closing,
                        .released = on_released,
                        .trouble = asv_failure_net,
                        .icmp = asv_failure_icmp};
}
