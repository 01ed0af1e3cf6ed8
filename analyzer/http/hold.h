/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls to a sink that are kept for later: octets, gaps and the end of one
 * side, each with its packet. Octets of one packet become one call again, so
 * that what counts as a call does not depend on how they were cut.
 */
#ifndef ANALYZER_HTTP_HOLD_H
#define ANALYZER_HTTP_HOLD_H

#include "analyzer/sink.h"

typedef enum { ASV_HOLD_BYTES, ASV_HOLD_GAP, ASV_HOLD_END } AsvHoldKind;

typedef struct {
  AsvHoldKind kind;
  AsvPacketRef at;
  gsize size;  /* ASV_HOLD_BYTES: octets not taken yet */
  guint64 gap; /* ASV_HOLD_GAP */
  AsvEnd why;  /* ASV_HOLD_END */
} AsvHeldCall;

/* Zeroed memory is an empty one. */
typedef struct {
  GArray *calls; /* AsvHeldCall */
  guint next;    /* index of the oldest call not taken */
  GByteArray *octets;
  gsize from; /* of the oldest octet not taken */
} AsvHold;

void asv_hold_bytes(AsvHold *hold, const AsvPacketRef *at, AsvSpan data);
void asv_hold_gap(AsvHold *hold, const AsvPacketRef *at, guint64 n);
void asv_hold_end(AsvHold *hold, const AsvPacketRef *at, AsvEnd why);

/* The oldest call, or NULL. */
const AsvHeldCall *asv_hold_first(const AsvHold *hold);
/* The octets of the oldest call; with `all`, of the calls behind it too, up to a gap or end. */
AsvSpan asv_hold_octets(const AsvHold *hold, gboolean all);
/* The octets behind the gap that is the oldest call. */
AsvSpan asv_hold_behind_gap(const AsvHold *hold);
/* Takes n octets of the oldest call, and the call when it has no more (gap and end: n is 0). */
void asv_hold_take(AsvHold *hold, gsize n);
/* TRUE when a limit on octets, calls or packets (those up to `at`) is passed. */
gboolean asv_hold_full(const AsvHold *hold, const AsvPacketRef *at);
void asv_hold_free(AsvHold *hold);

#endif
