/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What servers tell all clients about an origin, and the findings that only
 * show when messages are compared: advertised-sometimes,
 * advertisements-differ, per-client-alternative, frame-and-header-mixed.
 */
#ifndef ALTSVC_FINDING_ORIGIN_H
#define ALTSVC_FINDING_ORIGIN_H

#include "altsvc/finding.h"

typedef struct AsvOriginTable AsvOriginTable;

AsvOriginTable *asv_origin_table_new(void);
void asv_origin_table_free(AsvOriginTable *table);

/* Takes note of an ASV_OBSERVATION_RESPONSE. */
void asv_origin_table_response(AsvOriginTable *table, const AsvObservation *seen);

/* Takes note of an ASV_OBSERVATION_ADVERTISEMENT from a server to client; raises
 * frame-and-header-mixed. Trailers and 421 responses are not for this. */
void asv_origin_table_advertisement(AsvOriginTable *table, AsvFindings *findings,
                                    const char *client, const AsvObservation *seen);

/* Raises what the whole shows; call it once. */
void asv_origin_table_finish(const AsvOriginTable *table, AsvFindings *findings);

/* Messages that were not compared because of ASV_COMPARED_ORIGINS_MAX or ASV_COMPARED_PAIRS_MAX. */
guint64 asv_origin_table_not_kept(const AsvOriginTable *table);

#endif
