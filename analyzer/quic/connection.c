/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The packets of one connection (RFC 9000 §12): opens each, or keeps it while
 * what its keys are made of, or what must be told before it, stands in packets
 * that have not come; splits datagrams that offload glued together; accounts
 * for what cannot be read.
 */
#include "connection.h"

/* What a datagram's packets have in common. */
typedef struct {
  const AsvPacketRef *at;
  AsvSide side;
  gsize cid_size;
  gboolean cut;  /* the capture does not have its end */
  gboolean sure; /* it is this connection's, whether it opens or not */
} Datagram;

static gboolean take_datagram(AsvQuicConnection *connection, const Datagram *datagram,
                              AsvSpan octets);

/* --- what cannot be read --- */

static void add_saturated(guint64 *sum, guint64 n) {
  *sum = n > G_MAXUINT64 - *sum ? G_MAXUINT64 : *sum + n;
}

static void tell_unreadable(AsvQuicConnection *connection, const AsvPacketRef *at, AsvSide from,
                            AsvTlsUnreadable reason, guint64 octets) {
  AsvQuicUnreadable *unreadable = &connection->unreadable[from];
  if (unreadable->told[reason]) {
    add_saturated(&unreadable->pending[reason], octets);
    return;
  }
  unreadable->told[reason] = TRUE;
  asv_handshake_tell(connection, at);
  connection->quic->events.unreadable(connection->consumer, at, from, reason, octets);
}

/* A server may write before its client has accepted it; if that never does, nothing is missed. */
static gboolean is_tentative(AsvQuicConnection *connection, AsvSide side, guint64 octets) {
  if (side == ASV_CLIENT || connection->spoke || !connection->seen[ASV_CLIENT]) return FALSE;
  add_saturated(&connection->tentative, octets);
  return TRUE;
}

static void client_spoke(AsvQuicConnection *connection, const AsvPacketRef *at) {
  guint64 octets = connection->tentative;
  connection->spoke = TRUE;
  connection->tentative = 0;
  if (!octets) return;
  AsvTlsUnreadable reason = asv_level_reason(connection, ASV_LEVEL_APPLICATION, ASV_SERVER);
  tell_unreadable(connection, at, ASV_SERVER, reason, octets);
}

static void flush_unreadable(AsvQuicConnection *connection, const AsvPacketRef *at) {
  for (int side = 0; side < 2; side++) {
    for (int reason = 0; reason < ASV_QUIC_REASONS; reason++) {
      guint64 octets = connection->unreadable[side].pending[reason];
      if (octets)
        connection->quic->events.unreadable(connection->consumer, at, (AsvSide)side,
                                            (AsvTlsUnreadable)reason, octets);
    }
  }
}

/* --- packets that are not there --- */

/* TRUE when something was told already of what that side sent, or would be if it mattered. */
static gboolean is_told(const AsvQuicConnection *connection, AsvSide side) {
  if (!connection->seen[side] || connection->unopened[side] || connection->streams.gaps[side])
    return TRUE;
  for (int reason = 0; reason < ASV_QUIC_REASONS; reason++)
    if (connection->unreadable[side].told[reason]) return TRUE;
  return FALSE;
}

static void judge_holes(AsvQuicConnection *connection, const AsvPacketRef *at, AsvSide side) {
  if (asv_quic_holes_judge(&connection->holes[side]) && !is_told(connection, side))
    tell_unreadable(connection, at, side, ASV_TLS_BYTES_LOST, 0);
}

/* Late, as streams tell what they miss themselves by then. */
static void tick_holes(AsvQuicConnection *connection, const AsvPacketRef *at) {
  for (int side = 0; side < 2; side++) {
    const AsvQuicHoles *holes = &connection->holes[side];
    if (holes->doubt && at->time - holes->since >= ASV_QUIC_HOLE_TIME)
      judge_holes(connection, at, (AsvSide)side);
  }
}

/* --- keeping --- */

/* What decides on waiting, as bits. */
static guint known(const AsvQuicConnection *connection) {
  const AsvQuicHandshake *handshake = &connection->handshake;
  const gboolean facts[] = {connection->hopeless,          connection->readable,
                            connection->watch.start.heard, handshake->has_random,
                            handshake->has_client_hello,   handshake->stale,
                            handshake->finished,           handshake->unreadable,
                            handshake->early_accepted,     handshake->early_rejected};
  guint bits = 0;
  for (gsize i = 0; i < G_N_ELEMENTS(facts); i++) bits |= (guint)(facts[i] != FALSE) << i;
  return bits;
}

/* TRUE while a packet of that level has to wait for others. A client that goes on has lost its
 * ClientHello here: it may do without. */
static gboolean must_wait(AsvQuicConnection *connection, AsvQuicLevel level, AsvSide side,
                          const AsvQuicPacket *packet) {
  const AsvQuicHandshake *handshake = &connection->handshake;
  gboolean begun = connection->readable || connection->initial_destination.size;
  if (level == ASV_LEVEL_INITIAL) return side == ASV_SERVER && !begun && !connection->hopeless;
  if (!handshake->has_random && (connection->watch.start.heard || connection->hopeless))
    asv_level_claim(connection, level, side, packet);
  if (connection->hopeless) return FALSE;
  if (!handshake->has_random || handshake->stale) return TRUE;
  if (level == ASV_LEVEL_HANDSHAKE || handshake->finished || handshake->unreadable) return FALSE;
  if (level == ASV_LEVEL_EARLY) return !handshake->early_accepted && !handshake->early_rejected;
  return TRUE;
}

/* Says since when something is kept, where that has changed. */
static void tell_waits(AsvQuicConnection *connection) {
  AsvQuicKept *kept = &connection->kept;
  AsvQuic *quic = connection->quic;
  const AsvPacketRef *since =
      kept->items ? &g_array_index(kept->items, AsvQuicKeptItem, 0).at : NULL;
  if (since ? kept->waits && kept->since == since->order : !kept->waits) return;
  if (kept->waits) g_queue_unlink(&quic->waiting, &kept->link);
  kept->waits = since != NULL;
  kept->since = since ? since->order : 0;
  if (since) g_queue_push_tail_link(&quic->waiting, &kept->link);
  quic->events.waits(connection->consumer, since);
}

static gboolean keep(AsvQuicConnection *connection, const Datagram *datagram, AsvSpan octets) {
  AsvQuicKept *kept = &connection->kept;
  if (!datagram->sure) return FALSE;
  if (!kept->octets) {
    kept->known = known(connection);
    kept->octets = g_byte_array_new();
    kept->items = g_array_new(FALSE, FALSE, sizeof(AsvQuicKeptItem));
  }
  AsvQuicKeptItem item = {.at = *datagram->at,
                          .offset = kept->octets->len,
                          .size = octets.size,
                          .cid_size = datagram->cid_size,
                          .side = datagram->side,
                          .cut = datagram->cut};
  g_byte_array_append(kept->octets, octets.data, (guint)octets.size);
  g_array_append_val(kept->items, item);
  return TRUE;
}

/* Tries again once what is kept; what has to wait on is kept anew. */
static void release_once(AsvQuicConnection *connection) {
  AsvQuicKept *kept = &connection->kept;
  GByteArray *octets = kept->octets;
  GArray *items = kept->items;
  kept->octets = NULL;
  kept->items = NULL;
  for (guint i = 0; i < items->len; i++) {
    const AsvQuicKeptItem *item = &g_array_index(items, AsvQuicKeptItem, i);
    Datagram datagram = {&item->at, item->side, item->cid_size, item->cut, TRUE};
    take_datagram(connection, &datagram, asv_span(octets->data + item->offset, item->size));
  }
  g_byte_array_unref(octets);
  g_array_unref(items);
}

static void release(AsvQuicConnection *connection) {
  AsvQuicKept *kept = &connection->kept;
  guint before;
  if (!kept->octets) return;
  if (kept->octets->len > ASV_QUIC_KEPT_MAX || kept->items->len > ASV_QUIC_KEPT_PACKETS_MAX)
    connection->hopeless = TRUE;
  if (kept->known == known(connection)) return;
  do {
    before = kept->items->len;
    kept->known = known(connection);
    release_once(connection);
  } while (kept->items && kept->items->len < before);
}

void asv_quic_connection_give_up(AsvQuicConnection *connection) {
  connection->hopeless = TRUE;
  release(connection);
  tell_waits(connection);
}

/* --- packets --- */

static AsvQuicLevel level_of(AsvQuicPacketType type) {
  static const AsvQuicLevel levels[] = {[ASV_QUIC_INITIAL] = ASV_LEVEL_INITIAL,
                                        [ASV_QUIC_0RTT] = ASV_LEVEL_EARLY,
                                        [ASV_QUIC_HANDSHAKE] = ASV_LEVEL_HANDSHAKE,
                                        [ASV_QUIC_1RTT] = ASV_LEVEL_APPLICATION};
  return levels[type];
}

static void opened_packet(AsvQuicConnection *connection, const Datagram *datagram,
                          const AsvQuicPacket *packet, const AsvQuicOpened *opened) {
  AsvQuicLevel level = level_of(packet->type);
  if (level == ASV_LEVEL_INITIAL) connection->readable = TRUE;
  if (connection->handshake.refused && level == ASV_LEVEL_INITIAL && datagram->side == ASV_CLIENT &&
      packet->version != connection->version) {
    connection->handshake.refused = FALSE;
    asv_handshake_restart(connection);
  }
  if (packet->version && (datagram->side == ASV_SERVER || !connection->handshake.has_server_hello))
    connection->version = packet->version;
  asv_payload_read(connection, datagram->at, level, datagram->side, opened->payload);
  if (level == ASV_LEVEL_APPLICATION) asv_level_settle(connection);
}

/* A packet whose keys are not there or do not fit. */
static void not_opened(AsvQuicConnection *connection, const Datagram *datagram,
                       const AsvQuicPacket *packet, AsvQuicOpenResult result) {
  AsvQuicLevel level = level_of(packet->type);
  AsvSide side = datagram->side;
  if (!connection->settled) connection->unopened[side] = TRUE;
  if (level == ASV_LEVEL_HANDSHAKE && side == ASV_SERVER && result == ASV_OPEN_NO_KEYS)
    connection->handshake.unreadable = TRUE;
  if (level != ASV_LEVEL_APPLICATION && level != ASV_LEVEL_EARLY) return;
  if (asv_payload_is_reset(connection, packet->octets)) {
    AsvQuicClose close = {.framed = FALSE};
    asv_quic_connection_close(connection, datagram->at, side, &close);
    return;
  }
  if (is_tentative(connection, side, packet->octets.size)) return;
  AsvTlsUnreadable reason =
      datagram->cut ? ASV_TLS_BYTES_LOST : asv_level_reason(connection, level, side);
  tell_unreadable(connection, datagram->at, side, reason, packet->octets.size);
}

/* Takes one packet; FALSE when it was not sure to be the connection's and did not open. */
static gboolean take_packet(AsvQuicConnection *connection, const Datagram *datagram,
                            const AsvQuicPacket *packet) {
  AsvQuicOpened opened;
  if (packet->type == ASV_QUIC_VERSION_NEGOTIATION && datagram->side == ASV_SERVER) {
    connection->handshake.refused = !connection->handshake.has_server_hello;
    asv_quic_watch_versions(&connection->quic->watches, &connection->watch, datagram->at, packet,
                            connection->version, asv_cid_span(&connection->initial_destination));
  }
  if (packet->type == ASV_QUIC_RETRY && datagram->side == ASV_SERVER)
    asv_level_retry(connection, packet);
  if (!packet->number_offset) return datagram->sure;
  AsvQuicLevel level = level_of(packet->type);
  if (!connection->version || (level == ASV_LEVEL_HANDSHAKE && !connection->handshake.has_random))
    connection->version = packet->version;
  if (level == ASV_LEVEL_HANDSHAKE && datagram->side == ASV_CLIENT)
    connection->watch.start.heard = TRUE;
  if (must_wait(connection, level, datagram->side, packet))
    return keep(connection, datagram, packet->octets);
  if (level == ASV_LEVEL_EARLY && connection->handshake.early_rejected) return datagram->sure;
  AsvQuicOpenResult result = asv_level_open(connection, level, datagram->side, packet, &opened);
  if (result == ASV_OPEN_DONE)
    opened_packet(connection, datagram, packet, &opened);
  else if (datagram->sure)
    not_opened(connection, datagram, packet, result);
  return result == ASV_OPEN_DONE || datagram->sure;
}

/* --- datagrams --- */

static AsvQuicPacket shortened(const AsvQuicPacket *packet, gsize size) {
  AsvQuicPacket part = *packet;
  part.octets = asv_span(packet->octets.data, size);
  return part;
}

/* Opens the first packet->octets.size octets as one of several glued together. */
static gboolean take_part(AsvQuicConnection *connection, const Datagram *datagram,
                          const AsvQuicPacket *packet, gsize size) {
  AsvQuicOpened opened;
  AsvQuicPacket part = shortened(packet, size);
  if (asv_level_open(connection, ASV_LEVEL_APPLICATION, datagram->side, &part, &opened) !=
      ASV_OPEN_DONE)
    return FALSE;
  connection->glue.size[datagram->side] = size;
  opened_packet(connection, datagram, &part, &opened);
  return TRUE;
}

/* Finds where the first of glued datagrams ends; returns its size, 0 when that cannot be found. */
static gsize take_first_part(AsvQuicConnection *connection, const Datagram *datagram,
                             const AsvQuicPacket *packet) {
  gsize size = 0;
  if (connection->glue.failures >= ASV_QUIC_GLUE_FAILURES_MAX) return 0;
  for (guint trial = 0; trial < ASV_QUIC_GLUE_TRIALS_MAX; trial++) {
    size = asv_quic_segment_next(packet->octets, packet, size);
    if (!size) break;
    if (take_part(connection, datagram, packet, size)) {
      connection->glue.failures = 0;
      return size;
    }
  }
  connection->glue.failures++;
  return 0;
}

/* A short header has no length: its packet takes all that is left, unless datagrams were glued
 * together. Returns the size of the packet. */
static gsize take_short(AsvQuicConnection *connection, const Datagram *datagram,
                        const AsvQuicPacket *packet) {
  AsvQuicSlot *slot = &connection->slots[ASV_LEVEL_APPLICATION][datagram->side];
  gsize whole = packet->octets.size;
  gsize size = connection->glue.size[datagram->side];
  AsvQuicOpened opened;
  AsvQuicOpenResult result;
  if (datagram->side == ASV_CLIENT && datagram->sure) connection->watch.start.heard = TRUE;
  if (must_wait(connection, ASV_LEVEL_APPLICATION, datagram->side, packet))
    return keep(connection, datagram, packet->octets) ? whole : 0;
  if (datagram->side == ASV_CLIENT && datagram->sure && !connection->spoke)
    client_spoke(connection, datagram->at);
  if (size && size < whole && take_part(connection, datagram, packet, size)) return size;
  result = asv_level_open(connection, ASV_LEVEL_APPLICATION, datagram->side, packet, &opened);
  if (result == ASV_OPEN_DONE) {
    if (whole > size) connection->glue.size[datagram->side] = 0;
    opened_packet(connection, datagram, packet, &opened);
    return whole;
  }
  size =
      result == ASV_OPEN_FAILED || slot->keys ? take_first_part(connection, datagram, packet) : 0;
  if (size) return size;
  if (!datagram->sure) return 0;
  if (!datagram->cut && !asv_payload_is_reset(connection, packet->octets) &&
      asv_level_recover(connection, datagram->side, packet, &opened))
    opened_packet(connection, datagram, packet, &opened);
  else
    not_opened(connection, datagram, packet, result);
  return whole;
}

static gboolean take_datagram(AsvQuicConnection *connection, const Datagram *datagram,
                              AsvSpan octets) {
  AsvQuicPacket packet;
  gboolean taken = FALSE;
  while (octets.size) {
    AsvSpan left = octets;
    if (!asv_quic_packet_next(&left, datagram->cid_size, &packet)) break;
    if (packet.type == ASV_QUIC_1RTT) {
      gsize size = take_short(connection, datagram, &packet);
      if (!size) break;
      gsize before = octets.size - packet.octets.size; /* padding */
      left = asv_span_sub(octets, before + size, octets.size);
      taken = TRUE;
    } else if (take_packet(connection, datagram, &packet)) {
      taken = TRUE;
    }
    octets = left;
  }
  return taken || datagram->sure;
}

/* No other packet has said the code, or could be read. */
static void close_concealed(AsvQuicConnection *connection, const AsvPacketRef *at) {
  AsvQuicClose close = {
      .framed = TRUE, .error = ASV_QUIC_APPLICATION_ERROR, .concealed = connection->spoke};
  if (!connection->concealed) return;
  connection->concealed = FALSE;
  asv_quic_connection_close(connection, at, connection->concealed_by, &close);
}

gboolean asv_quic_connection_datagram(AsvQuicConnection *connection, const AsvPacketRef *at,
                                      const AsvUdp *udp, const AsvQuicRoute *route, gboolean sure) {
  Datagram datagram = {at, route->from, route->cid_size, udp->data.size < udp->wire, sure};
  if (!take_datagram(connection, &datagram, udp->data)) return FALSE;
  connection->seen[route->from] = TRUE;
  asv_quic_watch_datagram(&connection->quic->watches, &connection->watch, at, route->from);
  asv_streams_tick(connection, at);
  tick_holes(connection, at);
  release(connection);
  close_concealed(connection, at);
  tell_waits(connection);
  return TRUE;
}

/* --- life --- */

AsvQuicConnection *asv_quic_connection_new(AsvQuic *quic, const AsvPacketRef *at,
                                           const AsvUdp *udp) {
  AsvQuicConnection *connection = g_new0(AsvQuicConnection, 1);
  connection->quic = quic;
  connection->watch.owner = connection;
  connection->flow = (AsvQuicFlow){.number = quic->next_number++,
                                   .client = udp->source,
                                   .server = udp->destination,
                                   .has_mac = udp->mac != NULL,
                                   .first = *at};
  if (udp->mac) memcpy(connection->flow.client_mac, udp->mac, 6);
  connection->client = udp->source;
  connection->link.data = connection->kept.link.data = connection;
  asv_streams_init(connection);
  return connection;
}

void asv_quic_connection_close(AsvQuicConnection *connection, const AsvPacketRef *at, AsvSide by,
                               const AsvQuicClose *close) {
  if (connection->closing) return;
  if (by == ASV_CLIENT) asv_quic_watch_closing(&connection->quic->watches, &connection->watch, at);
  connection->closing = TRUE;
  if (connection->handshake.has_random) asv_handshake_tell(connection, at);
  connection->quic->events.closing(connection->consumer, at, by, close);
}

void asv_quic_connection_finish(AsvQuicConnection *connection, const AsvPacketRef *at, AsvEnd why) {
  if (!connection->opened) return;
  asv_quic_connection_give_up(connection);
  close_concealed(connection, at);
  if (connection->closing) why = ASV_END_FIN;
  asv_quic_watch_end(&connection->quic->watches, &connection->watch, at);
  asv_streams_finish(connection, at, why);
  for (int side = 0; side < 2; side++) judge_holes(connection, at, (AsvSide)side);
  if (connection->handshake.has_random) asv_handshake_tell(connection, at);
  flush_unreadable(connection, at);
  connection->quic->events.released(connection->consumer, at, why);
}

void asv_quic_connection_free(AsvQuicConnection *connection) {
  AsvQuicKept *kept = &connection->kept;
  if (kept->waits) g_queue_unlink(&connection->quic->waiting, &kept->link);
  if (kept->octets) g_byte_array_unref(kept->octets);
  if (kept->items) g_array_unref(kept->items);
  asv_handshake_clear(connection);
  asv_level_clear(connection);
  asv_streams_clear(connection);
  for (int side = 0; side < 2; side++) asv_quic_holes_clear(&connection->holes[side]);
  if (connection->reset_tokens) g_array_unref(connection->reset_tokens);
  g_free(connection);
}
