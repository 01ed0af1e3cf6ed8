/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Octets that wait behind a hole: a ring of blocks with bitmaps. */
#include "analyzer/net/ahead.h"

#define BLOCK ((gint64)ASV_NET_BLOCK)
#define WORD_BITS 64u
#define WORDS (ASV_NET_BLOCK / WORD_BITS)
#define FIRST_CAPACITY 16u

struct AsvAheadBlock {
  AsvAheadBlock *next_spare;
  guint64 have[WORDS];
  guint8 octets[ASV_NET_BLOCK];
};

/* Offset of the first octet from `from` on that is there (wanted TRUE) or is not; BLOCK when none.
 */
static guint find_bit(const AsvAheadBlock *block, guint from, gboolean wanted) {
  for (guint word = from / WORD_BITS; word < WORDS; word++) {
    guint64 bits = wanted ? block->have[word] : ~block->have[word];
    if (word == from / WORD_BITS) bits &= ~G_GUINT64_CONSTANT(0) << from % WORD_BITS;
    if (bits) return word * WORD_BITS + (guint)__builtin_ctzll(bits);
  }
  return ASV_NET_BLOCK;
}

static void set_bits(AsvAheadBlock *block, guint from, guint to) {
  while (from < to) {
    guint word = from / WORD_BITS;
    guint end = MIN(to, (word + 1) * WORD_BITS);
    guint64 ones = ~G_GUINT64_CONSTANT(0) >> (WORD_BITS - (end - from));
    block->have[word] |= ones << from % WORD_BITS;
    from = end;
  }
}

/* Copies data to where the block has nothing. */
static void block_put(AsvAheadBlock *block, guint offset, AsvSpan data) {
  guint stop = offset + (guint)data.size;
  guint from = find_bit(block, offset, FALSE);
  while (from < stop) {
    guint to = MIN(find_bit(block, from, TRUE), stop);
    memcpy(block->octets + from, data.data + (from - offset), to - from);
    set_bits(block, from, to);
    from = find_bit(block, to, FALSE);
  }
}

static AsvAheadBlock **place(const AsvAhead *hold, gint64 number) {
  return &hold->ring[number & (gint64)(hold->capacity - 1)];
}

/* Makes the ring wide enough for number; FALSE when the pool is used up. */
static gboolean make_room(AsvAhead *hold, AsvAheadPool *pool, gint64 number) {
  gint64 first = hold->count ? MIN(hold->first, number) : number;
  gint64 last = hold->count ? MAX(hold->last, number) : number;
  guint capacity = MAX(hold->capacity, FIRST_CAPACITY);
  while (capacity < last - first + 1) capacity *= 2;
  if (capacity != hold->capacity) {
    gsize more = (capacity - hold->capacity) * sizeof(AsvAheadBlock *);
    if (pool->octets + more > ASV_NET_HELD) return FALSE;
    AsvAhead wider = {.ring = g_new0(AsvAheadBlock *, capacity), .capacity = capacity};
    for (gint64 n = hold->first; hold->count && n <= hold->last; n++) {
      *place(&wider, n) = *place(hold, n);
    }
    g_free(hold->ring);
    hold->ring = wider.ring;
    hold->capacity = capacity;
    pool->octets += more;
  }
  hold->first = first;
  hold->last = last;
  return TRUE;
}

static AsvAheadBlock *block_new(AsvAheadPool *pool) {
  if (pool->octets + sizeof(AsvAheadBlock) > ASV_NET_HELD) return NULL;
  pool->octets += sizeof(AsvAheadBlock);
  AsvAheadBlock *block = pool->spare;
  if (block) {
    pool->spare = block->next_spare;
  } else {
    block = g_new(AsvAheadBlock, 1);
  }
  memset(block->have, 0, sizeof block->have);
  return block;
}

static void block_free(AsvAheadPool *pool, AsvAheadBlock *block) {
  pool->octets -= sizeof(AsvAheadBlock);
  block->next_spare = pool->spare;
  pool->spare = block;
}

static AsvAheadBlock *block_get(AsvAhead *hold, AsvAheadPool *pool, gint64 number) {
  if (hold->count && number >= hold->first && number <= hold->last) {
    AsvAheadBlock *block = *place(hold, number);
    if (block) return block;
  }
  AsvAheadBlock *block = block_new(pool);
  if (!block) return NULL;
  if (!make_room(hold, pool, number)) {
    block_free(pool, block);
    return NULL;
  }
  *place(hold, number) = block;
  hold->count++;
  return block;
}

gboolean asv_ahead_put(AsvAhead *hold, AsvAheadPool *pool, gint64 position, AsvSpan data) {
  while (data.size) {
    guint offset = (guint)(position % BLOCK);
    gsize size = MIN(data.size, ASV_NET_BLOCK - offset);
    AsvAheadBlock *block = block_get(hold, pool, position / BLOCK);
    if (!block) return FALSE;
    block_put(block, offset, asv_span(data.data, size));
    position += (gint64)size;
    data = asv_span(data.data + size, data.size - size);
  }
  return TRUE;
}

AsvSpan asv_ahead_run(const AsvAhead *hold, gint64 position) {
  gint64 number = position / BLOCK;
  if (!hold->count || number < hold->first || number > hold->last) return asv_span(NULL, 0);
  const AsvAheadBlock *block = *place(hold, number);
  if (!block) return asv_span(NULL, 0);
  guint offset = (guint)(position % BLOCK);
  return asv_span(block->octets + offset, find_bit(block, offset, FALSE) - offset);
}

gint64 asv_ahead_first(const AsvAhead *hold, gint64 position) {
  if (!hold->count) return -1;
  for (gint64 number = MAX(hold->first, position / BLOCK); number <= hold->last; number++) {
    const AsvAheadBlock *block = *place(hold, number);
    if (!block) continue;
    guint offset = number == position / BLOCK ? (guint)(position % BLOCK) : 0;
    guint found = find_bit(block, offset, TRUE);
    if (found < ASV_NET_BLOCK) return number * BLOCK + found;
  }
  return -1;
}

void asv_ahead_clear(AsvAhead *hold, AsvAheadPool *pool) {
  for (gint64 number = hold->first; hold->count; number++) {
    AsvAheadBlock **block = place(hold, number);
    if (!*block) continue;
    block_free(pool, *block);
    hold->count--;
  }
  pool->octets -= hold->capacity * sizeof(AsvAheadBlock *);
  g_free(hold->ring);
  *hold = (AsvAhead){0};
}

void asv_ahead_drop(AsvAhead *hold, AsvAheadPool *pool, gint64 position) {
  if (!hold->count) return;
  for (; hold->first <= hold->last; hold->first++) {
    AsvAheadBlock **block = place(hold, hold->first);
    if (!*block) continue;
    if (hold->first >= position / BLOCK) break;
    block_free(pool, *block);
    *block = NULL;
    hold->count--;
  }
  if (asv_ahead_first(hold, position) < 0) asv_ahead_clear(hold, pool);
}

void asv_ahead_pool_clear(AsvAheadPool *pool) {
  while (pool->spare) {
    AsvAheadBlock *block = pool->spare;
    pool->spare = block->next_spare;
    g_free(block);
  }
}
