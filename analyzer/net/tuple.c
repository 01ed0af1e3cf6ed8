/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of endpoint pairs: open addressing with linear probing over
 * indices into slabs that never move. When it is full, a clock hand looks for
 * an entry without connection that was not used since the hand last passed.
 * The hash has a random key, which no result depends on: crafted addresses
 * cannot make long probe sequences.
 */
#include "analyzer/net/tuple.h"

#define SLAB 1024u
#define FIRST_SLOTS 4096u

typedef struct {
  guint32 hash;
  guint32 entry; /* index + 1; 0: free */
} Slot;

struct AsvTuples {
  Slot *slots;
  guint32 mask;
  GPtrArray *slabs;
  guint32 count;
  guint32 hand;
  guint32 next_number;
  guint64 secret[2];
  AsvTuple *last;
};

static guint64 mix(guint64 a, guint64 b) {
  __extension__ typedef unsigned __int128 Wide;
  Wide product = (Wide)a * b;
  return (guint64)product ^ (guint64)(product >> 64);
}

static guint32 key_hash(const AsvTuples *tuples, const AsvTupleKey *key) {
  guint64 ports = (guint64)key->ports << 32 | key->kind;
  guint64 sum = mix(key->addresses[0] ^ tuples->secret[0], key->addresses[2] ^ tuples->secret[1]);
  sum = mix(sum ^ ports, tuples->secret[0] ^ G_GUINT64_CONSTANT(0x9e3779b97f4a7c15));
  if ((key->kind & 0xff) == 16) {
    sum = mix(sum ^ key->addresses[1], key->addresses[3] ^ tuples->secret[0]);
  }
  return (guint32)(sum ^ sum >> 32);
}

static gboolean key_equal(const AsvTupleKey *a, const AsvTupleKey *b) {
  return a->addresses[0] == b->addresses[0] && a->addresses[2] == b->addresses[2] &&
         a->ports == b->ports && a->kind == b->kind && a->addresses[1] == b->addresses[1] &&
         a->addresses[3] == b->addresses[3];
}

static AsvTuple *entry_at(const AsvTuples *tuples, guint32 index) {
  AsvTuple *slab = g_ptr_array_index(tuples->slabs, index / SLAB);
  return &slab[index % SLAB];
}

AsvTuples *asv_tuples_new(void) {
  AsvTuples *tuples = g_new0(AsvTuples, 1);
  tuples->slots = g_new0(Slot, FIRST_SLOTS);
  tuples->mask = FIRST_SLOTS - 1;
  tuples->slabs = g_ptr_array_new_with_free_func(g_free);
  for (int i = 0; i < 2; i++) {
    tuples->secret[i] = (guint64)g_random_int() << 32 | g_random_int() | 1;
  }
  return tuples;
}

void asv_tuples_free(AsvTuples *tuples) {
  g_ptr_array_free(tuples->slabs, TRUE);
  g_free(tuples->slots);
  g_free(tuples);
}

static void slots_grow(AsvTuples *tuples) {
  guint32 size = (tuples->mask + 1) * 2;
  Slot *slots = g_new0(Slot, size);
  for (guint32 i = 0; i <= tuples->mask; i++) {
    if (!tuples->slots[i].entry) continue;
    guint32 to = tuples->slots[i].hash & (size - 1);
    while (slots[to].entry) to = (to + 1) & (size - 1);
    slots[to] = tuples->slots[i];
  }
  g_free(tuples->slots);
  tuples->slots = slots;
  tuples->mask = size - 1;
}

/* Takes the entry's slot out and closes the gap in the probe sequence behind it. */
static void slots_remove(AsvTuples *tuples, guint32 index) {
  guint32 mask = tuples->mask;
  guint32 free_slot = key_hash(tuples, &entry_at(tuples, index)->key) & mask;
  while (tuples->slots[free_slot].entry != index + 1) free_slot = (free_slot + 1) & mask;
  for (guint32 at = (free_slot + 1) & mask; tuples->slots[at].entry; at = (at + 1) & mask) {
    guint32 home = tuples->slots[at].hash & mask;
    if (((at - home) & mask) >= ((at - free_slot) & mask)) {
      tuples->slots[free_slot] = tuples->slots[at];
      free_slot = at;
    }
  }
  tuples->slots[free_slot].entry = 0;
}

/* An index for a new entry: a fresh one, or that of the entry the clock's hand gives up. */
static guint32 index_take(AsvTuples *tuples) {
  if (tuples->count < ASV_NET_TUPLES) {
    if (tuples->count % SLAB == 0) g_ptr_array_add(tuples->slabs, g_new0(AsvTuple, SLAB));
    return tuples->count++;
  }
  for (;;) {
    guint32 index = tuples->hand;
    tuples->hand = (tuples->hand + 1) % ASV_NET_TUPLES;
    AsvTuple *tuple = entry_at(tuples, index);
    if (!tuple->live && !tuple->touched) {
      slots_remove(tuples, index);
      return index;
    }
    tuple->touched = 0;
  }
}

static AsvTupleKey key_make(AsvFlowKind kind, const AsvHosts *hosts, const guint16 ports[2],
                            int *side) {
  const AsvAddress *low = &hosts->source, *high = &hosts->destination;
  guint64 words[2][2]; /* any order will do, if only it is always the same */
  memcpy(words[0], low->bytes, sizeof words[0]);
  memcpy(words[1], high->bytes, sizeof words[1]);
  gsize unequal = words[0][0] == words[1][0];
  guint64 first = words[0][unequal], second = words[1][unequal];
  *side = first > second || (first == second && ports[0] > ports[1]);
  if (*side) low = &hosts->destination, high = &hosts->source;
  AsvTupleKey key = {.ports = (guint32)ports[*side] << 16 | ports[!*side],
                     .kind = low->size | (guint32)kind << 8};
  memcpy(&key.addresses[0], low->bytes, 16);
  memcpy(&key.addresses[2], high->bytes, 16);
  return key;
}

void asv_tuples_renumber(AsvTuples *tuples, AsvTuple *tuple) {
  tuple->number = tuples->next_number++;
  tuple->base_known[0] = tuple->base_known[1] = FALSE;
  tuple->closed = FALSE;
}

static AsvTuple *look_up(AsvTuples *tuples, const AsvTupleKey *key, guint32 hash) {
  for (guint32 at = hash & tuples->mask; tuples->slots[at].entry; at = (at + 1) & tuples->mask) {
    if (tuples->slots[at].hash != hash) continue;
    AsvTuple *tuple = entry_at(tuples, tuples->slots[at].entry - 1);
    if (!key_equal(&tuple->key, key)) continue;
    tuple->touched = 1;
    return tuples->last = tuple;
  }
  return NULL;
}

AsvTuple *asv_tuples_known(AsvTuples *tuples, AsvFlowKind kind, const AsvHosts *hosts,
                           const guint16 ports[2], int *side) {
  AsvTupleKey key = key_make(kind, hosts, ports, side);
  return look_up(tuples, &key, key_hash(tuples, &key));
}

AsvTuple *asv_tuples_find(AsvTuples *tuples, AsvFlowKind kind, const AsvHosts *hosts,
                          const guint16 ports[2], int *side) {
  AsvTupleKey key = key_make(kind, hosts, ports, side);
  if (tuples->last && key_equal(&tuples->last->key, &key)) return tuples->last;
  guint32 hash = key_hash(tuples, &key);
  AsvTuple *known = look_up(tuples, &key, hash);
  if (known) return known;
  guint32 index = index_take(tuples), at;
  if (tuples->count > tuples->mask / 2) slots_grow(tuples);
  for (at = hash & tuples->mask; tuples->slots[at].entry; at = (at + 1) & tuples->mask) continue;
  tuples->slots[at] = (Slot){hash, index + 1};
  AsvTuple *tuple = entry_at(tuples, index);
  *tuple = (AsvTuple){.key = key, .touched = 1};
  asv_tuples_renumber(tuples, tuple);
  return tuples->last = tuple;
}
