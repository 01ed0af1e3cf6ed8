/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What clients do beyond RFC 7838 with what they have learned: Firefox
 * connects to an alternative before it counts and holds on to what it has,
 * curl leaves the expired in its file until it comes upon them, Chromium leaves
 * alone for a time what has failed; and all keep so many origins only.
 */
#ifndef ALTSVC_TIMELINE_MODEL_H
#define ALTSVC_TIMELINE_MODEL_H

#include "altsvc/timeline-reading.h"

/* Of a client that validates: takes out of the offers what it does not want while it has what it
 * has. */
void asv_offered_hold_on(const AsvAdvert *advert, AsvOffered *offered);

/* The client asks for that origin over https: it drops what it finds expired on its way. */
void asv_client_sweep(const AsvTimelineState *state, AsvClientState *client,
                      const AsvOriginState *origin);
/* TRUE when what expired is still in the client's storage. */
gboolean asv_client_stores(const AsvClientState *client, const AsvEnded *ended);

/* A connection to the entry that says `alternative` has failed: what its client makes of that. */
void asv_model_failed(AsvTimelineState *state, AsvConnection *connection, AsvOriginState *origin,
                      const AsvAlternativeSeen *alternative, const AsvObservation *seen);
/* A request went there. */
void asv_model_used(AsvTimelineState *state, AsvConnection *connection, AsvOriginState *origin,
                    AsvEntry *entry, const AsvObservation *seen);
/* Until when the client does not use the alternative because it failed; 0: it does. */
gint64 asv_model_broken_until(const AsvClientState *client, const AsvAlternativeSeen *alternative,
                              gint64 now);
/* Ends the marks of what had failed that run out by `now`, and the entries with them. */
void asv_model_expire_marks(AsvTimelineState *state, AsvOriginState *origin, gint64 now);
/* The client learned or used something of the origin: what it touched longest ago makes room. */
void asv_model_touch(AsvTimelineState *state, AsvOriginState *origin);

#endif
