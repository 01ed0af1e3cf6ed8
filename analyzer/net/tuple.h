/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every pair of endpoints seen, and the number of its latest connection. The
 * numbers are those of Wireshark 4.0's tcp.stream, so a pair is remembered
 * after its connection has gone.
 */
#ifndef ANALYZER_NET_TUPLE_H
#define ANALYZER_NET_TUPLE_H

#include "analyzer/net/pass.h"

typedef struct AsvTuples AsvTuples;

/* Two endpoints without direction, the lower one first. */
typedef struct {
  guint64 addresses[4];
  guint32 ports;
  guint32 kind; /* address size and AsvFlowKind */
} AsvTupleKey;

typedef struct {
  AsvTupleKey key;
  guint32 number;       /* of its latest connection */
  guint32 base[2];      /* sequence number before the first octet of the lower, the higher end */
  guint8 base_known[2]; /* whether base[] is set */
  guint8 touched;       /* since the last round of the table's clock */
  guint8 closed;        /* the latest connection was closed in order or aborted, and is gone */
  struct AsvLive *live; /* the connection while it is followed, or NULL */
} AsvTuple;

/* Makes an empty table whose first connection gets number 0. */
AsvTuples *asv_tuples_new(void);
void asv_tuples_free(AsvTuples *tuples);

/*
 * The entry of these endpoints, made and numbered when there is none. *side
 * becomes 0 when source is the lower end, else 1. The entry stays where it is
 * until its connection is gone and ASV_NET_TUPLES others came.
 */
AsvTuple *asv_tuples_find(AsvTuples *tuples, AsvFlowKind kind, const AsvHosts *hosts,
                          const guint16 ports[2], int *side);

/* The same, where there is an entry already; else NULL, and nothing is numbered. */
AsvTuple *asv_tuples_known(AsvTuples *tuples, AsvFlowKind kind, const AsvHosts *hosts,
                           const guint16 ports[2], int *side);

/* Gives the entry the next number, forgetting its sequence numbers. */
void asv_tuples_renumber(AsvTuples *tuples, AsvTuple *tuple);

#endif
