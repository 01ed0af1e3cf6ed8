/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One Conn per connection: TCP octets go through direction.h to TLS or
 * straight to HTTP, and what those layers tell becomes observations, put in
 * packet order by order.h. A CONNECT tunnel is a Conn of its own inside
 * another.
 */
#include "pipeline.h"

#include "altsvc/frame.h"
#include "altsvc/keep-alive.h"
#include "altsvc/origin.h"
#include "analyzer/direction.h"
#include "analyzer/http/http.h"
#include "analyzer/order.h"
#include "analyzer/tls/tls.h"

typedef struct Conn Conn;

struct AsvPipeline {
  AsvNet *net;
  AsvTlsContext *tls;
  AsvHttpContext *http;
  AsvServers *servers;
  AsvOrder *order;
  const AsvInput *input;
  AsvPacketRef last;  /* the newest packet */
  GQueue undecided;   /* Conn*, oldest first: whose client is not known yet */
  GByteArray *joined; /* several Alt-Svc lines as one value */
};

/* One side of a Conn's plaintext, the self of a sink. */
typedef struct {
  Conn *conn;
  AsvSide side;
} ConnSide;

struct Conn {
  AsvPipeline *pipeline;
  const AsvFlow *flow;
  AsvDirection *direction;
  GList *undecided; /* its link in the pipeline's queue, or NULL */
  AsvTls *tls;
  AsvHttp *http;
  ConnSide plain[2];
  int client_end;         /* of the flow's ends */
  AsvHttpVersion version; /* what ALPN said */
  AsvScheme scheme;
  AsvConnectionRef ref;
  char client[ASV_ENDPOINT_TEXT], label[24];
  char *server;
  guint64 requests;
  AsvFrom goaway;
  gboolean closed;
  GPtrArray *tunnels; /* Conn*, owned */
};

/* ---- observations ---- */

static const char *file_name(const AsvPipeline *pipeline, const AsvPacketRef *at) {
  return asv_input_file(pipeline->input, at->file)->name;
}

static AsvObservation observation(const Conn *conn, const AsvPacketRef *at,
                                  AsvObservationKind kind) {
  return (AsvObservation){.kind = kind,
                          .time = at->time,
                          .file = file_name(conn->pipeline, at),
                          .packet = at->packet,
                          .connection = &conn->ref};
}

static void emit(const Conn *conn, const AsvPacketRef *at, const AsvObservation *seen) {
  asv_order_add(conn->pipeline->order, at, seen);
}

static AsvFrom from_side(AsvSide side) {
  return side == ASV_CLIENT ? ASV_FROM_CLIENT : ASV_FROM_SERVER;
}

static void emit_unreadable(const Conn *conn, const AsvPacketRef *at, AsvFrom from,
                            AsvUnreadableReason reason, guint64 bytes) {
  AsvObservation seen = observation(conn, at, ASV_OBSERVATION_UNREADABLE);
  seen.unreadable = (AsvUnreadableSeen){.reason = reason, .from = from, .bytes = bytes};
  emit(conn, at, &seen);
}

static void emit_close(Conn *conn, const AsvPacketRef *at, AsvFrom by, AsvCloseReason reason) {
  if (conn->closed) return;
  conn->closed = TRUE;
  AsvObservation seen = observation(conn, at, ASV_OBSERVATION_CLOSE);
  seen.close = (AsvCloseSeen){.by = by, .reason = reason, .requests = conn->requests};
  emit(conn, at, &seen);
}

/* ---- HTTP ---- */

static void on_request(void *self, const AsvPacketRef *at, const AsvHttpRequest *request) {
  Conn *conn = self;
  if (!request->pushed) conn->requests++;
  AsvObservation seen = observation(conn, at, ASV_OBSERVATION_REQUEST);
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
  emit(conn, at, &seen);
}

/* The lines as one list (RFC 9110 §5.3). */
static AsvSpan join_lines(AsvPipeline *pipeline, const AsvSpan *lines, gsize count) {
  if (count == 1) return lines[0];
  GByteArray *joined = pipeline->joined;
  g_byte_array_set_size(joined, 0);
  for (gsize i = 0; i < count; i++) {
    if (i) g_byte_array_append(joined, (const guint8 *)", ", 2);
    if (lines[i].size) g_byte_array_append(joined, lines[i].data, (guint)lines[i].size);
  }
  return asv_span(joined->data, joined->len);
}

static void emit_header_advertisement(Conn *conn, const AsvPacketRef *at,
                                      const AsvHttpResponse *response) {
  gsize lines = response->alt_svc_count;
  AsvObservation seen = observation(conn, at, ASV_OBSERVATION_ADVERTISEMENT);
  seen.advertisement = (AsvAdvertisementSeen){
      .has_stream = response->has_stream,
      .stream = response->stream,
      .via = response->has_stream ? ASV_VIA_HTTP2_HEADER : ASV_VIA_HTTP1_HEADER,
      .origin = response->origin,
      .origin_problem = response->origin.size      ? NULL
                        : response->request_packet ? "no-authority"
                                                   : "request-not-captured",
      .value = join_lines(conn->pipeline, response->alt_svc, lines),
      .values = {.items = response->alt_svc, .count = lines > 1 ? lines : 0},
      .age = response->age,
      .date = response->date,
      .status = response->status,
      .trailer = response->trailer,
      .from = ASV_FROM_SERVER};
  emit(conn, at, &seen);
}

static void emit_keep_alive(Conn *conn, const AsvPacketRef *at, const AsvKeepAliveSeen *about,
                            AsvSpan value) {
  AsvKeepAlive read = asv_keep_alive_read(value);
  AsvObservation seen = observation(conn, at, ASV_OBSERVATION_KEEP_ALIVE);
  seen.keep_alive = *about;
  seen.keep_alive.has_timeout = read.has_timeout;
  seen.keep_alive.timeout = read.timeout;
  seen.keep_alive.has_max = read.has_max;
  seen.keep_alive.max = read.max;
  seen.keep_alive.effective = about->why == NULL;
  emit(conn, at, &seen);
}

static void on_response(void *self, const AsvPacketRef *at, const AsvHttpResponse *response) {
  Conn *conn = self;
  if (!response->trailer) {
    AsvObservation seen = observation(conn, at, ASV_OBSERVATION_RESPONSE);
    seen.response =
        (AsvResponseSeen){.has_stream = response->has_stream,
                          .stream = response->stream,
                          .origin = response->origin,
                          .status = response->status,
                          .request_packet = response->request_packet,
                          .alt_svc = response->alt_svc_count > 0,
                          .connection_fields = {.items = response->connection_fields,
                                                .count = response->connection_fields_count}};
    emit(conn, at, &seen);
  }
  if (response->alt_svc_count) emit_header_advertisement(conn, at, response);
  if (response->keep_alive.data && !response->trailer) {
    AsvKeepAliveSeen about = {.has_stream = response->has_stream,
                              .stream = response->stream,
                              .origin = response->origin,
                              .from = ASV_FROM_SERVER,
                              .why = response->keep_alive_why};
    emit_keep_alive(conn, at, &about, response->keep_alive);
  }
}

static void on_keep_alive_request(void *self, const AsvPacketRef *at, const AsvHttpRequest *request,
                                  AsvSpan value, const char *why) {
  AsvKeepAliveSeen about = {.has_stream = request->has_stream,
                            .stream = request->stream,
                            .origin = request->origin,
                            .from = ASV_FROM_CLIENT,
                            .why = why};
  emit_keep_alive(self, at, &about, value);
}

static void on_altsvc(void *self, const AsvPacketRef *at, const AsvHttpAltsvc *frame) {
  Conn *conn = self;
  char written[ASV_ORIGIN_MAX];
  AsvFrame cut;
  AsvAdvertisementSeen about = {.has_stream = TRUE,
                                .stream = frame->stream,
                                .via = ASV_VIA_ALTSVC_FRAME,
                                .from = from_side(frame->from),
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
  AsvObservation seen = observation(conn, at, ASV_OBSERVATION_ADVERTISEMENT);
  seen.advertisement = about;
  emit(conn, at, &seen);
}

static void on_origin_set(void *self, const AsvPacketRef *at, guint64 stream,
                          const AsvSpan *origins, gsize count) {
  AsvObservation seen = observation(self, at, ASV_OBSERVATION_ORIGIN_SET);
  seen.origin_set = (AsvOriginSetSeen){.stream = stream, .origins = {origins, count}};
  emit(self, at, &seen);
}

static void on_goaway(void *self, const AsvPacketRef *at G_GNUC_UNUSED, AsvSide from) {
  Conn *conn = self;
  if (conn->goaway == ASV_FROM_NOBODY) conn->goaway = from_side(from);
}

static void on_http_unreadable(void *self, const AsvPacketRef *at, AsvSide from,
                               AsvHttpUnreadable reason, guint64 bytes) {
  static const AsvUnreadableReason reasons[] = {
      [ASV_HTTP_BYTES_LOST] = ASV_UNREADABLE_BYTES_LOST,
      [ASV_HTTP_HPACK_LOST] = ASV_UNREADABLE_HPACK_LOST,
      [ASV_HTTP_QPACK_LOST] = ASV_UNREADABLE_QPACK_LOST,
      [ASV_HTTP_NOT_HTTP] = ASV_UNREADABLE_NOT_HTTP,
      [ASV_HTTP_ONE_DIRECTION] = ASV_UNREADABLE_ONE_DIRECTION};
  const Conn *conn = self;
  if (reason == ASV_HTTP_NOT_HTTP && !conn->tls) return; /* nothing was protected */
  emit_unreadable(conn, at, from_side(from), reasons[reason], bytes);
}

/* `who` is the layer of conn that waits. */
static void set_wait(const Conn *conn, const void *who, const AsvPacketRef *since) {
  if (since)
    asv_order_wait(conn->pipeline->order, who, since);
  else
    asv_order_done(conn->pipeline->order, who);
}

static void on_http_waits(void *self, const AsvPacketRef *since) {
  const Conn *conn = self;
  set_wait(conn, &conn->http, since);
}

static void on_tls_waits(void *self, const AsvPacketRef *since) {
  const Conn *conn = self;
  set_wait(conn, &conn->tls, since);
}

static void on_direction_waits(void *self, const AsvPacketRef *since) {
  const Conn *conn = self;
  set_wait(conn, &conn->direction, since);
}

static gboolean on_tunnel(void *self, const AsvPacketRef *at, guint64 stream, AsvSpan target,
                          AsvSink sinks[2]);

static AsvHttp *http_new(Conn *conn) {
  AsvHttpEvents events = {.self = conn,
                          .request = on_request,
                          .response = on_response,
                          .keep_alive_request = on_keep_alive_request,
                          .altsvc = on_altsvc,
                          .origin_set = on_origin_set,
                          .goaway = on_goaway,
                          .unreadable = on_http_unreadable,
                          .tunnel = on_tunnel,
                          .waits = on_http_waits};
  return asv_http_new(conn->pipeline->http, conn->version, conn->scheme, &events);
}

/* ---- TLS ---- */

/* TLS plaintext on its way to HTTP, which is made when its first octets come: by then ALPN is
 * known. */
static AsvSink plain_sink(ConnSide *me) {
  Conn *conn = me->conn;
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
  ConnSide *me = self;
  if (!me->conn->http) return;
  AsvSink sink = plain_sink(self);
  sink.end(sink.self, at, why);
}

static AsvSink conn_plain_sink(Conn *conn, AsvSide side) {
  return (AsvSink){
      .self = &conn->plain[side], .bytes = plain_bytes, .gap = plain_gap, .end = plain_end};
}

static void on_handshake(void *self, const AsvPacketRef *at, const AsvTlsHandshake *handshake) {
  static const AsvEch echs[] = {[ASV_TLS_ECH_NONE] = ASV_ECH_NONE,
                                [ASV_TLS_ECH_GREASE] = ASV_ECH_GREASE,
                                [ASV_TLS_ECH_OFFERED] = ASV_ECH_OFFERED,
                                [ASV_TLS_ECH_ACCEPTED] = ASV_ECH_ACCEPTED};
  Conn *conn = self;
  conn->version = asv_http_version_of_alpn(handshake->alpn);
  AsvObservation seen = observation(conn, at, ASV_OBSERVATION_HANDSHAKE);
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
  emit(conn, at, &seen);
}

static void on_tls_unreadable(void *self, const AsvPacketRef *at, AsvSide from,
                              AsvTlsUnreadable reason, guint64 bytes) {
  static const AsvUnreadableReason reasons[] = {
      [ASV_TLS_NO_SECRETS] = ASV_UNREADABLE_NO_SECRETS,
      [ASV_TLS_ECH_NO_SECRETS] = ASV_UNREADABLE_ECH_NO_SECRETS,
      [ASV_TLS_HANDSHAKE_NOT_CAPTURED] = ASV_UNREADABLE_HANDSHAKE_NOT_CAPTURED,
      [ASV_TLS_UNKNOWN_SUITE] = ASV_UNREADABLE_UNKNOWN_SUITE,
      [ASV_TLS_BYTES_LOST] = ASV_UNREADABLE_BYTES_LOST,
      [ASV_TLS_ONE_DIRECTION] = ASV_UNREADABLE_ONE_DIRECTION,
      [ASV_TLS_DECRYPT_FAILED] = ASV_UNREADABLE_DECRYPT_FAILED};
  emit_unreadable(self, at, from_side(from), reasons[reason], bytes);
}

/* ---- connections ---- */

static Conn *conn_new(AsvPipeline *pipeline, const AsvFlow *flow) {
  Conn *conn = g_new0(Conn, 1);
  conn->pipeline = pipeline;
  conn->flow = flow;
  conn->plain[ASV_CLIENT] = (ConnSide){conn, ASV_CLIENT};
  conn->plain[ASV_SERVER] = (ConnSide){conn, ASV_SERVER};
  return conn;
}

static void conn_free(gpointer data) {
  Conn *conn = data;
  set_wait(conn, conn, NULL);
  set_wait(conn, &conn->direction, NULL);
  set_wait(conn, &conn->tls, NULL);
  set_wait(conn, &conn->http, NULL);
  if (conn->undecided) g_queue_delete_link(&conn->pipeline->undecided, conn->undecided);
  if (conn->tls) asv_tls_free(conn->tls);
  if (conn->http) asv_http_free(conn->http);
  if (conn->direction) asv_direction_free(conn->direction);
  if (conn->tunnels) g_ptr_array_unref(conn->tunnels);
  g_free(conn->server);
  g_free(conn);
}

static void emit_connection(const Conn *conn, const AsvPacketRef *at, const guint8 *mac) {
  char text[18];
  AsvObservation seen = observation(conn, at, ASV_OBSERVATION_CONNECTION);
  seen.opened = (AsvConnectionSeen){.transport = "tcp"};
  if (mac) {
    g_snprintf(text, sizeof text, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3],
               mac[4], mac[5]);
    seen.opened.client_mac = text;
  }
  emit(conn, at, &seen);
}

/* Chooses the layers above TCP (or above a tunnel), once client and protocol are known. */
static void conn_start(Conn *conn, AsvSpeaks speaks, AsvSink sinks[2]) {
  conn->scheme = speaks == ASV_SPEAKS_TLS ? ASV_SCHEME_HTTPS : ASV_SCHEME_HTTP;
  AsvSink plain[2] = {conn_plain_sink(conn, ASV_CLIENT), conn_plain_sink(conn, ASV_SERVER)};
  if (speaks == ASV_SPEAKS_TLS) {
    AsvTlsEvents events = {.self = conn,
                           .handshake = on_handshake,
                           .unreadable = on_tls_unreadable,
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
static void conn_start_pdu(Conn *conn, AsvSink sinks[2]) {
  conn_start(conn, ASV_SPEAKS_PLAIN, sinks);
  if (conn->flow->ends[1 - conn->client_end].port != 80) conn->scheme = ASV_SCHEME_HTTPS;
  conn->version = conn->flow->kind == ASV_FLOW_PDU_HTTP2 ? ASV_HTTP_2 : ASV_HTTP_1;
}

static void on_client(void *self, int client_end) {
  Conn *conn = self;
  const AsvFlow *flow = conn->flow;
  const AsvEndpoint *client = &flow->ends[client_end], *server = &flow->ends[1 - client_end];
  char client_full[ASV_ENDPOINT_TEXT], server_text[ASV_ENDPOINT_TEXT];
  conn->client_end = client_end;
  asv_address_text(&client->address, conn->client);
  asv_endpoint_text(client, client_full);
  asv_endpoint_text(server, server_text);
  conn->server = g_strdup(server_text);
  g_snprintf(conn->label, sizeof conn->label, "%s:%" G_GUINT32_FORMAT,
             flow->kind == ASV_FLOW_TCP ? "tcp" : "pdu", flow->number);
  conn->ref = (AsvConnectionRef){
      .client = conn->client,
      .server = conn->server,
      .label = conn->label,
      .id = asv_connection_id("tcp", client_full, server_text, flow->first.time, NULL)};
  emit_connection(conn, &flow->first, flow->has_mac ? flow->mac[client_end] : NULL);
  if (!conn->undecided) return;
  g_queue_delete_link(&conn->pipeline->undecided, conn->undecided);
  conn->undecided = NULL;
  set_wait(conn, conn, NULL);
}

static void on_speaks(void *self, AsvSpeaks speaks, AsvSink sinks[2]) {
  Conn *conn = self;
  AsvFlowKind kind = conn->flow->kind;
  if (kind == ASV_FLOW_PDU_HTTP || kind == ASV_FLOW_PDU_HTTP2)
    conn_start_pdu(conn, sinks);
  else
    conn_start(conn, kind == ASV_FLOW_PDU_TLS ? ASV_SPEAKS_TLS : speaks, sinks);
}

static void *on_opened(void *self, const AsvFlow *flow, AsvSink sinks[2]) {
  AsvPipeline *pipeline = self;
  Conn *conn = conn_new(pipeline, flow);
  AsvDirectionEvents events = {
      .self = conn, .client = on_client, .speaks = on_speaks, .waits = on_direction_waits};
  if (flow->opener < 0) {
    g_queue_push_tail(&pipeline->undecided, conn);
    conn->undecided = pipeline->undecided.tail;
    set_wait(conn, conn, &flow->first);
  }
  conn->direction = asv_direction_new(flow, pipeline->servers, &events);
  sinks[0] = asv_direction_sink(conn->direction, 0);
  sinks[1] = asv_direction_sink(conn->direction, 1);
  return conn;
}

static void on_closing(void *self G_GNUC_UNUSED, void *connection, const AsvPacketRef *at, int by,
                       AsvEnd why) {
  Conn *conn = connection;
  asv_direction_decide_client(conn->direction);
  if (conn->goaway != ASV_FROM_NOBODY && why == ASV_END_FIN)
    emit_close(conn, at, conn->goaway, ASV_CLOSE_GOAWAY);
  else
    emit_close(conn, at, by == conn->client_end ? ASV_FROM_CLIENT : ASV_FROM_SERVER,
               why == ASV_END_RESET ? ASV_CLOSE_RESET : ASV_CLOSE_FIN);
}

static void close_tunnels(Conn *conn, const AsvPacketRef *at, AsvCloseReason reason) {
  for (guint i = 0; conn->tunnels && i < conn->tunnels->len; i++) {
    Conn *tunnel = g_ptr_array_index(conn->tunnels, i);
    close_tunnels(tunnel, at, reason);
    emit_close(tunnel, at, ASV_FROM_NOBODY, reason);
  }
}

static void on_released(void *self G_GNUC_UNUSED, void *connection, const AsvPacketRef *at,
                        AsvEnd why) {
  Conn *conn = connection;
  AsvCloseReason reason = why == ASV_END_CAPTURE ? ASV_CLOSE_CAPTURE_ENDS : ASV_CLOSE_IDLE;
  asv_direction_decide_client(conn->direction);
  close_tunnels(conn, at, conn->closed ? ASV_CLOSE_FIN : reason);
  emit_close(conn, at, ASV_FROM_NOBODY, reason);
  conn_free(conn);
}

static void on_tunnel_speaks(void *self, AsvSpeaks speaks, AsvSink sinks[2]) {
  conn_start(self, speaks, sinks);
}

static gboolean on_tunnel(void *self, const AsvPacketRef *at, guint64 stream G_GNUC_UNUSED,
                          AsvSpan target, AsvSink sinks[2]) {
  Conn *outer = self;
  if (!outer->tunnels) outer->tunnels = g_ptr_array_new_with_free_func(conn_free);
  if (outer->tunnels->len >= ASV_TUNNELS_MAX) return FALSE;
  Conn *conn = conn_new(outer->pipeline, outer->flow);
  g_ptr_array_add(outer->tunnels, conn);
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
  emit_connection(conn, at, NULL);
  AsvDirectionEvents events = {
      .self = conn, .speaks = on_tunnel_speaks, .waits = on_direction_waits};
  conn->direction = asv_direction_new(NULL, outer->pipeline->servers, &events);
  sinks[ASV_CLIENT] = asv_direction_sink(conn->direction, ASV_CLIENT);
  sinks[ASV_SERVER] = asv_direction_sink(conn->direction, ASV_SERVER);
  return TRUE;
}

static void on_datagram(void *self, const AsvPacketRef *at, const AsvUdp *udp) {
  (void)self;
  (void)at;
  (void)udp;
}

/* ---- the whole ---- */

AsvPipeline *asv_pipeline_new(AsvKeys *keys, const AsvObserver *out) {
  AsvPipeline *pipeline = g_new0(AsvPipeline, 1);
  AsvNetEvents events = {
      .self = pipeline,
      .opened = on_opened,
      .closing = on_closing,
      .released = on_released,
      .datagram = on_datagram};
  pipeline->net = asv_net_new(&events);
  pipeline->tls = asv_tls_context_new(keys);
  pipeline->http = asv_http_context_new();
  pipeline->servers = asv_servers_new();
  pipeline->order = asv_order_new(out);
  pipeline->joined = g_byte_array_new();
  return pipeline;
}

/* Decides for the connections that have waited too long for octets that say more. */
static void decide_old(AsvPipeline *pipeline) {
  Conn *oldest;
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
}

const AsvNetCounters *asv_pipeline_net_counters(const AsvPipeline *pipeline) {
  return asv_net_counters(pipeline->net);
}

void asv_pipeline_free(AsvPipeline *pipeline) {
  asv_net_free(pipeline->net);
  asv_order_free(pipeline->order);
  asv_tls_context_free(pipeline->tls);
  asv_http_context_free(pipeline->http);
  asv_servers_free(pipeline->servers);
  g_byte_array_unref(pipeline->joined);
  g_free(pipeline);
}
