/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The values that one origin was advertised with, and the host names in them:
 * which are there, who got them first, and whether a name went to one client
 * alone (RFC 7838 §9.4).
 */
#ifndef ALTSVC_FINDING_VALUE_H
#define ALTSVC_FINDING_VALUE_H

#include "altsvc/finding.h"

/* Filled with zeroes but for kept it is empty. */
typedef struct {
  guint *kept;       /* values and hosts of all that share this count, ASV_COMPARED_KEPT_MAX */
  GPtrArray *values; /* Value*, in order of appearance, ASV_COMPARED_VALUES_MAX */
  GPtrArray *hosts;  /* Host*, likewise, ASV_COMPARED_HOSTS_MAX */
  gboolean more;     /* values or hosts beyond these were seen */
} AsvSaid;

/* Frees what said holds. */
void asv_said_clear(AsvSaid *said);

/*
 * Takes note of an advertisement. known has a bit for each value this client
 * got before, and is brought up to date. client must outlive said. Returns
 * FALSE when the value is `clear`.
 */
gboolean asv_said_add(AsvSaid *said, const char *client, const AsvObservation *seen,
                      guint32 *known);

/* Raises advertisements-differ and per-client-alternative. */
void asv_said_finish(const AsvSaid *said, AsvFindings *findings, const char *origin);

/* What a finding that is raised later needs of an observation: a copy without its lists and with
 * a value just long enough to quote. Freed with asv_observation_free(). */
AsvObservation *asv_said_keep(const AsvObservation *seen);

#endif
