/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ends are told apart by address and port, in the order of the first packet.
 * A tunnel is a connection of its own with the ends of the outer one.
 */
#include "connection.h"

#include "failure.h"
#include "http1.h"
#include "http2.h"
#include "http3.h"
#include "limits.h"
#include "quic.h"
#include "tls.h"

AsvEndpoint altsvc_connection_endpoint(const address *host, guint32 port) {
  AsvEndpoint endpoint = {.port = (guint16)port};
  if (host->type != AT_IPv4 && host->type != AT_IPv6) return endpoint;
  endpoint.address.size = host->type == AT_IPv4 ? 4 : 16;
  memcpy(endpoint.address.bytes, host->data, endpoint.address.size);
  return endpoint;
}

char *altsvc_connection_end_text(const address *host, guint32 port) {
  AsvEndpoint endpoint = altsvc_connection_endpoint(host, port);
  char *text = g_malloc0(ASV_ENDPOINT_TEXT);
  asv_endpoint_text(&endpoint, text);
  return text;
}

static char *address_text(const address *host) {
  AsvEndpoint endpoint = altsvc_connection_endpoint(host, 0);
  char *text = g_malloc0(ASV_ENDPOINT_TEXT);
  asv_address_text(&endpoint.address, text);
  return text;
}

static AltsvcConnection *blank(const AltsvcCommon *common, const AltsvcPlace *first) {
  AltsvcConnection *connection = g_new0(AltsvcConnection, 1);
  connection->common = common;
  connection->first = *first;
  connection->client = -1;
  return connection;
}

AltsvcConnection *altsvc_connection_new(const AltsvcCommon *common, gboolean quic, guint32 number,
                                        const packet_info *pinfo, const AltsvcPlace *first) {
  AltsvcConnection *connection = blank(common, first);
  connection->ends[0] = altsvc_connection_end_text(&pinfo->src, pinfo->srcport);
  connection->ends[1] = altsvc_connection_end_text(&pinfo->dst, pinfo->destport);
  connection->addresses[0] = address_text(&pinfo->src);
  connection->addresses[1] = address_text(&pinfo->dst);
  connection->ports[0] = (guint16)pinfo->srcport;
  connection->ports[1] = (guint16)pinfo->destport;
  connection->label = g_strdup_printf("%s:%u", quic ? "quic" : "tcp", number);
  if (quic) connection->quic = altsvc_quic_new(connection, pinfo);
  return connection;
}

void altsvc_connection_free(AltsvcConnection *connection) {
  if (!connection) return;
  altsvc_connection_free(connection->tunnel);
  g_clear_pointer(&connection->held, g_ptr_array_unref);
  altsvc_tls_free(connection->tls);
  altsvc_http1_free(connection->http1);
  altsvc_http2_free(connection->http2);
  altsvc_http3_free(connection->http3);
  altsvc_quic_free(connection->quic);
  for (int i = 0; i < 2; i++) {
    altsvc_stream_clear(&connection->streams[i]);
    g_free(connection->ends[i]);
    g_free(connection->addresses[i]);
  }
  g_free(connection->label);
  g_free(connection);
}

static int sender_of(const AltsvcConnection *connection, const packet_info *pinfo) {
  if (connection->quic) return altsvc_quic_sender(connection, pinfo);
  g_autofree char *source = altsvc_connection_end_text(&pinfo->src, pinfo->srcport);
  return g_str_equal(source, connection->ends[0]) ? 0 : 1;
}

void altsvc_connection_enter(AltsvcConnection *connection, const packet_info *pinfo,
                             const AltsvcPlace *at, const AsvObserver *out) {
  connection->out = out;
  connection->at = *at;
  connection->sender = sender_of(connection, pinfo);
  for (AltsvcConnection *inner = connection->tunnel; inner; inner = inner->tunnel) {
    inner->out = out;
    inner->at = *at;
    inner->sender = connection->sender;
  }
}

static void tell_opened(const AltsvcConnection *connection) {
  char mac[18];
  AsvObservation seen = altsvc_connection_observation(connection, ASV_OBSERVATION_CONNECTION);
  seen.time = connection->first.time;
  seen.packet = connection->first.packet;
  seen.opened = (AsvConnectionSeen){.transport = connection->quic ? "quic" : "tcp"};
  if (connection->has_mac[connection->client]) {
    const guint8 *octets = connection->macs[connection->client];
    g_snprintf(mac, sizeof mac, "%02x:%02x:%02x:%02x:%02x:%02x", octets[0], octets[1], octets[2],
               octets[3], octets[4], octets[5]);
    seen.opened.client_mac = mac;
  }
  altsvc_connection_tell(connection, &seen);
}

void altsvc_connection_set_client(AltsvcConnection *connection, int client) {
  if (connection->client >= 0) return;
  connection->client = client;
  connection->ref = (AsvConnectionRef){
      .client = connection->addresses[client],
      .server = connection->ends[1 - client],
      .label = connection->label,
      .id = asv_connection_id(connection->quic ? "quic" : "tcp", connection->ends[client],
                              connection->ends[1 - client], connection->first.time, NULL)};
  tell_opened(connection);
}

void altsvc_connection_sender_is(AltsvcConnection *connection, AsvFrom from) {
  int sender = connection->sender;
  int client = from == ASV_FROM_CLIENT ? sender : 1 - sender;
  const char *server = connection->ends[1 - client];
  altsvc_connection_set_client(connection, client);
  GHashTable *servers = connection->common->servers;
  if (server && g_hash_table_size(servers) < ALTSVC_SERVERS_MAX &&
      !g_hash_table_contains(servers, server))
    g_hash_table_add(servers, g_strdup(server));
}

/* Who is the client when neither a SYN nor content says it. */
static int guess_client(const AltsvcConnection *connection) {
  GHashTable *servers = connection->common->servers;
  gboolean known[2] = {g_hash_table_contains(servers, connection->ends[0]),
                       g_hash_table_contains(servers, connection->ends[1])};
  if (known[0] != known[1]) return known[0] ? 1 : 0;
  return connection->ports[0] < connection->ports[1] ? 1 : 0;
}

AsvFrom altsvc_connection_from(AltsvcConnection *connection) {
  if (connection->client < 0) altsvc_connection_set_client(connection, guess_client(connection));
  return connection->sender == connection->client ? ASV_FROM_CLIENT : ASV_FROM_SERVER;
}

gboolean altsvc_connection_is_complete(AltsvcConnection *connection, AsvFrom from) {
  int side = from == ASV_FROM_CLIENT ? 0 : 1;
  int end = from == ASV_FROM_CLIENT ? connection->client : 1 - connection->client;
  if (altsvc_stream_missing(&connection->streams[end])) connection->lost[side] = TRUE;
  return !connection->lost[side];
}

AsvObservation altsvc_connection_observation(const AltsvcConnection *connection,
                                             AsvObservationKind kind) {
  return (AsvObservation){.kind = kind,
                          .time = connection->at.time,
                          .file = ALTSVC_FILE,
                          .packet = connection->at.packet,
                          .connection = &connection->ref};
}

static void observation_free(gpointer data) {
  asv_observation_free(data);
}

void altsvc_connection_decide_early(AltsvcConnection *connection, gboolean accepted) {
  g_autoptr(GPtrArray) held = g_steal_pointer(&connection->held);
  if (!held) return;
  for (guint i = 0; accepted && i < held->len; i++)
    connection->out->observe(connection->out->self, g_ptr_array_index(held, i));
  if (accepted) return;
  connection->requests = 0;
  altsvc_http1_free(g_steal_pointer(&connection->http1));
  altsvc_http2_free(g_steal_pointer(&connection->http2));
  altsvc_http3_free(g_steal_pointer(&connection->http3));
}

void altsvc_connection_hold_early(AltsvcConnection *connection) {
  if (!connection->held) connection->held = g_ptr_array_new_with_free_func(observation_free);
}

void altsvc_connection_tell(const AltsvcConnection *connection, const AsvObservation *seen) {
  gboolean request =
      seen->kind == ASV_OBSERVATION_REQUEST || seen->kind == ASV_OBSERVATION_KEEP_ALIVE;
  if (connection->held && connection->early && request) {
    g_ptr_array_add(connection->held, asv_observation_copy(seen));
    return;
  }
  connection->out->observe(connection->out->self, seen);
}

void altsvc_connection_unreadable(const AltsvcConnection *connection, AsvFrom from,
                                  AsvUnreadableReason reason, guint64 bytes) {
  AsvObservation seen = altsvc_connection_observation(connection, ASV_OBSERVATION_UNREADABLE);
  seen.unreadable = (AsvUnreadableSeen){.reason = reason, .from = from, .bytes = bytes};
  altsvc_connection_tell(connection, &seen);
}

void altsvc_connection_end_side(AltsvcConnection *connection, AsvFrom from) {
  int client = connection->client;
  int end = from == ASV_FROM_CLIENT ? client : 1 - client;
  if (connection->ended[end]) return;
  connection->ended[end] = TRUE;
  guint32 missing = altsvc_stream_missing(&connection->streams[end]);
  if (missing) altsvc_connection_unreadable(connection, from, ASV_UNREADABLE_BYTES_LOST, missing);
  altsvc_tls_end(connection, from);
  if (connection->ended[1 - end] && connection->answered && !connection->spoke[client])
    altsvc_connection_unreadable(connection, ASV_FROM_CLIENT, ASV_UNREADABLE_ONE_DIRECTION, 0);
  if (connection->tunnel) altsvc_connection_end_side(connection->tunnel, from);
}

void altsvc_connection_close(AltsvcConnection *connection, AsvFrom by, AsvCloseReason reason) {
  altsvc_failure_incomplete(connection, reason);
  if (connection->closed) return;
  connection->closed = TRUE;
  AsvObservation seen = altsvc_connection_observation(connection, ASV_OBSERVATION_CLOSE);
  seen.close = (AsvCloseSeen){.by = by, .reason = reason, .requests = connection->requests};
  altsvc_connection_tell(connection, &seen);
}

void altsvc_connection_open_tunnel(AltsvcConnection *connection, AsvSpan target) {
  AltsvcConnection *tunnel = blank(connection->common, &connection->at);
  g_autofree char *octets = asv_span_dup(target);
  g_autofree char *opened = g_strdup_printf("%016" G_GINT64_MODIFIER "x", connection->ref.id);
  int client = connection->client;
  tunnel->addresses[client] = g_strdup(connection->addresses[client]);
  tunnel->ends[1 - client] = g_strescape(octets, NULL);
  tunnel->label = g_strdup(connection->label);
  tunnel->out = connection->out;
  tunnel->at = connection->at;
  tunnel->sender = connection->sender;
  tunnel->client = client;
  tunnel->watch.heard[0] = tunnel->watch.heard[1] = 1; /* CONNECT was answered */
  tunnel->ref =
      (AsvConnectionRef){.client = tunnel->addresses[client],
                         .server = tunnel->ends[1 - client],
                         .label = tunnel->label,
                         .id = asv_connection_id("tunnel", opened, connection->ref.server,
                                                 connection->at.time, tunnel->ends[1 - client])};
  connection->tunnel = tunnel;
  tell_opened(tunnel);
}
