/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A finished timeline to text, JSON, NDJSON or CSV, on any stdio stream. The caller
 * checks the stream for errors.
 */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include <stdio.h>

#include "altsvc/timeline.h"

typedef enum {
  ASV_REPORT_TIMELINE,
  ASV_REPORT_ORIGINS,
  ASV_REPORT_CACHE,
  ASV_REPORT_FINDINGS,
  ASV_REPORT_OBSERVATIONS, /* written as they come, see observations.h */
  ASV_REPORT_CONNECTIONS,
  ASV_REPORT_WHY /* text only, with an origin in the timeline's options */
} AsvReportSubject;

typedef enum {
  ASV_FORMAT_TEXT,
  ASV_FORMAT_JSON,
  ASV_FORMAT_NDJSON,
  ASV_FORMAT_CSV,
  ASV_FORMAT_CURL_ALTSVC /* of ASV_REPORT_CACHE only, see storage.h */
} AsvReportFormat;

typedef enum {
  ASV_TIME_RELATIVE,
  ASV_TIME_LOCAL,
  ASV_TIME_UTC,
  ASV_TIME_EPOCH
} AsvTimeStyle; /* -t r, ad, ud, e */

typedef struct {
  AsvReportSubject subject;
  AsvTimeStyle time_style;
  gboolean color;
  gboolean no_paths; /* leave request paths and queries out */
  int verbosity;     /* -1 quiet (no coverage, no advice), 0, 1 verbose (all context lines) */
  guint width;       /* columns of text, at least 80 */
  const char *model; /* what --model said */
  const char *version;
} AsvReportOptions;

void asv_report_text(FILE *out, const AsvTimeline *timeline, const AsvReportOptions *options);
void asv_report_json(FILE *out, const AsvTimeline *timeline, const AsvReportOptions *options);
void asv_report_ndjson(FILE *out, const AsvTimeline *timeline, const AsvReportOptions *options);
void asv_report_csv(FILE *out, const AsvTimeline *timeline, const AsvReportOptions *options);

#endif
