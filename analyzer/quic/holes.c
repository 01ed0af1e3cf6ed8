/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The list of holes, in the order in which they were found. It is short: most
 * connections never have one, and one that is not acknowledged makes room for
 * those that may be.
 */
#include "holes.h"

/* A packet in the midst of DATA is full: at least what every path takes (RFC 9000 §14), less what
 * it carries beside: header, tag, head of a frame. */
#define FULL 1200u
#define OVERHEAD 64u

static void drop(AsvQuicHoles *holes, guint index) {
  AsvQuicHole *hole = &holes->list[index];
  memmove(hole, hole + 1, (--holes->count - index) * sizeof *hole);
  if (holes->count) return;
  holes->waived = 0;
  holes->doubt = FALSE;
}

/* Octets that are missing in streams when the packets of the hole were full of DATA. */
static guint64 explanation(const AsvQuicHole *hole) {
  guint64 count = hole->last - hole->first + 1;
  guint64 each = MAX(hole->size, FULL) - OVERHEAD;
  return !hole->size || count > G_MAXUINT64 / each ? G_MAXUINT64 : count * each;
}

static void judge(AsvQuicHoles *holes, guint index) {
  guint64 octets = explanation(&holes->list[index]);
  if (octets <= holes->waived)
    holes->waived -= octets;
  else
    holes->lost = TRUE;
  drop(holes, index);
}

static void make_room(AsvQuicHoles *holes) {
  if (!holes->list) holes->list = g_new(AsvQuicHole, ASV_QUIC_HOLES_MAX);
  if (holes->count < ASV_QUIC_HOLES_MAX) return;
  for (guint i = 0; i < holes->count; i++) {
    if (holes->list[i].acknowledged) continue;
    drop(holes, i);
    return;
  }
  judge(holes, 0);
}

/* A part of one that is there; where there is no room it is forgotten. */
static void add_part(AsvQuicHoles *holes, const AsvQuicHole *part, guint64 first, guint64 last) {
  if (first > last || holes->count >= ASV_QUIC_HOLES_MAX) return;
  AsvQuicHole *hole = &holes->list[holes->count++];
  *hole = *part;
  hole->first = first;
  hole->last = last;
}

/* Numbers from behind all that were seen or are in holes up to last are a new one. */
static void add(AsvQuicHoles *holes, guint space, guint64 expected, guint64 last, gsize size) {
  AsvQuicHole hole = {.first = expected, .last = last, .size = size, .space = space};
  for (guint i = 0; i < holes->count; i++)
    if (holes->list[i].space == space) hole.first = MAX(hole.first, holes->list[i].last + 1);
  if (hole.first > last) return;
  make_room(holes);
  holes->list[holes->count++] = hole;
}

void asv_quic_holes_seen(AsvQuicHoles *holes, guint space, guint64 expected, guint64 number,
                         gsize size) {
  if (number > expected) add(holes, space, expected, number - 1, size);
  for (guint i = 0; i < holes->count; i++) {
    AsvQuicHole *hole = &holes->list[i];
    if (hole->space != space) continue;
    if (!hole->size && hole->first < number) hole->size = size;
    if (number < hole->first || number > hole->last) continue;
    AsvQuicHole whole = *hole;
    if (number == whole.first) {
      hole->first++;
      if (number == whole.last) drop(holes, i);
      return;
    }
    hole->last = number - 1;
    add_part(holes, &whole, number + 1, whole.last);
    return;
  }
}

void asv_quic_holes_acknowledged(AsvQuicHoles *holes, gint64 time, guint space, guint64 expected,
                                 guint64 first, guint64 last) {
  if (last >= expected) add(holes, space, expected, last, 0);
  for (guint i = 0; i < holes->count; i++) {
    AsvQuicHole *hole = &holes->list[i];
    if (hole->space != space || hole->acknowledged || hole->last < first || hole->first > last)
      continue;
    AsvQuicHole whole = *hole;
    hole->first = MAX(whole.first, first);
    hole->last = MIN(whole.last, last);
    hole->acknowledged = TRUE;
    if (whole.first < first) add_part(holes, &whole, whole.first, first - 1);
    if (whole.last > last) add_part(holes, &whole, last + 1, whole.last);
    if (!holes->doubt) holes->since = time;
    holes->doubt = TRUE;
  }
}

gboolean asv_quic_holes_judge(AsvQuicHoles *holes) {
  holes->doubt = FALSE;
  for (guint i = 0; i < holes->count;) {
    if (holes->list[i].acknowledged)
      judge(holes, i);
    else
      i++;
  }
  return holes->lost;
}

void asv_quic_holes_clear(AsvQuicHoles *holes) {
  g_free(holes->list);
  *holes = (AsvQuicHoles){.list = NULL};
}
