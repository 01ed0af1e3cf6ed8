/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What all clients together did with the alternatives of an origin: how many
 * learned, tried, used, failed, and how long it took them.
 */
#ifndef REPORT_ORIGINS_H
#define REPORT_ORIGINS_H

#include "altsvc/timeline.h"

/* Clients, and of them those with at least one such event. */
typedef struct {
  guint clients, learned, tried, used, failed;
} AsvOriginCounts;

typedef struct {
  char *kind; /* "Firefox", without a version; "unknown" */
  AsvOriginCounts counts;
} AsvOriginKind;

typedef struct {
  const char *origin;
  AsvOriginCounts counts;
  guint verdicts[ASV_OUTCOMES]; /* clients, by AsvOutcome */
  GPtrArray *kinds;             /* AsvOriginKind*, by kind */
  GArray *waits; /* gint64 nanoseconds from learning to the first use, of each client that used,
                    shortest first */
} AsvOriginSummary;

/* AsvOriginSummary*, by origin; to be unreferenced. Borrows from the timeline. */
GPtrArray *asv_origins_summarize(const AsvTimeline *timeline);

/* The wait that `percent` of those clients did not exceed (nearest rank); waits must hold one. */
gint64 asv_origins_percentile(const AsvOriginSummary *summary, guint percent);

#endif
