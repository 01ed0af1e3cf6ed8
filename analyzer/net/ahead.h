/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Octets of a stream that wait behind a hole: a window of fixed blocks, each
 * with a bitmap of the octets it has. Every operation costs the same however
 * the octets came, and what came first stays.
 */
#ifndef ANALYZER_NET_AHEAD_H
#define ANALYZER_NET_AHEAD_H

#include "analyzer/net/pass.h"

typedef struct AsvAheadBlock AsvAheadBlock;

/* What all streams hold together, and blocks to use again. */
typedef struct {
  AsvAheadBlock *spare;
  gsize octets; /* in use by blocks and rings */
} AsvAheadPool;

/* All zero is an empty hold. */
typedef struct {
  AsvAheadBlock **ring; /* by block number modulo capacity, a power of two */
  guint capacity;
  guint count;        /* blocks; when 0 the two below have no meaning */
  gint64 first, last; /* lowest and highest block number in the ring */
} AsvAhead;

/*
 * Keeps data, which stands at position (not negative), where nothing is kept
 * yet. All of a hold must fit a window of ASV_NET_WINDOW octets. FALSE when
 * ASV_NET_HELD was reached; some of data may be kept then.
 */
gboolean asv_ahead_put(AsvAhead *hold, AsvAheadPool *pool, gint64 position, AsvSpan data);

/* Octets from position on that are kept without a break, possibly not all; empty when there are
 * none. Borrowed until the hold changes. */
AsvSpan asv_ahead_run(const AsvAhead *hold, gint64 position);

/* The lowest position of a kept octet from position on, or -1. */
gint64 asv_ahead_first(const AsvAhead *hold, gint64 position);

/* Forgets whole blocks before position, and everything when nothing is kept from there on. */
void asv_ahead_drop(AsvAhead *hold, AsvAheadPool *pool, gint64 position);

/* Forgets everything. */
void asv_ahead_clear(AsvAhead *hold, AsvAheadPool *pool);

/* Frees the spare blocks. */
void asv_ahead_pool_clear(AsvAheadPool *pool);

#endif
