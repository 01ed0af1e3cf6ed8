/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packets that the capture does not have: their numbers were not seen, and the
 * other side acknowledges them (RFC 9000 §13.1, §19.3). Numbers that nobody
 * acknowledges were lost on the way or never used (§21.4), and say nothing:
 * nor can anything be said of the last packets of a connection, which nobody
 * acknowledges any more.
 */
#ifndef ANALYZER_QUIC_HOLES_H
#define ANALYZER_QUIC_HOLES_H

#include <glib.h>
#include <string.h>

#include "analyzer/limits.h"

/* Numbers of one packet number space that were not seen. */
typedef struct {
  guint64 first, last;
  gsize size; /* of the packet behind it, protected; 0: nothing was seen behind it */
  guint space;
  gboolean acknowledged; /* all of it */
} AsvQuicHole;

/* Those of what one side sends, all spaces together. Zeroed: none. */
typedef struct {
  AsvQuicHole *list; /* NULL: there never was one */
  guint count;
  guint64 waived; /* octets that nobody wanted and that are missing in streams; by streams.c */
  gboolean doubt; /* one was acknowledged, first at `since` */
  gint64 since;
  gboolean lost; /* one that nothing explains had to go for want of room */
} AsvQuicHoles;

/* A packet of `size` octets was opened. expected: the number behind the highest one opened before
 * in this space. To be called when there are holes, or number is not expected. */
void asv_quic_holes_seen(AsvQuicHoles *holes, guint space, guint64 expected, guint64 number,
                         gsize size);

/* The other side has acknowledged first to last at that time. To be called when there are holes,
 * or last is not below expected. */
void asv_quic_holes_acknowledged(AsvQuicHoles *holes, gint64 time, guint space, guint64 expected,
                                 guint64 first, guint64 last);

/*
 * Forgets the holes that were acknowledged. TRUE when one of them, or one before, is not explained
 * by the octets in `waived`: a packet full of what nobody wanted hurts nobody. To be called late:
 * packets may stand in the capture in another order.
 */
gboolean asv_quic_holes_judge(AsvQuicHoles *holes);

void asv_quic_holes_clear(AsvQuicHoles *holes);

#endif
