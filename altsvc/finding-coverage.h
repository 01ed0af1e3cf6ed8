/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Findings about the capture itself: which connections could not be read, and
 * which advertisements lack the request that they answer.
 */
#ifndef ALTSVC_FINDING_COVERAGE_H
#define ALTSVC_FINDING_COVERAGE_H

#include "altsvc/finding.h"

typedef struct AsvGaps AsvGaps;

/* The code of the finding about what could not be read for that reason; FALSE when none is. */
gboolean asv_gaps_code(AsvUnreadableReason reason, AsvFindingCode *code);

AsvGaps *asv_gaps_new(void);
void asv_gaps_free(AsvGaps *gaps);

/* Takes note of an ASV_OBSERVATION_UNREADABLE and raises what it means. */
void asv_gaps_unreadable(AsvGaps *gaps, AsvFindings *findings, const char *client,
                         const AsvObservation *seen);

/* Takes note of an advertisement whose request was not captured. */
void asv_gaps_orphan(AsvGaps *gaps, const char *client, const AsvObservation *seen);

/* Raises coverage-started-late for orphans that no unreadable client direction explains. */
void asv_gaps_finish(const AsvGaps *gaps, AsvFindings *findings);

/* Orphans that were not kept because of ASV_ORPHAN_CONNECTIONS_MAX. */
guint64 asv_gaps_not_kept(const AsvGaps *gaps);

#endif
