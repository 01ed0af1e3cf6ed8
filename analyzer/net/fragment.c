/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reassembly of IP fragments (RFC 791 §3.2, RFC 8200 §4.5, RFC 815). Every
 * fragment starts at a multiple of eight octets and all but the last end at
 * one, so a packet's holes are a bitmap over units of eight octets.
 */
#include "analyzer/net/fragment.h"

#define UNIT 8u
#define UNITS (ASV_NET_DATAGRAM / UNIT)

typedef struct {
  AsvHosts hosts;
  guint32 identification;
  guint8 protocol;
} Key;

struct AsvDatagram {
  Key key;
  gint64 first_time;
  gboolean wanted;
  gsize size;         /* of the whole payload; 0 until the last fragment was seen */
  gsize units;        /* held */
  guint8 have[UNITS]; /* one flag per unit */
  GByteArray *data;
  GList link; /* in the queue, oldest first */
};

struct AsvFragments {
  GHashTable *waiting; /* of AsvDatagram by its Key */
  GQueue queue;
};

static guint key_hash(gconstpointer pointer) {
  const Key *key = pointer;
  guint32 words[4], sum = key->identification * 2654435761u ^ key->protocol;
  const AsvAddress *addresses[2] = {&key->hosts.source, &key->hosts.destination};
  for (int i = 0; i < 2; i++) {
    memcpy(words, addresses[i]->bytes, sizeof words);
    for (int w = 0; w < 4; w++) sum = (sum ^ words[w]) * 2654435761u ^ sum >> 15;
  }
  return sum;
}

static gboolean key_equal(gconstpointer left, gconstpointer right) {
  const Key *a = left, *b = right;
  return a->identification == b->identification && a->protocol == b->protocol &&
         memcmp(&a->hosts, &b->hosts, sizeof a->hosts) == 0;
}

AsvFragments *asv_fragments_new(void) {
  AsvFragments *fragments = g_new0(AsvFragments, 1);
  fragments->waiting = g_hash_table_new(key_hash, key_equal);
  g_queue_init(&fragments->queue);
  return fragments;
}

void asv_datagram_free(AsvDatagram *datagram) {
  g_byte_array_free(datagram->data, TRUE);
  g_free(datagram);
}

AsvSpan asv_datagram_data(const AsvDatagram *datagram) {
  return asv_span(datagram->data->data, datagram->size);
}

gboolean asv_datagram_wanted(const AsvDatagram *datagram) {
  return datagram->wanted;
}

static void forget(AsvFragments *fragments, AsvDatagram *datagram) {
  g_hash_table_remove(fragments->waiting, &datagram->key);
  g_queue_unlink(&fragments->queue, &datagram->link);
}

static void give_up_oldest(AsvFragments *fragments, AsvNetCounters *counters) {
  AsvDatagram *datagram = fragments->queue.head->data;
  counters->fragments_lost++;
  forget(fragments, datagram);
  asv_datagram_free(datagram);
}

static AsvDatagram *find(AsvFragments *fragments, AsvPass *pass, const Key *key) {
  AsvDatagram *datagram = g_hash_table_lookup(fragments->waiting, key);
  if (datagram) return datagram;
  if (fragments->queue.length >= ASV_NET_DATAGRAMS) give_up_oldest(fragments, pass->counters);
  datagram = g_new0(AsvDatagram, 1);
  datagram->key = *key;
  datagram->first_time = pass->at->time;
  datagram->data = g_byte_array_new();
  datagram->link.data = datagram;
  g_queue_push_tail_link(&fragments->queue, &datagram->link);
  g_hash_table_insert(fragments->waiting, &datagram->key, datagram);
  return datagram;
}

/* Copies the units that are not there yet. */
static void fill(AsvDatagram *datagram, gsize offset, AsvSpan data) {
  if (offset + data.size > datagram->data->len) {
    g_byte_array_set_size(datagram->data, (guint)(offset + data.size));
  }
  for (gsize from = 0; from < data.size; from += UNIT) {
    guint8 *have = &datagram->have[(offset + from) / UNIT];
    if (*have) continue;
    *have = 1;
    datagram->units++;
    memcpy(datagram->data->data + offset + from, data.data + from, MIN(UNIT, data.size - from));
  }
}

AsvDatagram *asv_fragments_take(AsvFragments *fragments, AsvPass *pass, const AsvHosts *hosts,
                                const AsvFragment *part) {
  while (fragments->queue.head &&
         pass->at->time - ((AsvDatagram *)fragments->queue.head->data)->first_time >
             ASV_NET_DATAGRAM_TIME) {
    give_up_oldest(fragments, pass->counters);
  }
  gsize end = part->offset + part->piece.wire;
  if (end > ASV_NET_DATAGRAM || part->piece.wire == 0 || (part->more && end % UNIT != 0)) {
    pass->malformed = TRUE;
    return NULL;
  }
  Key key = {*hosts, part->identification, 0};
  /* Only IPv4 tells packets apart by protocol too; IPv6's later fragments may name another. */
  if (hosts->source.size == 4) key.protocol = part->protocol;
  AsvDatagram *datagram = find(fragments, pass, &key);
  datagram->wanted |= pass->wanted;
  if (!part->more && datagram->size == 0) {
    if (datagram->data->len > end) { /* there were octets behind its end */
      pass->malformed = TRUE;
      return NULL;
    }
    datagram->size = end;
  }
  /* A fragment that the snap length cut leaves a hole: the packet is given up in time. */
  AsvSpan data = part->piece.data;
  if (data.size < part->piece.wire) data.size -= data.size % UNIT;
  if (datagram->size == 0 || part->offset + data.size <= datagram->size) {
    fill(datagram, part->offset, data);
  }
  if (datagram->size == 0 || datagram->units < (datagram->size + UNIT - 1) / UNIT ||
      datagram->data->len < datagram->size) {
    return NULL;
  }
  forget(fragments, datagram);
  return datagram;
}

void asv_fragments_finish(AsvFragments *fragments, AsvNetCounters *counters) {
  while (fragments->queue.head) give_up_oldest(fragments, counters);
}

void asv_fragments_free(AsvFragments *fragments) {
  AsvNetCounters unused = {0};
  asv_fragments_finish(fragments, &unused);
  g_hash_table_destroy(fragments->waiting);
  g_free(fragments);
}
