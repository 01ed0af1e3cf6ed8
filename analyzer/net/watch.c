/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Limits stand in limits.h: ASV_NO_ANSWER_TIME, ASV_STALL_REPEATS, ASV_STALL_TIME. */
#include "analyzer/net/watch.h"

gboolean asv_watch_syn(AsvWatch *watch, GQueue *waiting, gint64 time) {
  if (!watch->packets) {
    watch->syn = ASV_SYN_WAITS;
    watch->opened = time;
    watch->link.data = watch;
    g_queue_push_tail_link(waiting, &watch->link);
    return FALSE;
  }
  watch->syn_repeated = TRUE;
  if (watch->syn != ASV_SYN_OVERDUE) return FALSE;
  watch->syn = ASV_SYN_OTHER;
  return TRUE;
}

void asv_watch_answer(AsvWatch *watch, GQueue *waiting) {
  if (watch->syn == ASV_SYN_WAITS) g_queue_unlink(waiting, &watch->link);
  watch->syn = ASV_SYN_OTHER;
}

void *asv_watch_overdue(GQueue *waiting, gint64 time) {
  while (waiting->head) {
    AsvWatch *watch = waiting->head->data;
    if (time - watch->opened < ASV_NO_ANSWER_TIME) return NULL;
    g_queue_unlink(waiting, &watch->link);
    watch->syn = watch->syn_repeated ? ASV_SYN_OTHER : ASV_SYN_OVERDUE;
    if (watch->syn_repeated) return watch->owner;
  }
  return NULL;
}

gboolean asv_watch_repeat(AsvWatch *watch, gint64 time, int from) {
  AsvRepeats *repeats = &watch->repeats[from];
  if (repeats->told || !watch->heard[0] || !watch->heard[1]) return FALSE;
  if (!repeats->count || watch->heard[1 - from] > repeats->packets)
    *repeats = (AsvRepeats){.since = time, .packets = watch->packets};
  repeats->count++;
  if (repeats->count < ASV_STALL_REPEATS || time - repeats->since < ASV_STALL_TIME) return FALSE;
  repeats->told = TRUE;
  return TRUE;
}
