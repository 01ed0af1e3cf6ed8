/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Facts in words: times as -t asks, durations in units people use, protocols,
 * alternatives, programs. What comes from a capture stays as it is; page.h
 * escapes it.
 */
#ifndef REPORT_WORDS_H
#define REPORT_WORDS_H

#include "report/page.h"
#include "report/report.h"

/* What every part of the text report is written with. */
typedef struct {
  AsvPage page;
  const AsvTimeline *timeline;
  const AsvReportOptions *options;
  GTimeZone *local; /* set for ASV_TIME_LOCAL only */
} AsvText;

/* All strings returned are the caller's to free. Times are nanoseconds since 1970 UTC. */

/* A moment of the capture: "0.072", "11:30:05.627" (with the date when it is another day than the
 * first packet's), "1795087805.627". */
char *asv_words_time(const AsvText *text, gint64 time);

/* When an entry ends: a clock time in whole seconds, cut, also where times are relative. */
char *asv_words_until(const AsvText *text, gint64 time);

/* When a capture began, with its date and zone. */
char *asv_words_start(const AsvText *text, gint64 time);

/* later - earlier, kept within 64 bits. */
gint64 asv_words_between(gint64 earlier, gint64 later);

/* Nanoseconds as "3 ms", "28 s", "2 min", "5 h 12 min", "1 d"; cut, not rounded. */
char *asv_words_duration(gint64 nanoseconds);

/* Seconds of a freshness lifetime, never inexact: "600 s", "1 d", "5000 s". */
char *asv_words_life(guint64 seconds);

/* "HTTP/3" for h3, otherwise what ALPN says. */
char *asv_words_protocol(const AsvAlternativeSeen *alternative);

/* "h3 at a.test:443". */
char *asv_words_alternative(const AsvAlternativeSeen *alternative);

/* "1 error", "2 errors". */
char *asv_words_count(guint64 count, const char *noun);

/* "Firefox 153" from a User-Agent; the first product where no browser is named. */
char *asv_words_agent(const char *user_agent);

/* Why a try failed, in words: "no answer" for no-answer; static. */
const char *asv_words_reason(const char *reason);
/* TRUE for an ignored `clear` that the client's own parser does not take. */
gboolean asv_words_is_clear_unread(const AsvEvent *event);

/* Code of a finding by its id; NULL when there is none. */
const char *asv_words_finding(const AsvTimeline *timeline, guint id);

#endif
