/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Findings that need no cache: faults of single messages, what servers say to
 * all clients taken together, and what the capture lacks.
 */
#ifndef ALTSVC_FINDING_TRAFFIC_H
#define ALTSVC_FINDING_TRAFFIC_H

#include "altsvc/finding.h"

typedef struct AsvTraffic AsvTraffic;

AsvTraffic *asv_traffic_new(void);
void asv_traffic_free(AsvTraffic *traffic);

/* Looks at one observation and raises what it shows. client is as reports name it. */
void asv_traffic_observe(AsvTraffic *traffic, AsvFindings *findings, const char *client,
                         const AsvObservation *observation);

/* Raises what only all observations together show; call it once. */
void asv_traffic_finish(AsvTraffic *traffic, AsvFindings *findings);

/* As asv_findings_not_kept(). */
guint64 asv_traffic_not_kept(const AsvTraffic *traffic);

#endif
