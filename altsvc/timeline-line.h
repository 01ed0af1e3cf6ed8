/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lines of requests: what a client asked for and got, told with the events
 * so that these can be understood.
 */
#ifndef ALTSVC_TIMELINE_LINE_H
#define ALTSVC_TIMELINE_LINE_H

#include "altsvc/timeline-state.h"

/* A request, or its response, while it is judged. */
typedef struct {
  AsvTimelineState *state;
  AsvConnection *connection;
  AsvOriginState *origin;
  AsvLink *link; /* NULL beyond the limit */
  const AsvObservation *seen;
} AsvAsked;

/* Adds a line for the connection that a request is the first on, when the origin has events from
 * before it was opened; `where` follows its words. */
void asv_line_add_opening(const AsvAsked *asked, const char *where);

/*
 * Adds a request and its answer as a line under the use it belongs to, or beside the events unless
 * one of them tells of it (`told`); equal ones that follow are one line. asked->seen is the
 * response.
 */
void asv_line_add(const AsvAsked *asked, const AsvPending *pending, gboolean told);

#endif
