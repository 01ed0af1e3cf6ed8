/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of the text report; each writes whole lines. */
#ifndef REPORT_TEXT_H
#define REPORT_TEXT_H

#include "report/words.h"

/* The table of an origin's (or a client's unplaced) events, without a heading. */
void asv_text_events(AsvText *text, const GPtrArray *events);

/* The cache of an origin, with its heading; one line when it is empty. Says what RFC 7838 would
 * have it hold where that is not the same. */
void asv_text_cache(AsvText *text, const AsvOriginReport *origin);

/* IN SHORT: a line per client and origin. */
void asv_text_short(AsvText *text);

/* The verdict on an origin in words, and the sentences about what it rests on ("" when there is
 * nothing to add); to be freed. */
char *asv_text_verdict(const AsvText *text, const AsvOriginReport *origin);
char *asv_text_story(const AsvText *text, const AsvOriginReport *origin);

/* What -z origins and -z connections show. */
void asv_text_origins(AsvText *text);
void asv_text_connections(AsvText *text);

/* One event on a line of its own: time, packet, connection, word and words. */
void asv_text_event_line(AsvText *text, const AsvEvent *event);

/* What --why shows. */
void asv_text_why(AsvText *text);

/* FINDINGS, worst first; says so when there are none. */
void asv_text_findings(AsvText *text);

/* The files, how completely they were read, the rules and the clock. */
void asv_text_header(AsvText *text);

/* COVERAGE: what was seen, and what could not be read and why. */
void asv_text_coverage(AsvText *text);

/* Why there is nothing to tell of Alt-Svc, in whole sentences. */
void asv_text_nothing(AsvText *text);

/* The number of a file among several captures, from 1; 0 when there is one only or it is unknown.
 */
guint asv_text_file_number(const AsvText *text, const char *file);

#endif
