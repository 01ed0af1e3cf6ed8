/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What of one TCP connection stays unanswered: the SYN that opens it, or octets
 * that an end repeats while the other one is silent. Time is that of packets.
 */
#ifndef ANALYZER_NET_WATCH_H
#define ANALYZER_NET_WATCH_H

#include "analyzer/sink.h"

/* A SYN that nothing has answered. */
typedef enum { ASV_SYN_OTHER, ASV_SYN_WAITS, ASV_SYN_OVERDUE } AsvSynState;

/* What an end repeats while the other one is silent. */
typedef struct {
  gint64 since;    /* time of the first of them */
  guint64 packets; /* of the connection until then */
  guint count;
  gboolean told;
} AsvRepeats;

/* All else zeros at first. */
typedef struct {
  void *owner;      /* the connection, as its user knows it */
  guint64 packets;  /* of the connection */
  guint64 heard[2]; /* packets until the last of that end, itself included */
  AsvSynState syn;
  gboolean syn_repeated;
  gint64 opened; /* time of the SYN */
  GList link;    /* in the queue of all that wait, while ASV_SYN_WAITS; data: the watch */
  AsvRepeats repeats[2];
} AsvWatch;

/* waiting: the watches whose SYN waits, by its time. */

/* A SYN that asks for a connection, its first packet or a repeated one. TRUE, once at most: nobody
 * answers. */
gboolean asv_watch_syn(AsvWatch *watch, GQueue *waiting, gint64 time);

/* Another packet, or the end: the SYN waits no more. */
void asv_watch_answer(AsvWatch *watch, GQueue *waiting);

/* The owner of the next whose SYN was repeated and has waited for ASV_NO_ANSWER_TIME: nobody
 * answers. NULL when there is none any more. */
void *asv_watch_overdue(GQueue *waiting, gint64 time);

/* End `from` has sent octets once more. TRUE, once at most: nothing answers them. */
gboolean asv_watch_repeat(AsvWatch *watch, gint64 time, int from);

/* A packet of that end, after all else was said of it. */
static inline void asv_watch_heard(AsvWatch *watch, int from) {
  watch->heard[from] = ++watch->packets;
}

#endif
