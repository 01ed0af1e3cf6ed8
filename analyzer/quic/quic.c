/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All connections: gives each datagram to the one it belongs to, begins new
 * ones, and forgets those that are closed or quiet. A connection begins with
 * an Initial packet alone, as Wireshark's does, so nothing else on UDP is
 * taken for QUIC.
 */
#include "quic.h"

#include "connection.h"

#define DATAGRAM_MAX 65536u

AsvQuic *asv_quic_new(AsvTlsContext *context, const AsvQuicEvents *events) {
  AsvQuic *quic = g_new0(AsvQuic, 1);
  quic->context = context;
  quic->events = *events;
  quic->routes = asv_quic_routes_new();
  quic->room = g_malloc(DATAGRAM_MAX);
  quic->held.limit = ASV_QUIC_HELD_MAX;
  quic->watches = asv_trouble_watches();
  return quic;
}

gboolean asv_quic_early_data(const AsvQuic *quic) {
  return quic->delivering_early;
}

/* --- life --- */

static GQueue *queue_of(AsvQuicConnection *connection) {
  AsvQuic *quic = connection->quic;
  return connection->queued_closing ? &quic->closing : &quic->open;
}

static void forget(AsvQuicConnection *connection) {
  AsvQuic *quic = connection->quic;
  g_queue_unlink(queue_of(connection), &connection->link);
  quic->count--;
  asv_quic_routes_forget(connection);
  asv_quic_watch_forget(&quic->watches, &connection->watch);
  asv_quic_connection_free(connection);
}

static void end(AsvQuicConnection *connection, const AsvPacketRef *at, AsvEnd why) {
  asv_quic_connection_finish(connection, at, why);
  forget(connection);
}

static void touch(AsvQuicConnection *connection, const AsvPacketRef *at) {
  connection->last = at->time;
  if (connection->queued_closing == connection->closing &&
      queue_of(connection)->tail == &connection->link)
    return;
  g_queue_unlink(queue_of(connection), &connection->link);
  connection->queued_closing = connection->closing;
  g_queue_push_tail_link(queue_of(connection), &connection->link);
}

static void expire(GQueue *queue, const AsvPacketRef *at, gint64 limit) {
  while (queue->head) {
    AsvQuicConnection *connection = queue->head->data;
    if (at->time - connection->last <= limit) return;
    end(connection, at, ASV_END_IDLE);
  }
}

static void tick(AsvQuic *quic, const AsvPacketRef *at) {
  while (quic->waiting.head) {
    AsvQuicConnection *connection = quic->waiting.head->data;
    const AsvQuicKeptItem *first = &g_array_index(connection->kept.items, AsvQuicKeptItem, 0);
    if (at->time - first->at.time < ASV_QUIC_KEPT_TIME) break;
    asv_quic_connection_give_up(connection);
  }
  asv_quic_watch_tick(&quic->watches, at);
  expire(&quic->closing, at, ASV_QUIC_CLOSING_TIME);
  expire(&quic->open, at, ASV_QUIC_IDLE_TIME);
}

static void make_room(AsvQuic *quic, const AsvPacketRef *at) {
  if (quic->count < ASV_QUIC_CONNECTIONS_MAX) return;
  const GQueue *queue = quic->closing.head ? &quic->closing : &quic->open;
  AsvQuicConnection *oldest = queue->head->data;
  end(oldest, at, ASV_END_IDLE);
}

/* --- new connections --- */

/* What the Initial to an unknown id is. */
typedef enum {
  FIRST,   /* of a client's first flight */
  RETRIED, /* of its first flight after a Retry, or with a token from an earlier connection */
  LATER,   /* another one: those before it are not there */
  UNKNOWN  /* of a version that is not read, or cut */
} Beginning;

static Beginning judge(AsvQuic *quic, const AsvUdp *udp) {
  AsvQuicPacket packet;
  AsvSpan data = udp->data;
  if (!asv_quic_packet_next(&data, 0, &packet) || !packet.version) return UNKNOWN;
  if (!asv_level_is_first(quic, &packet)) return LATER;
  return packet.token.size ? RETRIED : FIRST;
}

/* TRUE when the Initial is of the connection between the same endpoints: its client goes on, is
 * heard after its server, or answers a Retry that is not there. */
static gboolean continues(const AsvQuicConnection *connection, Beginning beginning) {
  gboolean headless = !connection->readable && !connection->initial_destination.size;
  if (beginning == RETRIED && !connection->seen[ASV_SERVER]) return TRUE;
  return beginning == LATER || (beginning != UNKNOWN && headless);
}

/* The server has the lower port, where the capture started late. */
static AsvSide guess_sender(const AsvUdp *udp, Beginning beginning) {
  return beginning == LATER && udp->source.port < udp->destination.port ? ASV_SERVER : ASV_CLIENT;
}

static void begin(AsvQuic *quic, const AsvPacketRef *at, const AsvUdp *udp, AsvQuicRoute *route) {
  Beginning beginning = judge(quic, udp);
  if (route->connection && continues(route->connection, beginning)) return;
  make_room(quic, at);
  AsvQuicConnection *connection = asv_quic_connection_new(quic, at, udp);
  quic->count++;
  g_queue_push_tail_link(&quic->open, &connection->link);
  AsvSide from = guess_sender(udp, beginning);
  if (from == ASV_SERVER) {
    connection->flow.client = connection->client = udp->destination;
    connection->flow.server = udp->source;
    connection->flow.has_mac = FALSE;
  }
  if (beginning == FIRST || beginning == RETRIED)
    asv_quic_watch_begin(&quic->watches, &connection->watch, at->time);
  gsize cid_size =
      asv_quic_routes_begin(connection, udp, beginning == FIRST || beginning == RETRIED);
  *route =
      (AsvQuicRoute){.connection = connection, .from = from, .cid_size = cid_size, .sure = TRUE};
}

/* --- datagrams --- */

/* Octets that can be read some day: any but long headers of another version. */
static gboolean readable(const AsvUdp *udp) {
  AsvReader reader = asv_reader(udp->data);
  if (!(asv_read_u8(&reader) & 0x80)) return TRUE;
  return asv_quic_version_find(asv_read_u32(&reader)) != NULL;
}

static void note_migration(AsvQuicConnection *connection, const AsvPacketRef *at, const AsvUdp *udp,
                           AsvSide from) {
  AsvEndpoint *client = &connection->client;
  if (from != ASV_CLIENT) return;
  if (client->port == udp->source.port && client->address.size == udp->source.address.size &&
      memcmp(client->address.bytes, udp->source.address.bytes, sizeof client->address.bytes) == 0)
    return;
  *client = udp->source;
  connection->quic->events.migrated(connection->consumer, at, client);
}

/* Gives the datagram to one connection; FALSE when it is not its own. */
static gboolean deliver(AsvQuic *quic, const AsvPacketRef *at, const AsvUdp *udp,
                        const AsvQuicRoute *route, gboolean sure) {
  AsvQuicConnection *connection = route->connection;
  if (udp->wanted && !connection->opened && readable(udp)) {
    connection->opened = TRUE;
    connection->consumer = quic->events.opened(quic->events.self, &connection->flow);
  }
  gboolean passes = udp->wanted && connection->opened;
  if (passes ? !asv_quic_connection_datagram(connection, at, udp, route, sure) : !sure)
    return FALSE;
  gboolean moved = asv_quic_routes_note(quic, udp, route);
  if (passes && moved) note_migration(connection, at, udp, route->from);
  touch(connection, at);
  return TRUE;
}

static gboolean is_sure(const AsvQuicRoute *route) {
  return route->sure && (!route->foreign || route->cid_size >= ASV_QUIC_CID_SURE);
}

/* Gives the connection that the Initial belongs to what overtook it: read from now on, as nothing
 * of a connection is told before it. */
static void adopt(AsvQuic *quic, const AsvPacketRef *at, const AsvUdp *initial,
                  const AsvQuicRoute *route) {
  AsvQuicOrphan *orphan;
  if (route->from != ASV_CLIENT) return;
  while ((orphan = asv_quic_orphans_take(&quic->orphans, at, initial)) != NULL) {
    AsvUdp udp = *initial;
    udp.data = asv_quic_orphan_data(orphan);
    udp.wire = orphan->wire;
    deliver(quic, at, &udp, route, TRUE);
    g_free(orphan);
  }
}

gboolean asv_quic_datagram(AsvQuic *quic, const AsvPacketRef *at, const AsvUdp *udp) {
  AsvQuicRoute routes[ASV_QUIC_CANDIDATES_MAX];
  gboolean fresh = FALSE;
  tick(quic, at);
  guint count = asv_quic_routes_find(quic, udp, routes, G_N_ELEMENTS(routes), &fresh);
  if (fresh) {
    if (!count) routes[0].connection = NULL;
    begin(quic, at, udp, &routes[0]);
    count = 1;
  }
  for (guint i = 0; count > 1 && udp->wanted && i < count; i++)
    if (deliver(quic, at, udp, &routes[i], FALSE)) return TRUE;
  if (!count) return asv_quic_orphans_keep(&quic->orphans, at, udp);
  gboolean taken = deliver(quic, at, udp, &routes[0], is_sure(&routes[0]));
  if (fresh) adopt(quic, at, udp, &routes[0]);
  return taken;
}

gboolean asv_quic_quoted(AsvQuic *quic, const AsvUdp *quoted, AsvQuicQuoted *found) {
  AsvQuicConnection *connection = asv_quic_routes_quoted(quic, quoted, &found->from);
  if (!connection || !connection->opened) return FALSE;
  found->connection = connection->consumer;
  found->established = connection->spoke;
  return TRUE;
}

/* --- the end --- */

static gint by_number(gconstpointer a, gconstpointer b) {
  const AsvQuicConnection *one = *(AsvQuicConnection *const *)a;
  const AsvQuicConnection *other = *(AsvQuicConnection *const *)b;
  return one->flow.number < other->flow.number ? -1 : one->flow.number > other->flow.number;
}

static GPtrArray *all_connections(AsvQuic *quic) {
  GPtrArray *all = g_ptr_array_new();
  for (GList *link = quic->open.head; link; link = link->next) g_ptr_array_add(all, link->data);
  for (GList *link = quic->closing.head; link; link = link->next) g_ptr_array_add(all, link->data);
  g_ptr_array_sort(all, by_number);
  return all;
}

void asv_quic_finish(AsvQuic *quic, const AsvPacketRef *at) {
  GPtrArray *all = all_connections(quic);
  for (guint i = 0; i < all->len; i++) end(g_ptr_array_index(all, i), at, ASV_END_CAPTURE);
  g_ptr_array_unref(all);
}

void asv_quic_free(AsvQuic *quic) {
  GPtrArray *all = all_connections(quic);
  for (guint i = 0; i < all->len; i++) forget(g_ptr_array_index(all, i));
  g_ptr_array_unref(all);
  asv_quic_routes_free(quic->routes);
  asv_quic_orphans_clear(&quic->orphans);
  asv_quic_keys_free(quic->first.keys);
  g_free(quic->room);
  g_free(quic);
}
