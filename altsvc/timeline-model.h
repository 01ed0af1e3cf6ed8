/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What clients do beyond RFC 7838 with what they have learned: Firefox
 * connects to an alternative before it counts and holds on to what it has,
 * curl leaves the expired in its file until it comes upon them.
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

#endif
