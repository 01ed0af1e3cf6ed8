/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rules are those of analyzer/failure.c; words and watches are shared with it. */
#include "failure.h"

#include "analyzer/observe/failure.h"
#include "quic.h"
#include "tls.h"

/* Each reason once. */
static void tell(AltsvcConnection *connection, const AsvFailureSeen *failure) {
  guint bit = 1u << failure->reason;
  if (connection->failures & bit) return;
  connection->failures |= bit;
  AsvObservation seen = altsvc_connection_observation(connection, ASV_OBSERVATION_FAILURE);
  seen.failure = *failure;
  altsvc_connection_tell(connection, &seen);
}

static GString *words_of(const AltsvcConnection *connection) {
  return connection->common->waiting->words;
}

static AsvSide side_of(AsvFrom from) {
  return from == ASV_FROM_CLIENT ? ASV_CLIENT : ASV_SERVER;
}

/* ---- time ---- */

static void tell_quic(void *owner, const AsvPacketRef *at, const AsvQuicTrouble *trouble) {
  AltsvcConnection *connection = owner;
  if (trouble->kind == ASV_QUIC_INCOMPLETE && connection->failures) return;
  connection->at = (AltsvcPlace){.packet = at->packet, .time = at->time};
  connection->out = connection->common->waiting->out;
  AsvFailureSeen seen = asv_observe_quic_trouble(trouble, words_of(connection));
  tell(connection, &seen);
}

AltsvcWaiting *altsvc_waiting_new(void) {
  AltsvcWaiting *waiting = g_new0(AltsvcWaiting, 1);
  waiting->quic = (AsvQuicWatches){.progress = altsvc_quic_progress, .tell = tell_quic};
  waiting->words = g_string_new(NULL);
  return waiting;
}

void altsvc_waiting_free(AltsvcWaiting *waiting) {
  g_string_free(waiting->words, TRUE);
  g_free(waiting);
}

static void tell_net(AltsvcConnection *connection, AsvNetTroubleKind kind) {
  AsvFailureSeen seen = asv_observe_net_trouble(kind, words_of(connection));
  tell(connection, &seen);
}

void altsvc_failure_tick(AltsvcWaiting *waiting, const AltsvcPlace *at, const AsvObserver *out) {
  AltsvcConnection *connection;
  waiting->out = out;
  while ((connection = asv_watch_overdue(&waiting->syns, at->time)) != NULL) {
    connection->at = *at;
    connection->out = out;
    tell_net(connection, ASV_NET_NO_ANSWER);
  }
}

void altsvc_failure_tick_quic(AltsvcWaiting *waiting, const AltsvcPlace *at,
                              const AsvObserver *out) {
  AsvPacketRef place = altsvc_place_ref(at);
  waiting->out = out;
  asv_quic_watch_tick(&waiting->quic, &place);
}

/* ---- TCP ---- */

void altsvc_failure_segment(AltsvcConnection *connection, const AltsvcSegment *segment) {
  AsvWatch *watch = &connection->watch;
  GQueue *syns = &connection->common->waiting->syns;
  gint64 time = connection->at.time;
  gboolean by_client = connection->sender == connection->client;
  if (segment->asks && by_client && (watch->syn || !watch->packets)) {
    watch->owner = connection;
    if (asv_watch_syn(watch, syns, time)) tell_net(connection, ASV_NET_NO_ANSWER);
  } else if (watch->syn) {
    asv_watch_answer(watch, syns);
    if (segment->resets && !by_client) tell_net(connection, ASV_NET_REFUSED);
  }
  if (segment->repeats && !connection->closed &&
      asv_watch_repeat(watch, time, connection->sender) &&
      altsvc_connection_from(connection) == ASV_FROM_CLIENT) /* a client may have gone */
    tell_net(connection, ASV_NET_STALLED);
  asv_watch_heard(watch, connection->sender);
}

void altsvc_failure_incomplete(AltsvcConnection *connection, AsvCloseReason reason) {
  const AsvWatch *watch = &connection->watch;
  gboolean closed = reason != ASV_CLOSE_CAPTURE_ENDS;
  if (connection->quic || connection->failures || connection->requests) return;
  if (!watch->heard[0] || !watch->heard[1] || !altsvc_tls_is_incomplete(connection)) return;
  if (!closed && connection->at.time - connection->first.time < ASV_NO_ANSWER_TIME) return;
  AsvFailureSeen seen = asv_observe_incomplete(reason, words_of(connection));
  tell(connection, &seen);
}

void altsvc_failure_alert(AltsvcConnection *connection, AsvFrom from, guint8 description) {
  AsvFailureSeen seen = asv_observe_alert(side_of(from), description, words_of(connection));
  tell(connection, &seen);
}

/* ---- QUIC ---- */

void altsvc_failure_close(AltsvcConnection *connection, AsvFrom by, const AsvQuicClose *close) {
  AsvFailureSeen seen;
  if (asv_observe_quic_close(side_of(by), close, words_of(connection), &seen))
    tell(connection, &seen);
}

/* ---- ICMP ---- */

/* Requests, or a handshake that was completed, got through. */
static gboolean works(const AltsvcConnection *connection) {
  if (connection->quic) return altsvc_quic_progress(connection).complete;
  return connection->requests || (connection->tls && !altsvc_tls_is_incomplete(connection));
}

void altsvc_failure_icmp(AltsvcConnection *connection, int sender, const AsvIcmp *icmp) {
  gboolean by_client = sender == connection->client;
  if (icmp->too_big ? works(connection) : !icmp->what || !by_client) return;
  AsvFailureSeen seen = asv_observe_icmp(icmp, words_of(connection));
  tell(connection, &seen);
}
