/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Octets of a stream that wait behind a hole: a window of fixed blocks, each
 * with a bitmap of the octets it has. Every operation costs the same however
 * the octets came, and what came first stays.
 */
#ifndef ANALYZER_NET_HOLD_H
#define ANALYZER_NET_HOLD_H

#include "analyzer/net/pass.h"

typedef struct AsvHoldBlock AsvHoldBlock;

/* What all streams hold together, and blocks to use again. */
typedef struct {
  AsvHoldBlock *spare;
  gsize octets; /* in use by blocks and rings */
} AsvHoldPool;

/* All zero is an empty hold. */
typedef struct {
  AsvHoldBlock **ring; /* by block number modulo capacity, a power of two */
  guint capacity;
  guint count;        /* blocks; when 0 the two below have no meaning */
  gint64 first, last; /* lowest and highest block number in the ring */
} AsvHold;

/*
 * Keeps data, which stands at position (not negative), where nothing is kept
 * yet. All of a hold must fit a window of ASV_NET_WINDOW octets. FALSE when
 * ASV_NET_HELD was reached; some of data may be kept then.
 */
gboolean asv_hold_put(AsvHold *hold, AsvHoldPool *pool, gint64 position, AsvSpan data);

/* Octets from position on that are kept without a break, possibly not all; empty when there are
 * none. Borrowed until the hold changes. */
AsvSpan asv_hold_run(const AsvHold *hold, gint64 position);

/* The lowest position of a kept octet from position on, or -1. */
gint64 asv_hold_first(const AsvHold *hold, gint64 position);

/* Forgets whole blocks before position, and everything when nothing is kept from there on. */
void asv_hold_drop(AsvHold *hold, AsvHoldPool *pool, gint64 position);

/* Forgets everything. */
void asv_hold_clear(AsvHold *hold, AsvHoldPool *pool);

/* Frees the spare blocks. */
void asv_hold_pool_clear(AsvHoldPool *pool);

#endif
