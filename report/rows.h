/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parts of a timeline as JSON members, shared by the whole document and by
 * NDJSON. Each function writes the members of an object that is open, so that
 * a line of NDJSON can put client and origin in front.
 */
#ifndef REPORT_ROWS_H
#define REPORT_ROWS_H

#include "altsvc/timeline.h"
#include "report/json-writer.h"
#include "report/origins.h"

/* first: time of the first packet, from which `relative` counts. Not for ASV_EVENT_CONTEXT. */
void asv_row_event(AsvJson *json, const AsvEvent *event, gint64 first);
void asv_row_cache(AsvJson *json, const AsvCacheRow *row);
void asv_row_connection(AsvJson *json, const AsvConnectionReport *connection);
void asv_row_finding(AsvJson *json, const AsvFinding *finding);

/* `origin`, `verdict`, `because`, and as asked for `events` and `cache`. */
typedef enum { ASV_ROW_WITH_EVENTS = 1 << 0, ASV_ROW_WITH_CACHE = 1 << 1 } AsvRowParts;
void asv_row_origin(AsvJson *json, const AsvOriginReport *origin, guint parts, gint64 first);

/* The list of a client's or origin's events, without ASV_EVENT_CONTEXT. */
void asv_row_events(AsvJson *json, const char *key, const GPtrArray *events, gint64 first);

/* What all clients did with the alternatives of an origin. */
void asv_row_summary(AsvJson *json, const AsvOriginSummary *summary);

#endif
