/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The node of a frame begins with its octets, which are read here. The tree does not
 * say which side sent a packet: endpoints do. A packet without frames is one
 * that Wireshark could not open.
 */
#include "quic.h"

#include "analyzer/quic/stream.h"
#include "failure.h"
#include "fields.h"
#include "http3.h"
#include "tls.h"

/* Packets that could not be opened, of one side. */
typedef struct {
  gboolean told;  /* that there are such */
  guint64 octets; /* not told yet */
} Unread;

struct AltsvcQuic {
  char *client_now;     /* where the client speaks from */
  GHashTable *paths;    /* char*, a set: endpoints of its packets, the source first */
  gboolean seen[2];     /* packets of the client, of the server were */
  gboolean readable;    /* some packet of it was opened */
  gboolean spoke;       /* the client has sent 1-RTT packets: it has accepted the server */
  gboolean refused;     /* packets of the server's handshake could not be opened */
  gboolean closed;      /* CONNECTION_CLOSE, or a stateless reset */
  Unread unread[2];     /* client, server */
  guint64 tentative;    /* octets of the server's, while the client has not spoken */
  guint64 early;        /* octets of unread 0-RTT packets, while the server has not answered */
  AltsvcPlace early_at; /* the first of them */
  AsvQuicWatch watch;
  AsvQuicStream hello; /* of the client's first CRYPTO data */
  AsvQuicHeld held;
  const AsvQuicVersion *version; /* of the client's first packet */
  AsvSpan initial;               /* its destination connection id, in room */
  guint8 room[ASV_QUIC_CID_MAX];
  gboolean concealed; /* a CONNECTION_CLOSE that hides its code was, in this datagram, */
  AsvFrom concealed_by;
};

static char *end_of(const address *host, guint32 port) {
  return altsvc_connection_end_text(host, port);
}

static char *path_of(const packet_info *pinfo) {
  g_autofree char *source = end_of(&pinfo->src, pinfo->srcport);
  g_autofree char *destination = end_of(&pinfo->dst, pinfo->destport);
  gboolean ordered = strcmp(source, destination) < 0;
  return g_strjoin(" ", ordered ? source : destination, ordered ? destination : source, NULL);
}

/* ---- how much of the ClientHello came ---- */

static guint64 hello_bytes(void *self G_GNUC_UNUSED, const AsvPacketRef *at G_GNUC_UNUSED,
                           AsvSpan data G_GNUC_UNUSED) {
  return 0;
}

static guint64 hello_gap(void *self G_GNUC_UNUSED, const AsvPacketRef *at G_GNUC_UNUSED,
                         guint64 n G_GNUC_UNUSED) {
  return 0;
}

static void hello_end(void *self G_GNUC_UNUSED, const AsvPacketRef *at G_GNUC_UNUSED,
                      AsvEnd why G_GNUC_UNUSED) {}

/* ---- life ---- */

AltsvcQuic *altsvc_quic_new(AltsvcConnection *connection, const packet_info *pinfo) {
  AltsvcQuic *quic = g_new0(AltsvcQuic, 1);
  quic->watch.owner = connection;
  quic->paths = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_hash_table_add(quic->paths, path_of(pinfo));
  quic->held.limit = ASV_QUIC_STREAM_HELD_MAX;
  AsvSink sink = {.self = quic, .bytes = hello_bytes, .gap = hello_gap, .end = hello_end};
  asv_quic_stream_init(&quic->hello, &sink, &quic->held);
  return quic;
}

void altsvc_quic_free(AltsvcQuic *quic) {
  if (!quic) return;
  g_hash_table_destroy(quic->paths);
  asv_quic_stream_clear(&quic->hello);
  g_free(quic->client_now);
  g_free(quic);
}

int altsvc_quic_sender(const AltsvcConnection *connection, const packet_info *pinfo) {
  const AltsvcQuic *quic = connection->quic;
  int client = connection->client < 0 ? 0 : connection->client;
  g_autofree char *source = end_of(&pinfo->src, pinfo->srcport);
  g_autofree char *destination = end_of(&pinfo->dst, pinfo->destport);
  if (g_str_equal(source, connection->ends[1 - client])) return 1 - client;
  if (g_str_equal(destination, connection->ends[1 - client])) return client;
  /* The server moved, too: it may have a preferred address. */
  const char *now = quic->client_now ? quic->client_now : connection->ends[client];
  if (g_str_equal(source, now)) return client;
  if (g_str_equal(destination, now)) return 1 - client;
  return pinfo->srcport < pinfo->destport ? 1 - client : client;
}

/* ---- what could not be read ---- */

static int side_of(AsvFrom from) {
  return from == ASV_FROM_CLIENT ? 0 : 1;
}

static AsvUnreadableReason reason_of(const AltsvcConnection *connection) {
  const AltsvcQuic *quic = connection->quic;
  if (altsvc_tls_has_client_hello(connection)) return ASV_UNREADABLE_NO_SECRETS;
  if (!quic->seen[0] || !quic->seen[1]) return ASV_UNREADABLE_ONE_DIRECTION;
  return quic->readable ? ASV_UNREADABLE_BYTES_LOST : ASV_UNREADABLE_HANDSHAKE_NOT_CAPTURED;
}

static void tell_unread(AltsvcConnection *connection, AsvFrom from, guint64 octets) {
  Unread *unread = &connection->quic->unread[side_of(from)];
  if (unread->told) {
    unread->octets += octets;
    return;
  }
  unread->told = TRUE;
  if (connection->http3) altsvc_http3_note_lost(connection->http3, from);
  altsvc_tls_tell(connection);
  altsvc_connection_unreadable(connection, from, reason_of(connection), octets);
}

/* What came before the server's answer is told at the packet it came in. */
static void tell_early(AltsvcConnection *connection) {
  AltsvcQuic *quic = connection->quic;
  AltsvcPlace at = connection->at;
  guint64 octets = quic->early;
  if (!octets) return;
  quic->early = 0;
  connection->at = quic->early_at;
  tell_unread(connection, ASV_FROM_CLIENT, octets);
  connection->at = at;
}

/* The client accepts the server: what the server wrote before was missed. */
static void client_spoke(AltsvcConnection *connection) {
  AltsvcQuic *quic = connection->quic;
  guint64 octets = quic->tentative;
  quic->spoke = TRUE;
  quic->tentative = 0;
  if (octets) tell_unread(connection, ASV_FROM_SERVER, octets);
}

static void not_opened(AltsvcConnection *connection, AsvFrom from, const AltsvcQuicPacket *packet) {
  AltsvcQuic *quic = connection->quic;
  if (packet->level == ALTSVC_LEVEL_HANDSHAKE && from == ASV_FROM_SERVER) quic->refused = TRUE;
  if (packet->level == ALTSVC_LEVEL_EARLY) {
    if (!quic->early) quic->early_at = connection->at;
    quic->early += packet->size;
  } else if (packet->level == ALTSVC_LEVEL_APPLICATION) {
    if (from == ASV_FROM_SERVER && !quic->spoke && quic->seen[0])
      quic->tentative += packet->size;
    else
      tell_unread(connection, from, packet->size);
  }
}

void altsvc_quic_tell_rest(AltsvcConnection *connection) {
  static const AsvFrom sides[] = {ASV_FROM_CLIENT, ASV_FROM_SERVER};
  AsvQuicWatch watch = connection->quic->watch;
  AsvPacketRef at = altsvc_place_ref(&connection->at);
  watch.owner = connection;
  asv_quic_watch_end(&connection->common->waiting->quic, &watch, &at);
  for (int i = 0; i < 2; i++) {
    guint64 octets = connection->quic->unread[i].octets;
    if (octets) altsvc_connection_unreadable(connection, sides[i], reason_of(connection), octets);
  }
}

/* ---- what stands in the way ---- */

AsvQuicProgress altsvc_quic_progress(const void *owner) {
  const AltsvcConnection *connection = owner;
  const AltsvcQuic *quic = connection->quic;
  return (AsvQuicProgress){.seen = {quic->seen[0], quic->seen[1]},
                           .complete = quic->spoke,
                           .closing = quic->closed,
                           .has_client_hello = altsvc_tls_has_client_hello(connection),
                           .has_server_hello = altsvc_tls_has_server_hello(connection),
                           .hello_octets = quic->hello.next + quic->hello.octets};
}

/* The client's first packet, which opens. */
static void note_first(AltsvcConnection *connection, AsvSpan octets) {
  AltsvcQuic *quic = connection->quic;
  AsvQuicPacket packet;
  if (!asv_quic_packet_next(&octets, 0, &packet) || packet.type != ASV_QUIC_INITIAL) return;
  quic->version = packet.version;
  memcpy(quic->room, packet.destination.data, packet.destination.size);
  quic->initial = asv_span(quic->room, packet.destination.size);
  asv_quic_watch_begin(&connection->common->waiting->quic, &quic->watch, connection->first.time);
}

/* A packet that is none of those with a level: it may be version negotiation. */
static void note_versions(AltsvcConnection *connection, AsvSpan octets) {
  AltsvcQuic *quic = connection->quic;
  AsvPacketRef at = altsvc_place_ref(&connection->at);
  AsvQuicPacket packet;
  if (!asv_quic_packet_next(&octets, 0, &packet) || packet.type != ASV_QUIC_VERSION_NEGOTIATION ||
      altsvc_connection_from(connection) != ASV_FROM_SERVER)
    return;
  asv_quic_watch_versions(&connection->common->waiting->quic, &quic->watch, &at, &packet,
                          quic->version, quic->initial);
}

static void close_connection(AltsvcConnection *connection, AsvFrom by, const AsvQuicClose *close) {
  AltsvcQuic *quic = connection->quic;
  AsvPacketRef at = altsvc_place_ref(&connection->at);
  if (quic->closed) return;
  if (by == ASV_FROM_CLIENT)
    asv_quic_watch_closing(&connection->common->waiting->quic, &quic->watch, &at);
  quic->closed = TRUE;
  if (altsvc_tls_has_client_hello(connection)) altsvc_tls_tell(connection);
  altsvc_failure_close(connection, by, close);
  altsvc_connection_close(connection, by, ASV_CLOSE_QUIC);
}

/* RFC 9000 §10.2.3: in place of the application's code, which may stand in the next packet. */
static void take_close(AltsvcConnection *connection, const AsvQuicFrame *frame, AltsvcLevel level) {
  gboolean handshake = level == ALTSVC_LEVEL_INITIAL || level == ALTSVC_LEVEL_HANDSHAKE;
  AsvFrom by = altsvc_connection_from(connection);
  if (handshake && asv_quic_close_conceals(frame)) {
    connection->quic->concealed = TRUE;
    connection->quic->concealed_by = by;
    return;
  }
  AsvQuicClose close = {.framed = TRUE,
                        .application = frame->close.application,
                        .error = frame->close.error,
                        .reason = frame->close.reason};
  close_connection(connection, by, &close);
}

void altsvc_quic_end_datagram(AltsvcConnection *connection) {
  AltsvcQuic *quic = connection->quic;
  AsvPacketRef at = altsvc_place_ref(&connection->at);
  AsvFrom from = altsvc_connection_from(connection);
  asv_quic_watch_datagram(&connection->common->waiting->quic, &quic->watch, &at,
                          from == ASV_FROM_CLIENT ? ASV_CLIENT : ASV_SERVER);
  if (!quic->concealed) return;
  AsvQuicClose close = {
      .framed = TRUE, .error = ASV_QUIC_APPLICATION_ERROR, .concealed = quic->spoke};
  quic->concealed = FALSE;
  close_connection(connection, quic->concealed_by, &close);
}

/* ---- packets ---- */

static void take_stream(AltsvcConnection *connection, const AsvQuicFrame *frame,
                        AltsvcLevel level) {
  if (level != ALTSVC_LEVEL_EARLY && level != ALTSVC_LEVEL_APPLICATION) return;
  if (!altsvc_tls_may_be_http3(connection)) return;
  connection->early = level == ALTSVC_LEVEL_EARLY;
  if (connection->early)
    altsvc_tls_hold_early(connection);
  else
    altsvc_tls_tell(connection);
  if (!connection->http3) connection->http3 = altsvc_http3_new(connection);
  altsvc_http3_frame(connection->http3, frame);
  connection->early = FALSE;
}

static void take_hello(AltsvcConnection *connection, const AsvQuicFrame *frame) {
  AsvPacketRef at = altsvc_place_ref(&connection->at);
  if (altsvc_connection_from(connection) == ASV_FROM_CLIENT)
    asv_quic_stream_take(&connection->quic->hello, &at, frame->stream.offset, frame->stream.data,
                         FALSE);
}

void altsvc_quic_frame(AltsvcConnection *connection, const proto_node *node,
                       AltsvcQuicPacket *packet) {
  AsvReader reader = asv_reader(altsvc_field_octets_on(node));
  AsvQuicFrame frame;
  /* A first packet that opens is the client's: its keys are made of what it says itself. */
  if (connection->client < 0) {
    altsvc_connection_sender_is(connection, ASV_FROM_CLIENT);
    note_first(connection, packet->octets);
  }
  if (!packet->opened && packet->level != ALTSVC_LEVEL_INITIAL) altsvc_tls_set_readable(connection);
  packet->opened = TRUE;
  if (!asv_quic_frame_next(&reader, &frame)) return;
  if (frame.kind == ASV_FRAME_STREAM || frame.kind == ASV_FRAME_RESET_STREAM)
    take_stream(connection, &frame, packet->level);
  if (frame.kind == ASV_FRAME_CRYPTO && packet->level == ALTSVC_LEVEL_INITIAL)
    take_hello(connection, &frame);
  if (frame.kind == ASV_FRAME_CONNECTION_CLOSE) take_close(connection, &frame, packet->level);
}

/* The client speaks from where it was not seen before. */
static void note_path(AltsvcConnection *connection, const packet_info *pinfo, AsvFrom from) {
  AltsvcQuic *quic = connection->quic;
  if (!g_hash_table_add(quic->paths, path_of(pinfo)) || from != ASV_FROM_CLIENT) return;
  g_autofree char *source = end_of(&pinfo->src, pinfo->srcport);
  const char *now = quic->client_now ? quic->client_now : connection->ends[connection->client];
  if (g_str_equal(source, now)) return;
  g_free(quic->client_now);
  quic->client_now = g_steal_pointer(&source);
  AsvObservation seen = altsvc_connection_observation(connection, ASV_OBSERVATION_CONNECTION);
  seen.opened = (AsvConnectionSeen){.transport = "quic", .migrated = TRUE};
  altsvc_connection_tell(connection, &seen);
}

void altsvc_quic_end_packet(AltsvcConnection *connection, const packet_info *pinfo,
                            const AltsvcQuicPacket *packet) {
  AltsvcQuic *quic = connection->quic;
  /* One that does not open is not the first: the capture started late. */
  if (connection->client < 0)
    altsvc_connection_sender_is(
        connection, pinfo->srcport < pinfo->destport ? ASV_FROM_SERVER : ASV_FROM_CLIENT);
  AsvFrom from = altsvc_connection_from(connection);
  if (packet->opened) quic->readable = TRUE;
  if (packet->level == ALTSVC_LEVEL_APPLICATION && from == ASV_FROM_CLIENT && !quic->spoke)
    client_spoke(connection);
  AsvQuicClose reset = {.framed = FALSE};
  if (packet->level == ALTSVC_LEVEL_OTHER) note_versions(connection, packet->octets);
  if (packet->reset)
    close_connection(connection, from, &reset);
  else if (!packet->opened)
    not_opened(connection, from, packet);
  quic->seen[side_of(from)] = TRUE;
  if (quic->refused || altsvc_tls_early_accepted(connection)) tell_early(connection);
  note_path(connection, pinfo, from);
  if (connection->http3) altsvc_http3_tick(connection->http3);
}
