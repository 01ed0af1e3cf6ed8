/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One walk over a packet's tree finds the connection, then hands each protocol
 * of it to the file that reads it. Connections go by Wireshark's stream number.
 */
#include "extract.h"

#include "analyzer/dns/dns.h"
#include "certificate.h"
#include "connection.h"
#include "failure.h"
#include "fields.h"
#include "http1.h"
#include "http2.h"
#include "http3.h"
#include "icmp.h"
#include "names.h"
#include "quic.h"
#include "tls.h"

enum { TCP_FIN = 0x01, TCP_SYN = 0x02, TCP_RST = 0x04, TCP_ACK = 0x10 };

struct AltsvcExtract {
  GHashTable *connections; /* AltsvcConnection* by stream number */
  GHashTable *quic;        /* the same, of QUIC */
  GPtrArray *in_order;     /* the same, by first packet; owned */
  AltsvcIcmp *icmp;
  AltsvcCommon common;
  AsvCaptureSeen capture;
  AltsvcPlace last;
};

typedef struct {
  AltsvcExtract *extract;
  packet_info *pinfo;
  const AsvObserver *out;
  AltsvcPlace at;
  AltsvcConnection *connection; /* of the segment last seen, or NULL */
  guint32 udp;                  /* number of the UDP stream last seen */
  guint flags;                  /* of that segment, as the next two */
  guint32 sequence, length;
  gboolean quoted;         /* what follows stands in an ICMP error */
  AltsvcQuicPacket packet; /* the QUIC packet that is walked */
  AsvSpan mac;             /* Ethernet source */
} Walk;

static void connection_free(gpointer data) {
  altsvc_connection_free(data);
}

static void bytes_free(gpointer data) {
  g_bytes_unref(data);
}

AltsvcExtract *altsvc_extract_new(void) {
  AltsvcExtract *extract = g_new0(AltsvcExtract, 1);
  extract->connections = g_hash_table_new(NULL, NULL);
  extract->quic = g_hash_table_new(NULL, NULL);
  extract->common.http = asv_http_context_new();
  extract->common.waiting = altsvc_waiting_new();
  extract->common.sessions =
      g_hash_table_new_full(g_bytes_hash, g_bytes_equal, bytes_free, altsvc_certificate_unref);
  extract->common.in_order = g_queue_new();
  extract->common.servers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  extract->in_order = g_ptr_array_new_with_free_func(connection_free);
  extract->icmp = altsvc_icmp_new();
  return extract;
}

void altsvc_extract_free(AltsvcExtract *extract) {
  if (!extract) return;
  g_hash_table_destroy(extract->connections);
  g_hash_table_destroy(extract->quic);
  g_ptr_array_unref(extract->in_order);
  asv_http_context_free(extract->common.http);
  altsvc_waiting_free(extract->common.waiting);
  altsvc_icmp_free(extract->icmp);
  g_hash_table_destroy(extract->common.sessions);
  g_queue_free_full(extract->common.in_order, bytes_free);
  g_hash_table_destroy(extract->common.servers);
  g_free(extract);
}

/* ---- TCP ---- */

/* An address of zeros, as on the loopback interface, names nobody. */
static void note_mac(AltsvcConnection *connection, AsvSpan mac) {
  if (mac.size != 6 || asv_span_equal(mac, asv_span("\0\0\0\0\0", 6)) ||
      connection->has_mac[connection->sender])
    return;
  connection->has_mac[connection->sender] = TRUE;
  memcpy(connection->macs[connection->sender], mac.data, 6);
}

static AltsvcConnection *connection_of(const Walk *walk, gboolean quic, guint32 number) {
  AltsvcExtract *extract = walk->extract;
  gpointer key = GUINT_TO_POINTER(number);
  GHashTable *table = quic ? extract->quic : extract->connections;
  AltsvcConnection *connection = g_hash_table_lookup(table, key);
  if (!connection) {
    connection = altsvc_connection_new(&extract->common, quic, number, walk->pinfo, &walk->at);
    g_hash_table_insert(table, key, connection);
    g_ptr_array_add(extract->in_order, connection);
    altsvc_icmp_add(extract->icmp, connection);
  }
  altsvc_connection_enter(connection, walk->pinfo, &walk->at, walk->out);
  note_mac(connection, walk->mac);
  return connection;
}

/* The segment is known; what it carries follows. */
static void take_segment(const Walk *walk) {
  AltsvcConnection *connection = walk->connection;
  AltsvcStream *stream = &connection->streams[connection->sender];
  guint32 sequence = walk->sequence + (walk->flags & TCP_SYN ? 1 : 0);
  if (walk->flags & TCP_SYN)
    altsvc_connection_sender_is(connection,
                                walk->flags & TCP_ACK ? ASV_FROM_SERVER : ASV_FROM_CLIENT);
  AltsvcSegment segment = {.asks = (walk->flags & (TCP_SYN | TCP_ACK)) == TCP_SYN,
                           .resets = (walk->flags & TCP_RST) != 0};
  segment.repeats = altsvc_stream_take(stream, sequence, walk->length);
  altsvc_failure_segment(connection, &segment);
  if (walk->flags & TCP_FIN) altsvc_stream_fin(stream, sequence + walk->length);
}

/* What ends the connection counts after all that the packet carries. */
static void take_end(const Walk *walk) {
  AltsvcConnection *connection = walk->connection;
  if (!connection) return;
  if (connection->quic) {
    altsvc_quic_end_datagram(connection);
    return;
  }
  const AltsvcStream *stream = &connection->streams[connection->sender];
  if (walk->flags & TCP_RST)
    altsvc_connection_close(connection, altsvc_connection_from(connection), ASV_CLOSE_RESET);
  if (connection->ended[connection->sender] || !altsvc_stream_has_ended(stream)) return;
  AsvFrom from = altsvc_connection_from(connection);
  altsvc_connection_end_side(connection, from);
  if (connection->goaway != ASV_FROM_NOBODY)
    altsvc_connection_close(connection, connection->goaway, ASV_CLOSE_GOAWAY);
  else
    altsvc_connection_close(connection, from, ASV_CLOSE_FIN);
}

/* A PROXY protocol header (haproxy's proxy-protocol.txt, §2), version 1 or 2. */
static gboolean begins_with_proxy_header(AsvSpan first) {
  static const char *const lines[] = {"PROXY TCP4 ", "PROXY TCP6 ", "PROXY UNKNOWN"};
  if (asv_span_equal(asv_span_sub(first, 0, 12), asv_span("\r\n\r\n\0\r\nQUIT\n", 12))) return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS(lines); i++)
    if (asv_span_is(asv_span_sub(first, 0, strlen(lines[i])), lines[i])) return TRUE;
  return FALSE;
}

/* The first octets of either side, before any protocol was found in them. */
static void look_for_proxy(const Walk *walk, const proto_node *node) {
  AltsvcConnection *connection = walk->connection;
  if (connection->tls || connection->http1 || connection->http2 || connection->proxied) return;
  connection->proxied = begins_with_proxy_header(altsvc_field_octets(walk->pinfo, node));
}

/* ---- QUIC ---- */

/* RFC 9000 §17.2, and RFC 9369 §3.2 for version 2. */
static AltsvcLevel level_of(guint type) {
  static const AltsvcLevel levels[] = {ALTSVC_LEVEL_INITIAL, ALTSVC_LEVEL_EARLY,
                                       ALTSVC_LEVEL_HANDSHAKE, ALTSVC_LEVEL_OTHER};
  return levels[type & 3];
}

/* Wireshark takes what pads a datagram for a packet with a short header. */
static AltsvcLevel level_of_short(AsvSpan octets) {
  return octets.size && octets.data[0] ? ALTSVC_LEVEL_APPLICATION : ALTSVC_LEVEL_OTHER;
}

static void walk_node(proto_node *node, gpointer data);

/* A packet; of those in one datagram only the first has the number of the connection. */
static void walk_packet(proto_node *node, Walk *walk) {
  walk->packet =
      (AltsvcQuicPacket){.level = ALTSVC_LEVEL_OTHER, .octets = altsvc_field_octets_on(node)};
  proto_tree_children_foreach(node, walk_node, walk);
  if (walk->connection && walk->connection->quic && walk->packet.size)
    altsvc_quic_end_packet(walk->connection, walk->pinfo, &walk->packet);
}

/* TRUE when the field was QUIC's and has nothing to walk below. */
static gboolean walk_quic(Walk *walk, AltsvcField field, proto_node *node) {
  AltsvcQuicPacket *packet = &walk->packet;
  switch (field) {
    case ALTSVC_FIELD_QUIC:
      if (!walk->quoted) walk_packet(node, walk);
      return TRUE;
    case ALTSVC_FIELD_QUIC_CONNECTION:
      walk->connection = connection_of(walk, TRUE, (guint32)altsvc_field_number(node));
      return TRUE;
    case ALTSVC_FIELD_QUIC_LENGTH:
      packet->size = altsvc_field_number(node);
      return TRUE;
    case ALTSVC_FIELD_QUIC_FORM:
      if (!altsvc_field_number(node)) packet->level = level_of_short(altsvc_field_octets_on(node));
      return TRUE;
    case ALTSVC_FIELD_QUIC_TYPE:
      packet->level = level_of((guint)altsvc_field_number(node));
      return TRUE;
    case ALTSVC_FIELD_QUIC_TYPE_V2:
      packet->level = level_of((guint)altsvc_field_number(node) + 3);
      return TRUE;
    case ALTSVC_FIELD_QUIC_RESET:
      packet->reset = TRUE;
      return TRUE;
    case ALTSVC_FIELD_QUIC_FRAME:
      if (walk->connection && walk->connection->quic)
        altsvc_quic_frame(walk->connection, node, packet);
      return FALSE;
    default:
      return FALSE;
  }
}

/* Time decides for QUIC where altshark looks for it. */
static void take_datagram(const Walk *walk) {
  const packet_info *pinfo = walk->pinfo;
  if (!walk->quoted && !asv_dns_port((guint16)pinfo->srcport, (guint16)pinfo->destport))
    altsvc_failure_tick_quic(walk->extract->common.waiting, &walk->at, walk->out);
}

/* ---- DNS ---- */

static void note_length(proto_node *node, gpointer data) {
  if (altsvc_field_of(node) == ALTSVC_FIELD_DNS_LENGTH) *(gboolean *)data = TRUE;
}

/* A message; over TCP its length stands before it (RFC 1035 §4.2.2). */
static void take_names(const Walk *walk, AltsvcConnection *connection, proto_node *node) {
  AsvSpan message = altsvc_field_octets(walk->pinfo, node);
  gboolean prefixed = FALSE;
  proto_tree_children_foreach(node, note_length, &prefixed);
  if (prefixed) message = asv_span_sub(message, 2, message.size);
  if (connection)
    altsvc_names_message(connection, &walk->at, message);
  else
    altsvc_names_datagram(walk->pinfo, &walk->at, walk->udp, message, walk->out);
}

/* ---- the tree ---- */

/* Where the octets of the connection belong now. */
static AltsvcConnection *innermost(AltsvcConnection *connection) {
  while (connection->tunnel) connection = connection->tunnel;
  return connection;
}

static void walk_node(proto_node *node, gpointer data) {
  Walk *walk = data;
  AltsvcField field = altsvc_field_of(node);
  AltsvcConnection *inner = walk->connection ? innermost(walk->connection) : NULL;
  if (walk_quic(walk, field, node)) return;
  switch (field) {
    case ALTSVC_FIELD_ETH_SOURCE:
      walk->mac = altsvc_field_octets(walk->pinfo, node);
      return;
    case ALTSVC_FIELD_TCP:
      if (walk->quoted) return;
      break;
    case ALTSVC_FIELD_TCP_STREAM:
      walk->connection = connection_of(walk, FALSE, (guint32)altsvc_field_number(node));
      break;
    case ALTSVC_FIELD_TCP_FLAGS:
      walk->flags = (guint)altsvc_field_number(node);
      if (walk->connection) take_segment(walk);
      break;
    case ALTSVC_FIELD_TCP_SEQUENCE:
      walk->sequence = (guint32)altsvc_field_number(node);
      break;
    case ALTSVC_FIELD_TCP_LENGTH:
      walk->length = (guint32)altsvc_field_number(node);
      break;
    case ALTSVC_FIELD_TCP_PAYLOAD:
      if (walk->connection) look_for_proxy(walk, node);
      break;
    case ALTSVC_FIELD_UDP_STREAM:
      walk->udp = (guint32)altsvc_field_number(node);
      take_datagram(walk);
      return;
    case ALTSVC_FIELD_DNS:
      if (!walk->quoted) take_names(walk, inner, node);
      return;
    case ALTSVC_FIELD_ICMP:
    case ALTSVC_FIELD_ICMPV6:
      walk->quoted = TRUE;
      altsvc_icmp_take(walk->extract->icmp, walk->pinfo, node, &walk->at, walk->out);
      break;
    case ALTSVC_FIELD_TLS:
      if (inner) altsvc_tls_node(inner, walk->pinfo, node);
      return;
    case ALTSVC_FIELD_HTTP:
      if (inner) altsvc_http1_node(inner, walk->pinfo, node);
      return;
    case ALTSVC_FIELD_HTTP2_STREAM:
      if (inner) altsvc_http2_node(inner, walk->pinfo, node);
      return;
    default:
      break;
  }
  proto_tree_children_foreach(node, walk_node, walk);
}

static void count(AltsvcExtract *extract, const packet_info *pinfo, const AltsvcPlace *at) {
  AsvCaptureSeen *capture = &extract->capture;
  if (!capture->packets++) capture->first = at->time;
  capture->bytes += pinfo->fd->pkt_len;
  capture->first = MIN(capture->first, at->time);
  capture->last = MAX(capture->last, at->time);
  extract->last = *at;
}

void altsvc_extract_packet(AltsvcExtract *extract, packet_info *pinfo, proto_tree *tree,
                           const AsvObserver *out) {
  Walk walk = {.extract = extract,
               .pinfo = pinfo,
               .out = out,
               .at = {.packet = pinfo->num,
                      .time = (gint64)pinfo->abs_ts.secs * 1000000000 + pinfo->abs_ts.nsecs}};
  count(extract, pinfo, &walk.at);
  altsvc_failure_tick(extract->common.waiting, &walk.at, out);
  if (tree) proto_tree_children_foreach(tree, walk_node, &walk);
  take_end(&walk);
}

/* The end of one connection, told on a copy: the connection may go on. */
static void finish_connection(const AltsvcExtract *extract, const AltsvcConnection *connection,
                              const AsvObserver *out) {
  if (connection->http3) altsvc_http3_tell_rest(connection->http3, &extract->last, out);
  AltsvcConnection copy = *connection;
  g_autofree AltsvcTls *tls = altsvc_tls_copy(copy.tls);
  copy.tls = tls;
  copy.out = out;
  copy.at = extract->last;
  altsvc_connection_from(&copy);
  AltsvcConnection *tunnel = g_steal_pointer(&copy.tunnel);
  altsvc_connection_end_side(&copy, ASV_FROM_CLIENT);
  altsvc_connection_end_side(&copy, ASV_FROM_SERVER);
  if (copy.quic) altsvc_quic_tell_rest(&copy);
  if (tunnel) finish_connection(extract, tunnel, out);
  altsvc_connection_close(&copy, ASV_FROM_NOBODY, ASV_CLOSE_CAPTURE_ENDS);
}

void altsvc_extract_finish(const AltsvcExtract *extract, const AsvObserver *out) {
  AsvObservation seen = {.kind = ASV_OBSERVATION_CAPTURE,
                         .time = extract->last.time,
                         .file = ALTSVC_FILE,
                         .packet = extract->last.packet,
                         .capture = extract->capture};
  seen.capture.format = "-";
  seen.capture.complete = TRUE;
  out->observe(out->self, &seen);
  extract->common.waiting->out = out;
  for (guint i = 0; i < extract->in_order->len; i++)
    finish_connection(extract, g_ptr_array_index(extract->in_order, i), out);
}
