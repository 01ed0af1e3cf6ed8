/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A queue of kept observations and a sorted list of those who wait. */
#include "order.h"

typedef struct {
  guint64 order;
  AsvObservation *observation;
  gsize size;
} Kept;

typedef struct {
  guint64 since;
  const void *who;
} Wait;

struct AsvOrder {
  AsvObserver out;
  GSequence *waits;    /* Wait*, by since */
  GHashTable *waiting; /* who -> its GSequenceIter */
  GQueue kept;         /* Kept*, by order */
  guint64 barrier;     /* the packet that observations must come before to be passed on */
  gsize octets;        /* of what is kept */
};

static int compare_waits(gconstpointer a, gconstpointer b, gpointer unused G_GNUC_UNUSED) {
  const Wait *x = a, *y = b;
  if (x->since != y->since) return x->since < y->since ? -1 : 1;
  return (x->who > y->who) - (x->who < y->who);
}

AsvOrder *asv_order_new(const AsvObserver *out) {
  AsvOrder *order = g_new0(AsvOrder, 1);
  order->out = *out;
  order->waits = g_sequence_new(g_free);
  order->waiting = g_hash_table_new(NULL, NULL);
  order->barrier = G_MAXUINT64;
  return order;
}

static void pass_oldest(AsvOrder *order) {
  Kept *kept = g_queue_pop_head(&order->kept);
  order->octets -= kept->size;
  order->out.observe(order->out.self, kept->observation);
  asv_observation_free(kept->observation);
  g_free(kept);
}

/* Whoever waits has changed. */
static void pass_ready(AsvOrder *order) {
  GSequenceIter *first = g_sequence_get_begin_iter(order->waits);
  order->barrier =
      g_sequence_iter_is_end(first) ? G_MAXUINT64 : ((Wait *)g_sequence_get(first))->since;
  while (!g_queue_is_empty(&order->kept) &&
         ((Kept *)g_queue_peek_head(&order->kept))->order < order->barrier)
    pass_oldest(order);
}

void asv_order_add(AsvOrder *order, const AsvPacketRef *at, const AsvObservation *observation) {
  if (!order->kept.length && at->order < order->barrier) {
    order->out.observe(order->out.self, observation);
    return;
  }
  Kept *kept = g_new(Kept, 1);
  *kept = (Kept){.order = at->order,
                 .observation = asv_observation_copy(observation),
                 .size = asv_observation_size(observation)};
  order->octets += kept->size;
  GList *before = order->kept.tail;
  while (before && ((Kept *)before->data)->order > kept->order) before = before->prev;
  g_queue_insert_after(&order->kept, before, kept);
  while (g_queue_get_length(&order->kept) > ASV_ORDER_KEPT_MAX ||
         order->octets > ASV_ORDER_OCTETS_MAX)
    pass_oldest(order);
}

void asv_order_wait(AsvOrder *order, const void *who, const AsvPacketRef *since) {
  GSequenceIter *iter = g_hash_table_lookup(order->waiting, who);
  if (iter) g_sequence_remove(iter);
  Wait *wait = g_new(Wait, 1);
  *wait = (Wait){.since = since->order, .who = who};
  iter = g_sequence_insert_sorted(order->waits, wait, compare_waits, NULL);
  g_hash_table_insert(order->waiting, (gpointer)who, iter);
  pass_ready(order);
}

void asv_order_done(AsvOrder *order, const void *who) {
  GSequenceIter *iter = g_hash_table_lookup(order->waiting, who);
  if (!iter) return;
  g_sequence_remove(iter);
  g_hash_table_remove(order->waiting, who);
  pass_ready(order);
}

void asv_order_free(AsvOrder *order) {
  while (!g_queue_is_empty(&order->kept)) pass_oldest(order);
  g_hash_table_destroy(order->waiting);
  g_sequence_free(order->waits);
  g_free(order);
}
