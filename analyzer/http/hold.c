/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A queue of calls and one buffer with their octets. */
#include "hold.h"

static AsvHeldCall *last_call(AsvHold *hold) {
  if (!hold->calls || hold->calls->len == hold->next) return NULL;
  return &g_array_index(hold->calls, AsvHeldCall, hold->calls->len - 1);
}

static void add(AsvHold *hold, const AsvHeldCall *call) {
  if (!hold->calls) hold->calls = g_array_new(FALSE, FALSE, sizeof(AsvHeldCall));
  g_array_append_vals(hold->calls, call, 1);
}

/* Gives room back that taken octets and calls used, so that memory follows what is held. */
static void compact(AsvHold *hold) {
  if (hold->from > hold->octets->len / 2) {
    g_byte_array_remove_range(hold->octets, 0, (guint)hold->from);
    hold->from = 0;
  }
  if (hold->calls && hold->next > hold->calls->len / 2) {
    g_array_remove_range(hold->calls, 0, hold->next);
    hold->next = 0;
  }
}

void asv_hold_bytes(AsvHold *hold, const AsvPacketRef *at, AsvSpan data) {
  AsvHeldCall *last = last_call(hold);
  if (!hold->octets) hold->octets = g_byte_array_new();
  compact(hold);
  g_byte_array_append(hold->octets, data.data, (guint)data.size);
  if (last && last->kind == ASV_HOLD_BYTES && last->at.order == at->order)
    last->size += data.size;
  else
    add(hold, &(AsvHeldCall){.kind = ASV_HOLD_BYTES, .at = *at, .size = data.size});
}

void asv_hold_gap(AsvHold *hold, const AsvPacketRef *at, guint64 n) {
  add(hold, &(AsvHeldCall){.kind = ASV_HOLD_GAP, .at = *at, .gap = n});
}

void asv_hold_end(AsvHold *hold, const AsvPacketRef *at, AsvEnd why) {
  add(hold, &(AsvHeldCall){.kind = ASV_HOLD_END, .at = *at, .why = why});
}

const AsvHeldCall *asv_hold_first(const AsvHold *hold) {
  if (!hold->calls || hold->calls->len == hold->next) return NULL;
  return &g_array_index(hold->calls, AsvHeldCall, hold->next);
}

/* The octets of calls from index on that are next to each other, of the first call alone unless
 * all. */
static AsvSpan run_from(const AsvHold *hold, guint index, gboolean all) {
  gsize size = 0;
  for (guint i = index; hold->calls && i < hold->calls->len; i++) {
    const AsvHeldCall *call = &g_array_index(hold->calls, AsvHeldCall, i);
    if (call->kind != ASV_HOLD_BYTES) break;
    size += call->size;
    if (!all) break;
  }
  return size ? asv_span(hold->octets->data + hold->from, size) : asv_span(NULL, 0);
}

AsvSpan asv_hold_octets(const AsvHold *hold, gboolean all) {
  return run_from(hold, hold->next, all);
}

AsvSpan asv_hold_behind_gap(const AsvHold *hold) {
  return run_from(hold, hold->next + 1, TRUE);
}

void asv_hold_take(AsvHold *hold, gsize n) {
  AsvHeldCall *call = &g_array_index(hold->calls, AsvHeldCall, hold->next);
  call->size -= n;
  hold->from += n;
  if (call->size) return;
  if (++hold->next < hold->calls->len) return;
  g_array_set_size(hold->calls, 0);
  if (hold->octets) g_byte_array_set_size(hold->octets, 0);
  hold->next = 0;
  hold->from = 0;
}

gboolean asv_hold_full(const AsvHold *hold, const AsvPacketRef *at) {
  const AsvHeldCall *first = asv_hold_first(hold);
  if (!first) return FALSE;
  return (hold->octets && hold->octets->len - hold->from > ASV_HTTP_HELD_MAX) ||
         hold->calls->len - hold->next > ASV_HTTP_HELD_CALLS_MAX ||
         at->order - first->at.order > ASV_HTTP_HELD_PACKETS_MAX;
}

void asv_hold_free(AsvHold *hold) {
  if (hold->calls) g_array_unref(hold->calls);
  if (hold->octets) g_byte_array_unref(hold->octets);
  *hold = (AsvHold){0};
}
