/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Limits stand in limits.h: ASV_NO_ANSWER_TIME, ASV_HANDSHAKE_TIME, ASV_STALL_*. */
#include "analyzer/quic/watch.h"

static void tell(const AsvQuicWatches *watches, const AsvQuicWatch *watch, const AsvPacketRef *at,
                 AsvQuicTroubleKind kind) {
  AsvQuicTrouble trouble = {.kind = kind};
  watches->tell(watch->owner, at, &trouble);
}

/* --- the queues --- */

static GQueue *queue_of(AsvQuicWatches *watches, const AsvQuicWatch *watch) {
  if (watch->start.stage == ASV_START_UNANSWERED) return &watches->unanswered;
  return watch->start.stage == ASV_START_INCOMPLETE ? &watches->incomplete : NULL;
}

static void move(AsvQuicWatches *watches, AsvQuicWatch *watch, AsvQuicStartStage stage) {
  GQueue *queue = queue_of(watches, watch);
  if (queue) g_queue_unlink(queue, &watch->start.link);
  watch->start.stage = stage;
  queue = queue_of(watches, watch);
  if (queue) g_queue_push_tail_link(queue, &watch->start.link);
}

void asv_quic_watch_begin(AsvQuicWatches *watches, AsvQuicWatch *watch, gint64 time) {
  watch->start.time = time;
  watch->start.link.data = watch;
  move(watches, watch, ASV_START_UNANSWERED);
}

void asv_quic_watch_forget(AsvQuicWatches *watches, AsvQuicWatch *watch) {
  move(watches, watch, ASV_START_DONE);
}

/* --- the handshake --- */

static void tell_no_answer(const AsvQuicWatches *watches, AsvQuicWatch *watch,
                           const AsvPacketRef *at) {
  AsvQuicStart *start = &watch->start;
  if (!start->repeated || start->heard || start->told) return;
  start->told = TRUE;
  tell(watches, watch, at, ASV_QUIC_NO_ANSWER);
}

static void tell_versions(const AsvQuicWatches *watches, AsvQuicWatch *watch,
                          const AsvPacketRef *at) {
  AsvQuicStart *start = &watch->start;
  AsvQuicTrouble trouble = {.kind = ASV_QUIC_OTHER_VERSIONS,
                            .versions = asv_span(start->versions, start->versions_size)};
  if (start->versions_told) return;
  start->versions_told = TRUE;
  watches->tell(watch->owner, at, &trouble);
}

static void tell_incomplete(const AsvQuicWatches *watches, AsvQuicWatch *watch,
                            const AsvPacketRef *at, const AsvQuicProgress *progress) {
  if (!progress->seen[ASV_CLIENT] || !progress->seen[ASV_SERVER]) return;
  if (watch->start.versions_size && !progress->has_server_hello)
    tell_versions(watches, watch, at);
  else if (progress->has_client_hello)
    tell(watches, watch, at, ASV_QUIC_INCOMPLETE);
}

static void note_start(AsvQuicWatches *watches, AsvQuicWatch *watch, const AsvPacketRef *at,
                       AsvSide from) {
  AsvQuicStart *start = &watch->start;
  AsvQuicProgress progress = watches->progress(watch->owner);
  if (progress.complete || progress.closing) {
    move(watches, watch, ASV_START_DONE);
    return;
  }
  if (from == ASV_SERVER || progress.seen[ASV_SERVER]) return;
  if (start->begun && progress.hello_octets <= start->octets) start->repeated = TRUE;
  start->begun = TRUE;
  start->octets = progress.hello_octets;
  if (start->stage != ASV_START_UNANSWERED) tell_no_answer(watches, watch, at);
}

void asv_quic_watch_tick(AsvQuicWatches *watches, const AsvPacketRef *at) {
  while (watches->unanswered.head) {
    AsvQuicWatch *watch = watches->unanswered.head->data;
    if (at->time - watch->start.time < ASV_NO_ANSWER_TIME) break;
    move(watches, watch, ASV_START_INCOMPLETE);
    if (!watches->progress(watch->owner).seen[ASV_SERVER]) tell_no_answer(watches, watch, at);
  }
  while (watches->incomplete.head) {
    AsvQuicWatch *watch = watches->incomplete.head->data;
    if (at->time - watch->start.time < ASV_HANDSHAKE_TIME) break;
    AsvQuicProgress progress = watches->progress(watch->owner);
    tell_incomplete(watches, watch, at, &progress);
    move(watches, watch, progress.seen[ASV_SERVER] ? ASV_START_DONE : ASV_START_OVERDUE);
  }
}

void asv_quic_watch_end(const AsvQuicWatches *watches, AsvQuicWatch *watch,
                        const AsvPacketRef *at) {
  AsvQuicProgress progress = watches->progress(watch->owner);
  if (watch->start.stage == ASV_START_DONE || progress.complete || progress.closing) return;
  if (at->time - watch->start.time >= ASV_NO_ANSWER_TIME)
    tell_incomplete(watches, watch, at, &progress);
}

/* --- version negotiation --- */

/* RFC 9000 §6.2: one that offers what the client has chosen is not to be believed. Where one that
 * is read here is among them, the client may begin anew with it. */
void asv_quic_watch_versions(const AsvQuicWatches *watches, AsvQuicWatch *watch,
                             const AsvPacketRef *at, const AsvQuicPacket *packet,
                             const AsvQuicVersion *chosen, AsvSpan initial) {
  AsvQuicStart *start = &watch->start;
  AsvReader reader = asv_reader(packet->versions);
  gboolean known = FALSE;
  if (watches->progress(watch->owner).has_server_hello || !asv_span_equal(packet->source, initial))
    return;
  while (asv_reader_left(&reader)) {
    const AsvQuicVersion *version = asv_quic_version_find(asv_read_u32(&reader));
    if (version && version == chosen) return;
    if (version) known = TRUE;
  }
  start->versions_size = MIN(packet->versions.size, sizeof start->versions);
  if (start->versions_size) memcpy(start->versions, packet->versions.data, start->versions_size);
  if (!known) tell_versions(watches, watch, at);
}

/* --- silence --- */

static void note_silence(const AsvQuicWatches *watches, AsvQuicWatch *watch,
                         const AsvPacketRef *at) {
  AsvQuicSilence *silence = &watch->silence;
  if (!silence->packets || at->time - silence->last > ASV_STALL_TIME) {
    silence->packets = 1;
    silence->since = silence->last = at->time;
    return;
  }
  if (at->time - silence->last < ASV_STALL_SPACING) return;
  silence->packets++;
  silence->last = at->time;
  if (silence->packets <= ASV_STALL_REPEATS || at->time - silence->since < ASV_STALL_TIME) return;
  AsvQuicProgress progress = watches->progress(watch->owner);
  if (silence->told || progress.closing) return;
  if (!progress.seen[ASV_SERVER] || !progress.complete) return;
  silence->told = TRUE;
  tell(watches, watch, at, ASV_QUIC_STALLED);
}

void asv_quic_watch_datagram(AsvQuicWatches *watches, AsvQuicWatch *watch, const AsvPacketRef *at,
                             AsvSide from) {
  if (watch->start.stage != ASV_START_DONE)
    note_start(watches, watch, at, from);
  else if (from == ASV_SERVER)
    watch->silence.packets = 0;
  else
    note_silence(watches, watch, at);
}

void asv_quic_watch_closing(const AsvQuicWatches *watches, AsvQuicWatch *watch,
                            const AsvPacketRef *at) {
  if (watch->start.stage == ASV_START_DONE) note_silence(watches, watch, at);
}
