/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What stands in the way of a connection: nobody answers its Initial, its
 * handshake is not completed, other versions are offered (RFC 9000 §6), its
 * packets stay unanswered. Until the handshake is complete a connection stands
 * in one of two queues, by the time of its first packet.
 */
#include "connection.h"

static void tell(const AsvQuicConnection *connection, const AsvPacketRef *at,
                 AsvQuicTroubleKind kind, AsvSpan versions) {
  const AsvQuicEvents *events = &connection->quic->events;
  AsvQuicTrouble trouble = {.kind = kind, .versions = versions};
  if (connection->opened && events->trouble) events->trouble(connection->consumer, at, &trouble);
}

/* --- the queues --- */

static GQueue *queue_of(const AsvQuicConnection *connection) {
  AsvQuic *quic = connection->quic;
  if (connection->start.stage == ASV_START_UNANSWERED) return &quic->unanswered;
  return connection->start.stage == ASV_START_INCOMPLETE ? &quic->incomplete : NULL;
}

static void move(AsvQuicConnection *connection, AsvQuicStartStage stage) {
  GQueue *queue = queue_of(connection);
  if (queue) g_queue_unlink(queue, &connection->start.link);
  connection->start.stage = stage;
  queue = queue_of(connection);
  if (queue) g_queue_push_tail_link(queue, &connection->start.link);
}

void asv_start_begin(AsvQuicConnection *connection) {
  connection->start.link.data = connection;
  move(connection, ASV_START_UNANSWERED);
}

void asv_start_forget(AsvQuicConnection *connection) {
  move(connection, ASV_START_DONE);
}

/* --- the handshake --- */

/* A client that uses 1-RTT keys has completed it. */
static gboolean is_complete(const AsvQuicConnection *connection) {
  return connection->spoke || connection->closing ||
         connection->slots[ASV_LEVEL_APPLICATION][ASV_CLIENT].keys;
}

static void tell_no_answer(AsvQuicConnection *connection, const AsvPacketRef *at) {
  if (!connection->start.repeated || connection->start.heard || connection->start.told) return;
  connection->start.told = TRUE;
  tell(connection, at, ASV_QUIC_NO_ANSWER, asv_span(NULL, 0));
}

static void tell_versions(AsvQuicConnection *connection, const AsvPacketRef *at) {
  AsvQuicStart *start = &connection->start;
  if (start->versions_told) return;
  start->versions_told = TRUE;
  tell(connection, at, ASV_QUIC_OTHER_VERSIONS, asv_span(start->versions, start->versions_size));
}

static void tell_incomplete(AsvQuicConnection *connection, const AsvPacketRef *at) {
  const AsvQuicHandshake *handshake = &connection->handshake;
  if (!connection->seen[ASV_CLIENT] || !connection->seen[ASV_SERVER]) return;
  if (connection->start.versions_size && !handshake->has_server_hello)
    tell_versions(connection, at);
  else if (handshake->has_client_hello)
    tell(connection, at, ASV_QUIC_INCOMPLETE, asv_span(NULL, 0));
}

/* What of the ClientHello has come: it grows unless a datagram repeats. */
static guint64 hello_octets(const AsvQuicConnection *connection) {
  const AsvQuicCrypto *crypto = connection->crypto[ASV_LEVEL_INITIAL][ASV_CLIENT];
  return crypto ? crypto->stream.next + crypto->stream.octets : 0;
}

void asv_start_note(AsvQuicConnection *connection, const AsvPacketRef *at, AsvSide from) {
  AsvQuicStart *start = &connection->start;
  if (is_complete(connection)) {
    move(connection, ASV_START_DONE);
    return;
  }
  if (from == ASV_SERVER || connection->seen[ASV_SERVER]) return;
  guint64 octets = hello_octets(connection);
  if (start->begun && octets <= start->octets) start->repeated = TRUE;
  start->begun = TRUE;
  start->octets = octets;
  if (start->stage != ASV_START_UNANSWERED) tell_no_answer(connection, at);
}

void asv_start_tick(AsvQuic *quic, const AsvPacketRef *at) {
  while (quic->unanswered.head) {
    AsvQuicConnection *connection = quic->unanswered.head->data;
    if (at->time - connection->flow.first.time < ASV_NO_ANSWER_TIME) break;
    move(connection, ASV_START_INCOMPLETE);
    if (!connection->seen[ASV_SERVER]) tell_no_answer(connection, at);
  }
  while (quic->incomplete.head) {
    AsvQuicConnection *connection = quic->incomplete.head->data;
    if (at->time - connection->flow.first.time < ASV_HANDSHAKE_TIME) break;
    tell_incomplete(connection, at);
    move(connection, connection->seen[ASV_SERVER] ? ASV_START_DONE : ASV_START_OVERDUE);
  }
}

void asv_start_finish(AsvQuicConnection *connection, const AsvPacketRef *at) {
  gboolean waited = at->time - connection->flow.first.time >= ASV_NO_ANSWER_TIME;
  if (connection->start.stage == ASV_START_DONE || is_complete(connection)) return;
  if (waited) tell_incomplete(connection, at);
  move(connection, ASV_START_DONE);
}

/* --- version negotiation --- */

/* RFC 9000 §6.2: one that offers what the client has chosen is not to be believed. Where one that
 * is read here is among them, the client may begin anew with it. */
void asv_start_versions(AsvQuicConnection *connection, const AsvPacketRef *at,
                        const AsvQuicPacket *packet) {
  AsvQuicStart *start = &connection->start;
  AsvReader reader = asv_reader(packet->versions);
  gboolean known = FALSE;
  AsvSpan destination = asv_cid_span(&connection->initial_destination);
  if (connection->handshake.has_server_hello || !asv_span_equal(packet->source, destination))
    return;
  while (asv_reader_left(&reader)) {
    const AsvQuicVersion *version = asv_quic_version_find(asv_read_u32(&reader));
    if (version && version == connection->version) return;
    if (version) known = TRUE;
  }
  start->versions_size = MIN(packet->versions.size, sizeof start->versions);
  if (start->versions_size) memcpy(start->versions, packet->versions.data, start->versions_size);
  if (!known) tell_versions(connection, at);
}

/* --- silence --- */

void asv_silence_note(AsvQuicConnection *connection, const AsvPacketRef *at) {
  AsvQuicSilence *silence = &connection->silence;
  if (!silence->packets || at->time - silence->last > ASV_STALL_TIME) {
    silence->packets = 1;
    silence->since = silence->last = at->time;
    return;
  }
  if (at->time - silence->last < ASV_STALL_SPACING) return;
  silence->packets++;
  silence->last = at->time;
  if (silence->packets <= ASV_STALL_REPEATS || at->time - silence->since < ASV_STALL_TIME) return;
  if (silence->told || connection->closing) return;
  if (!connection->seen[ASV_SERVER] || !is_complete(connection)) return;
  silence->told = TRUE;
  tell(connection, at, ASV_QUIC_STALLED, asv_span(NULL, 0));
}
